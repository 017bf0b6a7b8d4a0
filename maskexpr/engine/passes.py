"""Runs a pass: all its steps on one strip of rows after another, in buffers that are used again."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskexpr.engine.clock import Clock
from maskexpr.kernels import packed
from maskexpr.kernels.scratch import Scratch
from maskexpr.kernels.stopping import pause
from maskexpr.kernels.threads import borrow_scratch, give_back, in_turns, share, threads
from maskexpr.planner import methods
from maskexpr.planner.layout import Layout, Op, Value
from maskexpr.planner.methods.method import Form, Place, Run, form_shape, form_type, width_of
from maskexpr.planner.plan import Pass, Strip
from maskexpr.program.steps import Step

# Pixels times steps below which waking another thread costs more than it saves.
_WORTH_THREADS = 2**20

Rows = slice | None  # None: all rows


class PassRunner:
    """A pass made ready to run. `sources` are the values it reads, `stores` those it makes whole, by their slots in the
    list of values that `run` takes."""

    def __init__(self, stage: Pass, clock: Clock | None) -> None:
        self._stage = stage
        self._clock = clock
        layout = Layout(stage)
        self._strips = _bound(layout, clock)
        # By the arrays that do not lie row by row in memory, and are copied strip by strip: these, and how many slots.
        self._of_loose: dict[frozenset[Step], tuple[list[_Strip], int]] = {}
        self.sources = {key: value.slot for key, value in layout.sources.items()}
        self.stores = {key: value.slot for key, value in layout.stores.items()}
        self.is_lone = stage.rows >= stage.shape[0]
        # Arrays that may be of a host, and lie in memory as they do.
        self._arrays = [(step, slot) for (step, _), slot in self.sources.items() if step.name and step.kind.is_array]
        self._arrays += [(step, slot) for (step, form), slot in self.stores.items() if form == "plain"]
        self._made = [
            (slot, form_shape(s.kind, form), form_type(s.kind, form)) for (s, form), slot in self.stores.items()
        ]
        self._quiet = all(task.method.quiet for task in stage.tasks)
        self._spread = not self.is_lone and math.prod(stage.shape) * len(stage.tasks) >= _WORTH_THREADS
        self.slots = layout.slots

    def run(self, values: list[Any]) -> None:
        """Compute the stores from the sources, in new arrays where there are none for them."""
        for slot, shape, dtype in self._made:
            if values[slot] is None:
                values[slot] = np.empty(shape, dtype)
        loose = [step for step, slot in self._arrays if not values[slot].flags.c_contiguous]
        strips = self._copying(frozenset(loose), values) if loose else self._strips
        if self._spread and threads() > 1:
            share(lambda some: self._work(values, some), strips)
        else:
            self._work(values, strips if self.is_lone else _pausing(strips))

    def _copying(self, loose: frozenset[Step], values: list[Any]) -> "list[_Strip]":
        """The strips for inputs, and results, that do not lie row by row in memory."""
        if loose not in self._of_loose:
            layout = Layout(self._stage, loose)
            self._of_loose[loose] = _bound(layout, self._clock), layout.slots
        strips, slots = self._of_loose[loose]
        values.extend([None] * (slots - len(values)))
        return strips

    def _work(self, values: list[Any], strips: "Iterable[_Strip]") -> None:
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


def _pausing(strips: "Iterable[_Strip]") -> "Iterator[_Strip]":
    """Strips, with a pause before each."""
    for strip in strips:
        pause()
        yield strip


@dataclass(frozen=True, slots=True)
class _Ready:
    """An operation on the rows of a strip, worked out: slots in the list of values, and slices of what lies there.

    Attributes
    ----------
    above
        Rows of what it writes that lie above the strip.
    around
        Rows of what it takes that lie above and below those it writes.
    reads
        What it takes, by slot, and of that which rows.
    target
        The slot of the rows that it writes into; None where it takes a buffer, or gives an array of its own.
    buffer, shape, dtype
        The buffer it writes into, and as what.
    keep, slot
        Which rows of what it wrote are its result, and where that goes.
    """

    run: Run
    above: int
    around: tuple[int, int]
    reads: tuple[tuple[int, Rows], ...]
    target: int | None
    buffer: str | None
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    keep: Rows
    slot: int


@dataclass(frozen=True, slots=True)
class _Window:
    """Rows of a whole array, that of a slot, which operations of a strip read or write: so many above and below it.
    Windows are values too, with slots after all others, in their order."""

    whole: int
    above: int
    below: int


@dataclass(frozen=True, slots=True)
class _Program:
    """All that is done to strips that are equally high and lie alike in the image: inside it, or as far from an end."""

    windows: tuple[_Window, ...]
    ops: tuple[_Ready, ...]


@dataclass(frozen=True, slots=True)
class _Strip:
    """One strip and what is done to it."""

    start: int
    stop: int
    program: _Program

    def run(self, values: list[Any], scratch: Scratch) -> None:
        program, start = self.program, self.start
        for window in program.windows:
            values.append(values[window.whole][start - window.above : self.stop + window.below])
        place = Place(scratch)
        for number, op in enumerate(program.ops):
            if number:
                pause()
            place.start, place.around = start - op.above, op.around
            given = [values[i] if rows is None else values[i][rows] for i, rows in op.reads]
            if op.target is not None:
                out = values[op.target]
                result = op.run(given, out, place)
                if result is not out:
                    out[...] = result
                    result = out
            elif op.buffer is not None:
                result = op.run(given, scratch(op.buffer, op.shape, op.dtype), place)
            else:
                result = op.run(given, None, place)
            values[op.slot] = result if op.keep is None else result[op.keep]


def _bound(layout: Layout, clock: Clock | None) -> list[_Strip]:
    """The strips of a pass, each with its operations; strips that lie alike share them."""
    runs = [run_of(op, layout.stage, clock) for op in layout.ops]
    farthest, height = layout.farthest, layout.stage.shape[0]
    programs: dict[tuple[int, int, int], _Program] = {}
    strips = []
    for start, stop in layout.stage.strips:
        alike = (stop - start, min(start, farthest), min(height - stop, farthest))
        if alike not in programs:
            programs[alike] = _Binder(layout, Strip(start, stop)).program(runs)
        strips.append(_Strip(start, stop, programs[alike]))
    return strips


class _Binder:
    """Works out the rows of the operations on one strip, and so on all that lie alike."""

    def __init__(self, layout: Layout, strip: Strip) -> None:
        self._layout, self._strip = layout, strip
        self._shape = layout.stage.shape
        self._windows: dict[tuple[int, int], tuple[int, _Window]] = {}  # by slot and rows around, with their own

    def program(self, runs: list[Run]) -> _Program:
        ops = tuple(self._ready(op, run) for op, run in zip(self._layout.ops, runs, strict=True))
        return _Program(tuple(window for _, window in self._windows.values()), ops)

    def _ready(self, op: Op, run: Run) -> _Ready:
        reads = tuple((value.slot, None) if rows is None else self._rows_of(value, rows) for value, rows in op.reads)
        low, high = self._ends(op.room)
        first, last = self._ends(op.task.margin + op.task.halo if op.task else op.room)
        target = None if op.store is None else self._rows_of(op.store, op.room)[0]
        keep = self._rows_of(Value(0, op.room), op.result.margin or 0)[1]
        shape, dtype = form_shape(op.step.kind, op.form), form_type(op.step.kind, op.form)
        if len(self._shape) > 1:  # else the only axis, which may be packed, is never cut
            shape = (high - low, *shape[1:])
        around = low - first, last - high
        return _Ready(
            run, self._strip.start - low, around, reads, target, op.buffer, shape, dtype, keep, op.result.slot
        )

    def _ends(self, margin: int | None) -> Strip:
        """The strip with so many rows around it, as far as there are any."""
        height = self._shape[0]
        if margin is None:
            return Strip(0, height)
        return Strip(max(0, self._strip.start - margin), min(height, self._strip.stop + margin))

    def _rows_of(self, value: Value, margin: int) -> tuple[int, Rows]:
        """Where the rows with a margin of a value are found: in a slot, and of what lies there which."""
        (low, high), (base, end) = self._ends(margin), self._ends(value.margin)
        if (low, high) == (base, end):
            return value.slot, None
        if value.margin is not None:
            return value.slot, slice(low - base, high - base)
        window = _Window(value.slot, self._strip.start - low, high - self._strip.stop)
        slot = self._layout.slots + len(self._windows)
        return self._windows.setdefault((value.slot, margin), (slot, window))[0], None


def run_of(op: Op, stage: Pass, clock: Clock | None = None, *, turns: bool = True) -> Run:
    """What does an operation, threads taking turns at short calls; a clock notes its time."""
    if op.task is None:
        run = conversion(op.step, op.before, op.form, compiled=stage.compiled)
    else:
        run = op.task.method.run(op.form)
        takes_turns = op.task.method.brief and not op.task.method.gains  # else it does so itself where it must
        run = in_turns(run) if takes_turns and turns else run
    return run if clock is None else clock.timing(op.step, run)


def _copy(given: Any, out: Any, place: Place) -> Any:
    np.copyto(out, given[0])
    return out


def conversion(step: Step, before: Form, after: Form, *, compiled: bool) -> Run:
    """What puts a value into another form, or another place."""
    if before == after:
        return _copy
    run = _packing if after == "packed" else _unpacking(width_of(step))
    return methods.compiled.conversion(run, step) if compiled else run


def _packing(given: Any, out: Any, place: Place) -> Any:
    return packed.pack(given[0], out)


def _unpacking(width: int) -> Run:
    return lambda given, out, place: packed.unpack(given[0], width, out)
