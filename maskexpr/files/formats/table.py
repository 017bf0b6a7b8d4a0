"""The formats there are, a line each. What one of them can do its own module declares."""

import importlib
from collections.abc import Iterator
from typing import NamedTuple

from maskexpr.files.formats.format import Format, Writing


class Lazy(NamedTuple):
    """A format that is imported when it is first asked for: reading a PNG should not pay for TIFF."""

    module: str
    endings: tuple[str, ...]  # of its files, the first that of those written

    @property
    def ending(self) -> str:
        return self.endings[0]

    @property
    def format(self) -> Format:
        format: Format = importlib.import_module(self.module).FORMAT
        return format


# In the order that messages list them in, and that a file without a telling name is tried in.
FORMATS = (
    Lazy("maskexpr.files.formats.png", (".png",)),
    Lazy("maskexpr.files.formats.jpeg", (".jpg", ".jpeg", ".jpe", ".jfif")),
    Lazy("maskexpr.files.formats.tiff", (".tif", ".tiff")),
    Lazy("maskexpr.files.formats.bmp", (".bmp",)),
    Lazy("maskexpr.files.formats.gif", (".gif",)),
    Lazy("maskexpr.files.formats.npy", (".npy",)),
    Lazy("maskexpr.files.formats.npz", (".npz",)),
)
ENDINGS = tuple(ending for lazy in FORMATS for ending in lazy.endings)


def of_ending(ending: str) -> Lazy | None:
    """The format of files whose names end so."""
    return next((lazy for lazy in FORMATS if ending in lazy.endings), None)


def begun_by(head: bytes, ending: str) -> Format | None:
    """The format of a file from its first bytes; its name only says which to try first."""
    likely_first = sorted(FORMATS, key=lambda lazy: ending not in lazy.endings)
    return next((lazy.format for lazy in likely_first if lazy.format.begins(head)), None)


def written() -> Iterator[tuple[str, Writing]]:
    """How results may be written, each with the ending of its files."""
    for lazy in FORMATS:
        if lazy.format.writing is not None:
            yield lazy.ending, lazy.format.writing


def listed() -> str:
    """Those that are read, for a message: PNG, TIFF and .npy."""
    *names, last = (lazy.format.listed or lazy.format.name for lazy in FORMATS)
    return f"{', '.join(names)} and {last}"
