"""The wording of every error and warning, and nothing else.

One `Mistake` per thing that can go wrong: a stable code, the cause, and one way out. Fields in braces are filled in by `at`.
Mistakes of one family share a code where only the way out differs.
"""

from dataclasses import dataclass

from maskexpr.errors import Diagnostic, Severity
from maskexpr.source import Source, Span


@dataclass(frozen=True, slots=True)
class Mistake:
    """The wording of one mistake."""

    code: str
    cause: str
    hint: str = ""
    severity: Severity = "error"

    def at(self, source: Source | None, span: Span | None, /, **fields: object) -> Diagnostic:
        """The diagnostic for this mistake at a place; a template without fields is taken as it stands."""
        return Diagnostic(
            self.code, self.cause.format(**fields), self.hint.format(**fields), span, source, self.severity
        )

    def anywhere(self, **fields: object) -> Diagnostic:
        """The diagnostic for a mistake outside a program text: a file, an argument, the command line."""
        return self.at(None, None, **fields)


# --- syntax ----------------------------------------------------------------------------------------------------------

SOURCE_TOO_LONG = Mistake(
    "source-too-long", "the program is {size:,} bytes long, the limit is {most:,}", "split it into several files"
)
TOO_DEEP = Mistake(
    "too-deep", "this is nested more than {most} levels deep", "give the inner part a name on a line of its own"
)
CHARACTER_FORBIDDEN = Mistake(
    "character-forbidden", "the invisible control character {point} is not allowed, even in comments", "delete it"
)
CHARACTER_LOOKALIKE = Mistake("character-unknown", "{found} is not part of the language", "write {meant}")
CHARACTER_UNKNOWN = Mistake(
    "character-unknown", "{found} is not part of the language", "delete it, or put it in a text or a comment"
)
BACKSLASH = Mistake("backslash", "a line cannot be continued with \\", "put the expression in brackets: a line goes on inside")
BRACES = Mistake("braces", "{found} is not part of the language", "write ( ) to group and [ ] for a list")
QUESTION_MARK = Mistake("question-mark", "there is no ? : choice", "write where(condition, a, b)")
NAME_NOT_ASCII = Mistake(
    "name-not-ascii", "names use ASCII letters, digits and _ only, {name} does not", "write {plain}, say"
)
NAME_RESERVED = Mistake("name-reserved", "{name} is a word of the language, it cannot be a name", "write {name}_, say")
TEXT_UNCLOSED = Mistake("text-unclosed", "this text has no closing {quote}", "add a {quote} on the same line")
TEXT_ESCAPE = Mistake("text-escape", "unknown escape in {text}", "write / in paths, and \\\\ for one backslash")
TEXT_PREFIX = Mistake("text-prefix", "a text has no prefix letters", "write it without: \"text\"")
NUMBER_TOO_LONG = Mistake(
    "number-too-long", "the number {text} is beyond any image", "use at most 40 digits and exponents up to 30"
)
NUMBER_DOT = Mistake("number-dot", "a number needs digits on both sides of its dot", "write {digits}.0")
NUMBER_DOT_FIRST = Mistake("number-dot", "a number needs digits on both sides of its dot", "write 0.{digits}")
UNIT_UNKNOWN = Mistake(
    "unit-unknown",
    "{unit} is not a unit",
    "units are px, nm, um, mm, cm, m, and mm2, mm3... for sizes; to multiply, write *",
)
BRACKET_UNCLOSED = Mistake("bracket-unclosed", "this {bracket} is never closed", "add the closing bracket")
BRACKET_UNOPENED = Mistake("bracket-unopened", "this {bracket} closes nothing", "delete it, or open a bracket before")
BRACKET_MISMATCH = Mistake("bracket-mismatch", "{close} cannot close {open}", "use the same kind of bracket")
OPERATOR_FOREIGN = Mistake("operator-unknown", "there is no operator {found}", "write {meant}")
OPERATOR_MISSING = Mistake(
    "operator-missing", "an operator is missing between {left} and {right}", "write & | < > + or another between them"
)
MULTIPLY_MISSING = Mistake("operator-missing", "an operator is missing after the number", "to multiply, write *")
ASSIGN_AUGMENTED = Mistake(
    "assign-augmented", "there is no operator {found}", "write name = name {operator} ... in full"
)
ARROW = Mistake("operator-unknown", "there is no operator ->", "write > -1 with a blank to compare with a negative number")
COMPARE_WITH_ASSIGN = Mistake("compare-with-assign", "= gives a name to a value", "write == to compare")
ASSIGN_TO_PART = Mistake(
    "assign-to-part", "a part of {name} cannot be set: images never change", "write {name} = where(mask, value, {name})"
)
ASSIGN_TO_CALL = Mistake(
    "assign-to-call", "only a name can be given a value", "to define a function write def {name}(...) = ..."
)
ASSIGN_TO_MANY = Mistake("assign-to-many", "one name is given a value at a time", "write one line for each name")
COLON_OUTSIDE = Mistake(
    "colon-outside", "a colon belongs into a slice such as im[10:90]", "a def has one line: def f(m) = expression"
)
CALL_OF_VALUE = Mistake("call-of-value", "only a function can be called, by its name", "write the operator, * say, before (")
NO_ATTRIBUTES = Mistake("no-attributes", "values have no attributes: .{name} must be a call", "write .{name}() or {name}(...)")
NO_IF = Mistake("no-if", "there is no {word}", "write where(condition, a, b)")
NO_LOOPS = Mistake("no-loops", "there are no loops: there is no {word}", "every operation already works on all pixels")
NO_IMPORT = Mistake("no-import", "there is no {word}", 'write use "other.mask" for the defs of another file')
NO_LAMBDA = Mistake("no-lambda", "there is no lambda", "write def f(m) = expression on a line of its own")
NO_IS = Mistake("no-is", "there is no is", "write == to compare")
NO_SUCH_STATEMENT = Mistake("no-such-statement", "there is no {word}", "a program is expressions and name = expression lines")
WORD_MISPLACED = Mistake("word-misplaced", "{word} cannot stand here", "put brackets around: ({word} ...)")
VALUE_MISSING_BEFORE = Mistake("value-missing", "a value is missing before {found}", "write one, or delete what is too much")
ENDS_EARLY = Mistake("ends-early", "something must follow {last}", "finish the expression; a line goes on only inside brackets")
STATEMENT_START = Mistake("token-unexpected", "a statement cannot begin with {found}", "begin with a name or a value")
TOKEN_UNEXPECTED = Mistake("token-unexpected", "{found} cannot follow {before}", "write a value between, or delete one")
INPUT_FORM = Mistake("input-form", "an input is not declared with {found} here", 'write input im: image = "file.png" "doc"')
PARAM_FORM = Mistake("param-form", "a param is not declared with {found} here", "write param low = 32 in 0..255")
DEF_FORM = Mistake("def-form", "a def is not written with {found} here", "write def rim(m, n) = dilate(m, n) & ~m")
USE_FORM = Mistake("use-form", "use needs a file name in quotes, not {found}", 'write use "lib.mask"')
OUTPUT_FORM = Mistake("output-form", "an output is not written with {found} here", "write output name or output name = expression")

