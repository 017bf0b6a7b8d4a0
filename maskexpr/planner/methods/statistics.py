"""What sums, ranks and thresholds of grey values take: they run by their plain bodies, in memory that depends on the
type of the values."""

import math

from maskexpr.kernels.blocks import BLOCK
from maskexpr.kernels.counts import BINNED, MOST_BLOCK
from maskexpr.kernels.gathering import bytes_of_blocks
from maskexpr.kernels.sums import SLICE
from maskexpr.library import CATALOGUE, PLANNED
from maskexpr.library.filters import contrast
from maskexpr.library.measures import masks, surfaces
from maskexpr.library.measures import statistics as meaning
from maskexpr.library.thresholds import classes, histograms, levels
from maskexpr.planner.methods.bodies import takes
from maskexpr.planner.methods.method import Bytes, chunk, estimated, per_pixel
from maskexpr.program.steps import Step

_MOST_COUNTED = 2**16  # values that are counted without being sorted, in blocks of so many pixels
_BUFFERED, _REDUCING = 8192, 1024  # values in a buffer of NumPy's, bytes beside them
_SORTED = 54.0  # bytes of a whole value that is sorted and counted, and of its bin
_BINNED = 72  # bytes of a value in a block of floating ones that are put into bins
_OF_FLOATS = 24  # bytes of a value in a block of floating ones that are added up, and in a slice of it
_BY_EXPONENTS = 80
_OF_PAIRS = 8 * (MOST_BLOCK + 3 * 2**16)  # bytes that counting two of 8 bits at a time takes
_TABLES = 2**15  # bytes
_BIN = 256  # bytes of an interval of a histogram
_LISTED = 400  # bytes of a value in the lists that thresholds of whole numbers are found in

_STD, _MEAN_THRESHOLD = CATALOGUE["std"], CATALOGUE["mean_threshold"]
_LISTING = frozenset(
    CATALOGUE[name] for name in ("otsu", "yen", "isodata", "li", "triangle", "multiotsu", "multiotsu_thresholds")
)


@takes(meaning.sum_, meaning.mean, meaning.std, levels.mean_threshold)
def in_blocks(step: Step) -> Bytes:
    """One block of values after another: whole ones digit by digit, floating ones by their exponents at worst."""
    im = step.operands["im"]
    assert im.kind.dtype is not None
    size, is_floating = im.kind.dtype.itemsize, im.kind.range is None
    in_place = im.function is PLANNED["samples in place"]
    is_threshold = step.function is _MEAN_THRESHOLD  # which looks for what is not finite, and leaves it out
    block = size + (_OF_FLOATS if is_floating else _of_whole(size, step.function is _STD))
    fewer = _BY_EXPONENTS if is_floating else 0

    def memory(shape: tuple[int, ...]) -> float:
        pixels = math.prod(shape)
        taken = bytes_of_blocks(size, pixels) if in_place or is_threshold else 0
        taken += 2 * pixels if is_threshold and is_floating else 0
        added = (8 + size) * min(pixels, _BUFFERED) + block * min(pixels, BLOCK) + fewer * min(pixels, SLICE)
        return taken + added

    return memory


def _of_whole(size: int, squared: bool) -> int:
    """Bytes of a value in a block of whole ones: of numbers as wide as their squares, or of digits."""
    if size <= 2:
        return 2 * size if squared else 0
    return 8 * (size // 2) + 2 * size if squared else size


@takes(meaning.min_, meaning.max_)
def buffered(step: Step) -> Bytes:
    """NumPy up to 2.2 reads what it reduces by way of buffers, two where values do not lie side by side."""
    dtype = step.operands["im"].kind.dtype
    size = dtype.itemsize if dtype is not None else 8
    return lambda shape: 2.0 * size * min(math.prod(shape), _BUFFERED) + _REDUCING


@takes(masks.centroid)
def converted(step: Step) -> Bytes:
    """Sums of bytes as whole numbers, along each axis."""
    return lambda shape: chunk(shape) + 16.0 * max(shape)


@takes(surfaces.hausdorff, surfaces.surface_distance, surfaces.surface_dice)
def between_surfaces(step: Step) -> Bytes:
    """Distances of pixels, beside tables of the elements that surfaces can have."""
    assert step.function is not None
    per_value = per_pixel(estimated(step.function.memory, step))
    return lambda shape: per_value(shape) + _TABLES


@takes(meaning.histogram)
def binned(step: Step) -> Bytes:
    """Counts, and the bins with their exact edges, which are Python's numbers."""
    counts, bins = by_counts(step), step.settings["bins"]
    assert counts is not None or step.function is not None
    per_value = per_pixel(estimated(step.function.memory, step)) if step.function is not None else per_pixel(0)
    return lambda shape: (counts or per_value)(shape) + _BIN * bins


@takes(
    levels.otsu,
    levels.yen,
    levels.isodata,
    levels.li,
    histograms.triangle,
    classes.multiotsu,
    classes.multiotsu_thresholds,
)
@takes(meaning.median, meaning.percentile, contrast.equalize)
def by_counts(step: Step) -> Bytes | None:
    """How often each value occurs: of few whole ones by counters, else by sorting; floating ones are put into bins."""
    im = step.operands["im"].kind
    if im.range is None or im.dtype is None:
        return by_bins(step)
    values, itemsize = im.range.high - im.range.low + 1, im.dtype.itemsize
    listed = _LISTED if step.function in _LISTING else 0
    copied = (itemsize + 1 if "within" in step.operands else 0) + (12 if step.kind.is_array else 0)

    def memory(shape: tuple[int, ...]) -> float:
        pixels = math.prod(shape)
        found = 24 * values if values <= _MOST_COUNTED else (2 * itemsize + 10) * pixels
        block = max(_OF_PAIRS * (itemsize == 1), (2 * itemsize + 8) * min(pixels, MOST_BLOCK), 32 * min(pixels, 2**16))
        return found + block + copied * pixels + listed * min(pixels, values)

    return memory


@takes(histograms.valley)
def by_bins(step: Step) -> Bytes | None:
    """One block of floating values after another; whole ones of a wide range are sorted, counted and put into bins.
    None for few different ones."""
    assert step.function is not None
    im = step.operands["im"].kind
    if im.range is not None and im.dtype is not None:
        is_wide = im.range.high - im.range.low >= _MOST_COUNTED
        return per_pixel(_SORTED + (im.dtype.itemsize + 1 if "within" in step.operands else 0)) if is_wide else None
    whole, block = per_pixel(estimated(step.function.memory, step)), per_pixel(_BINNED)
    return lambda shape: whole(shape) + block((min(math.prod(shape), BINNED),))
