"""Programs with other values of params, one by one and many at once: what plain runs give, to the last bit."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from helpers.both_ways import THREADS, expect_outcome, helpers
from helpers.random_programs import Program, programs
from helpers.searches import tried
from hypothesis import given
from hypothesis import strategies as st

import maskexpr
from maskexpr import Bound, MaskError, RunError
from maskexpr.api import swept
from maskexpr.engine import division, sweeping


def outcome(run: Callable[[], dict[str, Any]]) -> dict[str, Any] | str:
    """What comes of a run, and what is said of it; or the text of the error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", maskexpr.MaskWarning)
        try:
            return run()
        except MaskError as error:
            return str(error)


def expect_plain(made: Bound, program: maskexpr.Program, values: dict[str, Any], place: str) -> None:
    """A run with other params gives what a run of a program that was bound to them at once does."""
    plain = program.bind(**values)
    found, wanted = outcome(made.run), outcome(plain.run)
    expect_outcome(found, wanted, place)
    assert [str(d) for d in made.warnings] == [str(d) for d in plain.warnings], place
    assert made.kinds == plain.kinds, place


VALUES = st.lists(st.tuples(st.sampled_from(["p", "q"]), st.integers(0, 300)), min_size=1, max_size=5)


def bound_of(example: Program) -> tuple[maskexpr.Program, Bound] | None:
    try:
        program = maskexpr.compile(example.text)
        return program, program.bind(**{**example.inputs, **example.given})
    except maskexpr.ProgramError:  # such as too wide a result
        return None


def fitting(program: maskexpr.Program, name: str, number: int) -> dict[str, Any]:
    """A value for a param of the program; nothing for one that it has not got."""
    for info in program.params:
        if info.name == name:
            low, high = (info.low, info.high) if info.low is not None else (0, 40)
            return {name: low + number % (high - low + 1) + (0.25 if isinstance(info.default, float) else 0)}
    return {}


# --- one by one ------------------------------------------------------------------------------------------------------


@given(programs(), VALUES, THREADS)
@tried(120)
def test_random_programs_with_other_params(example: Program, values: list[tuple[str, int]], threads: int) -> None:
    made = bound_of(example)
    if made is None or not made[0].params:
        return
    (program, one), given_values = made, dict(example.given)
    with helpers(threads), pytest.MonkeyPatch.context() as patch:
        patch.setattr(division, "_WORTH_KEEPING", 1)
        for name, number in (*values, *values):  # the second time much is kept
            changed = fitting(program, name, number)
            given_values |= changed
            try:
                one = one.with_params(**changed)
            except maskexpr.ProgramError:
                return
            expect_plain(one, program, {**example.inputs, **given_values}, f"{example}\nwith {given_values}")


@given(programs(), st.lists(VALUES, min_size=1, max_size=6))
@tried(120)
def test_random_programs_swept(example: Program, values: list[list[tuple[str, int]]]) -> None:
    made = bound_of(example)
    if made is None or not made[0].params:
        return
    program, one = made
    combos = [{k: v for name, n in some for k, v in fitting(program, name, n).items()} for some in values]
    inputs = {**example.inputs, **example.given}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(division, "_WORTH_KEEPING", 1)
        patch.setattr(sweeping, "_WORTH_COUNTING", 1)
        patch.setattr(sweeping, "_WORTH_TELLING", 1)
        expect_swept_as_plain(program, inputs, one, combos)


def expect_swept_as_plain(
    program: maskexpr.Program, inputs: dict[str, Any], one: Bound, combos: list[dict[str, Any]]
) -> None:
    """Each combination gives what a plain run of it does, or is refused in the same words."""
    for combo, found in zip(combos, outcomes_swept(one, combos), strict=True):
        given_values = {**inputs, **combo}
        plain = outcome(lambda given_values=given_values: program.bind(**given_values).run())
        expect_outcome(found, plain, f"{program.source}\nwith {combo}")


def outcomes_swept(one: Bound, combos: list[dict[str, Any]]) -> Iterator[dict[str, Any] | str]:
    """The results of each combination, or the text of its error, after which the rest is swept."""
    at, errors = 0, list[RunError]()
    while at < len(combos):
        try:
            for results in swept(one, combos[at:], stopped=errors.append):
                at += 1
                yield results or str(errors[-1])
        except maskexpr.ProgramError as error:
            at += 1
            yield str(error)


