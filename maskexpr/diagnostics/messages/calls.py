"""Functions and their arguments."""

from maskexpr.diagnostics.messages.wording import Mistake

ARGUMENT_MISSING = Mistake("argument-missing", "{function} needs {name}", "write {signature}")
ARGUMENT_TOO_MANY = Mistake(
    "argument-too-many", "{function} takes {most:argument|arguments}, not {count}", "leave it out: {signature}"
)
ARGUMENT_TOO_MANY_TWO = Mistake(
    "argument-too-many", "{function} is a statistic of one image", "pixel by pixel write {other}({text})"
)
ARGUMENT_TOO_MANY_MASK = Mistake(
    "argument-too-many",
    "{function} takes {most:argument|arguments}, not {count}",
    "of the values in a mask write ``{text}``",
)
ARGUMENT_TOO_MANY_LIST = Mistake("argument-too-many", "{function} takes one list", "write `{function}([{text}])`")
ARGUMENT_NOT_NAMED = Mistake("argument-too-many", "{function} takes {name} by its name", "write `{name}={text}`")
ARGUMENT_UNKNOWN = Mistake("argument-unknown", "{function} has no argument {name}", "did you mean `{near}`?")
ARGUMENT_UNKNOWN_FAR = Mistake("argument-unknown", "{function} has no argument {name}", "write {signature}")
ARGUMENT_UNKNOWN_MASK = Mistake(
    "argument-unknown", "{function} has no argument {name}", "of the values in a mask write ``{text}``"
)
ARGUMENT_COMPARED = Mistake(
    "argument-unknown", "{function} has no argument {name}", "write == to compare, or {signature}"
)
ARGUMENT_TWICE = Mistake("argument-twice", "argument {name} is given twice", "delete one of them")
ARGUMENT_ORDER = Mistake(
    "argument-order", "an argument without a name cannot follow one with", "put it first, or name it: name=value"
)
ARGUMENT_KIND = Mistake("argument-kind", "{function} takes {wanted} as {name}, not {kind:a}", "write {signature}")
ARGUMENT_WITHIN = Mistake(
    "kind", "{function} takes an image, {text} is samples", "write ``{function}({value}, within={mask})``"
)
ARGUMENT_SAMPLES_WITHIN = Mistake(
    "kind", "{function} takes an image, {text} is samples", "give it the image they are of, and within={mask}"
)
ARGUMENT_SAMPLES = Mistake(
    "kind",
    "{function} takes {wanted} as {name}, {text} is samples, which have no places",
    "take samples of what it gives: {function}(...)[{mask}]",
)
ARGUMENT_SAMPLES_MEASURED = Mistake(
    "kind",
    "{function} takes {wanted} as {name}, {text} is samples, which have no places",
    "give it all of the mask, with & {mask}",
)
NOT_OF_SAMPLES = Mistake("kind", "{function} takes no samples", "take samples of what it gives: {function}(...)[mask]")
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
    "argument-kind", "{function} takes {wanted} as {name}, {text} is a mask", "for numbers write `where({text}, 1, 0)`"
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
    "argument-kind", "{function} takes {wanted} as {name}, {text} is a mask", "for {what} write ``{other}({text})``"
)
ARGUMENT_QUOTES = Mistake(
    "argument-kind", "{function} takes {wanted} as {name}, {text} is a name", 'put it in quotes: `"{text}"`'
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
PATTERN_TOO_LARGE = Mistake(
    "pattern",
    "the pattern is {size:,} characters long, the limit is {most:,}",
    'use a named shape and a reach: n=50, shape="disk"',
)
PATTERN_ITERATIONS = Mistake("pattern", "with a pattern, n counts how often it is applied", "write a whole number")
PATTERN_COUNTED = Mistake("pattern", "where not all pixels count, a pattern is applied once, and n is {n}", "write n=1")
PATTERN_DIMENSION = Mistake(
    "pattern",
    "the pattern has {pattern:axis|axes}, the work {axes}",
    'add axes="{named}"; rows are parted by /, planes by //',
)
PATTERN_DIMENSION_MORE = Mistake(
    "pattern",
    "the pattern has {pattern:axis|axes}, the work {axes}",
    'write one with {axes:axis|axes}, "{example}" say',
)
ORDER_UNKNOWN = Mistake(
    "argument-range", "there is no derivative of order {value}", "write whole numbers from 0 to {most}"
)
DERIVATIVE_TOO_NARROW = Mistake(
    "argument-range",
    "a derivative is taken along an axis where sigma is too small for it",
    "write 1, say; 0.125 is least",
)
KERNEL_OF_NUMBERS = Mistake(
    "argument-kind",
    "{name} holds something else than finite numbers",
    "write rows of numbers: [[0, 1, 0], [1, -4, 1], [0, 1, 0]]",
)
KERNEL_EMPTY = Mistake("argument-kind", "{name} has an empty list in it", "write the numbers of each row: [[1, 2, 1]]")
KERNEL_RAGGED = Mistake(
    "argument-kind", "the rows of {name} differ in length", "write rows alike: [[0, 1, 0], [1, -4, 1], [0, 1, 0]]"
)
KERNEL_TOO_LARGE = Mistake(
    "argument-range",
    "{name} holds {size:,} numbers, the limit is {most:,}",
    "use gaussian or mean_filter for so wide a window",
)
KERNEL_DIMENSION_FEW = Mistake(
    "argument-kind",
    "{name} has {kernel:axis|axes}, the work {axes}",
    'put it into one list more for each axis, [[[1, 2, 1]]] has 3, or name its axes: axes="{letters}"',
)
KERNEL_DIMENSION_MANY = Mistake(
    "argument-kind",
    "{name} has {kernel:axis|axes}, the work {axes}",
    "write a list less around it for each axis: [1, 2, 1] has 1, [[0, 1, 0], [1, -4, 1], [0, 1, 0]] has 2",
)
PLANE_ONLY = Mistake("axes", "lines are found in planes, the work has {axes:axis|axes}", "{way}")
HITS_UNKNOWN = Mistake(
    "pattern",
    "the pattern {value!r} is not made of 1 (on), 0 (off) and . (either)",
    'write rows parted by /: "000/.1./111"',
)
HITS_EMPTY = Mistake("pattern", "the pattern {value} asks for nothing", "write a 1 or a 0 in it")
AXES_UNKNOWN = Mistake("axes", "{axes!r} names no axes", 'write letters of x, y, z, each once: axes="yx"')
AXES_NO_TIME = Mistake(
    "axes",
    "no axis of these {ndim:axis|axes} is named t",
    "number it: axes=0 is the first one, or name the axes of the input: Image(a, axes=...)",
)
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
PROPERTY_OF_VOLUMES = Mistake("property", "{name} has no meaning for regions with {ndim:axis|axes}", "{way}")
PROPERTY_OF_IMAGE = Mistake("property", "{name} is measured on an image", "add it to the call: of=im")
PROPERTY_TO_MASK = Mistake("property", "{name} is measured to a mask", "add it to the call: to=other")
PROPERTY_OF_PARENT = Mistake(
    "property", "{name} is one of the regions of another mask, or of labels", "add these to the call: parent=cells"
)
PROPERTY_ARGUMENT = Mistake(
    "property", "{name} takes one number known before the run, from {low} to {high}", "write {name}(90)"
)
PROPERTY_POWER = Mistake(
    "units", "this is measured in {wanted}, it cannot be compared with {found}", "write a number of pixels, or {unit}"
)
PROPERTY_LENGTH = Mistake(
    "units", "a length is no one number of pixels where these measure {spacing} mm", "write a number of pixels"
)
SAMPLES_NO_AXES = Mistake(
    "axes", "samples have no axes", "leave axes out, or give pixels outside a value: max(where(mask, im, 0), axes=...)"
)
PROPERTY_NO_AXES = Mistake("axes", "a property is one number for each region, without axes", "leave axes out")
AXES_NUMBER = Mistake(
    "axes", "{function} works along {wanted} axes, not along {count}", 'name those it is to work along: axes="yx"'
)
AXES_FLAT = Mistake(
    "axes", "{function} works along {wanted} axes, not along {count}", "give a mask of two axes or more"
)
METHOD_OF_PLANES = Mistake(
    "method",
    'method="{method}" works along two axes, not along 3',
    'go slice by slice: axes="yx", or give method="{other}"',
)
MARKERS_FLOATING = Mistake("kind", "markers are whole numbers, not {dtype} values", "number regions: label(im > t)")
MARKERS_LARGE = Mistake(
    "markers",
    "markers are numbers from -2147483647 to 2147483647, these go from {low} to {high}",
    "number the regions anew: label(markers != 0), say",
)
CONNECTIVITY_UNKNOWN = Mistake(
    "connectivity", "connectivity cannot be {value} here", "write {wanted}; 1 joins pixels by their faces"
)
SPACING_UNKNOWN = Mistake(
    "spacing",
    "{noun:a} needs the size of a pixel, which is not known",
    "give it: --spacing 0.5mm, or Image(a, spacing=0.5)",
)
RESAMPLE_LINEAR = Mistake(
    "argument-kind", "{kind:a} is resampled by nearest only: between two regions is no third", "leave method out"
)
RESAMPLE_AXES = Mistake(
    "axes", "an image of {left} has no place on a grid of {right}", "take a part of the other's axes first, a[0] say"
)
RESAMPLE_FRAMES = Mistake(
    "shape", "frames are not resampled: there are {left} and {right}", "take as many of both: a[:2]"
)
RESAMPLE_PLANES = Mistake(
    "grid", "the two do not lie in one plane", "resample the volumes they are of, and take the plane then"
)
LENGTH_OF_TIME = Mistake(
    "units",
    "there is no length along t",
    "leave axes out to work on each frame, or write a number of pixels",
)
SIZE_POWER = Mistake(
    "units", "a size in mm{power} does not fit regions of {ndim:axis|axes}", "write mm2 in 2-D and mm3 in 3-D"
)
GRID_MISSING = Mistake("grid", "{name} needs an image to take its shape from", "use an input image in the program")
GRID_APART = Mistake(
    "grid",
    "{name} needs one grid: {left} and {right} do not lie on one, {difference}",
    "resample one of them, in a program of its own",
)
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
AT_NEEDS_Z = Mistake("argument-missing", "in a volume at needs z, too", "write at(m, z, y, x)")
AT_AXES = Mistake("axes", "at takes masks of 2 or 3 axes, this one has {ndim}", "take a part of it: m[3], say")
CHANNEL_MISSING = Mistake(
    "argument-range", "there is no channel {channel} of {channels}", "they go from {first} to {last}"
)
CHANNEL_UNNAMED = Mistake(
    "argument-range",
    "there is no channel {channel!r}: {known}",
    "write its number, from {first} to {last}, or a name that it has",
)
NOT_RGB = Mistake(
    "colour", "{text} has no red, green and blue: its channels are {listed}", "take one: channel({text}, {which}), say"
)
NO_ALPHA = Mistake(
    "colour",
    "{text} has no alpha: its channels are {listed}",
    "save it as TIFF, which keeps alpha: other files are read without it, as explain says",
)
BITS_ORDER = Mistake("argument-range", "bits goes from low to high, not from {low} to {high}", "swap them")
BIT_BEYOND_TYPE = Mistake("argument-range", "there is no bit {bit} in {dtype}", "the highest one is {last}")
WHERE_MIXED = Mistake(
    "kind", "where cannot choose between {a:a} and {b:a}", "make both masks, or both images or numbers"
)

RECONSTRUCT_MIXED = Mistake(
    "kind", "reconstruct cannot grow {seed:a} within {within:a}", "make both masks, or both images"
)
AGREEMENT_MIXED = Mistake("kind", "{a:a} cannot be compared with {b:a}", "make a mask of the labels: {text} > 0")
AGREEMENT_OF_OBJECTS = Mistake(
    "kind",
    "{function} of masks counts pixels, which match without an iou",
    "to count regions write ``{function}(label({m_text}), label({truth_text}), {text})``",
)
SURFACE_AXES = Mistake(
    "axes",
    "elements of a surface are those of a plane or a volume, not of {ndim:axis|axes}",
    'give method="monai", which counts pixels',
)
LABEL_FLOATING = Mistake(
    "kind", "label joins pixels of one whole number, not {dtype} values", "make a mask with a comparison: {text} > 0"
)
GROWTH_LENGTH = Mistake(
    "spacing", "growth goes pixel by pixel, and pixels are {spacing} mm long", "give n as a number of pixels"
)
REACH_NO_PIXEL = Mistake(
    "reach",
    "{function} reaches no pixel: n={value} is less than one along every axis",
    "give at least n={least}",
    "warning",
)
SIGMA_TOO_SMALL = Mistake(
    "reach",
    "{function} reaches no pixel: {name}={value} is too small for one",
    "give a larger {name}: 1, say",
    "warning",
)
SHAPE_OUTSIDE = Mistake(
    "outside",
    "{function} draws nothing: no pixel of the image, which is {shape}, lies in it",
    "the order is {order}: {places}",
    "warning",
)
SHAPE_BETWEEN = Mistake(
    "outside",
    "{function} draws nothing: it lies between pixels",
    "give a larger radius: with 1px it holds a pixel anywhere",
    "warning",
)
BETWEEN_NOTHING = Mistake(
    "order", "nothing lies between: low is {low}, above high, which is {high}", "swap them", "warning"
)
CLIP_TO_ONE = Mistake(
    "order", "all values become {high}: low is {low}, above high, which is {high}", "swap them", "warning"
)
RECTANGLE_EMPTY = Mistake(
    "outside",
    "{function} draws nothing: it ends before it begins",
    "the order is y0, x0, y1, x1, as in im[y0:y1, x0:x1]",
    "warning",
)
POINT_OUTSIDE = Mistake(
    "outside", "the point lies outside the image, which is {shape}", "the order is {order}: {places}", "warning"
)
