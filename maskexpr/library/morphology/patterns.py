"""Where a small pattern of on and off pixels fits a mask."""

from fractions import Fraction

import numpy as np

from maskexpr.functions.arguments import Surroundings
from maskexpr.functions.gives import MASK
from maskexpr.functions.parameters import Axes, Hits, Mask, Masks
from maskexpr.functions.record import Settings, function
from maskexpr.functions.settling import Distance
from maskexpr.library import elements
from maskexpr.library.elements import Element
from maskexpr.library.lazy import scipy

_ONCE = Distance(Fraction(1))
_SWAPPED = str.maketrans("01", "10")


def on_and_off(pattern: str, axes: tuple[int, ...] | None, ndim: int) -> list[Masks]:
    """The places of a pattern that are to be on, and those that are to be off."""
    return [elements.footprint(_ONCE, text, axes, ndim) for text in (pattern, pattern.translate(_SWAPPED))]


def _halo(settings: Settings, ndim: int) -> tuple[int, ...]:
    on, _ = on_and_off(settings["pattern"], settings["axes"], ndim)
    return Element(on, 1).reach()


def _cost(settings: Settings, ndim: int) -> float:
    return 2.0 * len(settings["pattern"])


def _check_pattern(settings: Settings, around: Surroundings) -> None:
    if around.ndim is None:
        return
    pattern, worked = elements.pattern_array(settings["pattern"]), elements.worked_axes(settings["axes"], around.ndim)
    if pattern.ndim != len(worked):
        raise elements.misfit("pattern", pattern.ndim, len(worked))


@function(gives=MASK, halo=_halo, cost=_cost, memory=3, border="outside the image is empty",
         check=_check_pattern, total=True)  # fmt: skip
def hit_or_miss(m: Mask, pattern: Hits, axes: Axes = None) -> Masks:
    """The pixels around which a pattern of on and off pixels fits.

    `pattern` is written like a structuring element, row by row: `1` for a pixel that is to be on, `0` for one that is
    to be off, `.` for either; rows are parted by `/`, planes by `//`. Its centre, at `size // 2` along each axis, is
    the pixel that is on in the result: `"000/010/000"` finds lone pixels, `"0../01./0.."` pixels with nothing to
    their left, as at the left end of a line. `axes="yx"` takes a pattern of two axes through a stack slice by slice.

    Border: outside the image the mask is empty, so a `0` fits there and a `1` does not.
    Errors: a pattern with other characters, with rows of different lengths, or with neither a 1 nor a 0; a pattern of
    another dimension than the axes.
    Source: Serra, Image Analysis and Mathematical Morphology, 1982; equals scipy.ndimage.binary_hit_or_miss with the
    ones as structure1 and the zeros as structure2.

    >>> evaluate('hit_or_miss(m, "000/010/000")', m=np.array([[1, 0, 0, 0], [0, 0, 1, 1]], bool)).astype(int)
    array([[1, 0, 0, 0],
           [0, 0, 0, 0]])
    """
    on, off = on_and_off(pattern, axes, m.ndim)
    found = np.ones(m.shape, bool)
    if on.any():
        found &= scipy.ndimage.binary_erosion(m, on)
    if off.any():
        found &= scipy.ndimage.binary_erosion(~m, off, border_value=1)
    return found
