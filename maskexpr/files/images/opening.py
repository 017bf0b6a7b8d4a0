"""A file opened and told apart by its first bytes, before any decoder sees it."""

import functools
import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError
from maskexpr.diagnostics.printing import printable
from maskexpr.files.decoding import bounds
from maskexpr.files.decoding.format import Format, OpenFile
from maskexpr.files.decoding.naming import reason, shown, stream_name
from maskexpr.files.decoding.regular import is_handed_over as is_handed_over
from maskexpr.files.decoding.regular import open_file as open_file
from maskexpr.files.images import table

# What is known by its first bytes, from some place on, and not read.
_FOREIGN = (
    (0, b"\x1f\x8b", "gzip-compressed (NIfTI?)"),
    (0, b"\x5c\x01\0\0", "NIfTI"),
    (0, b"P7\n", "PAM"),
    (0, b"\x89HDF", "HDF5"),
    (4, b"ftyp", "HEIF, AVIF or video"),
    (4, b"jP  ", "JPEG 2000"),
    (0, b"%PDF", "PDF"),
)
Find = Callable[[str], str]

_HEAD = 352
_BLOCK = 2**20


@contextmanager
def opened(file: str | os.PathLike[str] | BinaryIO, find: Find | None = None, part: str = "") -> Iterator[OpenFile]:
    """Open a path or take a binary stream, and tell its format.

    `find` says which path is meant by a file's name for another one; without it that has to lie beside the file, or
    below its folder. `part` is which of several arrays in it is asked for.
    """
    if not isinstance(file, str | os.PathLike):
        name = stream_name(file)
        yield _told_apart(file, name, functools.partial(_no_other, name), part)
        return
    found = functools.partial(_beside, os.fsdecode(file)) if find is None else find
    try:
        stream = open_file(file)
    except (OSError, ValueError) as error:
        raise not_opened(file, error) from error
    with stream:
        yield _told_apart(stream, shown(file), found, part)


def format_of(path: str) -> Format | None:
    """The format of a file, None if it is of none that is known."""
    try:
        with open_file(path) as stream:
            return table.begun_by(stream.read(_HEAD), table.ending_of(path))
    except OSError as error:
        raise not_opened(path, error) from error


def _told_apart(stream: BinaryIO, name: str, find: Find, part: str) -> OpenFile:
    try:
        head = stream.read(_HEAD)
        if not head:
            raise FileError(messages.FILE_EMPTY.anywhere(path=name))
        format = _format(head, name)
        if not _is_regular(stream):
            stream = held(stream, name, head)
        stream.seek(0, os.SEEK_END)
        size = stream.tell()
        stream.seek(0)
    except OSError as error:
        raise FileError(messages.FILE_REFUSED.anywhere(path=name, reason=reason(error))) from error
    if part and not format.has_parts:
        raise FileError(messages.FILE_NO_PARTS.anywhere(path=name, format=format.name, part=printable(part)))
    return OpenFile(stream, name, format, size, find, part)


def _beside(path: str, name: str) -> str:
    """The path of a file that one names which nobody vouches for: beside it or below, links followed."""
    folder = os.path.dirname(path)
    target = os.path.join(folder, name)
    real = os.path.realpath(folder or os.curdir)
    if "\0" in name or os.path.commonpath([real, os.path.realpath(target)]) != real:
        raise FileError(messages.FILE_NAMES_OUTSIDE.anywhere(path=shown(path), name=shown(name)))
    return target


def _no_other(path: str, name: str) -> str:
    raise FileError(messages.FILE_NAMES_FROM_STREAM.anywhere(path=path, name=shown(name)))


def held(stream: BinaryIO, name: str, head: bytes = b"") -> io.BytesIO:
    """What comes through a pipe, which may have no end."""
    found = io.BytesIO()
    found.write(head)
    while block := stream.read(_BLOCK):
        found.write(block)
        if found.tell() > bounds.STREAM.most:
            fields = {"limit": f"{bounds.STREAM.most:,}", "what": bounds.STREAM.what, "way_out": bounds.STREAM.way_out}
            raise FileError(messages.FILE_TOO_LARGE.anywhere(path=name, **fields))
    return found


def _is_regular(stream: BinaryIO) -> bool:
    if isinstance(stream, io.BytesIO):
        return True
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, AttributeError):
        return False


def _format(head: bytes, name: str) -> Format:
    format = table.begun_by(head, table.ending_of(name))
    if format is not None:
        return format
    for offset, magic, foreign in _FOREIGN:
        if head[offset : offset + len(magic)] == magic:
            raise FileError(messages.FILE_FOREIGN.anywhere(path=name, format=foreign))
    raise FileError(messages.FILE_NO_IMAGE.anywhere(path=name, formats=table.listed()))


def not_opened(file: str | os.PathLike[str], error: OSError | ValueError) -> FileError:
    name = shown(file)
    if isinstance(error, IsADirectoryError):
        return FileError(messages.FILE_IS_FOLDER.anywhere(path=name))
    if isinstance(error, FileNotFoundError | NotADirectoryError) or not isinstance(error, OSError):
        mistake = messages.FILE_IS_URL if "://" in name else messages.FILE_MISSING
        return FileError(mistake.anywhere(path=name))
    return FileError(messages.FILE_REFUSED.anywhere(path=name, reason=reason(error)))
