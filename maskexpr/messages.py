"""The wording of every error and warning, and nothing else.

One `Mistake` per thing that can go wrong: a stable code, the cause, and one way out; `at` fills in fields in braces.
Mistakes of one family share a code where only the way out differs.
"""

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maskexpr.errors import Diagnostic, Severity
from maskexpr.source import Source, Span

_KINDS = {
    "truth": "true or false",
    "colour": "a colour image",
    "labels": "labels",
    "samples": "samples",
    "none": "none",
    "masks": "a list of masks",
}


class _Wording(string.Formatter):
    """Fields as in `str.format`, and two more: a count, `{ndim:axis|axes}`, and a kind with its article, `{kind:a}`."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "a":
            return _KINDS.get(str(value)) or f"{'an' if str(value)[0] in 'aeiou' else 'a'} {value}"
        if "|" in format_spec:
            one, many = format_spec.split("|")
            return f"{value} {one if value == 1 else many}"
        return str(super().format_field(value, format_spec))

    def filled(self, template: str, fields: Mapping[str, object]) -> str:
        none: Sequence[Any] = ()
        return self.vformat(template, none, fields)


_WORDING = _Wording()


@dataclass(frozen=True, slots=True)
class Mistake:
    """The wording of one mistake."""

    code: str
    cause: str
    hint: str = ""
    severity: Severity = "error"

    def at(self, source: Source | None, span: Span | None, /, **fields: object) -> Diagnostic:
        """The diagnostic for this mistake at a place."""
        cause, hint = _WORDING.filled(self.cause, fields), _WORDING.filled(self.hint, fields)
        return Diagnostic(self.code, cause, hint, span, source, self.severity)

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
DEFS_TOO_DEEP = Mistake("too-deep", "defs within defs go more than {most} levels deep", "call fewer defs within defs")
NO_STACK_LEFT = Mistake(
    "too-deep", "the caller left too little stack to check this program", "call maskexpr from a shallower place"
)
CHARACTER_FORBIDDEN = Mistake(
    "character-forbidden", "the invisible control character {point} is not allowed, even in comments", "delete it"
)
CHARACTER_HALF = Mistake("character-forbidden", "{point} is half a character", "save the program as UTF-8")
CHARACTER_LOOKALIKE = Mistake("character-unknown", "{found} is not part of the language", "write {meant}")
CHARACTER_UNKNOWN = Mistake(
    "character-unknown", "{found} is not part of the language", "delete it, or put it in a text or a comment"
)
BACKSLASH = Mistake(
    "backslash", "a line cannot be continued with \\", "put the expression in brackets: a line goes on inside"
)
BRACES = Mistake("braces", "{found} is not part of the language", "write ( ) to group and [ ] for a list")
QUESTION_MARK = Mistake("question-mark", "there is no ? : choice", "write where(condition, a, b)")
NAME_NOT_ASCII = Mistake(
    "name-not-ascii", "names and numbers use ASCII characters only, {name} does not", "write {plain}, say"
)
NAME_NOT_ASCII_FAR = Mistake(
    "name-not-ascii", "names and numbers use ASCII characters only, {name} does not", "choose a name of a-z, 0-9 and _"
)
NAME_RESERVED = Mistake("name-reserved", "{name} is a word of the language, it cannot be a name", "write {name}_, say")
TEXT_UNCLOSED = Mistake("text-unclosed", "this text has no closing {quote}", "add a {quote} on the same line")
TEXT_ESCAPE = Mistake("text-escape", "unknown escape in {text}", "write / in paths, and \\\\ for one backslash")
TEXT_PREFIX = Mistake("text-prefix", "a text has no prefix letters", 'write it without: "text"')
NUMBER_TOO_LONG = Mistake(
    "number-too-long", "this number is beyond any image", "use at most 40 digits and exponents up to 30"
)
NUMBER_DOT = Mistake("number-dot", "a number needs digits on both sides of its dot", "write {digits}.0")
NUMBER_DOT_FIRST = Mistake("number-dot", "a number needs digits on both sides of its dot", "write 0.{digits}")
NUMBER_FORM = Mistake("number-form", "{text} is not a number", "write 1000, 0.5, 1e3, 0xff or 0b101")
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
COMMA_MISSING = Mistake(
    "operator-missing", "a comma or an operator is missing between {left} and {right}", "write one between them"
)
MULTIPLY_MISSING = Mistake("operator-missing", "an operator is missing after the number", "to multiply, write *")
ASSIGN_AUGMENTED = Mistake(
    "assign-augmented", "there is no operator {found}", "write {name} = {name} {operator} ... in full"
)
SHIFT = Mistake(
    "operator-unknown", "there is no operator {found}", "write // or * and a power of 2, or bits(im, low, high)"
)
COMMENT_FOREIGN = Mistake("comment-foreign", "a statement cannot begin with {found}", "for a comment write #")
COMPARE_WITH_ASSIGN = Mistake("compare-with-assign", "= gives a name to a value", "write == to compare")
ASSIGN_TO_PART = Mistake(
    "assign-to-part",
    "a part of {name} cannot be set: images never change",
    "write {name} = where({mask}, value, {name})",
)
ASSIGN_TO_CALL = Mistake(
    "assign-to-call", "only a name can be given a value", "to define a function write def {name}(...) = ..."
)
ASSIGN_TO_MANY = Mistake("assign-to-many", "one name is given a value at a time", "write one line for each name")
COLON_OUTSIDE = Mistake(
    "colon-outside", "a colon stands only in a slice or an input line", "for a part write im[10:90]"
)
SLICE_PARTS = Mistake("slice-parts", "a slice has three parts at most", "write start:stop:step")
COMMA_OUTSIDE = Mistake(
    "comma-outside", "a comma stands only between arguments or subscripts", "write one line for each value"
)
COMMA_IN_BRACKETS = Mistake("comma-outside", "( ) hold one value", "for a list write [ ]")
CALL_OF_VALUE = Mistake(
    "call-of-value", "only a function can be called, by its name", "write an operator between, & or * say"
)
NO_ATTRIBUTES = Mistake(
    "no-attributes", "values have no attributes: there is no .{name}", "only a call follows a dot, as in im.max()"
)
STATEMENT_MISSPELT = Mistake("no-such-statement", "no line begins with {word}", "did you mean {near}?")
DECLARATION = Mistake("no-such-statement", "a name needs no {word}", "write {name} = ...")
NO_IF = Mistake("no-if", "there is no {word}", "write where(condition, a, b)")
NO_LOOPS = Mistake("no-loops", "there are no loops: there is no {word}", "every operation already works on all pixels")
NO_IMPORT = Mistake("no-import", "there is no {word}", 'write use "other.mask" for the defs of another file')
NO_LAMBDA = Mistake("no-lambda", "there is no lambda", "write def f(m) = expression on a line of its own")
NO_IS = Mistake("no-is", "there is no is", "write == or != to compare")
NO_SUCH_STATEMENT = Mistake(
    "no-such-statement", "there is no {word}", "a program is expressions and name = expression lines"
)
NOT_BEHIND = Mistake("word-misplaced", "not cannot follow {before}", "put brackets around: (not ...)")
NOT_BETWEEN = Mistake("word-misplaced", "not cannot stand between two values", "write != to compare, or not in")
VALUE_MISSING_BEFORE = Mistake(
    "value-missing", "a value is missing before {found}", "write one, or delete what is too much"
)
ENDS_EARLY = Mistake(
    "ends-early", "something must follow {last}", "finish the expression; a line goes on only inside brackets"
)
STATEMENT_START = Mistake(
    "token-unexpected",
    "a statement cannot begin with {found}",
    "begin with a value; a line goes on only inside brackets",
)
TOKEN_UNEXPECTED = Mistake("token-unexpected", "{found} cannot follow {before}", "write a value between, or delete one")
ASSERT_FORM = Mistake("assert-form", "an assert line cannot have {found} here", 'write assert condition, "message"')
INPUT_FORM = Mistake("input-form", "an input line cannot have {found} here", 'write input im: image = "file.png" "doc"')
PARAM_FORM = Mistake("param-form", "a param line cannot have {found} here", "write param low = 32 in 0..255")
DEF_FORM = Mistake("def-form", "a def line cannot have {found} here", "write def rim(m, n) = dilate(m, n) & ~m")
USE_FORM = Mistake("use-form", "use needs a file name in quotes, not {found}", 'write use "lib.mask"')
OUTPUT_FORM = Mistake(
    "output-form", "an output line cannot have {found} here", "write output name or output name = expression"
)

# --- names and statements --------------------------------------------------------------------------------------------

FUNCTION_UNKNOWN = Mistake("function-unknown", "there is no function {name}", "did you mean {near}?")
FUNCTION_FOREIGN = Mistake("function-unknown", "there is no function {name}", "write {meant}")
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
OUTPUT_UNKNOWN = Mistake("output-unknown", "there is no value {name} to output", "did you mean {near}?")
OUTPUT_UNKNOWN_FAR = Mistake("output-unknown", "there is no value {name} to output", "write output {name} = expression")
OUTPUT_KIND = Mistake(
    "output-kind",
    "{kind:a} cannot be an output",
    "a result is a mask, an image, labels, a number, a list, true or false",
)
OUTPUT_SAMPLES = Mistake("output-kind", "samples cannot be an output", "take a statistic of them, mean({text}) say")
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
USE_OUTSIDE = "it is outside this program's folder"
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
ASSERT_KIND = Mistake("kind", "assert takes one true or false, {text} is {kind:a}", "compare it: {text} > 0")
PROGRAM_TOO_LARGE = Mistake(
    "program-too-large",
    "the program has more than {most:,} steps once its defs are filled in",
    "shorten it, or call fewer defs within defs",
)
MODULE_PREFIX = Mistake("no-modules", "there are no modules: {module} is not needed", "write {function}(...) alone")
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

# --- operators -------------------------------------------------------------------------------------------------------

ARITHMETIC_ON_MASK = Mistake("kind", "{operator} does not take a mask", "for numbers write where({text}, 1, 0)")
ARITHMETIC_ON_TRUTH = Mistake("kind", "{operator} does not take true or false", "for numbers write where({text}, 1, 0)")
MASK_TIMES_IMAGE = Mistake("kind", "* does not take a mask", "write where({mask}, {other}, 0)")
PLUS_OF_MASKS = Mistake("kind", "+ does not take a mask", "for what is in either write {left} | {right}")
MINUS_OF_MASKS = Mistake(
    "kind", "- does not take a mask", "for what is in one and not the other write {left} & ~{right}"
)
TIMES_OF_MASKS = Mistake("kind", "* does not take a mask", "for what is in both write {left} & {right}")
COLOUR_IN_OPERATOR = Mistake(
    "colour",
    "{text} has {channels} channels, {operator} takes one",
    "gray({text})? or red({text}), channel({text}, 0)...{stack}",
)
OR_STACK = "; a stack is declared: input {name}: image"
SAMPLES_IN_OPERATOR = Mistake(
    "kind", "samples such as im[mask] are for statistics, not for {operator}", "write mean({text}) {operator} ..., say"
)
OPERAND_KIND = Mistake("kind", "{operator} does not take {kind:a}", "it takes {wanted}")
NOT_OF_NUMBERS = Mistake("kind", "{operator} takes masks, {text} is {kind:a}", "did you mean {prefix}({text} > 0)?")
NOT_BEFORE_COMPARISON = Mistake(
    "precedence", "{operator} binds tighter than the comparison and takes masks", "did you mean {operator}({text})?"
)
AMPERSAND_MIXED = Mistake(
    "kind", "{operator} takes two masks or two integer images, not {left:a} and {right:a}", "compare first: {text} > 0"
)
AMPERSAND_NUMBER = Mistake(
    "kind",
    "{operator} takes two masks or two integer images, not {left:a} and {right:a}",
    "for {text} write true or false",
)
AMPERSAND_BEFORE_COMPARISON = Mistake(
    "precedence", "{operator} takes masks and binds looser than {comparison}", "did you mean {suggestion}?"
)
WORD_ON_NUMBERS = Mistake("kind", "{word} takes masks, {text} is {kind:a}", "compare first: {text} > 0")
WORD_ON_BITS = Mistake("kind", "{word} takes masks, {text} is {kind:a}", "for the bits of integers write {symbol}")
POWER_WITH_CARET = Mistake("kind", "^ is exclusive or, for masks and integers", "for a power write **")
BITS_OF_FLOATS = Mistake("kind", "floating values have no bits", "compare first, or use an integer image")
MASK_ORDER = Mistake("kind", "masks have no order: {operator} does not take them", "write & | ^ == or !=")
MASK_WITH_NUMBER = Mistake("kind", "{text} is already {kind:a}", "write {text} or ~{text} in place of the comparison")
MASK_WITH_IMAGE = Mistake(
    "kind", "{operator} compares two masks or two images", "compare the image first: ({text} > 0)"
)
LENGTH_WITH_NUMBER = Mistake(
    "units", "{operator} cannot mix {left:a} and {right:a}", "give both a unit, or neither: plain numbers are pixels"
)
LENGTH_WITH_MEASURED = Mistake(
    "units", "{operator} cannot mix {left:a} and {right:a}", "write {suggestion}: it is in {unit} already"
)
LENGTH_WITH_PIXELS = Mistake("units", "{operator} cannot mix {left:a} and {right:a}", "write {suggestion}")
LENGTH_WITH_SIZE = Mistake(
    "units", "{operator} cannot mix {left:a} and {right:a}", "give both the same power: mm, mm2 or mm3"
)
LENGTH_POWERS = Mistake(
    "units",
    "{operator} cannot take {left:a} and {right:a}",
    "the result must be a number, a length, an area or a volume",
)
TEXT_ORDER = Mistake("kind", "{operator} does not take {kind:a}", "texts are compared with == and !=")
TEXT_WITH_OTHER = Mistake("kind", "{operator} cannot compare {left:a} and {right:a}", "compare a text with a text")
LIST_COMPARED = Mistake("kind", "{operator} does not take a list", "write in to look for a value in a list")
IN_NEEDS_LIST = Mistake("kind", "{operator} looks into a list, not into {kind:a}", "write {text} {operator} [2, 3]")
LIST_MIXED = Mistake(
    "kind", "a list holds numbers, lengths, texts or masks, not {kind:a}", "write [1, 2, 3], or [mask, mask]"
)
LIST_OF_LENGTHS = Mistake("kind", "a number is never in a list of lengths", "write a list of numbers: [1, 2, 3]")
LIST_OF_TEXTS = Mistake("kind", "a number is never in a list of texts", "write a list of numbers: [1, 2, 3]")
LIST_NOT_CONSTANT = Mistake("not-constant", "a list holds numbers known before the run", "write == and | for others")
CHAIN_DIRECTION = Mistake("chain", "a chain of comparisons runs one way", "write low < im <= high, or two with &")
CHAIN_EQUALITY = Mistake("chain", "{operator} does not chain", "write two comparisons with & between them")
SHAPE_MISMATCH = Mistake(
    "shape", "{left} is {left_shape} and {right} is {right_shape}", "crop or resample one of them to the other's shape"
)
SPACING_MISMATCH = Mistake(
    "spacing",
    "{left} has pixels of {left_spacing} mm and {right} of {right_spacing} mm",
    "resample one of them, or give both the same spacing",
)
DIVISION_BY_ZERO_CONSTANT = Mistake("division-by-zero", "this divides by zero", "write another divisor")
RESULT_TOO_WIDE = Mistake(
    "too-wide", "the result can be beyond every integer type", "make an operand floating: multiply it by 1.0 first"
)
INDEX_KIND = Mistake("kind", "{kind:a} cannot be indexed", "only images, masks and lists of numbers can be indexed")
INDEX_OF_PROPERTY = Mistake("index", "{text} is one number for each region, it has no parts", "write {text} alone")
ITEM_COMPARED = Mistake("kind", "{operator} does not take a list", "take one of its numbers: {text}[0]")
ITEM_OUTSIDE = Mistake("index", "{index} is outside a list of {length}", "the last one is {last}, or -1")
ITEM_ONE = Mistake("index", "one item is taken from a list at a time", "write {text}[0]")
ITEM_UNKNOWN = Mistake("kind", "the items of this list cannot be taken", "centroid(m)[0] and bbox(m)[0] can")
INDEX_COLOUR = Mistake("colour", "{text} has {channels} channels, samples have one", "gray({text})[{mask}]?{stack}")
INDEX_TOO_MANY = Mistake("index", "{count} subscripts for {ndim:axis|axes}", "write one for each axis at most")
INDEX_CHANNEL = Mistake(
    "index",
    "{count} subscripts for {ndim:axis|axes}: channels are not an axis",
    "write channel({text}, 0), red({text})...",
)
INDEX_OUTSIDE = Mistake("index", "{index} is outside axis {axis} of length {length}", "the last one is {last}, or -1")
INDEX_EMPTY = Mistake(
    "index", "this crop of axis {axis}, of length {length}, is empty", "the start must be below the stop"
)
INDEX_NOT_WHOLE = Mistake(
    "index", "a subscript is a whole number, a slice or a mask, not {kind:a}", "write im[10:90, 3]"
)
INDEX_BOUND = Mistake("index", "a slice runs between whole numbers, not {kind:a}", "write im[10:90]")
INDEX_STEP_ZERO = Mistake("index", "the step of a slice cannot be 0", "write 2 for every second pixel")
INDEX_MASK_WITH_OTHERS = Mistake("index", "a mask stands alone between the brackets", "write {text}[{mask}]")
NOT_CONSTANT = Mistake(
    "not-constant",
    "{what} must be known before the run, this depends on pixels",
    "use numbers, params and arithmetic on them",
)

# --- calls -----------------------------------------------------------------------------------------------------------

ARGUMENT_MISSING = Mistake("argument-missing", "{function} needs {name}", "write {signature}")
ARGUMENT_TOO_MANY = Mistake(
    "argument-too-many", "{function} takes {most:argument|arguments}, not {count}", "write {signature}"
)
ARGUMENT_TOO_MANY_TWO = Mistake(
    "argument-too-many", "{function} is a statistic of one image", "for two images pixel by pixel write {other}(a, b)"
)
ARGUMENT_UNKNOWN = Mistake("argument-unknown", "{function} has no argument {name}", "did you mean {near}?")
ARGUMENT_UNKNOWN_FAR = Mistake("argument-unknown", "{function} has no argument {name}", "write {signature}")
ARGUMENT_COMPARED = Mistake(
    "argument-unknown", "{function} has no argument {name}", "write == to compare, or {signature}"
)
ARGUMENT_TWICE = Mistake("argument-twice", "argument {name} is given twice", "delete one of them")
ARGUMENT_ORDER = Mistake(
    "argument-order", "an argument without a name cannot follow one with", "put it first, or name it: name=value"
)
ARGUMENT_KIND = Mistake("argument-kind", "{function} takes {wanted} as {name}, not {kind:a}", "write {signature}")
ARGUMENT_WITHIN = Mistake(
    "kind", "{function} takes an image, {text} is samples", "write {function}({value}, within={mask})"
)
ARGUMENT_MASKS_WANTED = Mistake(
    "kind", "{function} takes a list of masks, not {kind:a}", "write {function}([a > t, b > t]), say"
)
ARGUMENT_MASKS_NONE = Mistake(
    "kind", "{function} takes a list of masks, this list holds none", "write {function}([a > t, b > t]), say"
)
ARGUMENT_LABELS_WANTED = Mistake(
    "argument-kind",
    "{function} takes {wanted} as {name}, {text} is {kind:a}",
    "make one with a comparison: {text} > 0; labels are declared: input {text}: labels",
)
ARGUMENT_MASK_WANTED = Mistake(
    "argument-kind", "{function} takes {wanted} as {name}, {text} is {kind:a}", "make one with a comparison: {text} > 0"
)
ARGUMENT_IMAGE_WANTED = Mistake(
    "argument-kind", "{function} takes {wanted} as {name}, {text} is a mask", "for numbers write where({text}, 1, 0)"
)
ARGUMENT_COLOUR = Mistake(
    "colour",
    "{text} has {channels} channels, {function} takes {wanted}",
    "gray({text})? or red({text}), hue({text})...{stack}",
)
ARGUMENT_COLOUR_WANTED = Mistake(
    "argument-kind", "{function} takes a colour image, {text} is {kind:a}", "it needs a last axis of 3 or 4 channels"
)
ARGUMENT_SPREAD_WANTED = Mistake(
    "argument-kind", "{function} takes {wanted} as {name}, {text} is a mask", "for {what} write {other}({text})"
)
ARGUMENT_QUOTES = Mistake(
    "argument-kind", "{function} takes {wanted} as {name}, {text} is a name", 'put it in quotes: "{text}"'
)
ARGUMENT_QUANTITY = Mistake("units", "{function} takes {wanted} as {name}, not {kind:a}", "write it without a unit")
ARGUMENT_OUT_OF_RANGE = Mistake("argument-range", "{name} is {value}", "it must be {wanted}")
ARGUMENT_NOT_WHOLE = Mistake("argument-range", "{name} is {value}", "it must be a whole number")
ARGUMENT_LIST_OF_NUMBERS = Mistake("argument-kind", "{name} is a list of numbers, one per axis", "write [2, 1], say")
ARGUMENT_LIST_LENGTH = Mistake(
    "argument-range", "{name} has {count:number|numbers} for {wanted:axis|axes}", "write one per axis"
)
MEANT_FOR_OTHER = "did you mean {meant}?"
CHOICE_UNKNOWN = Mistake("choice", "{name} cannot be {value!r}", "it is one of {choices}")
SHAPE_UNKNOWN = Mistake(
    "choice", "there is no shape {value!r}", 'it is diamond, square, disk, or a pattern such as "010/111/010"'
)
PATTERN_EMPTY = Mistake("pattern", "the pattern {value} has no 1", "write 1 where it should reach")
PATTERN_RAGGED = Mistake("pattern", "the rows of {value} differ in length", 'write rows alike: "010/111/010"')
PATTERN_ITERATIONS = Mistake("pattern", "with a pattern, n counts how often it is applied", "write a whole number")
PATTERN_DIMENSION = Mistake(
    "pattern", "the pattern has {pattern:axis|axes}, the work {axes}", 'part rows by /, planes by //, or name axes="yx"'
)
HITS_UNKNOWN = Mistake(
    "pattern",
    "the pattern {value!r} is not made of 1 (on), 0 (off) and . (either)",
    'write rows parted by /: "000/.1./111"',
)
HITS_EMPTY = Mistake("pattern", "the pattern {value} asks for nothing", "write a 1 or a 0 in it")
AXES_UNKNOWN = Mistake("axes", "{axes!r} names no axes", 'write letters of x, y, z, each once: axes="yx"')
AXES_MISSING = Mistake(
    "axes", "there is no axis {axis} in an image of {ndim:axis|axes}", "x is the last axis, y the one before"
)
PREDICATE_KIND = Mistake("predicate", "{text} alone is no condition on regions", "compare a property: area >= 50")
PREDICATE_NO_PROPERTY = Mistake(
    "predicate",
    "this condition says nothing of the regions",
    "name a property, without brackets: area >= 50; maskexpr functions properties lists them",
)
PREDICATE_OUTER = Mistake(
    "predicate",
    "beside properties a condition on regions takes numbers, {text} is {kind:a}",
    "take a statistic, mean({text}) say; for grey values in each region write mean_intensity and of=im",
)
PREDICATE_FUNCTION = Mistake(
    "predicate",
    "{function} works on images, not on one number for each region",
    "call it before, outside the condition",
)
PROPERTY_OF_PLANES = Mistake(
    "property", "{name} has no meaning for regions with {ndim:axis|axes}", 'for each slice of a stack add axes="yx"'
)
PROPERTY_OF_VOLUMES = Mistake(
    "property", "{name} has no meaning for regions with {ndim:axis|axes}", "write area for their number of pixels"
)
PROPERTY_OF_IMAGE = Mistake("property", "{name} is measured on an image", "add it to the call: of=im")
PROPERTY_POWER = Mistake(
    "units", "this is measured in {wanted}, it cannot be compared with {found}", "write a number of pixels, or {unit}"
)
PROPERTY_LENGTH = Mistake(
    "units", "a length is no one number of pixels where these measure {spacing} mm", "write a number of pixels"
)
AXES_NUMBER = Mistake(
    "axes", "{function} works along {wanted} axes, not along {count}", 'name those it is to work along: axes="yx"'
)
AXES_FLAT = Mistake(
    "axes", "{function} works along {wanted} axes, not along {count}", "give a mask of two axes or more"
)
MARKERS_FLOATING = Mistake("kind", "markers are whole numbers, not {dtype} values", "number regions: label(im > t)")
MARKERS_RANGE = Mistake(
    "markers",
    "markers are numbers from 0 to 2147483647, these go from {low} to {high}",
    "write maximum(markers, 0), say",
)
CONNECTIVITY_UNKNOWN = Mistake(
    "connectivity", "connectivity cannot be {value} here", "write {wanted}; 1 joins pixels by their faces"
)
SPACING_UNKNOWN = Mistake(
    "spacing",
    "{noun:a} needs the size of a pixel, which is not known",
    "give it: --spacing 0.5mm, or Image(a, spacing=0.5)",
)
SIZE_POWER = Mistake(
    "units", "a size in mm{power} does not fit regions of {ndim:axis|axes}", "write mm2 in 2-D and mm3 in 3-D"
)
GRID_MISSING = Mistake("grid", "{name} needs an image to take its shape from", "use an input image in the program")
GRID_SEVERAL = Mistake(
    "grid", "{name} needs one shape: {left} is {left_shape} and {right} is {right_shape}", "use images of one shape"
)
SPHERE_FLAT = Mistake("axes", "a sphere needs 3 axes, the image has {ndim:axis|axes}", "write circle(y, x, radius)")
CORNERS_NOT_NUMBERS = Mistake(
    "argument-kind", "{name} is a list of numbers, one for each corner", "write [10, 40, 25], say"
)
CORNER_NOWHERE = Mistake("argument-range", "{name} holds {value}", "write finite numbers")
CORNERS_FEW = Mistake(
    "argument-range", "{name} has {count:number|numbers}, a polygon has 3 corners or more", "write one for each corner"
)
CORNERS_UNEQUAL = Mistake(
    "argument-range", "ys has {ys:number|numbers} and xs has {xs}", "write one of each for every corner"
)
AT_NEEDS_Z = Mistake("argument-missing", "in a volume at needs z, too", "write at(m, y, x, z)")
AT_AXES = Mistake("axes", "at takes masks of 2 or 3 axes, this one has {ndim}", "take a part of it: m[3], say")
CHANNEL_MISSING = Mistake("argument-range", "there is no channel {channel} of {channels}", "the last one is {last}")
BITS_ORDER = Mistake("argument-range", "bits goes from low to high, not from {low} to {high}", "swap them")
BIT_BEYOND_TYPE = Mistake("argument-range", "there is no bit {bit} in {dtype}", "the highest one is {last}")
WHERE_MIXED = Mistake(
    "kind", "where cannot choose between {a:a} and {b:a}", "make both masks, or both images or numbers"
)

RECONSTRUCT_MIXED = Mistake(
    "kind", "reconstruct cannot grow {seed:a} within {within:a}", "make both masks, or both images"
)
GROWTH_LENGTH = Mistake(
    "spacing", "growth goes pixel by pixel, and pixels are {spacing} mm long", "give n as a number of pixels"
)

# --- inputs given to a program ---------------------------------------------------------------------------------------

INPUT_MISSING = Mistake("input-missing", "no {name} was given", "give it: {name}=...")
INPUT_MISSING_NEAR = Mistake("input-missing", "no {name} was given", "did you mean {near}?")
INPUT_MISSING_PROPERTY = Mistake(
    "input-missing",
    "no {name} was given, and regions have no such property",
    "maskexpr functions properties lists those they have",
)
INPUT_LATER = Mistake(
    "input-missing", "no {name} was given, and it gets a value only here or further down", "move that line up"
)
INPUT_MISSING_FUNCTION = Mistake("input-missing", "{name} is a function", "call it: {name}(...)")
INPUT_UNKNOWN_NEAR = Mistake("input-unknown", "the program has no input or param {name}", "did you mean {near}?")
INPUT_UNKNOWN = Mistake("input-unknown", "the program has no input or param {name}", "it has {names}")
INPUT_NOT_ARRAY = Mistake("input-type", "{name} cannot be an image: {found}", "give a NumPy array of numbers or bools")
INPUT_RAGGED = Mistake("input-type", "{name} cannot be an image: its rows differ in length", "give rows of one length")
INPUT_MASKED_ARRAY = Mistake("input-type", "{name} is a masked array", "fill it first: {name}.filled(0)")
INPUT_NO_PIXELS = Mistake(
    "input-type", "{name} has no pixels: its shape is {shape}", "give an image of at least one pixel"
)
INPUT_KIND = Mistake("input-kind", "{name} is declared as {wanted}, but is {found:a}", "{way_out}")
INPUT_MASK_VALUES = Mistake(
    "input-kind", "{name} is declared as mask, but holds more than two values", "declare image and write {name} > 0"
)
INPUT_LABELS = Mistake(
    "input-kind", "{name} is declared as labels, but holds {found}", "labels are whole numbers from 0 to 2147483647"
)
INPUT_SPACING = Mistake(
    "input-spacing", "the spacing of {name} is {found}", "give one positive number, or one per axis"
)
INPUT_SPACING_COLOUR = Mistake(
    "input-spacing",
    "the spacing of {name} is {found}, but its last axis is taken for {channels} channels of colour",
    'a stack is declared: input {name}: image in the program, or Image(a, kind="image")',
)
PARAM_VALUE = Mistake("param-value", "{name} cannot be {value}", "it is {wanted}")
IMAGE_KIND_UNKNOWN = Mistake("input-type", "Image kind {kind!r} is unknown", "write image, mask, colour or labels")

# --- the command line ------------------------------------------------------------------------------------------------

GIVEN_FORM = Mistake("given-form", "{text} is not name=FILE", "write im=ankle.png, say, without blanks around =")
GIVEN_IS_PARAM = Mistake("given-form", "{name} is a param, not an input", "write -p {name}={value}")
PARAM_FORM_GIVEN = Mistake("given-form", "{text} is not name=value", "write -p low=32, say")
GIVEN_TWICE = Mistake("given-form", "{name} is given twice", "delete one of the two")
PARAM_IS_INPUT = Mistake("param-unknown", "{name} is an input, not a param", "write {name}={value} without -p")
OUTPUT_NAMELESS = Mistake("output-target", "the name after {flag} is empty", "write a file, a folder/ or a template")
STDOUT_REFUSED = Mistake("file-refused", "cannot write to standard output: {reason}", "check where it goes")
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
OUTPUT_TEMPLATE = Mistake("output-target", "{template} is not a template", "use {{stem}} and {{output}} in it")
OUTPUT_OVER_INPUT = Mistake("output-over-input", "{path} is an input, it is not overwritten", "write to another file")
OUTPUT_TWICE = Mistake(
    "output-target", "{path} is the target of {first} and {second}", "give each its own, by {{output}} in a template"
)

# --- the session -----------------------------------------------------------------------------------------------------

SESSION_UNKNOWN = Mistake("name", "there is no {name} here", "did you mean {near}?")
SESSION_UNKNOWN_FAR = Mistake("name", "there is no {name} here", ":vars lists what there is")
SESSION_NO_ARRAY = Mistake("kind", "{name} is {kind:a}, not a mask or an image", "save a mask, labels or an image")
SESSION_SET_INPUT = Mistake(
    "name", "{name} is an image that was loaded", "load another in its place: :load {name} FILE"
)
SESSION_LOAD = "load it: :load {name} FILE"
SCRIPT_SUFFIX = Mistake("output-target", "{path} is no name for a program", "end it in .mask")
SCRIPT_OVER_OTHER = Mistake(
    "output-target", "{path} is not from a session, it is not overwritten", "write to another file"
)

# --- the REPL --------------------------------------------------------------------------------------------------------

COMMAND_UNKNOWN = Mistake("command", "there is no command :{name}", "did you mean :{near}?")
COMMAND_UNKNOWN_FAR = Mistake("command", "there is no command :{name}", ":help lists them")
COMMAND_CUT = Mistake("command", ":{name} may be {meant}", "write more of it")
COMMAND_ARGUMENTS = Mistake("command", "it is :{name} {arguments}", "such as {example}")
COMMAND_BARE = Mistake("command", ":{name} takes nothing behind it", "write :{name}")
COMMAND_CHOICE = Mistake("command", ":{name} cannot be {value}", "it is {choices}")
SAVE_NAMELESS = Mistake("command", "{text} has no name", "name it first: {name} = {text}, then :save {name} {path}")
HELP_UNKNOWN = Mistake("help", "there is no help for {name}", "did you mean {near}?")
HELP_UNKNOWN_FAR = Mistake("help", "there is no help for {name}", ":help functions lists what there is")
NOTHING_TO_SHOW = Mistake("name", "there is no result yet", "enter an expression, such as im > 64")
NOTHING_TO_SCRIPT = Mistake("name", "nothing has a name yet", "name what to keep, such as bone = im > 64")
NO_HISTOGRAM = Mistake("kind", "{name} is {kind:a}, not an image", "name an image, as in :hist im bone")
HISTOGRAM_PART = Mistake("kind", "{name} is {found:a}, not a mask of the shape of {image}", "name a mask made from it")
SESSION_MEMORY = Mistake("memory", "there is not enough memory for this", "crop the image, or leave other names out")
SESSION_FAULT = Mistake(
    "fault", "a fault of maskexpr, not yours: {what} ({where})", "please report this line, and what you typed"
)
SESSION_INPUT = Mistake("given-form", "{text} is neither name=FILE nor a program", "write im={text}")

# --- pictures --------------------------------------------------------------------------------------------------------

VIEW_SEVERAL = Mistake("view", "several values cannot be one picture ({names})", "give one of them")
VIEW_MODE = Mistake("view", "there is no view {mode!r}", "it is one of {modes}")
VIEW_SHAPES = Mistake(
    "view", "{name} ({shape}) cannot be shown on {image} ({ground})", "give the image that it came from"
)
VIEW_PLANE = Mistake("view", "there is no plane {plane}", "the last one is {last}")
VIEW_FLAT = Mistake("view", "there are no planes to choose from: this is one", "leave out the plane")
CELL_FORM = Mistake("given-form", "%%mask does not take {text}", "write %%mask [NAME] [-v MODE]")
VIEW_NO_MASK = Mistake(
    "view", "{path} is {found}, neither a mask nor labels", "name a file of 0 and 255, or of whole numbers from 0 on"
)
SHOW_NO_MASK = Mistake("view", "there is no mask to draw for {path}", "name an image and its mask: show IMAGE MASK")
OVERLAY_NO_MASK = Mistake("output-target", "there is no mask to draw for {path}", "leave out --overlay")
OVERLAY_NO_IMAGE = Mistake(
    "output-target", "{name} ({shape}) has no image of its shape to be drawn on", "leave out --overlay; -o writes it"
)
HISTOGRAM_NO_IMAGE = Mistake("output-target", "no image is given whose values could be counted", "leave out --hist")

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
FILE_SUFFIX = Mistake("file-suffix", "cannot write {path}: its ending names no known format", "known are {suffixes}")
FILE_LOSSY = Mistake(
    "file-lossy", "cannot write {path}: {suffix} is lossy and would change pixels", "write .png, .tif or .npy"
)
FILE_CANNOT_HOLD = Mistake("file-cannot-hold", "cannot write {path}: {suffix} cannot hold {what}", "write {able}")
FILE_TARGET_IS_FOLDER = Mistake("file-is-folder", "cannot write {path}: it is a folder", "name a file in it")
FILE_NO_FOLDER = Mistake("file-no-folder", "cannot write {path}: there is no folder {folder}", "make the folder first")
FILE_NOT_WRITTEN = Mistake("file-refused", "cannot write {path}: {reason}", "check the path and its permissions")
FILE_DISK_FULL = Mistake(
    "file-disk-full", "cannot write {path}: the disk is full; what was there before is untouched", "free some space"
)

FILE_WITHOUT_RECORD = Mistake(
    "no-record", "{path} does not say how it was made", "PNG and TIFF files say so that maskexpr wrote with run or -o"
)


# --- the run ---------------------------------------------------------------------------------------------------------

ASSERT_FAILED = Mistake("assert-failed", "not true: {text}", "check the image and the numbers, or drop the assert")
ASSERT_FAILED_SAYING = Mistake("assert-failed", "{message}", "the assert was: {text}")
DIVISION_BY_ZERO = Mistake(
    "division-by-zero", "an integer divisor is 0 somewhere", "replace its zeros: where(b == 0, 1, b) for a divisor b"
)
OUT_OF_MEMORY = Mistake(
    "out-of-memory", "there is not enough memory for this step", "crop the image, or use less of it"
)
REACH_TOO_LARGE = Mistake(
    "reach-too-large", "a reach of that size needs room for {pixels} pixels", "use a reach within the image's size"
)

AXIS_ONE = Mistake("axes", "{axes!r} names several axes", 'write one letter, axis="x", or leave it out for all of them')
AXIS_NOT_WORKED = Mistake("axes", "axis is not among axes", "leave axes out, or name it there too")
WINDOW_TOO_LARGE = Mistake(
    "window-too-large", "the window would hold {size:.3g} pixels, the limit is {most:.3g}", "use a smaller {name}"
)
RANK_OUTSIDE = Mistake(
    "argument-range",
    "there is no rank {rank} in a window of {size:pixel|pixels}",
    "count from 0, the smallest, to {last}, or down from -1, the largest",
)
SIGMA_ORDER = Mistake(
    "argument-range", "high is {high:g} px, below low, which is {low:g} px", "swap them: the smaller sigma comes first"
)
WITHIN_EMPTY = Mistake("no-pixels", "the mask has no pixels to find a threshold in", "check how the mask is made")
NOTHING_FINITE = Mistake("no-pixels", "no pixel is finite", "leave out nan and inf where the image is made")
EQUALIZE_EMPTY = Mistake("no-pixels", "the mask has no pixels to count the values of", "check how the mask is made")
NO_SAMPLES = Mistake("no-samples", "there are no samples to measure", "check how the mask is made that selects them")
SAMPLES_OF_MASK = Mistake(
    "samples-kind", "these are samples of a mask, not of an image", "use area, fraction, any or all"
)
SAMPLES_OF_IMAGE = Mistake(
    "samples-kind", "these are samples of an image, not of a mask", "compare before selecting: (im > 32)[mask]"
)
VALLEY_ONE_PEAK = Mistake("no-valley", "the histogram has no two peaks to find a valley between", "use otsu, say")
VALLEY_MANY_PEAKS = Mistake(
    "no-valley",
    "the histogram still has {count} peaks after being smoothed {rounds:,} times",
    "smooth the image first: gaussian(im, 1), say",
)
HYSTERESIS_ORDER = Mistake(
    "argument-range", "low is {low}, above high, which is {high}", "swap them: regions above low that reach above high"
)
NORMALIZE_RANGE = Mistake(
    "argument-range",
    "an image cannot be normalized from {low} to {high}",
    "give finite numbers, the smaller one as low",
)
SAUVOLA_R = Mistake(
    "argument-missing",
    "sauvola needs r for floating images, whose type has no range",
    "give half the range of the values: r=0.5 where they go from 0 to 1",
)
HISTOGRAM_RANGE = Mistake(
    "argument-range", "the histogram cannot go from {low} to {high}", "give finite numbers, the smaller one as low"
)
AREA_UNIT = Mistake(
    "units", "{unit} does not measure a mask of {ndim:axis|axes}", 'write "mm2" in 2-D and "mm3" in 3-D'
)
VOLUME_AXES = Mistake(
    "axes", "volume measures masks of 3 axes, this one has {ndim}", "write area, which counts the pixels of any mask"
)
PERIMETER_AXES = Mistake(
    "axes", "perimeter measures masks of 2 axes, this one has {ndim}", "measure one slice of it: perimeter(m[3]), say"
)
PERIMETER_PIXELS = Mistake(
    "spacing",
    "a perimeter in {unit} needs square pixels, these are {spacing} mm",
    "leave out the unit for a perimeter in pixels",
)
MASK_EMPTY = Mistake("no-pixels", "the mask is empty, so it has no {what}", "check how the mask is made")
