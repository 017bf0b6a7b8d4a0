"""Runs a plan, stage by stage. Gives bit for bit what `reference` gives."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import RunError
from maskexpr.engine import reference
from maskexpr.engine.clock import Clock
from maskexpr.engine.direct import Direct, is_direct
from maskexpr.engine.outs import NO_OUTS, Outs
from maskexpr.engine.passes import PassRunner, conversion
from maskexpr.engine.transposed import transposed
from maskexpr.functions.arguments import Refused
from maskexpr.kernels.scratch import Scratch
from maskexpr.kernels.stopping import apart, is_asked, note, pause, seconds_left
from maskexpr.kernels.threads import borrow_scratch, give_back
from maskexpr.planner.methods.method import Form, Place
from maskexpr.planner.plan import Pass, Plan, Task, tasks_of
from maskexpr.planner.plan import plan as make_plan
from maskexpr.program.liveness import ended
from maskexpr.program.steps import Checked, Step

Values = dict[tuple[Step, Form], Any]  # whole arrays, each in one form or both

# Operations of a run for which one would rather not wait after Ctrl-C: some tenths of a second where a library works on
# whole arrays, which takes ten times as long for each as a pass over strips, and cannot be stopped in between.
_LONG = 1e8
_OF_A_PASS = 0.1
_SECONDS = 1e-8  # of each

# By how much a run may take longer than estimated that is not watched, as its deadline is far away; and the shortest
# that is watched where somebody may cancel it.
_FAR = 100.0
_BRIEF = 1e6


class Engine:
    """A plan made ready to run, many times and from many threads at once; a clock notes how long its steps take.

    What the pixels make impossible is a RunError; for a part of a program, which cannot say what would have stopped the
    whole first, it is `Refused`.
    """

    def __init__(self, checked: Checked, plan: Plan, clock: Clock | None = None, *, is_part: bool = False) -> None:
        self.plan = plan
        self._is_part = is_part
        self._checked = checked
        self._clock = clock
        self._made: list[PassRunner | _WholeRunner] = []
        done_with = ended(plan.last_uses)
        self._dropped = [done_with.get(i, []) for i in range(len(plan.stages))]
        steps = plan.rewritten.steps
        self._inputs = [s for s in steps if s.name]
        self._constants: Values = {(s, "plain"): s.kind.constant for s in steps if s.function is None and not s.name}
        # For inputs in Fortran order, made when some come; the steps of the plan are those to be timed.
        self._transposed: list[Engine | None] = [] if clock is None else [None]
        of_host = any(s.function is not None and s.function.is_of_host for s in steps)  # may count on its thread
        wait = sum(t.operations * (_OF_A_PASS if isinstance(s, Pass) else 1) for s in plan.stages for t in tasks_of(s))
        self._wait, self._is_of_host = wait, of_host
        self._costliest = [_costliest(stage) for stage in plan.stages]
        self._direct = Direct(plan) if clock is None and is_direct(plan) else None
        self._run_direct = None if self._direct is None else self._direct.runner()

    def is_brief(self, seconds: float) -> bool:
        """Whether it is done so long before a deadline that nobody need watch it."""
        return self._wait < min(_LONG, seconds / (_SECONDS * _FAR))

    def brief_run(self, *, is_only: bool) -> Callable[[Mapping[str, Any]], Any] | None:
        """What gives the outputs, or the only one, at once, for inputs that are known to lie row by row in memory; each
        an array made for it alone, or a plain number. None where no list of calls gives that."""
        if self._direct is None or not self._direct.own:
            return None
        otherwise = (lambda inputs: next(iter(self.run_here(inputs).values()))) if is_only else self.run_here
        return self._direct.runner(otherwise, is_only=is_only)

    def brief_run_of_turned(self, *, is_only: bool) -> Callable[[Mapping[str, Any]], Any] | None:
        """The same for inputs that are known to be in Fortran order."""
        engine = self.turned
        run = None if engine is None or engine._direct is None or not engine._direct.own else engine._run_direct
        if run is None:
            return None

        def turned(inputs: Mapping[str, Any]) -> Any:
            try:
                results = _turned(run(_turned(inputs)))
            except (Refused, MemoryError):
                results = self.run_here(inputs)
            return next(iter(results.values())) if is_only else results

        return turned

    def run(self, inputs: Mapping[str, Any], outs: Outs = NO_OUTS) -> dict[str, Any]:
        """The outputs for these inputs, written into arrays of a host where a plan can do that on the way; what the
        pixels make impossible is a RunError."""
        if self._is_of_host or (self.is_brief(seconds_left()) and not (is_asked() and self._wait > _BRIEF)):
            return self.run_here(inputs, outs)
        return apart(lambda: self.run_here(inputs, outs))

    def run_here(self, inputs: Mapping[str, Any], outs: Outs = NO_OUTS) -> dict[str, Any]:
        """The outputs, found by this thread, which nobody watches."""
        try:
            try:
                return self._run_in_order(inputs, outs)
            except Refused:
                if self._is_part:
                    raise
                # Strips meet the faults of the pixels in another order; the plain evaluation finds the one to report.
                return reference.run(self._checked, inputs)
        except MemoryError as error:
            last, wanted = self._checked.steps[-1], messages.asked_for(error)
            raise RunError(messages.OUT_OF_MEMORY.at(last.source, last.span, wanted=wanted)) from None

    def _run_in_order(self, inputs: Mapping[str, Any], outs: Outs = NO_OUTS) -> dict[str, Any]:
        """By the way that suits the order in which the inputs lie in memory."""
        flags = [v.flags for v in inputs.values() if isinstance(v, np.ndarray)]
        if self._direct is not None and self._run_direct is not None and all(f.c_contiguous for f in flags):
            found: dict[str, Any] = self._run_direct(inputs, self._direct.presets(outs))
            return found
        return self._run_transposed(inputs, outs) if any(f.fnc for f in flags) else self._run(inputs, outs)

    @property
    def _stages(self) -> "list[PassRunner | _WholeRunner]":
        """What runs each stage, made when it is first asked for: most small images have no need of it."""
        if not self._made:
            clock, stages = self._clock, self.plan.stages
            compiled = self.plan.means.compiled
            self._made = [
                PassRunner(s, clock) if isinstance(s, Pass) else _WholeRunner(s, clock, compiled=compiled)
                for s in stages
            ]
        return self._made

    def _run(self, inputs: Mapping[str, Any], outs: Outs = NO_OUTS) -> dict[str, Any]:
        values: Values = self._constants.copy()
        for step in self._inputs:
            values[step, "plain"] = inputs[step.name]
        outputs = self.plan.rewritten.outputs
        presets: Values = {
            (step, _form_of(outs[name], step)): outs[name] for name, step in reversed(outputs) if name in outs
        }
        for runner, dropped, costliest in zip(self._stages, self._dropped, self._costliest, strict=True):
            note(costliest)
            pause()
            if isinstance(runner, PassRunner):
                _run_pass(runner, values, presets)
            else:
                runner.run(values)
            for step in dropped:
                values.pop((step, "plain"), None)
                values.pop((step, "packed"), None)
        return {
            name: _result(values, step, outs.get(name), compiled=self.plan.means.compiled) for name, step in outputs
        }

    def gives_bits(self, name: str) -> bool:
        """Whether an output may be asked for as bits, by an array for these: it is such before it is unpacked."""
        step = dict(self.plan.rewritten.outputs)[name]
        if self._direct is not None or step.name or step.kind.name != "mask":
            return False
        return any(isinstance(runner, PassRunner) and (step, "packed") in runner.stores for runner in self._stages)

    def _run_transposed(self, inputs: Mapping[str, Any], outs: Outs) -> dict[str, Any]:
        """Run a program whose inputs are in Fortran order on their transposes, which are in C order."""
        engine = self.turned
        arrays = [v for v in inputs.values() if isinstance(v, np.ndarray)]
        if engine is None or any(v.flags.c_contiguous and not v.flags.f_contiguous for v in arrays):
            return self._run(inputs, outs)
        turned = _turned(outs)
        results = engine._run_in_order(_turned(inputs), turned)
        written = {name for name in outs if results[name] is turned[name]}
        return {name: outs[name] if name in written else value for name, value in _turned(results).items()}

    @property
    def turned(self) -> "Engine | None":
        """What runs the program for inputs in Fortran order, on their transposes; None where they are copied first."""
        if not self._transposed:
            checked = transposed(self._checked)
            self._transposed.append(
                Engine(checked, make_plan(checked, self.plan.strip_rows, means=self.plan.means)) if checked else None
            )
        return self._transposed[0]


def _turned(values: Mapping[str, Any]) -> dict[str, Any]:
    """Arrays with their axes in reverse, and what is none."""
    return {name: v.T if isinstance(v, np.ndarray) else v for name, v in values.items()}


def _costliest(stage: Pass | Task) -> Step:
    """The step of a stage that takes the longest, to be named where it is stopped."""
    return max(tasks_of(stage), key=lambda task: task.operations).step


def _run_pass(runner: PassRunner, values: Values, presets: Values) -> None:
    slots: list[Any] = [None] * runner.slots
    for key, slot in runner.stores.items():
        slots[slot] = presets.get(key)
    for key, slot in runner.sources.items():
        slots[slot] = values[key]
    runner.run(slots)
    for key, slot in runner.stores.items():
        values[key] = slots[slot]


def _form_of(out: Any, step: Step) -> Form:
    return "plain" if out.dtype == step.kind.dtype else "packed"


def _result(values: Values, step: Step, out: Any, *, compiled: bool) -> Any:
    """A result, as bits where it is to be that."""
    if out is not None and _form_of(out, step) == "packed":
        return (
            values[step, "packed"] if (step, "packed") in values else in_form(values, step, "plain", compiled=compiled)
        )
    return in_form(values, step, "plain", out, compiled=compiled)


def in_form(values: Values, step: Step, form: Form, out: Any = None, *, compiled: bool) -> Any:
    """A whole value in a form, converted where it is there in the other one only; bits into an array, if there is one
    for them."""
    wanted: Form = form if step.kind.name == "mask" else "plain"
    other: Form = "packed" if wanted == "plain" else "plain"
    found = values.get((step, wanted))
    if wanted == "plain" and isinstance(found, np.ndarray) and found is not out:
        found = np.ascontiguousarray(found) if found.ndim else found
    elif found is None and (step, other) in values:
        found = conversion(step, other, wanted, compiled=compiled)([values[step, other]], out, Place(Scratch()))
    values[step, wanted] = found
    return found


class _WholeRunner:
    """One step on whole arrays."""

    def __init__(self, task: Task, clock: Clock | None, *, compiled: bool) -> None:
        self._task, self._compiled = task, compiled
        run = task.method.run(task.form)
        self._run = clock.timing(task.step, run) if clock else run

    def run(self, values: Values) -> None:
        task = self._task
        given = [self._given(values, operand) for operand in task.step.operands.values()]
        scratch = borrow_scratch()
        try:
            with np.errstate(all="ignore"):
                result = self._run(given, None, Place(scratch))
        finally:
            give_back(scratch)
        values[task.step, task.form if task.step.kind.name == "mask" else "plain"] = result

    def _given(self, values: Values, operand: Step) -> Any:
        form = self._task.form
        if self._task.method.loose and operand.name and (form == "plain" or operand.kind.name != "mask"):
            return values[operand, "plain"]
        return in_form(values, operand, form, compiled=self._compiled)
