"""Elementary functions and powers by their methods: for all types, layouts, strips and extremes the same bits as by
their bodies, and one answer for a number and for a pixel of its value."""

import contextlib
import itertools
import math
import operator
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from helpers.both_ways import LAYOUTS, ROWS, THREADS, expect_bits, expect_same, helpers
from helpers.one_step import expect_body, method
from helpers.searches import tried
from hypothesis import given
from hypothesis import strategies as st

import maskexpr
from maskexpr.inside import stages
from maskexpr.kernels.elementary import blocks
from maskexpr.planner.methods import tables
from maskexpr.testing.pixels import laid_out, random_array
from maskexpr.testing.ways import peak

UNARY = ["sqrt(a)", "exp(a)", "log(a)", "log2(a)", "log10(a)", "sin(a)", "cos(a)", "tan(a)"]
BINARY = ["arctan2({}, {})", "hypot({}, {})", "({}) ** ({})"]
TYPES = ["uint8", "int8", "uint16", "int16", "int32", "uint64", "float16", "float32", "float64"]
FLOATS = TYPES[-3:]
NUMBERS = [
    "2",
    "0.5",
    "-1",
    "3",
    "4",
    "-2",
    "0",
    "-0.0",
    "2.5",
    "1e30",
    "-1e-30",
    "log(0)",
    "-log(0)",
    "sqrt(-1)",
    "mean(a)",
]
SPECIAL = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    2.0,
    -2.0,
    3.0,
    -2.5,
    1e-300,
    -5e-324,
    1e300,
    -1e300,
    math.inf,
    -math.inf,
    math.nan,
]
SPECIAL += [100.0, 1e5, -745.2, 709.8, 2.0**53 + 2, 2.0**-1022, 65504.0]


def outputs(calls: list[str]) -> str:
    return "\n".join(["input a", "input b", *(f"output r{i} = {call}" for i, call in enumerate(calls))])


def pixels(values: list[float], dtype: Any = np.float64) -> Any:
    """An image of these, each several times: among others of its own, and at the ends of rows."""
    with np.errstate(over="ignore"):
        return np.stack([np.roll(np.array(values), k) for k in range(5)]).astype(dtype)


