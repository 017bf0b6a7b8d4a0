"""Images of SimpleITK and ITK: sizes, spacings and places with x first, in the very world that grids have."""

import math
import sys
from typing import Any

import numpy as np

from maskexpr.containers.container import Given, Library, Made, Sizes
from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.headers.stored import Stored
from maskexpr.kinds.grid import Grid, Place, rounded
from maskexpr.kinds.kind import shape_text

_SPACE, _MOST_AXES = 3, 4
_HELD = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64")


def _holds(value: Any) -> bool:
    return hasattr(type(value), "GetSpacing") and hasattr(_package(value), "GetArrayFromImage")


def _package(value: Any) -> Any:
    """The package that an image is of, which makes arrays of its images, and images of arrays."""
    return sys.modules.get(type(value).__module__.partition(".")[0])


def _taken(value: Any, declared: str | None) -> Given:
    described = getattr(value, "GetPixelIDTypeAsString", None)
    if callable(described) and str(described()).startswith("label of"):
        # Its runs of pixels are no array: asked for one, SimpleITK ends the process.
        raise Refused(messages.INPUT_LABEL_MAP, found=type(value).__name__)
    components = _components(value)
    spacing, grid = _place(value)
    array = np.asarray(_package(value).GetArrayFromImage(value))  # a copy, in axis order
    size = _size(value)[::-1]
    if array.shape != (*size, *[components] * (components > 1)):
        fields = {"stated": shape_text(size), "array": shape_text(array.shape) or "()"}
        raise Refused(messages.INPUT_SHAPE_LOST, found=type(value).__name__, **fields)
    return Given(array, spacing, "colour" if components > 1 else "image", grid=grid)


def _size(value: Any) -> tuple[int, ...]:
    """Pixels along each axis, x first."""
    region = value if hasattr(value, "GetSize") else value.GetLargestPossibleRegion()
    return tuple(map(int, region.GetSize()))


def _components(value: Any) -> int:
    """Numbers a pixel."""
    count = getattr(value, "GetNumberOfComponentsPerPixel", None)
    return int(count()) if callable(count) else 1


def _place(value: Any) -> tuple[Sizes | None, Grid | None]:
    """The size of a pixel, and where the pixels lie."""
    sizes = [float(size) for size in value.GetSpacing()]
    if len(sizes) > _MOST_AXES:
        return tuple(map(rounded, reversed(sizes))), None
    ndim, space = len(sizes), min(len(sizes), _SPACE)
    ways: list[Place | None] = [None] * ndim
    origin = None
    if hasattr(value, "GetOrigin") and hasattr(value, "GetDirection"):
        origin = tuple(float(part) for part in value.GetOrigin())[:space]
        rows = np.asarray(value.GetDirection(), float).reshape(ndim, ndim)
        if not rows[:space, space:].any():  # else time and space are mixed
            ways[:space] = [tuple(map(float, rows[:space, axis] * sizes[axis])) for axis in range(space)]
    letters = "s" * space + "t" * (ndim - space)
    lengths = (*sizes[:space], *[None] * (ndim - space))
    stored = Stored(letters, tuple(ways), lengths, origin, "LPS" if ndim > 2 else "")
    return stored.spacing(), stored.grid()


def _given_back(value: Any, made: Made) -> Any:
    """With the place of the image that was given, where it is that; a plane that is turned in space has none here."""
    spacing, grid = _place(value)
    size = tuple(reversed(made.array.shape[: made.array.ndim - made.has_channels]))
    if made.array.dtype.name not in ("bool", *_HELD):
        return None
    if grid is not None and made.lies(spacing, grid) and _size(value) == size:
        image = _image(value, made)
        if image is not None:
            image.CopyInformation(value)
        return image
    space, ways, origin = len(size) - made.letters.count("t"), made.ways, made.grid.origin
    if origin is None or not 2 <= space <= _SPACE or len(ways) != space or "t" in made.letters[1:]:
        return None
    if any(part for place in (*ways, origin) for part in place[space:]):
        return None
    lengths = [math.sqrt(sum(part * part for part in way)) for way in ways]
    direction = np.eye(len(size))
    direction[:space, :space] = np.column_stack(ways)[:space] / lengths
    image = _image(value, made)
    if image is None:
        return None
    rest = [1.0] * (len(size) - space)
    image.SetSpacing([*lengths, *rest])
    image.SetOrigin([*origin[:space], *[0.0] * len(rest)])
    image.SetDirection(direction.ravel().tolist() if hasattr(image, "GetPixelIDTypeAsString") else direction)
    return image


def _image(value: Any, made: Made) -> Any:
    """An image of these numbers; None where ITK was built without their type."""
    package = _package(value)
    if hasattr(value, "GetPixelIDTypeAsString"):
        return package.GetImageFromArray(made.numbers, isVector=made.has_channels)
    try:
        return package.GetImageFromArray(np.ascontiguousarray(made.numbers), is_vector=made.has_channels)
    except (RuntimeError, KeyError, TypeError):
        return None


LIBRARY = Library(_holds, _taken, _given_back)
