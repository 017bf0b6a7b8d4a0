"""The numbers of labels: given anew, or taken over from other labels."""

import numpy as np

from maskexpr.functions.gives import LABELS
from maskexpr.functions.parameters import Array, Labels
from maskexpr.functions.record import WHOLE, function
from maskexpr.kernels.overlaps import overlaps
from maskexpr.library.numbering import exchanged, in_scan_order


@function(gives=LABELS, halo=WHOLE, cost=12, memory=28, total=True, keeps_empty=True)
def relabel(labels: Labels) -> Array:
    """Number labels anew without gaps: 1, 2, 3... in scan order of their first pixels.

    What bears one number before bears one after, wherever it lies, so that a region in several parts stays one:
    `label(labels)` is what gives each connected part a number of its own. Regions that are gone leave no gaps, as after
    `remove_small` or `keep`, which leave the numbers as they are.

    Errors: a mask, whose regions have no numbers yet: write `label(m)`.
    Source: the numbers of skimage.segmentation.relabel_sequential(labels)[0], which go by the old numbers, in the order
    that `label` gives.

    >>> evaluate("input lab: labels; relabel(lab)", lab=[[0, 7, 7], [3, 3, 7], [0, 0, 9]])
    array([[0, 1, 1],
           [2, 2, 1],
           [0, 0, 3]], dtype=int32)
    """
    return in_scan_order(labels)


@function(gives=LABELS, halo=WHOLE, cost=25, memory=100, total=True, keeps_empty=True)
def match(labels: Labels, other: Labels) -> Array:
    """Give each region the number of the other labels' region that covers most of it.

    So do nuclei get the numbers of their cells, and the objects of one frame those of the frame before: `match(lab[1],
    lab[0])`. Of several that cover as many of its pixels the lowest number is taken; how much is not covered does not
    count. A region that none covers becomes background. Several regions may get one number.

    Errors: labels of different shapes.
    Source: the argmax along the rows of skimage.metrics.contingency_table(labels, other), without background.

    >>> evaluate("match(label(m), label(k))", m=np.array([[1, 0, 1, 1]], bool), k=np.array([[0, 0, 1, 0]], bool))
    array([[0, 0, 1, 1]], dtype=int32)
    """
    own, others, pixels = overlaps(labels, other)
    both = (own > 0) & (others > 0)
    own, others, pixels = own[both], others[both], pixels[both]
    order = np.lexsort((others, -pixels, own))
    old, first = np.unique(own[order], return_index=True)
    return exchanged(labels, old, others[order][first])
