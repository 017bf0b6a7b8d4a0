"""Regular files opened to be read: no pipe or device, which may keep one waiting for ever."""

import os
import stat
from typing import BinaryIO

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError

_HANDED_OVER = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")


def open_file(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a file to read it: no pipe or device, which may keep one waiting for ever, but for what this process has
    open already, as a shell's `<(...)` is.

    Raises
    ------
    FileError
        It is a pipe or device.
    OSError, ValueError
        It cannot be opened.
    """
    return open(path, "rb", opener=_descriptor)


def is_handed_over(path: str | os.PathLike[str]) -> bool:
    """Whether a path is one of what this process was started with."""
    return os.path.abspath(path).startswith(_HANDED_OVER)


def _descriptor(path: str, flags: int) -> int:
    """Opened without waiting for who is to write into a pipe."""
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    try:
        mode = os.fstat(descriptor).st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or is_handed_over(path)):
            what = "a pipe" if stat.S_ISFIFO(mode) else "a device"
            raise FileError(messages.FILE_IS_PIPE.anywhere(path=path, what=what))
        if hasattr(os, "O_NONBLOCK"):
            os.set_blocking(descriptor, True)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
