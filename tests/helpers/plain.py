"""The language's operations once more, from its design and in the plainest NumPy, SciPy and Python.

The other side of the differential tests. Integers are Python's own, in object arrays, so that nothing can wrap; nothing
here is maskexpr's.
"""

import itertools
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

Array = NDArray[Any]
Masks = NDArray[np.bool_]
Span = tuple[int, int]  # the values an integer can have, both ends included


@dataclass(frozen=True, eq=False)
class Value:
    """A mask or truth (bool), or a number or image of integers (then with its span) or of floats."""

    data: Any
    span: Span | None = None
    dtype: np.dtype[Any] | None = None  # of an image; that of `data` says nothing for integers

    @property
    def is_array(self) -> bool:
        return isinstance(self.data, np.ndarray)

    @property
    def is_whole(self) -> bool:
        return self.span is not None

    @property
    def is_logical(self) -> bool:
        return isinstance(self.data, bool) or (self.is_array and self.data.dtype == bool)


class TooWide(Exception):
    """No integer type holds the result."""


def logical(data: Any) -> Value:
    return Value(data if isinstance(data, np.ndarray) else bool(data), None, np.dtype(bool))


def whole(data: Any, span: Span, dtype: np.dtype[Any] | None = None) -> Value:
    """Integers: an image takes the smallest type that holds the span, unless its type is given."""
    if not isinstance(data, np.ndarray):
        return Value(int(data), span)
    return Value(data.astype(object), span, dtype or smallest_type(span))


def floating(data: Any) -> Value:
    return Value(data, None, data.dtype) if isinstance(data, np.ndarray) else Value(float(data))


def of_input(array: Array) -> Value:
    """An array as a program sees it: 64-bit integers by the values they hold, others by their type."""
    if array.dtype == bool:
        return logical(np.ascontiguousarray(array))
    native = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("="))
    if native.dtype.kind == "f":
        return floating(native)
    info = np.iinfo(native.dtype)
    span = (int(info.min), int(info.max)) if native.dtype.itemsize < 8 else (int(native.min()), int(native.max()))
    return whole(native, span, native.dtype)


def smallest_type(span: Span) -> np.dtype[Any]:
    for name in ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"):
        info = np.iinfo(name)
        if int(info.min) <= span[0] and span[1] <= int(info.max):
            return np.dtype(name)
    raise TooWide


# --- numbers and images ----------------------------------------------------------------------------------------------


def calculate(
    values: list[Value],
    exact: Callable[..., int] | None,
    span_of: Callable[..., Span] | None,
    of_floats: Callable[..., Any],
) -> Value:
    """Exact integers by Python, pixel by pixel, where there is a span; else floats by NumPy, in the images' type."""
    arrays = [v for v in values if v.is_array]
    if exact is not None and span_of is not None and all(v.is_whole for v in values):
        span = span_of(*(v.span for v in values))
        if not arrays:
            return whole(exact(*(v.data for v in values)), span)
        smallest_type(span)
        return whole(np.asarray(np.frompyfunc(exact, len(values), 1)(*(v.data for v in values))), span)
    with np.errstate(all="ignore"):
        if not arrays:
            return floating(of_floats(*(np.float64(v.data) for v in values)))
        dtype = float_type(arrays)
        cast = [v.data.astype(dtype) if v.is_array else dtype.type(v.data) for v in values]
        return floating(np.asarray(of_floats(*cast)))


def float_type(arrays: list[Value]) -> np.dtype[Any]:
    if all(v.is_whole for v in arrays):
        return np.dtype(np.float64)
    return np.result_type(*(v.dtype for v in arrays if v.dtype is not None))


def corners(f: Callable[[int, int], int], a: Span, b: Span) -> Span:
    values = [f(x, y) for x, y in itertools.product(a, b)]
    return min(values), max(values)


def around_zero(f: Callable[[Span, Span], Span], a: Span, b: Span) -> Span:
    """For divisions: what f says of negative and of positive divisors, together."""
    parts = [part for part in ((b[0], min(b[1], -1)), (max(b[0], 1), b[1])) if part[0] <= part[1]]
    spans = [f(a, part) for part in parts]
    return min(s[0] for s in spans), max(s[1] for s in spans)


def remainder_span(a: Span, b: Span) -> Span:
    if b[1] < 0:
        low, high = remainder_span((-a[1], -a[0]), (-b[1], -b[0]))
        return -high, -low
    if b[0] == b[1] and a[0] // b[0] == a[1] // b[0]:
        return a[0] % b[0], a[1] % b[0]
    if a[0] >= 0 and a[1] < b[0]:
        return a
    return 0, min(a[1], b[1] - 1) if a[0] >= 0 else b[1] - 1


