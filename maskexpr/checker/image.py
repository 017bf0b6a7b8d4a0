"""An array with what is known of its pixels, as callers hand it over."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.containers import Made, library_of
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.printing import printable
from maskexpr.functions.arguments import Refused
from maskexpr.kinds.grid import AXES, Grid
from maskexpr.kinds.kind import shape_text

_CHANNELS = "c"  # names the axis of channels, which is the last one
_ORDER = AXES + _CHANNELS


@dataclass(frozen=True, eq=False)
class Image:
    """An array that says more than its numbers do.

    Parameters
    ----------
    array : array_like
    spacing : number, text such as "0.5mm", or a sequence of them, optional
        The size of a pixel: one for all axes or one per axis, in the order of the array's axes; plain numbers are
        millimetres. A colour image's channels have none.
    kind : {"image", "mask", "colour", "labels"}, optional
        What the array is, where its shape and type do not say it.
    axes : str, optional
        A letter for each axis of the array, of t, z, y, x, and c for channels: "xyz" for one that has x first. It is
        turned to t, z, y, x, c, as the language has them, and results are turned back.
    origin : sequence of 3 numbers, optional
        Where the centre of the first pixel lies in a patient, in millimetres to the left, the back and the head (DICOM,
        ITK; not NIfTI, which counts to the right and the front).
    direction : sequence of sequences of 3 numbers, optional
        For each axis of space, in the order of the array's axes, the unit vector in the patient that its index grows
        along.
    channels : sequence of str, optional
        What the channels are called.
    nodata : number, optional
        The value of pixels without data, compared in the array's own type; nan counts only if it is given here. 0 is
        the background of masks and labels, and not meant for these.
    valid : array_like of bool, optional
        Where there is data, of the array's shape without channels. What a masked array leaves out has none either.
    grid : Grid, optional
        All that a file states of its axes and its place, as `maskexpr.read` has it. What is given besides goes before.
    source : str, optional
        The name of the file it is from, for messages.
    compute : bool
        Whether an array that is not in memory yet is computed or read: of Dask, xarray, h5py, zarr... Without it such
        an array is an error, since that may take any time and memory.

    >>> volume = maskexpr.Image(np.zeros((4, 5, 3)), spacing=[2, 0.5, 0.5], kind="image")
    >>> evaluate("area(m, 'mm3')", m=maskexpr.Image(np.ones((2, 2, 2), bool), spacing="0.5mm"))
    1.0
    >>> evaluate("centroid(m)", m=maskexpr.Image(np.ones((3, 1), bool), axes="xy"))
    [0.0, 1.0]
    >>> evaluate("mean(im)", im=maskexpr.Image(np.array([[4, 6, -9999]]), nodata=-9999))
    5.0
    >>> maskexpr.Image(np.zeros((4, 5), np.uint8), spacing="0.5mm", axes="xy")
    <maskexpr.Image 4x5 uint8, axes='xy', 0.5mm>
    """

    array: Any
    spacing: Any = None
    kind: str | None = None
    axes: str | None = None
    origin: Any = None
    direction: Any = None
    channels: Any = None
    nodata: Any = None
    valid: Any = None
    grid: Grid | None = None
    source: str = ""
    compute: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """That of the array, in the order of its own axes."""
        stated = getattr(self.array, "shape", None)
        return stated if isinstance(stated, tuple) and library_of(self.array) is None else np.asarray(self).shape

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        library = library_of(self.array)
        array = self.array if library is None else library.taken(self.array, self.kind).array
        return np.array(array, dtype, copy=copy)

    def __repr__(self) -> str:
        """What it says beside its numbers, which may be many."""
        shape, dtype = getattr(self.array, "shape", None), getattr(self.array, "dtype", "")
        words = [f"{shape_text(shape)} {dtype}" if isinstance(shape, tuple) else type(self.array).__name__]
        said = {"kind": self.kind, "axes": self.axes, "nodata": self.nodata}
        words += [f"{name}={value!r}" for name, value in said.items() if value is not None]
        if self.spacing is not None:
            sizes = self.spacing if isinstance(self.spacing, list | tuple | np.ndarray) else [self.spacing]
            words.append(" x ".join(s if isinstance(s, str) else f"{float(s):g}mm" for s in sizes))
        if self.grid is not None and self.grid.axes:
            words.append(f"axes {', '.join(self.grid.axes)}")
        if self.grid is not None and self.grid.channels:
            words.append(f"channels {', '.join(self.grid.channels)}")
        if self.grid is not None and self.grid.origin is not None:
            words.append(f"first pixel at {', '.join(f'{part:g}' for part in self.grid.origin)} mm")
        return printable(f"<maskexpr.Image {', '.join(words)}>")


def in_order_of(value: Any, like: Any) -> Any:
    """An array as one with the axes of an Image that it was made from; whatever says more of itself as it is."""
    if not isinstance(like, Image) or like.axes is None or not isinstance(value, np.ndarray | list):
        return value
    space = like.axes.replace(_CHANNELS, "")
    axes = {len(like.axes): like.axes, len(space): space}.get(np.ndim(value))
    return value if axes is None else Image(value, axes=axes)


def turns_of(axes: str | None, ndim: int) -> tuple[int, ...] | None:
    """In which order to take the axes of an array so that they are t, z, y, x, c; None where they are."""
    if axes is None:
        return None
    if not isinstance(axes, str) or len(axes) != ndim or len(set(axes)) < ndim or set(axes) - set(_ORDER):
        raise Refused(messages.IMAGE_AXES, axes=axes, ndim=ndim)
    order = tuple(sorted(range(ndim), key=lambda axis: _ORDER.index(axes[axis])))
    return None if order == tuple(range(ndim)) else order


def turned_back(axes: str, made: Made) -> Any:
    """A result with its axes in the order of an image's; None where it has others."""
    letters = made.letters + _CHANNELS * made.has_channels
    if not set(letters) <= {*axes, _CHANNELS} or len(letters) != made.array.ndim:
        return None
    return made.array.transpose(sorted(range(len(letters)), key=lambda axis: axes.find(letters[axis]) % len(_ORDER)))


