"""Ranges of integers and the arithmetic on them, from which result types follow: integer results never wrap. What is
known of floating values, for warnings alone."""

import functools
import itertools
import math
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Range(NamedTuple):
    """Every value lies in low..high, both included; Python integers, so exact."""

    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.low}..{self.high}"


class Bounds(NamedTuple):
    """Every floating value lies in low..high, both included, or is nan, where `nan` says that it may be."""

    low: float
    high: float
    nan: bool = False

    @property
    def is_finite(self) -> bool:
        """Whether no value is infinite or nan."""
        return not self.nan and -math.inf < self.low <= self.high < math.inf

    def held(self, dtype: np.dtype[Any] | None) -> "Bounds":
        """The same for values that are rounded to a floating type."""
        if dtype is None or dtype.kind != "f":
            return self
        try:
            with np.errstate(all="ignore"):
                low, high = (float(dtype.type(float(end))) for end in (self.low, self.high))
        except OverflowError:  # integers beyond float64
            return ANYTHING
        return Bounds(min(self.low, low), max(self.high, high), self.nan)

    def __str__(self) -> str:
        if self.high == -self.low == math.inf:
            return "any number"
        if self.high == math.inf:
            return f"at least {self.low:g}"
        return f"at most {self.high:g}" if self.low == -math.inf else f"{self.low:g}..{self.high:g}"


ANYTHING = Bounds(-math.inf, math.inf, True)
LABEL_NUMBERS = Range(0, 2**31 - 1)
MOST_BITS = 128  # of a number; computing with larger ones could take long, and no image holds them
ENDLESS = Range(-(2**1000), 2**1000)  # fits no type and is never computed
_TYPES = [np.dtype(f"{sign}int{bits}") for bits in (8, 16, 32, 64) for sign in ("u", "")]


@functools.cache
def of_type(dtype: np.dtype[Any]) -> Range:
    """All values of an integer type."""
    info = np.iinfo(dtype)
    return Range(int(info.min), int(info.max))


def smallest_type(values: Range) -> np.dtype[Any] | None:
    """The smallest integer type that holds every value, unsigned where none is negative; None if no type does."""
    for dtype in _TYPES:
        held = of_type(dtype)
        if held.low <= values.low and values.high <= held.high:
            return dtype
    return None


def union(*ranges: Range) -> Range:
    return Range(min(r.low for r in ranges), max(r.high for r in ranges))


def _of_corners(f: Callable[[int, int], Any], a: Range, b: Range) -> Range:
    """For a function that is monotonic in each argument, the extremes lie at the corners."""
    values = [f(x, y) for x, y in itertools.product(a, b)]
    return Range(min(values), max(values))


def add(a: Range, b: Range) -> Range:
    return Range(a.low + b.low, a.high + b.high)


def subtract(a: Range, b: Range) -> Range:
    return Range(a.low - b.high, a.high - b.low)


def multiply(a: Range, b: Range) -> Range:
    return _of_corners(lambda x, y: x * y, a, b)


def divide(a: Range, b: Range) -> Range | None:
    """The quotients of floating values; none where the divisor may be zero."""
    return None if b.low <= 0 <= b.high else _of_corners(operator.truediv, a, b)


def floor_divide(a: Range, b: Range) -> Range:
    """Division by zero is a run-time error, so zero is left out of the divisor."""
    parts = [r for r in (Range(b.low, min(b.high, -1)), Range(max(b.low, 1), b.high)) if r.low <= r.high]
    return union(*(_of_corners(lambda x, y: x // y, a, r) for r in parts)) if parts else Range(0, 0)


def modulo(a: Range, b: Range) -> Range:
    """The result has the divisor's sign, as in Python; zero is left out of the divisor."""
    parts = []
    if b.high > 0:
        parts.append(_modulo_positive(a, Range(max(b.low, 1), b.high)))
    if b.low < 0:
        parts.append(negate(_modulo_positive(negate(a), Range(max(-b.high, 1), -b.low))))
    return union(*parts) if parts else Range(0, 0)


def _modulo_positive(a: Range, b: Range) -> Range:
    if b.low == b.high and a.low // b.low == a.high // b.low:
        return Range(a.low % b.low, a.high % b.low)
    if a.low >= 0:
        return a if a.high < b.low else Range(0, min(a.high, b.high - 1))
    return Range(0, b.high - 1)


def power(a: Range, b: Range) -> Range | None:
    """None where the exponent may be negative, whose result is not an integer. Bounded before it is computed."""
    if b.low < 0:
        return None
    size = max(abs(a.low), abs(a.high))
    if size > 1 and b.high * (size.bit_length() - 1) > MOST_BITS:
        return ENDLESS
    # An odd and an even exponent at either end: a negative base changes sign with them.
    exponents = {b.low, min(b.low + 1, b.high), max(b.low, b.high - 1), b.high}
    bases = {a.low, a.high} | ({0} if a.low <= 0 <= a.high else set())
    values = [x**e for x in bases for e in exponents]
    return Range(min(values), max(values))


def negate(a: Range) -> Range:
    return Range(-a.high, -a.low)


def absolute(a: Range) -> Range:
    low = 0 if a.low <= 0 <= a.high else min(abs(a.low), abs(a.high))
    return Range(low, max(abs(a.low), abs(a.high)))


def minimum(a: Range, b: Range) -> Range:
    return Range(min(a.low, b.low), min(a.high, b.high))


def maximum(a: Range, b: Range) -> Range:
    return Range(max(a.low, b.low), max(a.high, b.high))


def bitwise(a: Range, b: Range, *, both: bool = False) -> Range:
    """`&` (`both`), `|` and `^`: within the bits of the wider operand; `&` with one that is not negative shrinks."""
    if a.low >= 0 and b.low >= 0:
        if both:
            return Range(0, min(a.high, b.high))
        return Range(0, (1 << max(a.high, b.high).bit_length()) - 1)
    if both and (a.low >= 0 or b.low >= 0):
        return Range(0, a.high if a.low >= 0 else b.high)
    bits = max((v if v >= 0 else ~v).bit_length() for v in (*a, *b))
    return Range(-(1 << bits), (1 << bits) - 1)
