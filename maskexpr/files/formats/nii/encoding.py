"""NIfTI files written: the samples as they are, with slope 1, under a header that states the same place."""

import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from maskexpr.files.decoding.format import Piece, Raster
from maskexpr.files.formats.nii.headers import COLOURS, MARK, SPACE_AND_TIME, STORED, fields_of, shape_in, without_ones
from maskexpr.files.formats.nii.places import KEY, state_place, stated
from maskexpr.kinds.grid import AXES, Grid

_WRITTEN = {name: code for code, name in STORED.items() if name not in ("int64", "uint64")}
"""Whole numbers of 64 bits have a code too, which FSL, SPM and most others do not read."""
_LONGEST_AXIS = 2**15 - 1  # of NIfTI-1
_COMMENT, _VECTOR = 6, 1007
_UNSET = ("scl_inter", "cal_min", "cal_max", "intent_code", "intent_p1", "intent_p2", "intent_p3", "intent_name")
_OF_ACQUISITION = ("dim_info", "slice_start", "slice_end", "slice_code", "slice_duration")
_GZIP = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # of no time, name or system: the same file each time
_PIECE = 2**22
_LEVEL = 1  # masks pack well at any


def holds(raster: Raster) -> bool:
    """Whether a NIfTI file gives back an array: of a type that all read, and of axes that it has names for."""
    channels = raster.array.shape[-1] if raster.kind == "colour" else 0
    axes = raster.array.ndim - bool(channels)
    if not raster.array.size or raster.array.dtype.name not in _WRITTEN or channels == 1:
        return False
    return 1 <= axes <= SPACE_AND_TIME and 1 <= len(set(_letters(raster)) - {"t"}) <= 3


def encode(raster: Raster) -> list[Piece]:
    """The header, and the samples where they are."""
    return [_head(raster), *_samples(raster)]


def encode_packed(raster: Raster) -> list[Piece]:
    """The same by gzip."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    total, length = 0, 0
    parts: list[Piece] = [_GZIP]
    for piece in (_head(raster), *_samples(raster)):
        total, length = zlib.crc32(piece, total), length + len(piece)
        parts.append(packer.compress(piece))
    parts += [packer.flush(), struct.pack("<II", total, length % 2**32)]
    return parts


def _samples(raster: Raster) -> Iterator[Any]:
    """Buffers in the order of the file, x fastest; the numbers of a vector are its last axis there."""
    array = raster.array
    if raster.kind == "colour" and not _is_rgb(raster):
        array = np.ascontiguousarray(np.moveaxis(array, -1, 0))
    array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    whole = array.reshape(-1).view(np.uint8).data
    for start in range(0, len(whole), _PIECE):
        yield whole[start : start + _PIECE]


def _is_rgb(raster: Raster) -> bool:
    return raster.kind == "colour" and raster.array.dtype == np.uint8 and raster.array.shape[-1] in COLOURS


def _letters(raster: Raster) -> str:
    """The names of the axes but channels: as stated, else those that they have in the language."""
    ndim = raster.array.ndim - (raster.kind == "colour")
    axes = raster.grid.axes if raster.grid is not None else ""
    return axes if len(axes) == ndim else AXES[-ndim:]


def _head(raster: Raster) -> bytes:
    """The header and the text, up to the first sample."""
    letters, grid = _letters(raster), raster.grid or Grid()
    raw = grid.get(KEY)
    fields = _new() if raw is None else fields_of(raw)
    shape, restored = _shape(raster, letters, grid, None if raw is None else fields)
    if not restored:
        for name in _OF_ACQUISITION:
            fields[name] = 0
        state_place(fields, grid, raster.spacing, letters)
    vector = shape[SPACE_AND_TIME] > 1 if len(shape) > SPACE_AND_TIME else False
    for name in _UNSET:
        fields[name] = fields[name].dtype.type()
    fields["intent_code"] = _VECTOR if vector else 0
    if max(shape) > _LONGEST_AXIS and len(fields.binaryblock) == 348:
        fields = _longer(fields)
    fields = fields.as_byteswapped("<")
    fields["dim"] = [len(shape), *shape, *[1] * (7 - len(shape))]
    fields["datatype"] = COLOURS[raster.array.shape[-1]] if _is_rgb(raster) else _WRITTEN[raster.array.dtype.name]
    fields["bitpix"] = raster.array.itemsize * 8 * (raster.array.shape[-1] if _is_rgb(raster) else 1)
    fields["scl_slope"] = 1
    fields["magic"] = fields.single_magic
    text = _extension(raster.text)
    fields["vox_offset"] = len(fields.binaryblock) + MARK + len(text)
    return bytes(fields.binaryblock) + bytes([bool(text), 0, 0, 0]) + text


def _shape(raster: Raster, letters: str, grid: Grid, fields: Any) -> tuple[tuple[int, ...], bool]:
    """The shape that a header has, and whether it is the very place of the header that the grid is from: with its
    trailing axes of one pixel then."""
    lengths = dict(zip(letters, raster.array.shape, strict=False))
    vector = (raster.array.shape[-1],) if raster.kind == "colour" and not _is_rgb(raster) else ()
    space = tuple(lengths[letter] for letter in reversed(letters) if letter != "t")
    time = (lengths["t"],) if "t" in lengths else ()
    shape = (*space, *[1] * (3 - len(space) if grid.is_placed or time or vector else 0), *time)
    restored = False
    if fields is not None:
        before = shape_in(fields)
        was = stated(fields, without_ones(before[:SPACE_AND_TIME]))
        same = (was.grid.axes, was.grid.origin, was.grid.steps) == (letters, grid.origin, grid.steps)
        same = same and was.spacing == raster.spacing
        restored = same and without_ones(before[:SPACE_AND_TIME]) == without_ones((*space, *time))
        if restored:
            shape = before[:SPACE_AND_TIME] if vector else (*before[:SPACE_AND_TIME], *[1] * (len(before) - 4))
    return (*shape, *[1] * (SPACE_AND_TIME - len(shape) if vector else 0), *vector), restored


def _new() -> Any:
    from nibabel.nifti1 import Nifti1Header  # an extra, which takes long to import

    make: Any = Nifti1Header
    return make()


def _longer(fields: Any) -> Any:
    """The header as one of NIfTI-2, whose axes may be longer."""
    from nibabel.nifti2 import Nifti2Header

    make: Any = Nifti2Header
    longer = make()
    for name in set(longer.keys()) & set(fields.keys()) - {"sizeof_hdr", "magic"}:
        longer[name] = fields[name]
    return longer


def _extension(text: str) -> bytes:
    """A text as an extension of a header, whose length is a multiple of 16."""
    if not text:
        return b""
    size = -(-(len(text) + 8) // 16) * 16
    return struct.pack("<ii", size, _COMMENT) + text.encode("ascii").ljust(size - 8, b"\0")