JUDGED = [  # of t from 3 to 7, with which only those in the middle are refused, and of t * 1.0
    "output n = 0.0 / (t - 5); output a = area(im > t)",
    "area(im > t) / (t - 5)",
    "area(im > t) // (t - 5)",
    "area(im > t) % (t - 5.0)",
    "area(im / (t - 5) > 2)",
    "area(im > 1 / (t - 5))",
    "area(im > -(t - 5) // (2 * t - 10))",
    "unused = 1 / (t - 5); area(im > t)",
    "unused = percentile(im, 101 - (t - 5) * (t - 5)); area(im > t)",
    "area(im > percentile(im, 101 - (t - 5) * (t - 5)))",
    "assert 1 / (t - 5) > -9; area(im > t)",
    "area(keep(im > 100, area > 100 / (t - 5)))",
    "def above(a, n) = a > 1 / (n - 5); area(above(im, t))",
    "area(bit(im, 8 - (t - 5) ** 2))",
    "area(hysteresis(im, 5, 4 + (t - 5) ** 2))",
    "area(uint8(256 - (t - 5) ** 2) < im)",
    "2 ** ((t - 5) ** 2 - 1) + area(im > t)",
    "dice(im > t, im > 3 + 0 // (t - 5))",
    "output m = im > t & 1 / (t - 5) < 9",
    "output m = dilate(im > 9 * t, (t - 5) ** 2 - 1)",
    "output b = im + t; output c = area(im > 100 + 1 / (t - 5))",
]


@pytest.mark.parametrize("declared", ["param t = 3", "param t = 3 in 0..9", "param t = 3.0"])
@pytest.mark.parametrize("text", JUDGED)
def test_numbers_between_others_are_refused_as_those(text: str, declared: str) -> None:
    im = np.random.default_rng(2).integers(0, 256, (12, 15)).astype(np.uint8)
    program = maskexpr.compile(f"{declared}; {text}")
    one, combos = program.bind(im=im), [{"t": t} for t in (3, 4, 5, 6, 7, 5, 3)]
    expect_swept_as_plain(program, {"im": im}, one, combos)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeping, "_WORTH_COUNTING", 99)
        expect_swept_as_plain(program, {"im": im}, one, combos)
    for combo in combos:
        plain = outcome(lambda combo=combo: program.bind(im=im, **combo).run())
        expect_outcome(outcome(lambda combo=combo: one.with_params(**combo).run()), plain, f"{text} with {combo}")


@pytest.mark.parametrize("most", [1, 99], ids=["counted", "told"])
def test_numbers_that_settle_the_kind_of_a_result_are_not_told_in_the_run(most: int) -> None:
    im = np.arange(24, dtype=np.uint8).reshape(4, 6)
    program = maskexpr.compile("param n = 2; area(im > 3) ** n")
    combos = [{"n": n} for n in (-1, 0, 1, 2, 3)]  # one below 0 would make all of them floats
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeping, "_WORTH_COUNTING", most)
        found = [one["result"] for one in swept(program.bind(im=im), combos)]
    plain = [program(im=im, **combo) for combo in combos]
    assert list(map(repr, found)) == list(map(repr, plain))
    assert {type(one) for one in plain} == {int, float}


# --- thresholds ------------------------------------------------------------------------------------------------------

IMAGES = ["uint8", "int8", "uint16", "int16", "int32", "int64", "uint32", "float32", "float64", "float16", ">u2", ">f8"]
MEASURES = ["dice({m}, truth)", "iou({m}, truth)", "area({m} & truth)", "any({m})", "all({m})", "fraction({m})"]
MEASURES += ["area({m}) + t", "where(any({m}), area({m} ^ other), t)"]
SHAPES: list[tuple[int, ...]] = [(1,), (1, 1), (5, 9), (13, 8), (4, 5, 6), (1, 40), (70, 66)]


@st.composite
def images(draw: Callable[..., Any]) -> Any:
    rng, shape = np.random.default_rng(draw(st.integers(0, 2**32 - 1))), draw(st.sampled_from(SHAPES))
    dtype = np.dtype(draw(st.sampled_from(IMAGES)))
    im = rng.integers(0, draw(st.sampled_from([3, 20, 100])), shape).astype(dtype)
    if dtype.kind == "f" and draw(st.booleans()):
        im[rng.random(shape) < 0.2] = rng.choice([np.nan, np.inf, -np.inf, -0.0, 0.1])
    if dtype.kind in "if" and draw(st.booleans()):
        im = im - dtype.type(7)
    return np.asfortranarray(im) if draw(st.integers(0, 3)) == 0 else im


