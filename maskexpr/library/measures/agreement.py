"""How well two masks, or two label images, agree."""

import math
from collections import Counter
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import NUMBER, Gives, Kinds
from maskexpr.functions.parameters import Array, Mask, MaskOrLabels, Masks, Percent, PixelSpacing
from maskexpr.functions.record import WHOLE, function
from maskexpr.kernels.distances import distances_to_off
from maskexpr.kernels.overlaps import overlaps
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.ranges import Bounds
from maskexpr.library.measures.masks import LengthUnit, bounding_box, check_unit, pixel_steps
from maskexpr.library.measures.statistics import percentile


def _share_kind(kinds: Kinds) -> Kind:
    names = {name: kind.name for name, kind in kinds.items()}
    if set(names.values()) == {"mask", "labels"}:
        labels = next(name for name, kind in names.items() if kind == "labels")
        raise Refused(messages.AGREEMENT_MIXED, labels, **names)
    return NUMBER.rule(kinds)


_SHARE = Gives(NUMBER.names, _share_kind).within(0, 1)


@function(gives=_SHARE, halo=WHOLE, cost=3, memory=1, transposes=True,
         derived="where(any(a | b), 2 * area(a & b) / (area(a) + area(b)), 1)", without_data="both")  # fmt: skip
def dice(a: MaskOrLabels, b: MaskOrLabels) -> float:
    """How well two masks agree: twice the pixels on in both over the sum of their areas, from 0 to 1.

    Two empty masks agree: 1. Of two label images it is the mean over the numbers that occur in either, of the pixels
    that bear the number in both, as for classes or organs; a number that only one has counts as 0. For objects whose
    numbers need not agree there is `f1`.

    Errors: masks of different shapes; a mask and labels together.
    Source: Dice, Measures of the amount of ecologic association between species, 1945 (doi:10.2307/1932409). Of
    labels as sklearn.metrics.f1_score(labels=numbers, average="macro").

    >>> evaluate("dice(im > 1, im > 2)", im=[[1, 2, 3, 3]])
    0.8
    """
    if a.dtype != bool:
        return _mean_of_numbers(a, b, lambda both, sizes: 2 * both / sizes)
    total = np.count_nonzero(a) + np.count_nonzero(b)
    return 2 * int(np.count_nonzero(a & b)) / int(total) if total else 1.0


@function(gives=_SHARE, halo=WHOLE, cost=3, memory=1, transposes=True,
         derived="where(any(a | b), area(a & b) / area(a | b), 1)", without_data="both")  # fmt: skip
def iou(a: MaskOrLabels, b: MaskOrLabels) -> float:
    """How well two masks agree: the pixels on in both over those on in either (intersection over union), from 0 to 1.

    Also known as the Jaccard index. Two empty masks agree: 1. Of two label images it is the mean over the numbers that
    occur in either, as for `dice`.

    Errors: as for `dice`.
    Source: Jaccard, The distribution of the flora in the alpine zone, 1912 (doi:10.1111/j.1469-8137.1912.tb05611.x). Of
    labels as sklearn.metrics.jaccard_score(labels=numbers, average="macro").

    >>> evaluate("iou(im > 1, im > 2)", im=[[1, 1, 3, 2]])
    0.5
    """
    if a.dtype != bool:
        return _mean_of_numbers(a, b, lambda both, sizes: both / (sizes - both))
    union = int(np.count_nonzero(a | b))
    return int(np.count_nonzero(a & b)) / union if union else 1.0


def _mean_of_numbers(a: Array, b: Array, share: Callable[[int, int], float]) -> float:
    """The mean over the numbers of both, without 0, of what their common pixels and the sum of their sizes make."""
    own, others, pixels = (part.tolist() for part in overlaps(a, b))
    sizes, both = Counter[int](), Counter[int]()
    for number, other, count in zip(own, others, pixels, strict=True):
        sizes[number] += count
        sizes[other] += count
        if number == other:
            both[number] = count
    del sizes[0]
    return math.fsum(share(both[n], size) for n, size in sizes.items()) / len(sizes) if sizes else 1.0


@function(
    gives=NUMBER.bounded(lambda kinds: Bounds(0, math.inf)),
    halo=WHOLE,
    cost=150,
    memory=lambda settings, ndim: 12.0 * ndim + 20,
    check=check_unit,
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
