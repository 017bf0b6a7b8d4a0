"""Files for callers in Python: what the commands read and write, as arrays that say where they lie."""

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from maskexpr.checker import binding
from maskexpr.checker.image import Image, in_order_of
from maskexpr.checker.missing import number_for_none
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import InputError
from maskexpr.display.views import with_kind
from maskexpr.files import images, outputs, programs, tables
from maskexpr.files.access import Access
from maskexpr.kinds.kind import SEGMENTATIONS, Kind, shape_text
from maskexpr.kinds.table import Table
from maskexpr.program.steps import InputInfo

_AS_STATED: Any = object()


def read(
    path: str | os.PathLike[str], *, kind: str | None = None, spacing: Any = None, nodata: Any = _AS_STATED
) -> Image:
    """What a file holds, as the commands read it: its array with spacing, axes and place, as an input of programs.

    Axes come in the order t, z, y, x, channels last, whatever the file has; the array may be a view.

    Parameters
    ----------
    path : path
        A file, a folder or a pattern of the files of one DICOM series, or `f.npz:name` for one array of several.
    kind : {"image", "mask", "colour", "labels"}, optional
        What the file is taken for, as by `input NAME: KIND`.
    spacing : number, text such as "0.5mm", or a sequence of them, optional
        The size of a pixel in place of the one that the file states.
    nodata : number or None, optional
        What the file stores where there is no data, in place of what it says; None for nowhere.

    Raises
    ------
    FileError
        The file cannot be opened, is no image, is damaged, too large, or of a pixel type that cannot be read exactly.

    >>> import tempfile
    >>> path = tempfile.mkdtemp() + "/m.npy"
    >>> maskexpr.write(path, np.array([[True, False]]))
    >>> maskexpr.evaluate("area(m)", m=maskexpr.read(path, kind="mask"))
    1
    """
    pixels, _ = programs.read_input(InputInfo("the image", kind), Path(path), Access())
    image = programs.as_image(pixels, None)
    if nodata is not _AS_STATED:
        image = replace(image, valid=None, nodata=nodata)
    if kind is not None:
        image = replace(image, kind=kind)
    return image if spacing is None else replace(image, spacing=spacing)


def write(path: str | os.PathLike[str], array: Any, *, like: Any = None, kind: str | None = None) -> None:
    """Write an array or a table as the commands write it, whole or not at all: in the format that the name ends in, and
    exactly.

    A table goes to .csv, .tsv, .json or, with `pip install 'maskexpr[tables]'`, .parquet. Numbers have as many digits
    as it takes to read them back; what is nan is an empty cell in CSV and TSV, and null in JSON, as inf is there. JSON
    is one object with an array for each column, by its name. pandas reads these very numbers by `read_parquet(path)`,
    `read_csv(path)`, before pandas 3 with `float_precision="round_trip"`, and `DataFrame(json.load(file))`.

    Parameters
    ----------
    path : path
        A file of that name is replaced.
    array : array_like, maskexpr.Image, image of SimpleITK or nibabel, or maskexpr.Table
        Of bools it is a mask, of int32 without negative values labels, as programs give them; else an image, in colour
        if it looks like one. What says where its pixels lie is written there.
    like : the same, optional
        An image of the same shape that says where the pixels lie, such as the one that a mask was made from: its axes,
        spacing and place are written, as far as the format can. An array has its axes in the order of that one's.
    kind : {"image", "mask", "colour", "labels"}, optional
        What the array is, where its type does not say it.

    Raises
    ------
    InputError
        The array is none of these, or of another shape than `like`; or a table has a kind or `like`.
    FileError
        The format cannot hold the array exactly, or the file cannot be written.

    >>> import tempfile
    >>> path = tempfile.mkdtemp() + "/m.npy"
    >>> maskexpr.write(path, np.array([[2, 0, 7]]), kind="labels")
    >>> np.load(path)
    array([[2, 0, 7]], dtype=uint8)
    >>> import pathlib
    >>> path = tempfile.mkdtemp() + "/cells.csv"
    >>> maskexpr.write(path, maskexpr.Table({"label": np.array([1, 2]), "area": np.array([12, 40])}))
    >>> print(pathlib.Path(path).read_text())
    label,area
    1,12
    2,40
    """
    if isinstance(array, Table):
        if like is not None or kind is not None:
            raise InputError(messages.WRITE_TABLE_PLAIN.anywhere())
        tables.write(path, array)
        return
    array = in_order_of(array, like)
    value, found = with_kind(array, "the array", kind)
    if not found.is_array:
        raise InputError(messages.WRITE_NO_ARRAY.anywhere(found=found.word))
    valid = binding.valid(array, "the array", found.name)
    placed = found if like is None else _place_of(like, found)
    number = None
    if valid is not None and found.name not in SEGMENTATIONS:
        value, number = _filled(value, valid, (found.nodata, placed.nodata))
    outputs.write_raster(path, images.Raster(value, found.name, placed.spacing, placed.grid, valid, number))


def _place_of(like: Any, found: Kind) -> Kind:
    """What another image says of where the pixels lie."""
    placed = with_kind(like, "like")[1]
    if placed.shape != found.shape:
        shapes = {"like": shape_text(placed.shape or ()), "array": shape_text(found.shape or ())}
        raise InputError(messages.WRITE_LIKE_SHAPE.anywhere(**shapes))
    differ = found.grid and placed.grid and found.grid.difference(placed.grid, found.shape or ())
    if differ:
        raise InputError(messages.WRITE_LIKE_PLACE.anywhere(difference=differ))
    grid = placed.grid and replace(placed.grid, channels=found.grid.channels if found.grid else ())
    return replace(placed, grid=grid)


def _filled(
    array: np.ndarray[Any, Any], valid: np.ndarray[Any, Any], numbers: Iterable[float | None]
) -> tuple[Any, float]:
    """An image with a number where it lacks data."""
    number = number_for_none(array, valid, numbers)
    if number is None:
        raise InputError(messages.WRITE_NODATA.anywhere(dtype=array.dtype))
    spread = valid if valid.ndim == array.ndim else valid[..., np.newaxis]
    return np.where(spread, array, array.dtype.type(number)), number
