"""What a caller gives as an image, as a NumPy array: by whatever protocol it has, and refused where that loses what it
says of itself.

NumPy makes some array of nearly anything. So what an object states about itself, in any of the usual ways, is held
against the array that comes out: its shape, its frames, the order of its axes, the meaning of its bands.
"""

import numbers
import sys
from collections.abc import Iterator, Mapping, Sequence, Set, Sized
from dataclasses import replace
from typing import Any

import numpy as np

from maskexpr.checker import lazy
from maskexpr.checker.image import Image
from maskexpr.containers import Given, library_of
from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.kinds.kind import shape_text
from maskexpr.kinds.table import Table

Array = np.ndarray[Any, Any]

_NUMBERS = numbers.Number | np.generic | str | bytes | None
_PROTOCOLS = ("__array__", "__array_interface__", "__array_struct__")
_AXES_OF_NUMPY = 64
_MOST_LISTED = 2**24  # numbers of a list, which takes long to go through
_MOST_SAID = 200  # characters of what another library says
_AXES = {  # as libraries name them, and which they are
    **dict.fromkeys(("x", "lon", "longitude", "easting", "col", "column", "width"), "x"),
    **dict.fromkeys(("y", "lat", "latitude", "northing", "row", "height"), "y"),
    "z": "z",
}
_COLOURS = (("R", "G", "B"), ("R", "G", "B", "A"))
# What types have that are no arrays but hold one, and how to get at it.
_HOLDERS = {
    "pixel_array": messages.INPUT_DICOM,
    "dataobj": messages.INPUT_NIBABEL,
    "cpu": messages.INPUT_TENSOR,
    "toarray": messages.INPUT_SPARSE,
    "__cuda_array_interface__": messages.INPUT_ON_DEVICE,
}


def is_masked(value: Any) -> bool:
    """Whether it is a masked array."""
    # Touching np.ma would import it, and nobody has a masked array without having done so.
    return "numpy.ma" in sys.modules and isinstance(value, np.ma.MaskedArray)


def taken(value: Any, declared: str | None = None, *, compute: bool = False) -> Given:
    """An array of 0 or more axes, in native byte order. An image declared as labels may be one with a palette. What is
    not in memory is refused, unless whoever gives it wants it to be computed."""
    if type(value) is np.ndarray:
        return Given(_native(value))
    try:
        _refuse_masked_parts(value)
        if isinstance(value, Table):
            raise Refused(messages.TABLE_NOT_GIVEN)
        if isinstance(value, str | bytes | Mapping | Set) or value is None:
            raise Refused(messages.INPUT_OF_TYPE, found=type(value).__name__)
        if isinstance(value, list | tuple):
            library = library_of(value[0]) if value else None
            if library is not None and library.together is not None:
                return library.together(value, declared)
            return Given(_native(_stacked(value, declared, compute=compute)))
        if isinstance(value, Image):
            raise Refused(messages.INPUT_IMAGE_WITHIN)
        library = library_of(value)
        if library is None and not compute:
            lazy.refuse(value)
        found = _taken(value, declared) if library is None else library.taken(value, declared)
        return replace(found, array=_native(found.array))
    except Refused:
        raise
    except Exception as error:  # what another library does when it is asked, and what it then says, is its own affair
        raise _unconvertible(value, error) from None


def _taken(value: Any, declared: str | None) -> Given:
    """What has a protocol of NumPy's, or is of a library that states all in the same ways."""
    if not _has_protocol(value) and isinstance(value, Sized) and len(value) > _MOST_LISTED:
        raise Refused(messages.INPUT_LONG_LIST, count=len(value), most=_MOST_LISTED)
    array = np.asanyarray(value)
    if array.dtype == object and array.ndim == 0 and not isinstance(value, int):  # which may be beyond 64 bits
        raise _unconvertible(value)
    _refuse_lost_shape(value, array)
    _refuse_bands(value, declared)
    _refuse_frames(value)
    _refuse_axes(value)
    if not is_masked(array):
        return Given(np.asarray(array))
    left_out = np.ma.getmaskarray(array) if np.ma.is_masked(array) else None
    return Given(np.ma.getdata(array, subok=False), left_out=left_out)