# --- names and statements --------------------------------------------------------------------------------------------

FUNCTION_UNKNOWN = Mistake("function-unknown", "there is no function {name}", "did you mean {near}?")
FUNCTION_UNKNOWN_FAR = Mistake("function-unknown", "there is no function {name}", "maskexpr functions lists them all")
FUNCTION_IS_VALUE = Mistake(
    "function-unknown", "{name} is a value, not a function", "write {name}[...] for a part of it, or * to multiply"
)
FUNCTION_LATER = Mistake(
    "function-later", "{name} is defined only further down", "a def may call earlier defs: move def {name} up"
)
FUNCTION_CALLS_ITSELF = Mistake(
    "function-recursive", "{name} calls itself", "there is no recursion: a reach such as dilate(m, 20) goes any distance"
)
NAME_UNKNOWN_IN_DEF = Mistake(
    "name-unknown", "{name} is not known inside def {function}", "make it a parameter: def {function}({parameters})"
)
NAME_UNKNOWN_IN_DEF_NEAR = Mistake(
    "name-unknown", "{name} is not known inside def {function}", "did you mean {near}?"
)
DUPLICATE = Mistake("duplicate", "{what} {name} is declared twice", "delete one of the two, or give it another name")
DUPLICATE_PARAMETER = Mistake("duplicate", "parameter {name} stands twice", "give each parameter a name of its own")
OUTPUT_UNKNOWN = Mistake("output-unknown", "there is no value {name} to output", "did you mean {near}?")
OUTPUT_UNKNOWN_FAR = Mistake("output-unknown", "there is no value {name} to output", "write output {name} = expression")
OUTPUT_KIND = Mistake("output-kind", "a {kind} cannot be an output", "output a mask, an image, a number or a truth")
OUTPUT_SAMPLES = Mistake("output-kind", "samples cannot be an output", "take a statistic of them, mean({text}) say")
NO_RESULT = Mistake("no-result", "the program has no result", "end it with an expression, or write output name")
INPUT_KIND_UNKNOWN = Mistake(
    "input-kind-unknown", "{kind} is not a kind of input", "write image, mask, colour, labels or number"
)
INPUT_SCHEME = Mistake("input-scheme", "{path} is not a file: inputs are never fetched", "download it and name the file")
USE_NOT_POSSIBLE = Mistake("use-not-possible", "no other files can be used here", "give compile() a resolver")
USE_NOT_FOUND = Mistake("use-not-found", "cannot use {path}: {reason}", "the path starts at this program's folder")
USE_CYCLE = Mistake("use-cycle", "{path} uses itself, directly or through others", "move what both need to a third file")
PARAM_KIND = Mistake("param-kind", "the {what} of {name} is a {found}, its value a {wanted}", "give both the same kind")
PARAM_INTERVAL = Mistake("param-interval", "{low}..{high} holds no number", "write the smaller number first")
PARAM_OUTSIDE = Mistake("param-outside", "{value} is not in {low}..{high}", "choose a value inside, or widen the interval")
PARAM_CHOICE = Mistake("param-choice", "{value} is not one of {choices}", "choose one of them, or add it")
PARAM_NO_INTERVAL = Mistake("param-interval", "only numbers and lengths have an interval", "delete the in ... part")
ASSERT_OF_MASK = Mistake("kind", "assert takes one true or false, {text} is a mask", "write any({text}) or all({text})")
ASSERT_KIND = Mistake("kind", "assert takes one true or false, {text} is a {kind}", "compare it: {text} > 0")
PROGRAM_TOO_LARGE = Mistake(
    "program-too-large",
    "the program has more than {most:,} steps once its defs are filled in",
    "call fewer defs within defs",
)
IN_CALL = " (in {function}, called at {place})"

