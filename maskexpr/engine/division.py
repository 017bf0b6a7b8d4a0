"""A program divided by the params that vary: what is worth keeping of it, and what is left to do once that is there.

Kept is what lies at the border between steps of which other params tell: what is on either side of it goes on running
together, strip by strip, and only the values on the border are stored whole.
"""

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from maskexpr.engine.run import Engine
from maskexpr.engine.values import Meanings, cut
from maskexpr.planner.methods.method import estimated, most_pixels
from maskexpr.planner.plan import plan
from maskexpr.planner.rewrites.expand_derived import expand_derived
from maskexpr.planner.rewrites.walk import walk
from maskexpr.program.declared import Means
from maskexpr.program.steps import Checked, Step, in_order

Names = frozenset[str]

# Operations for each pixel below which an array is made again instead of being kept: to read it takes as long.
_WORTH_KEEPING = 6
_KEPT = frozenset({"number", "truth", "table", "list", "column"})  # beside arrays


def expanded(checked: Checked) -> Checked:
    """The program with functions that are declared as an expression of others as these: part of one may be worth
    keeping, as the area of a truth is."""
    made = walk(checked, (expand_derived,))
    return replace(checked, steps=made.steps, outputs=made.outputs, asserts=made.asserts)


def depending(
    checked: Checked, told: Container[str], others: Mapping[str, Checked], meanings: Meanings
) -> dict[Step, Names]:
    """By which params the steps of a program would be others: those that are `told` in the run, and those of which
    `others` are the same program with another value each."""
    mine = meanings.of(checked.steps)
    theirs = {name: set(meanings.of(other.steps).values()) for name, other in others.items()}
    found: dict[Step, Names] = {}
    for step in checked.steps:
        own = {name for name, known in theirs.items() if mine[step] not in known}
        own.update(name for name in (step.name,) if name in told)
        found[step] = frozenset(own).union(*(found[operand] for operand in step.operands.values()))
    return found


def divided(checked: Checked, depends: Mapping[Step, Names], useful: Container[Names]) -> list[Step]:
    """What is worth keeping of a program, each after what it depends on: what depends on sets of params that are
    `useful`, beside what depends on more."""
    most = frozenset().union(*depends.values())
    users: dict[Step, list[Step]] = {}
    for step in checked.steps:
        for operand in step.operands.values():
            users.setdefault(operand, []).append(step)
    results = {step for _, step in checked.outputs}.union(checked.asserts)
    side: dict[Step, Names] = {}
    kept = []
    for step in reversed(checked.steps):
        own = depends[step]
        around = {side[user] for user in users.get(step, ())} | ({most} if step in results else set())
        side[step] = own
        if around != {own}:
            if step.function is not None and own in useful and _is_worth_it(step):
                kept.append(step)
            else:
                side[step] = most  # made again with what follows it
    return kept[::-1]


def _is_worth_it(step: Step) -> bool:
    if not (step.kind.is_array or step.kind.name in _KEPT):
        return False
    size = math.prod(step.kind.shape or ()) if step.kind.is_array else 1
    operations = 0.0
    for other in in_order(step):
        if other.function is not None:
            operations += estimated(other.function.cost, other) * most_pixels(other)
            if operations >= _WORTH_KEEPING * size:
                return True
    return False


def engine_of(
    checked: Checked,
    outputs: Sequence[tuple[str, Step]],
    asserts: Sequence[Step],
    kept: Mapping[Step, str],
    means: Means,
) -> Engine:
    """What runs some steps of a program, taking from inputs of these names what is kept of those before them."""
    became = cut([*(step for _, step in outputs), *asserts], kept)
    cut_off = replace(
        checked,
        steps=tuple(became.values()),
        outputs=tuple((name, became[step]) for name, step in outputs),
        asserts=tuple(became[step] for step in asserts),
    )
    return Engine(cut_off, plan(cut_off, means=means), is_part=True)
