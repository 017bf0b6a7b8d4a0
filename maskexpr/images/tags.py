"""The tags of a TIFF file's pages, read before any decoder sees the file."""

import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

UNSIGNED, SIGNED, FLOAT = 1, 2, 3
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, YCBCR = 0, 1, 2, 3, 6
COLOUR = (RGB, 5, YCBCR, 8)
ALPHA = (1, 2)

_SUBFILE, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _FILL_ORDER = 254, 256, 257, 258, 259, 262, 266
_DESCRIPTION, _ORIENTATION, _SAMPLES, _EXTRA, _SAMPLE_FORMAT = 270, 274, 277, 338, 339
_WANTED = {_SUBFILE, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _FILL_ORDER,
           _DESCRIPTION, _ORIENTATION, _SAMPLES, _EXTRA, _SAMPLE_FORMAT}  # fmt: skip
_REDUCED_OR_TRANSPARENCY = 1 | 4

# Field types that the wanted tags come in.
_LETTERS = {1: "B", 2: "B", 3: "H", 4: "I", 16: "Q"}
_MOST_VALUES = 4096

# Grey pixels that Pillow decodes exactly, if sometimes in another type's clothes (int8 as uint8, uint32 as int32).
_PILLOW_GREYS = {(UNSIGNED, bits) for bits in (1, 2, 4, 8, 16, 32)} | {(SIGNED, bits) for bits in (8, 16, 32)}
_PILLOW_GREYS.add((FLOAT, 32))


@dataclass(frozen=True, slots=True)
class Page:
    """What one page declares: sizes in pixels, bits of each sample, and how the samples are meant."""

    width: int
    height: int
    bits: tuple[int, ...]
    sample_format: int
    photometric: int
    extra: tuple[int, ...]
    compressed: bool
    plain_bit_order: bool
    big_endian: bool
    orientation: int
    subfile: int
    description: bytes

    @property
    def is_copy(self) -> bool:
        """A smaller copy of another page, or its transparency."""
        return bool(self.subfile & _REDUCED_OR_TRANSPARENCY)

    @property
    def is_colour(self) -> bool:
        return self.photometric in COLOUR

    @property
    def has_alpha(self) -> bool:
        return len(self.extra) > 0 and self.extra[0] in ALPHA

    @property
    def stored_bytes(self) -> int:
        """Bytes the samples must take in the file; 0 where that depends on the data."""
        if self.compressed or self.photometric == YCBCR:
            return 0
        return self.width * self.height * sum(self.bits) // 8

    @property
    def dtype(self) -> np.dtype | None:
        """The NumPy type of one sample, or None where there is none."""
        bits = self.bits[0]
        if self.sample_format == UNSIGNED and bits in (1, 2, 4):
            return np.dtype(bool if bits == 1 else np.uint8)
        letter = {UNSIGNED: "u", SIGNED: "i", FLOAT: "f"}.get(self.sample_format)
        if letter is None or bits not in (8, 16, 32, 64) or (letter, bits) == ("f", 8):
            return None
        return np.dtype(f"{letter}{bits // 8}")

    @property
    def pixel_type(self) -> str:
        """The pixel type in a user's words: "float64", "16-bit colour", "5 bands of uint8"."""
        if self.is_colour:
            return f"{max(self.bits)}-bit colour"
        number = self.dtype.name if self.dtype else f"{self.bits[0]}-bit numbers"
        bands = len(self.bits) - self.has_alpha
        return number if bands == 1 else f"{bands} bands of {number}"

    @property
    def pillow_is_exact(self) -> bool:
        """Whether Pillow decodes the page with no sample changed."""
        if self.is_colour:
            return set(self.bits) == {8} and self.sample_format == UNSIGNED
        if len(self.bits) > 1 and (len(self.bits) > 2 or not self.has_alpha or set(self.bits) != {8}):
            return False
        number = (self.sample_format, self.bits[0])
        if number not in _PILLOW_GREYS or self.photometric not in (WHITE_IS_ZERO, BLACK_IS_ZERO, PALETTE):
            return False
        if number == (UNSIGNED, 8) or self.bits[0] < 8:
            return True
        if not self.plain_bit_order:
            return False
        if self.photometric == WHITE_IS_ZERO:
            return not self.big_endian and number in ((UNSIGNED, 16), (FLOAT, 32))
        if self.big_endian and number not in ((SIGNED, 8), (UNSIGNED, 16)):
            # libtiff unpacks into native order and Pillow then swaps once more; unsigned 32 bits it does not know.
            return not self.compressed and number != (UNSIGNED, 32)
        return True