UNUSED_NAME = Mistake("unused", "{name} is never used", "delete the line, or write output {name}", "warning")
UNUSED_VALUE = Mistake("unused", "this value is not used", "give it a name: name = ...", "warning")
UNUSED_PARAM = Mistake("unused", "param {name} is never used", "delete the line", "warning")
UNUSED_INPUT = Mistake("unused", "input {name} is never used", "delete the line", "warning")
ALWAYS_TRUE = Mistake("always-true", "always true: {left} is {range}", "compare with a number inside that range", "warning")
NEVER_TRUE = Mistake("never-true", "never true: {left} is {range}", "compare with a number inside that range", "warning")

# --- operators -------------------------------------------------------------------------------------------------------

ARITHMETIC_ON_MASK = Mistake("kind", "{operator} does not take a mask", "for numbers write where({text}, 1, 0)")
ARITHMETIC_ON_TRUTH = Mistake("kind", "{operator} does not take true or false", "for numbers write where({text}, 1, 0)")
MINUS_OF_MASKS = Mistake("kind", "- does not take a mask", "for what is in one and not the other write {left} & ~{right}")
COLOUR_IN_OPERATOR = Mistake(
    "colour", "{text} has {channels} channels, {operator} takes one", "gray({text})? or red({text}), channel({text}, 0)..."
)
SAMPLES_IN_OPERATOR = Mistake(
    "kind", "samples such as im[mask] are for statistics, not for {operator}", "write mean({text}) {operator} ..., say"
)
OPERAND_KIND = Mistake("kind", "{operator} does not take a {kind}", "it takes {wanted}")
NOT_OF_NUMBERS = Mistake("kind", "{operator} takes masks, {text} is a {kind}", "did you mean {operator}({text} > 0)?")
NOT_BEFORE_COMPARISON = Mistake(
    "precedence", "{operator} binds tighter than the comparison and takes masks", "did you mean {operator}({text})?"
)
AMPERSAND_MIXED = Mistake("kind", "{operator} takes two masks or two integer images, not a {left} and a {right}",
                          "compare first: {text} > 0")  # fmt: skip
