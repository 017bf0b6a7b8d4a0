"""Each rewrite: what it makes of which expression, what it leaves; values and kinds stay, and whether there are any."""

import os
import time
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from helpers.random_masks import mask_programs
from helpers.random_programs import Program, programs, random_array
from hypothesis import HealthCheck, given, settings

import maskexpr
from maskexpr import Image, RunError
from maskexpr.api import stages
from maskexpr.checker import binding
from maskexpr.diagnostics.source import Source, Span
from maskexpr.engine import reference
from maskexpr.functions.gives import MASK
from maskexpr.functions.parameters import Distance, Mask
from maskexpr.functions.record import CATALOGUE, function
from maskexpr.kinds.kind import Kind
from maskexpr.library import OPERATORS
from maskexpr.planner.rewrites import RULES, Rewritten, rewrite
from maskexpr.planner.rewrites.facts import Facts
from maskexpr.program.running import run_body
from maskexpr.program.steps import Checked, Step

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("MASKEXPR_EXAMPLES", "0"))
NAMES = [rule.__name__ for rule in RULES]


def tried(least: int) -> Any:
    """Settings for a test that tries so many examples, more in a soak."""
    return settings(max_examples=EXAMPLES or least, deadline=None, suppress_health_check=list(HealthCheck))


# --- rewritten programs, shown and run -------------------------------------------------------------------------------


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
    if values.get("shape") == "diamond":
        del values["shape"]
    return f"{name}({', '.join([*parts.values(), *map(str, values.values())])})"


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


def taken(text: str, given: dict[str, Any]) -> dict[str, Any]:
    """What a program takes of all that could be given; an image for its grid where it names none."""
    names = {i.name for i in maskexpr.compile(text).inputs} or {"im"}
    return {name: value for name, value in given.items() if name in names}


def checked(text: str) -> Checked:
    """A program checked with the inputs it names, of the types above."""
    return stages(maskexpr.compile(text), taken(text, INPUTS)).checked


def shown_all(changed: Rewritten) -> str:
    return "; ".join(shown(step) for _, step in changed.outputs)


def run(program: Checked, changed: Rewritten | None, arrays: dict[str, Any]) -> Any:
    """The outputs, or the error."""
    if changed is not None:
        program = replace(program, steps=changed.steps, outputs=changed.outputs, asserts=changed.asserts)
    try:
        return reference.run(program, arrays)
    except RunError as error:
        return error


def bound(text: str, given: dict[str, Any]) -> tuple[Checked, dict[str, Any]]:
    """A program checked for what is given, and the arrays it takes."""
    program = maskexpr.compile(text)
    found = stages(program, given).checked
    arrays, _, _ = binding.bind(found, Source(text), CATALOGUE, given, run=True)
    return found, arrays


def expect_same(text: str, given: dict[str, Any]) -> Rewritten:
    """Both forms of a program give the same bits or both an error, each step of its kind."""
    program, arrays = bound(text, given)
    changed = rewrite(program)
    wanted, found = run(program, None, arrays), run(program, changed, arrays)
    expect_order(changed)
    for name, before, after in changed.applied:
        assert known(before.kind) == known(after.kind), name
    if isinstance(wanted, RunError):
        assert isinstance(found, RunError), (text, shown_all(changed))
        return changed
    assert list(found) == list(wanted)
    for name, value in wanted.items():
        expect_bits(found[name], value, f"{text}\n{shown_all(changed)}")
    for (_, before), (_, after) in zip(program.outputs, changed.outputs, strict=True):
        assert known(before.kind) == known(after.kind)
    expect_kinds(changed, arrays)
    return changed


def expect_bits(found: Any, wanted: Any, text: str) -> None:
    assert type(found) is type(wanted), text
    if isinstance(wanted, np.ndarray):
        assert (found.dtype, found.shape) == (wanted.dtype, wanted.shape), text
        assert found.tobytes() == wanted.tobytes(), text
    else:
        assert repr(found) == repr(wanted), text


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
        if step.kind.range is not None:
            assert np.min(values[step]) >= step.kind.range.low
            assert np.max(values[step]) <= step.kind.range.high
        if step.function.name in ("between", "dilate", "erode", "where"):
            kinds = {n: o.kind for n, o in step.operands.items()}
            assert known(step.function.gives(kinds)) == known(step.kind), shown(step)


