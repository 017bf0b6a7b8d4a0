"""What one DICOM file says of its pixels, read without them: pydicom takes the elements apart, we judge them."""

import struct
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.messages import Mistake
from maskexpr.files.decoding import bounds
from maskexpr.files.decoding.format import OpenFile
from maskexpr.files.formats.dicom.skimming import skimmed
from maskexpr.headers.dicom.groups import whole
from maskexpr.headers.dicom.header import (
    BIG_ENDIAN,
    COLOURS,
    DEFLATED,
    FLOATS,
    GREYS,
    IMPLICIT,
    LITTLE_ENDIAN,
    Header,
    header_of,
    is_palette,
)

if TYPE_CHECKING:
    from pydicom import Dataset

DECODER = "pydicom"

_DIRECTORY = "1.2.840.10008.1.3.10"
_UNKNOWN_LENGTH = 0xFFFFFFFF
_SECTION = 2**20
_SERIES, _ROWS, _COLUMNS = 0x0020000E, 0x00280010, 0x00280011
_SKIMMED = 2**16


class NoPixels(Exception):
    """A DICOM file that holds no image: how that is said where it is alone, and what it is instead."""

    def __init__(self, mistake: Mistake, what: str = "") -> None:
        self.mistake, self.what = mistake, what
        super().__init__(what)


def dataset(
    file: OpenFile, *, pixels: bool, until: "Callable[[int, str | None, int], bool] | None" = None
) -> "Dataset":
    """The elements of a file, with or without its pixels, or up to a certain one; within `file.decoding`."""
    try:
        import pydicom
        from pydicom.filereader import read_partial
    except ImportError:
        raise file.wrong(messages.DICOM_NEEDS_PYDICOM) from None
    file.stream.seek(0)
    stream: Any = _Within(file.stream, file.size)
    if until is not None:
        return read_partial(stream, until, force=True)
    return pydicom.dcmread(stream, stop_before_pixels=not pixels, force=True)


def series_of(file: OpenFile) -> str | None:
    """The series that a file is of, by its UID, "" where it states none; None if it holds no image. Nothing behind the
    size of its image is read; where a file ends before that, it is not known to hold none."""
    file.stream.seek(0)
    known = skimmed(file.stream.read(_SKIMMED), (_SERIES, _ROWS, _COLUMNS), _COLUMNS)
    if known is not None and _ROWS in known and _COLUMNS in known:
        is_image = any(known[_ROWS]) and any(known[_COLUMNS])
        return known.get(_SERIES, b"").decode("ascii", "replace").strip("\0 ") if is_image else None
    behind: list[int] = []

    def is_behind(tag: int, form: str | None, length: int) -> bool:
        behind.extend([tag] if tag > _COLUMNS else [])
        return bool(behind)

    with file.decoding(DECODER):
        _check_deflated(file)
        found = dataset(file, pixels=False, until=is_behind)
        is_other = bool(behind) or "DirectoryRecordSequence" in found
        if is_other and not (whole(found, "Rows", 0) and whole(found, "Columns", 0)):
            return None
        return str(found.get("SeriesInstanceUID") or "")


def read(file: OpenFile, number: int) -> Header:
    """The header of a file, which is so many of a series; a `NoPixels` where it is no image."""
    with file.decoding(DECODER):
        _check_deflated(file)
        found = dataset(file, pixels=False)
        header = _taken(file, number, found, file.stream.tell())
    if isinstance(header, NoPixels):
        raise header
    return header


def _taken(file: OpenFile, number: int, found: "Dataset", end: int) -> "Header | NoPixels":
    """The header from elements that end at some place of the file."""
    meta = getattr(found, "file_meta", {})
    kind = str(meta.get("MediaStorageSOPClassUID") or found.get("SOPClassUID") or "")
    if kind == _DIRECTORY or "DirectoryRecordSequence" in found:
        return NoPixels(messages.DICOM_DIRECTORY)
    syntax = _syntax(found)
    place = None if syntax == DEFLATED else _pixels_at(file, end, found)
    is_image = place is not None or syntax == DEFLATED
    if not is_image or not whole(found, "Rows", 0) or not whole(found, "Columns", 0):
        return NoPixels(messages.DICOM_NO_PIXELS, _in_words(found, kind))
    file.check(whole(found, "NumberOfFrames", 1), bounds.PAGES)
    palette = _palette_bits(file, found) if is_palette(found) else 0
    header = header_of(found, file.name, number, syntax, place and place[:2], palette)
    _check(file, header, place)
    return header


def _in_words(found: "Dataset", kind: str) -> str:
    from pydicom.uid import UID

    return UID(kind).name if kind else str(found.get("Modality") or "of no known kind")


