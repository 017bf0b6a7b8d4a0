"""What is no text of the language."""

from maskexpr.diagnostics.messages.wording import Mistake

SOURCE_TOO_LONG = Mistake(
    "source-too-long", "the program is {size:,} bytes long, the limit is {most:,}", "split it into several programs"
)
TOO_MANY_TOKENS = Mistake(
    "source-too-long",
    "the program has more than {most:,} words, numbers and signs",
    "split it into several programs, or give what is written often a name or a def",
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
NUMBER_DOT = Mistake("number-dot", "a number needs digits on both sides of its dot", "write `{digits}.0`")
NUMBER_DOT_FIRST = Mistake("number-dot", "a number needs digits on both sides of its dot", "write `0.{digits}`")
NUMBER_FORM = Mistake("number-form", "{text} is not a number", "write 1000, 0.5, 1e3, 0xff or 0b101")
UNIT_UNKNOWN = Mistake(
    "unit-unknown",
    "{unit} is not a unit",
    "units are px, nm, um, mm, cm, m, and mm2, mm3... for sizes; to multiply, write *",
)
BRACKET_UNCLOSED = Mistake("bracket-unclosed", "this {bracket} is never closed", "add the closing bracket")
BRACKET_UNOPENED = Mistake("bracket-unopened", "this {bracket} closes nothing", "delete it, or open a bracket before")
BRACKET_MISMATCH = Mistake("bracket-mismatch", "{close} cannot close {open}", "use the same kind of bracket")
COMMAND_LINE_MEANT = Mistake("command-line", "this is a command line of {program}", "write `{meant}`")
COMMAND_LINE = Mistake(
    "command-line", "this is a command line of {program}", "write the expression: dilate(im > 32, 2), say"
)
OPERATOR_FOREIGN = Mistake("operator-unknown", "there is no operator {found}", "write `{meant}`")
OPERATOR_MISSING = Mistake(
    "operator-missing", "an operator is missing between {left} and {right}", "write & | < > + or another between them"
)
COMMA_MISSING = Mistake(
    "operator-missing", "a comma or an operator is missing between {left} and {right}", "write one between them"
)
MULTIPLY_MISSING = Mistake("operator-missing", "an operator is missing after the number", "to multiply, write *")
UNIT_APART = Mistake("operator-missing", "a unit stands right behind its number", "write `{left}{right}`")
ASSIGN_AUGMENTED = Mistake(
    "assign-augmented", "there is no operator {found}", "write ``{name} = {name} {operator} {value}``"
)
SHIFT = Mistake(
    "operator-unknown", "there is no operator {found}", "write // or * and a power of 2, or bits(im, low, high)"
)
COMMENT_FOREIGN = Mistake("comment-foreign", "a statement cannot begin with {found}", "for a comment write `#`")
COMPARE_WITH_ASSIGN = Mistake("compare-with-assign", "= gives a name to a value", "write == to compare")
ASSIGN_TO_PART = Mistake(
    "assign-to-part",
    "a part of {name} cannot be set: images never change",
    "write ``{name} = where({mask}, {value}, {name})``",
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
    "no-attributes",
    "values have no attributes: there is no .{name}",
    'only a call follows a dot, as in im.max(); a column of a table is t["area"]',
)
NO_ATTRIBUTES_OF_ARRAYS = Mistake(
    "no-attributes",
    "values have no attributes: there is no .{name}",
    "positions are y and x, the number of pixels is area(full()); types follow from values",
)
ELLIPSIS = Mistake(
    "ellipsis",
    "there is no ... between the brackets",
    "write : for each axis, as in im[:, 3]; a channel is channel(im, 0)",
)
STATEMENT_MISSPELT = Mistake("no-such-statement", "no line begins with {word}", "did you mean `{near}`?")
DECLARATION = Mistake("no-such-statement", "a name needs no {word}", "write {name} = ...")
NO_IF = Mistake("no-if", "there is no {word}", "write where(condition, a, b)")
NO_LOOPS = Mistake("no-loops", "there are no loops: there is no {word}", "every operation already works on all pixels")
NO_IMPORT = Mistake(
    "no-import",
    "there is no {word}",
    'delete the line: all functions are there; for defs of another file write use "other.mask"',
)
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
RANGE_IN_EXPRESSION = Mistake(
    "token-unexpected", "a range with .. stands in param lines alone", "write between(im, {low}, {high})"
)
ASSERT_FORM = Mistake("assert-form", "an assert line cannot have {found} here", 'write assert condition, "message"')
INPUT_FORM = Mistake("input-form", "an input line cannot have {found} here", 'write input im: image = "file.png" "doc"')
PARAM_FORM = Mistake("param-form", "a param line cannot have {found} here", "write param low = 32 in 0..255")
DEF_FORM = Mistake("def-form", "a def line cannot have {found} here", "write def rim(m, n) = dilate(m, n) & ~m")
DEF_COLON = Mistake("def-form", "a def line cannot have {found} here", "write =, and the expression without return")
USE_FORM = Mistake("use-form", "use needs a file name in quotes, not {found}", 'write use "lib.mask"')
OUTPUT_FORM = Mistake(
    "output-form", "an output line cannot have {found} here", "write output name or output name = expression"
)
