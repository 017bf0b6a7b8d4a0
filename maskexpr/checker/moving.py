"""How the grid of one array lies in that of another, which `resample` goes by."""

from collections.abc import Sequence
from fractions import Fraction

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.kinds.grid import Grid
from maskexpr.kinds.kind import Kind

_Vector = list[Fraction]
_TOLERANCE = Fraction(1, 100)  # of a pixel


def ways(moved: Kind, like: Kind) -> tuple[tuple[float, ...], ...]:
    """For each axis of one array how far a step along each axis of the other leads along it, in pixels, and where the
    first pixel of that one lies; exact until it is rounded at the end."""
    first, second = moved.grid or Grid(), like.grid or Grid()
    if moved.ndim != like.ndim or (first.axes and second.axes and first.axes != second.axes):
        raise Refused(messages.RESAMPLE_AXES, "like", left=_axes(moved), right=_axes(like))
    ndim, time = moved.ndim or 0, first.time if first.time is not None else second.time
    if time is not None and (moved.shape or ())[time] != (like.shape or ())[time]:
        raise Refused(messages.RESAMPLE_FRAMES, "like", left=(moved.shape or ())[time], right=(like.shape or ())[time])
    space = [axis for axis in range(ndim) if axis != time]
    if first.is_placed and second.is_placed and first.world == second.world:
        found = _by_place(first, second, space, (like.shape or ()))
    else:
        found = _by_size(moved, like, space)
    rows = []
    for axis in range(ndim):
        *steps, start = found[space.index(axis)] if axis in space else [*[Fraction(0)] * len(space), Fraction(0)]
        row = dict(zip(space, steps, strict=True))
        if axis == time:
            row[axis] = Fraction(1)
        rows.append((*(float(row.get(other, 0)) for other in range(ndim)), float(start)))
    return tuple(rows)


def _axes(kind: Kind) -> str:
    names = kind.grid.axes if kind.grid else ""
    return f"axes {', '.join(names)}" if names else f"{kind.ndim} axes"


def _by_size(moved: Kind, like: Kind, space: Sequence[int]) -> list[_Vector]:
    """The outer corners of the first pixels lie at one place."""
    if moved.spacing is None or like.spacing is None:
        blamed = "a" if moved.spacing is None else "like"
        raise Refused(messages.SPACING_UNKNOWN, blamed, noun="resampling")
    found = []
    for axis in space:
        step = like.spacing[axis] / moved.spacing[axis]
        found.append([*(step if other == axis else Fraction(0) for other in space), (step - 1) / 2])
    return found


def _by_place(moved: Grid, like: Grid, space: Sequence[int], shape: Sequence[int]) -> list[_Vector]:
    """Ways and origins of one grid as sums of the ways of the other."""
    into, of = ([_exact(grid.steps[axis] or ()) for axis in space] for grid in (moved, like) if grid.steps)
    offset = [q - p for p, q in zip(_exact(moved.origin or ()), _exact(like.origin or ()), strict=True)]
    columns = [_in_terms(into, way) for way in (*of, offset)]
    for way, column, length in zip((*of, offset), columns, (*(shape[axis] for axis in space), 1), strict=True):
        left = [p - sum(c * w[i] for c, w in zip(column, into, strict=True)) for i, p in enumerate(way)]
        if _dot(left, left) * length**2 > _TOLERANCE**2 * min(_dot(w, w) for w in into):
            raise Refused(messages.RESAMPLE_PLANES, "like")
    return [[column[row] for column in columns] for row in range(len(space))]


def _exact(place: Sequence[float]) -> _Vector:
    return [Fraction(part) for part in place]


def _dot(a: _Vector, b: _Vector) -> Fraction:
    return sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0))


def _in_terms(of: list[_Vector], way: _Vector) -> _Vector:
    """How often each of some ways is in another one: least squares, solved exactly."""
    rows = [[_dot(p, q) for q in of] + [_dot(p, way)] for p in of]
    for i in range(len(rows)):
        pivot = next((r for r in range(i, len(rows)) if rows[r][i]), None)
        if pivot is None:
            raise Refused(messages.RESAMPLE_PLANES, "a")
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for j in range(len(rows)):
            if j != i:
                rows[j] = [p - rows[j][i] * q for p, q in zip(rows[j], rows[i], strict=True)]
    return [row[-1] for row in rows]
