"""NumPy's own files: .npy, and .npz with one array in it. Nothing is ever unpickled."""

import math
import zipfile
from typing import IO

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.files.formats.opening import OpenFile, Picture, printable

_MOST_NAMES = 5


def decode(file: OpenFile) -> Picture:
    """The one array of an .npy or .npz file."""
    with file.decoding():
        array = _only_member(file) if file.format == "NPZ" else _array(file)
        return Picture(array.astype(array.dtype.newbyteorder("="), copy=False), colour=None)


def _only_member(file: OpenFile) -> np.ndarray:
    with zipfile.ZipFile(file.stream) as archive:
        members = [m for m in archive.infolist() if m.filename.endswith(".npy")]
        if len(members) != 1:
            names = [printable(m.filename.removesuffix(".npy")) for m in members]
            if not names:
                raise file.wrong(messages.FILE_NO_ARRAY)
            more = ", ..." if len(names) > _MOST_NAMES else ""
            raise file.wrong(messages.FILE_MANY_ARRAYS, count=len(names), names=", ".join(names[:_MOST_NAMES]) + more)
        member = members[0]
        packing = "stored" if member.compress_type == zipfile.ZIP_STORED else "deflate"
        with archive.open(member) as stream:
            _check_header(file, stream, member.compress_size, packing)
        with archive.open(member) as stream:
            array = np.lib.format.read_array(stream, allow_pickle=False)
            if stream.read(1):  # also makes zipfile check the sum over the whole member
                raise file.broken()
            return array


def _array(file: OpenFile) -> np.ndarray:
    _check_header(file, file.stream, file.size, "stored")
    file.stream.seek(0)
    return np.lib.format.read_array(file.stream, allow_pickle=False)


def _check_header(file: OpenFile, stream: IO[bytes], stored: int, packing: str) -> None:
    version = np.lib.format.read_magic(stream)
    if version == (3, 0):  # made only for the field names of structured arrays
        raise file.wrong(messages.FILE_PIXEL_TYPE, type="structured records")
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = header(stream)
    if dtype.kind not in "biuf":
        raise file.wrong(messages.FILE_PIXEL_TYPE, type=_in_words(dtype))
    pixels = math.prod(shape)
    if not shape or min(shape) <= 0:
        raise file.wrong(messages.FILE_NO_PIXELS, shape=" x ".join(map(str, shape)) or "a single number")
    file.check_pixels(pixels)
    file.check_promise(pixels * dtype.itemsize, stored, packing)


def _in_words(dtype: np.dtype) -> str:
    kinds = {"O": "Python objects", "c": "complex numbers", "V": "structured records", "U": "text", "S": "text"}
    return kinds.get(dtype.kind, dtype.name)
