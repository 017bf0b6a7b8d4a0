"""Ranges against every value there is, for all small intervals."""

import itertools
import operator
from collections.abc import Callable

import numpy as np
import pytest

from maskexpr.kinds import ranges
from maskexpr.kinds.ranges import Range

INTERVALS = [Range(low, high) for low in range(-5, 6) for high in range(low, 6)]
PAIRS = list(itertools.product(INTERVALS, INTERVALS))


def values(interval: Range) -> range:
    return range(interval.low, interval.high + 1)


def hull(found: list[int]) -> Range:
    return Range(min(found), max(found))


@pytest.mark.parametrize(
    ("range_of", "exact"),
    [
        (ranges.add, operator.add),
        (ranges.subtract, operator.sub),
        (ranges.multiply, operator.mul),
        (ranges.minimum, min),
        (ranges.maximum, max),
    ],
)
def test_ranges_are_exact(range_of: Callable[[Range, Range], Range], exact: Callable[[int, int], int]) -> None:
    for a, b in PAIRS:
        assert range_of(a, b) == hull([exact(x, y) for x in values(a) for y in values(b)])


def test_ranges_of_one_value_are_exact() -> None:
    for a in INTERVALS:
        assert ranges.negate(a) == hull([-x for x in values(a)])
        assert ranges.absolute(a) == hull([abs(x) for x in values(a)])


def test_quotients_leave_out_zero() -> None:
    for a, b in PAIRS:
        found = [x // y for x in values(a) for y in values(b) if y]
        assert ranges.floor_divide(a, b) == (hull(found) if found else Range(0, 0))


def test_remainders_are_within_their_range_and_exact_where_divisor_and_quotient_are_known() -> None:
    for a, b in PAIRS:
        found = [x % y for x in values(a) for y in values(b) if y]
        if not found:
            continue
        inner, outer = hull(found), ranges.modulo(a, b)
        assert outer.low <= inner.low
        assert inner.high <= outer.high
        # Never beyond the divisor, nor of another sign.
        assert outer.high < max(b.high, 1)
        assert outer.low > min(b.low, -1)
        if b.low == b.high and a.low // b.low == a.high // b.low:
            assert outer == inner


def test_powers_are_exact_and_need_exponents_that_are_not_negative() -> None:
    for a, b in PAIRS:
        expected = hull([x**y for x in values(a) for y in values(b)]) if b.low >= 0 else None
        assert ranges.power(a, b) == expected


def test_powers_beyond_every_type_are_not_computed() -> None:
    values = ranges.power(Range(2, 2**64), Range(0, 10**12))
    assert values is not None
    assert ranges.smallest_type(values) is None


@pytest.mark.parametrize("both", [True, False])
def test_bits_stay_within_the_bits_of_the_operands(both: bool) -> None:
    for a, b in PAIRS:
        operators = [operator.and_] if both else [operator.or_, operator.xor]
        found = [f(x, y) for f in operators for x in values(a) for y in values(b)]
        outer = ranges.bitwise(a, b, both=both)
        assert outer.low <= min(found)
        assert max(found) <= outer.high
        assert outer.high < 8
        assert outer.low >= -8


@pytest.mark.parametrize("name", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"])
def test_the_smallest_type_is_the_type_for_its_own_range(name: str) -> None:
    held = ranges.of_type(np.dtype(name))
    assert ranges.smallest_type(held) == np.dtype(name)
    wider = ranges.smallest_type(Range(held.low, held.high + 1))
    assert wider is None or wider.itemsize > np.dtype(name).itemsize or name.startswith("int")


def test_what_fits_neither_64_bit_type_has_no_type() -> None:
    assert ranges.smallest_type(Range(-1, 2**63)) is None
    assert ranges.smallest_type(Range(0, 2**64)) is None
    assert ranges.smallest_type(Range(-(2**63) - 1, 0)) is None