# --- what each rule does ---------------------------------------------------------------------------------------------

SETTLED = [
    ("im > 255", "empty()"),
    ("im >= 0", "full()"),
    ("im < 256", "full()"),
    ("-1 < im", "full()"),
    ("im == 300", "empty()"),
    ("im != -1", "full()"),
    ("im == 2.5", "(im == 2.5)"),  # no range says so, narrow_tests cannot: it costs no more than what it would be
    ("im <= 254.9", "(im <= 254.9)"),
    ("im < 255.1", "full()"),
    ("im > 1e30", "empty()"),
    ("s >= -128", "full()"),
    ("s < -128", "empty()"),
    ("w > 2 ** 70", "empty()"),
    ("lb >= 0", "full()"),
    ("im < s + 384", "full()"),  # between images
    ("im + 1 > 0", "full()"),
    ("im // 2 < 200", "full()"),  # two is never zero
    ("im % (im + 1) >= 0", "full()"),
    ("im * 0 == 0 * im", "full()"),
    ("between(im, -5, 300)", "full()"),
    ("between(im, 300, 400)", "empty()"),
    ("between(im, im + 256, 400)", "empty()"),
    # and what is not settled
    ("im > 254", "(im > 254)"),
    ("fl * 0 >= 0", "((fl * 0) >= 0)"),  # nan
    ("im < exp(1000) - exp(1000)", "(im < nan)"),
    ("im // s >= -255", "((im // s) >= -255)"),  # zero stops the run
    ("im % s < 1000", "((im % s) < 1000)"),
    ("im > mean(im)", "(im > mean(im))"),
    ("dilate(im // s, 2) < 1000", "(dilate((im // s), 2) < 1000)"),
    ("m == k", "(m == k)"),
]

FLIPPED = [
    ("~(im > 64)", "(im <= 64)"),
    ("~(im >= 64)", "(im < 64)"),
    ("~(im < 64)", "(im >= 64)"),
    ("~(64 <= im)", "(64 > im)"),
    ("~(im > 2.5)", "(im <= 2.5)"),
    ("~(im < s)", "(im >= s)"),
    ("~(fl == 1)", "(fl != 1)"),  # nan is unequal
    ("~(fl != fl)", "(fl == fl)"),
    ("~(m == k)", "(m != k)"),
    ("~(im > 64 and m)", "~((im > 64) & m)"),
    ("not (area(m) > 5)", "(area(m, px) <= 5)"),
    ("~(fl > 1)", "~(fl > 1)"),
    ("~(im > fl)", "~(im > fl)"),
    ("~(im > mean(im))", "~(im > mean(im))"),
    ("~(im > exp(1000) - exp(1000))", "~(im > nan)"),
    ("~between(im, 3, 9)", "~between(im, 3, 9)"),
    # a comparison that is needed anyway
    ("b = im > 64; output b; output c = ~b", "(im > 64); ~(im > 64)"),
]

DOUBLE = [
    ("~~m", "m"),
    ("~~~m", "~m"),
    ("~~~~(fl > 2)", "(fl > 2)"),
    ("not not any(m)", "any(m)"),
    ("otsu(im, within=~~m)", "otsu(im, m)"),
]

