"""A file opened and told apart by its first bytes, before any decoder sees it."""

import io
import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError
from maskexpr.diagnostics.messages import Mistake

if TYPE_CHECKING:
    import numpy as np

MAX_PIXELS = 2**31
"""The most pixels that a file may declare, over all its pages."""

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"\x93NUMPY", "NPY"),
    (b"PK\3\4", "NPZ"),
    (b"PK\5\6", "NPZ"),
)
_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)
_FOREIGN = (
    (0, b"\x1f\x8b", "gzip-compressed (NIfTI?)"),
    (0, b"\x5c\x01\0\0", "NIfTI"),
    (128, b"DICM", "DICOM"),
    (8, b"WEBP", "WebP"),
    (0, b"\x89HDF", "HDF5"),
    (4, b"ftyp", "HEIF, AVIF or video"),
    (4, b"jP  ", "JPEG 2000"),
    (0, b"%PDF", "PDF"),
)
_HEAD = 132

# The most bytes of samples that one byte of a file can stand for.
_MOST_PER_BYTE = {"deflate": 1040, "LZW": 2800, "stored": 1}


@dataclass(frozen=True, slots=True)
class Picture:
    """What a file holds.

    Attributes
    ----------
    array : ndarray
        The samples in native byte order: bool for a 1-bit file, else the file's own type.
        2-D, or 3-D for a stack of pages; a colour file has a further last axis of 3 channels.
    colour : bool or None
        Whether the last axis is colour channels; None where the file does not say (.npy, .npz).
    notes : tuple of str
        What was done to the file's pixels on the way, in a user's words.
    """

    array: "np.ndarray"
    colour: bool | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A seekable file whose format is known; `name` is how messages call it."""

    stream: BinaryIO
    name: str
    format: str
    size: int

    def wrong(self, mistake: Mistake, **fields: object) -> FileError:
        """The error for a mistake found in this file."""
        return FileError(mistake.anywhere(path=self.name, **fields))

    def broken(self) -> FileError:
        return self.wrong(messages.FILE_BROKEN, format=self.format)

    def too_large(self) -> FileError:
        return self.wrong(messages.FILE_TOO_LARGE, limit=f"{MAX_PIXELS:,}")

    def check_pixels(self, pixels: int) -> None:
        """Refuse more pixels than the limit, over all pages."""
        if pixels > MAX_PIXELS:
            raise self.too_large()

    def check_promise(self, promised: int, stored: int, packing: str) -> None:
        """Refuse a header that promises more bytes of samples than the bytes in the file can unpack to."""
        if promised > stored * _MOST_PER_BYTE[packing]:
            raise self.broken()

    @contextmanager
    def decoding(self) -> Iterator[None]:
        """Run a decoder: whatever it raises is this file's fault, and its warnings are not the user's business."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                yield
            except (FileError, ImportError):
                raise
            except MemoryError as error:
                raise self.wrong(messages.FILE_NEEDS_MEMORY) from error
            except Exception as error:  # decoders fed hostile bytes raise nearly every type there is
                if type(error.__cause__ or error).__name__ == "DecompressionBombError":  # Pillow may not be loaded
                    raise self.too_large() from error
                if isinstance(error, OSError) and error.errno is not None:
                    raise self.wrong(messages.FILE_REFUSED, reason=reason(error)) from error
                raise self.broken() from error


@contextmanager
def opened(file: str | os.PathLike[str] | BinaryIO) -> Iterator[OpenFile]:
    """Open a path or take a binary stream, and tell its format."""
    if not isinstance(file, str | os.PathLike):
        yield _told_apart(file, stream_name(file))
        return
    name = shown(file)
    try:
        stream = open(file, "rb")  # noqa: SIM115 (closed below, outside what catches the errors of opening)
    except (OSError, ValueError) as error:
        raise _not_opened(file, error) from error
    with stream:
        yield _told_apart(stream, name)


def _told_apart(stream: BinaryIO, name: str) -> OpenFile:
    try:
        head = stream.read(_HEAD)
        if not head:
            raise FileError(messages.FILE_EMPTY.anywhere(path=name))
        format = _format(head, name)
        if not _is_regular(stream):
            stream = io.BytesIO(head + stream.read())
        stream.seek(0, os.SEEK_END)
        size = stream.tell()
        stream.seek(0)
    except OSError as error:
        raise FileError(messages.FILE_REFUSED.anywhere(path=name, reason=reason(error))) from error
    return OpenFile(stream, name, format, size)


def _is_regular(stream: BinaryIO) -> bool:
    if isinstance(stream, io.BytesIO):
        return True
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, AttributeError):
        return False


def _format(head: bytes, name: str) -> str:
    for magic, format in _MAGIC:
        if head.startswith(magic):
            return format
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "BMP"
    for offset, magic, foreign in _FOREIGN:
        if head[offset : offset + len(magic)] == magic:
            raise FileError(messages.FILE_FOREIGN.anywhere(path=name, format=foreign))
    raise FileError(messages.FILE_NO_IMAGE.anywhere(path=name, formats="PNG, JPEG, TIFF, BMP, GIF, .npy and .npz"))


def _not_opened(file: str | os.PathLike[str], error: OSError | ValueError) -> FileError:
    name = shown(file)
    if isinstance(error, IsADirectoryError):
        return FileError(messages.FILE_IS_FOLDER.anywhere(path=name))
    if isinstance(error, FileNotFoundError | NotADirectoryError) or not isinstance(error, OSError):
        mistake = messages.FILE_IS_URL if "://" in name else messages.FILE_MISSING
        return FileError(mistake.anywhere(path=name))
    return FileError(messages.FILE_REFUSED.anywhere(path=name, reason=reason(error)))


def shown(file: str | os.PathLike[str]) -> str:
    """A path on one line, safe for a terminal: what cannot be printed is escaped."""
    return printable(os.fsdecode(file))


def printable(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def stream_name(stream: BinaryIO) -> str:
    name = getattr(stream, "name", None)
    if name in ("<stdin>", 0):
        return "standard input"
    return printable(name) if isinstance(name, str) else "the stream"


def reason(error: OSError) -> str:
    """Why the system refused, in its own words: "permission denied"."""
    text = error.strerror or str(error) or type(error).__name__
    return text[:1].lower() + text[1:]
