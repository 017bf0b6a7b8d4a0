"""NRRD: a header of text, and samples behind it or in a file that it names (.nhdr); both are read by code of ours.

Its axes are stored x first. What is no axis of space is time, or channels: a vector, colours, the layers of a
segmentation.
"""

import gzip
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.printing import printable
from maskexpr.files.decoding import bounds, raw
from maskexpr.files.decoding.format import Format, OpenFile, Pixels, Raster, Source, Window, Writing
from maskexpr.headers.stored import LENGTHS, Stored, length
from maskexpr.kinds.grid import Place

_TYPES = {
    "int8": ("signed char", "int8", "int8_t"),
    "uint8": ("uchar", "unsigned char", "uint8", "uint8_t"),
    "int16": ("short", "short int", "signed short", "signed short int", "int16", "int16_t"),
    "uint16": ("ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"),
    "int32": ("int", "signed int", "int32", "int32_t"),
    "uint32": ("uint", "unsigned int", "uint32", "uint32_t"),
    "int64": (
        *("longlong", "long long", "long long int", "signed long long", "signed long long int", "int64", "int64_t"),
    ),
    "uint64": ("ulonglong", "unsigned long long", "unsigned long long int", "uint64", "uint64_t"),
    "float32": ("float",),
    "float64": ("double",),
}
_DTYPES = {name: np.dtype(dtype) for dtype, names in _TYPES.items() for name in names}
_PACKINGS = {"raw": False, "gzip": True, "gz": True}
_OTHER_NAMES = {"datafile": "data file", "lineskip": "line skip", "byteskip": "byte skip"}
_IN_SPACE = ("domain", "space")
_WORLDS = {  # by how their axes are turned to those of ours
    **dict.fromkeys(("left-posterior-superior", "lps"), (1, 1, 1)),
    **dict.fromkeys(("right-anterior-superior", "ras"), (-1, -1, 1)),
    **dict.fromkeys(("left-anterior-superior", "las"), (1, -1, 1)),
}
_VECTOR = re.compile(r"\(([^()]*)\)|none", re.IGNORECASE)
_QUOTED = re.compile(r'"([^"]*)"')
_SEGMENT = re.compile(r"segment(\d+)_(name|labelvalue|layer)", re.IGNORECASE)
_MOST_AXES = 16  # as the format has it
_MOST_SEGMENTS = 20  # that are named in the notes


@dataclass(frozen=True, slots=True)
class _Header:
    """The fields of a header and what else it has under keys, and where it ends."""

    end: int
    fields: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def words(self, name: str) -> list[str]:
        return self.fields.get(name, "").split()


def _open(file: OpenFile, kind: str | None) -> Source:
    with file.scanning():
        header = _header(file)
        samples = _samples(file, header)
        raw.check(file, samples)
        stored = _stored(file, header, samples.sizes[::-1])
    shape = tuple(samples.sizes[axis] for axis in stored.order)
    colour = "c" in stored.axes
    spacing, grid = stored.spacing(), stored.grid()
    notes = tuple(_notes(header, stored))

    def read(window: Window | None) -> Pixels:
        array = raw.read(file, samples, None if window is None else _window(window, stored))
        array = array.transpose((*stored.order, *(n for n in range(array.ndim) if n not in stored.order)))
        return Pixels(array.reshape(array.shape[: len(shape)]), colour, notes, spacing, grid)

    return Source(shape, samples.dtype.newbyteorder("="), read, colour, spacing, grid)


def _window(window: Window, stored: Stored) -> Window:
    """Of the axes as they are stored."""
    found = [slice(None)] * len(stored.axes)
    for axis, part in zip(stored.order, window, strict=False):
        found[axis] = part
    return tuple(found)


# --- the header ------------------------------------------------------------------------------------------------------


def _header(file: OpenFile) -> _Header:
    stream, found = file.stream, _Header(0)
    stream.seek(0)
    stream.readline(bounds.TEXT_HEADER.most)  # the magic
    while True:
        line = stream.readline(bounds.TEXT_HEADER.most)
        file.check(stream.tell(), bounds.TEXT_HEADER)
        if not line.strip(b"\r\n"):
            break
        _take(line.decode("utf-8", "replace").rstrip("\r\n"), found)
    if not line and "data file" not in found.fields:
        raise file.broken()
    return replace(found, end=stream.tell())


def _take(line: str, header: _Header) -> None:
    """Add what one line states."""
    if line.startswith("#"):
        return
    name, colon, value = line.partition(":")
    if value.startswith("="):
        header.keys[name] = value[1:]
    elif colon:
        name = " ".join(name.lower().split())
        header.fields[_OTHER_NAMES.get(name, name)] = value.strip()
    else:
        raise ValueError(line)


