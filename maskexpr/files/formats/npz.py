"""NumPy's .npz: a zip file of arrays, of which one is read: the only one, or the one that is asked for by name."""

import io
import zipfile
from fractions import Fraction
from typing import Any, BinaryIO

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.printing import printable
from maskexpr.files.decoding import bounds
from maskexpr.files.decoding.format import (
    Format,
    OpenFile,
    Pixels,
    Raster,
    Source,
    TooMany,
    Writing,
    native,
    not_read,
    whole,
)
from maskexpr.files.formats import npy
from maskexpr.kinds.grid import rounded

_MOST_NAMES = 5
_ENDING = ".npy"
_SPACING = "spacing"
"""The name of an array that is no image, but the sizes of the pixels of the others."""
_SIZES = 64  # that it may have
_COLOURS = (3, 4)
_PACKINGS = {zipfile.ZIP_STORED: "stored", zipfile.ZIP_DEFLATED: "deflate"}
_ENCRYPTED = 1


def _glance(file: OpenFile, kind: str | None) -> Source:
    stream: Any = _ShortReads(file.stream)
    with file.scanning(), zipfile.ZipFile(stream) as archive:
        members = _members(archive)
        shape, dtype = _checked(file, archive, members[_wanted(file, members)])
    return Source(shape, dtype, not_read)


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    found = (member for member in archive.infolist() if member.filename.endswith(_ENDING))
    return {member.filename.removesuffix(_ENDING): member for member in found}


def _decode(file: OpenFile, kind: str | None) -> Pixels:
    stream: Any = _ShortReads(file.stream)
    with file.scanning(), zipfile.ZipFile(stream) as archive:
        members = _members(archive)
        name = _wanted(file, members)
        array = _array(file, archive, members[name])
        beside = members.get(_SPACING) if name != _SPACING else None
        spacing, notes = (None, ()) if beside is None else _spacing(_array(file, archive, beside, _SIZES), array)
        return Pixels(array, None, notes, spacing)


def _checked(
    file: OpenFile, archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int | None = None
) -> tuple[tuple[int, ...], np.dtype]:
    packing = _PACKINGS.get(member.compress_type)
    if packing is None or member.flag_bits & _ENCRYPTED:
        how = "encrypted" if packing else "packed in a way that NumPy does not write"
        raise file.wrong(messages.FILE_PACKING, packing=how)
    with archive.open(member) as stream:
        return npy.check_header(file, stream, min(member.compress_size, file.size), packing, most)


def _array(file: OpenFile, archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int | None = None) -> np.ndarray:
    _checked(file, archive, member, most)
    with archive.open(member) as stream:
        array = npy.read_array(stream)
        if stream.read(1):  # also makes zipfile check the sum over the whole member
            raise file.broken()
        return native(array)


def _spacing(sizes: np.ndarray, array: np.ndarray) -> tuple[tuple[Fraction, ...] | None, tuple[str, ...]]:
    """The sizes of pixels that stand beside an array, and what is said of them."""
    sizes, single = np.atleast_1d(sizes), not sizes.ndim  # one for all axes, however many are of space
    axes = [array.ndim, *([array.ndim - 1] if array.ndim > 2 and array.shape[-1] in _COLOURS else [])]
    fits = sizes.ndim == 1 and (single or len(sizes) in axes) and sizes.dtype.kind in "iuf"
    if not fits or not (np.isfinite(sizes) & (sizes > 0)).all():
        return None, ("its array spacing is not taken: it is no size in mm for each axis",)
    return tuple(rounded(float(size)) for size in sizes), ("spacing taken from the array beside it, in mm",)


class _ShortReads:
    """A file whose directory and headers cannot be long: zipfile reads each whole, however long it says it is."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        if size > bounds.ZIP_READ.most:
            raise TooMany(bounds.ZIP_READ)
        return self._stream.read(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _wanted(file: OpenFile, members: dict[str, zipfile.ZipInfo]) -> str:
    """The name of the array that is asked for, or of the only one beside a spacing."""
    if not members:
        raise file.wrong(messages.FILE_NO_ARRAY)
    if file.part in members:
        return file.part
    arrays = [name for name in members if name != _SPACING] or [*members]
    if len(arrays) == 1 and not file.part:
        return arrays[0]
    names = [printable(name) for name in arrays]
    listed = ", ".join(names[:_MOST_NAMES]) + (", ..." if len(names) > _MOST_NAMES else "")
    if file.part:
        raise file.wrong(messages.FILE_NO_SUCH_ARRAY, part=printable(file.part), names=listed)
    raise file.wrong(messages.FILE_MANY_ARRAYS, count=len(names), names=listed, first=names[0])


def _encode(raster: Raster) -> bytes:
    stream = io.BytesIO()
    arrays: dict[str, Any] = {raster.kind: raster.array}
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


FORMAT = Format(
    "NPZ",
    (".npz",),
    begins=lambda head: head.startswith((b"PK\3\4", b"PK\5\6")),
    open=whole(_decode),
    glance=_glance,
    writing=Writing(lambda raster: True, _encode, on=1),
    listed=".npz",
    has_parts=True,
)
