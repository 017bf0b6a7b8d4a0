"""Writing: the formats that can hold a result exactly, and files that are replaced whole or left alone."""

import errno
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError
from maskexpr.files.formats import texts
from maskexpr.files.formats.opening import reason, shown

_LOSSY = (".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".webp", ".jp2", ".avif", ".heic")
_PICTURES = (".png", ".tif", ".bmp")
_SUFFIXES = (*_PICTURES, ".npy", ".npz")
_ALIASES = {".tiff": ".tif"}
_NOT_FILES = ("/dev/", "/proc/")

# Beyond this a TIFF's 32-bit offsets run out, tags and all.
_BIG_TIFF = 2**32 - 2**25


def write(path: str | os.PathLike[str], array: np.ndarray, *, kind: str, text: str = "") -> None:
    """Write a result to a file, whole or not at all.

    A file of that name is replaced only once the new one is complete on the disk; through a symbolic link, the file it
    leads to is. A device or pipe is written to as it is.

    Parameters
    ----------
    path : path
        Its ending picks the format: .png, .tif, .bmp, .npy or .npz. A device without one gets what `suffix_for` says.
    array : ndarray
        The result; a colour image has its channels on the last axis.
    kind : {"mask", "image", "colour", "labels"}
        A mask is stored as 0 and 255, in .npy and .npz as 0 and 1; labels as the smallest unsigned type.
    text : str
        What PNG and TIFF files carry beside the pixels, as `texts.check` has it; other formats leave it out.

    Raises
    ------
    FileError
        The format cannot hold the array exactly, or the file cannot be written.
    """
    name, target = shown(path), os.fsdecode(path)
    suffix = os.path.splitext(target)[1].lower()
    try:
        known = os.stat(target)
    except (OSError, ValueError):
        known = None
    if known is not None and stat.S_ISDIR(known.st_mode):
        raise FileError(messages.FILE_TARGET_IS_FOLDER.anywhere(path=name))
    as_it_is = os.path.abspath(target).startswith(_NOT_FILES) or (known is not None and not stat.S_ISREG(known.st_mode))
    data = encode(array, kind, suffix or suffix_for(array, kind) if as_it_is else suffix, name=name, text=text)
    with _refusals(name):
        if as_it_is:
            with open(target, "wb") as stream:
                stream.write(data)
        else:
            _replace(os.path.realpath(target), data, known)


def put(path: str | os.PathLike[str], data: bytes) -> None:
    """Write bytes to a file, whole or not at all; errors as for `write`."""
    with _refusals(shown(path)):
        target = os.path.realpath(path)
        _replace(target, data, os.stat(target) if os.path.exists(target) else None)


def encode(array: np.ndarray, kind: str, suffix: str, *, name: str = "standard output", text: str = "") -> bytes:
    """The bytes of a file in the format of `suffix`, as `write` would put them; `name` is for messages."""
    if text:
        texts.check(text)
    suffix = _ALIASES.get(suffix.lower(), suffix.lower())
    if suffix in _LOSSY:
        raise FileError(messages.FILE_LOSSY.anywhere(path=name, suffix=suffix))
    if suffix not in _SUFFIXES:
        raise FileError(messages.FILE_SUFFIX.anywhere(path=name, suffixes=", ".join(_SUFFIXES)))
    stored = _stored(np.asarray(array), kind, suffix)
    colour = kind == "colour"
    if not _holds(suffix, stored, colour):
        able = [other for other in _SUFFIXES if _holds(other, _stored(np.asarray(array), kind, other), colour)]
        what = f"{'colour ' if colour else ''}{stored.dtype.name} of shape {' x '.join(map(str, stored.shape))}"
        raise FileError(messages.FILE_CANNOT_HOLD.anywhere(path=name, suffix=suffix, what=what, able=_listed(able)))
    if suffix in _PICTURES:
        data = _picture(stored, suffix, colour)
        return texts.added(data, suffix, text) if text else data
    stream = io.BytesIO()
    if suffix == ".npy":
        np.lib.format.write_array(stream, stored, allow_pickle=False)
    else:
        np.savez_compressed(stream, allow_pickle=False, **{kind: stored})
    return stream.getvalue()


def suffix_for(array: np.ndarray, kind: str) -> str:
    """The plainest format that holds the result exactly: ".png", else ".tif", else ".npy"."""
    array = np.asarray(array)
    able = (s for s in (".png", ".tif") if _holds(s, _stored(array, kind, s), kind == "colour"))
    return next(able, ".npy")


def _stored(array: np.ndarray, kind: str, suffix: str) -> np.ndarray:
    """The samples as they are put in the file: contiguous and in native byte order."""
    if array.dtype == bool:
        array = array.astype(np.uint8) * np.uint8(255 if suffix in _PICTURES else 1)
    elif kind == "labels" and array.size and array.min() >= 0:
        array = array.astype(np.min_scalar_type(array.max()))
    return np.asarray(array, array.dtype.newbyteorder("="), order="C")


def _holds(suffix: str, array: np.ndarray, colour: bool) -> bool:
    """Whether the format gives back these very samples and this very shape."""
    if suffix not in _PICTURES:
        return True
    if not array.size:
        return False
    channels = array.shape[-1] if colour else 1
    plane_axes, type_ = array.ndim - colour, array.dtype.name
    if suffix == ".tif":
        greys = ("uint8", "uint16", "int32", "float32")
        return (plane_axes == 2 or (plane_axes == 3 and len(array) > 1)) and type_ in (("uint8",) if colour else greys)
    if suffix == ".png":
        return plane_axes == 2 and type_ in ("uint8", "uint16")
    return plane_axes == 2 and type_ == "uint8" and channels in (1, 3)


def _picture(array: np.ndarray, suffix: str, colour: bool) -> bytes:
    if colour and array.dtype == np.uint16:
        from maskexpr.files.formats import png

        return png.wide_colour(array)
    import PIL.Image

    stream = io.BytesIO()
    if suffix == ".png":
        PIL.Image.fromarray(array).save(stream, "PNG")
    elif suffix == ".bmp":
        PIL.Image.fromarray(array).save(stream, "BMP")
    else:
        import PIL.TiffImagePlugin  # registered by hand, or Pillow would load all its formats

        pages = [PIL.Image.fromarray(page) for page in (array if array.ndim - colour == 3 else array[None])]
        more = {"save_all": True, "append_images": pages[1:]} if len(pages) > 1 else {}
        big = array.nbytes > _BIG_TIFF
        pages[0].save(stream, "TIFF", compression="tiff_adobe_deflate", big_tiff=big, **more)
    return stream.getvalue()


def _replace(target: str, data: bytes, known: os.stat_result | None) -> None:
    if known is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    temporary = os.path.join(folder, f".maskexpr-{os.urandom(8).hex()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(descriptor)
        if known is not None:
            os.chmod(temporary, stat.S_IMODE(known.st_mode))
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


@contextmanager
def _refusals(name: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:  # a NUL in the path
        raise FileError(messages.FILE_NOT_WRITTEN.anywhere(path=name, reason="the name is not valid")) from error
    except OSError as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            folder = os.path.dirname(name) or "."
            raise FileError(messages.FILE_NO_FOLDER.anywhere(path=name, folder=folder)) from error
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise FileError(messages.FILE_DISK_FULL.anywhere(path=name)) from error
        raise FileError(messages.FILE_NOT_WRITTEN.anywhere(path=name, reason=reason(error))) from error


def _listed(suffixes: list[str]) -> str:
    return " or ".join([", ".join(suffixes[:-1]), suffixes[-1]]) if len(suffixes) > 1 else suffixes[0]
