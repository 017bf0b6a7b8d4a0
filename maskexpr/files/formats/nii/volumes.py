"""NIfTI files as sources: one file, packed or not, or a header with its samples in another file beside it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Literal

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.files.decoding import bounds, texts
from maskexpr.files.decoding.format import OpenFile, Pixels, Source, Window
from maskexpr.files.decoding.naming import reason, shown
from maskexpr.files.formats.nii import samples
from maskexpr.files.formats.nii.headers import LONGEST, Header, read_header
from maskexpr.files.formats.nii.places import stated
from maskexpr.files.formats.nii.samples import Unpacked

_GZIP = b"\x1f\x8b"
_COMMENT = 6  # the code of an extension that is plain text
_EXTENSIONS = 64  # that are looked through for a text


def open_volume(file: OpenFile, kind: str | None) -> Source:
    """What a file holds, by its header alone."""
    _check_nibabel(file)
    with file.scanning():
        header = read_header(file, _head(file))
        state = stated(header.fields, header.kept)
    ending = _Ending(file, header)
    with ending.opened() as (stream, size):
        _check_promise(file, header, stream, size)
    dtype = samples.taken_type(header)
    notes = (*header.notes, *samples.note_of(header), *state.notes)
    colour = bool(header.colours) or header.vector > 1
    shape = samples.in_order(np.broadcast_to(np.uint8(0), header.bytes // header.stored.itemsize), header).shape

    def read(window: Window | None) -> Pixels:
        with ending.opened() as (stream, _), file.decoding("nibabel"):
            array = _array(stream, header, window)
        return Pixels(array, colour, notes, state.spacing, state.grid)

    return Source(shape, dtype, read, colour, state.spacing, state.grid)


def read_text(file: OpenFile) -> str | None:
    """The text of ours that a file carries as a comment among the extensions of its header."""
    stream: Unpacked | BinaryIO = Unpacked(file.stream) if _is_packed(file.stream) else file.stream
    head = stream.read(LONGEST)
    length = 348 if head[344:348] == b"n+1\0" else 540
    if not head[length : length + 1].strip(b"\0"):
        return None
    order: Literal["little", "big"] = "little" if head[:4] in (b"\x5c\1\0\0", b"\x1c\2\0\0") else "big"
    left, head = head[length + 4 :], b""
    for _ in range(_EXTENSIONS):
        left += stream.read(8 - len(left)) if len(left) < 8 else b""
        size, code = (int.from_bytes(left[start : start + 4], order) for start in (0, 4))
        if size < 16 or size > bounds.METADATA.most:
            return None
        left += stream.read(size - len(left)) if len(left) < size else b""
        text = texts.told(left[8:size].rstrip(b"\0 ")) if code == _COMMENT and size <= bounds.MOST_TEXT + 32 else None
        if text is not None:
            return text
        left = left[size:]
    return None


def _check_nibabel(file: OpenFile) -> None:
    try:
        import nibabel  # noqa: F401
    except ImportError:
        raise file.wrong(messages.FILE_NEEDS_MEDICAL, format="NIfTI", package="nibabel") from None


def _is_packed(stream: BinaryIO) -> bool:
    stream.seek(0)
    head = stream.read(2)
    stream.seek(0)
    return head == _GZIP


def _head(file: OpenFile) -> bytes:
    if not _is_packed(file.stream):
        return file.stream.read(LONGEST)
    return Unpacked(file.stream).read(LONGEST)


def _check_promise(file: OpenFile, header: Header, stream: BinaryIO, size: int) -> None:
    """Refuse a header that promises samples which are not there."""
    promised = header.offset + header.bytes
    file.check_promise(promised, size, "deflate" if _is_packed(stream) else "stored")


@dataclass(frozen=True, slots=True, eq=False)
class _Ending:
    """Where the samples are: in the file of the header, or in the one beside it."""

    file: OpenFile
    header: Header

    @contextmanager
    def opened(self) -> Iterator[tuple[BinaryIO, int]]:
        if self.header.is_single:
            yield self.file.stream, self.file.size
            return
        with self._other() as stream:
            yield stream, os.fstat(stream.fileno()).st_size

    def _other(self) -> BinaryIO:
        path = self._path()
        name = shown(os.path.basename(path))
        try:
            return open(path, "rb")
        except FileNotFoundError:
            raise self.file.wrong(messages.FILE_WITHOUT_SAMPLES, name=name) from None
        except OSError as error:
            raise self.file.wrong(messages.FILE_REFUSED, reason=f"{name}: {reason(error)}") from None

    def _path(self) -> str:
        """Of the file of samples: named as the header, and packed or not."""
        name = os.path.basename(str(getattr(self.file.stream, "name", self.file.name)))
        stem = name.removesuffix(".gz")
        stem = stem[:-4] if stem.lower().endswith(".hdr") else stem
        ending = ".IMG" if ".HDR" in name else ".img"
        paths = [self.file.find(stem + ending + packed) for packed in ("", ".gz")]
        return next((path for path in paths if os.path.exists(path)), paths[0])


def _array(stream: BinaryIO, header: Header, window: Window | None) -> np.ndarray:
    if not _is_packed(stream):
        stored = samples.in_order(samples.mapped(stream, header), header)
        return samples.unmapped(stored if window is None else stored[window], header)
    unpacking = Unpacked(stream)
    unpacking.skip(header.offset)
    whole = samples.in_order(samples.unpacked(unpacking, header), header)
    return whole if window is None else whole[window]
