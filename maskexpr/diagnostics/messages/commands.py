"""The command line."""

from maskexpr.diagnostics.messages.wording import Mistake

GIVEN_FORM = Mistake("given-form", "{text} is not name=FILE", "write im=ankle.png, say, without blanks around =")
GIVEN_IS_PARAM = Mistake("given-form", "{name} is a param, not an input", "write -p {name}={value}")
PARAM_FORM_GIVEN = Mistake("given-form", "{text} is not name=value", "write -p low=32, say")
GIVEN_TWICE = Mistake("given-form", "{name} is given twice", "delete one of the two")
PARAM_IS_INPUT = Mistake("param-unknown", "{name} is an input, not a param", "write {name}={value} without -p")
OUTPUT_NAMELESS = Mistake("output-target", "the name after {flag} is empty", "write a file, a folder/ or a template")
STDOUT_REFUSED = Mistake("file-refused", "cannot write to standard output: {reason}", "check where it goes")
FILE_UNUSABLE = Mistake("file-refused", "cannot use {path}: {reason}", "check the path and its permissions")
SYSTEM_REFUSED = Mistake(
    "file-refused",
    "the system refused what this needs: {reason}",
    "check that the current folder is there, and the disk",
)
PARAM_UNKNOWN = Mistake("param-unknown", "the program has no param {name}", "it has {names}")
TIME_NEEDS_INPUTS = Mistake(
    "input-missing", "--time runs the program, but no {name} was given", "give it: {name}=FILE or {name}=32"
)
PROGRAM_MISSING = Mistake(
    "file-missing", "cannot read {path}: there is no such file", "to run an expression write maskexpr eval '...'"
)
EVAL_OF_FILE = Mistake("given-form", "{path} is a file, not an expression", "write maskexpr run {path}")
PROGRAM_NOT_TEXT = Mistake("file-not-text", "cannot read {path}: it is not a text in UTF-8", "name a program file")
OUTPUT_ONE_FILE = Mistake(
    "output-target", "{path} is one file for {count} results", "write a folder/, or a template such as '{{output}}.png'"
)
OUTPUT_NO_ARRAY = Mistake(
    "output-target", "there is no mask or image to write to {path}", "leave out -o: it is printed"
)
OUTPUT_UNFIT = Mistake("output-target", "{path} is no file for {name}, which is {kind:a}", "write {endings}, say")
OUTPUT_LEFT_OVER = Mistake(
    "output-target", "no result is left for {path}: {names} went to other files", "give one -o for each result"
)
OUTPUT_OVER_INPUT = Mistake("output-over-input", "{path} is {what}, it is not overwritten", "write to another file")
ALLOWED_NO_FOLDER = Mistake("given-form", "there is no folder {path}", "name one behind --allow-read")
STANDARD_TWICE = Mistake(
    "given-form", "standard input is read for {first} and for {second}", "name a file for one of them"
)
OUTPUT_TWICE = Mistake(
    "output-target", "{path} is the target of {first} and {second}", "give each its own, by {{output}} in a template"
)
OPTIONS_TWICE = Mistake("output-target", "{path} is the target of {first} and {second}", "name a file for each of them")
JSON_ON_STANDARD_OUTPUT = Mistake(
    "given-form", "--json prints a document where a file is to go, to standard output", "write to a file, not to -"
)
FOLDER_WITHOUT_PROGRAMS = Mistake("file-missing", "there is no .mask file in {path} or below", "name a program file")

# --- comparing -------------------------------------------------------------------------------------------------------

COMPARE_TWO = Mistake(
    "given-form", "two are compared, and {count:is|are} given", "write compare a=FILE b=FILE, the truth second"
)
COMPARE_MEASURE = Mistake("compare", "there is no measure {name}", "{way_out}")
COMPARE_UNIT = Mistake("compare", "distances come in no unit {unit}", "it is one of {units}")
COMPARE_METHOD = Mistake("compare", "{measure} has no method {method}", "it has {methods}; ask for it by itself")
COMPARE_IOU = Mistake("compare", "objects do not match at an iou of {iou}", "give a number from 0 to 1")
COMPARE_TOLERANCE = Mistake("compare", "{text} is no tolerance", "give a number of pixels, 2, or a length, 1mm")
COMPARE_NO_TOLERANCE = Mistake(
    "compare", "surface_dice needs a tolerance", "give a number of pixels, 2, or a length, 1mm: --tolerance 1mm"
)
COMPARE_WORD = Mistake("compare", "there is no {word!r} here", "it is one of {words}")
COMPARE_COUNTS = Mistake("compare", "{own} are compared with {others}", "give as many of the truth")
COMPARE_MANY_CLASSES = Mistake(
    "compare",
    "the numbers are no classes: there are {count} of them, and at most {most} are compared by class",
    "leave out --by class: objects are matched whatever their numbers are",
)
COMPARE_NO_MASK = Mistake(
    "input-kind",
    "{found}",
    'label images are compared with --kind labels, kind="labels" in Python, and a map of probabilities as map > 0.5',
)
COMPARE_COLOUR = Mistake(
    "input-kind",
    "{found}",
    'save one of its channels; numbers of a palette are compared with --kind labels, kind="labels" in Python',
)
COMPARE_NO_LABELS = Mistake(
    "input-kind", "{found}", "labels are whole numbers from 0 on, and a map of probabilities is compared as map > 0.5"
)
CODE_UNKNOWN = Mistake("code-unknown", "there is no code {code} of errors", "did you mean {near}?")
CODE_UNKNOWN_FAR = Mistake("code-unknown", "there is no code {code} of errors", "maskexpr errors lists them")
KERNELS_NEED_NUMBA = Mistake(
    "package-missing", "cannot compile kernels: numba cannot be imported: {reason}", "pip install 'maskexpr[fast]'"
)
KERNELS_NO_FOLDER = Mistake(
    "file-refused",
    "cannot keep compiled kernels in {path}: it cannot be made, or others may look into it",
    "make it yours alone, with mode 700, or name another folder by XDG_CACHE_HOME",
)