@given(
    types=st.tuples(st.sampled_from(TYPES), st.sampled_from(TYPES)),
    fills=st.tuples(*[st.sampled_from(["any", "few", "near", "edges"])] * 2),
    layouts=st.tuples(*[st.sampled_from(LAYOUTS)] * 2),
    shape=st.sampled_from([(1,), (70,), (1, 1), (9, 7), (40, 17), (3, 4, 70)]),
    number=st.sampled_from(NUMBERS),
    rows=ROWS,
    threads=THREADS,
    seed=st.integers(0, 2**32 - 1),
)
@tried(60)
def test_both_ways(
    types: Any, fills: Any, layouts: Any, shape: Any, number: str, rows: int | None, threads: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    a, b = (
        laid_out(random_array(rng, shape, *of), layout)
        for of, layout in zip(zip(types, fills, strict=True), layouts, strict=True)
    )
    calls = [*UNARY, *(call.replace("a", "log(b)") for call in UNARY[:2])]
    for call in BINARY:
        calls += [call.format("a / 1", "b"), call.format("b", number + " / 1"), call.format(number, "a * 1.0")]
    with helpers(threads):
        expect_same(outputs(calls), {"a": a, "b": b}, rows)


@pytest.mark.parametrize("dtype", FLOATS)
def test_methods_give_what_bodies_give(dtype: str) -> None:
    """Operands of the result's type, of others, and numbers, beside whatever was in the memory that is written to."""
    with np.errstate(all="ignore"):  # as the engine has it
        expect_bodies(dtype)


def expect_bodies(dtype: str) -> None:
    a = pixels(SPECIAL, dtype)
    whole = np.arange(a.size, dtype=np.int32).reshape(a.shape) - 50
    narrow = a.astype(np.float16)
    for call in UNARY:
        expect_body(call, "plain", a=a)
        expect_body(call.replace("a)", "c)"), "plain", c=whole * 99991)
    for call, other in itertools.product(BINARY, (a.T.copy().T[::-1], whole, narrow)):
        expect_body(call.format("a", "b"), "plain", a=a, b=other)
        expect_body(call.format("b", "a"), "plain", a=a, b=other)
    for call, number in itertools.product(BINARY, ("0.5", "2", "4", "-1", "-3", "1e30", "-0.0")):
        expect_body(call.format("a", number), "plain", a=a)
        expect_body(call.format(number, "a"), "plain", a=a)
    assert method("a ** 5", a=a).word == method("exp(a)", a=a).word == "rounded once, block by block"


@pytest.mark.parametrize("dtype", ["uint16", "int32", "float16", "float32", "float64"])
@pytest.mark.parametrize("side", [20, 270])
def test_what_it_works_in_is_in_the_cost(dtype: str, side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Buffers and tables too, although they are kept for later runs."""
    monkeypatch.setattr(blocks, "_kept", [])
    a = np.random.default_rng(6).integers(1, 99, (side, side)).astype(dtype)
    for text in (
        "exp(a)",
        "hypot(a, a / 3)",
        "a ** 2.2",
        "a ** 0.5",
        "a ** (a / 99)",
        "log(a) + sin(a)",
        "max(exp(a[a > 9]))",
    ):
        bound = stages(maskexpr.compile(text), {"a": a})
        bound.run()
        blocks._kept.clear()
        tables._made.cache_clear()
        assert bound.cost().memory >= peak(bound, ready=False), text


@pytest.mark.parametrize("side", [20, 60, 120, 270, 600])
def test_what_hard_values_take_is_in_the_cost(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Images full of them: all are left undecided, or go by rules of their own."""
    some = np.random.default_rng(7).random((side, side))
    turns, low, near, tiny = np.rint(some * 1e6) * np.pi, some * -30 - 710, 1 + some * 2.0**-50, some * 1e-310
    for text, a, b in (
        ("sin(a)", turns, None),
        ("tan(a)", turns / 2, None),
        ("exp(a)", low, None),
        ("log(a)", near, None),
        ("a ** b", near + 1, low * 1.5),
        ("a ** b", tiny * 0, low),
        ("arctan2(a, b)", tiny, near),
        ("hypot(a, b)", tiny, tiny),
    ):
        bound = stages(maskexpr.compile(text), {"a": a} if b is None else {"a": a, "b": b})
        bound.run()
        monkeypatch.setattr(blocks, "_kept", [])
        assert bound.cost().memory >= peak(bound, ready=False), text


@pytest.mark.parametrize(("a", "b"), [("int8", "uint8"), ("uint16", "uint8"), ("int32", "uint8")])
def test_whole_powers(a: str, b: str) -> None:
    rng = np.random.default_rng(5)
    base, exponents = rng.integers(0, 100, (12, 40)).astype(a), rng.integers(0, 256, (12, 40)).astype(b)
    for call in ("a ** 2", "(a % 99) ** 3", "(a % 99) ** (b % 4)", "2 ** (b % 9)", "(a % 3) ** 0", "(a % 9) ** 9"):
        images = {"a": base, "b": exponents}
        used = {name: images[name] for name in images if name in call}
        expect_body(call, "plain", **used)
        found = maskexpr.evaluate(call, **used).ravel().tolist()
        pairs = zip(base.ravel().tolist(), exponents.ravel().tolist(), strict=True)
        assert found == [
            maskexpr.evaluate(call, **{n: v for n, v in zip("ab", p, strict=True) if n in call}) for p in pairs
        ]


WRITTEN = {"inf": "-log(0)", "-inf": "log(0)", "nan": "sqrt(-1)"}


def everywhere(text: str, **values: float) -> Iterator[Any]:
    """What an expression of some numbers gives where they are written in it, are given for params and for inputs, are
    found in pixels, and are pixels, all of them or one."""
    images = {name: pixels([value] * 9) for name, value in values.items()}
    if all(v == 0 or 1e-30 < abs(v) < 1e30 or not math.isfinite(v) for v in values.values()):  # others are not written
        assigned = "; ".join(f"{name} = {WRITTEN.get(repr(v), repr(v))}" for name, v in values.items())
        yield maskexpr.evaluate(f"{assigned}; {text}")
    if all(math.isfinite(v) for v in values.values()):  # others are not given
        yield maskexpr.evaluate("; ".join([*(f"param {name} = 1.5" for name in values), text]), **values)
        yield maskexpr.evaluate(text, **values)
    if all(value or math.copysign(1, value) > 0 for value in values.values()):  # the least value has no signed zero
        yield maskexpr.evaluate("; ".join([*(f"{name} = min({name})" for name in values), text]), **images)
    for some in itertools.product((False, True), repeat=len(values)):
        if any(some) and all(map(math.isfinite, itertools.compress(values.values(), map(operator.not_, some)))):
            yield maskexpr.evaluate(
                text, **{n: images[n] if s else v for s, (n, v) in zip(some, values.items(), strict=True)}
            )


def expect_one(text: str, **values: float) -> None:
    """The same bits in all of them."""
    found = [np.asarray(value, np.float64) for value in everywhere(text, **values)]
    for value in found:
        expect_bits(value, np.full(value.shape, found[0].flat[0]), f"{text} of {values}")


@pytest.mark.parametrize("call", UNARY)
def test_a_number_and_a_pixel_of_its_value(call: str) -> None:
    for value in SPECIAL:
        expect_one(call, a=value)


@pytest.mark.parametrize("call", BINARY)
def test_two_numbers_and_pixels_of_their_values(call: str) -> None:
    for a, b in itertools.product(SPECIAL, [0.0, -0.0, 1.0, 2.0, 0.5, -1.0, 3.0, -2.5, math.inf, -math.inf, math.nan]):
        expect_one(call.format("a", "b"), a=a, b=b)


def test_powers_are_those_of_c() -> None:
    for a, b in itertools.product(SPECIAL, SPECIAL):
        with contextlib.suppress(OverflowError, ValueError):  # where Python refuses what C has an answer for
            np.testing.assert_array_max_ulp(maskexpr.evaluate("a ** b", a=a, b=b), math.pow(a, b), 1)
            assert np.signbit(maskexpr.evaluate("a ** b", a=a, b=b)) == np.signbit(math.pow(a, b)) or a != a or b != b
    for a, b, wanted in [(0.0, -1.0, math.inf), (-0.0, -1.0, -math.inf), (-0.0, -2.0, math.inf), (-2.0, 0.5, math.nan)]:
        expect_bits(np.array(maskexpr.evaluate("a ** b", a=a, b=b)), np.array(wanted), f"{a} ** {b}")


@pytest.mark.parametrize("dtype", FLOATS)
def test_squares_and_roots_are_rounded_once(dtype: str) -> None:
    im = random_array(np.random.default_rng(2), (40, 50), dtype, "edges")
    with np.errstate(all="ignore"):
        square, root = im * im, np.where(im == -np.inf, im * im, np.sqrt(im + 0))
    for two, half in (("2", "0.5"), ("2.0", "(1 / 2)"), ("two", "half"), ("min(two)", "max(half)")):
        given = {"im": im, "two": np.full_like(im, 2), "half": np.full_like(im, 0.5)}
        found = maskexpr.compile(f"input im; input two; input half; output a = im ** {two}; output b = im ** {half}")(
            **given
        )
        expect_bits(found["a"], square, two)
        expect_bits(found["b"], root, half)


def test_logarithms_of_powers_of_ten() -> None:
    """NumPy's float32 `log10(100)` is 2.0000002 on some processors."""
    for dtype, most in (("float16", 5), ("float32", 39), ("float64", 23)):
        powers = 10.0 ** np.arange(most)
        im = np.array([float(f"1e{n}") for n in range(most)]).astype(dtype)
        assert powers.shape == im.shape
        np.testing.assert_array_equal(maskexpr.evaluate("log10(im)", im=im), np.arange(most))
    assert not maskexpr.evaluate("any(log10(im) > 2)", im=np.full((3, 99), 100, np.float32))