NARROWED = [
    ("between(im, 0, 9)", "(im <= 9)"),
    ("between(im, -1, 9.5)", "(im <= 9)"),
    ("between(im, 9, 255)", "(im >= 9)"),
    ("between(im, 8.5, 9.5)", "(im == 9)"),
    ("between(im, 8.5, 8.7)", "empty()"),
    ("between(im, 9, 3)", "empty()"),
    ("between(s, -200, -100)", "(s <= -100)"),
    ("between(im, 3, 9)", "between(im, 3, 9)"),
    ("im in [4, 2, 3]", "between(im, 2, 4)"),
    ("im in [7]", "(im == 7)"),
    ("im in [7, 7.5, 300, -1]", "(im == 7)"),
    ("im in [0, 1]", "(im <= 1)"),
    ("im in [254, 255, 256]", "(im >= 254)"),
    ("im in [300, 2.5]", "empty()"),
    ("im in [1, 3]", "isin(im, (1, 3))"),
    ("im not in [3]", "(im != 3)"),
    ("fl in [2, 3]", "isin(fl, (2, 3))"),
    ("between(fl, 2, 2)", "between(fl, 2, 2)"),
    ("between(im, s, 9)", "between(im, s, 9)"),
    ("between(im // s, 1, -1)", "between((im // s), 1, -1)"),
    ("im // s in [-300]", "isin((im // s), (-300,))"),
]

JOINED = [
    ("(im > 32) & ~(im > 64)", "between(im, 33, 64)"),
    ("32 < im <= 64", "between(im, 33, 64)"),
    ("(im <= 64) & (32 < im)", "between(im, 33, 64)"),
    ("64 >= im > 32", "between(im, 33, 64)"),
    ("(im > 32.5) & (im < 64.5)", "between(im, 33, 64)"),
    ("(im >= 32.5) & (im <= 64.5)", "between(im, 33, 64)"),
    ("(im >= 32) & (im < 33)", "(im == 32)"),
    ("(im > 32) & (im < 33)", "empty()"),
    ("(im > 3) & (im > 5)", "(im > 5)"),
    ("(im > 3) & (im == 5)", "(im == 5)"),
    ("(im > 3) & (im == 2)", "empty()"),
    ("between(im, 3, 90) & (im > 5)", "between(im, 6, 90)"),
    ("between(im, 3, 90) & between(im, 60, 120)", "between(im, 60, 90)"),
    ("(im > -5) & (im <= 300)", "full()"),
    ("(im > -5) & (im <= 30)", "(im <= 30)"),
    ("(s < 5) & (s >= -5)", "between(s, -5, 4)"),
    ("(u > 2 ** 20) & (u < 2 ** 30)", "between(u, 1048577, 1073741823)"),
    ("(im < 32) | (im > 64)", "~between(im, 32, 64)"),
    ("(im > 64) | (im < 32)", "~between(im, 32, 64)"),
    ("~((im < 32) | (im > 64))", "between(im, 32, 64)"),
    ("(im < 32) | (im > 32)", "(im != 32)"),
    ("(im < 32) | (im > 30)", "full()"),
    ("(im < 32) | (im == 32)", "(im <= 32)"),
    ("(im == 2) | (im == 3)", "between(im, 2, 3)"),
    ("(im < 32) | (im < 64)", "(im < 64)"),
    ("(im == 2) | (im == 4)", "((im == 2) | (im == 4))"),
    ("(im < 32) | between(im, 40, 50)", "((im < 32) | between(im, 40, 50))"),
    ("m & (im > 32) & (im <= 64)", "(m & between(im, 33, 64))"),
    ("(im > 32) & m & (im <= 64)", "(m & between(im, 33, 64))"),
    ("(im <= 64) & (m & (im > 32))", "(m & between(im, 33, 64))"),
    ("m & (im > 32) & (im <= 32)", "empty()"),
    ("m | (im < 32) | (im > 64)", "(m | ~between(im, 32, 64))"),
    # what is left
    ("(im > 32) | (im <= 64) & m", "((im > 32) | ((im <= 64) & m))"),
    ("(fl > 32) & (fl <= 64)", "((fl > 32) & (fl <= 64))"),
    ("(im > 32) & (s <= 64)", "((im > 32) & (s <= 64))"),
    ("(im > 32) & (im <= mean(im))", "((im > 32) & (im <= mean(im)))"),
    ("(im > 32) ^ (im <= 64)", "((im > 32) ^ (im <= 64))"),
    ("(im > 3) & (im != 5)", "((im > 3) & (im != 5))"),
    ("(count(m) > 3) & (count(m) < 9)", "((count(m, 1) > 3) & (count(m, 1) < 9))"),
    ("(im // s > 3) & (im // s < 3)", "(((im // s) > 3) & ((im // s) < 3))"),
    ("(im // s > 3) & (im // s < 9)", "between((im // s), 4, 8)"),
    ("a = im > 3; b = im < 9; output a; output b; output c = a & b", "(im > 3); (im < 9); ((im > 3) & (im < 9))"),
    ("a = im > 3; output a; output c = a & (im < 9)", "(im > 3); between(im, 4, 8)"),
    ("a = m & (im > 3); output a; output c = a & (im < 9)", "(m & (im > 3)); ((m & (im > 3)) & (im < 9))"),
]

