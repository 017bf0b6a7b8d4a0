"""Several masks taken together."""

from typing import Any

import numpy as np

from maskexpr.functions.gives import Gives, Kinds, like_grid
from maskexpr.functions.parameters import Array, ResultKind, SeveralMasks
from maskexpr.functions.record import function
from maskexpr.kinds import ranges
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.ranges import Range
from maskexpr.library.operators import PLANNED


def _share_kind(kinds: Kinds) -> Kind:
    return like_grid("image", kinds, np.float64)


@function(
    gives=Gives(frozenset({"image"}), _share_kind).within(0, 1), halo=0, cost=2, memory=6, total=True, transposes=True
)
def vote(masks: SeveralMasks) -> Array:
    """The share of masks that are on at each pixel, from 0 to 1.

    `masks` is a list of one mask or more of one shape: `vote([a, b, c]) > 0.5` is their majority, `vote([a, b]) == 1`
    where all are on, `>= 0.7` where at least seven of ten are. The result is float64: whole counts, divided once.

    Errors: masks of different shapes; an empty list.
    Source: numpy.mean over the masks; known as majority voting where several raters or atlases are fused.

    >>> evaluate("vote([im > 1, im > 2, im > 3]) > 0.5", im=[[1, 2, 3, 4]])
    array([[False, False,  True,  True]])
    """
    total: Any = masks[0].astype(np.uint32)
    for mask in masks[1:]:
        total += mask
    return np.asarray(total / len(masks))


def _votes_kind(kinds: Kinds) -> Kind:
    values = Range(0, len(kinds))
    return like_grid("image", kinds, ranges.smallest_type(values), values)


@function(name="votes", gives=Gives(frozenset({"image"}), _votes_kind), halo=0, cost=2, memory=2, catalogue=PLANNED,
          total=True, transposes=True)  # fmt: skip
def votes(masks: SeveralMasks, kind: ResultKind) -> Array:
    """How many masks are on at each pixel: what a plan compares in place of their share."""
    total = masks[0].astype(kind.dtype)
    for mask in masks[1:]:
        total += mask
    return total
