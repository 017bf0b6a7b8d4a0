"""What the pixels make impossible."""

from maskexpr.diagnostics.messages.wording import Mistake

ASSERT_FAILED = Mistake("assert-failed", "not true: {text}", "check the image and the numbers, or drop the assert")
ASSERT_FAILED_SAYING = Mistake("assert-failed", "{message}", "the assert was: {text}")
DIVISION_BY_ZERO = Mistake(
    "division-by-zero", "an integer divisor is 0 somewhere", "replace its zeros: where(b == 0, 1, b) for a divisor b"
)
OUT_OF_MEMORY = Mistake(
    "out-of-memory", "there is not enough memory for this step{wanted}", "crop the image, or use less of it"
)
STOPPED_AT_LIMIT = Mistake(
    "limit-seconds",
    "the run was stopped in this step after {seconds:g} s, the limit",
    "allow more: Limits(seconds={more:g}), or give it fewer pixels",
)
STOPPED_AT_OWN_LIMIT = Mistake(
    "limit-seconds",
    "the run was stopped in this step after {seconds:g} s, the limit",
    "allow more: run(seconds={more:g}), or give it fewer pixels",
)
CANCELLED = Mistake("cancelled", "the run was cancelled in this step", "run it again, with a cancel that is not set")
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
NOT_FINITE = Mistake("not-finite", "{text} is {value}: {image} is not finite everywhere", "write {finite}", "warning")
NOT_FINITE_OR_LARGE = Mistake(
    "not-finite",
    "{text} is {value}: {image} is not finite everywhere, or holds values that are too large for it",
    "write {finite}, or divide {image} by 1e200 before",
    "warning",
)
FINITE_ALONE = "{function}(im[m & isfinite(im)]), say"
NUMBER_IS_NAN = Mistake(
    "not-finite",
    "{text} is nan, and no comparison with nan is true",
    "say what counts in its place: where(isnan({text}), 0, {text})",
    "warning",
)
NO_SAMPLES = Mistake("no-samples", "there are no samples to measure", "check how the mask is made that selects them")
SAMPLES_OF_MASK = Mistake(
    "samples-kind", "these are samples of a mask, not of an image", "use area, fraction, any or all"
)
SAMPLES_OF_MASK_COUNTED = Mistake(
    "samples-kind", "these are samples of a mask, not of an image", "for {what} write {other}({text})"
)
SAMPLES_OF_IMAGE = Mistake(
    "samples-kind", "these are samples of an image, not of a mask", "compare them first: {text} > 32, say"
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
NO_DATA_UNKNOWN = Mistake(
    "no-data",
    "{function} does not say what it makes of pixels without data, of which {text} has some",
    "say what counts there: fill({text}, 0), say",
)
NO_DATA_NUMBER = Mistake(
    "no-data",
    "some pixels of {name} are without data, and no number of {dtype} stands for that",
    "say what counts there: fill({text}, 0), say",
)
FILL_MIXED = Mistake(
    "kind", "{x:a} cannot be filled with {value:a}", "fill a mask with true or false, all else with a number"
)
NO_DATA_PIXEL = Mistake("no-data", "this pixel has no data", "take another, or say what counts there: fill(im, 0)[...]")
NO_DATA_NOWHERE = Mistake("no-data", "no pixel has data to fill the others by", "give a number: fill(im, 0), say")
NO_DATA_AT_ALL = Mistake(
    "no-data",
    "no pixel of {text} has data, so there is nothing to measure",
    "say what counts there: fill({image}, 0), say",
)
NO_DATA_LOST = Mistake(
    "no-data",
    "{function} leaves {count:pixel|pixels} without data, whose window holds some that have none",
    'fill these first: {function}(fill({image}, "nearest"), ...), say',
    "warning",
)
NO_DATA_MEASURED = Mistake(
    "no-data",
    "{text} is {value}, measured on no pixel that has data",
    "say what counts there: fill({image}, {other}), say",
    "warning",
)
CAST = Mistake(
    "cast",
    "{count:value does|values do} not fit {type}, {holds}: {what}",
    "write {before}{text}{after}",
)
CAST_NEVER = Mistake(
    "cast", "no value fits {type}, {holds}: {text} is {range}", "write {type}(clip({text}, {low}, {high}))"
)
CAST_NAN = Mistake(
    "cast",
    "{count:value does|values do} not fit {type}, {holds}: {what}",
    "say what counts in place of nan: {before}where(isnan({text}), 0, {text}){after}",
)
RESCALE_RANGE = Mistake(
    "argument-range", "an image cannot be rescaled to {start}..{stop}", "give finite numbers: rescale(im, 0, 255), say"
)
WHITE_UNKNOWN = Mistake(
    "scale",
    "white is 1 in a floating image, and {text} may hold {value:g}",
    "say what white is there: white=255, say",
)
CLAHE_TYPE = Mistake(
    "image-type",
    "clahe takes images of 8 or 16 bits without a sign, and {text} is {dtype}",
    "bring it there: clahe(uint16(round(rescale({text}, 0, 65535))))",
)
ENTROPY_TYPE = Mistake(
    "image-type",
    "entropy counts values of 8 or 16 bits, and {text} is {dtype}",
    "bring it there: entropy(uint8(round(rescale({text}, 0, 255))))",
)
CLAHE_AXES = Mistake("axes", "clahe works in planes of two axes, these are {count}", 'write axes="yx", say')
CLAHE_LINE = Mistake("axes", "an image of one axis cannot be cut into tiles", "write equalize(im)")
MASK_EMPTY = Mistake("no-pixels", "the mask is empty, so it has no {what}", "check how the mask is made")
