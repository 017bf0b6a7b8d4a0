"""An image brought onto the grid of another one."""

from dataclasses import replace
from typing import Annotated

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import FromChecker, Refused, Takes
from maskexpr.functions.gives import Gives, Kinds, float_type, like_grid
from maskexpr.functions.parameters import Array, MaskOrNone, Masks, ResultKind
from maskexpr.functions.record import function
from maskexpr.functions.settling import one_of
from maskexpr.kernels import resampling
from maskexpr.kinds import ranges
from maskexpr.kinds.grid import Grid
from maskexpr.kinds.kind import ARRAYS, SEGMENTATIONS, Kind
from maskexpr.kinds.ranges import Range
from maskexpr.library.operators import PLANNED

_ArrayOfAnyKind = Annotated[Array, Takes(ARRAYS, "an image or a mask")]
_Method = Annotated[str, one_of("nearest", "linear")]
_Ways = Annotated[resampling.Ways, FromChecker]


def _resampled_kind(kinds: Kinds) -> Kind:
    moved, method = kinds["a"], kinds.get("method")
    is_linear = method is not None and method.constant == "linear"
    if is_linear and moved.name in SEGMENTATIONS:
        raise Refused(messages.RESAMPLE_LINEAR, "method", kind=moved.word)
    values = None if moved.range is None or is_linear else ranges.union(moved.range, Range(0, 0))
    found = like_grid(moved.name, {"like": kinds["like"]}, float_type([moved]) if is_linear else moved.dtype, values)
    if moved.channels:
        found = replace(found, channels=moved.channels)
    names = moved.grid.channels if moved.grid else ()
    grid = replace(found.grid or Grid(), channels=names)
    return replace(found, grid=None if grid == Grid() else grid)


@function(gives=Gives(ARRAYS, _resampled_kind), halo="whole", cost=40, memory=40, total=True,
          border="outside the image is no data", without_data="own")  # fmt: skip
def resample(
    a: _ArrayOfAnyKind, like: _ArrayOfAnyKind, method: _Method = "nearest", *, ways: _Ways, kind: ResultKind
) -> Array:
    """`a` on the grid of `like`: its pixels are taken where those of `like` lie.

    Where both state their place in one world, as medical files do, that decides. Else their spacings do, and the outer
    corners of their first pixels lie at one place, so that two pictures of one scene at two sizes cover each other; of
    inputs with no place at all, ITK would put the centres of the first pixels there. `method="nearest"` takes the pixel
    that a place lies in and keeps the type; masks and labels are taken so. `method="linear"` weighs the pixels
    around, and gives float64 for integers, else the image's own type. Channels of a colour image are taken one by
    one. Along a named t both have as many frames, which are taken one by one.

    Border: what lies outside `a` is without data, so masks are off there; `fill(resample(a, like=b), 0)` gives images a
    value. `a` ends half a pixel beyond the centres of its outer pixels, as in ITK. What is weighed of pixels of which
    some lack data lacks it too.
    Errors: masks or labels by "linear"; images of different axes; images with neither a place nor a spacing; two
    planes that are not one.
    Source: equals scipy.ndimage.affine_transform with order 0 or 1 and mode "nearest" inside `a`, up to rounding, and
    SimpleITK.Resample of images that state their place.

    >>> a = maskexpr.Image([[1, 2], [3, 4]], spacing=2)
    >>> evaluate("resample(a, like=b)", a=a, b=maskexpr.Image(np.zeros((4, 4)), spacing=1))
    array([[1, 1, 2, 2],
           [1, 1, 2, 2],
           [3, 3, 4, 4],
           [3, 3, 4, 4]])
    """
    return resampling.resampled(a, like.shape[: len(ways)], ways, np.dtype(kind.dtype), linear=method == "linear")


_ON_GRID = Gives(frozenset({"mask"}), lambda kinds: like_grid("mask", {"like": kinds["like"]}, np.bool_))


@function(name="valid of resample", gives=_ON_GRID, halo="whole", cost=40, memory=40, catalogue=PLANNED, total=True)
def valid_of_resampled(
    a: _ArrayOfAnyKind,
    like: _ArrayOfAnyKind,
    method: _Method = "nearest",
    valid: MaskOrNone = None,
    *,
    ways: _Ways,
) -> Masks:
    """Where `a` has data, looked at where the pixels of `like` lie: outside it has none."""
    shape, pixels = like.shape[: len(ways)], a.shape[: len(ways)]
    inside = resampling.resampled(np.broadcast_to(np.True_, pixels), shape, ways, np.dtype(bool), linear=False)
    if valid is None:
        return inside
    if method == "nearest":
        return resampling.resampled(valid, shape, ways, np.dtype(bool), linear=False)
    holes = resampling.resampled(~valid, shape, ways, np.dtype(np.float64), linear=True)
    return np.asarray(inside & (holes == 0))
