"""What one image of DICOM says of its pixels: pydicom takes the elements apart, we judge them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from maskexpr.headers.dicom import groups
from maskexpr.headers.dicom.groups import Plane, floats, whole

if TYPE_CHECKING:
    from pydicom import Dataset

DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
LITTLE_ENDIAN, IMPLICIT = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"
_NATIVE = (IMPLICIT, LITTLE_ENDIAN, BIG_ENDIAN, DEFLATED)
FLOATS = {8: ("FloatPixelData", 32), 9: ("DoubleFloatPixelData", 64)}
"""Elements of group 7FE0 that hold floating numbers, and of how many bits."""
GREYS = ("MONOCHROME2", "MONOCHROME1")
COLOURS = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_RCT", "YBR_ICT")


@dataclass(frozen=True, slots=True)
class Header:
    """What a file declares of its pixels.

    Attributes
    ----------
    allocated, stored, high
        Bits of a sample: of its place, of its number, and the highest of these in the place.
    syntax
        How the data are packed, as DICOM numbers it.
    place
        Where the pixels begin in the file; None where they are not to be found in it as they are.
    floating
        Whether samples are floating numbers.
    spacing
        Of rows and of columns, in millimetres, and `spacing_from` says where that is stated.
    between
        How far slices are said to be apart.
    padding
        The stored numbers that stand for no data, the first and the last.
    """

    name: str
    rows: int
    columns: int
    frames: int
    samples: int
    allocated: int
    stored: int
    high: int
    is_signed: bool
    is_floating: bool
    photometric: str
    syntax: str
    place: int | None
    series: str
    description: str
    modality: str
    is_localizer: bool
    segmentation: str
    segments: tuple[str, ...]
    spacing: tuple[float, float] | None
    spacing_from: str
    between: float | None
    thickness: float | None
    frames_are: str
    frame_time: float | None
    padding: tuple[float, float] | None
    palette_bits: int
    planes: tuple[Plane, ...]
    notes: tuple[str, ...]

    @property
    def is_native(self) -> bool:
        return self.syntax in _NATIVE

    @property
    def is_big_endian(self) -> bool:
        return self.syntax == BIG_ENDIAN

    @property
    def is_inverted(self) -> bool:
        """Whether low numbers are bright."""
        return self.photometric == "MONOCHROME1" and not self.is_floating

    @property
    def is_palette(self) -> bool:
        return self.photometric == "PALETTE COLOR"

    @property
    def frame_bytes(self) -> int:
        return self.rows * self.columns * self.samples * self.allocated // 8


def header_of(
    found: "Dataset", name: str, number: int, syntax: str, place: tuple[int, str] | None = None, palette_bits: int = 0
) -> Header:
    """What a dataset says, which is so many of a series and is called by a name; `place` is where its pixels begin in a
    file, and their element."""
    floating = dict(FLOATS.values())
    element = place[1] if place else element_of(found)
    allocated = floating.get(element) or whole(found, "BitsAllocated", 0)
    stored = allocated if element in floating else whole(found, "BitsStored", allocated)
    spacing, source = groups.spacing(found)
    frames = whole(found, "NumberOfFrames", 1) or 1
    samples = whole(found, "SamplesPerPixel", 1)
    signed = whole(found, "PixelRepresentation", 0) == 1
    photometric = str(found.get("PhotometricInterpretation") or (GREYS[0] if samples == 1 else COLOURS[0])).strip()
    segmentation = str(found.get("SegmentationType") or "")
    segments = found.get("SegmentSequence") or () if segmentation else ()
    kinds = [str(part).upper() for part in _many(found.get("ImageType"))]
    frames_are, frame_time = groups.order_of_frames(found)
    measures = groups.measures(found)
    notes = ("a modality LUT is not applied: numbers are as stored",) if "ModalityLUTSequence" in found else ()
    return Header(
        name=name,
        rows=whole(found, "Rows", 0),
        columns=whole(found, "Columns", 0),
        frames=frames,
        samples=samples,
        allocated=allocated,
        stored=stored,
        high=whole(found, "HighBit", stored - 1),
        is_signed=signed,
        is_floating=element in floating,
        photometric=photometric,
        syntax=syntax,
        place=place[0] if place else None,
        series=str(found.get("SeriesInstanceUID") or ""),
        description=str(found.get("SeriesDescription") or found.get("ProtocolName") or ""),
        modality=str(found.get("Modality") or ""),
        is_localizer="LOCALIZER" in kinds,
        segmentation=segmentation,
        segments=tuple(str(segment.get("SegmentLabel") or segment.get("SegmentNumber")) for segment in segments),
        spacing=spacing,
        spacing_from=source,
        between=_positive(measures, "SpacingBetweenSlices"),
        thickness=_positive(measures, "SliceThickness"),
        frames_are=frames_are,
        frame_time=frame_time,
        padding=_padding(found, allocated, signed) if photometric in GREYS and not segmentation else None,
        palette_bits=palette_bits,
        planes=groups.planes(found, number, frames),
        notes=notes,
    )


def is_palette(found: "Dataset") -> bool:
    """Whether samples are indices of a palette."""
    return str(found.get("PhotometricInterpretation") or "").strip() == "PALETTE COLOR"


def element_of(found: "Dataset") -> str:
    """The element that holds the pixels of a dataset."""
    return next((name for name, _ in FLOATS.values() if name in found), "PixelData")


def _many(value: Any) -> Sequence[Any]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else () if value is None else (value,)


def _positive(found: Any, name: str) -> float | None:
    value = floats(found, name, 1)
    return abs(value[0]) or None if value else None


def _padding(found: "Dataset", allocated: int, signed: bool) -> tuple[float, float] | None:
    names = ("PixelPaddingValue", "PixelPaddingRangeLimit")
    for prefix in ("Float", "DoubleFloat"):
        if f"{prefix}{names[0]}" in found:
            names = (f"{prefix}{names[0]}", f"{prefix}{names[1]}")
    first = floats(found, names[0], 1)
    if first is None:
        return None
    last = floats(found, names[1], 1) or first
    if names[0].startswith("Pixel"):  # written with the other sign by some
        ends = [_signed(int(value[0]), allocated, signed) for value in (first, last)]
        return min(ends), max(ends)
    return min(first[0], last[0]), max(first[0], last[0])


def _signed(value: int, allocated: int, signed: bool) -> int:
    if signed and value >= 2 ** (allocated - 1):
        return value - int(2**allocated)
    return value + int(2**allocated) if not signed and value < 0 else value
