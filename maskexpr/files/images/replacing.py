"""Files that are replaced whole or left alone: the new one is complete on the disk before the old one goes."""

import errno
import functools
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError
from maskexpr.files.decoding.format import Piece
from maskexpr.files.decoding.naming import reason, shown

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_PREFIX, _ENDING = ".maskexpr-", ".tmp"  # of what is being written
_DEVICES = ("/dev/", "/proc/")
_FILES_ALL_THE_SAME = ("/dev/shm/",)

_being_written: set[str] = set()  # by any thread of this process


def is_no_file(path: str) -> bool:
    """Whether a path is of a device or pipe: it is written to as it is, and never made."""
    absolute = os.path.abspath(path)
    if absolute.startswith(_DEVICES) and not absolute.startswith(_FILES_ALL_THE_SAME):
        return True  # /dev/stdout too, where it leads to a file
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def open_as_it_is(path: str) -> BinaryIO:
    """Open a device or pipe to write to it, without waiting for who is to read from a pipe: nobody may ever."""
    return open(path, "wb", opener=_descriptor)


def _descriptor(path: str, flags: int) -> int:
    try:
        descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o666)
    except OSError as error:
        if error.errno == errno.ENXIO and stat.S_ISFIFO(os.stat(path).st_mode):
            raise FileError(messages.FILE_PIPE_UNREAD.anywhere(path=shown(path))) from None
        raise
    if hasattr(os, "O_NONBLOCK"):
        os.set_blocking(descriptor, True)
    return descriptor


def deliver(path: str | os.PathLike[str], encoded: Callable[[bool], Iterable[Piece]]) -> None:
    """Write what is encoded to a file as `put` does, or to a device or pipe as it is, which `encoded` is told.

    Raises
    ------
    FileError
        The path is of a folder, or cannot be written to.
    """
    name, target = shown(path), os.fsdecode(path)
    if os.path.isdir(target):
        raise FileError(messages.FILE_TARGET_IS_FOLDER.anywhere(path=name))
    as_it_is = is_no_file(target)
    if as_it_is and not os.path.exists(target):
        raise FileError(messages.FILE_NOT_WRITTEN.anywhere(path=name, reason="there is no such device"))
    pieces = encoded(as_it_is)
    if not as_it_is:
        put(target, *pieces)
        return
    with refusals(name), open_as_it_is(target) as stream:
        stream.writelines(pieces)


def put(path: str | os.PathLike[str], *pieces: Piece) -> None:
    """Write bytes to a file, whole or not at all; through a symbolic link, to the file it leads to.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    with refusals(shown(path)):
        _replace(os.path.realpath(path), pieces)


def _replace(target: str, pieces: Iterable[Piece]) -> None:
    known = os.stat(target) if os.path.exists(target) else None
    if known is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    _tidy(folder)
    temporary, stream = _unfinished(folder)
    _being_written.add(temporary)
    try:
        with stream:
            stream.writelines(pieces)
            stream.flush()
            os.fsync(stream.fileno())
            if known is not None:
                os.chmod(temporary, stat.S_IMODE(known.st_mode))
            if fcntl is not None:  # while it is locked still
                os.replace(temporary, target)
        if fcntl is None:  # no open file can be replaced there
            os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    finally:
        _being_written.discard(temporary)


def drop_unfinished() -> None:
    """Remove what other threads are writing, in a process that is about to end under them."""
    for path in tuple(_being_written):
        with suppress(OSError):
            os.unlink(path)


def _unfinished(folder: str) -> tuple[str, BinaryIO]:
    """A new file, locked as long as it is open: so the next process knows whether this one still lives."""
    while True:
        path = os.path.join(folder, f"{_PREFIX}{os.urandom(8).hex()}{_ENDING}")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        if _is_ours(descriptor):
            return path, open(descriptor, "wb")
        os.close(descriptor)


def _is_ours(descriptor: int) -> bool:
    """Lock a new file; False if another process took it for left over before it was locked."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks, where nobody else gets one either
        return True
    return os.fstat(descriptor).st_nlink > 0


@functools.cache
def _tidy(folder: str) -> None:
    """Remove what processes that died while they wrote have left in a folder, once a process."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(_PREFIX) and entry.name.endswith(_ENDING):
                with suppress(OSError):
                    _remove_left_over(entry.path)


def _remove_left_over(path: str) -> None:
    """Remove an unfinished file that nobody has locked. One that is open somewhere cannot be removed without locks."""
    if fcntl is None:
        os.unlink(path)
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(path)
    finally:
        os.close(descriptor)


@contextmanager
def refusals(name: str) -> Iterator[None]:
    """Writing to a file: what the system refuses becomes an error that says so."""
    try:
        yield
    except ValueError as error:  # a NUL in the path
        raise FileError(messages.FILE_NOT_WRITTEN.anywhere(path=name, reason="the name is not valid")) from error
    except OSError as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            folder = os.path.dirname(name) or "."
            raise FileError(messages.FILE_NO_FOLDER.anywhere(path=name, folder=folder)) from error
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise FileError(messages.FILE_DISK_FULL.anywhere(path=name)) from error
        raise FileError(messages.FILE_NOT_WRITTEN.anywhere(path=name, reason=reason(error))) from error
