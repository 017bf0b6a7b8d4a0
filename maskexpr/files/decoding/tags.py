"""The tags of a TIFF file's pages, read before any decoder sees the file, and a few more of them written."""

import io
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from maskexpr.files.decoding import bounds
from maskexpr.files.decoding.format import TooMany

UNSIGNED, SIGNED, FLOAT = 1, 2, 3
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, YCBCR = 0, 1, 2, 3, 6
COLOUR = (RGB, 5, YCBCR, 8)
ASSOCIATED, UNASSOCIATED = ALPHA = (1, 2)
_JPEG = 7
PACKINGS = {
    **{1: "stored", 5: "LZW", 8: "deflate", 32946: "deflate", 32773: "PackBits", 34925: "LZMA", 50000: "Zstandard"},
    _JPEG: "progressive JPEG",  # which is the densest of them
}
"""Compressions whose most bytes of samples for one in the file are known."""
NAMES = {
    **{2: "CCITT", 3: "CCITT fax 3", 4: "CCITT fax 4", 5: "LZW", 6: "old JPEG", _JPEG: "JPEG", 32773: "PackBits"},
    **{33003: "JPEG 2000", 33005: "JPEG 2000", 34712: "JPEG 2000", 34887: "LERC", 34925: "LZMA", 34892: "JPEG"},
    **{50000: "Zstandard", 50001: "WebP", 50002: "JPEG XL", 52546: "JPEG XL", 22610: "JPEG XR", 34934: "JPEG XR"},
}
"""What messages call compressions."""
PILLOWS_OWN = (1, 32773)
"""Compressions that Pillow unpacks without libtiff: none, and PackBits."""
MAYBE_LIBTIFFS = (34925, 50000, 50001)
"""Compressions that libtiff may have been built without: LZMA, Zstandard, WebP."""

_SUBFILE, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _FILL_ORDER = 254, 256, 257, 258, 259, 262, 266
DESCRIPTION, _ORIENTATION, _SAMPLES, SOFTWARE, _EXTRA, _SAMPLE_FORMAT = 270, 274, 277, 305, 338, 339
_STRIPS, _TILES, _SUBSAMPLING = 279, 325, 530
_STRIP_PLACES, _TILE_PLACES = 273, 324
_X, _Y, _UNIT, _SMALLER, _DEPTH, _METAMORPH, NODATA = 282, 283, 296, 330, 32997, 33629, 42113
_WANTED = {_SUBFILE, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _FILL_ORDER,
           DESCRIPTION, _ORIENTATION, _SAMPLES, _EXTRA, _SAMPLE_FORMAT, _STRIPS, _TILES, _SUBSAMPLING}  # fmt: skip
_ONE_A_STRIP = (_STRIPS, _TILES, _STRIP_PLACES, _TILE_PLACES)
_REDUCED_OR_TRANSPARENCY = 1 | 4

# Field types that the wanted tags come in. What is passed over where it comes in others, or is not in the file, is
# asked for by type.
_ASCII, _RATIONAL = 2, 5
_LETTERS = {1: "B", _ASCII: "B", 3: "H", 4: "I", _RATIONAL: "Q", 16: "Q"}
_IF_SOUND = {_X: (_RATIONAL,), _Y: (_RATIONAL,), _UNIT: (3,), _DEPTH: (3, 4), NODATA: (_ASCII,),
             _STRIP_PLACES: (3, 4, 16), _TILE_PLACES: (3, 4, 16)}  # fmt: skip
