"""Arrays of the shapes, types, values and layouts that bite."""

from typing import Any

import numpy as np

from maskexpr.api import Image
from maskexpr.testing.choosing import Chooser, chance

Array = np.ndarray[Any, Any]

DTYPES: tuple[str, ...] = ("bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64")
DTYPES += ("float16", "float32", "float64", ">i2", ">u4", ">f4", ">i8", "<f8")
SHAPES: tuple[tuple[int, ...], ...] = (
    *[(1,), (6,), (64,)],
    *[(1, 1), (1, 7), (7, 1), (4, 5), (5, 4), (3, 63), (2, 64), (3, 65), (1, 65)],
    *[(2, 4, 5), (3, 3, 3), (1, 4, 6), (4, 1, 5), (3, 4, 4), (1, 1, 1), (2, 3, 2, 3)],
    *[(9, 11), (8, 13), (5, 6, 7)],
)
FILLS = ("zero", "lone", "few", "any", "near", "edges")
LAYOUTS = ("C", "Fortran", "reversed", "every second", "read-only")
KINDS = ("image", "mask", "labels", "colour")


def random_array(rng: np.random.Generator, shape: tuple[int, ...], name: str, values: str) -> Array:
    """An array of a type, by name, with values of a sort: `any` of the type, `few` different ones, those at its `edges`
    (nan and infinities among floats), such as floats cannot tell apart (`near`), all alike or a `lone` pixel, or all
    `zero`."""
    dtype = np.dtype(name)
    if values == "zero":
        return np.zeros(shape, dtype)
    if dtype.kind == "b":
        return _mask(rng, shape, values)
    if dtype.kind == "f":
        return _floats(rng, shape, dtype, values)
    info = np.iinfo(dtype)
    if values == "few":
        return rng.integers(0, 4, shape).astype(dtype)
    if values == "edges":
        return rng.choice(np.array([info.min, info.max, 0, 1], dtype), shape)
    if values == "near":  # what floats cannot tell apart, where the type holds it
        high = min(int(info.max), 2**62)
        return rng.integers(max(high - 3, int(info.min)), high, shape, endpoint=True).astype(dtype)
    if values == "lone":
        return np.full(shape, rng.integers(0, 100), dtype)
    native = dtype.newbyteorder("=")
    return rng.integers(info.min, info.max, shape, native, endpoint=True).astype(dtype)


def _mask(rng: np.random.Generator, shape: tuple[int, ...], values: str) -> Array:
    share = {"edges": 1.0, "few": 0.1, "near": 0.9}.get(values, 0.5)
    mask = rng.random(shape) < share
    if values == "lone" and mask.size:
        mask = np.zeros(shape, bool)
        mask.flat[rng.integers(mask.size)] = True
    return mask if rng.random() < 0.9 else ~mask


def _floats(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype[Any], values: str) -> Array:
    floats = rng.normal(size=shape) * {"few": 2, "near": 1000}.get(values, 30)
    if values in ("few", "lone"):
        floats = np.round(floats)
    if values == "edges":
        special = [np.nan, np.inf, -np.inf, 0.0, -0.0, 65504.0, 1e-7, 2.0**53 + 2]
        floats = np.where(rng.random(shape) < 0.3, rng.choice(special, shape), floats)
    with np.errstate(over="ignore"):
        return floats.astype(dtype)


def laid_out(array: Array, layout: str) -> Array:
    """The same array, otherwise in memory."""
    if layout == "Fortran":
        return np.asfortranarray(array)
    if layout == "reversed":
        return array[(slice(None, None, -1),) * array.ndim].copy()[(slice(None, None, -1),) * array.ndim]
    if layout == "every second":
        spread = np.zeros([2 * n for n in array.shape], array.dtype)
        spread[(slice(None, None, 2),) * array.ndim] = array
        return spread[(slice(None, None, 2),) * array.ndim]
    if layout == "read-only":
        array.flags.writeable = False
    return array


def image_of(
    chooser: Chooser,
    kind: str,
    shape: tuple[int, ...],
    dtypes: tuple[str, ...] = (),
    fills: tuple[str, ...] = FILLS,
) -> Image:
    """An image of a kind, of one of some types that it can have, with values of a sort, in any layout."""
    rng = np.random.default_rng(chooser.number(0, 2**32 - 1))
    possible = tuple(name for name in dtypes or DTYPES if fits(kind, name))
    dtype, values = chooser.one_of(possible or _OWN[kind]), chooser.one_of(fills)
    if kind == "labels":
        array = rng.integers(0, 1 if values == "zero" else chooser.one_of((2, 4, 9)), shape).astype(dtype)
    else:
        channels = (chooser.one_of((3, 4)),) if kind == "colour" else ()
        array = random_array(rng, (*shape, *channels), dtype, values)
    return Image(laid_out(array, chooser.one_of(LAYOUTS)), kind=kind)


_OWN = {"mask": ("bool",), "labels": ("int32",), "image": ("uint8",), "colour": ("uint8",)}


def fits(kind: str, dtype: str) -> bool:
    """Whether images of a kind can have a type."""
    letter = np.dtype(dtype).kind
    return {"mask": letter == "b", "labels": letter in "iu"}.get(kind, letter != "b")


def masked(chooser: Chooser, array: Array) -> Array:
    """The same with some pixels left out, as `numpy.ma` has it."""
    rng = np.random.default_rng(chooser.number(0, 2**32 - 1))
    share = chooser.one_of((0.0, 0.2, 0.9, 1.0))
    return np.ma.array(array, mask=rng.random(array.shape) < share)


def without_some(chooser: Chooser, image: Image) -> Image:
    """The same image, some of whose pixels are without data."""
    shape = image.array.shape[:-1] if image.kind == "colour" else image.array.shape
    rng = np.random.default_rng(chooser.number(0, 2**32 - 1))
    valid = rng.random(shape) < chooser.one_of((0.9, 0.5, 1.0, 0.0))
    return Image(image.array, kind=image.kind, valid=valid) if chance(chooser, 95) else image
