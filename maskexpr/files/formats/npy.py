"""NumPy's own .npy. Nothing is ever unpickled."""

import io
import math
import struct
from dataclasses import replace
from typing import IO

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.files.decoding import bounds
from maskexpr.files.decoding.format import (
    Format,
    OpenFile,
    Pixels,
    Raster,
    Source,
    Writing,
    native,
    not_read,
    whole,
)


def _decode(file: OpenFile, kind: str | None) -> Pixels:
    with file.scanning():
        check_header(file, file.stream, file.size, "stored")
        file.stream.seek(0)
        return Pixels(native(read_array(file.stream)), colour=None)


def _glance(file: OpenFile, kind: str | None) -> Source:
    with file.scanning():
        shape, dtype = check_header(file, file.stream, file.size, "stored")
    return Source(shape, dtype, not_read, colour=None)


def read_array(stream: IO[bytes]) -> np.ndarray:
    """The array whose header has been checked."""
    return np.lib.format.read_array(stream, allow_pickle=False)


def check_header(
    file: OpenFile, stream: IO[bytes], stored: int, packing: str, most: int | None = None
) -> tuple[tuple[int, ...], np.dtype]:
    """The shape and type of an array. Refuse what is no array of numbers, has more of them than a file may or than
    `most`, or promises more than the bytes that are stored so can unpack to. Where there is a `most` it is no image,
    and may be a single number."""
    version = np.lib.format.read_magic(stream)
    if version == (3, 0):  # made only for the field names of structured arrays
        raise file.wrong(messages.FILE_PIXEL_TYPE, type="structured records")
    shape, _, dtype = _header(file, stream, version)
    if dtype.kind not in "biuf":
        raise file.wrong(messages.FILE_PIXEL_TYPE, type=_in_words(dtype))
    if (not shape and most is None) or min(shape, default=1) <= 0:
        raise file.wrong(messages.FILE_NO_PIXELS, shape=" x ".join(map(str, shape)) or "a single number")
    file.check(len(shape), bounds.AXES)
    pixels = math.prod(shape)
    file.check(pixels, bounds.PIXELS if most is None else replace(bounds.PIXELS, most=most))
    file.check_promise(pixels * dtype.itemsize, stored, packing)
    return shape, dtype.newbyteorder("=")


def _header(file: OpenFile, stream: IO[bytes], version: tuple[int, int]) -> tuple[tuple[int, ...], bool, np.dtype]:
    """What the header says. NumPy reads the whole of it before it looks at its length, so that is looked at first."""
    form = struct.Struct("<H" if version == (1, 0) else "<I")
    packed = stream.read(form.size)
    (length,) = form.unpack(packed)
    file.check(length, bounds.HEADER_BYTES)
    text = io.BytesIO(packed + stream.read(length))
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    return read(text)


def _in_words(dtype: np.dtype) -> str:
    kinds = {"O": "Python objects", "c": "complex numbers", "V": "structured records", "U": "text", "S": "text"}
    return kinds.get(dtype.kind, dtype.name)


def _encode(raster: Raster) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, raster.array, allow_pickle=False)
    return stream.getvalue()


FORMAT = Format(
    "NPY",
    (".npy",),
    begins=lambda head: head.startswith(b"\x93NUMPY"),
    open=whole(_decode),
    writing=Writing(lambda raster: True, _encode, on=1),
    listed=".npy",
    glance=_glance,
)
