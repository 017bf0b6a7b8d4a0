"""The header of a NIfTI file: each number that work follows from is looked at before it does."""

import math
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.files.decoding import bounds
from maskexpr.files.decoding.format import OpenFile
from maskexpr.headers.nifti import without_ones

LONGEST = 544
"""Bytes of the longest header, the mark of extensions behind it included."""
STORED = {
    2: "uint8",
    4: "int16",
    8: "int32",
    16: "float32",
    64: "float64",
    256: "int8",
    512: "uint16",
    768: "uint32",
    1024: "int64",
    1280: "uint64",
}
"""What datatypes of one number a pixel are called."""
COLOURS = {3: 128, 4: 2304}
"""The datatypes of so many bytes of colour a pixel."""
_REFUSED = {
    1: "single bits",
    32: "complex numbers",
    1536: "floating numbers of 128 bits",
    1792: "complex numbers",
    2048: "complex numbers",
}
_MAGICS = {348: (344, b"n+1\0", b"ni1\0"), 540: (4, b"n+2\0", b"ni2\0")}  # where, of one file, of a pair
SPACE_AND_TIME = 4
"""The first axes; the fifth is the numbers of a vector."""
MARK = 4
"""Bytes behind a header that say whether extensions follow."""


@dataclass(frozen=True, slots=True, eq=False)
class Header:
    """What a header says of the samples.

    Attributes
    ----------
    fields
        All of it, as nibabel's header, which is not changed.
    raw
        Its bytes.
    is_single
        Whether the samples are in the same file.
    shape
        As the header has it: x first, with its trailing axes of 1.
    stored
        The type of the samples in the file.
    colours
        Bytes of colour a pixel of the colour types; 0 for others.
    offset
        Where the samples begin.
    slope, inter
        What the samples are multiplied by, and what is added then.
    notes
        What was taken otherwise than it is stated.
    """

    fields: Any
    raw: bytes
    is_single: bool
    shape: tuple[int, ...]
    stored: np.dtype
    colours: int
    offset: int
    slope: float
    inter: float
    notes: tuple[str, ...]

    @property
    def vector(self) -> int:
        """The numbers along a fifth axis, which are channels; 1 where there is none."""
        return self.shape[SPACE_AND_TIME] if len(self.shape) > SPACE_AND_TIME else 1

    @property
    def kept(self) -> tuple[int, ...]:
        """The axes of space and time without trailing ones of 1, but for two: x first."""
        return without_ones(self.shape[:SPACE_AND_TIME])

    @property
    def bytes(self) -> int:
        return math.prod(self.shape) * max(self.colours, 1) * self.stored.itemsize


def begins_header(head: bytes) -> bool:
    """Whether bytes begin as a header of NIfTI or Analyze does: with its length, in one order or the other."""
    return len(head) >= 4 and _order(head) is not None


def _order(head: bytes) -> str | None:
    return next((order for order in "<>" if struct.unpack(f"{order}i", head[:4])[0] in _MAGICS), None)


def is_analyze(head: bytes) -> bool:
    """Whether what begins as a header is of Analyze, of which NIfTI was made: it says nothing of left and right."""
    place, *magics = _MAGICS[_length(head)]
    return head[place : place + 4] not in magics


def _length(head: bytes) -> int:
    length: int = struct.unpack(f"{_order(head) or '<'}i", head[:4])[0]
    return length


def fields_of(raw: bytes) -> Any:
    """The header as nibabel has it, unchecked, as if its samples were in one file with it."""
    from nibabel import nifti1, nifti2  # an extra, which takes long to import

    make: Any = nifti1.Nifti1Header if len(raw) == 348 else nifti2.Nifti2Header
    return make(raw, endianness=_order(raw), check=False)


def read_header(file: OpenFile, head: bytes) -> Header:
    """The header that a file begins with; what no volume can have is damage."""
    if is_analyze(head):
        raise file.wrong(messages.FILE_ANALYZE)
    raw = head[: _length(head)]
    place, single, _ = _MAGICS[len(raw)]
    fields = fields_of(raw)
    is_single = raw[place : place + 4] == single
    shape = _shape(file, fields)
    stored, colours = _type(file, int(fields["datatype"]))
    stored = stored.newbyteorder(fields.endianness)
    notes: list[str] = []
    bits = stored.itemsize * 8 * max(colours, 1)
    slope, inter = _scaling(float(fields["scl_slope"]), float(fields["scl_inter"]), notes)
    if int(fields["bitpix"]) != bits:
        notes.append(f"its header says {int(fields['bitpix'])} bits a pixel: the {bits} of its type are taken")
    if colours and (slope, inter) != (1, 0):
        notes.append("its scaling is not for colours: they are taken as stored")
        slope, inter = 1.0, 0.0
    offset = _offset(file, float(fields["vox_offset"]), len(raw) + MARK if is_single else 0)
    return Header(fields, raw, is_single, shape, stored, colours, offset, slope, inter, tuple(notes))


def shape_in(fields: Any) -> tuple[int, ...]:
    """The shape as a header has it: x first, with its trailing axes of 1."""
    count, *lengths = map(int, fields["dim"])
    return tuple(lengths[:count])


def _shape(file: OpenFile, fields: Any) -> tuple[int, ...]:
    shape = shape_in(fields)
    if not 1 <= int(fields["dim"][0]) <= 7 or min(shape) < 0:
        raise file.broken()
    if 0 in shape:
        raise file.wrong(messages.FILE_NO_PIXELS, shape=" x ".join(map(str, shape)))
    file.check(math.prod(shape), bounds.PIXELS)
    if any(length > 1 for length in shape[SPACE_AND_TIME + 1 :]):
        raise file.wrong(messages.FILE_MANY_AXES, shape=" x ".join(map(str, shape)))
    return shape


def _type(file: OpenFile, code: int) -> tuple[np.dtype, int]:
    """The type of samples, and how many bytes of colour are a pixel."""
    if code in STORED:
        return np.dtype(STORED[code]), 0
    if code in COLOURS.values():
        return np.dtype(np.uint8), next(count for count, known in COLOURS.items() if known == code)
    raise file.wrong(messages.FILE_PIXEL_TYPE, type=_REFUSED.get(code, f"pixels of NIfTI's type {code}"))


def _scaling(slope: float, inter: float, notes: list[str]) -> tuple[float, float]:
    """A slope of 0 or none says that nothing is scaled, whatever the intercept is; one without an intercept, as nibabel
    saves where a slope alone was put into a header, is taken as others take it."""
    if slope == 0 or not math.isfinite(slope):
        return 1.0, 0.0
    if not math.isfinite(inter):
        notes.append(f"its header has a slope of {slope:.9g} and no intercept: 0 is taken")
        return slope, 0.0
    return slope, inter


def _offset(file: OpenFile, offset: float, least: int) -> int:
    """Where the samples begin; one of 0 stands for the first byte that they may be at."""
    if not math.isfinite(offset) or offset != int(offset) or offset < 0 or 0 < offset < least:
        raise file.broken()
    return int(offset) or least
