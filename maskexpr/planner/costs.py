"""Upper estimates of what a plan takes: its operations, and the most bytes that a run holds at once."""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from maskexpr.kernels.packed import BLOCK
from maskexpr.kernels.threads import threads
from maskexpr.kinds.kind import Kind
from maskexpr.library import OPERATORS, PLANNED
from maskexpr.planner import times
from maskexpr.planner.layout import Layout, Op
from maskexpr.planner.methods.method import Form, bytes_of, chunk, largest_shape
from maskexpr.planner.plan import Pass, Plan, Task, tasks_of
from maskexpr.program.liveness import ended
from maskexpr.program.steps import Step

# Bytes of what is not counted one by one: the interpreter's own objects, and numbers.
_SMALL_THINGS = 2**14
_OF_TASK = 2**10  # the same, of each step
_OF_WHOLE = 2**13  # the same, of a step on whole arrays: lists of places, small tables
_ITEM = 64  # bytes of a number in a list
_VIEWS = (OPERATORS["crop"], PLANNED["samples in place"])  # what may hold what it is taken from


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run takes, estimated from its plan.

    Attributes
    ----------
    operations
        Elementary operations.
    memory
        The most bytes it holds at once, inputs included: never less than it does.
    seconds
        The time of one run with the threads in force, on a machine of 2026.
    longest
        The longest time in it that nothing can stop: of one call of another library.
    """

    operations: float
    memory: int
    seconds: float = 0.0
    longest: float = 0.0


def cost(plan: Plan, inputs: Iterable[Kind], loose: Collection[str] = ()) -> Cost:
    """What a run of a plan takes, for inputs of these kinds; `loose` are those that do not lie row by row in memory."""
    given = sum(bytes_of(kind, "plain") for kind in inputs if kind.is_array)
    small = _SMALL_THINGS + _OF_TASK * sum(len(tasks_of(stage)) for stage in plan.stages)
    memory = given + _Memory(plan, loose).most() + small
    seconds = times.RUN + sum(times.seconds_of(plan).values())
    return Cost(operations(plan), memory, seconds, times.longest_call(plan)[1])


def operations(plan: Plan) -> float:
    """The estimated elementary operations of all steps of a plan."""
    return sum(task.operations for stage in plan.stages for task in tasks_of(stage))


# --- bytes -----------------------------------------------------------------------------------------------------------


def size_of(task: Task) -> float:
    """Bytes of what a step gives and works in, if it is done at once."""
    return _size(task.step, task) + task.bytes_for(largest_shape(task.step))


def size_of_value(step: Step) -> int:
    """The most bytes of a value as it is given back."""
    kind = step.kind
    if kind.is_array:
        return bytes_of(kind, "plain")
    if kind.name == "table":
        return kind.most * sum(column.kind.dtype.itemsize for column in kind.columns if column.kind.dtype is not None)
    return (kind.most if kind.is_samples else math.prod(kind.shape or ())) * _ITEM


class _Memory:
    """Follows the values through a run: whole ones from the stage that makes them to the last that reads them, and what
    each stage works in."""

    def __init__(self, plan: Plan, loose: Collection[str]) -> None:
        self._plan = plan
        self._loose = loose
        self._held: dict[tuple[Step, Form], int] = {}  # whole values, but for the inputs as they were given
        self._buffers: dict[str, int] = {}  # of a thread, which keeps them: by name, the most bytes
        self._workers = 1

    def most(self) -> int:
        """The most bytes at once, beside the inputs."""
        done_with, peak = ended(self._plan.last_uses), 0
        for i, stage in enumerate(self._plan.stages):
            working = self._pass(stage) if isinstance(stage, Pass) else self._whole(stage)
            peak = max(peak, sum(self._held.values()) + working)
            for step in done_with.get(i, ()):
                self._held.pop((step, "plain"), None)
                self._held.pop((step, "packed"), None)
        peak = max(peak, sum(self._held.values()) + self._results())
        tables = sum(task.method.table for stage in self._plan.stages for task in tasks_of(stage))
        return peak + self._workers * sum(self._buffers.values()) + tables

    # --- one stage ---

    def _pass(self, stage: Pass) -> int:
        """The bytes that a pass takes only while it runs; what it makes is held from now on."""
        read = [o for task in stage.tasks for o in task.step.operands.values()]
        layout = Layout(stage, {step for step in read if step.name in self._loose})
        for step, form in layout.stores:
            self._held[step, form] = bytes_of(step.kind, form)
        for name, most in layout.buffers():
            self._keep(name, most)
        workers = min(threads(), len(stage.strips))
        self._workers = max(self._workers, workers)
        results = sum(op.bytes_of(stage.rows) for op in layout.ops if op.task and op.task.method.fresh)
        return workers * (results + max(self._passing(op, stage) for op in layout.ops))

    def _passing(self, op: Op, stage: Pass) -> int:
        """Bytes that an operation on a strip takes and gives back; what it works in again is noted."""
        around = op.task.margin + op.task.halo if op.task else op.room
        rows = min(stage.rows + 2 * around, stage.shape[0])
        shape = (rows, *stage.shape[1:])
        if op.task is None:
            return 2 * min(math.prod(shape), max(BLOCK, shape[-1]))
        taken = math.ceil(op.task.bytes_for(shape))
        if op.task.method.memory is not None and not op.task.method.fresh:
            self._keep(op.task.method.word, taken)
            taken = 0
        return taken + (math.ceil(chunk(shape) * _widest(op.step) / 8) if op.task.method.fresh else 0)

    def _keep(self, name: str, size: int) -> None:
        self._buffers[name] = max(self._buffers.get(name, 0), size)

    def _whole(self, task: Task) -> int:
        """The bytes that a step on whole arrays takes only while it runs; what it gives is held from now on, and so are
        its operands in the form it takes them."""
        step = task.step
        converted = 0
        for operand in step.operands.values():
            form = _form(operand, task)
            is_copied = operand.name in self._loose and not task.method.loose
            if operand.kind.is_array and (not operand.name or form == "packed" or is_copied):
                if operand.kind.name == "mask" and (operand, form) not in self._held:
                    converted = 2 * min(math.prod(operand.kind.shape or ()), BLOCK)
                self._held[operand, form] = bytes_of(operand.kind, form)
        held = _size(step, task)
        if step.function in _VIEWS:
            held += sum(self._held.get((operand, "plain"), 0) for operand in step.operands.values())
        self._held[step, _form(step, task)] = held
        working = math.ceil(task.bytes_for(largest_shape(step)))
        return max(converted, working + _OF_WHOLE if working else 0)

    def _results(self) -> int:
        """Bytes that are made for the results at last: masks from bits, copies of inputs and of what is given twice."""
        more, given = 0, set[Step]()
        for _, step in self._plan.rewritten.outputs:
            if step.kind.is_array and ((step, "plain") not in self._held or step in given):
                more += bytes_of(step.kind, "plain")
            given.add(step)
        return more


def _widest(step: Step) -> int:
    """Bytes of the widest type of a step's operands and result; numbers may be any."""
    kinds = [step.kind, *(operand.kind for operand in step.operands.values())]
    return max(8 if kind.dtype is None else kind.dtype.itemsize for kind in kinds)


def _form(step: Step, task: Task) -> Form:
    """The form in which a task takes or gives a value."""
    return task.form if step.kind.name == "mask" else "plain"


def _size(step: Step, task: Task) -> int:
    """Bytes of a value that a task gives."""
    kind = step.kind
    if kind.is_array:
        return bytes_of(kind, _form(step, task))
    if kind.name == "table":
        return size_of_value(step)
    if step.function is PLANNED["samples in place"]:
        return _ITEM
    if kind.is_samples:
        return kind.most * (kind.dtype.itemsize if kind.dtype is not None else _ITEM)
    return math.prod(kind.shape or ()) * _ITEM