def grid_of(image: Image, order: tuple[int, ...], spacing: tuple[Fraction, ...] | None) -> Grid | None:
    """The grid of an image whose axes, channels aside, were taken in this order, with the spacing that is in force."""
    grid = image.grid or Grid()
    if image.axes is not None:
        grid = replace(grid, axes="".join(image.axes[axis] for axis in order))
    if image.channels is not None:
        grid = replace(grid, channels=tuple(map(str, image.channels)))
    if image.origin is not None or image.direction is not None:
        grid = _placed(image, grid, order, spacing)
    elif image.spacing is not None and spacing is not None:
        grid = grid.sized(spacing)
    return None if grid == Grid() else grid


def _placed(image: Image, grid: Grid, order: tuple[int, ...], spacing: tuple[Fraction, ...] | None) -> Grid:
    """The same at the place that the image states."""
    space = [axis for axis in range(len(order)) if not grid.axes or grid.axes[axis] != "t"]
    written = [axis for axis in range(len(order)) if order[axis] in {order[a] for a in space}]
    default = np.eye(3)[[2, 1, 0][-len(space) :]]  # z, y, x lead to the head, the back and the left
    try:
        origin = np.zeros(3) if image.origin is None else np.asarray(image.origin, float).reshape(3)
        ways = default
        if image.direction is not None:
            # In the order of the array's own axes of space.
            own = sorted(order[axis] for axis in written)
            given = dict(zip(own, np.asarray(image.direction, float).reshape(len(space), 3), strict=True))
            ways = np.array([given[order[axis]] for axis in space])
        lengths = np.sqrt((ways**2).sum(axis=1))
        if not np.isfinite(origin).all() or not np.allclose(lengths, 1, atol=1e-4):
            raise ValueError
    except Exception:  # what objects of somebody else's do when they are asked for numbers is their own affair
        raise Refused(messages.IMAGE_PLACE, ndim=len(space)) from None
    steps: list[tuple[float, ...] | None] = [None] * len(order)
    for axis, way in zip(space, ways, strict=True):
        steps[axis] = tuple(float(part) * float(spacing[axis] if spacing else 1) for part in way)
    return replace(grid, origin=tuple(map(float, origin)), steps=tuple(steps), world="LPS")
