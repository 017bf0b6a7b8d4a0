"""What one format is and can do, and what stands on its two sides: an open file, and the pixels it holds."""

import functools
import re
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO, Union

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, FileError
from maskexpr.diagnostics.messages import Mistake
from maskexpr.files.decoding import bounds, quiet
from maskexpr.files.decoding.bounds import Bound
from maskexpr.files.decoding.naming import reason

if TYPE_CHECKING:
    from fractions import Fraction

    import numpy as np

    from maskexpr.kinds.grid import Grid

Piece = Union[bytes, "memoryview[int]"]
Window = tuple[slice, ...]  # a part of an array: a slice for each axis, channels aside

# The most bytes of samples that one byte of a file can stand for. A block of 64 samples of a JPEG takes two bits at
# least, in the first scan of a progressive one a bit, but for arithmetic coding. A line of a BMP that ends early has
# its other pixels for nothing.
_MOST_PER_BYTE = {
    "deflate": 1040,
    "LZW": 2800,
    "LZMA": 2**14,
    "Zstandard": 2**15,
    "stored": 1,
    "PackBits": 64,
    "JPEG": 256,
    "progressive JPEG": 512,
    "arithmetic": 2**16,
    "RLE": 1024,
}

# What decoders raise for bytes that are not there or not what they should be. Others, a ValueError say, may as well
# come from what a decoder or a version of it cannot do.
_DAMAGE = (OSError, EOFError, SyntaxError, struct.error, zlib.error)
_DAMAGE_ELSEWHERE = ("BadZipFile", "TiffFileError")  # of modules that may not be loaded
_NO_DECODER = re.compile(r"(\w+) not available$")  # Pillow was built without a library
_SHOWN = 100  # characters of what a decoder says