def _samples(file: OpenFile, header: _Header) -> raw.Samples:
    type = header.fields["type"].lower()
    if type not in _DTYPES:
        raise file.wrong(messages.FILE_PIXEL_TYPE, type=f"samples of type {printable(type)}")
    packing = header.fields["encoding"].lower()
    if packing not in _PACKINGS:
        raise file.wrong(messages.FILE_ENCODING, encoding=printable(packing))
    dtype = _DTYPES[type]
    if dtype.itemsize > 1:
        is_big = {"little": False, "big": True}[header.fields["endian"].lower()]
        dtype = dtype.newbyteorder(">" if is_big else "<")
    sizes = tuple(map(int, header.words("sizes")))
    if len(sizes) != int(header.fields["dimension"]):
        raise file.broken()
    beside = _beside(file, header)
    lines, skipped = int(header.fields.get("line skip", "0")), int(header.fields.get("byte skip", "0"))
    return raw.Samples(sizes[::-1], dtype, _PACKINGS[packing], 0 if beside else header.end, lines, skipped, beside)


def _beside(file: OpenFile, header: _Header) -> str:
    """The name of the file of samples; a list or a pattern of names is refused."""
    name = header.fields.get("data file", "")
    words = name.split()
    if words and (words[0] == "LIST" or (len(words) > 3 and "%" in words[0])):
        raise file.wrong(messages.FILE_OF_MANY_FILES)
    return name


# --- its axes --------------------------------------------------------------------------------------------------------


def _stored(file: OpenFile, header: _Header, sizes: tuple[int, ...]) -> Stored:
    """What is stated of axes whose sizes these are, the fastest first."""
    vectors = [_numbers(found[1]) if found[1] is not None else None for found in _of(header, "space directions")]
    kinds = [kind.lower() for kind in header.words("kinds")]
    if any(kind == "complex" for kind in kinds):
        raise file.wrong(messages.FILE_PIXEL_TYPE, type="complex numbers")
    for stated in (vectors, kinds):
        if stated and len(stated) != len(sizes):
            raise file.broken()
    letters = [_letter(n, vectors, kinds) for n in range(len(sizes))]
    if letters.count("s") == 4:  # of which the last is time where nothing says otherwise
        letters[len(letters) - 1 - letters[::-1].index("s")] = "t"
    mixed = _mixed(vectors, letters)
    letters = ["1" if letter in "tc" and size == 1 else letter for letter, size in zip(letters, sizes, strict=True)]
    if "s" not in letters:  # a list of colours, say
        letters = ["s"] * len(sizes)
    if not 0 < letters.count("s") <= 3 or letters.count("t") > 1 or letters.count("c") > 1:
        raise file.wrong(messages.FILE_MANY_AXES, shape=" x ".join(map(str, sizes)))
    return _placed(header, "".join(letters), vectors, mixed)


def _letter(axis: int, vectors: list[Place | None], kinds: list[str]) -> str:
    """What one axis is, from its way in space, or from its kind; "s" where nothing is said."""
    kind = kinds[axis] if kinds else "domain" if not vectors or vectors[axis] is not None else "vector"
    if kind == "time":
        return "t"
    if vectors:
        return "c" if vectors[axis] is None else "s"
    return "s" if kind in (*_IN_SPACE, "none", "???") else "c"


def _placed(header: _Header, axes: str, vectors: list[Place | None], mixed: bool) -> Stored:
    space = header.fields.get("space", "").lower().removesuffix("-time")
    space = space[:-1] if space in ("rast", "last", "lpst") else space
    turn = _WORLDS.get(space)
    signs = turn or (1, 1, 1)
    units = _QUOTED.findall(header.fields.get("space units", ""))
    scale = LENGTHS.get(units[0].lower(), 1.0) if units and len(set(units[:3])) == 1 else 1.0
    ways = [None if vector is None else _turned(vector, signs, scale) for vector in vectors] or [None] * len(axes)
    ways = [way if letter == "s" else None for way, letter in zip(ways, axes, strict=True)]
    origins = _of(header, "space origin")
    origin = _turned(_numbers(origins[0][1]), signs, scale) if len(origins) == 1 and origins[0][1] else None
    if mixed:
        ways = [None] * len(axes)
    sizes = [None if way is None else length(way) for way in ways] if vectors else _sizes(header, len(axes))
    return Stored(axes, tuple(ways), tuple(sizes), origin, "LPS" if turn else "")


def _mixed(vectors: list[Place | None], axes: Sequence[str]) -> bool:
    """Whether time goes on along an axis of space, or the other way round."""
    return (
        any(
            any(vector[:3] if letter == "t" else vector[3:])
            for vector, letter in zip(vectors, axes, strict=True)
            if vector
        )
        if vectors
        else False
    )


def _of(header: _Header, name: str) -> list[re.Match[str]]:
    return [*_VECTOR.finditer(header.fields.get(name, ""))]


