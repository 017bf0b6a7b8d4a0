"""What messages call a file, and why the system refused it."""

import os
from typing import BinaryIO

from maskexpr.diagnostics.printing import printable


def shown(file: str | os.PathLike[str]) -> str:
    """A path on one line, safe for a terminal: what cannot be printed is escaped."""
    return printable(os.fsdecode(file))


def parted(path: str | os.PathLike[str], folder: str | os.PathLike[str] = "") -> tuple[str, str]:
    """A path, and the name behind its last colon of one of several arrays in the file: "f.npz:images". A file that is
    called so is the file itself; so is what does not exist, or a drive of Windows."""
    text = os.fsdecode(path)
    before, colon, part = text.rpartition(":")
    if not colon or not part or os.path.lexists(os.path.join(folder, text)):
        return text, ""
    return (before, part) if os.path.isfile(os.path.join(folder, before)) else (text, "")


def stream_name(stream: BinaryIO) -> str:
    name = getattr(stream, "name", None)
    if name in ("<stdin>", 0):
        return "standard input"
    return printable(name) if isinstance(name, str) else "the stream"


def reason(error: OSError) -> str:
    """Why the system refused, in its own words: "permission denied"."""
    text = error.strerror or str(error) or type(error).__name__
    return text[:1].lower() + text[1:]
