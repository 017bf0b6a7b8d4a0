"""How many of the regions that were to be found were found: F1, precision and recall at an overlap."""

from typing import Annotated

import numpy as np

from maskexpr.functions.arguments import Takes
from maskexpr.functions.gives import NUMBER
from maskexpr.functions.parameters import Array, Connectivity, MaskOrLabels
from maskexpr.functions.record import WHOLE, function
from maskexpr.kernels.overlaps import overlaps
from maskexpr.library.lazy import scipy
from maskexpr.library.regions.components import components

_Overlap = Annotated[float, Takes(frozenset({"number"}), "a number", low=0, high=1)]
_SHARE = NUMBER.within(0, 1)


@function(gives=_SHARE, halo=WHOLE, cost=60, memory=70, transposes=True, without_data="both")
def f1(labels: MaskOrLabels, truth: MaskOrLabels, iou: _Overlap = 0.5, connectivity: Connectivity = 1) -> float:
    """How well regions were found: twice the matched ones over all of both, from 0 to 1.

    A region of `labels` and one of `truth` match if they overlap, and by `iou` or more: the pixels in both over
    those in either. Each region has one partner at most. Above 0.5 there cannot be two; at 0.5 or below as many are
    matched as can be. Of a mask the regions are the connected ones, as `label` numbers them with `connectivity`; of
    labels they are the pixels of one number, whatever it is: numbers need not agree.

    This is the harmonic mean of `precision` and `recall`, 2 TP / (2 TP + FP + FN), also called detection quality or
    quality of recognition. Where there are no regions in either, all were found: 1.

    Errors: images of different shapes; an `iou` outside 0..1; a connectivity that the number of axes does not have.
    Source: Kirillov et al., Panoptic segmentation, 2019 (doi:10.1109/CVPR.2019.00963); matched as by Schmidt et al.,
    Cell detection with star-convex polygons, 2018 (doi:10.1007/978-3-030-00934-2_30): equals f1 of
    stardist.matching.matching(truth, labels, thresh=iou), which gives 0 where nothing was to be found, and with a
    threshold of 0 matches regions that are nowhere near each other.

    >>> evaluate("f1(im > 1, im > 2)", im=[[3, 3, 2, 1, 2, 1, 3]])
    0.8
    """
    matched, found, wanted = _matched(labels, truth, iou, connectivity)
    return 2 * matched / (found + wanted) if found + wanted else 1.0


@function(gives=_SHARE, halo=WHOLE, cost=60, memory=70, transposes=True, without_data="both")
def precision(labels: MaskOrLabels, truth: MaskOrLabels, iou: _Overlap = 0.5, connectivity: Connectivity = 1) -> float:
    """How many of the regions that were found are right: the matched ones over all in `labels`, from 0 to 1.

    Regions match as for `f1`. Where nothing was found, it is 1 if nothing was to be found, else 0.

    Errors: as for `f1`.
    Source: equals precision of stardist.matching.matching(truth, labels, thresh=iou), which gives 0 where nothing was
    to be found.

    >>> round(evaluate("precision(im > 1, im > 2)", im=[[3, 3, 2, 1, 2, 1, 3]]), 3)
    0.667
    """
    matched, found, wanted = _matched(labels, truth, iou, connectivity)
    return _share(matched, found, wanted)


@function(gives=_SHARE, halo=WHOLE, cost=60, memory=70, transposes=True, without_data="both")
def recall(labels: MaskOrLabels, truth: MaskOrLabels, iou: _Overlap = 0.5, connectivity: Connectivity = 1) -> float:
    """How many of the regions that were to be found were found: the matched ones over all in `truth`, from 0 to 1.

    Regions match as for `f1`. Where nothing was to be found, it is 1 if nothing was found, else 0.

    Errors: as for `f1`.
    Source: equals recall of stardist.matching.matching(truth, labels, thresh=iou), which gives 0 where nothing was to
    be found.

    >>> evaluate("recall(im > 1, im > 2)", im=[[3, 3, 2, 1, 2, 1, 3]])
    1.0
    """
    matched, found, wanted = _matched(labels, truth, iou, connectivity)
    return _share(matched, wanted, found)


def _share(matched: int, own: int, others: int) -> float:
    return matched / own if own else float(others == 0)


def _matched(labels: Array, truth: Array, iou: float, connectivity: int) -> tuple[int, int, int]:
    """How many regions have a partner, and how many there are in one and in the other."""
    (a, found), (b, wanted) = components(labels, connectivity), components(truth, connectivity)
    own, others, pixels = overlaps(a, b)
    sizes, other_sizes = np.zeros(found + 1, np.int64), np.zeros(wanted + 1, np.int64)
    np.add.at(sizes, own, pixels)
    np.add.at(other_sizes, others, pixels)
    both = (own > 0) & (others > 0)
    own, others, pixels = own[both], others[both], pixels[both]
    pairs = pixels / (sizes[own] + other_sizes[others] - pixels) >= iou
    ones = np.ones(np.count_nonzero(pairs), np.int8)
    graph = scipy.sparse.csr_array((ones, (own[pairs], others[pairs])), (found + 1, wanted + 1))
    graph.indices, graph.indptr = graph.indices.astype(np.int32), graph.indptr.astype(np.int32)  # for SciPy 1.13
    partners = scipy.sparse.csgraph.maximum_bipartite_matching(graph, perm_type="column")
    return int(np.count_nonzero(partners >= 0)), found, wanted
