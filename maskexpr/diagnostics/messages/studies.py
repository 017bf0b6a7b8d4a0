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
STUDY_NO_FILE = Mistake(
    "file-missing",
    "no image is in {path}: there is no file in it",
    "name images by a pattern: '{path}/**/*.png' for those in folders below",
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
    "for {name} {count:file is|files are} passed over, being no image: {files}",
    severity="warning",
)
STUDY_NOT_FILLED = Mistake(
    "given-form",
    "there is a file {path} by that very name: it is {name} for all images",
    "rename it to have the name filled in for each of them",
    "warning",
)
DRY_RUN_JSON = Mistake("given-form", "--dry-run lists for a person what would be done", "leave out --json")
EVAL_OF_MANY = Mistake(
    "given-form",
    "eval takes one image, and {count} are given",
    "put the expression into a file, and run that: maskexpr run FILE.mask {given}",
)
STUDY_TARGET_TWICE = Mistake(
    "output-target",
    "{path} is where results of two images go: {first} and {second}",
    "tell them apart by {{{apart}}} in the template behind -o, --overlay or --hist",
)
STUDY_TARGETS_TWICE = Mistake(
    "output-target",
    "{path} is where results of two images go, {first} and {second}, and so it is with {more} more",
    "tell them apart by {{{apart}}} in the template behind -o, --overlay or --hist",
)
STUDY_TABLE_TWICE = Mistake(
    "output-target",
    "{path} is where tables of two images go: {first} and {second}",
    "write --table {path} instead: it has the rows of all images",
)
STUDY_STANDARD_OUTPUT = Mistake(
    "output-target", "results of {count} images cannot all go to standard output", "write a folder/ or a template"
)
STUDY_OVER_INPUT = Mistake(
    "output-over-input",
    "{count:result|results} would be written over what is read or is the study's own: {files}",
    "write to another folder: -o masks/",
)
