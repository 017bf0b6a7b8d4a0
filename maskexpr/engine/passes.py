"""Runs a pass: all its steps on one strip of rows after another, in buffers that are used again."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskexpr.engine.clock import Clock
from maskexpr.kernels import packed
from maskexpr.kernels.scratch import Scratch
from maskexpr.kernels.threads import borrow_scratch, give_back, in_turns, share, threads
from maskexpr.planner.methods.method import Form, Place, Run, form_shape, form_type, width_of
from maskexpr.planner.plan import Pass, Task
from maskexpr.program.liveness import ended, last_uses
from maskexpr.program.steps import Step

# Pixels times steps below which waking another thread costs more than it saves.
_WORTH_THREADS = 2**20

# Operations that are kept with their rows worked out; with more, a strip works them out each time.
_MOST_BOUND = 100_000

Key = tuple[Step, Form]
Cut = slice | None  # None: all rows


class PassRunner:
    """A pass made ready to run. `sources` are the values it reads, `stores` those it makes whole, by their slots in the
    list of values that `run` takes."""

    def __init__(self, stage: Pass, clock: Clock | None) -> None:
        self._stage = stage
        self._clock = clock
        builder = _Builder(stage, frozenset(), clock)
        self._strips = builder.strips()
        self._strips_of_loose: dict[frozenset[Step], list[_Strip]] = {}
        self.sources = {key: value.slot for key, value in builder.sources.items()}
        self.stores = {key: value.slot for key, value in builder.stores.items()}
        self.is_lone = stage.rows >= stage.shape[0]
        self._inputs = [(step, slot) for (step, _), slot in self.sources.items() if step.name and step.kind.is_array]
        self._made = [
            (slot, form_shape(s.kind, form), form_type(s.kind, form)) for (s, form), slot in self.stores.items()
        ]
        self._quiet = all(task.method.quiet for task in stage.tasks)
        self._spread = not self.is_lone and math.prod(stage.shape) * len(stage.tasks) >= _WORTH_THREADS
        self.slots = builder.slots

    def run(self, values: list[Any]) -> None:
        """Compute the stores from the sources."""
        for slot, shape, dtype in self._made:
            values[slot] = np.empty(shape, dtype)
        loose = [step for step, slot in self._inputs if not values[slot].flags.c_contiguous]
        strips = self._copying(frozenset(loose)) if loose else self._strips
        if self._spread and threads() > 1:
            share(lambda some: self._work(values, some), strips)
        else:
            self._work(values, strips)

    def _copying(self, loose: frozenset[Step]) -> "list[_Strip]":
        """The strips for inputs that do not lie row by row in memory: those are copied first."""
        if loose not in self._strips_of_loose:
            self._strips_of_loose[loose] = _Builder(self._stage, loose, self._clock).strips()
        return self._strips_of_loose[loose]

    def _work(self, values: list[Any], strips: Any) -> None:
        """One thread's work."""
        scratch = borrow_scratch()
        try:
            if self._quiet:
                for strip in strips:
                    strip.run(values.copy(), scratch)
            else:
                with np.errstate(all="ignore"):
                    for strip in strips:
                        strip.run(values.copy(), scratch)
        finally:
            give_back(scratch)


@dataclass(frozen=True, slots=True)
class _Value:
    """An array that a strip's operations read or write: `margin` rows around the strip, or, with None, all rows."""

    slot: int
    margin: int | None


@dataclass(frozen=True, slots=True)
class _Op:
    """One operation of a strip. It reads rows of values (`reads`: a value and the margin of rows, None for what is no
    array), writes to `target` (a register's name, a whole array, or None for an array of the operation's own) with
    `room` rows around the strip, of which the result keeps those within its margin."""

    run: Run
    reads: tuple[tuple[_Value, int | None], ...]
    target: str | _Value | None
    room: int
    result: _Value
    shape: tuple[int, ...]  # of all rows
    dtype: np.dtype[Any]


