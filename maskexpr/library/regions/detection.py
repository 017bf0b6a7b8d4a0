"""How much of what was to be found was found: F1, precision and recall, of pixels or of regions that overlap, and how
well the regions fit."""

import itertools
import math
from typing import Annotated, Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Takes
from maskexpr.functions.gives import COUNT, NUMBER, Gives, Kinds
from maskexpr.functions.parameters import Array, Labels, MaskOrLabels
from maskexpr.functions.record import WHOLE, function
from maskexpr.kernels.overlaps import overlaps
from maskexpr.kernels.stopping import pause
from maskexpr.kinds.kind import Kind
from maskexpr.library.lazy import scipy
from maskexpr.library.measures.agreement import of_like_kinds, share
from maskexpr.library.numbering import numbered

_Overlap = Annotated[float, Takes(frozenset({"number"}), "a number", low=0, high=1)]
_OverlapOrNone = Annotated[float | None, Takes(frozenset({"number", "none"}), "a number", low=0, high=1)]
_HALF = 0.5
_MOST_IN_A_TABLE = 2**18  # pairs of regions


def _share_of(name: str) -> Gives:
    def rule(kinds: Kinds) -> Kind:
        kind = of_like_kinds(kinds)
        if "iou" in kinds and kinds["m"].name == "mask":
            raise Refused(messages.AGREEMENT_OF_OBJECTS, "iou", function=name)
        return kind

    return Gives(NUMBER.names, rule).within(0, 1)


# --- of pixels or regions --------------------------------------------------------------------------------------------


@function(gives=_share_of("f1"), halo=WHOLE, cost=60, memory=84, transposes=True, without_data="both",
         derived="where(any(m | truth), 2 * area(m & truth) / (area(m) + area(truth)), 1)")  # fmt: skip
def f1(m: MaskOrLabels, truth: MaskOrLabels, iou: _OverlapOrNone = None) -> float:
    """How well what was to be found was found: twice what matches over all of both, from 0 to 1.

    Of two masks pixels match, and it is `dice`. Of two label images regions match, the pixels of one number each: one
    of `m` and one of `truth` do if they overlap, and by `iou` or more, which is 0.5 if it is not given: the pixels in
    both over those in either. Each region has one partner at most. Above 0.5 there cannot be two; at 0.5 or below as
    many are matched as can be. Numbers need not agree. Regions of masks are matched as `f1(label(m), label(truth))`.

    This is the harmonic mean of `precision` and `recall`, 2 TP / (2 TP + FP + FN), of regions also called detection
    quality or quality of recognition. Where nothing was to be found and nothing was found it is 1; where only one of
    them is empty, 0.

    Errors: images of different shapes; a mask and labels together; an `iou` outside 0..1, or of masks.
    Source: van Rijsbergen, Information retrieval, 1979. Regions: Kirillov et al., Panoptic segmentation, 2019
    (doi:10.1109/CVPR.2019.00963), matched as by Schmidt et al., Cell detection with star-convex polygons, 2018
    (doi:10.1007/978-3-030-00934-2_30): equals f1 of stardist.matching.matching(truth, m, thresh=iou), which gives 0
    where nothing was to be found, and with a threshold of 0 matches regions that are nowhere near each other.

    >>> evaluate("f1(label(im > 1), label(im > 2))", im=[[3, 3, 2, 1, 2, 1, 3]])
    0.8
    """
    matched, found, wanted = _counted(m, truth, iou)
    return 2 * matched / (found + wanted) if found + wanted else 1.0


@function(gives=_share_of("precision"), halo=WHOLE, cost=60, memory=84, transposes=True, without_data="both",
         derived="where(any(m), area(m & truth) / area(m), where(any(truth), 0, 1))")  # fmt: skip
def precision(m: MaskOrLabels, truth: MaskOrLabels, iou: _OverlapOrNone = None) -> float:
    """How much of what was found is right: what matches over all that was found, from 0 to 1.

    Of two masks pixels match, of two label images regions, as for `f1`. Where nothing was found, it is 1 if nothing was
    to be found, else 0.

    Errors: as for `f1`.
    Source: of masks as sklearn.metrics.precision_score(truth, m), which is 0 where nothing was found; of labels as
    precision of stardist.matching.matching(truth, m, thresh=iou), which gives 0 where nothing was to be found.

    >>> evaluate("precision(im > 1, im > 2)", im=[[3, 3, 2, 1, 2, 1, 3]])
    0.6
    """
    matched, found, wanted = _counted(m, truth, iou)
    return share(matched, found, wanted)