class _Within:
    """A stream that is asked for no more bytes than there are: an element may claim 4 GB."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream, self._size = stream, size
        self.seek, self.tell, self.close = stream.seek, stream.tell, stream.close

    def read(self, size: int = -1) -> bytes:
        if size is not None and size > bounds.CHUNK_BYTES:
            size = min(size, max(self._size - self._stream.tell(), 0))
        return self._stream.read(size)


def _check_deflated(file: OpenFile) -> None:
    """Refuse what unpacks to more than a bound, where all behind the first group is one stream of deflate."""
    file.stream.seek(0)
    head = file.stream.read(2**12)
    if DEFLATED.encode() not in head:
        return
    length = head.find(b"\2\0\0\0UL\4\0")
    if length < 0:
        raise file.broken()
    start = length + 12 + struct.unpack_from("<I", head, length + 8)[0]
    file.stream.seek(start)
    unpacker, total = zlib.decompressobj(-zlib.MAX_WBITS), 0
    while data := file.stream.read(_SECTION):
        while data:
            total += len(unpacker.decompress(data, _SECTION))
            data = unpacker.unconsumed_tail
            file.check(total, bounds.INFLATED)
    if not unpacker.eof:
        raise file.broken()


def _syntax(found: "Dataset") -> str:
    syntax = str(getattr(found, "file_meta", {}).get("TransferSyntaxUID") or "")
    if syntax:
        return syntax
    implicit, little = found.original_encoding
    return IMPLICIT if implicit else LITTLE_ENDIAN if little else BIG_ENDIAN


def _pixels_at(file: OpenFile, end: int, found: "Dataset") -> tuple[int, str, int] | None:
    """Where the pixels begin, under what name, and how many bytes they have; None if there are none.

    pydicom stops before their element.
    """
    little = found.original_encoding[1]
    order = "<" if little else ">"
    file.stream.seek(end)
    head = file.stream.read(12)
    if len(head) < 12:
        return None
    group, element = struct.unpack_from(order + "HH", head)
    if group != 0x7FE0 or element not in (8, 9, 16):
        return None
    name = "PixelData" if element == 16 else FLOATS[element][0]
    # Some are not written as they say: a length is even and so never begins like one of these.
    if head[4:6] in (b"OB", b"OW", b"OF", b"OD", b"UN"):
        return end + 12, name, struct.unpack_from(order + "I", head, 8)[0]
    return end + 8, name, struct.unpack_from(order + "I", head, 4)[0]


def _palette_bits(file: OpenFile, found: "Dataset") -> int:
    """Of one channel of a palette's colours; a palette that unpacks to more than a palette is damage."""
    for colour in ("Red", "Green", "Blue"):
        packed = found.get(f"Segmented{colour}PaletteColorLookupTableData")
        if packed is not None and _unpacked(packed, "<" if found.original_encoding[1] else ">") > 2**16:
            raise file.broken()
    descriptor = found.get("RedPaletteColorLookupTableDescriptor")
    bits = int(descriptor[2]) if descriptor is not None and len(descriptor) == 3 else 0
    if bits not in (8, 16):
        raise file.broken()
    return bits


def _unpacked(packed: bytes, order: str) -> int:
    """How many colours the segments of a palette come to."""
    words = struct.unpack(f"{order}{len(packed) // 2}H", packed[: len(packed) // 2 * 2])
    at = total = 0
    while at + 1 < len(words):
        opcode, length = words[at : at + 2]
        if opcode not in (0, 1):  # one that repeats others, which encoders do not write
            return _UNKNOWN_LENGTH
        total += length
        at += 2 + (length if opcode == 0 else 1)
    return total


def _check(file: OpenFile, header: Header, place: tuple[int, str, int] | None) -> None:
    """Refuse what is not read, and what promises more than the file can hold."""
    is_grey = header.samples == 1 and header.photometric in GREYS
    is_colour = header.samples == 3 and header.photometric in COLOURS
    if not is_grey and not is_colour and not (header.samples == 1 and header.is_palette):
        many = f"{header.samples} samples a pixel of {header.photometric}"
        raise file.wrong(messages.FILE_PIXEL_TYPE, type=many)
    if header.allocated not in (1, 8, 16, 32, 64) or (is_colour and header.allocated > 32):
        raise file.wrong(messages.FILE_PIXEL_TYPE, type=f"samples of {header.allocated} bits")
    if not 0 < header.stored <= header.high + 1 <= header.allocated:
        raise file.broken()
    pixels = header.rows * header.columns * header.samples * header.frames
    file.check(pixels, bounds.PIXELS)
    if place is None:
        return
    held = file.size - place[0]
    if not header.is_native:
        file.check_promise(pixels * header.allocated // 8, held, "arithmetic")
        return
    promised = (pixels * header.allocated + 7) // 8
    if header.photometric == "YBR_FULL_422":
        promised = promised * 2 // 3
    if place[2] != _UNKNOWN_LENGTH:
        held = min(held, place[2])
    if promised > held:
        raise file.broken()
