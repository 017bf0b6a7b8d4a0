"""OME-XML: the part of it that says which page is which plane of the first image, read without trust.

It is walked, not made a tree of: no entity is defined or followed, and what is kept grows with the planes it names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from xml.parsers import expat

from maskexpr.files.formats.tiff.sizes import millimetres

_ORDERS = ("XYZCT", "XYZTC", "XYCTZ", "XYCZT", "XYTCZ", "XYTZC")


@dataclass(slots=True)
class Block:
    """A run of planes: the first page, the first plane by its c, z, t, and how many; where there is no page, from 0."""

    page: int | None
    first: dict[str, int]
    count: int | None
    file: str = ""
    uuid: str = ""


@dataclass(slots=True)
class Described:
    """What OME-XML says of the first image."""

    order: str = ""
    counts: dict[str, int] = field(default_factory=dict)  # of x, y, c, z, t
    sizes: dict[str, Fraction] = field(default_factory=dict)  # in millimetres, of x, y, z
    channels: list[tuple[str, int]] = field(default_factory=list)  # names, and samples of a pixel
    blocks: list[Block] = field(default_factory=list)
    images: int = 0
    uuid: str = ""
    elsewhere: str = ""
    """The file that has the metadata, where this one only names it."""


class Refused(ValueError):
    """It is no OME-XML that is read, and why."""


def described(text: bytes) -> Described:
    """What a text says, or a `Refused`."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse_types
    parser.EntityDeclHandler = _refuse_types
    parser.buffer_text = True
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise Refused(f"it is no XML: {error}") from None
    return reader.found


def _refuse_types(*_: object) -> None:
    raise Refused("it declares types of its own")


class _Reader:
    """What expat calls for each element, in their order."""

    def __init__(self) -> None:
        self.found = Described()
        self._in_uuid = False

    def start(self, name: str, given: Mapping[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "OME":
            self.found.uuid = given.get("UUID", "")
        elif tag == "BinaryOnly":
            self.found.elsewhere = given.get("MetadataFile", "")
        elif tag == "Image":
            self.found.images += 1
        elif self.found.images == 1:
            if tag == "Pixels":
                self._pixels(given)
            elif tag == "Channel":
                self.found.channels.append((given.get("Name", ""), _whole(given, "SamplesPerPixel", 1)))
            elif tag == "TiffData":
                self._block(given)
            elif tag == "UUID" and self.found.blocks:
                self._in_uuid = True
                self.found.blocks[-1].file = given.get("FileName", "")

    def end(self, name: str) -> None:
        self._in_uuid = False

    def text(self, text: str) -> None:
        if self._in_uuid:
            self.found.blocks[-1].uuid += text.strip()

    def _pixels(self, given: Mapping[str, str]) -> None:
        self.found.order = given.get("DimensionOrder", "")
        if self.found.order not in _ORDERS:
            raise Refused("it does not say in which order planes are")
        self.found.counts = {axis: _whole(given, f"Size{axis.upper()}", 0) for axis in "xyczt"}
        for axis in "xyz":
            unit = given.get(f"PhysicalSize{axis.upper()}Unit", "µm")
            size = millimetres(_number(given, f"PhysicalSize{axis.upper()}"), unit)
            if size is not None:
                self.found.sizes[axis] = size

    def _block(self, given: Mapping[str, str]) -> None:
        page = _whole(given, "IFD", 0) if "IFD" in given else None
        count = _whole(given, "PlaneCount", 1) if "PlaneCount" in given else (None if page is None else 1)
        first = {axis: _whole(given, f"First{axis.upper()}", 0) for axis in "czt"}
        self.found.blocks.append(Block(page, first, count))


def _whole(given: Mapping[str, str], name: str, missing: int) -> int:
    text = given.get(name, str(missing)).strip()
    if not text.isdecimal() or len(text) > 9:
        raise Refused(f"its {name} is no whole number")
    return int(text)


def _number(given: Mapping[str, str], name: str) -> float:
    try:
        return float(given[name])
    except (KeyError, ValueError):
        return 0.0