@function(gives=_share_of("recall"), halo=WHOLE, cost=60, memory=84, transposes=True, without_data="both",
         derived="where(any(truth), area(m & truth) / area(truth), where(any(m), 0, 1))")  # fmt: skip
def recall(m: MaskOrLabels, truth: MaskOrLabels, iou: _OverlapOrNone = None) -> float:
    """How much of what was to be found was found: what matches over all of `truth`, from 0 to 1.

    Of masks it is also called sensitivity. Of two masks pixels match, of two label images regions, as for `f1`. Where
    nothing was to be found, it is 1 if nothing was found, else 0.

    Errors: as for `f1`.
    Source: of masks as sklearn.metrics.recall_score(truth, m), which is 0 where nothing was to be found; of labels as
    recall of stardist.matching.matching(truth, m, thresh=iou), which gives 0 there, too.

    >>> evaluate("recall(im > 2, im > 1)", im=[[3, 3, 2, 1, 2, 1, 3]])
    0.6
    """
    matched, found, wanted = _counted(m, truth, iou)
    return share(matched, wanted, found)


def _counted(m: Array, truth: Array, iou: float | None) -> tuple[int, int, int]:
    """How many pixels or regions match, and how many there are in one and in the other."""
    if m.dtype == bool:
        return int(np.count_nonzero(m & truth)), int(np.count_nonzero(m)), int(np.count_nonzero(truth))
    pairs = _Pairs(m, truth, _HALF if iou is None else iou)
    return pairs.matched, pairs.found, pairs.wanted


# --- of regions ------------------------------------------------------------------------------------------------------


@function(gives=COUNT, halo=WHOLE, cost=60, memory=84, transposes=True, without_data="both")
def matched(labels: Labels, truth: Labels, iou: _Overlap = 0.5) -> int:
    """How many regions of a label image match one of another, as for `f1`: the true positives.

    `count(labels) - matched(labels, truth)` were found wrongly, `count(truth) - matched(labels, truth)` were missed. 0
    where one of them has no regions.

    Errors: images of different shapes; a mask, whose regions `label` numbers; an `iou` outside 0..1.
    Source: as for `f1`; equals tp of stardist.matching.matching(truth, labels, thresh=iou), but for a threshold of 0.

    >>> evaluate("matched(label(im > 1), label(im > 2))", im=[[3, 3, 2, 1, 2, 1, 3]])
    2
    """
    return _Pairs(labels, truth, iou).matched


@function(gives=NUMBER.within(0, 1), halo=WHOLE, cost=60, memory=144, transposes=True, without_data="both")
def segmentation_quality(labels: Labels, truth: Labels, iou: _Overlap = 0.5) -> float:
    """How well the regions fit that match, as for `f1`: the mean of the pixels in both over those in either.

    Of all ways to match as many as can be, it is that with the largest mean. Where nothing matches it is 0, but 1 where
    neither has any regions.

    Errors: as for `matched`.
    Source: Kirillov et al., Panoptic segmentation, 2019 (doi:10.1109/CVPR.2019.00963); equals mean_matched_score of
    stardist.matching.matching(truth, labels, thresh=iou), which gives 0 where there are no regions, and where there are
    several ways to match takes one that need not fit best.

    >>> evaluate("segmentation_quality(label(im > 1), label(im > 2))", im=[[3, 3, 2, 1, 2, 1, 3, 3]])
    0.8333333333333333
    """
    pairs = _Pairs(labels, truth, iou)
    if not pairs.found + pairs.wanted:
        return 1.0
    return pairs.overlap / pairs.matched if pairs.matched else 0.0


@function(gives=NUMBER.within(0, 1), halo=WHOLE, cost=60, memory=144, transposes=True, without_data="both")
def panoptic_quality(labels: Labels, truth: Labels, iou: _Overlap = 0.5) -> float:
    """How well regions were found and how well they fit, in one number: `segmentation_quality` times `f1`.

    That is the sum of the overlaps of regions that match, each the pixels in both over those in either, over the mean
    number of regions of both images. The images are of one class. Where neither has any regions it is 1, where only one
    has, 0.

    Errors: as for `matched`.
    Source: Kirillov et al., Panoptic segmentation, 2019 (doi:10.1109/CVPR.2019.00963), where an overlap of just 0.5 is
    no match; as in monai.metrics.compute_panoptic_quality and torchmetrics; equals panoptic_quality of
    stardist.matching.matching(truth, labels, thresh=iou), where it is one, but as for `segmentation_quality`.

    >>> evaluate("panoptic_quality(label(im > 1), label(im > 2))", im=[[3, 3, 2, 1, 2, 1, 3, 3]])
    0.6666666666666666
    """
    pairs = _Pairs(labels, truth, iou)
    return 2 * pairs.overlap / (pairs.found + pairs.wanted) if pairs.found + pairs.wanted else 1.0


