"""What one format is and can do, and what stands on its two sides: an open file, and the pixels it holds."""

import re
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError
from maskexpr.diagnostics.messages import Mistake
from maskexpr.files.formats import bounds
from maskexpr.files.formats.bounds import Bound
from maskexpr.files.formats.naming import reason

if TYPE_CHECKING:
    import numpy as np

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
        The samples in native byte order: bool for a 1-bit file, else the file's own type.
        2-D, or 3-D for a stack of pages; a colour file has a further last axis of 3 channels.
    colour : bool or None
        Whether the last axis is colour channels; None where the file does not say (.npy, .npz).
    notes : tuple of str
        What was done to the file's pixels on the way, in a user's words.
    """

    array: "np.ndarray"
    colour: bool | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Writing:
    """How files of a format are written.

    Attributes
    ----------
    holds
        Whether a file gives back the very samples and the very shape of an array of some kind; the last axis of one of
        kind "colour" is channels.
    encode
        The bytes of a file with an array that it holds.
    on
        The number that a mask is stored as where it is on.
    with_text
        The bytes of a file with a text added, as `texts` has it; None where the format has no room for one.
    """

    holds: "Callable[[np.ndarray, str], bool]"
    encode: "Callable[[np.ndarray, str], bytes]"
    on: int = 255
    with_text: Callable[[bytes, str], bytes] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """One format: declared by the module of its name, found through its line in the table.

    Attributes
    ----------
    name
        What messages call it.
    begins
        Whether a file is of this format, from its first bytes.
    decode
        What an open file holds; the kind is what the program takes it for, as for `read`.
    writing
        None for a format that is only read: what comes back would not be what was written.
    text
        The text of a file that carries one, None if it does not; no pixel is decoded for it.
    listed
        What a list of formats calls it, if not by its name.
    """

    name: str
    begins: Callable[[bytes], bool]
    decode: "Callable[[OpenFile, str | None], Pixels]"
    writing: Writing | None = None
    text: "Callable[[OpenFile], str | None]" = lambda file: None
    listed: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class OpenFile:
    """A seekable file whose format is known; `name` is how messages call it."""

    stream: BinaryIO
    name: str
    format: Format
    size: int

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
        """Run a decoder: what it raises is the file's fault or its own, its warnings are not the user's business."""
        with self._refusing(lambda error: self._raised(error, decoder)):
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


class TooMany(ValueError):
    """A file goes beyond a bound, where no file is at hand to say so."""

    def __init__(self, bound: Bound) -> None:
        self.bound = bound
        super().__init__(f"more than {bound.most} {bound.what}")


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
