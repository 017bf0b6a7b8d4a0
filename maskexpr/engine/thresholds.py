"""The numbers of a program for many values of one number, from counts of pixels by their levels (`levels`)."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from maskexpr.engine.levels import Count, Grown, Levels, Part, Threshold
from maskexpr.engine.run import Engine
from maskexpr.functions.arguments import Refused
from maskexpr.kernels.level_counts import level_counts, levels_passed
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.ranges import Range
from maskexpr.library import CATALOGUE
from maskexpr.library.elements import halo
from maskexpr.library.measures.masks import in_unit
from maskexpr.library.operators import comparable
from maskexpr.planner.plan import plan
from maskexpr.program.running import body_of
from maskexpr.program.steps import Checked, Step

Array = np.ndarray[Any, Any]
Values = Mapping[Step, Any]
Body = Callable[[Mapping[str, Any]], Any]

_AREA, _ANY, _ALL = (CATALOGUE[name] for name in ("area", "any", "all"))
_ROOM = 4  # times the image's pixels, at most, around which a mask is grown


class Unsuited(Exception):
    """The pixels or numbers are such that each run is to be done by itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """Where a mask is on, for each of some numbers: where a code is at least the `cuts` of that number, or, if it is
    `inverted`, where it is less. A pixel of code 0 is never reached, one of code `top` always where `holds_top` says
    so."""

    array: Array
    top: int
    cuts: Array
    inverted: bool = False
    table: Array | None = None  # the codes by the values of the array, where it has not got these itself

    @property
    def whole(self) -> Array:
        return self.array if self.table is None else self.table[self.array]


def outputs(levels: Levels, fixed: Values, numbers: Sequence[Any]) -> Iterator[dict[str, Any] | None]:
    """The results of a program for each of some numbers, by the values of the steps that are fixed; None where the
    numbers make one impossible."""
    values = [{**fixed, levels.given: number} for number in numbers]
    told = _bodies(levels.told)
    if not all(_measured(told, one) for one in values):
        raise Unsuited
    return _outputs(levels, values, _pixels(levels, fixed, values))


def _outputs(
    levels: Levels, values: Iterable[dict[Step, Any]], rows: Iterable[Sequence[int]]
) -> Iterator[dict[str, Any] | None]:
    numbers = _bodies(levels.numbers)
    for one, row in zip(values, rows, strict=True):
        one.update({step: _measure(step, pixels) for step, pixels in zip(levels.counts, row, strict=True)})
        is_told = _measured(numbers, one)
        yield {name: one[step] for name, step in levels.results} if is_told else None


def _bodies(steps: Iterable[Step]) -> list[tuple[Step, list[tuple[str, Step]], Body]]:
    return [(step, list(step.operands.items()), body_of(step)) for step in steps]


def _measured(bodies: Iterable[tuple[Step, list[tuple[str, Step]], Body]], values: dict[Step, Any]) -> bool:
    """Add the values of some numbers, each after its operands; False where one is refused."""
    try:
        for step, operands, body in bodies:
            values[step] = body({name: values[operand] for name, operand in operands})
    except Refused:
        return False
    return True


def _measure(step: Step, pixels: int) -> Any:
    if step.function is _AREA:
        return in_unit(pixels, step.settings["unit"], step.settings["spacing"])
    if step.function is _ANY:
        return pixels > 0
    all_of = math.prod(step.operands["m"].kind.shape or ())
    return pixels == all_of if step.function is _ALL else pixels / all_of


def _pixels(levels: Levels, fixed: Values, numbers: Sequence[Values]) -> list[list[int]]:
    """The pixels of each count of a program, by the values of the numbers that thresholds take."""
    codes: dict[Step, Codes] = {}
    needs_top = any(isinstance(g, Grown) and False not in (g.on, g.off) for g in levels.levels.values())
    for step, level in levels.levels.items():
        if isinstance(level, Threshold):
            codes[step] = _of_threshold(level, fixed[level.image], [n[level.number] for n in numbers], needs_top)
        else:
            codes[step] = _of_grown(level, codes[level.level], fixed)
    found: dict[Step, list[int]] = {}
    for step, one in codes.items():
        found.update(_counted([c for c in levels.counts.values() if c.level is step], one, fixed))
    return [list(row) for row in zip(*(found[step] for step in levels.counts), strict=True)]


def _counted(counts: Sequence[Count], codes: Codes, fixed: Values) -> dict[Step, list[int]]:
    """The pixels of counts of one level."""
    parts = dict.fromkeys(p for count in counts for p in (count.on, count.off) if isinstance(p, Step))
    size = codes.top + 1 if codes.table is None else len(codes.table)
    everywhere, by_mask = level_counts(codes.array, [_in_order(fixed[part]) for part in parts], size)
    found = {}
    reached: dict[Part, tuple[Array, Array]] = {False: (np.zeros_like(codes.cuts),) * 2}
    reached[True] = _reached(everywhere, codes)
    reached.update({part: _reached(often, codes) for part, often in zip(parts, by_mask, strict=True)})
    for count in counts:
        on, off = (count.off, count.on) if codes.inverted else (count.on, count.off)
        found[count.step] = (reached[on][0] + reached[off][1]).tolist()
    return found


