"""The folders that a person's programs may keep things in, where there are any."""

import os
import sys
from pathlib import Path


def cache_folder() -> Path | None:
    """What can be made again: `~/.cache`, or as XDG_CACHE_HOME says."""
    return _folder("XDG_CACHE_HOME", ".cache")


def state_folder() -> Path | None:
    """What was typed, and the like: `~/.local/state`, or as XDG_STATE_HOME says, or what the system has for it."""
    return _folder("XDG_STATE_HOME", *(_OF_MAC if sys.platform == "darwin" else (".local", "state")))


_OF_MAC = ("Library", "Application Support")


def _folder(variable: str, *below_home: str) -> Path | None:
    """A path that is not absolute counts as none, as the XDG specification has it: it would be another folder wherever
    a command runs, and nobody expands a ~ in it."""
    given = os.environ.get(variable, "")
    if os.path.isabs(given):
        return Path(given)
    local = os.environ.get("LOCALAPPDATA", "") if sys.platform == "win32" else ""
    if os.path.isabs(local):
        return Path(local)
    home = os.path.expanduser("~")  # left as it is for a user that the system does not know
    return Path(home, *below_home) if os.path.isabs(home) and os.environ.get("HOME") != "" else None