# An operation on certain rows: the first of them, what it reads, where it writes (a register with a shape, or rows of a
# whole array), the rows of the result to keep, and its slot.
_Bound = tuple[Run, int, tuple[tuple[int, Cut], ...], Any, tuple[int, ...] | None, np.dtype[Any], Cut, int]


@dataclass(frozen=True, slots=True)
class _Strip:
    """The operations on one strip, with all rows worked out beforehand where they are not too many to keep."""

    builder: "_Builder"
    start: int
    stop: int
    ops: list[_Bound] | None

    @classmethod
    def of(cls, builder: "_Builder", start: int, stop: int, keep: bool) -> "_Strip":
        strip = cls(builder, start, stop, None)
        return cls(builder, start, stop, strip.bound()) if keep else strip

    def bound(self) -> list[_Bound]:
        """The operations with the rows of this strip."""
        return [self._bind(op) for op in self.builder.ops]

    def _bind(self, op: _Op) -> _Bound:
        shape = self.builder.stage.shape
        reads = tuple((value.slot, None if rows is None else self._cut(value, rows)) for value, rows in op.reads)
        keep = self._cut(_Value(0, op.room), op.result.margin)
        low, high = self._rows(op.room)
        if isinstance(op.target, _Value):
            target: Any = (op.target.slot, self._cut(op.target, op.room))
            return op.run, low, reads, target, None, op.dtype, keep, op.result.slot
        size = op.shape if len(shape) == 1 else (high - low, *op.shape[1:])  # the only axis may be packed
        return op.run, low, reads, op.target, size, op.dtype, keep, op.result.slot

    def _rows(self, margin: int | None) -> tuple[int, int]:
        height = self.builder.stage.shape[0]
        return (0, height) if margin is None else (max(0, self.start - margin), min(height, self.stop + margin))

    def _cut(self, value: _Value, margin: int | None) -> Cut:
        (low, high), (base, end) = self._rows(margin), self._rows(value.margin)
        return None if (low, high) == (base, end) else slice(low - base, high - base)

    def run(self, values: list[Any], scratch: Scratch) -> None:
        values.extend([None] * (self.builder.slots - len(values)))
        place = Place(scratch)
        for run, place.start, reads, target, shape, dtype, keep, slot in self.ops or self.bound():
            given = [values[i] if cut is None else values[i][cut] for i, cut in reads]
            if shape is None:
                i, cut = target
                out = values[i] if cut is None else values[i][cut]
                result = run(given, out, place)
                if result is not out:
                    out[...] = result
                    result = out
            else:
                result = run(given, None if target is None else scratch(target, shape, dtype), place)
            values[slot] = result if keep is None else result[keep]


