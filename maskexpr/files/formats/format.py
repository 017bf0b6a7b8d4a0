"""What one format is and can do, and what stands on its two sides: an open file, and the pixels it holds."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError
from maskexpr.diagnostics.messages import Mistake
from maskexpr.files.formats.naming import reason

if TYPE_CHECKING:
    import numpy as np

MAX_PIXELS = 2**31
"""The most pixels that a file may declare, over all its pages."""

# The most bytes of samples that one byte of a file can stand for.
_MOST_PER_BYTE = {"deflate": 1040, "LZW": 2800, "stored": 1}


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

    def too_large(self) -> FileError:
        return self.wrong(messages.FILE_TOO_LARGE, limit=f"{MAX_PIXELS:,}")

    def check_pixels(self, pixels: int) -> None:
        """Refuse more pixels than the limit, over all pages."""
        if pixels > MAX_PIXELS:
            raise self.too_large()

    def check_promise(self, promised: int, stored: int, packing: str) -> None:
        """Refuse a header that promises more bytes of samples than the bytes in the file can unpack to."""
        if promised > stored * _MOST_PER_BYTE[packing]:
            raise self.broken()

    @contextmanager
    def decoding(self) -> Iterator[None]:
        """Run a decoder: whatever it raises is this file's fault, and its warnings are not the user's business."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                yield
            except (FileError, ImportError):
                raise
            except MemoryError as error:
                raise self.wrong(messages.FILE_NEEDS_MEMORY) from error
            except Exception as error:  # decoders fed hostile bytes raise nearly every type there is
                if type(error.__cause__ or error).__name__ == "DecompressionBombError":  # Pillow may not be loaded
                    raise self.too_large() from error
                if isinstance(error, OSError) and error.errno is not None:
                    raise self.wrong(messages.FILE_REFUSED, reason=reason(error)) from error
                raise self.broken() from error


def native(array: "np.ndarray") -> "np.ndarray":
    """The array in the byte order of this machine."""
    return array.astype(array.dtype.newbyteorder("="), copy=False)
