"""Runs a plan of which every pass is one strip, as small images make it: a list of calls with as little around each as
can be. Gives what the stages of `run` give, for inputs that lie row by row in memory."""

import math
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from maskexpr.engine.outs import Outs
from maskexpr.engine.passes import conversion, run_of
from maskexpr.functions.arguments import Refused
from maskexpr.kernels.stopping import note, pause
from maskexpr.kernels.threads import borrow_scratch, give_back
from maskexpr.kinds.kind import SCALARS
from maskexpr.planner.layout import Key, Layout, Op
from maskexpr.planner.methods.method import Form, Place, Run, form_shape, form_type
from maskexpr.planner.plan import Pass, Plan, Task, tasks_of
from maskexpr.program.liveness import ended
from maskexpr.program.steps import Step

# Operations of a run that is over before anyone could want to end it, so that it is not asked between two calls.
_SHORT = 1e6
# Pixels below which NumPy's calls are so short that threads need not take turns at them.
_TURNS = 2**16

_NO_PRESETS: Mapping[int, Any] = {}
_Pick = Callable[[list[Any]], Sequence[Any]]
_Run = Callable[..., Any]
# What to call; which values it takes, where its result goes; type and shape of what it writes into, if anything, and
# the buffer that is, if it is no new array; and what is not needed any more then.
_Call = tuple[Run, _Pick, int, Any, tuple[int, ...], str | None, tuple[int, ...]]


class Direct:
    """A plan as a list of calls, made once and run many times, from many threads at once.

    Attributes
    ----------
    own
        The outputs that are arrays made for them alone, or plain numbers.
    """

    def __init__(self, plan: Plan) -> None:
        tasks = [task for stage in plan.stages for task in tasks_of(stage)]
        of_host = any(task.step.function and task.step.function.is_of_host for task in tasks)  # as long as they like
        listed = _Listing(plan, pauses=of_host or sum(task.operations for task in tasks) > _SHORT)
        self._calls = tuple(listed.calls)
        self._values = listed.values
        self._inputs = tuple(listed.inputs)
        self._stores = listed.stores
        outputs = plan.rewritten.outputs
        self._outputs = tuple((name, listed.slot_of(step)) for name, step in outputs)
        self._work = self._do if all(task.method.quiet for task in tasks) else self._work_quietly
        made = [step for _, step in outputs if listed.slot_of(step) in listed.stores or step.kind.name in SCALARS]
        self.own = len(set(made)) == len(outputs)

    def runner(self, otherwise: _Run | None = None, *, is_only: bool = False) -> _Run:
        """What gives the outputs by name, or the only one. Where the pixels or the memory make that impossible,
        `otherwise` does it, and knows what to say."""
        values_of_none, inputs_by_slot, work = self._values, self._inputs, self._work
        gather = itemgetter(self._outputs[0][1]) if is_only else self._by_name
        faults = (Refused, MemoryError) if otherwise else ()

        def run(inputs: Mapping[str, Any], presets: Mapping[int, Any] = _NO_PRESETS) -> Any:
            values = values_of_none.copy()
            for slot, name in inputs_by_slot:
                values[slot] = inputs[name]
            for slot in presets:
                values[slot] = presets[slot]
            scratch = borrow_scratch()
            try:
                work(values, Place(scratch))
            except faults:
                assert otherwise is not None
                return otherwise(inputs)
            finally:
                give_back(scratch)
            return gather(values)

        return run

    def presets(self, outs: Outs) -> dict[int, Any]:
        """Where outputs are written to on the way, if it is arrays of a host."""
        slots = ((slot, outs[name]) for name, slot in self._outputs if name in outs and slot in self._stores)
        return {slot: array for slot, array in slots if array.flags.c_contiguous}

    def _by_name(self, values: list[Any]) -> dict[str, Any]:
        return {name: values[slot] for name, slot in self._outputs}

    def _work_quietly(self, values: list[Any], place: Place) -> None:
        with np.errstate(all="ignore"):
            self._do(values, place)

    def _do(self, values: list[Any], place: Place) -> None:
        for run, pick, slot, dtype, shape, buffer, dropped in self._calls:
            if dtype is None:
                values[slot] = run(pick(values), None, place)
            elif buffer is None:
                out = values[slot]
                if out is None:
                    values[slot] = out = np.empty(shape, dtype)
                result = run(pick(values), out, place)
                if result is not out:
                    out[...] = result
            else:
                values[slot] = run(pick(values), place.scratch(buffer, shape, dtype), place)
            for i in dropped:
                values[i] = None


def is_direct(plan: Plan) -> bool:
    """Whether every pass is one strip."""
    return all(stage.rows >= stage.shape[0] for stage in plan.stages if isinstance(stage, Pass))