@dataclass(frozen=True, slots=True, eq=False)
class Pixels:
    """What a file holds.

    Attributes
    ----------
    array : ndarray
        The samples in native byte order: bool for a 1-bit file, else the file's own type. Its axes are in the order t,
        z, y, x, as far as there are such; a colour file has a further last axis of its channels. May be a view of
        another layout.
    colour : bool or None
        Whether the last axis is channels; None where the file does not say (.npy, .npz).
    notes : tuple of str
        What was done to the file's pixels on the way, in a user's words.
    spacing : tuple of Fraction, optional
        The size of a pixel in millimetres along each axis but channels (1 for time), as `grid.rounded` has it.
    grid : Grid, optional
        The names of axes and channels, and the place in the world, as far as the file states them.
    valid : ndarray of bool, optional
        Where there is data, of the shape without channels; None where the file says of no pixel that it has none.
    nodata : number, optional
        What the file stores where there is no data.
    warned : tuple of Diagnostic
        What a user has to know before the pixels are used, each thing once.
    """

    array: "np.ndarray"
    colour: bool | None
    notes: tuple[str, ...] = ()
    spacing: "tuple[Fraction, ...] | None" = None
    grid: "Grid | None" = None
    valid: "np.ndarray | None" = None
    nodata: float | None = None
    warned: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A file whose header is read: what it will give, and how to read it, or a window of it.

    Attributes
    ----------
    shape, dtype
        Of the array that `read` gives, channels included.
    read
        The pixels of a window, or all of them; the grid is that of the whole file.
    """

    shape: tuple[int, ...]
    dtype: "np.dtype"
    read: "Callable[[Window | None], Pixels]"
    colour: bool | None = None
    spacing: "tuple[Fraction, ...] | None" = None
    grid: "Grid | None" = None


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """An array that is to be written, and what is known of its pixels; its axes are as in `Pixels`.

    Attributes
    ----------
    kind
        "mask", "image", "colour" or "labels"; the last axis of one of kind "colour" is channels.
    nodata
        What an image stores where `valid` is off.
    text
        What the file carries beside the pixels, as `texts` has it; for `Writing.encode` where that can put it in.
    """

    array: "np.ndarray"
    kind: str
    spacing: "tuple[Fraction, ...] | None" = None
    grid: "Grid | None" = None
    valid: "np.ndarray | None" = None
    nodata: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Writing:
    """How files of a format are written.

    Attributes
    ----------
    holds
        Whether a file gives back the very samples and the very shape of an array. What else is known of it, its grid
        say, is kept as far as the format can.
    encode
        The bytes of a file with an array that it holds, or the pieces that they come in, which may be views of it; an
        ImportError where a package is missing for it.
    on
        The number that a mask is stored as where it is on.
    is_medical
        Whether it is offered only for what lies in a patient.
    with_text
        The bytes of a file with a text added, as `texts` has it; None where the format has no room for one, or
        `encode` puts it in.
    """

    holds: Callable[[Raster], bool]
    encode: "Callable[[Raster], bytes | list[Piece]]"
    on: int = 255
    is_medical: bool = False
    with_text: Callable[[bytes, str], bytes] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """One format: declared as FORMAT by a module of `formats`.

    Attributes
    ----------
    name
        What messages call it.
    endings
        Of the names of its files, with their dots; the first that of those written.
    begins
        Whether a file is of this format, from its first bytes.
    open
        What an open file holds; the kind is what the program takes it for, as for `read`. What is decoded at once may
        be told by `whole`.
    writing
        None for a format that is only read: what comes back would not be what was written.
    text
        The text of a file that carries one, None if it does not; no pixel is decoded for it.
    listed
        What a list of formats calls it, if not by its name.
    series
        What several files hold together, where the files of one volume can be many: those of a folder that begin so.
        It is told what messages call them all, and opens each when it needs it.
    has_parts
        Whether a file may hold several arrays, of which `OpenFile.part` names one.
    member_of
        What the series is called that a file belongs to, "" where it does not say; None if it holds no image.
    glance
        As `open`, by the header alone, where that decodes all: what the source reads is not asked for. Of a palette,
        whether it is of greys is told by all its colours, used or not.
    """

    name: str
    endings: tuple[str, ...]
    begins: Callable[[bytes], bool]
    open: "Callable[[OpenFile, str | None], Source]"
    writing: Writing | None = None
    text: "Callable[[OpenFile], str | None]" = lambda file: None
    listed: str = ""
    series: "Callable[[str, Sequence[Opening], str | None], Source] | None" = None
    has_parts: bool = False
    member_of: "Callable[[OpenFile], str | None]" = lambda file: ""
    glance: "Callable[[OpenFile, str | None], Source] | None" = None

    @property
    def ending(self) -> str:
        return self.endings[0]


Opening = Callable[[], "AbstractContextManager[OpenFile]"]


def whole(decode: "Callable[[OpenFile, str | None], Pixels]") -> "Callable[[OpenFile, str | None], Source]":
    """How to open what is decoded as a whole: a window is cut from that."""

    def opened(file: "OpenFile", kind: str | None) -> Source:
        pixels = decode(file, kind)

        def read(window: Window | None) -> Pixels:
            if window is None:
                return pixels
            valid = None if pixels.valid is None else pixels.valid[window]
            return replace(pixels, array=pixels.array[window], valid=valid)

        return Source(pixels.array.shape, pixels.array.dtype, read, pixels.colour, pixels.spacing, pixels.grid)

    return opened


def not_read(window: Window | None) -> Pixels:
    """What a source has to read that was only glanced at."""
    raise AssertionError("a glance gives no pixels")


@dataclass(frozen=True, slots=True, eq=False)
class OpenFile:
    """A seekable file whose format is known.

    Attributes
    ----------
    name
        What messages call it.
    find
        The path of another file, by the name that this one gives it; a FileError where that may not be read.
    part
        Which of several arrays in it is asked for, by name; "" if none is.
    """

    stream: BinaryIO
    name: str
    format: Format
    size: int
    find: Callable[[str], str]
    part: str = ""

    def wrong(self, mistake: Mistake, **fields: object) -> FileError:
        """The error for a mistake found in this file."""
        return FileError(mistake.anywhere(path=self.name, **fields))

    def broken(self) -> FileError:
        return self.wrong(messages.FILE_BROKEN, format=self.format.name)

    def too_many(self, bound: Bound, most: int | None = None) -> FileError:
        fields = {"limit": f"{bound.most if most is None else most:,}", "what": bound.what, "way_out": bound.way_out}
        return self.wrong(messages.FILE_TOO_LARGE, **fields)

    def check(self, found: int, bound: Bound) -> None:
        """Refuse more than a bound allows."""
        if found > bound.most:
            raise self.too_many(bound)

    def check_promise(self, promised: int, stored: int, packing: str) -> None:
        """Refuse a header that promises more bytes of samples than the bytes in the file can unpack to."""
        if promised > stored * _MOST_PER_BYTE[packing]:
            raise self.broken()

    @contextmanager
    def scanning(self) -> Iterator[None]:
        """Walk over a file's structure by code of ours: what that stumbles over is damage."""
        with self._refusing(lambda error: self.broken()):
            yield

    @contextmanager
    def decoding(self, decoder: str) -> Iterator[None]:
        """Run a decoder: what it raises is the file's fault or its own, what it prints is not the user's business."""
        with self._refusing(lambda error: self._raised(error, decoder)), quiet.native_code():
            yield

    def _raised(self, error: Exception, decoder: str) -> FileError:
        """Of what a decoder raised, what is known to mean damage; all else in its own words."""
        if isinstance(error, OSError) and (missing := _NO_DECODER.search(str(error))):
            return self.not_decoded(decoder, f"it was built without {missing[1]}")
        if isinstance(error, _DAMAGE) or type(error).__name__ in _DAMAGE_ELSEWHERE:
            return self.broken()
        return self.not_decoded(decoder, " ".join(str(error).split())[:_SHOWN] or type(error).__name__)

    def not_decoded(self, decoder: str, why: str) -> FileError:
        """The error for what is not damaged, but more than a decoder can."""
        fields = {"decoder": _version(decoder), "format": self.format.name, "why": why, "package": decoder.lower()}
        return self.wrong(messages.FILE_NOT_DECODED, **fields)

    @contextmanager
    def _refusing(self, told: Callable[[Exception], FileError]) -> Iterator[None]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                yield
            except FileError:
                raise
            except MemoryError as error:
                raise self.wrong(messages.FILE_NEEDS_MEMORY) from error
            except Exception as error:  # decoders fed hostile bytes raise nearly every type there is
                cause = error.__cause__ or error
                if isinstance(cause, TooMany):
                    raise self.too_many(cause.bound) from error
                if type(cause).__name__ == "DecompressionBombError":  # Pillow may not be loaded
                    raise self.too_many(bounds.PIXELS) from error
                if isinstance(error, OSError) and error.errno is not None:
                    raise self.wrong(messages.FILE_REFUSED, reason=reason(error)) from error
                raise told(error) from error
            except BaseException as error:
                if type(error).__name__ != "PanicException":  # of decoders in Rust, which is no Exception
                    raise
                raise self.broken() from error


class TooMany(ValueError):
    """A file goes beyond a bound, where no file is at hand to say so."""

    def __init__(self, bound: Bound) -> None:
        self.bound = bound
        super().__init__(f"more than {bound.most} {bound.what}")


@functools.cache
def _version(decoder: str) -> str:
    """The name of a decoder with its version, as messages have it."""
    from importlib import metadata  # only for messages

    try:
        return f"{decoder} {metadata.version(decoder)}"
    except metadata.PackageNotFoundError:
        return decoder


def native(array: "np.ndarray") -> "np.ndarray":
    """The array in the byte order of this machine."""
    return array.astype(array.dtype.newbyteorder("="), copy=False)
