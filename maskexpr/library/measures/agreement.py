"""How well two masks, or two label images, agree."""

import math
from collections import Counter
from collections.abc import Callable

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import NUMBER, Gives, Kinds
from maskexpr.functions.parameters import Array, Mask, MaskOrLabels
from maskexpr.functions.record import WHOLE, function
from maskexpr.kernels.overlaps import overlaps
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.ranges import Bounds
from maskexpr.library.operators import PLANNED


def of_like_kinds(kinds: Kinds) -> Kind:
    """A number of two masks, or of two label images."""
    (first, a), (second, b) = list(kinds.items())[:2]
    if {a.name, b.name} == {"mask", "labels"}:
        raise Refused(messages.AGREEMENT_MIXED, first if a.name == "labels" else second, a=a.name, b=b.name)
    return NUMBER.rule(kinds)


_SHARE = Gives(NUMBER.names, of_like_kinds).within(0, 1)


@function(gives=_SHARE, halo=WHOLE, cost=3, memory=76, transposes=True,
         derived="where(any(a | b), 2 * area(a & b) / (area(a) + area(b)), 1)", without_data="both")  # fmt: skip
def dice(a: MaskOrLabels, b: MaskOrLabels) -> float:
    """How well two masks agree: twice the pixels on in both over the sum of their areas, from 0 to 1.

    Two empty masks agree: 1. Of two label images it is the mean over the numbers that occur in either, of the pixels
    that bear the number in both, as for classes or organs; a number that only one has counts as 0. For objects whose
    numbers need not agree there is `f1`, which of masks is the same as `dice`.

    Errors: masks of different shapes; a mask and labels together.
    Source: Dice, Measures of the amount of ecologic association between species, 1945 (doi:10.2307/1932409). Of
    labels as sklearn.metrics.f1_score(labels=numbers, average="macro").

    >>> evaluate("dice(im > 1, im > 2)", im=[[1, 2, 3, 3]])
    0.8
    """
    if a.dtype != bool:
        return _mean_of_numbers(a, b, lambda both, sizes: 2 * both / sizes)
    return dice_of(int(np.count_nonzero(a)), int(np.count_nonzero(b)), int(np.count_nonzero(a & b)))


@function(gives=_SHARE, halo=WHOLE, cost=3, memory=76, transposes=True,
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
    return iou_of(int(np.count_nonzero(a)), int(np.count_nonzero(b)), int(np.count_nonzero(a & b)))


@function(name="dice of pixels", gives=_SHARE, halo=WHOLE, cost=3, memory=2, total=True, catalogue=PLANNED)
def dice_of_pixels(a: Mask, b: Mask) -> float:
    """The same of two masks."""
    return dice_of(int(np.count_nonzero(a)), int(np.count_nonzero(b)), int(np.count_nonzero(a & b)))


@function(name="iou of pixels", gives=_SHARE, halo=WHOLE, cost=3, memory=2, total=True, catalogue=PLANNED)
def iou_of_pixels(a: Mask, b: Mask) -> float:
    """The same of two masks."""
    return iou_of(int(np.count_nonzero(a)), int(np.count_nonzero(b)), int(np.count_nonzero(a & b)))


def dice_of(own: int, others: int, both: int) -> float:
    """From the pixels of two masks, and of both."""
    return 2 * both / (own + others) if own + others else 1.0


def iou_of(own: int, others: int, both: int) -> float:
    """From the same."""
    return both / (own + others - both) if own + others else 1.0


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
    gives=NUMBER.within(0, 1),
    halo=WHOLE,
    cost=3,
    memory=5,
    transposes=True,
    derived="where(any(~truth), area(~(m | truth)) / area(~truth), where(any(~m), 0, 1))",
    without_data="negatives",
)
def specificity(m: Mask, truth: Mask) -> float:
    """How much of what is off in a true mask is off in another: the share of its pixels, from 0 to 1.

    The true negatives over all negatives, TN / (TN + FP). It depends on how much background an image shows; crop it, or
    see `precision`, which does not. Where nothing is off in `truth` it is 1 if nothing is off in `m`, else 0. Pixels
    without data count nowhere.

    Errors: masks of different shapes.
    Source: Yerushalmy, Statistical problems in assessing methods of medical diagnosis, 1947 (doi:10.2307/4586294);
    equals sklearn.metrics.recall_score(truth, m, pos_label=False).

    >>> evaluate("specificity(im > 1, im > 2)", im=[[1, 1, 1, 2, 3]])
    0.75
    """
    return specificity_within(m, truth, np.ones_like(m))


@function(
    name="specificity within",
    gives=NUMBER.within(0, 1),
    halo=WHOLE,
    cost=4,
    memory=5,
    transposes=True,
    derived="where(any(within & ~truth), area(within & ~(m | truth)) / area(within & ~truth),"
    " where(any(within & ~m), 0, 1))",
    catalogue=PLANNED,
)
def specificity_within(m: Mask, truth: Mask, within: Mask) -> float:
    """The same of the pixels of a third mask."""
    negatives = int(np.count_nonzero(within & ~truth))
    return share(int(np.count_nonzero(within & ~(m | truth))), negatives, int(np.count_nonzero(within & ~m)))


def share(both: int, own: int, others: int) -> float:
    """The share of what is in both among one's own; of nothing it is 1 if the other has nothing either, else 0."""
    return both / own if own else float(others == 0)


@function(
    gives=NUMBER.bounded(lambda kinds: Bounds(-1, math.inf)),
    halo=WHOLE,
    cost=3,
    memory=5,
    transposes=True,
    derived="where(any(m | truth), (area(m) - area(truth)) / area(truth), 0)",
    without_data="both",
)
def volume_difference(m: Mask, truth: Mask) -> float:
    """How much larger a mask is than a true one, as a share of the true one: (|m| - |truth|) / |truth|.

    So 0.1 is a tenth too much, -0.1 a tenth too little, -1 nothing at all; of planes it is the difference of areas.
    Where they lie does not matter. Where `truth` is empty it is 0 if `m` is empty, too, else inf.

    Errors: masks of different shapes.
    Source: Heimann et al., Comparison and evaluation of methods for liver segmentation from CT datasets, 2009
    (doi:10.1109/TMI.2009.2013851); equals medpy.metric.ravd(m, truth), which refuses a `truth` that is empty.

    >>> evaluate("volume_difference(im > 1, im > 2)", im=[[1, 2, 3, 3, 3, 3]])
    0.25
    """
    found, wanted = int(np.count_nonzero(m)), int(np.count_nonzero(truth))
    if wanted:
        return (found - wanted) / wanted
    return math.inf if found else 0.0
