"""What a row of the catalogue is: an expression of ours, and what the users of other libraries would write for it."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Way = Callable[..., Any]

SMALL, FLOATS, LARGE, VOLUME = "512x512 uint8", "512x512 float32", "2048x2048 uint8", "volume uint8"
EVERYWHERE = (SMALL, FLOATS, LARGE, VOLUME)
PLANES = (SMALL, FLOATS, LARGE)
BYTES = (SMALL, LARGE, VOLUME)  # what has nothing to do with an image's type, or is of integers
BYTE_PLANES = (SMALL, LARGE)

# The names that rows call libraries by, as those are imported.
LIBRARIES = {
    "np": "NumPy",
    "scipy": "SciPy",
    "skimage": "scikit-image",
    "cv2": "OpenCV",
    "dip": "DIPlib",
    "sitk": "SimpleITK",
    "mahotas": "mahotas",
    "edt": "edt",
    "cc3d": "cc3d",
    "fill_voids": "fill_voids",
    "bn": "bottleneck",
    "numexpr": "numexpr",
}
BASIC = ("NumPy", "SciPy", "scikit-image")


@dataclass(frozen=True, slots=True)
class Row:
    """`ways` has each library's ways by its name: functions of inputs by their names, of which the best is taken.
    `differs` says why answers are known to be others; those of a library that it does not name must be ours.
    `flat`: where pixels lie does not matter, so that OpenCV takes a volume as one plane; else it has none of them."""

    name: str
    expression: str
    ways: Mapping[str, tuple[Way, ...]]
    on: tuple[str, ...] = EVERYWHERE
    differs: Mapping[str, str] = field(default_factory=dict)
    flat: bool = False


def row(
    name: str,
    expression: str,
    *,
    on: tuple[str, ...] = EVERYWHERE,
    differs: Mapping[str, str] | None = None,
    flat: bool = False,
    **ways: Any,
) -> Row:
    """A row, written shortly: a library by the name that it is imported as, with a way or several."""
    several = {LIBRARIES[key]: way if isinstance(way, tuple) else (way,) for key, way in ways.items()}
    return Row(name, expression, several, on, {LIBRARIES[key]: why for key, why in (differs or {}).items()}, flat)


class Lazy:
    """A module that is imported when something of it is first asked for: it may not be installed."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        found = getattr(importlib.import_module(self._module), name)
        setattr(self, name, found)  # so that it is found at once from now on, and not by this
        return found


def wide(im: Array) -> Any:
    """A type that holds sums and products of two of an image's values."""
    return {np.dtype(np.uint8): np.uint16}.get(im.dtype, im.dtype)


def signed(im: Array) -> Any:
    """A type that holds differences of an image's values."""
    return {np.dtype(np.uint8): np.int16}.get(im.dtype, im.dtype)


def real(im: Array) -> Array:
    """An image as one of floating values, as which it stays the same."""
    return im if im.dtype.kind == "f" else im.astype(np.float64)
