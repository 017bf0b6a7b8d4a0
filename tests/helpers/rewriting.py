"""What rewrites make of programs: shown as text, and run beside what was there before."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

import maskexpr
from helpers.both_ways import bound, compiled, expect_bits
from maskexpr import Image, RunError
from maskexpr.engine import reference
from maskexpr.kinds.kind import Kind
from maskexpr.planner.rewrites import RULES, Rewritten, Rule, rewrite
from maskexpr.program.running import run_body
from maskexpr.program.steps import Checked, Step
from maskexpr.testing.pixels import random_array

INPUTS = {
    "im": ((6, 7), "uint8"),
    "s": ((6, 7), "int8"),
    "w": ((6, 7), "int64"),
    "u": ((6, 7), "uint64"),
    "fl": ((6, 7), "float32"),
    "m": ((6, 7), "bool"),
    "k": ((6, 7), "bool"),
    "lb": Image(np.zeros((6, 7), np.int32), kind="labels"),
    "st": ((4, 6, 7), "bool"),
    "sp": Image(np.zeros((6, 7), bool), spacing=0.5),
    "skew": Image(np.zeros((6, 7), bool), spacing=[1, 0.3]),
}

# --- shown -----------------------------------------------------------------------------------------------------------


def shown(step: Step) -> str:
    """A step as an expression, with what matters of its settings."""
    parts = {name: shown(operand) for name, operand in step.operands.items()}
    if step.function is None:
        return step.name or str(step.kind.constant).lower()
    name = step.function.name
    if name == "~":
        return "~" + parts["a"]
    if set(parts) == {"a", "b"} and not name.isidentifier():
        return f"({parts['a']} {name} {parts['b']})"
    values = {n: v for n, v in step.settings.items() if n not in ("grid", "spacing") and v is not None}
    values = {n: v for n, v in values.items() if (n, v) not in (("shape", "diamond"), ("border", "empty"))}
    return f"{name}({', '.join([*parts.values(), *map(str, values.values())])})"


def shown_all(changed: Rewritten) -> str:
    return "; ".join(shown(step) for _, step in changed.outputs)


def taken(text: str, given: dict[str, Any]) -> dict[str, Any]:
    """What a program takes of all that could be given; an image for its grid where it names none."""
    names = {i.name for i in compiled(text).inputs} or {"im"}
    return {name: value for name, value in given.items() if name in names}


def checked(text: str) -> Checked:
    """A program checked with the inputs it names, of the types above."""
    return bound(text, taken(text, INPUTS))[0]


def becomes(text: str) -> str:
    """What the rules make of a program."""
    return shown_all(rewrite(checked(text)))


def is_applied(rule: Rule, text: str) -> bool:
    """Whether a rule does something to a program."""
    return any(name == rule.__name__ for name, _, _ in rewrite(checked(text)).applied)


# --- run -------------------------------------------------------------------------------------------------------------


def expect_values_to_stay(text: str, rule: Rule) -> None:
    """By all rules and by one alone, for some pixels of all kinds."""
    rng = np.random.default_rng(7)
    for _ in range(6):
        used = taken(text, random_inputs(rng))
        try:
            bound(text, used)
        except maskexpr.ProgramError:  # of 64 bits that are too wide, or one grid that is two
            continue
        expect_same_rewritten(text, used)
        expect_same_rewritten(text, used, [rule])


def random_inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Values for the inputs above, of the kinds of values random programs have."""
    arrays: dict[str, Any] = {}
    for name, value in INPUTS.items():
        shape, dtype = value if isinstance(value, tuple) else (value.array.shape, value.array.dtype.name)
        ways = ["any", "few", "edges", "near", "lone"] if name != "lb" else ["few"]
        arrays[name] = random_array(rng, shape, dtype, str(rng.choice(ways)))
        if isinstance(value, Image):
            arrays[name] = replace(value, array=arrays[name])
    return arrays


def expect_same_rewritten(text: str, given: dict[str, Any], rules: Sequence[Rule] = RULES) -> Rewritten:
    """Both forms of a program give the same bits or both an error, each step of its kind."""
    program, arrays = bound(text, given)
    changed = rewrite(program, rules)
    wanted, found = run(program, None, arrays), run(program, changed, arrays)
    expect_order(changed)
    for name, before, after in changed.applied:
        assert known(before.kind) == known(after.kind), name
    if isinstance(wanted, RunError):
        assert isinstance(found, RunError), (text, shown_all(changed))
        return changed
    assert list(found) == list(wanted)
    for name, value in wanted.items():
        expect_bits(found[name], value, f"{text}\nrewritten as {shown_all(changed)}")
    for (_, before), (_, after) in zip(program.outputs, changed.outputs, strict=True):
        assert known(before.kind) == known(after.kind)
    expect_kinds(changed, arrays)
    return changed


def run(program: Checked, changed: Rewritten | None, arrays: dict[str, Any]) -> Any:
    """The outputs, or the error."""
    if changed is not None:
        program = replace(program, steps=changed.steps, outputs=changed.outputs, asserts=changed.asserts)
    try:
        return reference.run(program, arrays)
    except RunError as error:
        return error


def known(kind: Kind) -> tuple[object, ...]:
    """A kind but for the input its shape came from and its constant."""
    return (kind.name, kind.shape, kind.dtype, kind.range, kind.channels, kind.spacing, kind.power)


def expect_order(changed: Rewritten) -> None:
    """Operands come before their use, each step once, and all of them are needed."""
    before: set[Step] = set()
    for step in changed.steps:
        assert step not in before
        assert before.issuperset(step.operands.values())
        before.add(step)
    ends = [*changed.asserts, *(step for _, step in changed.outputs)]
    assert before.issuperset(ends)
    assert before == {o for s in changed.steps for o in s.operands.values()} | set(ends)


def expect_kinds(changed: Rewritten, arrays: dict[str, Any]) -> None:
    """The kind of each step is the one its function gives for its operands, and its value is of that kind."""
    values: dict[Step, Any] = {}
    for step in changed.steps:
        if step.function is None:
            values[step] = arrays[step.name] if step.name else step.kind.constant
            continue
        values[step] = run_body(step, {n: values[o] for n, o in step.operands.items()})
        if step.kind.is_array:
            shape = (*(step.kind.shape or ()), *([step.kind.channels] if step.kind.channels else []))
            assert (values[step].shape, values[step].dtype) == (shape, step.kind.dtype), shown(step)
        if step.kind.range is not None and np.size(values[step]):  # there may be no samples
            assert np.min(values[step]) >= step.kind.range.low
            assert np.max(values[step]) <= step.kind.range.high
        if step.function.name in ("between", "dilate", "erode", "where"):
            kinds = {n: o.kind for n, o in step.operands.items()}
            assert known(step.function.gives(kinds)) == known(step.kind), shown(step)
