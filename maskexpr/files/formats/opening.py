"""A file opened and told apart by its first bytes, before any decoder sees it."""

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError
from maskexpr.files.formats import table
from maskexpr.files.formats.format import Format, OpenFile
from maskexpr.files.formats.naming import reason, shown, stream_name

# What is known by its first bytes, from some place on, and not read.
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


def _format(head: bytes, name: str) -> Format:
    format = table.begun_by(head, os.path.splitext(name)[1].lower())
    if format is not None:
        return format
    for offset, magic, foreign in _FOREIGN:
        if head[offset : offset + len(magic)] == magic:
            raise FileError(messages.FILE_FOREIGN.anywhere(path=name, format=foreign))
    raise FileError(messages.FILE_NO_IMAGE.anywhere(path=name, formats=table.listed()))


def _not_opened(file: str | os.PathLike[str], error: OSError | ValueError) -> FileError:
    name = shown(file)
    if isinstance(error, IsADirectoryError):
        return FileError(messages.FILE_IS_FOLDER.anywhere(path=name))
    if isinstance(error, FileNotFoundError | NotADirectoryError) or not isinstance(error, OSError):
        mistake = messages.FILE_IS_URL if "://" in name else messages.FILE_MISSING
        return FileError(mistake.anywhere(path=name))
    return FileError(messages.FILE_REFUSED.anywhere(path=name, reason=reason(error)))
