"""Runs a plan: strips spread over threads, in buffers that are used again. Gives bit for bit what `reference` gives."""

import contextlib
import itertools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskexpr import messages, reference
from maskexpr.builtin import Refused
from maskexpr.errors import RunError
from maskexpr.kernels import packed
from maskexpr.kernels.scratch import Scratch
from maskexpr.methods.method import Form, Place, Run, form_shape, form_type, width_of
from maskexpr.plan import Pass, Plan, Task
from maskexpr.steps import Checked, Step

# Elementary operations below which waking another thread costs more than it saves.
_WORTH_THREADS = 2**20

Values = dict[tuple[Step, Form], Any]
Key = tuple[Step, Form]


def threads() -> int:
    """Threads to use: MASKEXPR_THREADS, or one per core that this process may use."""
    given = os.environ.get("MASKEXPR_THREADS", "")
    if given.isdecimal() and int(given) > 0:
        return min(int(given), 256)
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Engine:
    """A plan made ready to run, many times and from many threads at once."""

    def __init__(self, checked: Checked, plan: Plan) -> None:
        self.plan = plan
        self._checked = checked
        self._stages = [_PassRunner(s) if isinstance(s, Pass) else _WholeRunner(s) for s in plan.stages]
        self._dropped: list[list[Step]] = [[] for _ in plan.stages]
        for step, last in plan.last_uses.items():
            if last < len(plan.stages):
                self._dropped[last].append(step)
        self._inputs = [s for s in plan.rewritten.steps if s.name]
        self._constants: Values = {
            (s, "plain"): s.kind.constant for s in plan.rewritten.steps if s.function is None and not s.name
        }
        stored = {step for stage in plan.stages if isinstance(stage, Pass) for step in stage.stored}
        outputs = [step for _, step in plan.rewritten.outputs]
        # Whether every result is an array made for it alone, or a plain number.
        self.owns_results = len(set(outputs)) == len(outputs) and all(
            s in stored if s.kind.is_array else s.kind.name in ("number", "truth") for s in outputs
        )

    def run(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The outputs for these inputs; what the pixels make impossible is a RunError."""
        try:
            return self._run(inputs)
        except Refused:
            # Strips meet the faults of the pixels in another order; the plain evaluation finds the one to report.
            return reference.run(self._checked, inputs)
        except MemoryError:
            last = self._checked.steps[-1]
            raise RunError(messages.OUT_OF_MEMORY.at(last.source, last.span)) from None

    def _run(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        values: Values = self._constants.copy()
        for step in self._inputs:
            values[step, "plain"] = inputs[step.name]
        for runner, dropped in zip(self._stages, self._dropped, strict=True):
            runner.run(values)
            for step in dropped:
                values.pop((step, "plain"), None)
                values.pop((step, "packed"), None)
        return {name: in_form(values, step, "plain") for name, step in self.plan.rewritten.outputs}


def in_form(values: Values, step: Step, form: Form) -> Any:
    """A whole value in a form, converted where it is there in the other one only."""
    wanted: Form = form if step.kind.name == "mask" else "plain"
    found = values.get((step, wanted))
    if step.name and isinstance(found, np.ndarray):
        found = np.ascontiguousarray(found)
    elif found is None and wanted == "packed":
        found = packed.pack(values[step, "plain"])
    elif found is None and (step, "packed") in values:
        found = packed.unpack(values[step, "packed"], width_of(step))
    values[step, wanted] = found
    return found


# --- whole arrays ----------------------------------------------------------------------------------------------------


class _WholeRunner:
    """One step on whole arrays."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._run = task.method.run(task.form)

    def run(self, values: Values) -> None:
        task = self._task
        given = [in_form(values, operand, task.form) for operand in task.step.operands.values()]
        rows = task.step.kind.shape[0] if task.step.kind.shape else 0
        with _scratch() as scratch, np.errstate(all="ignore"):
            result = self._run(given, None, Place(scratch, 0, rows))
        values[task.step, task.form if task.step.kind.name == "mask" else "plain"] = result


# --- passes ----------------------------------------------------------------------------------------------------------


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


Cut = slice | None
Bound = tuple[Run, tuple[tuple[int, Cut], ...], Any, Any, Any, Cut, int]


class _PassRunner:
    """A pass as a list of operations, with all places of all strips worked out."""

    def __init__(self, stage: Pass) -> None:
        self._stage = stage
        builder = _Builder(stage)
        self._sources = builder.sources
        self._stores = builder.stores
        self._size = builder.slots
        self._strips = [(start, stop, self._bound(builder.ops, start, stop)) for start, stop in stage.strips]
        self._quiet = all(task.method.quiet for task in stage.tasks)
        pixels = int(np.prod(stage.shape))
        self._spread = len(self._strips) > 1 and pixels * len(stage.tasks) >= _WORTH_THREADS

    def _bound(self, ops: Sequence[_Op], start: int, stop: int) -> list[Bound]:
        """The operations of one strip with the rows they read and write."""
        height = self._stage.shape[0]

        def rows(margin: int | None) -> tuple[int, int]:
            return (0, height) if margin is None else (max(0, start - margin), min(height, stop + margin))

        def cut(value: _Value, margin: int | None) -> Cut:
            (low, high), (base, end) = rows(margin), rows(value.margin)
            return None if (low, high) == (base, end) else slice(low - base, high - base)

        bound: list[Bound] = []
        for op in ops:
            reads = tuple(
                (value.slot, cut(value, margin) if margin is not None else None) for value, margin in op.reads
            )
            low, high = rows(op.room)
            if isinstance(op.target, _Value):
                target: Any = (op.target.slot, cut(op.target, op.room))
                shape = None
            else:
                target, shape = op.target, (high - low, *op.shape[1:])
                if len(self._stage.shape) == 1:  # one strip, whose only axis may be packed
                    shape = op.shape
            keep = cut(_Value(0, op.room), op.result.margin)
            bound.append((op.run, reads, target, shape, op.dtype, keep, op.result.slot))
        return bound

    def run(self, values: Values) -> None:
        template: list[Any] = [None] * self._size
        for (step, form), value in self._sources.items():
            found = values.get((step, form))
            template[value.slot] = found if found is not None else values[step, "plain"]
        for (step, form), value in self._stores.items():
            template[value.slot] = np.empty(form_shape(step.kind, form), form_type(step.kind, form))
        if self._spread and threads() > 1:
            _share(lambda strips: self._work(template, strips), self._strips)
        else:
            self._work(template, self._strips)
        for key, value in self._stores.items():
            values[key] = template[value.slot]

    def _work(self, template: list[Any], strips: Any) -> None:
        """One thread's work."""
        with _scratch() as scratch:
            if self._quiet:
                self._run_strips(template, strips, scratch)
            else:
                with np.errstate(all="ignore"):
                    self._run_strips(template, strips, scratch)

    def _run_strips(self, template: list[Any], strips: Any, scratch: Scratch) -> None:
        for start, stop, bound in strips:
            values = template.copy()
            place = Place(scratch, start, stop)
            for run, reads, target, shape, dtype, keep, slot in bound:
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


def _copy(given: Any, out: Any, place: Place) -> Any:
    np.copyto(out, given[0])
    return out


class _Builder:
    """Turns the tasks of a pass into operations: what is loaded, converted, computed and stored, and in which register
    each value lies until nothing reads it any more."""

    def __init__(self, stage: Pass) -> None:
        self.stage = stage
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
        uses = self._uses()
        for task in stage.tasks:
            self._add(task)
            for step in uses.pop(task.step, ()):
                self._release(step)

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

    def _uses(self) -> dict[Step, list[Step]]:
        """For each task the values that nothing reads after it."""
        last = {operand: task.step for task in self.stage.tasks for operand in task.step.operands.values()}
        ended: dict[Step, list[Step]] = {}
        for operand, step in last.items():
            ended.setdefault(step, []).append(operand)
        for task in self.stage.tasks:
            if task.step not in last:
                ended.setdefault(task.step, []).append(task.step)
        return ended

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
        self._op(task.method.run(form), reads, target, room, result, step, form)
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
            if loaded == form and (step.function is not None or form == "packed"):
                self._values[step, form] = before
                return
            run = _load if loaded == form else _conversion(step, loaded, form)
        result = self._value(margin)
        self._op(run, ((before, margin),), self._register(result), margin, result, step, form)
        self._values[step, form] = result


def _load(given: Any, out: Any, place: Place) -> Any:
    """An input as it is if it lies in memory row by row, else a copy that does."""
    if given[0].flags.c_contiguous:
        return given[0]
    return _copy(given, out, place)


def _conversion(step: Step, before: Form, after: Form) -> Run:
    if before == after:
        return _copy
    if after == "packed":
        return lambda given, out, place: packed.pack(given[0], out)
    width = width_of(step)
    return lambda given, out, place: packed.unpack(given[0], width, out)


# --- threads and their buffers ---------------------------------------------------------------------------------------

_kept: list[Scratch] = []
_pool: list[tuple[int, ThreadPoolExecutor]] = []


@contextlib.contextmanager
def _scratch() -> Iterator[Scratch]:
    """Buffers for one thread's work; they are kept for the next."""
    try:
        scratch = _kept.pop()
    except IndexError:
        scratch = Scratch()
    try:
        yield scratch
    finally:
        scratch.trim()
        if len(_kept) < 64:
            _kept.append(scratch)


def _executor(count: int) -> ThreadPoolExecutor:
    """The helping threads; a forked process has none and starts its own."""
    if not _pool or _pool[0][0] != os.getpid() or _pool[0][1]._max_workers < count:
        _pool[:] = [(os.getpid(), ThreadPoolExecutor(count, "maskexpr"))]
    return _pool[0][1]


def _share(work: Callable[[Iterator[Any]], None], items: Sequence[Any]) -> None:
    """Let several threads, this one among them, take items one by one; the first exception of any stops them all."""
    count = min(threads(), len(items))
    numbers = itertools.count()
    stopped: list[bool] = []

    def taken() -> Iterator[Any]:
        while not stopped:
            number = next(numbers)
            if number >= len(items):
                return
            yield items[number]

    helpers = [_executor(count - 1).submit(work, taken()) for _ in range(count - 1)]
    try:
        work(taken())
    except BaseException:
        stopped.append(True)
        raise
    finally:
        failed = [h.exception() for h in helpers]
    for error in failed:
        if error is not None:
            raise error
