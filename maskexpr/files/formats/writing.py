"""Writing: the formats that can hold a result exactly."""

import os

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError
from maskexpr.files.formats import table, texts
from maskexpr.files.formats.format import Writing
from maskexpr.files.formats.naming import shown
from maskexpr.files.formats.replacing import is_no_file, open_as_it_is, put, refusals

_LOSSY = (".webp", ".jp2", ".avif", ".heic")  # beside the formats that are read and not written


def write(path: str | os.PathLike[str], array: np.ndarray, *, kind: str, text: str = "") -> None:
    """Write a result to a file, whole or not at all.

    A file of that name is replaced only once the new one is complete on the disk; through a symbolic link, the file it
    leads to is. A device or pipe is written to as it is; a pipe that nobody reads is refused.

    Parameters
    ----------
    path : path
        Its ending picks the format: .png, .tif, .bmp, .npy or .npz. A device without one gets what `suffix_for` says.
    array : ndarray
        The result; a colour image has its channels on the last axis.
    kind : {"mask", "image", "colour", "labels"}
        A mask is stored as 0 and 255, in .npy and .npz as 0 and 1; labels as the smallest unsigned type.
    text : str
        What PNG and TIFF files carry beside the pixels, as `texts` has it; other formats leave it out.

    Raises
    ------
    FileError
        The format cannot hold the array exactly, or the file cannot be written.
    """
    name, target = shown(path), os.fsdecode(path)
    suffix = os.path.splitext(target)[1].lower()
    if os.path.isdir(target):
        raise FileError(messages.FILE_TARGET_IS_FOLDER.anywhere(path=name))
    as_it_is = is_no_file(target)
    if as_it_is and not os.path.exists(target):
        raise FileError(messages.FILE_NOT_WRITTEN.anywhere(path=name, reason="there is no such device"))
    data = encode(array, kind, suffix or suffix_for(array, kind) if as_it_is else suffix, name=name, text=text)
    if not as_it_is:
        put(target, data)
        return
    with refusals(name), open_as_it_is(target) as stream:
        stream.write(data)


def encode(array: np.ndarray, kind: str, suffix: str, *, name: str = "standard output", text: str = "") -> bytes:
    """The bytes of a file in the format of `suffix`, as `write` would put them; `name` is for messages."""
    if text:
        texts.refuse_unreadable(text)
    array = np.asarray(array)
    ending, format = _format(suffix.lower(), name)
    stored = _stored(array, kind, format)
    if not format.holds(stored, kind):
        what = (
            f"{'colour ' if kind == 'colour' else ''}{stored.dtype.name} of shape {' x '.join(map(str, stored.shape))}"
        )
        able = [other for other, writing in table.written() if _fits(array, kind, writing)]
        raise FileError(messages.FILE_CANNOT_HOLD.anywhere(path=name, suffix=ending, what=what, able=_listed(able)))
    data = format.encode(_with_one_nan(stored), kind)
    return format.with_text(data, text) if text and format.with_text is not None else data


def _format(suffix: str, name: str) -> tuple[str, Writing]:
    """How files of some ending are written, and the plainest ending that they have."""
    found = table.of_ending(suffix)
    if suffix in _LOSSY or (found is not None and found.format.writing is None):
        raise FileError(messages.FILE_LOSSY.anywhere(path=name, suffix=suffix))
    if found is None or found.format.writing is None:
        endings = ", ".join(ending for ending, _ in table.written())
        raise FileError(messages.FILE_SUFFIX.anywhere(path=name, suffixes=endings))
    return found.ending, found.format.writing


def suffix_for(array: np.ndarray, kind: str) -> str:
    """The plainest format that holds the result exactly: ".png", else ".tif", else ".npy"."""
    able = (suffix for suffix in (".png", ".tif") if _fits(np.asarray(array), kind, _format(suffix, "")[1]))
    return next(able, ".npy")


def _fits(array: np.ndarray, kind: str, format: Writing) -> bool:
    return format.holds(_stored(array, kind, format), kind)


def _stored(array: np.ndarray, kind: str, format: Writing) -> np.ndarray:
    """The samples as they are put in the file: contiguous and in native byte order."""
    if array.dtype == bool:
        array = array.astype(np.uint8) * np.uint8(format.on)
    elif kind == "labels" and array.size and array.min() >= 0:
        array = array.astype(np.min_scalar_type(array.max()))
    return np.asarray(array, array.dtype.newbyteorder("="), order="C")


def _with_one_nan(array: np.ndarray) -> np.ndarray:
    """Every nan the same: the bits of one that was computed follow from the machine."""
    if array.dtype.kind != "f" or not (missing := np.isnan(array)).any():
        return array
    return np.where(missing, array.dtype.type(np.nan), array)


def _listed(suffixes: list[str]) -> str:
    return " or ".join([", ".join(suffixes[:-1]), suffixes[-1]]) if len(suffixes) > 1 else suffixes[0]
