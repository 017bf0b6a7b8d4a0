"""The types that parameters of functions are annotated with: what each accepts."""

from fractions import Fraction
from typing import Annotated, Any, Final

import numpy as np
from numpy.typing import NDArray

from maskexpr.functions.arguments import FromChecker, Takes
from maskexpr.functions.settling import (
    MOST_ORDER,
    NAMED_SHAPES,
    Along,
    as_constant,
    one_of,
    settle_axes,
    settle_axis,
    settle_channel,
    settle_connectivity,
    settle_distance,
    settle_distance_or_none,
    settle_hits,
    settle_kernel,
    settle_numbers,
    settle_orders,
    settle_shape,
    settle_sigma,
    settle_sigma_or_none,
    settle_size,
    settle_whole,
    settle_window,
)
from maskexpr.kernels.borders import MODES
from maskexpr.kinds.kind import (
    BINARY_OR_GREY,
    GIVEN,
    LOGICAL,
    NUMERIC,
    NUMERIC_ARRAYS,
    OF_ONE_CHANNEL,
    SAMPLES,
    SEGMENTATIONS,
    Kind,
)
from maskexpr.kinds.table import Table

Array = NDArray[Any]
Masks = NDArray[np.bool_]

# --- values that may depend on pixels --------------------------------------------------------------------------------
# Functions of each pixel by itself take samples too, where these say images and masks.

Mask = Annotated[Masks, Takes(frozenset({"mask"}), "a mask")]
MaskOrNone = Annotated[Masks | None, Takes(frozenset({"mask", "none"}), "a mask")]
Image = Annotated[Array, Takes(NUMERIC_ARRAYS, "an image")]
Labels = Annotated[Array, Takes(frozenset({"labels"}), "labels")]
MaskOrLabels = Annotated[Array, Takes(SEGMENTATIONS, "a mask or labels")]
Counted = Annotated[Array | Table, Takes(SEGMENTATIONS | {"table"}, "a mask, labels or a table")]
MaskOrLabelsOrNone = Annotated[Array | None, Takes(SEGMENTATIONS | {"none"}, "a mask or labels")]
Markers = Annotated[Array, Takes(NUMERIC_ARRAYS | {"mask"}, "labels, whole numbers or a mask")]
MarkersOrNone = Annotated[Array | None, Takes(NUMERIC_ARRAYS | {"mask", "none"}, "labels, whole numbers or a mask")]
MaskOrImage = Annotated[Array, Takes(BINARY_OR_GREY, "a mask or an image")]
MaskLabelsOrImage = Annotated[Array, Takes(OF_ONE_CHANNEL, "a mask, labels or an image")]
Colour = Annotated[Array, Takes(frozenset({"colour"}), "a colour image")]
Numeric = Annotated[Any, Takes(NUMERIC - SAMPLES, "a number or an image")]
Number = Annotated[Any, Takes(frozenset({"number"}), "a number")]
NumberOrNone = Annotated[Any, Takes(frozenset({"number", "none"}), "a number")]
Count = Annotated[int, Takes(frozenset({"number"}), "a whole number", low=1, whole=True)]
CountOrNone = Annotated[int | None, Takes(frozenset({"number", "none"}), "a whole number", low=1, whole=True)]
Condition = Annotated[Any, Takes(LOGICAL - SAMPLES, "a mask")]
ImageOrNone = Annotated[Array | None, Takes(NUMERIC_ARRAYS | {"none"}, "an image")]
Height = Annotated[Any, Takes(frozenset({"number"}), "a number", low=0)]
HeightOrNone = Annotated[Any, Takes(frozenset({"number", "none"}), "a number", low=0)]
SeveralMasks = Annotated[list[Masks], Takes(frozenset({"masks"}), "a list of masks", several=True)]
SeveralMasksOrNone = Annotated[list[Masks] | None, Takes(frozenset({"masks", "none"}), "a list of masks", several=True)]
Images = Annotated[
    list[Array] | None, Takes(NUMERIC_ARRAYS | {"images", "none"}, "an image or a list of images", several=True)
]
TableOfRegions = Annotated[Table, Takes(frozenset({"table"}), "a table")]
Value = Annotated[Any, Takes(GIVEN, "a number, an image or a mask")]
Measured = Annotated[Array, Takes(NUMERIC_ARRAYS | {"samples"}, "an image or samples such as im[mask]")]
MaskOrSamples = Annotated[Array, Takes(frozenset({"mask", "mask samples"}), "a mask")]

# --- what the checker fills in ---------------------------------------------------------------------------------------

ResultKind = Annotated[Kind, FromChecker]
WorkType = Annotated[np.dtype[Any], FromChecker]
GridShape = Annotated[tuple[int, ...], FromChecker]
ColourKind = Annotated[Kind, FromChecker]  # of the colour image of the call
AxisNames = Annotated[tuple[str, ...], FromChecker]  # of the columns that say where a region lies along each axis
PixelSpacing = Annotated[tuple[Fraction, ...] | None, FromChecker]

