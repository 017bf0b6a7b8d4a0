"""Where the lines of earlier sessions are kept: a folder that only this user can read."""

import os
import stat
from pathlib import Path

from maskexpr.language.folders import state_folder

_MOST_BYTES = 2**20  # what is older goes when a session starts


def kept_file(name: str) -> Path | None:
    """A file of the user's state folder that can be read and written; None if there can be none."""
    base = state_folder()
    if base is None:
        return None
    folder = base / "maskexpr"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / name
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0), 0o600)
        is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
        os.close(descriptor)
        if not is_file:  # a pipe would be waited for
            return None
        _shorten(path)
    except OSError:
        return None
    return path


def _shorten(path: Path) -> None:
    """Keep the last lines of a file that has grown large."""
    if path.stat().st_size > _MOST_BYTES:
        lines = path.read_bytes()[-_MOST_BYTES // 2 :].splitlines(keepends=True)
        path.write_bytes(b"".join(lines[1:]))
