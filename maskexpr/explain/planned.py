"""How a program runs: what was rewritten, what is not run, and the stages of the plan with all their steps."""

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from maskexpr.diagnostics.messages import count_text
from maskexpr.engine.clock import Times
from maskexpr.engine.watching import is_aside
from maskexpr.explain.written import Writer
from maskexpr.kernels import choosing
from maskexpr.kinds.kind import shape_text
from maskexpr.planner.costs import operations
from maskexpr.planner.methods import Form
from maskexpr.planner.plan import Pass, Plan, Task, tasks_of
from maskexpr.planner.times import longest_call
from maskexpr.program.steps import Checked, Step

MOST_STEPS = 200  # that are shown
_LONG = 0.3  # seconds of a call that cannot be stopped, from which on it is told
_MOST_LINES = 40  # of what was rewritten, and of what is not run
_MOST_USERS = 3
_WIDTH = 120
_NOTES_WIDTH = 30  # at least
_ROWS = {1: "pixel", 2: "row", 3: "plane"}
_FORMS = {"packed": "bits", "plain": "bytes"}


@dataclass(slots=True)
class _Row:
    """A line of the plan: a heading, or a step with what is known of it."""

    text: str
    cells: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)


def sections(checked: Checked, plan: Plan, times: Times | None) -> Iterator[str]:
    """What was rewritten, what is not run, and the plan."""
    written = Writer(_as_written(checked))
    rewritten = list(_rewritten(plan, written))
    if rewritten:
        yield "\n".join(["rewritten", *rewritten])
    idle = list(_idle(checked, written))
    if idle:
        yield "\n".join(["not run, as no output needs it", *idle])
    if plan.stages:
        yield "\n".join(_Table(plan, Writer(_names(checked, plan)), times).lines())
    elif checked.outputs:
        yield "plan\n  nothing to compute"


def _as_written(checked: Checked) -> dict[Step, str]:
    """The names that the program gives to its steps."""
    names: dict[Step, str] = {}
    for name, step in checked.bindings:
        if name and step.function is not None:
            names.setdefault(step, name)
    return names


def _names(checked: Checked, plan: Plan) -> dict[Step, str]:
    """What the program calls the steps of its plan, as far as it is sure that they are the same after rewriting."""
    became = {before: after for _, before, after in plan.rewritten.applied}
    names = {step: name for name, step in reversed(plan.rewritten.outputs) if not is_aside(name)}
    for step, name in _as_written(checked).items():
        names.setdefault(step, name)
        seen = {step}
        while step in became and became[step] not in seen:
            step = became[step]
            seen.add(step)
            names.setdefault(step, name)
    return {step: name for step, name in names.items() if step.function is not None}


def _rewritten(plan: Plan, writer: Writer) -> Iterator[str]:
    """Each rewrite, in the order it was done: what, into what, and by which rule."""
    applied = plan.rewritten.applied
    texts = [(writer.expression(b), writer.expression(a), rule) for rule, b, a in applied[:_MOST_LINES]]
    texts = [text for text in texts if text[0] != text[1]]
    widths = [max((len(text[i]) for text in texts), default=0) for i in (0, 1)]
    for before, after, rule in texts:
        yield f"  {before:<{widths[0]}}  ->  {after:<{widths[1]}}  ({rule.replace('_', ' ')})"
    if len(applied) > _MOST_LINES:
        yield f"  ... and {len(applied) - _MOST_LINES:,} more"


def _idle(checked: Checked, writer: Writer) -> Iterator[str]:
    """The lines of a program that neither an output nor an assert needs."""
    needed = set(checked.needed())
    idle = [(name, step) for name, step in checked.bindings if step.function is not None and step not in needed]
    for name, step in idle[:_MOST_LINES]:
        yield f"  {name} = {writer.expression(step)}" if name else f"  {writer.expression(step)}"
    if len(idle) > _MOST_LINES:
        yield f"  ... and {len(idle) - _MOST_LINES:,} more"


