"""What a file will hold, as far as its header says so: for what is asked before its pixels are needed."""

import os
from dataclasses import replace

import numpy as np

from maskexpr.files.decoding.format import Pixels, Source
from maskexpr.files.images import several
from maskexpr.files.images.opening import Find, opened


def read_blank(
    file: str | os.PathLike[str], *, kind: str | None = None, find: Find | None = None, part: str = ""
) -> Pixels:
    """The same as `read` gives, with zeros for samples, which take no memory before they are written to. Formats that
    are only decoded as a whole are.

    Raises
    ------
    FileError
        As for `read`, as far as the header tells.
    """
    if several.is_several(file):
        return _blank(several.opened(file, kind)[0])
    with opened(file, find, part) as found:
        return _blank((found.format.glance or found.format.open)(found, kind))


def _blank(source: Source) -> Pixels:
    pixels = Pixels(np.zeros(source.shape, source.dtype), source.colour)
    return replace(pixels, spacing=source.spacing, grid=source.grid)