OuterNumbers = Annotated[list[Any], FromChecker]

# --- places ----------------------------------------------------------------------------------------------------------


def _place(axis: str, kinds: frozenset[str] = frozenset({"number", "length"})) -> Takes:
    return Takes(kinds, "a number of pixels or a length", quantity=Along(axis))


PlaceX = Annotated[Any, _place("x")]
PlaceY = Annotated[Any, _place("y")]
PlaceZ = Annotated[Any, _place("z")]
PlaceZOrNone = Annotated[Any, _place("z", frozenset({"number", "length", "none"}))]

# --- constants, known before the run ---------------------------------------------------------------------------------

_NUMBER: Final = frozenset({"number"})

Reach = Annotated[
    Any,  # a Distance; typed loosely so that a default can be written as the number a user would write
    Takes(_NUMBER | {"length"}, "a number of pixels or a length", settle_distance, low=0, high=2**31),
]
ReachOrNone = Annotated[
    Any, Takes(_NUMBER | {"length", "none"}, "a number of pixels or a length", settle_distance_or_none, 0, 2**31)
]
Sigma = Annotated[
    tuple[float, ...],
    Takes(_NUMBER | {"length", "list"}, "a number of pixels, a length, or a list of one per axis", settle_sigma),
]
SigmaOrNone = Annotated[
    tuple[float, ...] | None,
    Takes(_NUMBER | {"length", "list", "none"}, "a number of pixels, a length, or a list", settle_sigma_or_none),
]
Window = Annotated[
    Any,  # a Distance
    Takes(
        _NUMBER | {"length", "list"}, "a number of pixels, a length, or a list of one per axis", settle_window, 0, 2**31
    ),
]
Orders = Annotated[
    Any,  # a whole number, or a tuple of one per axis
    Takes(_NUMBER | {"list"}, "a whole number, or a list of one per axis", settle_orders, 0, MOST_ORDER, whole=True),
]
Border = Annotated[str, one_of(*MODES)]
BorderOrIgnored = Annotated[str, one_of(*MODES, "ignore")]
Kernel = Annotated[
    Any,  # numbers in nested tuples
    Takes(frozenset({"list"}), "a list of numbers, or of such lists", settle_kernel),
]
Axes = Annotated[
    tuple[int, ...] | None,
    Takes(frozenset({"text", "none", "number", "list"}), 'axes such as "yx"', settle_axes),
]
Axis = Annotated[int | None, Takes(frozenset({"text", "none", "number"}), 'an axis such as "x"', settle_axis)]
Numbers = Annotated[tuple[int | float, ...], Takes(frozenset({"list"}), "a list of numbers", settle_numbers)]
ElementShape = Annotated[str, Takes(frozenset({"text"}), "a shape", settle_shape, choices=NAMED_SHAPES)]
Hits = Annotated[str, Takes(frozenset({"text"}), "a pattern", settle_hits)]
Connectivity = Annotated[int, Takes(_NUMBER, "a number", settle_connectivity)]
# A size limit may depend on pixels (`remove_small(m, 0.01 * area(m))`), so only quantities are settled.
SizeLimit = Annotated[Any, Takes(_NUMBER | {"size"}, "a number of pixels or a size", low=0, quantity=settle_size)]
SizeLimitOrNone = Annotated[
    Any, Takes(_NUMBER | {"size", "none"}, "a number of pixels or a size", low=0, quantity=settle_size)
]
RegionPredicate = Annotated[Any, Takes(frozenset({"predicate"}), "a condition on regions", as_constant)]
Properties = Annotated[Any, Takes(frozenset({"properties"}), "names of properties", as_constant)]
Index = Annotated[int, Takes(_NUMBER, "a whole number", settle_whole, low=0, high=63, whole=True)]
Channel = Annotated[Any, Takes(_NUMBER | {"text"}, "a number or a name", settle_channel, low=0, high=2**16, whole=True)]
Flag = Annotated[bool, Takes(frozenset({"truth"}), "true or false", as_constant)]
Whole = Annotated[int, Takes(_NUMBER, "a whole number", settle_whole, whole=True)]
Percent = Annotated[float, Takes(_NUMBER, "a number", low=0, high=100)]
ConstantPercent = Annotated[float, Takes(_NUMBER, "a number", as_constant, low=0, high=100)]
Bins = Annotated[int, Takes(_NUMBER, "a whole number", settle_whole, low=1, high=2**16, whole=True)]
Classes = Annotated[int, Takes(_NUMBER, "a whole number", settle_whole, low=2, high=8, whole=True)]


# --- what only the checker builds ------------------------------------------------------------------------------------

Subscripts = Annotated[tuple[Any, ...], Takes(frozenset(), "subscripts", as_constant)]
Items = Annotated[list[Any], Takes(frozenset({"list"}), "a list of numbers")]
ColumnName = Annotated[str, Takes(frozenset({"text"}), "the name of a column in quotes", as_constant)]
Message = Annotated[str, Takes(frozenset({"text"}), "a text", as_constant)]
