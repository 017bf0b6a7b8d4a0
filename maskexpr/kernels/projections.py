"""Statistics along some axes of an array, one for each line of values there; the other axes are left.

However the array lies in memory, the values of a line come in scan order, and sums of floating ones are exact before
they are rounded, to float64 and then to the type that is asked for: so neither memory layout nor the size of a block
changes a result.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.kernels.blocks import parts
from maskexpr.kernels.line_sums import line_sums
from maskexpr.kernels.sums import digits, largest

Array = np.ndarray[Any, Any]

MOST = 2**17  # values of a block, unless a line has more
_EXACT = 2**53  # below it float64 holds every integer
_MOST_WHOLE = 2**63 - 1  # of int64

Axes = tuple[int, ...]
Type = np.dtype[Any]


def extreme(values: Array, axes: Axes, ufunc: Any) -> Array:
    """The smallest or largest, nan where any is nan. A zero has no sign: which of two comes first is not laid down."""
    found = ufunc.reduce(values, axis=axes)
    if values.dtype.kind == "f":
        found += 0.0
    return np.ascontiguousarray(found)


def as_number(value: Any) -> Any:
    """An extreme of all values as a plain number, in the same way."""
    return value.item() + 0


def truths(m: Array, axes: Axes, ufunc: Any) -> Array:
    """Whether any is on, or all are."""
    return np.ascontiguousarray(ufunc.reduce(m, axis=axes))


def share(m: Array, axes: Axes) -> Array:
    """The share that is on."""
    return np.ascontiguousarray(np.add.reduce(m, axis=axes, dtype=np.int64) / _length(m, axes))


def total(values: Array, axes: Axes, dtype: Type) -> Array:
    """The sum, in a type that holds every possible one; of floating values the exact one, rounded."""
    if values.dtype.kind == "f":
        return line_sums(values, axes).astype(dtype)
    work = np.uint64 if dtype.kind == "u" else np.int64
    return np.ascontiguousarray(np.add.reduce(values, axis=axes, dtype=work).astype(dtype))


def mean(values: Array, axes: Axes, dtype: Type) -> Array:
    """The mean; that of integers is the exact quotient, rounded once."""
    n = _length(values, axes)
    if values.dtype.kind == "f":
        return (line_sums(values, axes) / n).astype(dtype)
    return _quotient(_whole_sum(values, axes), n)


def deviation(values: Array, axes: Axes, dtype: Type) -> Array:
    """The root of the mean square distance from the mean; of integers the variance is exact, rounded once."""
    n = _length(values, axes)
    if values.dtype.kind == "f":
        means = line_sums(values, axes) / n
        return np.sqrt(line_sums(values, axes, means) / n).astype(dtype)
    sums, squares = _whole_sum(values, axes), _whole_squares(values, axes)
    if (n * largest(values)) ** 2 > _MOST_WHOLE:  # else both products fit int64
        sums, squares = sums.astype(object), squares.astype(object)
    return np.sqrt(_quotient(np.asarray(n * squares - sums * sums), n * n))


def quantile(values: Array, axes: Axes, place: Fraction, dtype: Type) -> Array:
    """The value at a place in order from 0 to 1, between two of them by its distance from both; nan if any is nan. In
    whole numbers it is exact, rounded once; a zero has no sign."""
    n, floating = _length(values, axes), values.dtype.kind == "f"
    position = place * (n - 1)
    low, between = math.floor(position), position - math.floor(position)
    places = [low, low + 1] if between else [low]

    def statistic(lines: Array) -> Array:
        rows, dtype = lines.T, lines.dtype
        if dtype.itemsize == 1:  # which are sorted slowly
            rows = rows.astype(f"{dtype.kind}2")
        ordered = np.partition(rows, sorted({*places, n - 1} if floating else places))  # nan is sorted last
        a, b = ordered[:, places[0]], ordered[:, places[-1]]
        if not floating:
            return _between_whole(a, b, between)
        found = _between(a.astype(np.float64), b.astype(np.float64), between)
        return np.where(np.isnan(ordered[:, -1]), np.nan, found)

    return _along(values, axes, dtype, statistic, in_rows=True)


# --- lines -----------------------------------------------------------------------------------------------------------


def _length(values: Array, axes: Axes) -> int:
    return math.prod(values.shape[axis] for axis in axes)


def _along(
    values: Array,
    axes: Axes,
    dtype: Type,
    statistic: Callable[..., Array],
    *beside: Array,
    in_rows: bool | None = None,
) -> Array:
    """What a statistic gives for the lines of values along some axes, block by block: it is called with such lines as
    the columns of an array, and with those of the arrays `beside`, of one value for each line. They lie one after
    another in memory (`in_rows`), or side by side, as they do in the whole array where that is left open."""
    kept = [axis for axis in range(values.ndim) if axis not in axes]
    order = sorted(kept, key=lambda axis: -abs(values.strides[axis]))  # as they lie: a block is read in long runs
    if in_rows is None:
        in_rows = min(abs(values.strides[a]) for a in axes) < abs(values.strides[order[-1]])
    out = np.empty([values.shape[a] for a in order], dtype)
    for part in parts(out.shape, _length(values, axes), MOST):
        index = [slice(None)] * values.ndim
        for axis, some in zip(order, part, strict=False):
            index[axis] = some
        blocks = [_lines(array[tuple(index)], axes, order, in_rows) for array in (values, *beside)]
        out[part] = statistic(*blocks).reshape(out[part].shape)
    return np.ascontiguousarray(out.transpose([order.index(axis) for axis in kept]))


def _lines(block: Array, axes: Axes, kept: list[int], in_rows: bool) -> Array:
    """The lines of a block as columns."""
    n = _length(block, axes)
    if in_rows:
        return block.transpose(*kept, *axes).reshape(-1, n).T
    return block.transpose(*axes, *kept).reshape(n, -1)


def _longest_first(values: Array, axes: Axes) -> list[int]:
    """In which order to go along the axes: what is left after the first is the smallest so."""
    return sorted(axes, key=lambda axis: (-values.shape[axis], axis))


# --- floating values -------------------------------------------------------------------------------------------------


def _between(low: Array, high: Array, share: Fraction) -> Array:
    if not share:
        return low + 0.0
    part = float(share)
    found = (low + high) / 2 if part == 0.5 else low + part * (high - low)
    found = np.where(np.isfinite(found), found, (1 - part) * low + part * high)  # where their difference is too large
    return np.where(low == high, low, found) + 0.0


# --- whole numbers ---------------------------------------------------------------------------------------------------


def _combined(sums: list[tuple[int, Array]]) -> Array:
    """Sums of digits, each with its place, as Python's integers."""
    return np.asarray(sum(part.astype(object) << 16 * place for place, part in sums))


