"""How well two masks agree."""

import math
from fractions import Fraction

import numpy as np

from maskexpr.functions.arguments import Surroundings
from maskexpr.functions.gives import NUMBER
from maskexpr.functions.parameters import Mask, Masks, Percent, PixelSpacing
from maskexpr.functions.record import WHOLE, Settings, function
from maskexpr.kernels.distances import distances_to_off
from maskexpr.kinds.ranges import Bounds
from maskexpr.library.measures.masks import LengthUnit, bounding_box, pixel_steps
from maskexpr.library.measures.statistics import percentile


@function(gives=NUMBER.within(0, 1), halo=WHOLE, cost=3, memory=1, transposes=True,
         derived="where(any(a | b), 2 * area(a & b) / (area(a) + area(b)), 1)", without_data="both")  # fmt: skip
def dice(a: Mask, b: Mask) -> float:
    """How well two masks agree: twice the pixels on in both over the sum of their areas, from 0 to 1.

    Two empty masks agree: 1.

    Errors: masks of different shapes.
    Source: Dice, Measures of the amount of ecologic association between species, 1945 (doi:10.2307/1932409).

    >>> evaluate("dice(im > 1, im > 2)", im=[[1, 2, 3, 3]])
    0.8
    """
    total = np.count_nonzero(a) + np.count_nonzero(b)
    return 2 * int(np.count_nonzero(a & b)) / int(total) if total else 1.0


@function(gives=NUMBER.within(0, 1), halo=WHOLE, cost=3, memory=1, transposes=True,
         derived="where(any(a | b), area(a & b) / area(a | b), 1)", without_data="both")  # fmt: skip
def iou(a: Mask, b: Mask) -> float:
    """How well two masks agree: the pixels on in both over those on in either (intersection over union), from 0 to 1.

    Also known as the Jaccard index. Two empty masks agree: 1.

    Errors: masks of different shapes.
    Source: Jaccard, The distribution of the flora in the alpine zone, 1912 (doi:10.1111/j.1469-8137.1912.tb05611.x).

    >>> evaluate("iou(im > 1, im > 2)", im=[[1, 1, 3, 2]])
    0.5
    """
    union = int(np.count_nonzero(a | b))
    return int(np.count_nonzero(a & b)) / union if union else 1.0


def _check_unit(settings: Settings, around: Surroundings) -> None:
    if around.ndim is not None:
        pixel_steps(settings["unit"], around.spacing, around.ndim)


@function(
    gives=NUMBER.bounded(lambda kinds: Bounds(0, math.inf)),
    halo=WHOLE,
    cost=150,
    memory=lambda settings, ndim: 12.0 * ndim + 20,
    check=_check_unit,
    without_data="both",
)
def hausdorff(a: Mask, b: Mask, q: Percent = 100, unit: LengthUnit = "px", *, spacing: PixelSpacing) -> float:
    """How far two masks are apart at most: their Hausdorff distance.

    That is the largest distance from a pixel of one to the nearest pixel of the other, Euclidean and between pixel
    centres. With `q` below 100 it is that percentile of the distances in place of the largest, as in the HD95, so that
    a few stray pixels do not count: the larger of two percentiles, one over all pixels of `a` and one over all of `b`,
    each as `percentile` gives it. Pixels that the masks share are at distance 0; to compare the masks' surfaces alone
    write `hausdorff(boundary(a), boundary(b), 95)`, which is the HD95 of MONAI; medpy's is one percentile of the
    distances both ways together. `unit="px"` counts pixels and ignores the spacing; "mm" and "um" use the spacing of
    each axis. Two empty masks are at distance 0, an empty one and another at inf.

    Errors: masks of different shapes; a `q` outside 0..100; a physical unit where the spacing is unknown.
    Source: Huttenlocher, Klanderman & Rucklidge, Comparing images using the Hausdorff distance, 1993
    (doi:10.1109/34.232073); equals skimage.metrics.hausdorff_distance.

    >>> evaluate("hausdorff(im > 1, im > 2)", im=[[3, 2, 2, 2, 1]])
    3.0
    """
    if not (a.any() and b.any()):
        return math.inf if a.any() or b.any() else 0.0
    steps = pixel_steps(unit, spacing, a.ndim)
    box = bounding_box(a | b)
    return max(_percentile_to(b[box], a[box], q, steps), _percentile_to(a[box], b[box], q, steps))


def _percentile_to(m: Masks, other: Masks, q: float, steps: list[Fraction]) -> float:
    """The percentile of the distances to a mask from the pixels of another."""
    found: float = percentile(distances_to_off(~m, steps)[other], q)
    return found