AMPERSAND_BEFORE_COMPARISON = Mistake(
    "precedence", "{operator} takes masks and binds looser than {comparison}", "did you mean {suggestion}?"
)
WORD_ON_NUMBERS = Mistake(
    "kind", "{word} takes masks, {text} is a {kind}", "compare first: {text} > 0; for bits write {symbol}"
)
POWER_WITH_CARET = Mistake("kind", "^ is exclusive or, for masks and integers", "for a power write **")
BITS_OF_FLOATS = Mistake("kind", "a {kind} has no bits", "compare first, or use an integer image")
MASK_ORDER = Mistake("kind", "masks have no order: {operator} does not take them", "write & | ^ == or !=")
MASK_WITH_NUMBER = Mistake("kind", "{text} is already a {kind}", "write {text} or ~{text} in place of the comparison")
MASK_WITH_IMAGE = Mistake("kind", "{operator} compares two masks or two images", "compare the image first: {text} > 0")
LENGTH_WITH_NUMBER = Mistake(
    "units", "{operator} cannot mix a {left} and a {right}", "give both a unit, or neither: plain numbers are pixels"
)
LENGTH_POWERS = Mistake("units", "{operator} cannot take a {left} and a {right}", "the result would have no meaning")
TEXT_ORDER = Mistake("kind", "{operator} does not take a {kind}", "texts are compared with == and !=")
LIST_COMPARED = Mistake("kind", "{operator} does not take a list", "write in to look for a value in a list")
IN_NEEDS_LIST = Mistake("kind", "in looks into a list, not into a {kind}", "write {text} in [2, 3]")
LIST_MIXED = Mistake("kind", "a list holds numbers or texts, not a {kind}", "write [1, 2, 3]")
LIST_NOT_CONSTANT = Mistake("not-constant", "a list holds numbers known before the run", "write == and | for others")
CHAIN_DIRECTION = Mistake("chain", "a chain of comparisons runs one way", "write low < im <= high, or two with &")
CHAIN_EQUALITY = Mistake("chain", "{operator} does not chain", "write two comparisons with & between them")
SHAPE_MISMATCH = Mistake(
    "shape", "{left} is {left_shape} and {right} is {right_shape}", "crop or resample one of them to the other's shape"
)
SPACING_MISMATCH = Mistake(
    "spacing", "{left} and {right} have different spacing", "resample one of them, or give both the same spacing"
)
DIVISION_BY_ZERO_CONSTANT = Mistake("division-by-zero", "this divides by zero", "write another divisor")
RESULT_TOO_WIDE = Mistake(
    "too-wide", "values from {range} fit no 64-bit integer", "make it floating: multiply by 1.0 first"
)
INDEX_KIND = Mistake("kind", "a {kind} has no parts", "only images and masks can be indexed")
INDEX_COLOUR = Mistake("colour", "{text} has {channels} channels, samples have one", "gray({text})[{mask}]?")
INDEX_TOO_MANY = Mistake("index", "{count} subscripts for {ndim} axes", "write one for each axis at most")
INDEX_CHANNEL = Mistake(
    "index", "{count} subscripts for {ndim} axes: channels are not an axis", "write channel({text}, 0), red({text})..."
)
INDEX_OUTSIDE = Mistake("index", "{index} is outside axis {axis} of length {length}", "the last one is {last}, or -1")
INDEX_EMPTY = Mistake("index", "this crop of axis {axis}, of length {length}, is empty", "the start must be below the stop")
INDEX_NOT_WHOLE = Mistake("index", "a subscript is a whole number, a slice or a mask, not a {kind}", "write im[10:90, 3]")
INDEX_STEP_ZERO = Mistake("index", "the step of a slice cannot be 0", "write 2 for every second pixel")
INDEX_MASK_WITH_OTHERS = Mistake("index", "a mask stands alone between the brackets", "write {text}[mask]")
NOT_CONSTANT = Mistake(
    "not-constant",
    "{what} must be known before the run, this depends on pixels",
    "use numbers, params and arithmetic on them",
)

