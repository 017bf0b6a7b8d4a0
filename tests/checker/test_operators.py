"""The kinds that operators give, the smallest types that hold every value, and what is said where they do not fit."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from helpers.checking import kind_of, last_of, remarks
from helpers.each import each

from maskexpr import evaluate

# --- integers --------------------------------------------------------------------------------------------------------

ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
}
TYPES = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"]


def smallest(low: int, high: int) -> str:
    return next(t for t in TYPES if np.iinfo(t).min <= low and high <= np.iinfo(t).max)


@each("number", [-300, -7, -1, 1, 2, 7, 300, 70_000])
@each("symbol", ARITHMETIC)
def test_results_of_8_bits_and_a_number_take_the_smallest_type(symbol: str, number: int) -> None:
    """For every value that 8 bits can hold, on either side."""
    sides: list[tuple[str, Callable[[int], int]]] = [
        (f"im {symbol} ({number})", lambda v: ARITHMETIC[symbol](v, number)),
        (f"({number}) {symbol} (im + 1)", lambda v: ARITHMETIC[symbol](number, v + 1)),
    ]
    for text, result in sides:
        values = [result(v) for v in range(256)]
        kind = kind_of(text)
        assert kind.range is not None
        assert kind.range.low <= min(values) <= max(values) <= kind.range.high, text
        assert kind.dtype == smallest(kind.range.low, kind.range.high), text
        if symbol in "+-*":
            assert (kind.range.low, kind.range.high) == (min(values), max(values)), text


@pytest.mark.parametrize("a", [5, 2, 0, -3])
@pytest.mark.parametrize("b", [4, 1, -2, -7])
def test_remainders_take_the_smallest_type(a: int, b: int) -> None:
    """The remainder by a known divisor with a known quotient is known."""
    im = np.array([a])  # 64-bit, so that its range is its value
    assert evaluate(f"im % {b}", im=im).tolist() == [a % b]
    assert evaluate(f"im % {b}", im=im).dtype == (np.int8 if a % b < 0 else np.uint8)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("-im", "image 4x5 int16"),
        ("-(-im)", "image 4x5 uint8"),
        ("+im", "image 4x5 uint8"),
        ("im ** 2", "image 4x5 uint16"),
        ("im ** 3", "image 4x5 uint32"),
        ("im & 3", "image 4x5 uint8"),
        ("im | 256", "image 4x5 uint16"),
        ("im ^ s", "image 4x5 int16"),
        ("lb + 1", "image 4x5 uint32"),
        ("1 + 2", "number"),
    ],
)
def test_kinds_of_integers(text: str, kind: str) -> None:
    assert str(kind_of(text)) == kind


# --- floats, masks, truths, lengths ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("im / 2", "image 4x5 float64"),
        ("im + 0.5", "image 4x5 float64"),
        ("fl + 1", "image 4x5 float32"),  # a number never widens a float image
        ("fl + 0.1", "image 4x5 float32"),
        ("fl * im", "image 4x5 float32"),
        ("7 / 2", "number"),
        ("m & k", "mask 4x5"),
        ("m or any(k)", "mask 4x5"),  # a truth spreads over a mask
        ("any(m) and true", "truth"),
        ("~m", "mask 4x5"),
        ("not any(m)", "truth"),
        ("m == k", "mask 4x5"),
        ("im > fl", "mask 4x5"),
        ("1 > 2", "truth"),
        ('"a" == "b"', "truth"),
        ("2mm / 1mm", "number"),
        ("im in [1, 2]", "mask 4x5"),
    ],
)
def test_kinds_of_all_else(text: str, kind: str) -> None:
    assert str(kind_of(text)) == kind


@pytest.mark.parametrize(
    ("text", "pixels"),
    [("1mm + 1mm", 4), ("2mm - 0.5mm", 3), ("2 * 1mm", 4), ("4mm2 / 2mm", 4), ("-(-1mm)", 2), ("1cm / 10 + 0mm", 2)],
)
def test_lengths_are_reckoned_exactly(text: str, pixels: int) -> None:
    n = last_of(f"dilate(half > 3, {text})").settings["n"]
    assert [n.reach(axis) for axis in range(2)] == [pixels, pixels]


@each("number", [-1, 0, 2.5, 128, 255, 256, 1e30])
@pytest.mark.parametrize("symbol", ["<", "<=", ">", ">=", "==", "!="])
def test_a_comparison_that_ranges_settle_is_remarked_on(symbol: str, number: float) -> None:
    """Never true where it holds for no value of 8 bits, always true where it does for all."""
    compare: Any = {
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
        "==": operator.eq,
        "!=": operator.ne,
    }[symbol]
    holds = {bool(compare(v, number)) for v in range(256)}
    text = f"im {symbol} {number}"
    wanted = [] if len(holds) == 2 else [("always-true" if True in holds else "never-true", text)]
    assert remarks(text) == wanted


def test_comparisons_that_a_def_cannot_know_are_no_mistake() -> None:
    m = np.array([True, False])
    assert evaluate("def f(m) = m == true\nf(m)", m=m).tolist() == [True, False]
    assert evaluate("def f(m) = ~m == m\nf(m)", m=m).tolist() == [False, False]
    assert evaluate('def f(s) = s == "a"\nf("b")') is False
    assert evaluate("~m != m", m=m).tolist() == [True, True]


# --- mistakes --------------------------------------------------------------------------------------------------------


@each(
    "text, code, about",
    [
        ("m + k", "kind", "+"),
        ("m - k", "kind", "-"),
        ("m * k", "kind", "*"),
        ("m * im", "kind", "m"),
        ("im + m", "kind", "m"),
        ("any(m) + 1", "kind", "any(m)"),
        ('"a" + 1', "kind", '"a"'),
        ("im + none", "kind", "none"),
        ("c + 1", "colour", "c"),
        ("c > 3", "colour", "c"),
        ("im[m] + im", "samples", "im[m] + im"),
        ("im / 0", "division-by-zero", "0"),
        ("1 % 0", "division-by-zero", "0"),
        ("1mm + 1", "units", "1mm + 1"),
        ("1mm + 1mm2", "units", "1mm + 1mm2"),
        ("1mm // 2mm", "units", "1mm // 2mm"),
        ("1mm * im", "units", "1mm * im"),
        ("im < 1mm", "units", "im < 1mm"),
        ("area(m) + 2mm2", "units", "area(m) + 2mm2"),
        ('area(half > 2, "mm2") > 3mm2', "units", 'area(half > 2, "mm2") > 3mm2'),
        ("2 ^ 3", "kind", "^"),
        ("fl & 1", "kind", "fl"),
        ("im and 3", "kind", "3"),
        ("im & m", "kind", "&"),
        ("m & 1", "kind", "&"),
        ("1 & m", "kind", "&"),
        ("~im", "kind", "~im"),
        ("not im", "kind", "not im"),
        ('~"a"', "kind", '"a"'),
        ("m < k", "kind", "<"),
        ("m > 3", "kind", "m > 3"),
        ("m > im", "kind", "m > im"),
        ('"a" < "b"', "kind", '"a"'),
        ('"a" == 1', "kind", '"a" == 1'),
        ("[1] == 2", "kind", "[1]"),
        ("centroid(m) > 2", "kind", "centroid(m)"),
    ],
)
def test_what_does_not_fit_is_said_where_it_is(text: str, code: str, about: str) -> None:
    assert remarks(text) == [(code, about)]


def test_what_fits_no_type_is_said_of_the_operation() -> None:
    big = "where(im > 3, 4611686018427387904, 1)"
    assert remarks(f"{big} * 4") == [("too-wide", f"{big} * 4")]
    assert remarks(f"{big} * 2") == []