MERGED = [
    ("dilate(dilate(m, 1), 2)", "dilate(m, 3)"),
    ("erode(erode(m), 4)", "erode(m, 5)"),
    ('dilate(dilate(m, 1, "square"), 2, "square")', "dilate(m, 3, square)"),
    ("dilate(dilate(dilate(m)))", "dilate(m, 3)"),
    ('dilate(dilate(st, 1, axes="yx"), 1, axes=[1, 2])', "dilate(st, 2, (1, 2))"),
    ("dilate(dilate(sp, 1mm), 0.5mm)", "dilate(sp, 1.5mm)"),  # three pixels of half a millimetre
    ("dilate(dilate(im, 1), 2)", "dilate(im, 3)"),
    ("dilate(erode(m, 1), 2)", "dilate(erode(m, 1), 2)"),
    ('dilate(dilate(m, 1), 2, "square")', "dilate(dilate(m, 1), 2, square)"),
    ('dilate(dilate(m, 1, "disk"), 2, "disk")', "dilate(dilate(m, 1, disk), 2, disk)"),
    ('dilate(dilate(m, 1, "11/10"), 2, "11/10")', "dilate(dilate(m, 1, 11/10), 2, 11/10)"),
    ('dilate(dilate(st, 1, axes="yx"), 1)', "dilate(dilate(st, 1, (1, 2)), 1)"),
    ("dilate(dilate(m, 1.5), 1.5)", "dilate(dilate(m, 1.5), 1.5)"),
    ("dilate(dilate(sp, 1), 0.5mm)", "dilate(dilate(sp, 1), 0.5mm)"),
    ("dilate(dilate(sp, 0.7mm), 0.7mm)", "dilate(dilate(sp, 0.7mm), 0.7mm)"),
    (
        'dilate(dilate(skew, 1mm, "square"), 1mm, "square")',
        "dilate(dilate(skew, 1mm, square), 1mm, square)",
    ),
    ("dilate(dilate(fl, 1), 2)", "dilate(dilate(fl, 1), 2)"),
    ("open(open(m))", "open(open(m, 1), 1)"),
    ("a = dilate(m); output a; output b = dilate(a)", "dilate(m, 1); dilate(dilate(m, 1), 1)"),
]

NEUTRAL = [
    ("m & full()", "m"),
    ("full() & m", "m"),
    ("m & true", "m"),
    ("m & empty()", "empty()"),
    ("m and false", "empty()"),
    ("m | empty()", "m"),
    ("m | full()", "full()"),
    ("m ^ empty()", "m"),
    ("m ^ full()", "~m"),
    ("m ^ m", "empty()"),
    ("m & m", "m"),
    ("m | m", "m"),
    ("~empty()", "full()"),
    ("~full()", "empty()"),
    ("(fl > 3) & (im >= 0)", "(fl > 3)"),
    ("(im // s > 3) & empty()", "(((im // s) > 3) & empty())"),
    ("(im // s > 3) | full()", "(((im // s) > 3) | full())"),
    ("(im // s > 3) & full()", "((im // s) > 3)"),
    ("(im // s > 3) ^ (im // s > 3)", "(((im // s) > 3) ^ ((im // s) > 3))"),
    ("remove_small(m, 5) & empty()", "empty()"),
    (
        "remove_small(m, area(m)) & empty()",
        "(remove_small(m, area(m, px), 1) & empty())",
    ),  # may be told a negative size
    ("remove_small(empty(), area(m))", "remove_small(empty(), area(m, px), 1)"),
    ("remove_small(empty(), 5)", "empty()"),
    ("any(m) and true", "(any(m) & true)"),  # no array: nothing to gain
    ("m & (sp == sp) & full()", "(m & (sp == sp))"),
    ("m & (sp | full())", "(m & full())"),  # from sp the result has a spacing, m has none
]

