"""What a pass does to a strip, operation by operation: what it loads, converts, computes and stores, and in which
buffer each value lies until nothing reads it any more. The engine runs it; what it needs of memory is known before."""

from collections.abc import Container, Iterator
from dataclasses import dataclass

from maskexpr.planner.methods.method import Form, form_shape, form_type
from maskexpr.planner.plan import Pass, Task
from maskexpr.program.liveness import ended, last_uses
from maskexpr.program.steps import Step

Key = tuple[Step, Form]


@dataclass(frozen=True, slots=True)
class Value:
    """An array that operations read or write, by its place in a list of values: `margin` rows around the strip, or,
    with None, all rows of the image."""

    slot: int
    margin: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Op:
    """One operation on a strip: a step, or one that puts a value into another form or place.

    Attributes
    ----------
    step, form
        Whose value it gives, and how a mask lies in it.
    task
        The step as it runs; None for a conversion, which is made from the form `before`.
    reads
        The values it takes, each with the rows around the strip; None for what is no array.
    buffer
        The buffer it writes into. Where it has none, it writes into rows of `store`, or gives an array of its own.
    room
        Rows around the strip of what it writes. Of those the result keeps what lies within its own margin.
    """

    step: Step
    form: Form
    task: Task | None
    before: Form
    reads: tuple[tuple[Value, int | None], ...]
    buffer: str | None
    store: Value | None
    room: int
    result: Value

    def bytes_of(self, rows: int) -> int:
        """Bytes of what it writes, for a strip of so many rows."""
        shape = form_shape(self.step.kind, self.form)
        size = form_type(self.step.kind, self.form).itemsize
        for n in shape[1:]:
            size *= n
        return size * (shape[0] if len(shape) == 1 else min(rows + 2 * self.room, shape[0]))


class Layout:
    """The operations of a pass on each of its strips.

    `sources` are the whole values it reads, `stores` those it makes, by what they are; `loose` are inputs that do not
    lie row by row in memory, and are copied before they are read, and steps whose stores do not, which are copied there
    once they are made.
    """

    def __init__(self, stage: Pass, loose: Container[Step] = ()) -> None:
        self.stage = stage
        self.ops: list[Op] = []
        self.sources: dict[Key, Value] = {}
        self.stores: dict[Key, Value] = {}
        self.slots = 0
        self._loose = loose
        self._values: dict[Key, Value] = {}
        self._buffers: dict[int, str] = {}  # by slot
        self._free: list[str] = []
        self._made = 0
        self._tasks = {task.step: task for task in stage.tasks}
        self._around = self._rows_around()
        for step, forms in stage.stored.items():
            for form in forms:
                self.stores[step, form] = self.value(None)
        for operand in self._around:
            if operand not in self._tasks:
                self._source(operand, stage.loads.get(operand, "plain"))
        done_with = ended(last_uses([task.step] for task in stage.tasks))
        for i, task in enumerate(stage.tasks):
            self._add(task)
            for step in done_with.get(i, ()):
                self._release(step)

    @property
    def farthest(self) -> int:
        """The most rows around a strip that any operation looks at or writes."""
        looked = (rows for op in self.ops for _, rows in op.reads if rows is not None)
        return max(0, *looked, *(op.room for op in self.ops)) if self.ops else 0

    def buffers(self) -> Iterator[tuple[str, int]]:
        """The buffers that a thread works in, each with the most bytes that it takes."""
        most: dict[str, int] = {}
        for op in self.ops:
            if op.buffer is not None:
                most[op.buffer] = max(most.get(op.buffer, 0), op.bytes_of(self.stage.rows))
        yield from most.items()

    def value(self, margin: int | None) -> Value:
        """A new place in the list of values."""
        self.slots += 1
        return Value(self.slots - 1, margin)

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
            if value is not None and value.slot in self._buffers:
                self._free.append(self._buffers.pop(value.slot))

    def _buffer(self, value: Value) -> str:
        if not self._free:
            self._free.append(f"register {self._made}")
            self._made += 1
        name = self._buffers[value.slot] = self._free.pop()
        return name

    # --- one task ---

    def _add(self, task: Task) -> None:
        step, form = task.step, task.form
        reads = tuple(self._read(operand, task) for operand in step.operands.values())
        result = self.value(task.margin)
        room = task.margin + (0 if task.method.cuts else task.halo)
        store = self.stores.get((step, form)) if room == 0 and step not in self._loose else None
        buffer = self._buffer(result) if store is None and not task.method.fresh else None
        self.ops.append(Op(step, form, task, form, reads, buffer, store, room, result))
        self._values[step, form] = result
        for other in self.stage.stored.get(step, ()):
            kept = self.stores[step, other]
            if kept is not store:
                self.ops.append(Op(step, other, None, form, ((result, 0),), None, kept, 0, self.value(0)))

    def _read(self, operand: Step, task: Task) -> tuple[Value, int | None]:
        """An operand in the form that a task takes, and how many rows of it around the strip."""
        if not operand.kind.is_array:
            return self._source(operand, "plain"), None
        form: Form = task.form if operand.kind.name == "mask" else "plain"
        if (operand, form) not in self._values:
            self._provide(operand, form)
        return self._values[operand, form], task.margin + task.halo

    def _source(self, step: Step, form: Form) -> Value:
        if (step, form) not in self.sources:
            self.sources[step, form] = self.value(None)
        return self.sources[step, form]

    def _provide(self, step: Step, form: Form) -> None:
        """Convert a value of the pass, or load one from outside it."""
        inside = self._tasks.get(step)
        if inside is not None:
            before, value, margin = inside.form, self._values[step, inside.form], inside.margin
        else:
            before, margin = self.stage.loads.get(step, "plain"), self._around[step]
            value = self._source(step, before)
            if before == form and step not in self._loose:
                self._values[step, form] = value
                return
        result = self.value(margin)
        self.ops.append(Op(step, form, None, before, ((value, margin),), self._buffer(result), None, margin, result))
        self._values[step, form] = result