# --- calls -----------------------------------------------------------------------------------------------------------

ARGUMENT_MISSING = Mistake("argument-missing", "{function} needs {name}", "write {signature}")
ARGUMENT_TOO_MANY = Mistake("argument-too-many", "{function} takes {most} arguments, not {count}", "write {signature}")
ARGUMENT_TOO_MANY_TWO = Mistake(
    "argument-too-many", "{function} is a statistic of one image", "for two images pixel by pixel write {other}(a, b)"
)
ARGUMENT_UNKNOWN = Mistake("argument-unknown", "{function} has no argument {name}", "did you mean {near}?")
ARGUMENT_UNKNOWN_FAR = Mistake("argument-unknown", "{function} has no argument {name}", "write {signature}")
ARGUMENT_TWICE = Mistake("argument-twice", "argument {name} is given twice", "delete one of them")
ARGUMENT_ORDER = Mistake(
    "argument-order", "an argument without a name cannot follow one with", "put it first, or name it: name=value"
)
ARGUMENT_KIND = Mistake("argument-kind", "{function} takes {wanted} as {name}, not a {kind}", "write {signature}")
ARGUMENT_MASK_WANTED = Mistake(
    "argument-kind", "{function} takes {wanted} as {name}, {text} is a {kind}", "make one with a comparison: {text} > 0"
)
ARGUMENT_IMAGE_WANTED = Mistake(
    "argument-kind", "{function} takes {wanted} as {name}, {text} is a mask", "for numbers write where({text}, 1, 0)"
)
ARGUMENT_COLOUR = Mistake(
    "colour", "{text} has {channels} channels, {function} takes {wanted}", "gray({text})? or red({text}), hue({text})..."
)
ARGUMENT_COLOUR_WANTED = Mistake(
    "argument-kind", "{function} takes a colour image, {text} is a {kind}", "it needs a last axis of 3 or 4 channels"
)
ARGUMENT_SPREAD_WANTED = Mistake(
    "argument-kind", "{function} of a mask", "write fraction({text}) for the share, area({text}) for the number of pixels"
)
ARGUMENT_QUANTITY = Mistake(
    "units", "{function} takes a number of pixels as {name}, not a {kind}", "write it without a unit"
)
ARGUMENT_OUT_OF_RANGE = Mistake("argument-range", "{name} is {value}", "it must be {wanted}")
ARGUMENT_NOT_WHOLE = Mistake("argument-range", "{name} is {value}", "it must be a whole number")
ARGUMENT_LIST_OF_NUMBERS = Mistake("argument-kind", "{name} is a list of numbers, one per axis", "write [2, 1], say")
ARGUMENT_LIST_LENGTH = Mistake("argument-range", "{name} has {count} numbers for {wanted} axes", "write one per axis")
CHOICE_UNKNOWN = Mistake("choice", "{name} cannot be {value!r}", "it is one of {choices}")
SHAPE_UNKNOWN = Mistake(
    "choice", "there is no shape {value!r}", 'it is diamond, square, disk, or a pattern such as "010/111/010"'
)
PATTERN_EMPTY = Mistake("pattern", "the pattern {value} has no 1", "write 1 where it should reach")
PATTERN_RAGGED = Mistake("pattern", "the rows of {value} differ in length", 'write rows alike: "010/111/010"')
PATTERN_ITERATIONS = Mistake("pattern", "with a pattern, n counts how often it is applied", "write a whole number")
PATTERN_DIMENSION = Mistake(
    "pattern", "the pattern has {pattern} axes, the work {axes}", 'part rows by /, planes by //, or name axes="yx"'
)
AXES_UNKNOWN = Mistake("axes", "{axes!r} names no axes", 'write letters of x, y, z, each once: axes="yx"')
AXES_MISSING = Mistake("axes", "there is no axis {axis} in an image of {ndim} axes", "x is the last axis, y the one before")
CONNECTIVITY_UNKNOWN = Mistake(
    "connectivity", "connectivity {value} has no meaning with {ndim} axes", "write {wanted}; 1 joins pixels by their faces"
)
SPACING_UNKNOWN = Mistake(
    "spacing", "a {noun} needs the size of a pixel, which is not known", "give it: --spacing 0.5mm, or Image(a, spacing=0.5)"
)
SIZE_POWER = Mistake("units", "a size in mm{power} does not fit an image of {ndim} axes", "write mm2 in 2-D and mm3 in 3-D")
GRID_MISSING = Mistake("grid", "{name} needs an image to take its shape from", "use an input image in the program")
GRID_SEVERAL = Mistake("grid", "{name} needs one shape, the images have {shapes}", "use images of one shape")
CHANNEL_MISSING = Mistake("argument-range", "there is no channel {channel} of {channels}", "the last one is {last}")
BIT_BEYOND_TYPE = Mistake("argument-range", "there is no bit {bit} in {dtype}", "the highest one is {last}")
WHERE_MIXED = Mistake("kind", "where cannot choose between a {a} and a {b}", "make both masks, or both images or numbers")

