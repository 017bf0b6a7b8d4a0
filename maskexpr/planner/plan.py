"""From a checked program to a plan: which steps run together, block by block of rows, and which on whole arrays.

A pass takes its steps through the image in strips, blocks of whole rows, all steps on one strip before the next, so
that what lies between them stays in the cache. What needs whole arrays (labels, thresholds, sums) parts the program
into passes. Only what a later stage needs is stored whole: masks as bits where they can be.
"""

import math
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from maskexpr.functions.record import WHOLE
from maskexpr.kernels import choosing
from maskexpr.kernels.packed import packed_shape
from maskexpr.kernels.threads import threads
from maskexpr.planner.methods import Form, Method, method_of
from maskexpr.planner.methods.method import bytes_per_pixel, form_shape, form_type, most_pixels, operations_of
from maskexpr.planner.rewrites import Rewritten, rewrite
from maskexpr.program.declared import USUAL, Means
from maskexpr.program.liveness import last_uses
from maskexpr.program.steps import Checked, Step

# Rows. A mask is stored (as bits, which is cheap) and read again where the next step looks further than this, or all
# steps of the pass together do that far: strips with so much around them would compute most rows twice.
_FAR, _FAR_TOGETHER = 64, 192
# Bytes of the widest buffer of a strip, measured: smaller ones cost more calls, and more waiting for the interpreter's
# lock among threads; larger ones leave the cache. Packed masks come with plain ones 8 times as large, which are few.
_STRIP_BYTES = 2**20
_PACKED_STRIP_BYTES = 2**18
_MOST_STRIP_BYTES = 2**22
_MOST_STRIPS = 2**14  # each takes some bytes of its own
# Pixels times steps below which no thread helps, and strips cost more than the cache saves.
_FEW_PIXELS = 2**20
_MOST_LONE_BYTES = 2**24  # of a strip of a step that runs alone
_SMALL_BUFFERS = 2**18  # bytes that a lone step may work in for strips to keep nothing of it in the cache


# A step of a pass at one strip, from the top of the image to its bottom:
#
#     0        +---------------------------+  the first row of the image
#              |                           |
#              |  . . . . . . . . . . . .  |  halo:   more rows, that it reads of its operands
#              |  - - - - - - - - - - - -  |  margin: rows that it makes too, since steps after it read them
#     start    |===========================|
#              |          strip            |  the rows that the pass gives
#     stop     |===========================|
#              |  - - - - - - - - - - - -  |  margin
#              |  . . . . . . . . . . . .  |  halo
#              |                           |
#     height   +---------------------------+
#
# It computes strip, margin and halo from the same rows of its operands, and keeps strip and margin: what it makes of
# the halo may lack what lies beyond. At the ends of the image both are cut off, for nothing lies there. Its margin is
# the most that a step after it reads, margin and halo of that one together; what only leaves the pass has none.


class Strip(NamedTuple):
    """Rows of an image, from the first of them to the one after the last."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One step as it runs: in which form its mask comes out, and how many rows around a strip others need of it."""

    step: Step
    method: Method
    form: Form
    halo: int = 0  # rows that it looks at to either side
    margin: int = 0  # rows that are needed of it to either side of a strip

    @property
    def operations_per_pixel(self) -> float:
        """Estimated elementary operations."""
        return operations_of(self.step) if self.method.cost is None else self.method.cost

    @property
    def operations(self) -> float:
        """The same of all pixels."""
        return most_pixels(self.step) * self.operations_per_pixel

    def bytes_for(self, shape: tuple[int, ...]) -> float:
        """Estimated bytes that it takes beside operands and result, where they are of a shape: with a frame of a pixel,
        as neighbours are looked at in one, and lines are padded. For narrow images that is more than their pixels."""
        framed = tuple(n + 2 for n in shape)
        memory = (self.form == "packed" and self.method.packed_memory) or self.method.memory
        if memory is not None:
            return memory(framed)
        return bytes_per_pixel(self.step) * math.prod(framed)


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """Steps that run strip by strip; `stored` are those kept whole, each in the forms that are needed later, `loads`
    the masks from elsewhere that lie there in packed form."""

    shape: tuple[int, ...]
    tasks: tuple[Task, ...]
    stored: Mapping[Step, tuple[Form, ...]]
    loads: Mapping[Step, Form]
    rows: int  # of a strip
    compiled: bool = True  # whether compiled kernels may put masks into other forms

    @property
    def strips(self) -> list[Strip]:
        return [Strip(start, min(start + self.rows, self.shape[0])) for start in range(0, self.shape[0], self.rows)]


@dataclass(frozen=True, slots=True)
class Plan:
    """Stages in order: a Pass, or the Task of one step on whole arrays. `last_uses` says after which stage the whole
    value of a step is not needed any more."""

    rewritten: Rewritten
    stages: tuple[Pass | Task, ...]
    last_uses: Mapping[Step, int]
    strip_rows: int | None = None  # asked for
    means: Means = USUAL