_MOST_VALUES = 4096
# How long a value of each field type is, and the types whose values are not numbers to a decoder, but one text.
_SIZES = {1: 1, _ASCII: 1, 6: 1, 7: 1, 3: 2, 8: 2, 4: 4, 9: 4, 11: 4, 13: 4, 5: 8, 10: 8, 12: 8, 16: 8, 17: 8, 18: 8}
_TEXTS = {1, _ASCII, 6, 7}
_LAST_PLACE = 2**32 - 2**20  # in a file that is no BigTIFF, with room behind it for a directory

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
    compression: int
    whole_chroma: bool | None
    """Of luma and colour differences: whether each pixel has its own; None where the file does not say."""
    strips: int
    """Bytes of its strips or tiles together."""
    is_sparse: bool
    """Whether there are strips or tiles that are not in the file: all of their samples are 0."""
    is_cut: bool
    """Whether one of them goes on beyond the end of the file, or by far so where decoders tell a missing end."""
    plain_bit_order: bool
    big_endian: bool
    big: bool
    orientation: int
    subfile: int
    description: bytes
    depth: int
    """Planes of one page, behind one another."""
    resolution: tuple[float, float] | None
    """Pixels per unit, along x and y."""
    unit: int
    """Of the resolution: 2 inches, 3 centimetres."""
    nodata: bytes
    """The text by which GDAL says what is stored where there is no data."""
    has_smaller: bool
    """Whether smaller copies hang on it."""
    planes: int
    """How many a MetaMorph stack has behind this page, without directories of their own."""

    @property
    def compressed(self) -> bool:
        return self.compression != 1

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
    def promise(self) -> tuple[int, str]:
        """The bytes of samples that there must be, and how they are packed; 0 where nothing follows from them."""
        packing = PACKINGS.get(self.compression)
        if self.compression == _JPEG and not self.is_sparse:
            return self.pixels, PACKINGS[_JPEG]  # its colours may be shared
        shares_chroma = self.shares_chroma or (self.photometric == YCBCR and self.compressed)
        if packing is None or shares_chroma or self.is_sparse:
            return 0, "stored"
        return self.pixels * sum(self.bits) // 8, packing

    @property
    def pixels(self) -> int:
        return self.width * self.height * self.depth

    @property
    def shares_chroma(self) -> bool:
        """Whether luma and colour differences are stored bare, several pixels to one of the latter."""
        if self.compressed or self.photometric != YCBCR:
            return False
        return self.strips < self.width * self.height * 3 if self.whole_chroma is None else not self.whole_chroma

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
        if self.big and self.big_endian:
            return False  # it cannot even open one
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

    @property
    def tifffile_is_alike(self) -> bool:
        """Whether tifffile gives the page as Pillow does: no palette, nothing inverted, spread or turned into RGB."""
        return self.photometric in (BLACK_IS_ZERO, RGB) and min(self.bits) >= 8


@dataclass(frozen=True, slots=True)
class _Form:
    """How a file writes its numbers: the byte order, and the wider forms of a BigTIFF."""

    order: str
    big: bool

    @property
    def offset(self) -> str:
        return self.order + ("Q" if self.big else "I")

    @property
    def count(self) -> str:
        return self.order + ("Q" if self.big else "H")

    @property
    def entry(self) -> str:
        return self.order + ("HHQ8s" if self.big else "HHI4s")


_Entry = tuple[int, int, int, bytes]  # tag, field type, number of values, the values or where they are


