"""A text that PNG and TIFF files carry beside their pixels, read back without decoding one.

What the text says is not known here. It is ASCII, begins with `PREFIX`, by which it is told from the descriptions that
other programs write, and is a JSON object, so that blanks between its parts do not matter.
"""

import os
import zlib
from typing import BinaryIO

from maskexpr.files.formats.opening import OpenFile, opened

PREFIX = '{"maskexpr"'
MOST_TEXT = 4 * 2**20
"""The longest text, in bytes, that is written or read."""

_COMPRESSED = range(2048, 2**20)  # Pillow refuses a PNG with a compressed text that is longer
_NAME = b"maskexpr"
_KEYWORD = _NAME + b"\0"
_MOST_PACKED = MOST_TEXT + 2**16  # what does not get smaller grows a little
_DESCRIPTION, _SOFTWARE = 270, 305

# tifffile takes a description with such a key for its own, and fails if it is not.
_SHAPE, _SHAPE_APART = '"shape":', '"shape" :'


def check(text: str) -> None:
    """A ValueError for a text that could not be read back."""
    if not text.startswith(PREFIX) or not text.isascii() or "\0" in text:
        raise ValueError(f"the text must be a JSON object in ASCII that begins with {PREFIX}")
    if len(text) + text.count(_SHAPE) > MOST_TEXT:
        raise ValueError(f"the text is longer than {MOST_TEXT} bytes")


def added(data: bytes, suffix: str, text: str) -> bytes:
    """The bytes of a file that holds the text too; of a format without room for it, as they are."""
    # Each format is imported where it is needed: a PNG should not pay for TIFF.
    if suffix == ".png":
        from maskexpr.files.formats import png

        return png.with_chunk(data, b"iTXt", _packed(text.encode("ascii")))
    if suffix == ".tif":
        from maskexpr.files.formats import tags

        description = text.replace(_SHAPE, _SHAPE_APART).encode("ascii")
        return tags.with_texts(data, {_DESCRIPTION: description, _SOFTWARE: _NAME})
    return data


def read_text(file: str | os.PathLike[str] | BinaryIO) -> str | None:
    """The text of a PNG or TIFF file that maskexpr wrote; None if it has none, or another format.

    The text is as the file has it: from a stranger's file, it may be anything behind its prefix.

    Raises
    ------
    FileError
        The file cannot be opened, is no image, or is damaged as far as it was looked at; no pixel is.
    """
    with opened(file) as found, found.decoding():
        match found.format:
            case "PNG":
                return _of_png(found)
            case "TIFF":
                from maskexpr.files.formats import tags

                text = _told(tags.description(found.stream, MOST_TEXT))
                return text and text.replace(_SHAPE_APART, _SHAPE)
            case _:
                return None


def _of_png(file: OpenFile) -> str | None:
    from maskexpr.files.formats import png

    for _, data in png.chunks(file, lambda name, length: name == b"iTXt" and length <= _MOST_PACKED):
        if data.startswith(_KEYWORD):
            return _told(_unpacked(data))
    return None


def _told(text: bytes) -> str | None:
    """The text if it is one of ours."""
    return text.decode("ascii") if text.startswith(PREFIX.encode()) else None


def _packed(text: bytes) -> bytes:
    """What an iTXt chunk holds: keyword, whether it is compressed and how, no language and no keyword in it, text."""
    compressed = len(text) in _COMPRESSED
    return _KEYWORD + bytes([compressed, 0]) + b"\0\0" + (zlib.compress(text, 9) if compressed else text)


def _unpacked(data: bytes) -> bytes:
    compressed, method = data[len(_KEYWORD) : len(_KEYWORD) + 2]
    _language, _keyword, text = data[len(_KEYWORD) + 2 :].split(b"\0", 2)
    if compressed:
        inflate = zlib.decompressobj()
        text = inflate.decompress(text, MOST_TEXT + 1)
        if method or not inflate.eof:
            raise ValueError("cut short")
    if len(text) > MOST_TEXT:
        raise ValueError("too long")
    return text
