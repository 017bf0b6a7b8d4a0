"""Where the pixels of a NIfTI file lie: what its header states, and how it is stated in one that is written.

NIfTI's world has x to the right and y to the front, where ours leads to the left and the back.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.kinds.grid import Grid, Place, rounded

KEY = "nifti"
"""What a grid keeps the bytes of a header under, for results that are written in its place."""
_SPACE, _TIME = 7, 56  # the bits of units
_LENGTHS = {1: 1000.0, 2: 1.0, 3: 0.001}  # millimetres in a metre, millimetre, micrometre
_MILLIMETRES = 2
_TIMES = {8: "s", 16: "ms", 24: "us", 32: "Hz", 40: "ppm", 48: "rad/s"}
_SCANNER = 1
_SAME = 1e-4  # of a size: beyond that two are said to differ
_SMALLEST, _LARGEST = 1e-30, 1e30  # sizes that something can have
_TURN = np.array([-1.0, -1.0, 1.0])


@dataclass(frozen=True, slots=True)
class Stated:
    """What a header states: the sizes of pixels and the grid in the order t, z, y, x, and what is to be said of it."""

    spacing: tuple[Fraction, ...] | None
    grid: Grid
    notes: tuple[str, ...]


def stated(fields: Any, kept: tuple[int, ...]) -> Stated:
    """What a header states of the place of the axes that are kept, x first: by nibabel's rule the sform is taken, else
    the qform, else pixdim alone."""
    space = min(len(kept), 3)
    unit, notes = _unit(fields)
    transforms = _transforms(fields, space, unit, notes)
    name, affine = transforms[0] if transforms else ("pixdim", None)
    sizes = [abs(float(size)) * unit for size in fields["pixdim"][1 : space + 1]]
    grid = Grid(axes="tzyx"[-len(kept) :], stated=((KEY, bytes(fields.binaryblock)),))
    if affine is None:
        notes.append("no place is taken" if fields["sform_code"] or fields["qform_code"] else "it states no place")
    else:
        if len(transforms) > 1:
            notes += _disagreement(affine, transforms[1][1], kept[:space])
        found = _lengths(affine, space)
        if any(abs(size - length) > _SAME * length for size, length in zip(sizes, found, strict=True)):
            notes.append(f"pixdim says {_text(sizes)} mm, the {name} {_text(found)} mm: the {name} is taken")
        sizes = found
        notes += _shear(affine, space)
        grid = _placed(grid, affine, len(kept), space)
    known = all(_SMALLEST < size < _LARGEST for size in sizes)
    spacing = tuple(rounded(size) for size in reversed(sizes)) if known else None
    if not known:
        notes.append("it states no size of a pixel")
    if len(kept) > space:
        spacing = spacing and (Fraction(1), *spacing)
        notes.append(_time(fields))
    return Stated(spacing, grid, tuple(notes))


def _unit(fields: Any) -> tuple[float, list[str]]:
    code = int(fields["xyzt_units"]) & _SPACE
    if code in _LENGTHS:
        return _LENGTHS[code], []
    return 1.0, ["it states no unit of length: millimetres are taken"]


def _time(fields: Any) -> str:
    step, unit = float(fields["pixdim"][4]), _TIMES.get(int(fields["xyzt_units"]) & _TIME, "of no unit")
    return f"t in steps of {step:g} {unit}" if step and math.isfinite(step) else "t in steps that it does not state"


def _transforms(fields: Any, space: int, unit: float, notes: list[str]) -> list[tuple[str, np.ndarray]]:
    """The transforms that a header has, in the order that they are taken in, in millimetres of our world."""
    found = []
    for name, take in (("sform", _sform), ("qform", _qform)):
        if not fields[f"{name}_code"]:
            continue
        affine = take(fields)
        lengths = _lengths(affine[:3] * unit, space) if affine is not None and np.isfinite(affine).all() else [0.0]
        if affine is None or not all(_SMALLEST < length < _LARGEST for length in lengths):
            notes.append(f"its {name} is no way to lay out pixels and is passed over")
            continue
        found.append((name, affine[:3] * unit * _TURN[:, None]))
    return found


def _sform(fields: Any) -> np.ndarray:
    affine: np.ndarray = fields.get_sform()
    return affine


def _qform(fields: Any) -> np.ndarray | None:
    """With the signs of pixdim mended, as nibabel does when it loads a file."""
    from nibabel.spatialimages import HeaderDataError

    mended = fields.copy()
    sizes = np.abs(mended["pixdim"][1:4])
    mended["pixdim"][1:4] = np.where(sizes == 0, 1, sizes)
    if mended["pixdim"][0] not in (-1, 1):
        mended["pixdim"][0] = 1
    try:
        affine: np.ndarray = mended.get_qform()
    except (ValueError, HeaderDataError):  # no unit quaternion
        return None
    return affine


def _lengths(affine: np.ndarray, space: int) -> list[float]:
    return [math.sqrt(sum(float(part) ** 2 for part in affine[:, axis])) for axis in range(space)]


def _placed(grid: Grid, affine: np.ndarray, ndim: int, space: int) -> Grid:
    affine = affine + 0.0  # no zero has a sign
    ways: list[Place | None] = [tuple(map(float, affine[:, axis])) for axis in reversed(range(space))]
    origin = tuple(map(float, affine[:, 3]))
    return Grid(grid.axes, origin, (*[None] * (ndim - space), *ways), "LPS", stated=grid.stated)


def _disagreement(taken: np.ndarray, other: np.ndarray, shape: tuple[int, ...]) -> list[str]:
    space = len(shape)
    first, second = (_placed(Grid(), affine, space, space) for affine in (taken, other))
    difference = first.difference(second, shape[::-1])
    return [f"its sform and qform disagree ({difference}): the sform is taken"] if difference else []


def _shear(affine: np.ndarray, space: int) -> list[str]:
    """Whether the axes are not at right angles, as those of a scanner are."""
    units = [affine[:, axis] / length for axis, length in enumerate(_lengths(affine, space))]
    most = max((abs(float((units[a] * units[b]).sum())) for a in range(space) for b in range(a)), default=0.0)
    angle = math.degrees(math.asin(min(most, 1.0)))
    return [f"its axes are {angle:.2g} degrees off right angles: kept so"] if most > _SAME * 10 else []


def _text(sizes: list[float]) -> str:
    return " x ".join(f"{size:.6g}" for size in sizes)


# --- written ---------------------------------------------------------------------------------------------------------


def state_place(fields: Any, grid: Grid, spacing: tuple[Fraction, ...] | None, axes: str) -> None:
    """State the place of pixels in a header; where there is none, their sizes alone, with codes of 0.

    `axes` are the letters of the array's axes, x last; those of space that are left out are of one pixel.
    """
    letters = [letter for letter in reversed(axes) if letter != "t"]
    sizes = [float(spacing[axes.index(letter)]) if spacing else 1.0 for letter in letters]
    fields["pixdim"][1:4] = [*sizes, *[1.0] * (3 - len(sizes))]
    time = int(fields["xyzt_units"]) & _TIME
    placed = grid.is_placed and grid.world == "LPS"
    fields["xyzt_units"] = time | (_MILLIMETRES if spacing or placed else 0)
    codes = int(fields["qform_code"]), int(fields["sform_code"])
    if not placed:
        fields.set_qform(None, 0)
        fields["pixdim"][0] = 1
        for name in ("quatern_b", "quatern_c", "quatern_d", "qoffset_x", "qoffset_y", "qoffset_z"):
            fields[name] = 0
        fields.set_sform(None, 0)
        for name in ("srow_x", "srow_y", "srow_z"):
            fields[name] = 0
        return
    affine, is_sheared = _affine(grid, [axes.index(letter) for letter in letters])
    qform, sform = codes if any(codes) else (_SCANNER, _SCANNER)
    fields.set_qform(affine, 0 if is_sheared else qform or sform, strip_shears=True)
    fields.set_sform(affine, sform or qform)


def _affine(grid: Grid, axes: list[int]) -> tuple[np.ndarray, bool]:
    """The affine of NIfTI for axes of a grid, x first, with those of one pixel at right angles to the others; and
    whether the given ones are not at right angles to one another."""
    assert grid.origin is not None
    assert grid.steps is not None
    ways = [np.array(way) for axis in axes if (way := grid.steps[axis]) is not None]
    units = [way / math.sqrt(float((way**2).sum())) for way in ways]
    is_sheared = any(abs(float((a * b).sum())) > _SAME * 10 for i, a in enumerate(units) for b in units[:i])
    while len(ways) < 3:
        units.append(_across(units))
        ways.append(units[-1])
    affine = np.eye(4)
    affine[:3] = np.column_stack([*ways, np.array(grid.origin)]) * _TURN[:, None]
    return affine, is_sheared


def _across(units: list[np.ndarray]) -> np.ndarray:
    """A unit vector at right angles to one or two others."""
    if len(units) == 1:
        smallest = int(np.argmin(np.abs(units[0])))
        second = np.cross(units[0], np.eye(3)[smallest])
    else:
        second = np.cross(units[0], units[1])
    across: np.ndarray = second / math.sqrt(float((second**2).sum()))
    return across
