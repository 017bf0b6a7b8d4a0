"""How long values are needed: what reads a step last, and what may be let go of then."""

from collections.abc import Iterable, Mapping

from maskexpr.program.steps import Step


def last_uses(stages: Iterable[Iterable[Step]], kept: Iterable[Step] = ()) -> dict[Step, int]:
    """The last of some stages, in order, that reads a step; where none does, the one that makes it. What is kept is
    needed after them all, which their number says."""
    last: dict[Step, int] = {}
    count = 0
    for stage in stages:
        for step in stage:
            last.setdefault(step, count)
            last.update(dict.fromkeys(step.operands.values(), count))
        count += 1
    last.update(dict.fromkeys(kept, count))
    return last


def ended(last: Mapping[Step, int]) -> dict[int, list[Step]]:
    """The steps that are not needed any more after each stage."""
    steps: dict[int, list[Step]] = {}
    for step, stage in last.items():
        steps.setdefault(stage, []).append(step)
    return steps