class _Pairs:
    """The regions of two label images, and those that overlap by so much: `found` and `wanted` are how many there are
    in either image."""

    def __init__(self, labels: Array, truth: Array, iou: float) -> None:
        (a, self.found), (b, self.wanted) = numbered(labels), numbered(truth)
        own, others, pixels = overlaps(a, b)
        sizes, other_sizes = np.zeros(self.found + 1, np.int64), np.zeros(self.wanted + 1, np.int64)
        np.add.at(sizes, own, pixels)
        np.add.at(other_sizes, others, pixels)
        both = (own > 0) & (others > 0)
        own, others, pixels = own[both], others[both], pixels[both]
        ious = pixels / (sizes[own] + other_sizes[others] - pixels)
        pairs = ious >= iou
        self._own, self._others, self._ious = own[pairs], others[pairs], ious[pairs]

    @property
    def matched(self) -> int:
        """How many have a partner, of as many as can have one."""
        partners = scipy.sparse.csgraph.maximum_bipartite_matching(self._graph(), perm_type="column")
        return int(np.count_nonzero(partners >= 0))

    @property
    def overlap(self) -> float:
        """The sum of the overlaps of as many as can have a partner, as large as it can be."""
        graph = self._graph()
        joined = scipy.sparse.block_array([[None, graph], [graph.T, None]])
        group = scipy.sparse.csgraph.connected_components(joined, directed=False)[1][self._own]
        together = np.bincount(group)[group] > 1
        kept: list[float] = self._ious[~together].tolist()
        places = np.flatnonzero(together)
        places = places[np.argsort(group[places], kind="stable")]
        starts = np.flatnonzero(np.diff(group[places], prepend=-1))
        for start, stop in itertools.pairwise([*starts.tolist(), len(places)]):
            pause()
            part = places[start:stop]
            kept += _best(self._own[part], self._others[part], self._ious[part])
        return math.fsum(kept)

    def _graph(self) -> Any:
        ones = np.ones(len(self._own), np.int8)
        graph = scipy.sparse.csr_array((ones, (self._own, self._others)), (self.found + 1, self.wanted + 1))
        graph.indices, graph.indptr = graph.indices.astype(np.int32), graph.indptr.astype(np.int32)  # for SciPy 1.13
        return graph


def _best(own: Array, others: Array, ious: Array) -> list[float]:
    """The overlaps of the pairs that are matched among regions of which some may have several partners: as many as can
    be, and of these ways the one with the largest sum."""
    rows, columns = np.unique(own, return_inverse=True)[1], np.unique(others, return_inverse=True)[1]
    gains = 1 + ious / (2 * len(ious))  # one more pair weighs more than all overlaps
    count, other_count = int(rows.max()) + 1, int(columns.max()) + 1
    if count * other_count > _MOST_IN_A_TABLE:
        found: Array = ious[_chosen(rows, columns, gains, count, other_count)]
        return list(found)
    table, overlap = np.zeros((count, other_count)), np.zeros((count, other_count))
    table[rows, columns], overlap[rows, columns] = gains, ious
    chosen = scipy.optimize.linear_sum_assignment(table, maximize=True)
    return list(overlap[chosen][table[chosen] > 0])


def _chosen(rows: Array, columns: Array, gains: Array, count: int, other_count: int) -> Array:
    """Which pairs are matched so that their gains have the largest sum, for so many that a table of all with all would
    not do. Each region has a stand-in besides, which it is matched with where it has no partner; those of two that may
    be partners may be matched as well, so that nobody is left over. That adds the same to each way to match."""
    own, others = np.arange(count), np.arange(other_count)
    graph = scipy.sparse.coo_array(
        (
            np.concatenate([1 + gains, np.ones(count + other_count + len(gains))]),
            (
                np.concatenate([rows, own, count + others, count + columns]),
                np.concatenate([columns, other_count + own, others, other_count + rows]),
            ),
        )
    )
    match = scipy.sparse.csgraph.min_weight_full_bipartite_matching
    partners = match(scipy.sparse.csr_matrix(graph), maximize=True)[1]
    return np.flatnonzero(partners[rows] == columns)