class _Table:
    """The stages and their steps, in the order they run, as lines with columns."""

    def __init__(self, plan: Plan, writer: Writer, times: Times | None) -> None:
        self._plan, self._writer, self._times = plan, writer, times
        self._tasks = [task for stage in plan.stages for task in tasks_of(stage)]
        self._operations = operations(plan)
        self._uses = Counter(o for task in self._tasks for o in set(task.step.operands.values()))
        self._users = self._find_users()
        self._read_as = self._find_forms()  # by others of the same stage

    def _find_users(self) -> dict[Step, list[str]]:
        """Who reads the whole value of a step: later stages, and outputs."""
        users: dict[Step, dict[str, None]] = {}
        made: dict[Step, int] = {}
        passes = 0
        for i, stage in enumerate(self._plan.stages):
            passes += isinstance(stage, Pass)
            made.update((task.step, i) for task in tasks_of(stage))
            for task in tasks_of(stage):
                for operand in task.step.operands.values():
                    if made.get(operand, i) != i:
                        user = f"pass {passes}" if isinstance(stage, Pass) else _noun(task)
                        users.setdefault(operand, {})[user] = None
        for name, step in self._plan.rewritten.outputs:
            if is_aside(name):
                continue
            users.setdefault(step, {})["the result" if name == "result" else f"output {name}"] = None
        return {step: list(names) for step, names in users.items()}

    def _find_forms(self) -> dict[Step, set[Form]]:
        """The forms in which the steps of the same pass read a mask."""
        read: dict[Step, set[Form]] = {}
        for stage in self._plan.stages:
            inside = {task.step for task in tasks_of(stage)}
            for task in tasks_of(stage):
                for operand in inside.intersection(task.step.operands.values()):
                    read.setdefault(operand, set()).add(task.form)
        return read

    def lines(self) -> Iterator[str]:
        rows = list(self._rows())
        headings = ("held as", "ops/pixel", "share", *(["time"] if self._times else []))
        room = max(len(row.text) for row in rows if row.cells)
        widths = [
            max(len(heading), *(len(row.cells[i]) for row in rows if row.cells)) for i, heading in enumerate(headings)
        ]
        yield _aligned("plan", room, headings, widths)
        for row in rows:
            if not row.cells:
                yield row.text
                continue
            line = _aligned(row.text, room, row.cells, widths)
            notes = textwrap.wrap("; ".join(row.notes), max(_NOTES_WIDTH, _WIDTH - len(line) - 3)) or [""]
            yield f"{line}   {notes[0]}".rstrip()
            yield from (" " * (len(line) + 3) + note for note in notes[1:])
        yield from self._totals()

    def _rows(self) -> Iterator[_Row]:
        shown = passes = 0
        title = ""
        for stage in self._plan.stages:
            if shown >= MOST_STEPS:
                break
            passes += isinstance(stage, Pass)
            before, title = title, self._title(stage, passes)
            if title != before or isinstance(stage, Pass):
                yield _Row(f"  {title}")
            if isinstance(stage, Pass):
                yield from self._packed_inputs(stage)
            for task in tasks_of(stage)[: MOST_STEPS - shown]:
                shown += 1
                yield self._row(task, stage)
        if shown < len(self._tasks):
            yield _Row(f"  ... and {len(self._tasks) - shown:,} more steps")

    def _title(self, stage: Pass | Task, number: int) -> str:
        if isinstance(stage, Task):
            values = (stage.step, *stage.step.operands.values())
            if any(v.kind.is_array for v in values):
                return "on whole images"
            if any(v.kind.name == "table" for v in values):
                return "on tables"
            return "on samples" if any(v.kind.is_samples for v in values) else "on single values"
        strips, shape = len(stage.strips), shape_text(stage.shape)
        if strips == 1:
            return f"pass {number} over {shape}, all at once"
        return f"pass {number} over {shape}, {strips:,} strips of {stage.rows:,} {_rows(stage, stage.rows)}"

    def _packed_inputs(self, stage: Pass) -> Iterator[_Row]:
        """Masks that come in as bytes and are wanted as bits: that takes time too."""
        wanted = dict.fromkeys(
            operand
            for task in stage.tasks
            if task.form == "packed"
            for operand in task.step.operands.values()
            if operand.name and operand.kind.name == "mask"
        )
        for step in wanted:
            yield _Row(f"    {step.name}", ("mask, bits", "", "", *self._time(step)), ["input, put into bits"])

    def _row(self, task: Task, stage: Pass | Task) -> _Row:
        step = task.step
        per_pixel = task.operations_per_pixel
        cells = (_held(step, task.form), f"{per_pixel:,.0f}" if per_pixel >= 1 else f"{per_pixel:.1g}")
        share = _share(task.operations, self._operations)
        return _Row(f"    {self._writer.row(step)}", (*cells, share, *self._time(step)), list(self._notes(task, stage)))

    def _time(self, step: Step) -> list[str]:
        if self._times is None:
            return []
        return [_seconds(self._times.steps[step])] if step in self._times.steps else [""]

    def _notes(self, task: Task, stage: Pass | Task) -> Iterator[str]:
        if task.method.word:
            yield task.method.word
        if task.method.gains and choosing.would_run(task.method.gains):
            yield "by compiled kernels"
        if task.halo:
            yield f"reaches {task.halo:,} {_rows(stage, task.halo)}"
        if isinstance(stage, Pass):
            if task.margin and len(stage.strips) > 1:
                yield f"made for {task.margin:,} {_rows(stage, task.margin)} around each strip too"
            other: Form = "plain" if task.form == "packed" else "packed"
            if task.step.kind.name == "mask" and other in self._read_as.get(task.step, ()):
                yield f"then put into {_FORMS[other]}"
        if self._uses[task.step] > 1:
            yield f"used by {self._uses[task.step]:,} steps"
        users = self._users.get(task.step)
        if users and task.step.kind.is_array:
            forms = stage.stored.get(task.step, ()) if isinstance(stage, Pass) else ()
            form = " in " + " and ".join(_FORMS[f] for f in forms) if forms and task.step.kind.name == "mask" else ""
            yield f"kept{form} for {_listed(users)}"

    def _totals(self) -> Iterator[str]:
        yield f"  in all {count_text(self._operations)} elementary operations, estimated"
        task, seconds = longest_call(self._plan)
        if task is not None and seconds >= _LONG:
            yield f"  cannot be stopped for about {seconds:.1g} s: {_noun(task)}"
        if self._times is not None:
            whole, summed = _seconds(self._times.whole), _seconds(sum(self._times.steps.values()))
            yield f"  measured {whole} for the whole run, the best of {self._times.runs}"
            yield f"  times of steps are added up over all threads: {summed}"


