"""The frames of a series put in their order, and the grid that they lie on."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError
from maskexpr.files.formats.dicom.groups import Plane, cross, product
from maskexpr.files.formats.dicom.headers import Header
from maskexpr.kinds.grid import Grid, Place, rounded

_SAME_PLACE = 1e-3  # of a millimetre
_SAME_WAY = 1e-3
_OFF_ITS_PLACE = 0.1  # of the distance of slices: how far one may be from where it would be, all of them even
_LISTED = 6


@dataclass(frozen=True, slots=True)
class Layout:
    """How frames make up an array.

    Attributes
    ----------
    planes
        In the order of the array; None for a slice that is not stored, where all is off.
    lead
        The lengths of the axes before y and x.
    """

    planes: tuple[Plane | None, ...]
    lead: tuple[int, ...]
    spacing: tuple[Fraction, ...] | None
    grid: Grid
    notes: tuple[str, ...]


def ways_alike(a: Plane, b: Plane) -> bool:
    if a.ways is None or b.ways is None:
        return a.ways is b.ways
    pairs = zip(a.ways[0] + a.ways[1], b.ways[0] + b.ways[1], strict=True)
    return all(abs(p - q) <= _SAME_WAY for p, q in pairs)


def laid_out(name: str, headers: Sequence[Header], planes: Sequence[Plane], *, sparse: bool) -> Layout:
    """The order of frames of one orientation; `sparse` ones may leave out slices."""
    header = headers[planes[0].file]
    if len(planes) == 1:
        return _single(header, planes[0])
    if all(plane.position is not None and plane.ways is not None for plane in planes):
        return _Stack(name, headers, planes, sparse).laid_out()
    if len(headers) > 1:
        raise FileError(messages.DICOM_UNPLACED.anywhere(path=name, count=len(headers)))
    return _unplaced(header, planes)


def _steps(header: Header, plane: Plane) -> tuple[Place, Place]:
    """From row to row and from column to column."""
    assert plane.ways is not None
    assert header.spacing is not None
    columns, rows = plane.ways
    return _times(rows, header.spacing[0]), _times(columns, header.spacing[1])


def _times(way: Place, size: float) -> Place:
    return tuple(part * size for part in way)


def _flat(header: Header) -> tuple[Fraction, ...] | None:
    return None if header.spacing is None else (rounded(header.spacing[0]), rounded(header.spacing[1]))


def _single(header: Header, plane: Plane) -> Layout:
    spacing = _flat(header)
    grid = Grid(axes="yx")
    if plane.position is not None and plane.ways is not None and spacing is not None:
        grid = Grid("yx", plane.position, _steps(header, plane), "LPS")
    return Layout((plane,), (), spacing, grid, ())


def _unplaced(header: Header, planes: Sequence[Plane]) -> Layout:
    """Frames that follow each other in time, or in a depth of which at most is known how far they are apart."""
    flat, axes = _flat(header), f"{header.frames_are}yx"
    notes = [f"its {len(planes)} frames are {'times' if axes[0] == 't' else 'slices'}, in the order of the file"]
    spacing = None
    if flat is not None and axes[0] == "t":
        spacing = (Fraction(1), *flat)
    elif flat is not None and header.between is not None:
        spacing = (rounded(header.between), *flat)
        notes.append("the distance of slices is SpacingBetweenSlices")
    elif flat is not None:
        notes.append("no distance of slices is stated, so pixels have no size: --spacing gives one")
    return Layout(tuple(planes), (len(planes),), spacing, Grid(axes=axes), tuple(notes))


@dataclass(frozen=True, slots=True)
class _Stack:
    name: str
    headers: Sequence[Header]
    planes: Sequence[Plane]
    sparse: bool

    def laid_out(self) -> Layout:
        header, first = self.headers[self.planes[0].file], self.planes[0]
        assert first.ways is not None
        normal = cross(*first.ways)
        sets = self._by_place(lambda plane: product(plane.position or (), normal))
        times = self._times(sets)
        stack: list[Plane | None] = [planes[0] for planes in sets]
        notes: list[str] = []
        way, order = self._way(sets, normal)
        if order is not None:
            stack = [None if index is None else stack[index] for index in order]
            if None in stack:
                notes.append(f"{stack.count(None)} slices that are not stored are off")
        thick = _size(way, normal)
        if _length(way) > thick * (1 + _SAME_WAY):
            notes.append("slices are shifted against each other (a tilted gantry): lengths across them are approximate")
        if header.thickness is not None and abs(header.thickness - thick) > 0.01 * thick:
            notes.append(f"slices lie {thick:.6g} mm apart and are {header.thickness:g} mm thick")
        flat = _flat(header)
        placed = Grid("zyx")
        if flat is not None:
            steps = (way, *_steps(header, first))
            placed = Grid("zyx", sets[0][0].position, steps, "LPS")
        spacing = None if flat is None else (rounded(thick), *flat)
        if times == 1:
            return Layout(tuple(stack), (len(stack),), spacing, placed, tuple(notes))
        return self._over_time(sets, times, spacing, placed, notes)

    def _over_time(
        self,
        sets: Sequence[Sequence[Plane]],
        times: int,
        spacing: tuple[Fraction, ...] | None,
        placed: Grid,
        notes: Sequence[str],
    ) -> Layout:
        planes = tuple(planes[time] for time in range(times) for planes in sets)
        whole = None if spacing is None else (Fraction(1), *spacing)
        steps = None if placed.steps is None else (None, *placed.steps)
        grid = Grid("tzyx", placed.origin, steps, placed.world)
        said = (*notes, f"the slices of {times} times are t")
        if len(sets) > 1:
            return Layout(planes, (times, len(sets)), whole, grid, said)
        return Layout(planes, (times,), whole and (whole[0], *whole[2:]), grid.without([1], 4), said)

    def _by_place(self, height: Callable[[Plane], float]) -> list[list[Plane]]:
        """The frames at each place along the normal, from its beginning on, in the order of their times."""
        placed = sorted(self.planes, key=lambda plane: (height(plane), plane.file, plane.frame))
        sets: list[list[Plane]] = []
        for plane in placed:
            if sets and height(plane) - height(sets[-1][0]) <= _SAME_PLACE:
                sets[-1].append(plane)
            else:
                sets.append([plane])
        return [sorted(planes, key=lambda plane: plane.time or 0) for planes in sets]

    def _times(self, sets: Sequence[Sequence[Plane]]) -> int:
        """How many times there are: at each place the same ones."""
        times = [plane.time for plane in sets[0]]
        if len(times) == 1 and all(len(planes) == 1 for planes in sets):
            return 1
        complete = all([plane.time for plane in planes] == times for planes in sets)
        if None in times or len(set(times)) < len(times) or not complete:
            twice = next(planes for planes in sets if len(planes) > 1)
            first, second = (self._called(plane) for plane in twice[:2])
            raise FileError(messages.DICOM_TWICE.anywhere(path=self.name, first=first, second=second))
        return len(times)

    def _called(self, plane: Plane) -> str:
        header = self.headers[plane.file]
        return header.name if header.frames == 1 else f"frame {plane.frame + 1}"

    def _way(self, sets: Sequence[Sequence[Plane]], normal: Place) -> "tuple[Place, list[int | None] | None]":
        """From each slice to the next; and in a sparse stack, which of the slices lie at each place."""
        places = [planes[0].position or () for planes in sets]
        if len(places) == 1:
            header = self.headers[sets[0][0].file]
            return _times(normal, header.between or header.thickness or 1.0), None
        across = _minus(places[-1], places[0])
        heights = [product(place, normal) for place in places]
        gaps = [after - before for before, after in itertools.pairwise(heights)]
        stated = self.headers[sets[0][0].file].between if self.sparse else None
        even = _times(across, 1 / (len(places) - 1))
        is_even = _most_off(places, even, range(len(places))) <= _OFF_ITS_PLACE * _size(even, normal)
        if is_even and (stated is None or _size(even, normal) < 1.5 * stated):
            return even, None
        least = stated or min(gaps)
        steps = [round((height - heights[0]) / least) for height in heights]
        even = _times(across, 1 / steps[-1])
        if steps[-1] > 2**15 or _most_off(places, even, steps) > _OFF_ITS_PLACE * least:
            fields = {"least": f"{least:.4g}", "most": f"{max(gaps):.4g}"}
            raise FileError(messages.DICOM_UNEVEN.anywhere(path=self.name, **fields))
        if not self.sparse:
            raise self._gap(places, even, steps)
        found: dict[int, int | None] = {step: index for index, step in enumerate(steps)}
        return even, [found.get(step) for step in range(steps[-1] + 1)]

    def _gap(self, places: Sequence[Place], way: Place, steps: Sequence[int]) -> FileError:
        missing = [step for step in range(steps[-1]) if step not in set(steps)]
        axis = max(range(3), key=lambda part: abs(way[part]))
        at = [f"{'xyz'[axis]} = {places[0][axis] + step * way[axis]:.6g}" for step in missing[:_LISTED]]
        listed = ", ".join(at) + (", ..." if len(missing) > _LISTED else "") + " mm"
        fields = {"step": f"{_length(way):.4g}", "missing": len(missing), "places": listed}
        return FileError(messages.DICOM_GAP.anywhere(path=self.name, **fields))


def _minus(a: Place, b: Place) -> Place:
    return tuple(p - q for p, q in zip(a, b, strict=True))


def _length(way: Place) -> float:
    return math.sqrt(product(way, way))


def _size(way: Place, normal: Place) -> float:
    """How far slices lie apart, whatever they are shifted."""
    return abs(product(way, normal))


def _most_off(places: Sequence[Place], way: Place, steps: Sequence[int]) -> float:
    """How far a slice lies at most from where it would be, all of them even."""
    first = places[0]
    ideal = [tuple(p + step * w for p, w in zip(first, way, strict=True)) for step in steps]
    return max(_length(_minus(place, there)) for place, there in zip(places, ideal, strict=True))