# --- inputs given to a program ---------------------------------------------------------------------------------------

INPUT_MISSING = Mistake("input-missing", "no {name} was given", "give it: {name}=...")
INPUT_MISSING_NEAR = Mistake("input-missing", "no {name} was given", "did you mean {near}, or give it: {name}=...")
INPUT_MISSING_FUNCTION = Mistake("input-missing", "{name} is a function", "call it: {name}(...)")
INPUT_UNKNOWN = Mistake("input-unknown", "the program has no input or param {name}", "it has {names}")
INPUT_NOT_ARRAY = Mistake("input-type", "{name} cannot be an image: {found}", "give a NumPy array of numbers or bools")
INPUT_MASKED_ARRAY = Mistake("input-type", "{name} is a masked array", "fill it first: {name}.filled(0)")
INPUT_NO_PIXELS = Mistake("input-type", "{name} has no pixels: its shape is {shape}", "give an image of at least one pixel")
INPUT_KIND = Mistake("input-kind", "{name} is declared as {wanted}, but is a {found}", "{way_out}")
INPUT_MASK_VALUES = Mistake(
    "input-kind", "{name} is declared as mask, but holds more than two values", "declare image and write {name} > 0"
)
INPUT_LABELS = Mistake(
    "input-kind", "{name} is declared as labels, but holds {found}", "labels are whole numbers from 0 to 2147483647"
)
INPUT_SPACING = Mistake("input-spacing", "the spacing of {name} is {found}", "give one positive number, or one per axis")
PARAM_VALUE = Mistake("param-value", "{name} cannot be {value}", "it is {wanted}")
IMAGE_KIND_UNKNOWN = Mistake("input-type", "Image kind {kind!r} is unknown", "write image, mask, colour or labels")

