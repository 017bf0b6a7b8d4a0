"""Names, and what a line declares or gives."""

from maskexpr.diagnostics.messages.wording import Mistake

FUNCTION_UNKNOWN = Mistake("function-unknown", "there is no function {name}", "did you mean `{near}`?")
FUNCTION_WITHHELD = Mistake(
    "function-withheld", "{name} is a function that is not offered here", "there are {names} and others"
)
FUNCTION_WITHHELD_ALL = Mistake(
    "function-withheld", "{name} is a function, and none is offered here", "write it with operators: im > 64"
)
FUNCTION_FOREIGN = Mistake("function-unknown", "there is no function {name}", "{way}")
FUNCTION_READS = Mistake(
    "function-unknown",
    "there is no function {name}: expressions read no files",
    "write input im = {path} on a line of its own",
)
PROPERTY_CALLED = Mistake("function-unknown", "{name} is a property of regions, not a function", "{way}")
PROPERTY_CALLED_FOREIGN = Mistake(
    "function-unknown", "there is no function {name}, and regions have no property of that name", "{way}"
)
STEPS_OF_FSLMATHS = Mistake("fslmaths", "{name} is a step of fslmaths", "write `{meant}`")
STEPS_OF_FSLMATHS_FAR = Mistake(
    "fslmaths", "{name} is a step of fslmaths", 'write im >= 32 for thr and bin, dilate(m, 1, "square") for dilM, say'
)
FUNCTION_UNKNOWN_FAR = Mistake("function-unknown", "there is no function {name}", "maskexpr functions lists them all")
FUNCTION_IS_VALUE = Mistake(
    "function-unknown", "{name} is a value, not a function", "write {name}[...] for a part of it, or * to multiply"
)
FUNCTION_LATER = Mistake("function-later", "{name} is defined only further down", "move def {name} up, above this line")
FUNCTION_CALLS_ITSELF = Mistake(
    "function-recursive",
    "{name} calls itself",
    "there is no recursion: a reach such as dilate(m, 20) goes any distance",
)
NAME_UNKNOWN_IN_DEF = Mistake(
    "name-unknown", "{name} is not known inside def {function}", "make it a parameter: def {function}({parameters})"
)
NAME_UNKNOWN_IN_DEF_NEAR = Mistake("name-unknown", "{name} is not known inside def {function}", "did you mean {near}?")
DUPLICATE = Mistake("duplicate", "{what} {name} is declared twice", "delete one of the two, or give it another name")
DUPLICATE_PARAMETER = Mistake("duplicate", "parameter {name} stands twice", "give each parameter a name of its own")
OUTPUT_UNKNOWN = Mistake("output-unknown", "there is no value {name} to output", "did you mean `{near}`?")
OUTPUT_UNKNOWN_FAR = Mistake("output-unknown", "there is no value {name} to output", "write output {name} = expression")
OUTPUT_KIND = Mistake(
    "output-kind",
    "{kind:a} cannot be an output",
    "a result is a mask, an image, labels, a table, a number, a list, true or false",
)
OUTPUT_SAMPLES = Mistake(
    "output-kind", "samples cannot be an output", "take a statistic of them, {statistic}({text}) say"
)
NO_RESULT = Mistake("no-result", "the program has no result", "end it with an expression, or write output name")
INPUT_KIND_UNKNOWN = Mistake(
    "input-kind-unknown", "{kind} is not a kind of input", "write image, mask, colour, labels or number"
)
INPUT_SCHEME = Mistake(
    "input-scheme", "{path} is not a file: inputs are never fetched", "download it and name the file"
)
USE_NOT_POSSIBLE = Mistake("use-not-possible", "no other files can be used here", "give compile() a resolver")
USE_NOT_FOUND = Mistake("use-not-found", "cannot use {path}: {reason}", "the path starts at this program's folder")
USE_MISSING = Mistake(
    "use-not-found", "cannot use {path}: there is no such file", "the path starts at this program's folder"
)
USE_OUTSIDE = "it is outside this program's folder, --allow-read DIR allows another"
USE_NO_FILE = "it is no file"
USE_CYCLE = Mistake(
    "use-cycle", "{path} uses itself, directly or through others", "move what both need to a third file"
)
PARAM_KIND = Mistake("param-kind", "the {what} of {name} is {found:a}, its value {wanted:a}", "give both the same kind")
PARAM_INTERVAL = Mistake("param-interval", "{low}..{high} holds no number", "write the smaller number first")
PARAM_OUTSIDE = Mistake(
    "param-outside", "{value} is not in {low}..{high}", "choose a value inside, or widen the interval"
)
PARAM_CHOICE = Mistake("param-choice", "{value} is not one of {choices}", "choose one of them, or add it")
PARAM_NO_INTERVAL = Mistake("param-interval", "only numbers and lengths have an interval", "delete the in ... part")
ASSERT_OF_MASK = Mistake("kind", "assert takes one true or false, {text} is a mask", "write any({text}) or all({text})")
ASSERT_OF_TABLE = Mistake("kind", "assert takes one true or false, {text} is a table", "write count({text}) > 0, say")
ASSERT_KIND = Mistake("kind", "assert takes one true or false, {text} is {kind:a}", "compare it: {text} > 0")
PROGRAM_TOO_LARGE = Mistake(
    "program-too-large",
    "the program has more than {most:,} steps once its defs are filled in",
    "shorten it, or call fewer defs within defs",
)
MODULE_PREFIX = Mistake("no-modules", "there are no modules: {module} is not needed", "{way}")
MODULE_FUNCTION = Mistake("no-modules", "there are no modules, and no function {name}", "did you mean {near}?")
MODULE_FUNCTION_FAR = Mistake(
    "no-modules", "there are no modules, and no function {name}", "maskexpr functions lists them all"
)
MODULE_VALUE = Mistake("no-modules", "there are no modules, and no {name}", "write `{meant}`")
MODULE_VALUE_FAR = Mistake("no-modules", "there are no modules, and no {name}", "leave it out, or write a number")
IN_CALL = " (in {function}, called at {place})"