def plan(checked: Checked, strip_rows: int | None = None, means: Means = USUAL) -> Plan:
    """Plan a program whose inputs are known. `strip_rows` fixes the height of all strips; `means` say what may
    compute it."""
    rewritten = rewrite(checked)
    steps = [s for s in rewritten.steps if s.function is not None]
    with np.errstate(all="ignore"):  # constants are turned into the types they meet
        methods = {step: method_of(step, means) for step in steps}
    forms = _forms(steps, methods)
    if means.compiled and choosing.would_run(0.0):
        _put_into_bits_at_once(forms, methods, {step for _, step in rewritten.outputs})
    tasks = {s: Task(s, methods[s], forms[s], _halo(s, methods[s])) for s in steps}
    levels = _levels(tasks, _far(tasks))
    groups: dict[tuple[int, object], list[Task]] = {}
    for task in tasks.values():
        key = task.step if task.method.whole else task.step.kind.shape
        groups.setdefault((levels[task.step], key), []).append(task)
    ordered = sorted(groups.values(), key=lambda group: levels[group[0].step])  # stable: else in the program's order
    passes = _Passes(tasks, {step for _, step in rewritten.outputs}, strip_rows, means)
    stages = tuple(group[0] if group[0].method.whole else passes.make(group) for group in ordered)
    last = last_uses((steps_of(stage) for stage in stages), (step for _, step in rewritten.outputs))
    return Plan(rewritten, stages, last, strip_rows, means)


def tasks_of(stage: Pass | Task) -> tuple[Task, ...]:
    """The tasks of a stage in their order."""
    return stage.tasks if isinstance(stage, Pass) else (stage,)


def steps_of(stage: Pass | Task) -> list[Step]:
    return [task.step for task in tasks_of(stage)]


def _forms(steps: Iterable[Step], methods: Mapping[Step, Method]) -> dict[Step, Form]:
    """Masks are packed where a method asks for it, and stay so through what can be done in either form."""
    forms: dict[Step, Form] = {}
    for step in steps:
        method = methods[step]
        if method.plain is None:
            forms[step] = "packed"
        elif method.packed is None:
            forms[step] = "plain"
        else:
            operands = [o for o in step.operands.values() if o.kind.name == "mask"]
            forms[step] = "packed" if any(forms.get(o) == "packed" for o in operands) else "plain"
    return forms


def _put_into_bits_at_once(forms: dict[Step, Form], methods: Mapping[Step, Method], outputs: set[Step]) -> None:
    """What can be made as bits is made so where nobody wants bytes of it: compiled kernels do that in one go."""
    wanted: dict[Step, set[Form]] = {}
    for step in reversed(forms):
        users = wanted.get(step, set())
        if step not in outputs and methods[step].packed is not None and users == {"packed"}:
            forms[step] = "packed"
        for operand in step.operands.values():
            wanted.setdefault(operand, set()).add(forms[step])


def _halo(step: Step, method: Method) -> int:
    """Rows that a step looks at to either side."""
    assert step.function is not None
    reaches = step.function.looks(step.settings, len(step.kind.shape or (0,)))
    return 0 if method.whole or reaches == WHOLE else reaches[0]


# --- stages ----------------------------------------------------------------------------------------------------------


def _far(tasks: Mapping[Step, Task]) -> set[Step]:
    """The steps on masks that look so far that the masks are stored before them."""
    far: set[Step] = set()
    looked: dict[Step, int] = {}  # rows, by a step and those before it in its pass
    for step, task in tasks.items():
        together = task.halo + max((looked[o] for o in _made(step, tasks)), default=0)
        if task.halo > _FAR or (task.halo and together > _FAR_TOGETHER):
            far.add(step)
            together = task.halo
        looked[step] = 0 if task.method.whole else together
    return far


def _levels(tasks: Mapping[Step, Task], far: Container[Step]) -> dict[Step, int]:
    """The stage of each step: as early as its operands allow, then as late as those that use it allow, so that what is
    used late is not stored in between."""
    levels: dict[Step, int] = {}
    for step, task in tasks.items():
        levels[step] = max((levels[o] + _parts(tasks[o], task, far) for o in _made(step, tasks)), default=0)
    latest: dict[Step, int] = {}
    for step, task in reversed(list(tasks.items())):
        if step in latest and not task.method.whole:
            levels[step] = max(levels[step], latest[step])
        for operand in _made(step, tasks):
            bound = levels[step] - _parts(tasks[operand], task, far)
            latest[operand] = min(latest.get(operand, bound), bound)
    return levels


def _made(step: Step, tasks: Mapping[Step, Task]) -> list[Step]:
    return [o for o in step.operands.values() if o in tasks]