def read_pages(stream: BinaryIO) -> list[Page]:
    """Every page's declaration in the order of the file; a ValueError or struct.error if the file is damaged."""
    stream.seek(0)
    head = stream.read(16)
    order = ">" if head[:2] == b"MM" else "<"
    big = struct.unpack(order + "H", head[2:4])[0] == 43
    (offset,) = struct.unpack(order + ("Q" if big else "I"), head[8:16] if big else head[4:8])
    pages: list[Page] = []
    seen: set[int] = set()
    while offset and offset not in seen:
        seen.add(offset)
        stream.seek(offset)
        found, offset = _directory(stream, order, big)
        pages.append(_page(found, order == ">"))
    if not pages:
        raise ValueError("no pages")
    return pages


def _directory(stream: BinaryIO, order: str, big: bool) -> tuple[dict[int, tuple[int, ...]], int]:
    """The wanted tags of one directory, and where the next one is."""
    count_form, entry_form, next_form = ("Q", "HHQ8s", "Q") if big else ("H", "HHI4s", "I")
    (count,) = _unpack(stream, order + count_form)
    if count > 0xFFFF:
        raise ValueError("too many tags")
    entries = [_unpack(stream, order + entry_form) for _ in range(count)]
    (following,) = _unpack(stream, order + next_form)
    found = {
        tag: _values(stream, order, field, number, inline) for tag, field, number, inline in entries if tag in _WANTED
    }
    return found, following


def _values(stream: BinaryIO, order: str, field: int, number: int, inline: bytes) -> tuple[int, ...]:
    letter = _LETTERS.get(field)
    if letter is None:
        raise ValueError("a tag of a type it cannot have")
    form = f"{order}{min(number, _MOST_VALUES)}{letter}"
    if number * struct.calcsize(order + letter) <= len(inline):
        return struct.unpack(form, inline[: struct.calcsize(form)])
    (offset,) = struct.unpack(order + ("I" if len(inline) == 4 else "Q"), inline)
    stream.seek(offset)
    return _unpack(stream, form)


def _unpack(stream: BinaryIO, form: str) -> tuple[Any, ...]:
    return struct.unpack(form, stream.read(struct.calcsize(form)))


def _page(tags: dict[int, tuple[int, ...]], big_endian: bool) -> Page:
    def tag(number: int, default: int) -> int:
        return (tags.get(number) or (default,))[0]

    samples = tag(_SAMPLES, 1)
    bits = tags.get(_BITS) or (1,)
    if not 1 <= samples <= _MOST_VALUES or not all(bits):
        raise ValueError("no samples")
    formats = {UNSIGNED if given == 4 else given for given in tags.get(_SAMPLE_FORMAT) or (UNSIGNED,)}
    return Page(
        width=tag(_WIDTH, 0),
        height=tag(_HEIGHT, 0),
        bits=bits * samples if len(bits) == 1 else bits[:samples],
        sample_format=formats.pop() if len(formats) == 1 else 0,
        photometric=tag(_PHOTOMETRIC, WHITE_IS_ZERO),
        extra=tags.get(_EXTRA, ()),
        compressed=tag(_COMPRESSION, 1) != 1,
        plain_bit_order=tag(_FILL_ORDER, 1) == 1,
        big_endian=big_endian,
        orientation=tag(_ORIENTATION, 1),
        subfile=tag(_SUBFILE, 0),
        description=bytes(tags.get(_DESCRIPTION, ())),
    )
