"""WebP, by Pillow: read, and never written, since most of it is lossy.

Its chunks are walked before any decoder sees them: they tell how large the picture is, and whether it moves.
"""

import io
import struct

from maskexpr.diagnostics import messages
from maskexpr.files.decoding import bounds, pillow, tags
from maskexpr.files.decoding.format import Format, OpenFile, Pixels, whole

_LOSSY, _LOSSLESS, _CANVAS, _FRAME, _EXIF = b"VP8 ", b"VP8L", b"VP8X", b"ANMF", b"EXIF"
_KEY_FRAME = b"\x9d\x01\x2a"
_EXIF_NAME = b"Exif\0\0"


def _decode(file: OpenFile, kind: str | None) -> Pixels:
    with file.scanning():
        notes = _scan(file)
        file.stream.seek(0)
    if not _is_decoded():
        raise file.not_decoded("Pillow", "it was built without webp")
    return pillow.decode(file, kind, pillow.Layout(), notes)


def _is_decoded() -> bool:
    from PIL import features

    return bool(features.check("webp"))


def _scan(file: OpenFile) -> list[str]:
    """Check what its chunks declare; whether what they hold is lossy is said."""
    stream, notes, beside, chunks, pictures = file.stream, list[str](), 0, 0, 0
    _, length, _ = struct.unpack("<4sI4s", stream.read(12))
    end = min(file.size, length + 8)
    while stream.tell() + 8 <= end:
        name, size = struct.unpack("<4sI", stream.read(8))
        start, chunks = stream.tell(), chunks + 1
        file.check(chunks, bounds.CHUNKS)
        if name in (_LOSSY, _LOSSLESS, _CANVAS):
            columns, rows = _size(name, stream.read(10))
            file.check(columns * rows, bounds.PIXELS)
            pictures += name != _CANVAS
            notes += ["lossy WebP: pixels are near those that were saved"] * (name == _LOSSY)
        elif name == _FRAME:
            raise file.wrong(messages.FILE_PIXEL_TYPE, type="a picture that moves")
        else:
            beside += size
            file.check(beside, bounds.METADATA)
            if name == _EXIF:
                file.check(size, bounds.JOINED)
                tags.check(io.BytesIO(stream.read(size).removeprefix(_EXIF_NAME)))
        stream.seek(start + size + size % 2)
    if pictures != 1:
        raise file.broken()
    return notes


def _size(chunk: bytes, head: bytes) -> tuple[int, int]:
    """Columns and rows that a chunk declares."""
    if chunk == _CANVAS:
        return 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
    if chunk == _LOSSLESS:
        packed = int.from_bytes(head[1:5], "little")
        return 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
    if head[3:6] != _KEY_FRAME:
        raise ValueError(head)
    columns, rows = struct.unpack_from("<HH", head, 6)
    return columns & 0x3FFF, rows & 0x3FFF


FORMAT = Format(
    "WebP",
    (".webp",),
    begins=lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP",
    open=whole(_decode),
)