def _native(array: Array) -> Array:
    if array.dtype == bool:
        return truths(array)
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def truths(array: Array) -> Array:
    """Bools of which each byte is 0 or 1, as steps have them that look at bytes."""
    return array if are_bits(array) else array.view(np.uint8) != 0


def are_bits(array: Array) -> bool:
    """Whether each byte of bools is 0 or 1. NumPy takes any other for true as well, and those of Pillow are 255."""
    if 0 in array.strides:
        array = array[tuple(slice(None) if stride else slice(1) for stride in array.strides)]  # however often repeated
    return bool(np.maximum.reduce(array.view(np.uint8), axis=None, initial=0) <= 1)


# --- to an array -----------------------------------------------------------------------------------------------------


def _has_protocol(value: Any) -> bool:
    if any(hasattr(type(value), name) or hasattr(value, name) for name in _PROTOCOLS):
        return True
    try:
        memoryview(value)
    except TypeError:
        return False
    return True


def _stacked(values: Sequence[Any], declared: str | None, *, compute: bool) -> Array:
    """Nested numbers, or a list of images: each of these is taken as it would be by itself."""
    leaf: Any = values
    for _ in range(_AXES_OF_NUMPY):
        if not isinstance(leaf, list | tuple) or not leaf:
            break
        leaf = leaf[0]
    if is_masked(leaf):
        raise Refused(messages.INPUT_MASKED_LIST)
    plain = isinstance(leaf, _NUMBERS | list | tuple)
    count = _count(values, {}, _AXES_OF_NUMPY) if plain else 0
    if count > _MOST_LISTED:
        raise Refused(messages.INPUT_LONG_LIST, count=count, most=_MOST_LISTED)
    try:
        return np.asarray(values if plain else [taken(v, declared, compute=compute).array for v in values])
    except ValueError:
        raise Refused(messages.INPUT_RAGGED) from None
    except (TypeError, OverflowError):
        raise Refused(messages.INPUT_OF_TYPE, found=type(values).__name__) from None


def _count(values: Sequence[Any], counted: dict[int, int], axes: int) -> int:
    """How many numbers nested lists hold, each list looked at once: one that stands in another many times is as long as
    all of these, though it takes no more memory. What is no number, and would be asked for an array, is refused."""
    if not axes:
        raise Refused(messages.INPUT_RAGGED)
    kinds = set(map(type, values))
    for kind in kinds:
        if not issubclass(kind, _NUMBERS | list | tuple) and kind is not np.ndarray:
            raise Refused(messages.INPUT_LISTED, found=kind.__name__)
    if not any(issubclass(kind, list | tuple) for kind in kinds):
        return len(values)
    count = 0
    for value in values:
        if not isinstance(value, list | tuple):
            count += 1
        elif id(value) in counted:
            count += counted[id(value)]
        else:
            counted[id(value)] = found = _count(value, counted, axes - 1)
            count += found
    return count


# --- what is refused -------------------------------------------------------------------------------------------------


def _refuse_masked_parts(value: Any) -> None:
    """What will be masked arrays, part by part."""
    if is_masked(getattr(value, "_meta", None)):
        raise Refused(messages.INPUT_MASKED_PARTS)


def _unconvertible(value: Any, error: Exception | None = None) -> Refused:
    """What is no array: one that it holds is the way out, else what its library says."""
    said = " ".join(str(error).split())[:_MOST_SAID].rstrip(".") if error else ""
    if said and library_of(value) is not None:
        return Refused(messages.INPUT_NOT_ARRAY, found=said)
    for attribute, mistake in _HOLDERS.items():
        if hasattr(type(value), attribute):
            return Refused(mistake, found=type(value).__name__, said=said, dense=_dense(value))
    if said:
        return Refused(messages.INPUT_NOT_ARRAY, found=said)
    return Refused(messages.INPUT_OF_TYPE, found=type(value).__name__)


