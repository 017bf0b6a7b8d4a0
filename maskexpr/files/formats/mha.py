"""MetaImage: a header of text, and samples behind it (.mha) or in a file that it names (.mhd), both read by code of
ours.

Its axes are stored x first, with the numbers of a pixel before them; its world is ITK's, the one of `Grid`.
"""

import re
import zlib
from itertools import pairwise

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.printing import printable
from maskexpr.files.decoding import bounds, raw
from maskexpr.files.decoding.format import Format, OpenFile, Pixels, Raster, Source, Window, Writing
from maskexpr.files.decoding.places import LENGTHS, Stored
from maskexpr.kinds.grid import Place

_TYPES = {
    "MET_CHAR": "int8",
    "MET_UCHAR": "uint8",
    "MET_SHORT": "int16",
    "MET_USHORT": "uint16",
    "MET_INT": "int32",
    "MET_UINT": "uint32",
    "MET_LONG": "int32",  # as it was where the format began
    "MET_ULONG": "uint32",
    "MET_LONG_LONG": "int64",
    "MET_ULONG_LONG": "uint64",
    "MET_FLOAT": "float32",
    "MET_DOUBLE": "float64",
}
_NAMES = {dtype: name for name, dtype in reversed(_TYPES.items())}
_LOCAL = ("LOCAL", "Local", "local")
_BEGINS = re.compile(rb"\s*(?:ObjectType|NDims|Comment|ObjectSubType)\s*=", re.ASCII)
_PLACES = ("Offset", "Position", "Origin")
_TURNS = ("TransformMatrix", "Rotation", "Orientation")
_MOST_AXES = 4

Fields = dict[str, str]


def _open(file: OpenFile, kind: str | None) -> Source:
    with file.scanning():
        fields, end = _header(file)
        samples = _samples(file, fields, end)
        raw.check(file, samples)
        stored = _stored(fields, samples)
    shape = tuple(samples.sizes[axis] for axis in stored.order)
    colour, spacing, grid = "c" in stored.axes, stored.spacing(), stored.grid()
    notes = tuple(_notes(fields))

    def read(window: Window | None) -> Pixels:
        return Pixels(raw.read(file, samples, window), colour, notes, spacing, grid)

    return Source(shape, samples.dtype.newbyteorder("="), read, colour, spacing, grid)


# --- the header ------------------------------------------------------------------------------------------------------


def _header(file: OpenFile) -> tuple[Fields, int]:
    """The fields up to the one that says where the samples are, and where it ends."""
    stream, fields = file.stream, Fields()
    stream.seek(0)
    while "ElementDataFile" not in fields:
        line = stream.readline(bounds.TEXT_HEADER.most)
        file.check(stream.tell(), bounds.TEXT_HEADER)
        if not line:
            raise file.broken()
        name, equals, value = line.decode("utf-8", "replace").partition("=")
        if equals:
            fields[name.strip()] = value.strip()
        elif line.strip():
            raise file.broken()
    return fields, stream.tell()


def _samples(file: OpenFile, fields: Fields, end: int) -> raw.Samples:
    if fields.get("ObjectType", "Image") != "Image":
        raise file.wrong(messages.FILE_PIXEL_TYPE, type=f"a MetaObject of type {printable(fields['ObjectType'])}")
    if not _truth(fields, "BinaryData", True):
        raise file.wrong(messages.FILE_ENCODING, encoding="text")
    sizes = tuple(map(int, fields["DimSize"].split()))
    if len(sizes) != int(fields["NDims"]):
        raise file.broken()
    if len(sizes) > _MOST_AXES:
        raise file.wrong(messages.FILE_MANY_AXES, shape=" x ".join(map(str, sizes)))
    type = fields["ElementType"]
    if type not in _TYPES:
        raise file.wrong(messages.FILE_PIXEL_TYPE, type=f"elements of type {printable(type)}")
    is_big = _truth(fields, "BinaryDataByteOrderMSB", _truth(fields, "ElementByteOrderMSB", False))
    channels = int(fields.get("ElementNumberOfChannels", "1"))
    beside = _beside(file, fields)
    packed, skipped = _truth(fields, "CompressedData", False), int(fields.get("HeaderSize", "0"))
    return raw.Samples(
        (*sizes[::-1], *([channels] if channels != 1 else [])),
        np.dtype(_TYPES[type]).newbyteorder(">" if is_big else "<"),
        packed,
        # The bytes that are passed over are counted from the beginning of the file, this one too.
        max(skipped, 0) if beside or skipped > 0 else end,
        0,
        raw.FROM_END if skipped < 0 else 0,
        beside,
    )


def _truth(fields: Fields, name: str, default: bool) -> bool:
    return fields[name][:1] in ("T", "t", "1") if name in fields else default


def _beside(file: OpenFile, fields: Fields) -> str:
    name = fields["ElementDataFile"]
    if name in _LOCAL:
        return ""
    if not name or name.split()[0] == "LIST" or "%" in name:
        raise file.wrong(messages.FILE_OF_MANY_FILES)
    return name


# --- its place -------------------------------------------------------------------------------------------------------


