"""Operators, comparisons, lists and subscripts."""

from maskexpr.diagnostics.messages.wording import Mistake

ARITHMETIC_ON_MASK = Mistake("kind", "{operator} does not take a mask", "for numbers write where({text}, 1, 0)")
ARITHMETIC_ON_TRUTH = Mistake("kind", "{operator} does not take true or false", "for numbers write where({text}, 1, 0)")
MASK_TIMES_IMAGE = Mistake("kind", "* does not take a mask", "write ``where({mask}, {other}, 0)``")
PLUS_OF_MASKS = Mistake("kind", "+ does not take a mask", "for what is in either write ``{left} | {right}``")
MINUS_OF_MASKS = Mistake(
    "kind", "- does not take a mask", "for what is in one and not the other write ``{left} & ~{right}``"
)
TIMES_OF_MASKS = Mistake("kind", "* does not take a mask", "for what is in both write ``{left} & {right}``")
COLOUR_IN_OPERATOR = Mistake(
    "colour",
    "{text} has {channels} channels, {operator} takes one",
    "gray({text})? or red({text}), channel({text}, 0)...{stack}",
)
CHANNEL_WANTED = "take one: channel({text}, {which}){mask}; its channels are {listed}"
OR_STACK = "; a stack is declared: input {name}: image"
SAMPLES_WITH_ARRAY = Mistake(
    "samples", "{samples} is samples, {other} is {kind:a}", "take the same samples of it: {text}{mask}"
)
SAMPLES_OF_FEWER = Mistake(
    "samples", "{left} and {right} are samples of other pixels", "take the same of both: {text}{mask}"
)
SAMPLES_OF_OTHERS = Mistake(
    "samples", "{left} and {right} are samples of other pixels", "take both by one mask: [{first} & {second}]"
)
OPERAND_KIND = Mistake("kind", "{operator} does not take {kind:a}", "it takes {wanted}")
NOT_OF_NUMBERS = Mistake("kind", "{operator} takes masks, {text} is {kind:a}", "did you mean `{prefix}({text} > 0)`?")
NOT_BEFORE_COMPARISON = Mistake(
    "precedence", "{operator} binds tighter than the comparison and takes masks", "did you mean `{operator}({text})`?"
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
    "precedence", "{operator} takes masks and binds looser than {comparison}", "did you mean `{suggestion}`?"
)
WORD_ON_NUMBERS = Mistake("kind", "{word} takes masks, {text} is {kind:a}", "compare first: {text} > 0")
WORD_ON_BITS = Mistake("kind", "{word} takes masks, {text} is {kind:a}", "for the bits of integers write {symbol}")
POWER_WITH_CARET = Mistake("kind", "^ is exclusive or, for masks and integers", "for a power write `**`")
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
    "units", "{operator} cannot mix {left:a} and {right:a}", "write `{suggestion}`: it is in {unit} already"
)
LENGTH_WITH_PIXELS = Mistake("units", "{operator} cannot mix {left:a} and {right:a}", "write `{suggestion}`")
LENGTH_WITH_SIZE = Mistake(
    "units", "{operator} cannot mix {left:a} and {right:a}", "give both the same power: mm, mm2 or mm3"
)
QUANTITY_TOO_LONG = Mistake(
    "units", "this takes more than 77 digits to say, as lengths and sizes are exact", "round the numbers it is made of"
)
QUANTITY_NOT_FINITE = Mistake(
    "units", "{text} is {value}, with which no length or size can be computed", "write a finite number"
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
    "shape",
    "{left} is {left_shape} and {right} is {right_shape}",
    "crop or resample one of them to the other's shape{resampled}",
)
SHAPE_OF_PART = Mistake(
    "shape", "{left} is {left_shape} and {right} is {right_shape}", "take a part of that shape: {part}"
)
SPACING_MISMATCH = Mistake(
    "spacing",
    "{left} has pixels of {left_spacing} mm and {right} of {right_spacing} mm",
    "give both the same spacing, or resample one of them{resampled}",
)
GRID_MISMATCH = Mistake(
    "grid",
    "{left} and {right} do not lie on one grid: {difference}",
    "bring one to the grid of the other first{resampled}",
)
DIVISION_BY_ZERO_CONSTANT = Mistake("division-by-zero", "this divides by zero", "write another divisor")
RESULT_TOO_WIDE = Mistake(
    "too-wide", "the result can be beyond every integer type", "make an operand floating: multiply it by 1.0 first"
)
INDEX_KIND = Mistake("kind", "{kind:a} cannot be indexed", "only images, masks and lists of numbers can be indexed")
INDEX_SAMPLES = Mistake(
    "kind", "samples have no places to take one or a part by", "take some by a comparison: {text}[{mask}]"
)
INDEX_OF_PROPERTY = Mistake("index", "{text} is one number for each region, it has no parts", "write `{text}` alone")
ITEM_COMPARED = Mistake("kind", "{operator} does not take a list", "take one of its numbers: {text}[0]")
ITEM_OUTSIDE = Mistake("index", "{index} is outside a list of {length}", "the last one is {last}, or -1")
ITEM_ONE = Mistake("index", "one item is taken from a list at a time", "write `{text}[0]`")
ITEM_UNKNOWN = Mistake("kind", "the items of this list cannot be taken", "centroid(m)[0] and bbox(m)[0] can")
INDEX_COLOUR = Mistake("colour", "{text} has {channels} channels, samples have one", "gray({text}){mask}?{stack}")
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
