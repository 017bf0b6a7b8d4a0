"""Arithmetic, comparisons, logic and choices by their methods, for all types, layouts and channels."""

import itertools
import re
from typing import Any

import numpy as np
import pytest
from helpers.both_ways import LAYOUTS, bound, expect_same, helpers
from helpers.one_step import expect_body, method
from helpers.reaching import PAIRS

from maskexpr import Image, ProgramError
from maskexpr.testing.pixels import DTYPES, laid_out, random_array

BOTH_FORMS = [
    *["m & k", "m | k", "m ^ k", "~m", "m == k", "m != k", "where(m, k, c)", "where(m, k, ~c)"],
    *["im > 3", "3 >= im", "between(im, 3, 9)", "between(im, 0, 9)", "between(im, 9, 255)", "im == 7", "im != 7"],
    *["other < -5", "fl > 2", "fl < 0", "fl >= -0.0", "fl != 0", "fl == 1"],
]
PLAIN = [
    *[
        "im == 2.5",
        "im != 300",
        "im < other",
        "im == fl",
    ],
    *["im + other", "im - 300", "2 - im", "im * fl", "im / 3", "-im", "abs(im - 9)"],
    *[
        "minimum(im, 9)",
        "maximum(9, other)",
        "minimum(0, other)",
        "maximum(im, other)",
        "where(m, im, 0)",
        "where(m, 0, im)",
        "where(m, im, fl)",
    ],
    *["where(m, im, 300)", "where(m, fl, -0.0)", "m & true", "m ^ any(k)"],
    *["clip(im, 9, 99)", "clip(fl, -0.0, 9)", "clip(fl, fl, im)", "clip(other, 300, im)"],
]
BY_BODY = [
    *["any(m) and all(k)", "not any(m)", "m == true", "im & 3", "where(any(m), im, 0)"],
    *["where(m, true, k)", "area(m) + 1", "between(fl, 1, 2)", "between(im, 9, 3)", "between(im, other, 9)"],
    *["between(im, 2.5, 9)", "huge + other", "clip(other, 0, 9)"],
]


def arrays(shape: tuple[int, ...]) -> dict[str, Any]:
    rng = np.random.default_rng(8)
    masks = {name: rng.random(shape) < 0.5 for name in "mkc"}
    images = {"im": rng.integers(0, 256, shape, np.uint8), "other": rng.integers(-99, 99, shape, np.int16)}
    fl, huge = rng.normal(0, 99, shape).astype(np.float32), rng.integers(2**63, 2**64 - 999, shape, np.uint64)
    return {**masks, **images, "fl": fl, "huge": huge}


def taken(text: str, shape: tuple[int, ...] = (9, 70)) -> dict[str, Any]:
    return {name: array for name, array in arrays(shape).items() if re.search(rf"\b{name}\b", text)}


@pytest.mark.parametrize("shape", [(70,), (1, 63), (64, 1), (9, 64), (5, 65), (2, 3, 130)], ids=str)
def test_methods_give_what_bodies_give(shape: tuple[int, ...]) -> None:
    for text in BOTH_FORMS:
        expect_body(text, "plain", "packed", **taken(text, shape))
    for text in PLAIN:
        expect_body(text, "plain", **taken(text, shape))


@pytest.mark.parametrize("text", BY_BODY)
def test_what_is_left_to_the_body(text: str) -> None:
    assert method(text, **taken(text)).word == "plain body"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("between(im, 3, 9)", "one subtraction, one comparison"),
        ("between(im, 0, 9)", "one comparison"),
        ("between(im, 3, 255)", "one comparison"),
        ("where(m, im, 0)", "chosen by bits"),
    ],
)
def test_how_it_is_said_to_be_done(text: str, word: str) -> None:
    assert method(text, **taken(text)).word == word


