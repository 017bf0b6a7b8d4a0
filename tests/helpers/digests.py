"""Short hashes of results and of files: the same where the bits are the same.

Left out is what is no result. All nans count as one: their sign and payload are the processor's business, and nothing
in the language shows them. Byte order and layout in memory are the machine's. Of a file, `content` tells what must hold
for every version of the libraries that packed it; its bytes depend on those.
"""

import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

import maskexpr
from maskexpr.files import images
from maskexpr.kernels.png_chunks import SIGNATURE

LENGTH = 12


def digest(*parts: bytes | str) -> str:
    found = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        found.update(b"%d:" % len(data) + data)
    return found.hexdigest()[:LENGTH]


def of_value(value: Any) -> str:
    """Of an array, a number, or what holds such: types, shapes and bits."""
    return digest(*_parts(value))


def _parts(value: Any) -> Iterator[bytes | str]:
    if isinstance(value, np.ndarray):
        yield f"array {value.dtype.newbyteorder('<').str} {value.shape}"
        yield _bytes(value)
    elif isinstance(value, Mapping):
        yield f"mapping of {len(value)}"
        for key, item in value.items():
            yield from (repr(key), *_parts(item))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield f"{type(value).__name__} of {len(value)}"
        for item in value:
            yield from _parts(item)
    else:
        yield f"{type(value).__name__} {value!r}"


def _bytes(array: np.ndarray) -> bytes:
    if array.dtype.kind == "f" and np.isnan(array).any():
        array = np.where(np.isnan(array), array.dtype.type("nan"), array)
    return array.astype(array.dtype.newbyteorder("<"), order="C").tobytes()


# --- files -----------------------------------------------------------------------------------------------------------


def content(path: Path, *, has_letters: bool = False) -> str:
    """Of what a file holds, whatever library packed it; of a picture with letters at its borders, of its middle, as
    each version of FreeType draws them its own way."""
    if has_letters:
        pixels = images.read(path).array
        rows, columns = (slice(n // 4, 3 * n // 4) for n in pixels.shape[:2])
        return of_value(pixels[rows, columns])
    return digest(*_CONTENTS.get(path.suffix, _whole)(path))


def without_version(text: str) -> str:
    """A text or record without the version that wrote it, which changes with each release."""
    return re.sub(rf'(maskexpr"?:? "?){re.escape(maskexpr.__version__)}', r"\1VERSION", text)


def _whole(path: Path) -> Iterator[bytes | str]:
    yield path.read_bytes()


def _png(path: Path) -> Iterator[bytes | str]:
    """All chunks but the samples, these unpacked, and the record."""
    yield from _picture(path)
    data, place = path.read_bytes(), len(SIGNATURE)
    while place < len(data):
        length, name = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        body = data[place + 8 : place + 8 + length]
        assert zlib.crc32(name + body) == int.from_bytes(data[place + 8 + length : place + 12 + length], "big")
        if name not in (b"IDAT", b"iTXt"):
            yield name + body
        place += length + 12


_OF_PACKING = {"StripOffsets", "StripByteCounts", "RowsPerStrip"}
_RECORD = '{"maskexpr"'  # how it begins, in the description or, where that is of the axes, as the software


def _tiff(path: Path) -> Iterator[bytes | str]:
    """All tags but those of the packing, the samples, and the record."""
    yield from _picture(path)
    with tifffile.TiffFile(path) as file:
        for page in file.pages:
            for tag in page.tags:
                value = int(tag.value) if isinstance(tag.value, int) else tag.value
                left_out = tag.name in _OF_PACKING or str(value).startswith(_RECORD)
                yield f"{tag.name} {'' if left_out else value!r}"


def _picture(path: Path) -> Iterator[bytes | str]:
    pixels = images.read(path)
    yield f"{pixels.colour} {pixels.notes}"
    yield from _parts(pixels.array)
    yield without_version(images.read_text(path) or "")


def _npz(path: Path) -> Iterator[bytes | str]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            yield f"{member.filename} {member.date_time} {member.compress_type} {member.comment!r} {member.extra!r}"
            yield archive.read(member)


# In a BMP, Pillow before 13 filled what the format reserves in its palette of greys.
_CONTENTS = {".png": _png, ".tif": _tiff, ".npz": _npz, ".bmp": _picture}
