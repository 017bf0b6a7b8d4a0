"""Reading: a file's format picks its decoder."""

import os
from typing import BinaryIO

from maskexpr.files.formats.opening import Picture, opened


def read(file: str | os.PathLike[str] | BinaryIO, *, kind: str | None = None) -> Picture:
    """What a picture file holds, exactly.

    Parameters
    ----------
    file : path or binary stream
        A PNG, JPEG, TIFF, BMP, GIF, .npy or .npz file, whatever its name; a stream need not be seekable.
    kind : {"mask", "image", "colour", "labels"}, optional
        What the program takes the file for. "labels" and "image" keep the indices of a palette and the bare numbers of
        2- and 4-bit greys; "colour" keeps a palette of greys as colour.

    Returns
    -------
    Picture
        Its array of shape (M, N) or (M, N, 3); several pages or frames are a stack along a new first axis.

    Raises
    ------
    FileError
        The file cannot be opened, is no image, is damaged, too large, or of a pixel type that cannot be read exactly.
    """
    with opened(file) as found:
        # Each decoder is imported where it is needed: reading a PNG should not pay for TIFF.
        match found.format:
            case "NPY" | "NPZ":
                from maskexpr.files.formats import npy

                return npy.decode(found)
            case "PNG":
                from maskexpr.files.formats import png

                return png.decode(found, kind)
            case "TIFF":
                from maskexpr.files.formats import tiff

                return tiff.decode(found, kind)
            case "GIF":
                from maskexpr.files.formats import gif

                return gif.decode(found, kind)
            case _:
                from maskexpr.files.formats import pixels

                return pixels.decode(found, kind, pixels.Layout())