def _reached(often: Array, codes: Codes) -> tuple[Array, Array]:
    """The pixels of codes from each cut on, and of those below it."""
    if codes.table is not None:
        by_code = np.zeros(codes.top + 1, np.int64)
        np.add.at(by_code, codes.table, often)
        often = by_code
    below = np.concatenate(([0], np.cumsum(often)))
    less = below[codes.cuts]
    return below[-1] - less, less


# --- levels ----------------------------------------------------------------------------------------------------------


def _of_threshold(level: Threshold, image: Array, numbers: Sequence[Any], needs_top: bool) -> Codes:
    """Each pixel's level is the number of sorted thresholds that it passes; levels that occur have a code each."""
    image = _in_order(image)
    dtype = image.dtype
    keys = [comparable(level.symbol, dtype, number) for number in numbers]
    if dtype.kind not in "iuf" or any(key is None or key != key for key in keys):
        raise Unsuited
    inverted = level.symbol in ("<", "<=")
    side: Literal["left", "right"] = "right" if level.symbol in (">=", "<") else "left"
    ordered, places = _ordered(keys, dtype)
    if dtype.kind in "iu" and dtype.itemsize <= 2:
        unsigned = np.dtype(f"u{dtype.itemsize}")
        possible = np.arange(2 ** (8 * dtype.itemsize), dtype=np.uint32).astype(unsigned).view(dtype)
        passed = np.searchsorted(ordered, possible.astype(np.int64), side)
        known, table = _known(passed, len(keys), needs_top)
        array: Array = image.view(unsigned)
    else:
        of_nan = len(keys) if inverted else 0  # which passes what it was to fail
        array = levels_passed(image, ordered, side, of_nan, np.empty(image.shape, _type_for(len(keys))))
        known, table = np.arange(len(keys) + 1), None
    cuts = np.searchsorted(known, places, "right")
    return Codes(array, len(known) - 1, cuts, inverted, table)


def _known(passed: Array, most: int, needs_top: bool) -> tuple[Array, Array]:
    """The levels that there are, 0 and maybe the highest among them, and codes for some."""
    known = np.unique(np.concatenate((passed, [0, most] if needs_top else [0])))
    return known, np.searchsorted(known, passed).astype(_type_for(len(known) - 1))


def _ordered(keys: Sequence[Any], dtype: np.dtype[Any]) -> tuple[Array, Array]:
    """Numbers to compare with in ascending order, and the place that each of them has got."""
    if dtype.kind == "f":
        values = np.array(keys, dtype)
    else:
        if dtype == np.uint64:
            raise Unsuited
        info = np.iinfo(dtype)
        low, high = (int(info.min), int(info.max)) if dtype.itemsize == 8 else (int(info.min) - 1, int(info.max) + 1)
        if any(not low <= key <= high for key in keys) and dtype.itemsize == 8:
            raise Unsuited
        values = np.array([min(max(int(key), low), high) for key in keys], np.int64)
    order = np.argsort(values, kind="stable")
    places = np.empty(len(keys), np.intp)
    places[order] = np.arange(len(keys))
    return values[order], places


def _of_grown(level: Grown, codes: Codes, fixed: Values) -> Codes:
    """What a function on grey values makes of the codes: of masks in an order, each within the next, it makes the
    same as of each by itself. The outside, which is never on, is of code 0."""
    on, off = (level.off, level.on) if codes.inverted else (level.on, level.off)
    array, top, cuts = codes.whole, codes.top, codes.cuts
    if level.falls != codes.inverted:  # on where a code is less: turned round
        top += 1
        array, cuts = (top - array.astype(_type_for(top))), top + 1 - cuts
        on, off = off, on
    array = _chosen(array, on, 0, fixed, always=False)
    array = _chosen(array, off, top, fixed, always=True)
    return Codes(_applied(level.step, array, top), top, cuts)


def _chosen(array: Array, part: Part, code: int, fixed: Values, *, always: bool) -> Array:
    """The codes, but for another one where a part is on (`always`), or off."""
    if isinstance(part, bool):
        return np.full_like(array, code) if part is always else array
    mask = fixed[part]
    return np.where(mask if always else ~mask, array.dtype.type(code), array)


def _applied(step: Step, codes: Array, top: int) -> Array:
    reach = halo(step.settings, codes.ndim)
    if math.prod(n + 2 * r for n, r in zip(codes.shape, reach, strict=True)) > max(2**20, _ROOM * codes.size):
        raise Unsuited
    padded = np.pad(codes, [(r, r) for r in reach])
    kind = Kind("image", padded.shape, padded.dtype, Range(0, top))
    given = Step(kind, step.source, step.span, name="codes")
    settings = {**step.settings}
    grown = Step(kind, step.source, step.span, step.function, {"m": given}, settings)
    checked = Checked(steps=(given, grown), outputs=(("grown", grown),))
    result = Engine(checked, plan(checked)).run({"codes": padded})["grown"]
    inside = tuple(slice(r, r + n) for n, r in zip(codes.shape, reach, strict=True))
    return np.ascontiguousarray(result[inside])


def _type_for(most: int) -> np.dtype[Any]:
    return np.dtype(np.uint8 if most < 2**8 else np.uint16 if most < 2**16 else np.uint32)


def _in_order(array: Array) -> Array:
    return np.ascontiguousarray(array, array.dtype.newbyteorder("="))