class _Listing:
    """The calls of a plan, and the slots of the list of values that they work on."""

    def __init__(self, plan: Plan, *, pauses: bool) -> None:
        self._pauses = pauses
        self._means = plan.means
        self.calls: list[_Call] = []
        self.values: list[Any] = []
        self.inputs: list[tuple[int, str]] = []
        self.stores: set[int] = set()  # the slots of arrays that are made whole, each by itself
        self._slots: dict[Key, int] = {}
        self._passing: list[int] = []  # those of arrays that a pass makes for itself
        for step in plan.rewritten.steps:
            if step.name:
                self.inputs.append((self._new(step, "plain"), step.name))
            elif step.function is None:
                self.values[self._new(step, "plain")] = step.kind.constant
        done_with = ended(plan.last_uses)
        for i, stage in enumerate(plan.stages):
            if isinstance(stage, Pass):
                self._add_pass(stage)
            else:
                self._add_whole(stage)
            if i + 1 < len(plan.stages):
                self._drop(done_with.get(i, ()))
        for _, step in plan.rewritten.outputs:
            self._in_form(step, "plain")

    def slot_of(self, step: Step) -> int:
        """Where the value of an output lies in the end."""
        return self._slots[step, "plain"]

    def _new(self, step: Step, form: Form) -> int:
        slot = self._slots[step, form] = self._more()
        return slot

    def _more(self) -> int:
        self.values.append(None)
        return len(self.values) - 1

    def _add(
        self, step: Step, run: Run, reads: Sequence[int], buffer: str | None, made: Form | None, slot: int
    ) -> None:
        """A call that gives the value of a step: in memory that is made for a form, or by itself."""
        shape, dtype = ((), None) if made is None else (form_shape(step.kind, made), form_type(step.kind, made))
        run = _pausing(step, run) if self._pauses else run
        self.calls.append((run, _picking(reads), slot, dtype, shape, buffer, ()))

    # --- passes ---

    def _add_pass(self, stage: Pass) -> None:
        layout = Layout(stage)
        slots = {value.slot: self._slots[key] for key, value in layout.sources.items()}
        stored = {value.slot: self._new(*key) for key, value in layout.stores.items()}
        self.stores.update(stored.values())
        turns = math.prod(stage.shape) > _TURNS
        for op in layout.ops:
            self._add_op(op, stage, slots, stored, turns=turns)

    def _add_op(self, op: Op, stage: Pass, slots: dict[int, int], stored: Mapping[int, int], *, turns: bool) -> None:
        """One strip is all rows: what an operation reads, writes and keeps is whole."""
        slot = self._more() if op.store is None else stored[op.store.slot]
        if op.store is None and op.buffer is None:
            self._passing.append(slot)
        slots[op.result.slot] = slot
        reads = [slots[value.slot] for value, _ in op.reads]
        run = run_of(op, stage, turns=turns)
        if op.store and op.task and op.task.method.fresh:
            self._add(op.step, _owned(run, op.step, op.form), reads, None, None, slot)
        else:
            self._add(op.step, run, reads, op.buffer, op.form, slot)

    # --- steps on whole arrays ---

    def _add_whole(self, task: Task) -> None:
        reads = [self._operand(task, operand) for operand in task.step.operands.values()]
        form: Form = task.form if task.step.kind.name == "mask" else "plain"
        self._add(task.step, task.method.run(task.form), reads, None, None, self._new(task.step, form))

    def _operand(self, task: Task, operand: Step) -> int:
        return self._in_form(operand, task.form)

    def _in_form(self, step: Step, form: Form) -> int:
        """Where a value lies in a form, converted where it is there in the other one only."""
        wanted: Form = form if step.kind.name == "mask" else "plain"
        other: Form = "packed" if wanted == "plain" else "plain"
        if (step, wanted) not in self._slots:
            read, slot = self._slots[step, other], self._new(step, wanted)
            run = conversion(step, other, wanted, compiled=self._means.compiled)
            self._add(step, run, [read], None, wanted, slot)
            self.stores.add(slot)
        return self._slots[step, wanted]

    def _drop(self, steps: Sequence[Step]) -> None:
        """Let go of what no later stage needs."""
        forms: tuple[Form, ...] = ("plain", "packed")
        dropped = tuple(self._slots[s, form] for s in steps for form in forms if (s, form) in self._slots)
        dropped += tuple(self._passing)
        self._passing.clear()
        if dropped and self.calls:
            self.calls[-1] = (*self.calls[-1][:-1], dropped)


def _pausing(step: Step, run: Run) -> Run:
    """The same, unless it is not wanted any more."""

    def pausing(given: Any, out: Any, place: Place) -> Any:
        note(step)
        pause()
        return run(given, out, place)

    return pausing


def _owned(run: Run, step: Step, form: Form) -> Run:
    """What gives an array of its own: as it is, if it could have been made for the result."""
    shape, dtype = form_shape(step.kind, form), form_type(step.kind, form)
    is_of_host = step.function is not None and step.function.is_of_host

    def owned(given: Any, out: Any, place: Place) -> Any:
        found = run(given, None, place)
        is_own = type(found) is np.ndarray and found.base is None and found.flags.carray and not is_of_host
        if is_own and found.shape == shape and found.dtype == dtype:
            return found
        made = np.empty(shape, dtype)
        made[...] = found
        return made

    return owned


def _picking(reads: Sequence[int]) -> _Pick:
    """What picks some of the values."""
    if len(reads) > 1:
        return itemgetter(*reads)
    if not reads:
        return lambda values: ()
    return itemgetter(slice(reads[0], reads[0] + 1))
