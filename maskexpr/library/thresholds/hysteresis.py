"""The threshold with two levels."""

from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import MASK, Gives, Kinds, like_grid
from maskexpr.functions.parameters import Array, Axes, Connectivity, Image, Mask, Masks, Numeric
from maskexpr.functions.record import WHOLE, function
from maskexpr.kinds.kind import Kind
from maskexpr.library.operators import PLANNED, compare
from maskexpr.library.regions.components import components


def check_order(low: Any, high: Any) -> None:
    """Refuse two plain numbers in the wrong order."""
    if not isinstance(low, np.ndarray) and not isinstance(high, np.ndarray) and low > high:
        raise Refused(messages.HYSTERESIS_ORDER, "low", low=low, high=high)


def _hysteresis_kind(kinds: Kinds) -> Kind:
    low, high = kinds["low"], kinds["high"]
    if low.is_constant and high.is_constant:
        check_order(low.constant, high.constant)
    return like_grid("mask", kinds, np.bool_)


@function(gives=Gives(frozenset({"mask"}), _hysteresis_kind), halo=WHOLE, cost=25, memory=8,
         border="outside the image nothing is above a threshold", transposes=True,
         compares={"low": ">", "high": ">"}, without_data="levels")  # fmt: skip
def hysteresis(im: Image, low: Numeric, high: Numeric, connectivity: Connectivity = 1, axes: Axes = None) -> Array:
    """The connected regions above `low` that hold a pixel above `high`: weak edges stay where they join strong ones.

    Gives a mask of the image's shape, of any number of axes. `low` and `high` are numbers or images of thresholds; both
    comparisons are strict, and exact for integers. Where an image `low` is above `high`, `high` counts for both. nan is
    above nothing. `connectivity` as for `label`: by default pixels are joined by their faces, not by corners. `axes`
    limits the joining to some axes: with `axes="yx"` each slice of a volume has regions of its own.

    Border: outside the image nothing is above a threshold.
    Errors: numbers with low > high; a connectivity that the number of axes worked on does not have; axes that the image
    does not have; images of different shapes.
    Source: Canny, A computational approach to edge detection, 1986 (doi:10.1109/TPAMI.1986.4767851). As
    skimage.filters.apply_hysteresis_threshold, which joins by faces too and knows no other way, and which takes numbers
    in the wrong order: high then counts for both.

    >>> evaluate("hysteresis(im, 3, 7)", im=[[5, 9, 1, 5, 5]])
    array([[ True,  True, False, False, False]])
    """
    return _joined(im, low, high, None, connectivity, axes)


@function(name="hysteresis within", gives=MASK, halo=WHOLE, cost=25, memory=10, catalogue=PLANNED, transposes=True)
def hysteresis_within(
    im: Image, low: Numeric, high: Numeric, within: Mask, connectivity: Connectivity, axes: Axes
) -> Array:
    """The same inside a mask."""
    return _joined(im, low, high, within, connectivity, axes)


def _joined(
    im: Array, low: Any, high: Any, within: Masks | None, connectivity: int, axes: tuple[int, ...] | None
) -> Masks:
    check_order(low, high)
    strong = compare(">", im, high)
    weak = compare(">", im, low) | strong
    if within is not None:
        strong, weak = strong & within, weak & within
    labels, regions = components(weak, connectivity, axes)
    kept = np.zeros(regions + 1, bool)
    kept[labels[strong]] = True
    return kept[labels]