@st.composite
def varying_masks(draw: Callable[..., Any], level: str, depth: int) -> str:
    """A mask that is made of a level, and of what stays as it is."""
    form = draw(st.integers(0, 5)) if depth else 0
    if form == 0:
        return f"({level})"
    inner = draw(varying_masks(level, depth - 1))
    if form == 1:
        return f"~{inner}"
    if form <= 3:
        sides = [inner, draw(st.sampled_from(["truth", "other", "(im > 9)", f"({level})", "~truth"]))]
        symbol = draw(st.sampled_from("&|^&|"))
        return f"({sides[0]} {symbol} {sides[1]})" if draw(st.booleans()) else f"({sides[1]} {symbol} {sides[0]})"
    function = draw(st.sampled_from(["dilate", "erode", "open", "close"]))
    shaped = draw(st.sampled_from(["diamond", "square", "disk"]))
    return f'{function}({inner}, {draw(st.integers(0, 3))}, "{shaped}")'


@st.composite
def counted_programs(draw: Callable[..., Any]) -> tuple[str, dict[str, Any], list[Any]]:
    """Numbers that are counted in what is made of thresholds and of masks that stay as they are."""
    im, whole = draw(images()), draw(st.booleans())
    values = draw(st.lists(st.integers(-3, 110), min_size=1, max_size=9))
    numbers = [v if whole else v + draw(st.sampled_from([0.0, 0.1, 0.5])) for v in values]
    number = draw(st.sampled_from(["t", "t", "t + 2", "2 * t", "50 - t", "t / 3"]))
    sides = draw(st.permutations(["im", number]))
    level = f"{sides[0]} {draw(st.sampled_from(['<', '<=', '>', '>=']))} {sides[1]}"
    lines = [f"param t = {'3' if whole else '3.5'}", "input im: image"]
    for i in range(draw(st.integers(1, 2))):
        one = draw(varying_masks(level, draw(st.integers(0, 3))))
        lines.append(f"output r{i} = {draw(st.sampled_from(MEASURES)).format(m=one)}")
    if draw(st.integers(0, 3)) == 0:
        lines.append(f"assert area({level}) > 2")
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    masks = {name: rng.random(im.shape) < rng.random() for name in ("truth", "other")}
    masks = {name: mask for name, mask in masks.items() if name in "\n".join(lines)}
    return "\n".join(lines), {"im": im, **masks}, numbers


@given(counted_programs(), THREADS)
@tried(250)
def test_thresholds_are_counted_as_plain_runs_count(
    example: tuple[str, dict[str, Any], list[Any]], threads: int
) -> None:
    text, inputs, numbers = example
    program, errors = maskexpr.compile(text), list[RunError]()
    with helpers(threads), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeping, "_WORTH_COUNTING", 1)
        found = swept(program.bind(**inputs), [{"t": t} for t in numbers], stopped=errors.append)
        for t, results in zip(numbers, found, strict=True):
            plain = outcome(program.bind(**inputs, t=t).run)
            expect_outcome(results or str(errors[-1]), plain, f"{text}\nt = {t}\n{inputs}")


COUNTED = [
    "dice(im > t, truth)",
    "dice(open(im > t, 2), truth)",
    "iou(close(im <= t, 1, 'disk') & truth, truth)".replace("'", '"'),
    "area(im > t) / area(truth)",
    "area(im > t & truth) / area(im > t | truth)",
    "dice(truth & (32 < im <= t), truth)",
    "where(any(im >= t), fraction(~dilate(im >= t + 1) ^ truth), t)",
]


@pytest.mark.parametrize("text", COUNTED)
def test_counting_needs_no_run_for_each_value(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    im, truth = rng.integers(0, 256, (40, 50)).astype(np.uint8), rng.random((40, 50)) < 0.5
    program = maskexpr.compile(f"param t = 9 in 0..255; {text}")
    plain = [program(im=im, truth=truth, t=t) for t in range(256)]
    monkeypatch.setattr(sweeping.Sweep, "_run", None)
    results = list(swept(program.bind(im=im, truth=truth), ({"t": t} for t in range(256))))
    assert [repr(one["result"]) for one in results] == list(map(repr, plain))
    assert len(set(plain)) > 20