def test_64_bits_that_numpy_would_round_are_compared_by_the_body() -> None:
    exact, near = np.array([2**53 + 1]), np.array([2.0**53])
    assert method("a == b", a=exact, b=near).word == "plain body"
    expect_same("output p = a == b; output q = a > b; output r = b < a", {"a": exact, "b": near})


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_smaller_of_two_zeros_has_no_sign(dtype: str) -> None:
    """Processors differ in which of 0.0 and -0.0 is the smaller one."""
    a = np.tile(np.array([0.0, -0.0, -0.0, 1.0], dtype), (3, 10))
    b = np.tile(np.array([-0.0, 0.0, -0.0, -0.0], dtype), (3, 10))
    calls = ["minimum(a, b)", "maximum(b, -a)", "minimum(a, -0.0)", "maximum(-0.0, -a)", "clip(a, -0.0, b)"]
    calls += ["minimum(-0.0, 0.0)", "maximum(-0.0, -0.0)", "clip(-0.0, 0.0, 1.0)", "minimum(min(b), 0.0)"]
    text = "\n".join(["input a", "input b", *(f"output r{i} = {call}" for i, call in enumerate(calls))])
    found = expect_same(text, {"a": a, "b": b}, 1, None)
    assert isinstance(found, dict)
    for value in found.values():
        assert not np.any((np.asarray(value) == 0) & np.signbit(value))


@pytest.mark.slow
@pytest.mark.parametrize("dtypes", list(itertools.product(DTYPES[1:12], repeat=2)), ids="-".join)
def test_pixel_by_pixel_for_all_types(dtypes: tuple[str, str]) -> None:
    rng = np.random.default_rng(4)
    for fill in ("edges", "near" if dtypes <= dtypes[::-1] else "few"):
        a, b = (random_array(rng, (6, 65), dtype, fill) for dtype in dtypes)
        given = {"a": a, "b": b, "m": rng.random((6, 65)) < 0.5}
        fitting = PAIRS if fits(PAIRS, given) else [text for text in PAIRS if fits([text], given)]
        assert len(fitting) >= 40
        expect_same(outputs(fitting), given, 4)


def outputs(texts: list[str]) -> str:
    return "\n".join(["input a", "input b", "input m", *(f"output r{i} = {text}" for i, text in enumerate(texts))])


def fits(texts: list[str], given: dict[str, Any]) -> bool:
    """Whether expressions can be checked for these types: 64 bits may be too few for a result."""
    try:
        bound(outputs(texts), given)
    except ProgramError:
        return False
    return True


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("layout", LAYOUTS[1:])
def test_functions_of_floats_in_any_layout(layout: str, dtype: str) -> None:
    """NumPy takes other ways, with other last bits, for values that do not lie side by side."""
    rng = np.random.default_rng(3)
    calls = [
        "exp(f / 30)",
        "log(abs(f))",
        "sin(f)",
        "cos(f)",
        "tan(f)",
        "arctan2(f, 3)",
        "hypot(f, 2)",
        "abs(f) ** 0.3",
    ]
    text = "\n".join(f"output r{i} = {call}" for i, call in enumerate(calls))
    array = laid_out(random_array(rng, (37, 41), dtype, "any"), layout)
    expect_same(text, {"f": array}, 1, 5, None)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32", "float64"])
@pytest.mark.parametrize("channels", [3, 4])
def test_colour(channels: int, dtype: str) -> None:
    rng = np.random.default_rng(6)
    text = """
        input c: colour
        output a = dilate(gray(c) > 100) & m
        output b = where(dilate(m), c, 0)
        output d = erode(red(c)) - green(c)
        output e = keep_largest(blue(c) > hue(c)) | (saturation(c) > 0.5)
        output f = where(m, c, where(any(m), c, 1))
        output g = c[1:, ::2]
        output h = channel(c, 1) + value(c)
    """
    for layout, rows in zip(LAYOUTS, itertools.cycle((1, None, 4)), strict=False):
        c = laid_out(random_array(rng, (11, 66, channels), dtype, "any"), layout)
        with helpers(2):
            expect_same(text, {"c": Image(c, kind="colour"), "m": rng.random((11, 66)) < 0.3}, rows)