class _Counted:
    """What a decoder will have to take in of the directories of a file, which may lie over one another."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._left = {
            bounds.PAGES: bounds.PAGES.most,
            bounds.TAGS: bounds.TAGS.most,
            bounds.METADATA: bounds.METADATA.most + size,
        }

    def directory(self, entries: Sequence[_Entry]) -> None:
        """Count one more, or raise a `TooMany`. Values that cannot be in the file take no work: they are not read."""
        sizes = [(number, number * _SIZES.get(field, 0), field) for _, field, number, _ in entries]
        sizes = [entry for entry in sizes if 0 < entry[1] <= self._size]  # 0: of a type that there is not
        if any(number > bounds.TAG_VALUES.most and field not in _TEXTS for number, _, field in sizes):
            raise TooMany(bounds.TAG_VALUES)
        stored = sum(size for _, size, _ in sizes)
        if stored > bounds.METADATA.most:  # not only of all together
            raise TooMany(bounds.METADATA)
        for bound, count in ((bounds.PAGES, 1), (bounds.TAGS, len(entries)), (bounds.METADATA, stored)):
            self._count(bound, count)

    def page(self, page: Page) -> None:
        """Count what is kept of one."""
        self._count(bounds.TAGS, len(page.bits) + len(page.extra))

    def _count(self, bound: bounds.Bound, count: int) -> None:
        self._left[bound] -= count
        if self._left[bound] < 0:
            raise TooMany(bound)


def read_pages(stream: BinaryIO) -> list[Page]:
    """Every page's declaration in the order of the file.

    Raises a ValueError or struct.error if the file is damaged, and a `TooMany` if it is beyond a bound.
    """
    form, offset = _header(stream)
    size = stream.seek(0, io.SEEK_END)
    counted = _Counted(size)
    pages: list[Page] = []
    seen: set[int] = set()
    while offset and offset not in seen:
        seen.add(offset)
        entries, offset = _directory(stream, form, offset)
        counted.directory(entries)
        wanted = _WANTED - {DESCRIPTION} if pages else _WANTED
        found = {entry[0]: _values(stream, form, *entry) for entry in entries if entry[0] in wanted}
        found |= _if_sound(stream, form, entries)
        pages.append(_page(found, form, size))
        counted.page(pages[-1])
    if not pages:
        raise ValueError("no pages")
    return pages


def check(stream: BinaryIO) -> None:
    """Raise a `TooMany` where a directory such as pictures of other formats hold, of EXIF, is beyond a bound."""
    counted = _Counted(stream.seek(0, io.SEEK_END))
    try:
        form, offset = _header(stream)
        entries, _ = _directory(stream, form, offset)
    except (ValueError, struct.error):  # decoders pass over one that is damaged
        return
    counted.directory(entries)


def text(stream: BinaryIO, tag: int, most: int) -> bytes:
    """A text of the first page, b"" if there is none or it is longer than `most` bytes."""
    return stored(stream, tag, _ASCII, most + 1)[0].split(b"\0", 1)[0]


def stored(stream: BinaryIO, tag: int, field: int, most: int) -> tuple[bytes, str]:
    """The bytes of a tag of the first page, and their order; none where it is of another type, or longer than that."""
    form, offset = _header(stream)
    entries, _ = _directory(stream, form, offset)
    for found, given, number, inline in entries:
        size = number * _SIZES.get(given, 0)
        if (found, given) == (tag, field) and size <= most:
            return _stored(stream, form, size, inline), form.order
    return b"", form.order


def with_texts(file: bytes, texts: Mapping[int, bytes]) -> bytes:
    """The bytes of a TIFF file whose first page has further tags: its directory is written anew, at the end.

    A file that is no BigTIFF, and so long that there is no place for them, is left as it is.
    """
    stream = io.BytesIO(file)
    form, offset = _header(stream)
    if not form.big and len(file) + sum(map(len, texts.values())) > _LAST_PLACE:
        return file
    entries, following = _directory(stream, form, offset)
    entries = [entry for entry in entries if entry[0] not in texts]
    tail = bytearray(len(file) % 2)  # values and directories begin at even places
    for tag, text in texts.items():
        data = text + b"\0"
        place = struct.pack(form.offset, len(file) + len(tail))
        entries.append((tag, _ASCII, len(data), data if len(data) <= len(place) else place))
        tail += data + bytes(len(data) % 2)
    start = len(file) + len(tail)
    tail += struct.pack(form.count, len(entries))
    tail += b"".join(struct.pack(form.entry, *entry) for entry in sorted(entries))
    tail += struct.pack(form.offset, following)
    head = file[: 8 if form.big else 4] + struct.pack(form.offset, start)
    return b"".join((head, memoryview(file)[len(head) :], tail))


def _header(stream: BinaryIO) -> tuple[_Form, int]:
    """How the numbers are written, and where the first directory is."""
    stream.seek(0)
    head = stream.read(16)
    order = ">" if head[:2] == b"MM" else "<"
    form = _Form(order, struct.unpack(order + "H", head[2:4])[0] == 43)
    (offset,) = struct.unpack(form.offset, head[8:16] if form.big else head[4:8])
    return form, offset


def _directory(stream: BinaryIO, form: _Form, offset: int) -> tuple[list[_Entry], int]:
    """The entries of the directory at a place, and where the next one is."""
    _go(stream, offset)
    (count,) = _unpack(stream, form.count)
    if count > 0xFFFF:
        raise ValueError("too many tags")
    entry = struct.Struct(form.entry)
    entries = list(entry.iter_unpack(stream.read(count * entry.size)))
    if len(entries) < count:
        raise ValueError("cut short")
    (following,) = _unpack(stream, form.offset)
    return entries, following


def _taken(tag: int, number: int) -> int:
    """How many of the values of a tag are looked at: of those that tell all of a page by the first few, no more."""
    return min(number, bounds.TAG_VALUES.most if tag in _ONE_A_STRIP else _MOST_VALUES)


def _if_sound(stream: BinaryIO, form: _Form, entries: Sequence[_Entry]) -> dict[int, tuple[int, ...]]:
    """The values of tags that the pixels do not depend on, as far as they can be; how many there are of two others."""
    found: dict[int, tuple[int, ...]] = {tag: (n,) for tag, _, n, _ in entries if tag in (_SMALLER, _METAMORPH)}
    for entry in entries:
        if entry[1] in _IF_SOUND.get(entry[0], ()):
            with suppress(ValueError, struct.error):
                found[entry[0]] = _values(stream, form, *entry)
    return found


def _values(stream: BinaryIO, form: _Form, tag: int, field: int, number: int, inline: bytes) -> tuple[int, ...]:
    letter = _LETTERS.get(field)
    if letter is None:
        raise ValueError("a tag of a type it cannot have")
    values = f"{form.order}{_taken(tag, number)}{letter}"
    return struct.unpack(values, _stored(stream, form, struct.calcsize(values), inline))


def _stored(stream: BinaryIO, form: _Form, size: int, inline: bytes) -> bytes:
    """The bytes of a tag's values, which are in its entry itself if they fit."""
    if size > len(inline):
        _go(stream, struct.unpack(form.offset, inline)[0])
        inline = stream.read(size)
    if len(inline) < size:
        raise ValueError("cut short")
    return inline[:size]


