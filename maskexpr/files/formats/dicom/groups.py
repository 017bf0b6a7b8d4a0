"""Elements of DICOM that say where frames lie, how large pixels are and what numbers mean, wherever they stand: in the
file itself, or in groups for each of its frames."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from maskexpr.kinds.grid import Place

if TYPE_CHECKING:
    from pydicom import Dataset

_FRAME_TIME, _FRAME_TIME_VECTOR, _OFFSETS, _SLICES = 0x00181063, 0x00181065, 0x3004000C, 0x00540080
_TIME_SLOTS = 0x00540070
_PROJECTIONS = ("CR", "DX", "MG", "XA", "RF", "IO", "PX", "RG")
_CENTIMETRES = 3
_UNEVEN = 1e-3  # how far directions may be from unit vectors at right angles


@dataclass(frozen=True, slots=True)
class Plane:
    """One frame of a file.

    Attributes
    ----------
    file, frame
        Which of the files of a series it is in, and which of the frames there.
    position
        Where the centre of its first pixel lies.
    ways
        The directions that columns and rows grow along.
    time
        Which of several times it was taken at.
    """

    file: int
    frame: int
    position: Place | None
    ways: tuple[Place, Place] | None
    slope: float = 1.0
    intercept: float = 0.0
    time: float | None = None


def whole(found: Any, name: str, default: int) -> int:
    """A whole number; of several, the first."""
    value = found.get(name)
    if value is None or value == "":
        return default
    return int(value[0] if isinstance(value, list | tuple) or hasattr(value, "append") else value)


def floats(found: Any, name: str, count: int) -> tuple[float, ...] | None:
    """So many finite numbers; None where there are none."""
    value = None if found is None else found.get(name)
    if value is None or value == "":
        return None
    values = tuple(map(float, value if hasattr(value, "append") else (value,)))
    return values if len(values) == count and all(map(math.isfinite, values)) else None


def item_of(found: Any, name: str) -> Any:
    """The first item of a sequence; None where there is none."""
    items = None if found is None else found.get(name)
    return items[0] if items else None


def measures(found: "Dataset") -> Any:
    """Where the sizes of pixels and slices stand: in a group for all frames, that of the first, or the file."""
    for group in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        measured = item_of(item_of(found, group), "PixelMeasuresSequence")
        if measured is not None:
            return measured
    return found


def spacing(found: "Dataset") -> tuple[tuple[float, float] | None, str]:
    """The distance of rows and that of columns in millimetres, and where it is stated."""
    modality = str(found.get("Modality") or "")
    plain = _pair(measures(found), "PixelSpacing")
    detector = _pair(found, "ImagerPixelSpacing")
    if plain is not None:
        if modality in _PROJECTIONS and detector is not None and detector != plain:
            seen = f"{detector[0]:g} x {detector[1]:g} mm at the detector"
            return plain, f"PixelSpacing, which is calibrated ({seen})"
        return plain, "PixelSpacing"
    if detector is not None:
        return detector, "ImagerPixelSpacing: sizes are those at the detector, larger than in the body"
    scanned = _pair(found, "NominalScannedPixelSpacing")
    if scanned is not None:
        return scanned, "NominalScannedPixelSpacing: sizes are those on the film"
    regions: Sequence[Any] = found.get("SequenceOfUltrasoundRegions") or ()
    if len(regions) == 1 and whole(regions[0], "RegionSpatialFormat", 0) == 1:
        return _region(regions[0])
    return None, ""


def _pair(found: Any, name: str) -> tuple[float, float] | None:
    values = floats(found, name, 2)
    return (values[0], values[1]) if values and min(values) > 0 else None


def _region(region: Any) -> tuple[tuple[float, float] | None, str]:
    units = {whole(region, f"PhysicalUnits{axis}Direction", 0) for axis in "XY"}
    deltas = [floats(region, f"PhysicalDelta{axis}", 1) for axis in "YX"]
    if units != {_CENTIMETRES} or not all(deltas):
        return None, ""
    y, x = (abs(delta[0]) * 10 for delta in deltas if delta)
    return ((y, x), "the region of the ultrasound image") if min(y, x) > 0 else (None, "")


def order_of_frames(found: "Dataset") -> tuple[str, float | None]:
    """What frames without a place follow each other in, "t" or "z", and their distance in time in milliseconds."""
    pointer = found.get("FrameIncrementPointer")
    pointers = {int(tag) for tag in (pointer if hasattr(pointer, "append") else [pointer]) if tag is not None}
    time = floats(found, "FrameTime", 1)
    timed = bool(pointers & {_FRAME_TIME, _FRAME_TIME_VECTOR, _TIME_SLOTS})
    is_time = timed or (
        not pointers and (time is not None or "CineRate" in found or "RecommendedDisplayFrameRate" in found)
    )
    return "t" if is_time else "z", time[0] if time and time[0] > 0 else None


def planes(found: "Dataset", number: int, frames: int) -> tuple[Plane, ...]:
    """The frames of a file, which is so many of a series."""
    plain = _plane(found, number)
    if "PerFrameFunctionalGroupsSequence" in found or "SharedFunctionalGroupsSequence" in found:
        return tuple(_grouped(found, plain, number, frame) for frame in range(frames))
    if frames == 1:
        return (plain,)
    return tuple(_offset(found, plain, frames))


def _plane(found: "Dataset", number: int) -> Plane:
    slope, intercept = _rescale(found)
    dose = floats(found, "DoseGridScaling", 1)
    if dose is not None:
        slope, intercept = dose[0], 0.0
    time = floats(found, "TemporalPositionIdentifier", 1)
    return Plane(
        number,
        0,
        floats(found, "ImagePositionPatient", 3),
        unit_ways(floats(found, "ImageOrientationPatient", 6)),
        slope,
        intercept,
        time[0] if time else None,
    )


def _rescale(found: Any) -> tuple[float, float]:
    slope, intercept = floats(found, "RescaleSlope", 1) or (1.0,), floats(found, "RescaleIntercept", 1) or (0.0,)
    return slope[0] or 1.0, intercept[0]


def _grouped(found: "Dataset", plain: Plane, number: int, frame: int) -> Plane:
    own = found.get("PerFrameFunctionalGroupsSequence") or ()
    item = own[frame] if frame < len(own) else None
    shared = item_of(found, "SharedFunctionalGroupsSequence")

    def group(name: str) -> Any:
        first = item_of(item, name)
        return item_of(shared, name) if first is None else first

    values = group("PixelValueTransformationSequence")
    slope, intercept = (plain.slope, plain.intercept) if values is None else _rescale(values)
    time = floats(group("FrameContentSequence"), "TemporalPositionIndex", 1)
    return Plane(
        number,
        frame,
        floats(group("PlanePositionSequence"), "ImagePositionPatient", 3),
        unit_ways(floats(group("PlaneOrientationSequence"), "ImageOrientationPatient", 6)),
        slope,
        intercept,
        time[0] if time else None,
    )


def _offset(found: "Dataset", plain: Plane, frames: int) -> "list[Plane]":
    """Frames that lie at stated distances behind the first, or by the order of a camera's slices, or nowhere."""
    position, ways = plain.position, plain.ways
    offsets = floats(found, "GridFrameOffsetVector", frames)
    if offsets is None and _SLICES in _pointers(found):
        detector = item_of(found, "DetectorInformationSequence")
        position = floats(detector, "ImagePositionPatient", 3)
        ways = unit_ways(floats(detector, "ImageOrientationPatient", 6))
        apart = floats(found, "SpacingBetweenSlices", 1)
        offsets = tuple(frame * apart[0] for frame in range(frames)) if apart else None
    if position is None or ways is None or offsets is None:
        return [Plane(plain.file, frame, None, None, plain.slope, plain.intercept) for frame in range(frames)]
    first, normal = (0.0 if offsets[0] == 0 else position[2]), cross(*ways)
    placed = []
    for frame, offset in enumerate(offsets):
        shift = offset - first
        at = tuple(p + shift * n for p, n in zip(position, normal, strict=True))
        placed.append(Plane(plain.file, frame, at, ways, plain.slope, plain.intercept))
    return placed


def _pointers(found: "Dataset") -> set[int]:
    pointer = found.get("FrameIncrementPointer")
    return {int(tag) for tag in (pointer if hasattr(pointer, "append") else [pointer]) if tag is not None}


def unit_ways(way: tuple[float, ...] | None) -> tuple[Place, Place] | None:
    """The directions that columns and rows grow along; None where those that are stated are no directions."""
    if way is None:
        return None
    columns, rows = way[:3], way[3:]
    lengths = (product(columns, columns), product(rows, rows))
    if max(abs(length - 1) for length in lengths) > _UNEVEN or abs(product(columns, rows)) > _UNEVEN:
        return None
    return columns, rows


def product(a: Place, b: Place) -> float:
    return sum(p * q for p, q in zip(a, b, strict=True))


def cross(a: Place, b: Place) -> Place:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