BRANCHES = [
    ("where(full(), m, k)", "m"),
    ("where(empty(), m, k)", "k"),
    ("where(true, m, k)", "m"),
    ("where(1 > 2, m, k)", "k"),
    ("where(true, im, im)", "im"),
    ("where(true, lb, 0)", "lb"),
    ("where(m, k, k)", "k"),
    ("where(m, full(), empty())", "m"),
    ("where(m, k, empty())", "(m & k)"),
    ("where(m, full(), k)", "(m | k)"),
    ("where(m, empty(), k)", "where(m, empty(), k)"),
    ("where(true, im, s)", "where(true, im, s)"),  # needs a wider type
    ("where(true, im, 0.5)", "where(true, im, 0.5)"),
    ("where(true, im, 3)", "im"),
    ("where(true, m, im // s > 3)", "where(true, m, ((im // s) > 3))"),
    ("where(im // s > 3, m, m)", "where(((im // s) > 3), m, m)"),
    ("where(m, im, 0)", "where(m, im, 0)"),
    ("where(any(m), k, false)", "(any(m) & k)"),
]

IDLE = [
    ("dilate(m, 0)", "m"),
    ("erode(m, 0.9)", "m"),
    ('open(m, 0.5, "disk")', "m"),
    ("close(m, 0)", "m"),
    ("boundary(m, 0)", "empty()"),
    ('dilate(m, 3, "1", axes="x")', "m"),
    ('dilate(m, 0, "11/01")', "m"),
    ("dilate(im, 0)", "im"),
    ("dilate(fl, 0)", "dilate(fl, 0)"),
    ("dilate(sp, 0.4mm)", "sp"),
    ("dilate(skew, 0.4mm)", "dilate(skew, 0.4mm)"),
    ("dilate(empty(), 5)", "empty()"),
    ('erode(empty(), 5, "101", axes="x")', "empty()"),
    ("boundary(im > 255)", "empty()"),
    ("fill_holes(empty())", "empty()"),
    ("clear_border(empty())", "empty()"),
    ("fill_holes(full())", "full()"),
    ('dilate(full(), 2, "disk")', "full()"),
    ('dilate(full(), 2, "011", axes="x")', "dilate(full(), 2, 011, (1,))"),
    ("erode(full())", "erode(full(), 1)"),
    ("close(empty(), 10)", "close(empty(), 10)"),  # may reach too far to fit in memory
]

DERIVED = [
    ("boundary(m, 2)", "(m & ~erode(m, 2))"),
    ("boundary(erode(m, 1), 2)", "(erode(m, 1) & ~erode(erode(m, 1), 2))"),  # what is used twice is not merged away
    ("tophat(~(im > 64), 1)", "((im <= 64) & ~open((im <= 64), 1))"),
]

CASES = [*SETTLED, *FLIPPED, *DOUBLE, *NARROWED, *JOINED, *MERGED, *NEUTRAL, *BRANCHES, *IDLE, *DERIVED]


@pytest.mark.parametrize(("text", "after"), CASES)
def test_what_becomes_of_an_expression(text: str, after: str) -> None:
    assert shown_all(rewrite(checked(text))) == after


def test_every_rule_is_named_like_its_file() -> None:
    for rule in RULES:
        assert rule.__module__ == f"maskexpr.planner.rewrites.{rule.__name__}"
        assert rule.__doc__