def _parts(before: Task, after: Task, far: Container[Step]) -> int:
    """1 where the second must wait until the first is whole, 0 where both can run in one pass."""
    together = (
        not before.method.whole
        and not after.method.whole
        and before.step.kind.shape == after.step.kind.shape
        and not (after.step in far and before.step.kind.name == "mask")
    )
    return 0 if together else 1


class _Passes:
    """Makes passes of tasks that run together, knowing all tasks of the program and who uses what."""

    def __init__(self, tasks: Mapping[Step, Task], outputs: set[Step], strip_rows: int | None, means: Means) -> None:
        self._tasks = tasks
        self._outputs = outputs
        self._strip_rows = strip_rows
        self._means = means
        self._users: dict[Step, list[Task]] = {step: [] for step in tasks}
        for task in tasks.values():
            for operand in _made(task.step, tasks):
                self._users[operand].append(task)

    def make(self, group: list[Task]) -> Pass:
        shape = group[0].step.kind.shape
        assert shape
        margins = {task.step: 0 for task in group}
        loads: dict[Step, Form] = {}
        for task in reversed(group):
            for operand in _made(task.step, self._tasks):
                if operand in margins:
                    margins[operand] = max(margins[operand], margins[task.step] + task.halo)
                elif operand.kind.name == "mask":
                    loads[operand] = self._stored_form(operand)
        placed = tuple(
            Task(t.step, t.method, t.form, min(t.halo, shape[0]), min(margins[t.step], shape[0])) for t in group
        )
        stored = {step: forms for step in margins if (forms := self._stored_forms(step, margins))}
        rows = shape[0] if len(shape) == 1 else min(self._strip_rows or _strip_rows(shape, placed), shape[0])
        return Pass(shape, placed, stored, loads, rows, self._means.compiled)

    def _stored_forms(self, step: Step, inside: Container[Step]) -> tuple[Form, ...]:
        """The forms in which a value is used outside the pass that makes it."""
        users = [task for task in self._users[step] if task.step not in inside]
        if step.kind.name != "mask":
            return ("plain",) if users or step in self._outputs else ()
        forms = {task.form if task.method.whole else self._stored_form(step) for task in users}
        if step in self._outputs:
            forms.add(_output_form(self._tasks[step]))
        return tuple(sorted(forms))

    def _stored_form(self, step: Step) -> Form:
        """The form in which a pass finds a mask that an earlier stage made: bits, which are read 8 times as fast as
        bytes, unless bytes are kept anyway."""
        task = self._tasks[step]
        if task.method.whole:
            return task.form
        return _output_form(task) if step in self._outputs else "packed"


def _output_form(task: Task) -> Form:
    """Bits where they are unpacked at once into the result, which needs rows of whole bytes."""
    shape = task.step.kind.shape
    return "packed" if task.form == "packed" and shape and shape[-1] % 8 == 0 else "plain"


def _strip_rows(shape: tuple[int, ...], tasks: tuple[Task, ...]) -> int:
    """Rows of a strip: few enough for the cache, many enough that the rows computed twice do not count."""
    row = max(_row_bytes(task) for task in tasks)
    most = max(1, _MOST_STRIP_BYTES // row)
    rows = max(1, _STRIP_BYTES // row)
    helping = threads()
    if any(task.form == "packed" for task in tasks):
        packed_row = 8 * math.prod(packed_shape(shape)[1:])
        rows = min(most, _PACKED_STRIP_BYTES * min(helping, 2) // packed_row)
    margin = max(task.margin + task.halo for task in tasks)
    if _leaves_cache(tasks, shape):
        parts = 1 if helping == 1 else 2 * helping  # so that one that starts late does less
        rows = max(rows, min(_MOST_LONE_BYTES // row, -(-shape[0] // parts)))
    rows = max(rows, 2 * margin, min(8 * margin, most), 1)
    rows = max(rows, -(-shape[0] // _MOST_STRIPS))
    strips = -(-shape[0] // rows)
    if math.prod(shape) * len(tasks) < _FEW_PIXELS and row * shape[0] <= _MOST_STRIP_BYTES:
        return shape[0]
    even = -(-shape[0] // (-(-strips // helping) * helping))  # as many for each thread
    return rows if strips == 1 else max(even, 2 * margin, 1)


def _leaves_cache(tasks: tuple[Task, ...], shape: tuple[int, ...]) -> bool:
    """Whether what a pass makes is not read again, so that the cache is no reason for strips."""
    task = tasks[0]
    return len(tasks) == 1 and not task.method.fresh and task.bytes_for(shape) <= _SMALL_BUFFERS


def _row_bytes(task: Task) -> int:
    """Bytes of a row of the plain arrays that a task reads and writes."""
    arrays = [s.kind for s in (task.step, *task.step.operands.values()) if s.kind.is_array]
    return max(math.prod(form_shape(kind, "plain")[1:]) * form_type(kind, "plain").itemsize for kind in arrays)
