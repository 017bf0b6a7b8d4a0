"""Bare samples behind a header of text, or in a file that it names: NRRD and MetaImage keep them so."""

import io
import mmap
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.files.decoding import bounds
from maskexpr.files.decoding.format import OpenFile, Window, native
from maskexpr.files.decoding.naming import reason, shown
from maskexpr.files.decoding.regular import open_file

_BLOCK = 2**20
_GZIP_OR_ZLIB = 47
_GZIP = b"\x1f\x8b"
_LONGEST_LINE = 2**16
FROM_END = -1
"""As the place of samples: they are the last bytes of their file."""


@dataclass(frozen=True, slots=True)
class Samples:
    """How the samples of a file are stored, as its header says.

    Attributes
    ----------
    sizes
        The lengths of the axes, the one along which the samples follow one another last.
    dtype
        With the byte order of the file.
    packed
        Whether they are packed by deflate, in the frame of gzip or zlib.
    start
        The byte of the file that they start at, or `FROM_END`.
    lines, skipped
        How many lines and then bytes are passed over from there; of what is packed, unpacked bytes.
    beside
        The name of the file that they are in, "" if it is that of the header.
    """

    sizes: tuple[int, ...]
    dtype: np.dtype
    packed: bool = False
    start: int = 0
    lines: int = 0
    skipped: int = 0
    beside: str = ""

    @property
    def count(self) -> int:
        return int(np.prod([1, *self.sizes], dtype=object))

    @property
    def bytes(self) -> int:
        return self.count * self.dtype.itemsize


def check(file: OpenFile, samples: Samples) -> None:
    """Refuse what is more than a file may ask for, or than it has; nothing is read or unpacked for it."""
    with file.scanning():
        if not samples.sizes or min(samples.sizes) <= 0:
            raise file.wrong(messages.FILE_NO_PIXELS, shape=" x ".join(map(str, samples.sizes)) or "a single number")
        if len(samples.sizes) > bounds.AXES.most:
            raise file.too_many(bounds.AXES)
        file.check(samples.count, bounds.PIXELS)
        if samples.skipped < FROM_END or samples.lines < 0 or (samples.packed and samples.skipped < 0):
            raise file.broken()
        with _opened(file, samples) as (_, size):
            promised = samples.bytes + max(samples.skipped, 0)
            file.check_promise(promised, size - max(samples.start, 0), "deflate" if samples.packed else "stored")


def read(file: OpenFile, samples: Samples, window: Window | None) -> np.ndarray:
    """The samples that were checked, in the axes that they are stored in, or a window of them."""
    with file.scanning(), _opened(file, samples) as (stream, size):
        start = _start(samples, stream, size)
        if samples.packed:
            stream.seek(start)
            found = np.empty(samples.sizes, samples.dtype)
            _unpack(stream, samples.skipped, found.reshape(-1).view(np.uint8).data)
        else:
            if start < 0 or start + samples.bytes > size:
                raise file.broken()
            found = mapped(stream, samples.dtype, samples.count, start).reshape(samples.sizes)
        return np.require(native(found if window is None else found[window]), requirements="A")


@contextmanager
def _opened(file: OpenFile, samples: Samples) -> Iterator[tuple[BinaryIO, int]]:
    """The file that has the samples, and its size."""
    if not samples.beside:
        yield file.stream, file.size
        return
    name = shown(samples.beside)
    try:
        other = open_file(file.find(samples.beside))
    except (FileNotFoundError, NotADirectoryError):
        raise file.wrong(messages.FILE_WITHOUT_SAMPLES, name=name) from None
    except IsADirectoryError:
        raise file.wrong(messages.FILE_REFUSED, reason=f"{name} is a folder") from None
    except OSError as error:
        raise file.wrong(messages.FILE_REFUSED, reason=f"{name}: {reason(error)}") from None
    with other:
        yield other, os.fstat(other.fileno()).st_size


def _start(samples: Samples, stream: BinaryIO, size: int) -> int:
    """The byte that the samples start at, or what is packed of them."""
    if FROM_END in (samples.start, samples.skipped):
        return size - samples.bytes
    stream.seek(samples.start)
    for _ in range(samples.lines):
        if not stream.readline(_LONGEST_LINE).endswith(b"\n"):
            raise EOFError
    return stream.tell() + (0 if samples.packed else samples.skipped)


def mapped(stream: BinaryIO, dtype: np.dtype, count: int, start: int) -> np.ndarray:
    """So many samples of a file that is not packed, one after another, without reading them."""
    held: Any
    if isinstance(stream, io.BytesIO):
        held = stream.getvalue()
    else:
        try:
            held = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError):  # a file system that maps nothing
            stream.seek(start)
            held, start = stream.read(count * dtype.itemsize), 0
    return np.frombuffer(held, dtype, count, start)


def _unpack(stream: BinaryIO, skipped: int, wanted: memoryview) -> None:
    """Fill a buffer with what a stream unpacks to behind some bytes; the sums at its end are checked."""
    place = -skipped
    for part in _unpacked(stream):
        if place < 0:
            passed = min(-place, len(part))
            part, place = part[passed:], place + passed
        kept = part[: len(wanted) - place] if place >= 0 else b""
        wanted[max(place, 0) : max(place, 0) + len(kept)] = kept
        place += len(kept)
        if place == len(wanted) and len(kept) < len(part):
            return  # there is more than was asked for
    if place < len(wanted):
        raise EOFError


def _unpacked(stream: BinaryIO) -> Iterator[bytes]:
    """What a stream unpacks to, some of it at a time."""
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
    packed = b""
    while True:
        if unpacker.eof:
            packed = unpacker.unused_data or stream.read(_BLOCK)
            if not packed.startswith(_GZIP):  # what is padded behind it
                return
            unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
        if not packed and not (packed := stream.read(_BLOCK)):
            raise EOFError
        part = unpacker.decompress(packed, _BLOCK)
        packed = unpacker.unconsumed_tail
        if part:
            yield part