def _go(stream: BinaryIO, offset: int) -> None:
    try:
        stream.seek(offset)
    except (OSError, OverflowError) as error:
        raise ValueError("a place beyond any file") from error


def _unpack(stream: BinaryIO, form: str) -> tuple[Any, ...]:
    return struct.unpack(form, stream.read(struct.calcsize(form)))


def _page(tags: dict[int, tuple[int, ...]], form: _Form, size: int) -> Page:
    def tag(number: int, default: int) -> int:
        return (tags.get(number) or (default,))[0]

    samples = tag(_SAMPLES, 1)
    bits = tags.get(_BITS) or (1,)
    if not 1 <= samples <= _MOST_VALUES or not all(bits):
        raise ValueError("no samples")
    strips = tags.get(_STRIPS) or tags.get(_TILES) or ()
    per_unit = [_ratio(tags.get(number, (0,))[0], form) for number in (_X, _Y)]
    formats = {UNSIGNED if given == 4 else given for given in tags.get(_SAMPLE_FORMAT) or (UNSIGNED,)}
    return Page(
        width=tag(_WIDTH, 0),
        height=tag(_HEIGHT, 0),
        bits=bits * samples if len(bits) == 1 else bits[:samples],
        sample_format=formats.pop() if len(formats) == 1 else 0,
        photometric=tag(_PHOTOMETRIC, WHITE_IS_ZERO),
        extra=tags.get(_EXTRA, ()),
        compression=tag(_COMPRESSION, 1),
        whole_chroma=tags[_SUBSAMPLING] == (1, 1) if _SUBSAMPLING in tags else None,
        strips=sum(strips),
        is_sparse=0 in strips,
        is_cut=_is_cut(strips, tags.get(_STRIP_PLACES) or tags.get(_TILE_PLACES) or (), tag(_COMPRESSION, 1), size),
        plain_bit_order=tag(_FILL_ORDER, 1) == 1,
        big_endian=form.order == ">",
        big=form.big,
        orientation=tag(_ORIENTATION, 1),
        subfile=tag(_SUBFILE, 0),
        description=bytes(tags.get(DESCRIPTION, ())),
        depth=max(tag(_DEPTH, 1), 1),
        resolution=(per_unit[0], per_unit[1]) if all(per_unit) else None,
        unit=tag(_UNIT, 2),
        nodata=bytes(tags.get(NODATA, ())).split(b"\0", 1)[0],
        has_smaller=_SMALLER in tags,
        planes=tag(_METAMORPH, 1),
    )


def _is_cut(strips: Sequence[int], places: Sequence[int], compression: int, size: int) -> bool:
    if compression == 1:  # there the numbers follow from the sizes of the page
        return False
    if compression in PACKINGS:
        return max(strips, default=0) > size
    return any(place + count > size for place, count in zip(places, strips, strict=False))


def _ratio(value: int, form: _Form) -> float:
    """Of two numbers of 32 bits that were read as one of 64; 0 where it is none."""
    over, under = struct.unpack(form.order + "II", struct.pack(form.order + "Q", value))
    return over / under if under else 0