class _Builder:
    """Turns the tasks of a pass into operations: what is loaded, converted, computed and stored, and in which register
    each value lies until nothing reads it any more."""

    def __init__(self, stage: Pass, loose: frozenset[Step], clock: Clock | None) -> None:
        self.stage = stage
        self._loose = loose  # inputs that do not lie row by row in memory
        self._clock = clock
        self.ops: list[_Op] = []
        self.sources: dict[Key, _Value] = {}
        self.stores: dict[Key, _Value] = {}
        self.slots = 0
        self._values: dict[Key, _Value] = {}
        self._registers: dict[int, str] = {}  # by slot
        self._free: list[str] = []
        self._made = 0
        self._tasks = {task.step: task for task in stage.tasks}
        self._around = self._rows_around()
        for step, forms in stage.stored.items():
            for form in forms:
                self.stores[step, form] = self._value(None)
        for operand in self._around:
            if operand not in self._tasks:
                self._source(operand, stage.loads.get(operand, "plain"))
        done_with = ended(last_uses([task.step] for task in stage.tasks))
        for i, task in enumerate(stage.tasks):
            self._add(task)
            for step in done_with.get(i, ()):
                self._release(step)

    def strips(self) -> list[_Strip]:
        keep = len(self.ops) * len(self.stage.strips) <= _MOST_BOUND
        return [_Strip.of(self, start, stop, keep) for start, stop in self.stage.strips]

    def _value(self, margin: int | None) -> _Value:
        self.slots += 1
        return _Value(self.slots - 1, margin)

    def _rows_around(self) -> dict[Step, int]:
        """Rows around a strip that are read of each value from outside the pass."""
        around: dict[Step, int] = {}
        for task in self.stage.tasks:
            for operand in task.step.operands.values():
                around[operand] = max(around.get(operand, 0), task.margin + task.halo)
        return around

    def _release(self, step: Step) -> None:
        forms: tuple[Form, ...] = ("plain", "packed")
        for form in forms:
            value = self._values.get((step, form))
            if value is not None and value.slot in self._registers:
                self._free.append(self._registers.pop(value.slot))

    def _register(self, value: _Value) -> str:
        if not self._free:
            self._free.append(f"register {self._made}")
            self._made += 1
        name = self._registers[value.slot] = self._free.pop()
        return name

    # --- one task ---

    def _add(self, task: Task) -> None:
        step, form = task.step, task.form
        reads = tuple(self._read(operand, task) for operand in step.operands.values())
        result = self._value(task.margin)
        store = self.stores.get((step, form))
        room = task.margin + task.halo
        target: str | _Value | None = store if room == 0 else None
        if target is None and not task.method.fresh:
            target = self._register(result)
        run = task.method.run(form)
        self._op(in_turns(run) if task.method.brief else run, reads, target, room, result, step, form)
        self._values[step, form] = result
        for other in self.stage.stored.get(step, ()):
            kept = self.stores[step, other]
            if kept is not target:
                self._op(_conversion(step, form, other), ((result, 0),), kept, 0, self._value(0), step, other)

    def _op(
        self,
        run: Run,
        reads: tuple[tuple[_Value, int | None], ...],
        target: str | _Value | None,
        room: int,
        result: _Value,
        step: Step,
        form: Form,
    ) -> None:
        if self._clock is not None:
            run = self._clock.timing(step, run)
        shape, dtype = form_shape(step.kind, form), form_type(step.kind, form)
        self.ops.append(_Op(run, reads, target, room, result, shape, dtype))

    def _read(self, operand: Step, task: Task) -> tuple[_Value, int | None]:
        """An operand in the form that a task takes, and how many rows of it around the strip."""
        if not operand.kind.is_array:
            return self._source(operand, "plain"), None
        form: Form = task.form if operand.kind.name == "mask" else "plain"
        if (operand, form) not in self._values:
            self._provide(operand, form)
        return self._values[operand, form], task.margin + task.halo

    def _source(self, step: Step, form: Form) -> _Value:
        if (step, form) not in self.sources:
            self.sources[step, form] = self._value(None)
        return self.sources[step, form]

    def _provide(self, step: Step, form: Form) -> None:
        """Convert a value of the pass, or load one from outside it."""
        inside = self._tasks.get(step)
        if inside is not None:
            before, margin = self._values[step, inside.form], inside.margin
            run = _conversion(step, inside.form, form)
        else:
            loaded: Form = self.stage.loads.get(step, "plain")
            before, margin = self._source(step, loaded), self._around[step]
            if loaded == form and step not in self._loose:
                self._values[step, form] = before
                return
            run = _conversion(step, loaded, form)
        result = self._value(margin)
        self._op(run, ((before, margin),), self._register(result), margin, result, step, form)
        self._values[step, form] = result


def _copy(given: Any, out: Any, place: Place) -> Any:
    np.copyto(out, given[0])
    return out


def _conversion(step: Step, before: Form, after: Form) -> Run:
    if before == after:
        return _copy
    if after == "packed":
        return lambda given, out, place: packed.pack(given[0], out)
    width = width_of(step)
    return lambda given, out, place: packed.unpack(given[0], width, out)
