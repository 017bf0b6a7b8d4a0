"""How long the values of steps are needed."""

import numpy as np
import pytest

import maskexpr
from maskexpr.inside import stages
from maskexpr.program.liveness import ended, last_uses
from maskexpr.program.steps import Step

TEXT = "a = im + 1; b = a * a; assert area(b > 3) > 0; output c = a - b; output d = a"


@pytest.fixture
def steps() -> list[Step]:
    return stages(maskexpr.compile(TEXT), {"im": np.ones((3, 4), np.uint8)}).checked.needed()


def named(step: Step) -> str:
    return step.name or (step.function.name if step.function else repr(step.kind.constant))


def test_a_step_is_needed_until_the_last_that_reads_it(steps: list[Step]) -> None:
    order = [named(s) for s in steps]
    last = {named(s): order[i] for s, i in last_uses([s] for s in steps).items()}
    assert last == {
        **{"im": "+", "1": "+", "+": "-", "*": "-", "3": ">", ">": "area", "area": ">", "0": ">"},
        **{"assert": "assert", "-": "-"},  # nothing reads these
    } | {">": last[">"]}
    assert order.count(">") == 2


def test_what_is_kept_is_needed_after_the_last(steps: list[Step]) -> None:
    kept = [s for s in steps if named(s) in ("+", "-")]
    last = last_uses(([s] for s in steps), kept)
    assert {last[s] for s in kept} == {len(steps)}
    assert all(last[s] < len(steps) for s in steps if s not in kept)


def test_stages_of_several_steps(steps: list[Step]) -> None:
    half = len(steps) // 2
    last = last_uses([steps[:half], steps[half:]], steps[-1:])
    assert set(last.values()) == {0, 1, 2}
    for s, i in last.items():
        readers = [0 if other in steps[:half] else 1 for other in steps if s in other.operands.values()]
        assert i == (2 if s is steps[-1] else max(readers, default=0 if s in steps[:half] else 1))


def test_each_is_let_go_of_once(steps: list[Step]) -> None:
    last = last_uses([s] for s in steps)
    freed = [s for group in ended(last).values() for s in group]
    assert len(freed) == len(set(freed)) == len(steps)
    assert last_uses([]) == {}
    assert ended({}) == {}
