"""Reading: a file's format gives its pixels, and the text it carries."""

import os
from dataclasses import replace
from typing import BinaryIO

from maskexpr.files.decoding.format import Pixels
from maskexpr.files.images import several
from maskexpr.files.images.opening import Find, opened


def read(
    file: str | os.PathLike[str] | BinaryIO, *, kind: str | None = None, find: Find | None = None, part: str = ""
) -> Pixels:
    """What a picture file holds, exactly.

    Parameters
    ----------
    file : path or binary stream
        A PNG, JPEG, TIFF, BMP, GIF, .npy or .npz file, whatever its name; a stream need not be seekable. A folder or a
        pattern such as "ct/*.dcm" is the series of its files.
    kind : {"mask", "image", "colour", "labels"}, optional
        What the program takes the file for. "labels" and "image" keep the indices of a palette and the bare numbers of
        2- and 4-bit greys; "colour" keeps a palette of greys as colour.
    find : callable, optional
        The path of another file, by the name that this one gives it; by default it lies beside this one or below.
    part : str
        Which of several arrays in the file is asked for, by name.

    Returns
    -------
    Pixels
        Their array of shape (M, N) or (M, N, 3); several pages or frames are a stack along a new first axis.

    Raises
    ------
    FileError
        The file cannot be opened, is no image, is damaged, too large, or of a pixel type that cannot be read exactly.
    """
    if isinstance(file, str | os.PathLike) and several.is_several(file):
        source, notes = several.opened(file, kind)
        pixels = source.read(None)
        return replace(pixels, notes=(*notes, *pixels.notes))
    with opened(file, find, part) as found:
        return found.format.open(found, kind).read(None)


def read_text(file: str | os.PathLike[str] | BinaryIO) -> str | None:
    """The text of a PNG or TIFF file that maskexpr wrote; None if it has none, or another format.

    The text is as the file has it: from a stranger's file, it may be anything behind its prefix.

    Raises
    ------
    FileError
        The file cannot be opened, is no image, or is damaged as far as it was looked at; no pixel is.
    """
    with opened(file) as found, found.scanning():
        return found.format.text(found)
