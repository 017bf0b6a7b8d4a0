"""Writing: the formats that can hold a result exactly."""

import importlib.util
import os
from dataclasses import replace

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError
from maskexpr.files.decoding import texts
from maskexpr.files.decoding.format import Piece, Raster, Writing
from maskexpr.files.decoding.naming import shown
from maskexpr.files.images import table
from maskexpr.files.images.replacing import deliver
from maskexpr.kinds.grid import Grid, Place

_PLAINEST = (".png", ".tif")  # the first to be named or chosen
_IN_A_PATIENT = ".nii.gz"
_LOSSY = (".webp", ".jp2", ".avif", ".heic")  # beside the formats that are read and not written


def write(path: str | os.PathLike[str], raster: Raster, *, text: str = "") -> None:
    """Write a result to a file, whole or not at all.

    A file of that name is replaced only once the new one is complete on the disk; through a symbolic link, the file it
    leads to is. A device or pipe is written to as it is; a pipe that nobody reads is refused.

    Parameters
    ----------
    path : path
        Its ending picks the format; a device without one gets what `suffix_for` says.
    raster : Raster
        The result. A mask is stored as 0 and 255, in some formats as 0 and 1; labels as the smallest unsigned type.
    text : str
        What PNG, TIFF and NIfTI files carry beside the pixels, as `texts` has it; other formats leave it out.

    Raises
    ------
    FileError
        The format cannot hold the array exactly, or the file cannot be written.
    """
    name, suffix = shown(path), table.ending_of(os.fsdecode(path))

    def encoded(as_it_is: bool) -> list[Piece]:
        return _encoded(raster, suffix or suffix_for(raster) if as_it_is else suffix, name, text)

    deliver(path, encoded)


def encode(raster: Raster, suffix: str, *, name: str = "standard output", text: str = "") -> bytes:
    """The bytes of a file in the format of `suffix`, as `write` would put them; `name` is for messages."""
    return b"".join(_encoded(raster, suffix, name, text))


def check_ending(ending: str, *, name: str) -> None:
    """Refuse an ending of which no file is written, whatever it is to hold; `name` is for messages."""
    _format(ending.lower(), name)


def _encoded(raster: Raster, suffix: str, name: str, text: str) -> list[Piece]:
    if text:
        texts.refuse_unreadable(text)
    ending, format = _format(suffix.lower(), name)
    stored = _stored(raster, format)
    if not format.holds(stored):
        what = "colour " if raster.kind == "colour" else ""
        what += f"{stored.array.dtype.name} of shape {' x '.join(map(str, stored.array.shape))}"
        offered = [known for known in _written() if not known[1].is_medical or _is_in_a_patient(raster)]
        able = [other for other, writing in offered if writing.holds(_stored(raster, writing))]
        raise FileError(messages.FILE_CANNOT_HOLD.anywhere(path=name, suffix=ending, what=what, able=_listed(able)))
    try:
        data = format.encode(replace(stored, array=_with_one_nan(stored.array), text=text))
    except ImportError as missing:
        raise FileError(messages.FILE_WRITER_MISSING.anywhere(path=name, suffix=ending, package=missing.name)) from None
    if isinstance(data, bytes):
        data = [format.with_text(data, text) if text and format.with_text is not None else data]
    return data


def _format(suffix: str, name: str) -> tuple[str, Writing]:
    """How files of some ending are written, and the plainest ending that they have."""
    found = table.of_ending(suffix)
    if found is not None and found.writing is None and found.series is not None:
        raise FileError(messages.DICOM_NOT_WRITTEN.anywhere(path=name, suffix=suffix))
    if suffix in _LOSSY or (found is not None and found.writing is None):
        raise FileError(messages.FILE_LOSSY.anywhere(path=name, suffix=suffix))
    if found is None or found.writing is None:
        endings = ", ".join(ending for ending, _ in _written())
        raise FileError(messages.FILE_SUFFIX.anywhere(path=name, suffixes=endings))
    return found.ending, found.writing


def _written() -> list[tuple[str, Writing]]:
    return sorted(table.written(), key=lambda known: known[0] not in _PLAINEST)


def suffix_for(raster: Raster) -> str:
    """The plainest format that holds the result exactly: ".png", else ".tif", else ".npy"; for a volume that lies in a
    patient ".nii.gz", if it can be read here, so that it stays there."""
    for suffix in (_IN_A_PATIENT, *_PLAINEST) if _is_in_a_patient(raster) else _PLAINEST:
        writing = _format(suffix, "")[1]
        if writing.holds(_stored(raster, writing)):
            return suffix
    return ".npy"


def _is_in_a_patient(raster: Raster) -> bool:
    """Whether it is a volume, or a series of them, that states its place in a patient, and NIfTI is at hand."""
    grid = raster.grid
    if grid is None or grid.world != "LPS" or not grid.is_placed or len(_space(grid)) < 3:
        return False
    return importlib.util.find_spec("nibabel") is not None


def _space(grid: Grid) -> list[Place]:
    return [way for way in grid.steps or () if way is not None]


def _stored(raster: Raster, format: Writing) -> Raster:
    """With the samples as they are put in the file: contiguous and in native byte order."""
    array = np.asarray(raster.array)
    if array.dtype == bool:
        array = array.view(np.uint8) if format.on == 1 else array.astype(np.uint8) * np.uint8(format.on)
    elif raster.kind == "labels" and array.size and array.min() >= 0:
        array = array.astype(np.min_scalar_type(array.max()))
    return replace(raster, array=np.asarray(array, array.dtype.newbyteorder("="), order="C"))


def _with_one_nan(array: np.ndarray) -> np.ndarray:
    """Every nan the same: the bits of one that was computed follow from the machine."""
    if array.dtype.kind != "f" or not (missing := np.isnan(array)).any():
        return array
    return np.where(missing, array.dtype.type(np.nan), array)


def _listed(suffixes: list[str]) -> str:
    return " or ".join([", ".join(suffixes[:-1]), suffixes[-1]]) if len(suffixes) > 1 else suffixes[0]
