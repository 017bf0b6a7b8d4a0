"""What a plan is over, of the bounds that its runs are held to: known before any of them, from the plan alone."""

import math
from collections.abc import Callable, Iterator

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.diagnostics.messages import bytes_text, count_text, time_text
from maskexpr.language.limits import Limits
from maskexpr.planner.costs import Cost, size_of, size_of_value
from maskexpr.planner.plan import Plan, Task, tasks_of
from maskexpr.planner.times import seconds_of
from maskexpr.program.steps import Step

_SLOWER = 3  # than was estimated
_NOUNS = {"table": "rows", "list": "numbers"}


def over(plan: Plan, cost: Cost, limits: Limits) -> Iterator[Diagnostic]:
    """What is wrong with a run of a plan that takes this: of each bound that it is over, where, why, and a way out."""
    yield from _sizes(plan, limits)
    yield from _results(plan, limits)
    if cost.memory > limits.memory:
        yield _most_of(plan, size_of).of(messages.OVER_MEMORY, cost.memory, limits.memory, bytes_text)
    if cost.operations > limits.operations:
        place = _most_of(plan, lambda task: task.operations)
        yield place.of(messages.OVER_OPERATIONS, cost.operations, limits.operations, count_text)
    if cost.seconds > limits.seconds:
        times = seconds_of(plan)
        place = _most_of(plan, lambda task: times.get(task.step, 0.0))
        enough = max(1.0, _enough(_SLOWER * cost.seconds))  # the clock is to be within it as well
        yield place.of(messages.OVER_SECONDS, cost.seconds, limits.seconds, time_text, enough=enough)


class _At:
    """A step, at which something is the most."""

    def __init__(self, step: Step) -> None:
        self._step = step

    def of(
        self, mistake: messages.Mistake, found: float, most: float, text: Callable[[float], str], **more: object
    ) -> Diagnostic:
        fields = {"found": text(found), "most": text(most), "enough": _enough(found), **more}
        return mistake.at(self._step.source, self._step.span, **fields)


def _enough(found: float) -> float:
    """A round number that is no less."""
    near = f"{found:.1e}"
    return float(near) if float(near) >= found else float(near) + float(f"1e{int(near.partition('e')[2]) - 1}")


def _most_of(plan: Plan, amount: Callable[[Task], float]) -> _At:
    """The step of which there is the most; without any the result."""
    tasks = [task for stage in plan.stages for task in tasks_of(stage)]
    if tasks:
        return _At(max(tasks, key=amount).step)
    return _At(plan.rewritten.outputs[-1][1])


def _sizes(plan: Plan, limits: Limits) -> Iterator[Diagnostic]:
    """The inputs, then the largest array, that have too many axes or pixels."""
    inputs, made = _inputs(plan), [s for s in plan.rewritten.steps if s.function is not None]
    yield from (d for step in inputs for d in _of_input(step, limits))
    largest = max(made, key=_pixels, default=None)
    if largest is not None and _pixels(largest) > max([limits.pixels, *map(_pixels, inputs)]):
        noun = "samples" if largest.kind.is_samples else _NOUNS.get(largest.kind.name, "pixels")
        yield _At(largest).of(messages.OVER_PIXELS, _pixels(largest), limits.pixels, count_text, noun=noun)


def _of_input(step: Step, limits: Limits) -> Iterator[Diagnostic]:
    axes, pixels = len(step.kind.shape or ()), _pixels(step)
    if axes > limits.axes:
        yield messages.OVER_INPUT_AXES.at(step.source, step.span, name=step.name, found=axes, most=limits.axes)
    if pixels > limits.pixels:
        place = _At(step)
        yield place.of(messages.OVER_INPUT_PIXELS, pixels, limits.pixels, count_text, name=step.name)


def _inputs(plan: Plan) -> list[Step]:
    return [step for step in plan.rewritten.steps if step.name and step.name.isidentifier()]


def _pixels(step: Step) -> int:
    kind = step.kind
    return kind.most if kind.is_samples or kind.name == "table" else math.prod(kind.shape or ())


def _results(plan: Plan, limits: Limits) -> Iterator[Diagnostic]:
    sizes = {step: size_of_value(step) for _, step in plan.rewritten.outputs}
    total = sum(sizes[step] for _, step in plan.rewritten.outputs)
    if total > limits.output_bytes:
        place = _At(max(sizes, key=sizes.__getitem__))
        yield place.of(messages.OVER_OUTPUT_BYTES, total, limits.output_bytes, bytes_text)