# --- the command line ------------------------------------------------------------------------------------------------

GIVEN_FORM = Mistake("given-form", "{text} is not name=FILE", "write im={text}, say")
GIVEN_IS_PARAM = Mistake("given-form", "{name} is a param, not an input", "write -p {name}={value}")
PARAM_FORM_GIVEN = Mistake("given-form", "{text} is not name=value", "write -p low=32, say")
PARAM_UNKNOWN = Mistake("param-unknown", "the program has no param {name}", "it has {names}")
PROGRAM_NOT_TEXT = Mistake("file-not-text", "cannot read {path}: it is not a text in UTF-8", "name a program file")
OUTPUT_ONE_FILE = Mistake(
    "output-target", "{path} is one file for {count} results", "write a folder/, or a template such as '{{output}}.png'"
)
OUTPUT_NO_ARRAY = Mistake("output-target", "there is no mask or image to write to {path}", "leave -o out to print it")
OUTPUT_TEMPLATE = Mistake("output-target", "{template} is not a template", "use {{stem}} and {{output}} in it")
OUTPUT_OVER_INPUT = Mistake("output-over-input", "{path} is an input, it is not overwritten", "write to another file")
OUTPUT_TWICE = Mistake("output-target", "{path} is the target of {first} and {second}", "use {{output}} in the template")

# --- files -----------------------------------------------------------------------------------------------------------

FILE_MISSING = Mistake("file-missing", "cannot read {path}: there is no such file", "check the path")
FILE_IS_FOLDER = Mistake("file-is-folder", "cannot read {path}: it is a folder", "name a file in it")
FILE_IS_URL = Mistake("file-missing", "cannot read {path}: only local files are read", "download it first")
FILE_REFUSED = Mistake("file-refused", "cannot read {path}: {reason}", "check the path and its permissions")
FILE_EMPTY = Mistake("file-empty", "cannot read {path}: the file is empty (0 bytes)", "copy or download it again")
FILE_NO_IMAGE = Mistake(
    "file-no-image", "cannot read {path}: it is not an image of a known format", "known are {formats}"
)
FILE_BROKEN = Mistake(
    "file-broken", "cannot read {path}: the {format} data is damaged or cut short", "copy or download it again"
)
FILE_FOREIGN = Mistake(
    "file-no-image", "cannot read {path}: {format} files are not read", "convert it to TIFF or .npy first"
)
FILE_TOO_LARGE = Mistake(
    "file-too-large", "cannot read {path}: it declares more than {limit} pixels", "cut it into parts first"
)
FILE_NEEDS_MEMORY = Mistake(
    "file-too-large", "cannot read {path}: its pixels do not fit in memory", "cut it into parts first"
)
FILE_PAGES_DIFFER = Mistake(
    "file-pages-differ", "cannot read {path}: its {count} pages are not alike ({what})", "save each page by itself"
)
FILE_PIXEL_TYPE = Mistake(
    "file-pixel-type", "cannot read {path}: it holds {type}", "save it as whole or floating numbers, grey or RGB"
)
FILE_NO_PIXELS = Mistake(
    "file-pixel-type", "cannot read {path}: it holds no pixels (its shape is {shape})", "save an image with pixels"
)
FILE_NO_ARRAY = Mistake(
    "file-no-image", "cannot read {path}: it is a zip file without a NumPy array", "save one with numpy.savez"
)
FILE_MANY_ARRAYS = Mistake(
    "file-many-arrays", "cannot read {path}: it holds {count} arrays ({names})", "save the one you want as .npy"
)
FILE_NEEDS_TIFFFILE = Mistake(
    "file-needs-tifffile",
    "cannot read {path}: a TIFF of {type} needs the tifffile package",
    "pip install 'maskexpr[tiff]'",
)
FILE_NEEDS_CODECS = Mistake(
    "file-needs-tifffile",
    "cannot read {path}: its TIFF compression needs the imagecodecs package",
    "pip install imagecodecs, or save it with deflate or no compression",
)
FILE_SUFFIX = Mistake(
    "file-suffix", "cannot write {path}: its ending names no known format", "known are {suffixes}"
)
FILE_LOSSY = Mistake(
    "file-lossy", "cannot write {path}: {suffix} is lossy and would change pixels", "write .png, .tif or .npy"
)
FILE_CANNOT_HOLD = Mistake("file-cannot-hold", "cannot write {path}: {suffix} cannot hold {what}", "write {able}")
FILE_TARGET_IS_FOLDER = Mistake("file-is-folder", "cannot write {path}: it is a folder", "name a file in it")
FILE_NO_FOLDER = Mistake(
    "file-no-folder", "cannot write {path}: there is no folder {folder}", "make the folder first"
)
FILE_NOT_WRITTEN = Mistake("file-refused", "cannot write {path}: {reason}", "check the path and its permissions")
FILE_DISK_FULL = Mistake(
    "file-disk-full", "cannot write {path}: the disk is full; what was there before is untouched", "free some space"
)