def _noun(task: Task) -> str:
    assert task.step.function is not None
    name = task.step.function.name.partition(" ")[0]  # samples that are taken in some way are just samples
    return {"crop": "a crop", "assert": "an assert"}.get(name, name)


def _rows(stage: Pass | Task, count: int) -> str:
    shape = stage.shape if isinstance(stage, Pass) else stage.step.kind.shape or ()
    return _ROWS.get(len(shape), "slice") + ("s" if count != 1 else "")


def _held(step: Step, form: Form) -> str:
    if step.kind.name == "mask":
        return f"mask, {_FORMS[form]}"
    return str(step.kind.dtype) if step.kind.is_array and step.kind.dtype is not None else step.kind.name


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    if len(names) > _MOST_USERS + 1:
        names = [*names[:_MOST_USERS], f"{len(names) - _MOST_USERS:,} more"]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _share(part: float, whole: float) -> str:
    if not whole or not part:
        return "0%"
    return "<1%" if part < whole / 100 else f"{100 * part / whole:.0f}%"


def _seconds(value: float) -> str:
    if value >= 1:
        return f"{value:.2f} s"
    return f"{value * 1e3:.2f} ms" if value >= 1e-3 else f"{value * 1e6:.0f} us"


def _aligned(text: str, room: int, cells: Iterable[str], widths: Iterable[int]) -> str:
    held, *figures = (
        f"{cell:<{width}}" if i == 0 else f"{cell:>{width}}"
        for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join([f"{text:<{room}}", held, *figures])