def _whole_sum(values: Array, axes: Axes) -> Array:
    """Exact sums of integers: int64, or Python's own where these are needed."""
    if _length(values, axes) * largest(values) <= _MOST_WHOLE:
        return np.asarray(np.add.reduce(values, axis=axes, dtype=np.int64))

    def statistic(lines: Array) -> Array:
        return _combined([(i, digit.sum(axis=0)) for i, digit in enumerate(digits(lines))])

    return _along(values, axes, np.dtype(object), statistic)


def _whole_squares(values: Array, axes: Axes) -> Array:
    """Exact sums of the squares of integers, in such types."""
    fits = _length(values, axes) * largest(values) ** 2 <= _MOST_WHOLE

    def statistic(lines: Array) -> Array:
        if fits:
            return np.asarray(np.square(lines.astype(np.int64)).sum(axis=0))
        parts = list(enumerate(digits(lines)))
        return _combined([(i + j, (a * b).sum(axis=0)) for i, a in parts for j, b in parts])

    first = _longest_first(values, axes)[0]
    sums = _along(values, (first,), np.dtype(np.int64 if fits else object), statistic)
    return np.asarray(np.add.reduce(np.expand_dims(sums, first), axis=axes))


def _quotient(numerator: Array, denominator: int) -> Array:
    """The quotient of integers, rounded once."""
    exact = numerator.dtype != object and int(np.abs(numerator).max()) < _EXACT
    if exact and denominator < _EXACT:
        return np.ascontiguousarray(numerator / denominator)
    return np.ascontiguousarray(np.frompyfunc(lambda v: int(v) / denominator, 1, 1)(numerator).astype(np.float64))


def _between_whole(low: Array, high: Array, share: Fraction) -> Array:
    if not share:
        return low.astype(np.float64)
    if 2 * max(largest(low), largest(high)) * share.denominator < _EXACT:
        low, high = low.astype(np.int64), high.astype(np.int64)
        return np.asarray((low * share.denominator + share.numerator * (high - low)) / share.denominator)
    exact = np.frompyfunc(lambda a, b: float(a + share * (b - a)), 2, 1)
    return np.asarray(exact(low.astype(object), high.astype(object)).astype(np.float64))
