"""Where the lines of earlier sessions are kept: a folder that only this user can read."""

import os
import sys
from pathlib import Path

_MOST_BYTES = 2**20  # what is older goes when a session starts


def kept_file(name: str) -> Path | None:
    """A file of the user's state folder that can be read and written; None if there can be none."""
    try:
        folder = _state_folder() / "maskexpr"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / name
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600))
        _shorten(path)
    except (OSError, RuntimeError):  # a home that is unknown is the latter
        return None
    return path


def _state_folder() -> Path:
    given = os.environ.get("XDG_STATE_HOME", "")
    if os.path.isabs(given):
        return Path(given)
    if sys.platform == "win32" and os.environ.get("LOCALAPPDATA"):
        return Path(os.environ["LOCALAPPDATA"])
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path.home() / ".local" / "state"


def _shorten(path: Path) -> None:
    """Keep the last lines of a file that has grown large."""
    if path.stat().st_size > _MOST_BYTES:
        lines = path.read_bytes()[-_MOST_BYTES // 2 :].splitlines(keepends=True)
        path.write_bytes(b"".join(lines[1:]))