@pytest.mark.parametrize("rule", NAMES)
def test_every_rule_is_applied(rule: str) -> None:
    assert any(name == rule for text, _ in CASES for name, _, _ in rewrite(checked(text)).applied)


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


@pytest.mark.parametrize("text", [text for text, _ in CASES])
def test_values_and_kinds_stay(text: str) -> None:
    rng = np.random.default_rng(7)
    for _ in range(6):
        used = taken(text, random_inputs(rng))
        try:
            maskexpr.compile(text).bind(**used)
        except maskexpr.ProgramError:  # of 64 bits that are too wide, or one grid that is two
            continue
        expect_same(text, used)


# --- random programs -------------------------------------------------------------------------------------------------


@given(mask_programs())
@tried(400)
def test_masks_of_any_make_stay_what_they_are(example: tuple[str, dict[str, Any]]) -> None:
    text, given = example
    try:
        maskexpr.compile(text).bind(**given)
    except maskexpr.ProgramError:  # such as too wide a result
        return
    expect_same(text, given)


@given(programs())
@tried(200)
def test_random_programs_stay_what_they_are(program: Program) -> None:
    expect_same(program.text, {**program.inputs, **program.given})


# --- the same by hand ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int16"])
@pytest.mark.parametrize("shape", ["diamond", "square"])
@pytest.mark.parametrize("name", ["dilate", "erode"])
def test_reaches_add_up_in_any_rectangle(name: str, shape: str, dtype: str) -> None:
    """Whatever is near the border: one pixel in every place of small grids."""
    for size in [(1, 1), (1, 5), (4, 4), (2, 7), (3, 3, 3)]:
        for place in np.ndindex(*size):
            m = np.zeros(size, dtype)
            m[place] = 1
            for inverted in (m, ~m if dtype == "bool" else 1 - m):
                text = f'{name}({name}(m, 2, "{shape}"), 1, "{shape}")'
                changed = expect_same(text, {"m": Image(inverted, kind="mask" if dtype == "bool" else "image")})
                assert [s.settings["n"] for s in changed.steps if s.function] == [Distance(Fraction(3))]


@pytest.mark.parametrize(
    "text",
    [
        "(im // o >= 0) | full()",
        "where(true, im > 3, im // o > 3)",
        "(im // o > 300) & (im > 300)",
        "empty() & (im > percentile(im[im > 250], 5))",
        "dilate(im // o, 0) > 3",
        "assert any(empty()); output a = im",
        "assert all(im // o >= 0), 'no'; output a = im",
        "otsu(im, within=empty())",
        "otsu(im, within=im > 300)",
    ],
)
def test_errors_do_not_vanish(text: str) -> None:
    given = {"im": np.array([[1, 2]], np.uint8), "o": np.array([[0, 1]], np.uint8)}
    program, arrays = bound(text, taken(text, given))
    assert isinstance(run(program, None, arrays), RunError)
    expect_same(text, taken(text, given))


def test_what_is_not_known_to_be_sure_can_fail() -> None:
    """Functions of a host's own, be they called like ours."""

    @function(gives=MASK, halo=0, cost=1, memory=0, name="fill_holes")
    def fill_holes(m: Mask) -> Any:
        return m

    (record,) = [fill_holes.record]  # type: ignore[attr-defined]
    program = stages(maskexpr.compile("fill_holes(m) & empty()", functions=[record]), {"m": ((2, 2), "bool")}).checked
    assert shown_all(rewrite(program)) == "(fill_holes(m) & empty())"


SURE = [
    ("im // 2", True),
    ("im % 0.5", True),
    ("fl // fl", True),
    ("im // (im + 1)", True),
    ("im // im", False),
    ("area(m)", True),
    ("mean(im)", False),
    ("keep_largest(m, area(m))", False),
    ("close(m, 3)", False),
    ("dilate(close(m, 3))", False),
    ("gaussian(im, 2)", True),
    ("hysteresis(im, min(im), max(im))", False),
]