def power_span(a: Span, b: Span) -> Span:
    bases = {v for v in (*a, -1, 0, 1) if a[0] <= v <= a[1]}
    exponents = {v for v in (b[0], b[0] + 1, b[1] - 1, b[1]) if b[0] <= v <= b[1]}
    values = [x**e for x in bases for e in exponents]
    return min(values), max(values)


def arithmetic(symbol: str, a: Value, b: Value) -> Value:
    if symbol == "/" or (symbol == "**" and a.is_whole and b.span is not None and b.span[0] < 0):
        return calculate([a, b], None, None, np.true_divide if symbol == "/" else np.power)
    exact, span_of, of_floats = {
        "+": (operator.add, lambda a, b: corners(operator.add, a, b), np.add),
        "-": (operator.sub, lambda a, b: corners(operator.sub, a, b), np.subtract),
        "*": (operator.mul, lambda a, b: corners(operator.mul, a, b), np.multiply),
        "//": (
            operator.floordiv,
            lambda a, b: around_zero(lambda a, b: corners(operator.floordiv, a, b), a, b),
            np.floor_divide,
        ),
        "%": (operator.mod, lambda a, b: around_zero(remainder_span, a, b), np.remainder),
        "**": (operator.pow, power_span, np.power),
    }[symbol]
    return calculate([a, b], exact, span_of, of_floats)


def negative(a: Value) -> Value:
    return calculate([a], operator.neg, lambda a: (-a[1], -a[0]), np.negative)


def absolute(a: Value) -> Value:
    return calculate([a], abs, lambda a: (max(a[0], -a[1], 0), max(-a[0], a[1])), np.absolute)


def sign(a: Value) -> Value:
    def of(v: int) -> int:
        return (v > 0) - (v < 0)

    return calculate([a], of, lambda a: (of(a[0]), of(a[1])), np.sign)


def rounded(a: Value, of_floats: Callable[..., Any]) -> Value:
    return calculate([a], lambda v: v, lambda a: a, of_floats)


def least(a: Value, b: Value) -> Value:
    return calculate([a, b], min, lambda a, b: (min(a[0], b[0]), min(a[1], b[1])), np.minimum)


def largest(a: Value, b: Value) -> Value:
    return calculate([a, b], max, lambda a, b: (max(a[0], b[0]), max(a[1], b[1])), np.maximum)


def clip(a: Value, low: Value, high: Value) -> Value:
    def span_of(a: Span, low: Span, high: Span) -> Span:
        return min(max(a[0], low[0]), high[0]), min(max(a[1], low[1]), high[1])

    return calculate(
        [a, low, high],
        lambda v, low, high: min(max(v, low), high),
        span_of,
        lambda v, low, high: np.minimum(np.maximum(v, low), high),
    )


def bitwise(symbol: str, a: Value, b: Value) -> Value:
    exact = {"&": operator.and_, "|": operator.or_, "^": operator.xor}[symbol]

    def span_of(a: Span, b: Span) -> Span:
        bits = max((v if v >= 0 else ~v).bit_length() for v in (*a, *b))
        not_negative = [s for s in (a, b) if s[0] >= 0]
        if symbol == "&" and not_negative:
            return 0, min(s[1] for s in not_negative)
        return (0, 2**bits - 1) if len(not_negative) == 2 else (-(2**bits), 2**bits - 1)

    return calculate([a, b], exact, span_of, operator.add)


def bits(im: Value, low: int, high: int) -> Value:
    size = high - low + 1
    return calculate([im], lambda v: (v >> low) & (2**size - 1), lambda a: (0, 2**size - 1), operator.add)


# --- masks and truths ------------------------------------------------------------------------------------------------

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def compare(symbol: str, a: Value, b: Value) -> Value:
    """Exact, as Python compares integers and floats; a number beside a floating image is first rounded to its type."""
    f = COMPARISONS[symbol]
    x, y = a.data, b.data
    if a.is_array and not a.is_whole and not b.is_array and not a.is_logical:
        y = _rounded_to(a, y)
    if b.is_array and not b.is_whole and not a.is_array and not b.is_logical:
        x = _rounded_to(b, x)
    if not a.is_array and not b.is_array:
        return logical(f(x, y))
    as_python = [v.astype(object) if isinstance(v, np.ndarray) else v for v in (x, y)]
    with np.errstate(invalid="ignore"):
        return logical(np.asarray(np.frompyfunc(f, 2, 1)(*as_python)).astype(bool))


