"""Which images a study has, and where what is made of them goes."""

from maskexpr.diagnostics.messages.wording import Mistake

TEMPLATE_BRACE = Mistake(
    "template",
    "{template} is not a template: a brace has no partner, or no name between them",
    "write names in braces, as in {{stem}}, and {{{{ or }}}} for a brace that is part of a path",
)
TEMPLATE_UNKNOWN = Mistake(
    "template",
    "{template} is not a template: there is no {{{name}}}",
    "there are {names}; a brace that is part of a path is written {{{{ or }}}}",
)
TEMPLATE_UNKNOWN_NEAR = Mistake(
    "template", "{template} is not a template: there is no {{{name}}}", "write {{{near}}}, and nothing else in braces"
)
TEMPLATE_OUTSIDE = Mistake(
    "template",
    "{template} comes to '{path}' for one of the files, which leads elsewhere",
    "write more than a name between its slashes: mask-{{stem}}, say",
)
STUDY_NO_IMAGE = Mistake(
    "file-missing",
    "no image is in {path}: none of its {count:file|files} is one",
    "name images by a pattern: '{path}/**/*.png' for those in folders below",
)
STUDY_STANDARD = Mistake(
    "given-form", "standard input is one image and cannot be {name} for each of many", "name a file: {name}=FILE"
)
STUDY_NO_PARTNER = Mistake(
    "partner-missing",
    "there is no {name} for {count} of {all} images: {files}",
    "put them there, or name by a narrower pattern the images that have one",
)
STUDY_SEVERAL_PARTNERS = Mistake(
    "partner-missing",
    "there are several files for the {name} of {count} of {all} images: {files}",
    "write a template that only one of them fits",
)
STUDY_NOT_MATCHED = Mistake(
    "partner-missing",
    "there is no {name} for {count} of {all} images of {other}, which are matched by their names: {files}",
    "say by a template where it is: {example}",
)
STUDY_STEM_TWICE = Mistake(
    "partner-missing",
    "images of {name} are called alike, so that they cannot be matched by their names: {files}",
    "say by a template which belong together: {example}",
)
STUDY_PASSED_OVER = Mistake(
    "passed-over",
    "{count:file|files} for {name} hold no image and are passed over: {files}",
    severity="warning",
)
