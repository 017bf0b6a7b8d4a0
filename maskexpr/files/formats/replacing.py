"""Files that are replaced whole or left alone: the new one is complete on the disk before the old one goes."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError
from maskexpr.files.formats.naming import reason, shown

_DEVICES = ("/dev/", "/proc/")
_FILES_ALL_THE_SAME = ("/dev/shm/",)


def is_no_file(path: str) -> bool:
    """Whether a path is of a device or pipe: it is written to as it is, and never made."""
    absolute = os.path.abspath(path)
    if absolute.startswith(_DEVICES) and not absolute.startswith(_FILES_ALL_THE_SAME):
        return True  # /dev/stdout too, where it leads to a file
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def put(path: str | os.PathLike[str], data: bytes) -> None:
    """Write bytes to a file, whole or not at all; through a symbolic link, to the file it leads to.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    with refusals(shown(path)):
        _replace(os.path.realpath(path), data)


def _replace(target: str, data: bytes) -> None:
    known = os.stat(target) if os.path.exists(target) else None
    if known is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    temporary = os.path.join(folder, f".maskexpr-{os.urandom(8).hex()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(descriptor)
        if known is not None:
            os.chmod(temporary, stat.S_IMODE(known.st_mode))
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


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