def _rounded_to(image: Value, number: float) -> float:
    assert image.dtype is not None
    with np.errstate(over="ignore"):
        return float(image.dtype.type(number))


def combine(symbol: str, a: Value, b: Value) -> Value:
    f = {"&": np.logical_and, "|": np.logical_or, "^": np.logical_xor}[symbol]
    found = f(a.data, b.data)
    return logical(found)


def negation(a: Value) -> Value:
    return logical(np.logical_not(a.data))


def is_in(a: Value, numbers: list[Value]) -> Value:
    found = logical(np.zeros(a.data.shape, bool) if a.is_array else False)
    for number in numbers:
        found = combine("|", found, compare("==", a, number))
    return found


def where(condition: Value, a: Value, b: Value) -> Value:
    if a.is_logical:
        shape = next((v.data.shape for v in (condition, a, b) if v.is_array), None)
        chosen = np.where(condition.data, a.data, b.data)
        return logical(np.broadcast_to(chosen, shape) if shape is not None else bool(chosen))
    arrays = [v for v in (a, b) if v.is_array]
    shape = next((v.data.shape for v in (condition, a, b) if v.is_array), None)
    if a.span is not None and b.span is not None:
        span = min(a.span[0], b.span[0]), max(a.span[1], b.span[1])
        if shape is None:
            return whole(a.data if condition.data else b.data, span)
        parts = [np.broadcast_to(np.asarray(v.data, dtype=object), shape) for v in (a, b)]
        return whole(np.where(np.broadcast_to(condition.data, shape), *parts), span)
    if shape is None:
        return floating(a.data if condition.data else b.data)
    dtype = float_type(arrays)
    with np.errstate(over="ignore"):
        parts = [np.broadcast_to(np.asarray(v.data).astype(dtype), shape) for v in (a, b)]
    return floating(np.where(np.broadcast_to(condition.data, shape), *parts))


# --- statistics ------------------------------------------------------------------------------------------------------


