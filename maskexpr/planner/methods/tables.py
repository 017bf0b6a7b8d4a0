"""Functions of integer images that can hold few different values: worked out once for each of those, then looked up."""

import functools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskexpr.functions.record import Function
from maskexpr.kernels.lookups import BLOCK, look_up
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.ranges import Range
from maskexpr.planner.methods.bodies import by_body
from maskexpr.planner.methods.method import Array, Method, Place, Run, most_pixels, no_bytes
from maskexpr.program.running import work_type
from maskexpr.program.steps import Step

_MOST_VALUES = 2**16
_KEPT = 32  # tables that are kept for later runs, of half a megabyte at most
_COST = 3
_MAKING = 40  # bytes for each value of a table while it is made, beside those that the body takes
_PLACES = Range(-(2**63), 2**63 - 1)


def by_table(step: Step) -> Method | None:
    """How a function of an integer image, or of samples of one, and perhaps of a number runs by a table, if it pays to
    make one. It gives what the plain body gives."""
    arrays = [i for i, operand in enumerate(step.operands.values()) if operand.kind.holds_pixels]
    if len(arrays) != 1 or not step.kind.holds_pixels or work_type(step).kind == "O":
        return None
    of = _table_of(step, arrays[0])
    if of is None or of.count > min(_MOST_VALUES, most_pixels(step)):
        return None
    assert of.kind.dtype is not None
    making = of.count * _MAKING + (by_body(step).memory or no_bytes)((of.count,))
    return Method(
        _of_samples(step, of) if step.kind.is_samples else of.look_up,
        whole=step.kind.is_samples,
        quiet=not step.kind.is_samples,  # of which few are computed one by one
        cost=_COST,
        memory=lambda shape: 8 * min(math.prod(shape), BLOCK) + making,
        table=of.kind.dtype.itemsize * of.count,
        word=f"by a table of {of.count:,} values",
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """What a function gives for each of the values that an operand, the one `at` a place, can have."""

    function: Function
    names: tuple[str, ...]  # of the operands
    at: int
    values: Range
    dtype: np.dtype[Any]  # of the values
    kind: Kind  # of the result
    work: np.dtype[Any]

    @property
    def count(self) -> int:
        return self.values.high - self.values.low + 1

    def look_up(self, given: Any, out: Any, place: Place) -> Array:
        """What the table holds for each pixel, beside a number if that is given too."""
        number = given[1 - self.at] if len(given) > 1 else None
        table = _made(self, number, repr(number))
        values: Array = given[self.at]
        found: Array = np.empty(values.shape, self.kind.dtype) if out is None else out
        return look_up(table, values, self.values.low, found, place.scratch)

    def made(self, number: Any) -> Array:
        every = np.arange(self.count).astype(self.dtype) + self.dtype.type(self.values.low)
        operands = [every if i == self.at else number for i in range(len(self.names))]
        with np.errstate(all="ignore"):
            found: Array = self.function.body(
                **dict(zip(self.names, operands, strict=True)), kind=self.kind, work=self.work
            )
        found.flags.writeable = False
        return found


def _table_of(step: Step, at: int) -> _Table | None:
    names = tuple(step.operands)
    im = step.operands[names[at]].kind
    if im.range is None or im.dtype is None or im.range.low < _PLACES.low or im.range.high > _PLACES.high:
        return None
    assert step.function is not None
    kind = Kind("image", dtype=step.kind.dtype, range=step.kind.range)
    return _Table(step.function, names, at, im.range, im.dtype, kind, work_type(step))


@functools.lru_cache(maxsize=_KEPT)
def _made(table: _Table, number: Any, _written: str) -> Array:
    """A table, made when it is first looked into; how the number is written tells 0.0 from -0.0, and 2 from 2.0."""
    return table.made(number)


def _of_samples(step: Step, of: _Table) -> Run:
    """Of fewer samples than a table has values it is not made."""
    body = by_body(step).plain
    assert body is not None

    def run(given: Any, out: Any, place: Place) -> Any:
        return (of.look_up if given[of.at].size >= of.count else body)(given, out, place)

    return run