def _numbers(text: str) -> Place:
    return tuple(float(part) for part in text.split(","))


def _turned(place: Place, signs: tuple[int, ...], scale: float) -> Place:
    return tuple(part * sign * scale for part, sign in zip(place, signs, strict=False))


def _sizes(header: _Header, ndim: int) -> list[float | None]:
    """The sizes of pixels that are stated without a place."""
    spacings = [float(word) for word in header.words("spacings")]
    units = _QUOTED.findall(header.fields.get("units", "")) or ["mm"] * ndim
    if len(spacings) != ndim or len(units) != ndim:
        return [None] * ndim
    scales = [LENGTHS.get(unit.lower() or "mm") for unit in units]
    return [None if scale is None else size * scale for size, scale in zip(spacings, scales, strict=True)]


def _notes(header: _Header, stored: Stored) -> list[str]:
    found = []
    if "c" in stored.axes:
        found.append("what is no axis of space is taken as channels")
    segments: dict[int, dict[str, str]] = {}
    for key, value in header.keys.items():
        if match := _SEGMENT.fullmatch(key):
            segments.setdefault(int(match[1]), {})[match[2].lower()] = value
    if segments:
        named = [_segment(segments[number], "c" in stored.axes) for number in sorted(segments)[:_MOST_SEGMENTS]]
        more = ", ..." if len(segments) > _MOST_SEGMENTS else ""
        found.append(f"segments: {', '.join(named)}{more}")
    return found


def _segment(told: dict[str, str], layered: bool) -> str:
    place = f" of channel {printable(told.get('layer', '?'))}" if layered else ""
    return f"{printable(told.get('labelvalue', '?'))}{place} is {printable(told.get('name', '?'))}"


# --- writing ---------------------------------------------------------------------------------------------------------


def _holds(raster: Raster) -> bool:
    array = raster.array
    axes = array.ndim - (raster.kind == "colour")
    return array.size > 0 and array.dtype.kind in "iuf" and array.dtype != np.float16 and 1 <= axes <= 4


def _encode(raster: Raster) -> bytes:
    array, grid = raster.array, raster.grid
    axes = array.ndim - (raster.kind == "colour")
    timed = axes == 4 or (grid is not None and "t" in grid.axes)
    first = ["vector"] if raster.kind == "colour" else []
    kinds = [*first, *["domain"] * (axes - timed), *(["time"] if timed else [])]
    if array.dtype.itemsize > 1:
        array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    fields = {
        "type": _TYPES[raster.array.dtype.name][-1],
        "dimension": str(array.ndim),
        "sizes": " ".join(map(str, (array.shape[-1:] if first else ()) + array.shape[:axes][::-1])),
        "kinds": " ".join(kinds),
        "endian": "little",
        "encoding": "gzip",
        **_place(raster, axes, timed),
    }
    lines = ["NRRD0005", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\n".join(lines).encode("ascii") + gzip.compress(array.tobytes(), 6, mtime=0)


def _place(raster: Raster, axes: int, timed: bool) -> dict[str, str]:
    """The fields that say where the pixels lie. Time is a fourth axis of space there: ITK reads no other."""
    grid, before = raster.grid, ["none"] if raster.kind == "colour" else []
    if grid is not None and grid.origin is not None and grid.steps is not None and grid.world in ("LPS", ""):
        ways = [way for way in reversed(grid.steps) if way is not None]
        flat = not grid.world and len(ways) == 2 and not any(place[2] for place in (*ways, grid.origin))
        kept, more = 2 if flat else 3, (0.0,) * timed
        named = "left-posterior-superior" + ("-time" if timed else "")
        time = [_vector((*[0.0] * kept, 1.0))] if timed else []
        return {
            **({"space": named} if grid.world else {"space dimension": str(kept + timed)}),
            "space directions": " ".join([*before, *(_vector((*way[:kept], *more)) for way in ways), *time]),
            "space origin": _vector((*grid.origin[:kept], *more)),
        }
    if raster.spacing is None:
        return {}
    sizes = [repr(float(size)) for size in raster.spacing[len(raster.spacing) - (axes - timed) :]][::-1]
    units = ['""'] * len(before) + ['"mm"'] * len(sizes) + ['""'] * timed
    return {"spacings": " ".join([*(["nan"] * len(before)), *sizes, *(["nan"] * timed)]), "units": " ".join(units)}


def _vector(parts: Place) -> str:
    return f"({','.join(repr(float(part)) for part in parts)})"


FORMAT = Format(
    "NRRD",
    (".nrrd", ".nhdr"),
    begins=lambda head: re.match(rb"NRRD00\d\d\r?\n", head) is not None,
    open=_open,
    writing=Writing(_holds, _encode, on=1, is_medical=True),
)