# --- the run ---------------------------------------------------------------------------------------------------------

ASSERT_FAILED = Mistake("assert-failed", "not true: {text}", "check the image and the numbers, or drop the assert")
ASSERT_FAILED_SAYING = Mistake("assert-failed", "{message}", "the assert was: {text}")
DIVISION_BY_ZERO = Mistake(
    "division-by-zero", "an integer divisor is 0 somewhere", "write where(b == 0, 1, b) as the divisor, or / for inf"
)
OUT_OF_MEMORY = Mistake("out-of-memory", "there is not enough memory for this step", "crop the image, or use less of it")
REACH_TOO_LARGE = Mistake(
    "reach-too-large", "a reach of that size needs room for {pixels} pixels", "use a reach within the image's size"
)

AXIS_ONE = Mistake("axes", "{axes!r} names several axes", 'write one letter, axis="x", or leave it out for all of them')
WINDOW_TOO_LARGE = Mistake(
    "window-too-large", "the window would hold {size:.3g} pixels, the limit is {most:.3g}", "shrink the image first"
)
WITHIN_EMPTY = Mistake("no-pixels", "the mask has no pixels to find a threshold in", "check how the mask is made")
NOTHING_FINITE = Mistake("no-pixels", "no pixel is finite", "leave out nan and inf where the image is made")
NO_SAMPLES = Mistake("no-samples", "there are no samples to measure", "check how the mask is made that selects them")
SAMPLES_OF_MASK = Mistake(
    "samples-kind", "these are samples of a mask, not of an image", "use area, fraction, any or all"
)
SAMPLES_OF_IMAGE = Mistake(
    "samples-kind", "these are samples of an image, not of a mask", "compare before selecting: (im > 32)[mask]"
)
HYSTERESIS_ORDER = Mistake(
    "argument-range", "low is {low}, above high, which is {high}", "swap them: regions above low that reach above high"
)
HISTOGRAM_RANGE = Mistake(
    "argument-range", "the histogram cannot go from {low} to {high}", "give finite numbers, the smaller one as low"
)
AREA_UNIT = Mistake("units", "{unit} does not measure a mask of {ndim} axes", 'write "mm2" in 2-D and "mm3" in 3-D')