def _stored(fields: Fields, samples: raw.Samples) -> Stored:
    ndim = int(fields["NDims"])
    layered = len(samples.sizes) > ndim
    letters = ("c" if layered else "") + "s" * min(ndim, 3) + "t" * (ndim > 3)
    scale = LENGTHS.get(fields.get("DistanceUnits", "mm").lower(), 1.0)
    stated = _numbers(fields, ("ElementSpacing", "ElementSize"), ndim)
    sizes = None if stated is None else [size * scale for size in stated[:3]]
    ways = [None] * ndim if sizes is None else _ways(fields, ndim, sizes)
    origin = _numbers(fields, _PLACES, ndim)
    before: list[None] = [None] * layered
    lengths: list[float | None] = [None] * min(ndim, 3) if sizes is None else [*map(abs, sizes)]
    return Stored(
        letters,
        (*before, *ways),
        (*before, *lengths, *([None] * (ndim > 3))),
        origin and tuple(part * scale for part in origin[:3]),
        "LPS" if ndim > 2 else "",
    )


def _ways(fields: Fields, ndim: int, sizes: list[float]) -> list[Place | None]:
    """The way along each axis; none where time and space are mixed."""
    default = tuple(float(row == column) for row in range(ndim) for column in range(ndim))
    matrix = _numbers(fields, _TURNS, ndim * ndim) or default
    rows = [matrix[start:stop] for start, stop in pairwise(range(0, ndim * ndim + 1, ndim))]
    if any(part for row in rows[:3] for part in row[3:]):
        return [None] * ndim
    found: list[Place | None] = [tuple(part * size for part in row[:3]) for row, size in zip(rows, sizes, strict=False)]
    return [*found, *[None] * (ndim - len(found))]


def _numbers(fields: Fields, names: tuple[str, ...], count: int) -> Place | None:
    """The numbers that the first field of some names has."""
    text = next((fields[name] for name in names if name in fields), None)
    if text is None:
        return None
    numbers = tuple(map(float, text.split()))
    if len(numbers) != count:
        raise ValueError(text)
    return numbers


def _notes(fields: Fields) -> list[str]:
    slope = float(fields.get("ElementToIntensityFunctionSlope", "1"))
    offset = float(fields.get("ElementToIntensityFunctionOffset", "0"))
    if (slope, offset) == (1, 0):
        return []
    return [f"numbers taken as they are stored: the scale that it states ({slope:g}, {offset:g}) is not applied"]


# --- writing ---------------------------------------------------------------------------------------------------------


def _holds(raster: Raster) -> bool:
    array = raster.array
    axes = array.ndim - (raster.kind == "colour")
    timed = raster.grid is not None and "t" in raster.grid.axes
    if not (array.size and array.dtype.name in _NAMES and 2 <= axes <= _MOST_AXES) or (timed and axes < _MOST_AXES):
        return False
    return raster.kind != "colour" or array.shape[-1] > 1


def _encode(raster: Raster) -> bytes:
    array = raster.array.astype(raster.array.dtype.newbyteorder("<"), copy=False)
    layered = raster.kind == "colour"
    sizes = array.shape[: array.ndim - layered][::-1]
    packed = zlib.compress(array.tobytes(), 6)
    fields = {
        "ObjectType": "Image",
        "NDims": str(len(sizes)),
        "BinaryData": "True",
        "BinaryDataByteOrderMSB": "False",
        "CompressedData": "True",
        "CompressedDataSize": str(len(packed)),
        **_place(raster, len(sizes)),
        "DimSize": " ".join(map(str, sizes)),
        **({"ElementNumberOfChannels": str(array.shape[-1])} if layered else {}),
        "ElementType": _NAMES[raster.array.dtype.name],
        "ElementDataFile": "LOCAL",
    }
    return "".join(f"{name} = {value}\n" for name, value in fields.items()).encode("ascii") + packed


def _place(raster: Raster, ndim: int) -> Fields:
    """The fields that say where the pixels lie; a plane in space cannot be stated, only the sizes of its pixels."""
    grid, space = raster.grid, min(ndim, 3)
    sizes = None if raster.spacing is None else [float(size) for size in raster.spacing[-space:]][::-1]
    fields = {}
    if grid is not None and grid.origin is not None and grid.steps is not None and grid.world in ("LPS", ""):
        ways = [way for way in reversed(grid.steps) if way is not None]
        lengths = [sum(part * part for part in way) ** 0.5 for way in ways]
        if len(ways) == space and not any(part for place in (*ways, grid.origin) for part in place[space:]):
            sizes = lengths
            rows = [[part / size for part in way[:space]] for way, size in zip(ways, lengths, strict=True)]
            fields["TransformMatrix"] = _text([part for row in _with_time(rows, ndim) for part in row])
            fields["Offset"] = _text([*grid.origin[:space], *[0.0] * (ndim - space)])
    if sizes is not None:
        fields["ElementSpacing"] = _text([*sizes, *[1.0] * (ndim - space)])
    return fields


def _with_time(rows: list[list[float]], ndim: int) -> list[list[float]]:
    if len(rows) == ndim:
        return rows
    return [*([*row, 0.0] for row in rows), [*[0.0] * len(rows), 1.0]]


def _text(numbers: list[float]) -> str:
    return " ".join(repr(float(number)) for number in numbers)


FORMAT = Format(
    "MetaImage",
    (".mha", ".mhd"),
    begins=lambda head: _BEGINS.match(head) is not None,
    open=_open,
    writing=Writing(_holds, _encode, on=1, is_medical=True),
)
