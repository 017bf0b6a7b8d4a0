"""JPEG: read, and never written, since what comes back is not what was put in.

Its segments are walked before any decoder sees them: they tell how large the picture is, and how often it is gone over.
"""

import io
import re
import struct
from dataclasses import dataclass
from typing import BinaryIO

from maskexpr.files.decoding import bounds, pillow, tags
from maskexpr.files.decoding.format import Format, OpenFile, Pixels, whole

_START_OF_SCAN, _END, _EXIF = 0xDA, 0xD9, 0xE1
_MARKER = 2  # bytes
_EXIF_NAME = b"Exif\0\0"
_BARE = {0x01, 0xD8, *range(0xD0, 0xD8)}  # markers with nothing behind them
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = {0xC2, 0xC6}
_ARITHMETIC = {0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
# In the samples of a scan a zero follows on each byte of ones, or a number that says where to start anew.
_BEHIND_SAMPLES = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_ANYWHERE = re.compile(rb"\xff[^\x00\xff]")
_LEAST_READ, _MOST_READ = 64, 2**20


@dataclass(frozen=True, slots=True)
class _Frame:
    """What one frame declares: its size, and how its samples are packed."""

    pixels: int
    packing: str


def _decode(file: OpenFile, kind: str | None) -> Pixels:
    with file.scanning():
        for frame in _frames(file):
            file.check(frame.pixels, bounds.PIXELS)
            file.check_promise(frame.pixels, file.size, frame.packing)
        file.stream.seek(0)
    return pillow.decode(file, kind, pillow.Layout())


def _frames(file: OpenFile) -> list[_Frame]:
    """What is declared up to the end of the picture or of the file: one frame, if nobody meant mischief."""
    stream, frames, scans, exif = file.stream, list[_Frame](), 0, bytearray()
    segments = between = 0
    end = stream.seek(_MARKER)
    while (marker := _next_marker(stream)) not in (None, _END):
        segments += 1
        file.check(segments, bounds.SEGMENTS)
        if not scans:
            between += stream.tell() - end - _MARKER
            file.check(between, bounds.BETWEEN)
        end = stream.tell()
        if marker in _BARE:
            continue
        (length,) = struct.unpack(">H", stream.read(2))
        if marker in _FRAMES:
            _, rows, columns = struct.unpack(">BHH", stream.read(5))
            frames.append(_Frame(rows * columns, _packing(marker)))
            length -= 5
        elif marker == _EXIF:
            exif += stream.read(length - 2)[len(_EXIF_NAME) :]
            file.check(len(exif), bounds.JOINED)
            length = 0
        end = stream.seek(max(0, length - 2), 1)
        if marker == _START_OF_SCAN:
            scans += 1
            file.check(scans, bounds.SCANS)
            _go_to(stream, _BEHIND_SAMPLES)
    tags.check(io.BytesIO(exif))
    if not frames or not scans:
        raise file.broken()
    return frames


def _packing(frame: int) -> str:
    if frame in _ARITHMETIC:
        return "arithmetic"
    return "progressive JPEG" if frame in _PROGRESSIVE else "JPEG"


def _next_marker(stream: BinaryIO) -> int | None:
    """The marker at this place, or behind what stands before it and means nothing; None at the end of the file."""
    found = stream.read(2)
    if not _ANYWHERE.match(found):
        stream.seek(-len(found), 1)
        if not _go_to(stream, _ANYWHERE):
            return None
        found = stream.read(2)
    return found[1]


def _go_to(stream: BinaryIO, marker: re.Pattern[bytes]) -> bool:
    """Go to the next marker, if there is one."""
    place, size = stream.tell(), _LEAST_READ
    while len(block := stream.read(size)) > 1:
        if found := marker.search(block):
            stream.seek(place + found.start())
            return True
        place += len(block) - 1  # the last byte may begin a marker
        stream.seek(place)
        size = min(2 * size, _MOST_READ)
    return False


FORMAT = Format(
    "JPEG",
    (".jpg", ".jpeg", ".jpe", ".jfif"),
    begins=lambda head: head.startswith(b"\xff\xd8\xff"),
    open=whole(_decode),
    glance=pillow.glance,
)