@pytest.mark.parametrize(("text", "sure"), SURE)
def test_what_cannot_fail(text: str, sure: bool) -> None:
    asked = {}

    def ask(step: Step, facts: Facts) -> None:
        asked[step] = facts.cannot_fail(step)

    last = rewrite(checked(text), [ask]).outputs[0][1]
    assert asked[last] is sure


def test_kinds_that_differ_in_spacing_are_kept_apart() -> None:
    given = {"sp": Image(np.ones((2, 2), bool), spacing=0.5), "m": np.ones((2, 2), bool)}
    expect_same("output a = sp | full(); output b = m | full(); output c = m & (sp | full())", given)
    changed = expect_same("output a = sp ^ sp; output b = m ^ m", given)
    assert shown_all(changed) == "empty(); empty()"


def test_sources_and_spans_are_kept() -> None:
    program = checked("dilate((im > 32) & ~(im > 64), 2)")
    changed = rewrite(program)
    assert [name for name, _, _ in changed.applied] == ["flip_negations", "join_ranges"]
    places = [s.source.slice(s.span) for s in changed.steps if s.function]
    assert places == ["(im > 32) & ~(im > 64)", "dilate((im > 32) & ~(im > 64), 2)"]


def test_steps_are_made_once() -> None:
    result = rewrite(checked("output a = ~(im > 9) & m; output b = (im <= 9) & m; output c = m & ~~(im <= 9)"))
    assert result.outputs[0][1] is result.outputs[1][1]
    assert sum(s.function is OPERATORS["<="] for s in result.steps) == 1


def test_without_rules_nothing_is_changed() -> None:
    program = checked("~~m & full()")
    result = rewrite(program, ())
    assert list(result.steps) == program.needed()
    assert result.applied == ()


# --- long programs ---------------------------------------------------------------------------------------------------


def chain(function: str, length: int, settings: dict[str, Any], **operands: Step) -> Step:
    """A function applied to its own result over and over."""
    kind = Kind("mask", (3, 3), np.dtype(bool))
    source, span = Source("m"), Span(0, 1)
    step = Step(kind, source, span, name="m")
    record = CATALOGUE.get(function) or OPERATORS[function]
    for i in range(length):
        other = {"b": Step(kind, source, span, name=f"i{i}")} if record is OPERATORS["^"] else {}
        step = Step(kind, source, span, record, {"m" if record.parameter("m") else "a": step, **other}, settings)
    return step


def steps_of(last: Step) -> Checked:
    found: dict[Step, None] = {}
    step: Step | None = last
    while step is not None:
        found[step] = None
        for name, operand in step.operands.items():
            if name not in ("a", "m"):
                found[operand] = None
        step = next((o for n, o in step.operands.items() if n in ("a", "m")), None)
    return Checked(steps=tuple(found)[::-1], outputs=(("a", last),))


def test_long_chains_neither_recurse_nor_take_long() -> None:
    start = time.monotonic()
    merged = rewrite(steps_of(chain("dilate", 50_000, {"n": Distance(Fraction(1)), "shape": "diamond", "axes": None})))
    assert merged.outputs[0][1].settings["n"] == Distance(Fraction(50_000))
    assert len(rewrite(steps_of(chain("~", 100_001, {}))).steps) == 2
    program = steps_of(chain("^", 50_000, {}))
    kind = program.outputs[0][1].kind
    full = Step(kind, Source("m"), Span(0, 1), CATALOGUE["full"], {}, {"grid": (3, 3)})
    steps, last = [full, *program.steps], full
    for step in program.steps:  # each time all of the chain so far is left out
        if step.function:
            last = Step(kind, step.source, step.span, OPERATORS["|"], {"a": step, "b": last})
            steps.append(last)
    left = rewrite(Checked(steps=tuple(steps), outputs=(("a", last),)))
    assert [s.function for s in left.steps] == [CATALOGUE["full"]]
    assert time.monotonic() - start < 60