def statistic(name: str, im: Value) -> Value:
    """Of an image or of samples, at least one."""
    flat = im.data.ravel()
    if im.span is None:
        if name in ("min", "max"):
            return floating(getattr(np, name)(flat))
        with np.errstate(all="ignore"):
            return floating(getattr(np, name)(flat.astype(np.float64)))
    values = sorted(flat.tolist())
    if name in ("min", "max"):
        return whole(values[0] if name == "min" else values[-1], im.span)
    if name == "sum":
        return whole(sum(values), (-(2**127), 2**127))
    if name == "mean":
        return floating(float(Fraction(sum(values), len(values))))
    if name == "median":
        return floating(float(Fraction(values[(len(values) - 1) // 2] + values[len(values) // 2], 2)))
    mean = Fraction(sum(values), len(values))
    return floating(math.sqrt(sum((v - mean) ** 2 for v in values) / len(values)))


def projection(name: str, im: Value, axes: tuple[int, ...]) -> Value:
    """A statistic of each line along axes, of which some are left."""
    kept = [n for axis, n in enumerate(im.data.shape) if axis not in axes]
    found = np.empty(kept, object)
    moved = np.moveaxis(im.data, axes, range(-len(axes), 0))
    for place in np.ndindex(*kept):
        line = moved[place]
        if name in ("any", "all"):
            found[place] = bool(getattr(line, name)())
        else:
            found[place] = statistic(name, Value(line, im.span, im.dtype)).data
    if name in ("any", "all"):
        return logical(found.astype(bool))
    if name in ("min", "max"):
        return Value(found if im.is_whole else found.astype(im.data.dtype), im.span, im.dtype)
    count = math.prod(im.data.shape[axis] for axis in axes)
    if name == "sum":
        assert im.span is not None
        return whole(found, (im.span[0] * count, im.span[1] * count))
    return floating(found.astype(np.float64))


# --- neighbourhoods --------------------------------------------------------------------------------------------------


def footprint(shape: str, n: float, axes: tuple[int, ...], ndim: int) -> Masks:
    """The offsets within n along some axes, as a mask around its centre."""
    reach = int(n)
    away = np.abs(np.indices([2 * reach + 1 if a in axes else 1 for a in range(ndim)]))
    for axis in axes:
        away[axis] = np.abs(away[axis] - reach)
    if shape == "square":
        return np.asarray(away.max(axis=0) <= n)
    return np.asarray((away**2).sum(axis=0) <= n * n if shape == "disk" else away.sum(axis=0) <= n)


def morphology(name: str, m: Masks, element: Masks, times: int) -> Masks:
    """Dilations and erosions are cropped each time; what goes both ways does so on a plane."""
    if not times:
        return np.zeros_like(m) if name == "boundary" else m.copy()
    if name == "dilate":
        return np.asarray(scipy.ndimage.binary_dilation(m, element, iterations=times))
    if name == "erode":
        return np.asarray(scipy.ndimage.binary_erosion(m, element, iterations=times))
    if name == "boundary":
        return m & ~scipy.ndimage.binary_erosion(m, element, iterations=times)
    room = [times * size + 1 for size in element.shape]
    plane = np.pad(m, [(r, r) for r in room])
    operation = scipy.ndimage.binary_opening if name == "open" else scipy.ndimage.binary_closing
    inside = tuple(slice(r, -r) for r in room)
    return np.asarray(operation(plane, element, iterations=times)[inside])


def grey_morphology(name: str, im: Value, element: Masks) -> Value:
    """Extremes under an element that is the same when reflected; what is outside the image is left out."""
    if name == "open":
        return grey_morphology("dilate", grey_morphology("erode", im, element), element)
    if name == "close":
        return grey_morphology("erode", grey_morphology("dilate", im, element), element)
    choose = max if name == "dilate" else min
    found = im.data.copy()
    for place, values in _windows(im.data, element):
        found[place] = values[0] if any(v != v for v in values) else choose(values)
        if any(v != v for v in values):
            found[place] = math.nan
    return Value(found, im.span, im.dtype)


def _windows(data: Array, element: Masks) -> Any:
    offsets = np.argwhere(element) - np.array(element.shape) // 2
    for place in np.ndindex(*data.shape):
        around = offsets + np.array(place)
        inside = around[((around >= 0) & (around < data.shape)).all(axis=1)]
        yield place, data[tuple(inside.T)].tolist()


def median_filter(im: Value, element: Masks) -> Value:
    """The middle one of an odd number of values, the image reflected at its border."""
    room = [(size // 2, size // 2) for size in element.shape]
    padded = np.pad(im.data, room, mode="symmetric")
    windows = np.lib.stride_tricks.sliding_window_view(padded, element.shape)
    ordered = np.sort(windows[..., element], axis=-1)
    return Value(ordered[..., ordered.shape[-1] // 2], im.span, im.dtype)


# --- regions ---------------------------------------------------------------------------------------------------------


def regions(m: Masks, connectivity: int) -> list[Masks]:
    """The regions of a mask one by one, in scan order of their first pixels."""
    labels, count = scipy.ndimage.label(m, scipy.ndimage.generate_binary_structure(m.ndim, connectivity))
    found = [labels == i for i in range(1, count + 1)]
    return sorted(found, key=lambda region: int(np.flatnonzero(region)[0]))


def union(parts: list[Masks], shape: tuple[int, ...]) -> Masks:
    return np.logical_or.reduce([np.zeros(shape, bool), *parts])


def labels(m: Masks, connectivity: int) -> Value:
    numbers = np.zeros(m.shape, object)
    for i, region in enumerate(regions(m, connectivity), 1):
        numbers[region] = i
    return whole(numbers, (0, 2**31 - 1), np.dtype(np.int32))


def keep_largest(m: Masks, k: int, connectivity: int) -> Masks:
    by_size = sorted(regions(m, connectivity), key=lambda region: -int(region.sum()))
    return union(by_size[:k], m.shape)


def remove_small(m: Masks, size: float, connectivity: int) -> Masks:
    return union([r for r in regions(m, connectivity) if int(r.sum()) >= size], m.shape)


def clear_border(m: Masks, connectivity: int) -> Masks:
    return union([r for r in regions(m, connectivity) if not (r & at_border(m.shape)).any()], m.shape)


def at_border(shape: tuple[int, ...]) -> Masks:
    border = np.ones(shape, bool)
    if all(size > 2 for size in shape):
        border[(slice(1, -1),) * len(shape)] = False
    return border


def fill_holes(m: Masks, connectivity: int) -> Masks:
    structure = scipy.ndimage.generate_binary_structure(m.ndim, connectivity)
    return np.asarray(scipy.ndimage.binary_fill_holes(m, structure))


def hysteresis(weak: Masks, strong: Masks, connectivity: int) -> Masks:
    return union([r for r in regions(weak, connectivity) if (r & strong).any()], weak.shape)