def _dense(tensor: Any) -> str:
    """The calls that give a tensor what NumPy has: all its numbers, of a type that is known there."""
    unknown = "bfloat" in str(getattr(tensor, "dtype", "")) or "float8" in str(getattr(tensor, "dtype", ""))
    return ".to_dense()" * bool(getattr(tensor, "is_sparse", False)) + ".float()" * unknown


def _refuse_lost_shape(value: Any, array: Array) -> None:
    """An object that states a shape has it; one that is no array by itself, nor a sequence, states one."""
    stated = list(_stated(value, array))
    if not stated and array.shape and _has_protocol(value) and isinstance(value, Sized):
        stated = [(f"length {len(value)}", f"length {len(array)}")]
    for said, found in stated:
        if said != found:
            fields = {"found": type(value).__name__, "stated": _size_text(said), "array": _size_text(array.shape)}
            raise Refused(messages.INPUT_SHAPE_LOST, **fields)
    if not stated and not _has_protocol(value) and not isinstance(value, Sequence | numbers.Number):
        raise Refused(messages.INPUT_OF_TYPE, found=type(value).__name__)


def _stated(value: Any, array: Array) -> Iterator[tuple[Any, Any]]:
    """What the object states of its size, in each way that it does, and what that would be of the array: all axes, or
    those of space with x first, how many axes or pixels there are."""
    shape = _whole_numbers(getattr(value, "shape", None))
    if shape:
        yield shape, array.shape
    for name in ("size", "GetSize"):
        size = getattr(value, name, None)
        size = _whole_numbers(size() if callable(size) and name != "size" else size)
        if size:
            yield size[::-1], array.shape[: len(size)]
    for name, found in (("ndim", array.ndim), ("size", array.size)):
        count = getattr(value, name, None)
        if isinstance(count, numbers.Integral):
            yield f"{name} {count}", f"{name} {found}"


def _whole_numbers(size: Any) -> tuple[int, ...]:
    """A size that is known, by whatever counts: parts of a Dask array may have none."""
    listed = size.tolist() if isinstance(size, np.ndarray) else size
    known = isinstance(listed, list | tuple) and all(isinstance(n, numbers.Integral) for n in listed)
    return tuple(int(n) for n in listed) if known else ()


def _size_text(size: Any) -> str:
    return size if isinstance(size, str) else shape_text(size)


def _refuse_bands(value: Any, declared: str | None) -> None:
    """Bands that are neither one of intensities nor red, green and blue would be taken for these."""
    bands = tuple(value.getbands()) if hasattr(type(value), "getbands") else ()
    if bands == ("P",) and declared == "labels":
        return
    if bands == ("P",):
        raise Refused(messages.INPUT_PALETTE)
    if len(bands) > 1 and bands not in _COLOURS:
        mistake = messages.INPUT_BANDS_GREY if bands[0] == "L" and len(bands) == 2 else messages.INPUT_BANDS
        raise Refused(mistake, bands=", ".join(bands))


def _refuse_frames(value: Any) -> None:
    count = getattr(value, "n_frames", 1)
    if isinstance(count, int) and count > 1 and hasattr(type(value), "getbands"):
        raise Refused(messages.INPUT_FRAMES, count=count)


def _refuse_axes(value: Any) -> None:
    """Named axes in another order would be taken for z, y, x."""
    dims = getattr(value, "dims", None)
    if not isinstance(dims, list | tuple):
        return
    spatial = [str(name) for name in dims if str(name).lower() in _AXES]
    turned = sorted(spatial, key=lambda name: _AXES[name.lower()], reverse=True)
    if spatial != turned:
        order = ", ".join(repr(turned.pop(0) if str(name) in spatial else str(name)) for name in dims)
        raise Refused(messages.INPUT_AXES, found=", ".join(map(str, dims)), order=order)