UNUSED_NAME = Mistake("unused", "{name} is never used", "delete the line, or write output {name}", "warning")
UNUSED_VALUE = Mistake("unused", "this value is not used", "give it a name: name = ...", "warning")
UNUSED_PARAM = Mistake("unused", "param {name} is never used", "delete the line", "warning")
UNUSED_INPUT = Mistake("unused", "input {name} is never used", "delete the line", "warning")
ALWAYS_TRUE = Mistake(
    "always-true", "always true: {left} is {range}", "compare with a number inside that range", "warning"
)
ALWAYS_UNEQUAL = Mistake(
    "always-true", "always true: {left} is whole, {value} is not", "write < or >, or a whole number", "warning"
)
NEVER_EQUAL = Mistake(
    "never-true", "never true: {left} is whole, {value} is not", "write < or >, or a whole number", "warning"
)
NEVER_TRUE = Mistake(
    "never-true", "never true: {left} is {range}", "compare with a number inside that range", "warning"
)
ALWAYS_TRUE_BUT_NAN = Mistake(
    "always-true", "always true but for nan: {left} is {range}", "compare with a number inside that range", "warning"
)
COMPARED_NAN = Mistake(
    "never-true", "never true: {value} is nan", "write isnan(...) to look for nan, or compare with a number", "warning"
)
COMPARED_NAN_UNEQUAL = Mistake(
    "always-true",
    "always true: {value} is nan",
    "write isnan(...) to look for nan, or compare with a number",
    "warning",
)
COMPARED_SHARE = Mistake(
    "fraction", "the same as {same}: {left} is {range}", "write {share} for a share of its range, or {same}", "warning"
)
COMPARED_FRACTION = Mistake(
    "fraction", "the same as {same}: {left} is {range}", "write a whole number, or {same}", "warning"
)
NEVER_AMONG = Mistake(
    "never-true", "none of these is ever met: {left} is {range}", "list numbers that it can be", "warning"
)
