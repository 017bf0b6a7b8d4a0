"""Which of several values a pixel takes, and whether it lies between two."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.messages import RESULT_TOO_WIDE, WHERE_MIXED
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import (
    TRUTHS,
    Gives,
    Kinds,
    bounds_within,
    float_type,
    grid_of,
    like_grid,
    numeric_result,
    pixelwise,
)
from maskexpr.functions.parameters import Condition, Numeric, ResultKind, Value, WorkType
from maskexpr.functions.record import Settings, function
from maskexpr.kinds import ranges
from maskexpr.kinds.kind import GIVEN, LOGICAL, TRUTH, Kind
from maskexpr.kinds.ranges import LABEL_NUMBERS, Range
from maskexpr.library.operators import compare, compute


def _where_kind(kinds: Kinds) -> Kind:
    a, b = kinds["a"], kinds["b"]
    names = {a.name, b.name}
    arrays = {"condition": kinds["condition"], "a": a, "b": b}
    grid = grid_of(arrays)
    if names <= LOGICAL:
        return like_grid("mask", arrays, np.bool_) if grid else TRUTH
    if names & LOGICAL:
        raise Refused(WHERE_MIXED, "b", a=a.name, b=b.name)
    if "colour" in names:
        return _where_colour(kinds, a if a.name == "colour" else b)
    result = numeric_result({"a": a, "b": b}, ranges.union)
    if grid and not result.holds_pixels:
        dtype = float_type([]) if result.range is None else ranges.smallest_type(result.range)
        if dtype is None:
            raise Refused(RESULT_TOO_WIDE, range=result.range)
        return like_grid("image", arrays, dtype, result.range)
    if "labels" in names and names <= {"labels", "number"} and _fit_labels(result.range):
        return like_grid("labels", arrays, np.int32, result.range)
    return result


def _fit_labels(values: Range | None) -> bool:
    return values is not None and ranges.union(values, LABEL_NUMBERS) == LABEL_NUMBERS


def _where_colour(kinds: Kinds, colour: Kind) -> Kind:
    a, b = kinds["a"], kinds["b"]
    if {a.name, b.name} == {"colour"} and a.channels != b.channels:
        raise Refused(WHERE_MIXED, "b", a=f"{a.channels}-channel colour", b=f"{b.channels}-channel colour")
    result = numeric_result({"a": a, "b": b}, ranges.union)
    grid = like_grid("colour", kinds, result.dtype, result.range)
    return replace(grid, channels=colour.channels)


_WHERE = Gives(GIVEN, _where_kind).bounded(
    lambda kinds: bounds_within(ranges.union, {name: kinds[name] for name in ("a", "b")})
)


@function(gives=_WHERE, halo=0, cost=2, memory=24, total=True, transposes=True, without_data="choice")
def where(condition: Condition, a: Value, b: Value, kind: ResultKind) -> Any:
    """`a` where the condition is on, `b` elsewhere.

    `a` and `b` are images, numbers, masks or colour images; a mask chooses per pixel, spread over the channels of a
    colour image, and a truth chooses the whole value. Integers take the smallest type that holds both; floating images
    keep their type. Both `a` and `b` are always computed. nan is a value like others: it stays where it is chosen.

    Errors: a mask and an image as `a` and `b`; colour images of different numbers of channels; images of different
    shapes.
    Source: numpy.where, which finds float64 for uint64 beside int64.

    >>> evaluate("where(im > 3, im, 0)", im=[[1, 4], [5, 2]])
    array([[0, 4],
           [5, 0]], dtype=uint8)
    """
    shape = (*(kind.shape or ()), *([kind.channels] if kind.name == "colour" else []))
    if kind.name == "colour":  # what has no channels is spread over them
        condition, a, b = (
            v[..., np.newaxis] if isinstance(v, np.ndarray) and v.ndim < len(shape) else v for v in (condition, a, b)
        )
    if not kind.holds_pixels:
        chosen = a if condition else b
        return float(chosen) if kind.name == "number" and kind.range is None else chosen
    # In the result's type first: what NumPy finds for uint64 beside int64 is float64.
    result = np.where(condition, *(np.asarray(v).astype(kind.dtype, copy=False) for v in (a, b)))
    return result if kind.is_samples else np.broadcast_to(result, shape).astype(kind.dtype)


def _swapped(what: messages.Mistake) -> Callable[[Settings, tuple[int, ...]], Refused | None]:
    """The remark on two numbers of which the first is the larger one."""

    def remark(values: Settings, shape: tuple[int, ...]) -> Refused | None:
        low, high = values.get("low"), values.get("high")
        return Refused(what, low=low, high=high) if low is not None and high is not None and low > high else None

    return remark


@function(gives=TRUTHS, halo=0, cost=2, memory=2, total=True, transposes=True, compares={"low": ">=", "high": "<="},
          remark=_swapped(messages.BETWEEN_NOTHING))  # fmt: skip
def between(im: Numeric, low: Numeric, high: Numeric) -> Any:
    """Whether low <= im <= high, both ends included.

    The same as the chain `low <= im <= high`. Integers are compared exactly; nan is never between.

    Errors: a mask or a colour image; images of different shapes.
    Source: as SimpleITK.BinaryThreshold and cv2.inRange.

    >>> evaluate("between(im, 2, 4)", im=[[1, 2, 3, 4, 5]])
    array([[False,  True,  True,  True, False]])
    """
    return np.logical_and(compare(">=", im, low), compare("<=", im, high))


def _clip_range(im: Range, low: Range, high: Range) -> Range:
    return ranges.minimum(ranges.maximum(im, low), high)


@function(gives=pixelwise(_clip_range, exact=True), halo=0, cost=2, memory=8, total=True, transposes=True,
          remark=_swapped(messages.CLIP_TO_ONE))  # fmt: skip
def clip(im: Numeric, low: Numeric, high: Numeric, kind: ResultKind, work: WorkType) -> Any:
    """Values below `low` become `low`, values above `high` become `high`.

    Integers take the smallest type that holds the result; floating images keep their type; nan stays nan, and zero is
    0.0, never -0.0. Where low > high the result is `high`, as in NumPy.

    Errors: a mask or a colour image; images of different shapes.
    Source: numpy.clip, where the sign of a zero changes with the processor.

    >>> evaluate("clip(im, 2, 4)", im=[[1, 3, 9]])
    array([[2, 3, 4]], dtype=uint8)
    """
    return compute(lambda x, a, b: min(max(x, a), b), clipped, kind, work, im, low, high)


def clipped(x: Any, low: Any, high: Any, **more: Any) -> Any:
    """As `np.clip`, with zero as `smaller` has it."""
    return smaller(np.maximum(x, low, **more), high, **more)


def smaller(a: Any, b: Any, **more: Any) -> Any:
    """As `np.minimum`; zero is 0.0, as it hangs on the processor which of 0.0 and -0.0 is the smaller one."""
    return _without_minus_zero(np.minimum(a, b, **more), more.get("out"))


def larger(a: Any, b: Any, **more: Any) -> Any:
    """As `np.maximum`, with zero as `smaller` has it."""
    return _without_minus_zero(np.maximum(a, b, **more), more.get("out"))


def _without_minus_zero(values: Any, out: Any) -> Any:
    return np.add(values, 0.0, out=out) if values.dtype.kind == "f" else values


@function(gives=pixelwise(ranges.minimum, exact=True), halo=0, cost=1, memory=16, total=True, transposes=True)
def minimum(a: Numeric, b: Numeric, kind: ResultKind, work: WorkType) -> Any:
    """The smaller of two values, pixel by pixel; nan where either is nan. For the smallest pixel of an image see `min`.

    Integers take the smallest type that holds the result, and are compared exactly; floating images keep their type,
    and zero is 0.0, never -0.0.

    Errors: a mask or a colour image; images of different shapes.
    Source: numpy.minimum, where the sign of a zero changes with the processor.

    >>> evaluate("minimum(im, 3)", im=[[1, 3, 5]])
    array([[1, 3, 3]], dtype=uint8)
    """
    return compute(min, smaller, kind, work, a, b)


@function(gives=pixelwise(ranges.maximum, exact=True), halo=0, cost=1, memory=16, total=True, transposes=True)
def maximum(a: Numeric, b: Numeric, kind: ResultKind, work: WorkType) -> Any:
    """The larger of two values, pixel by pixel; nan where either is nan. For the largest pixel of an image see `max`.

    Integers take the smallest type that holds the result, and are compared exactly; floating images keep their type,
    and zero is 0.0, never -0.0.

    Errors: a mask or a colour image; images of different shapes.
    Source: numpy.maximum, where the sign of a zero changes with the processor.

    >>> evaluate("maximum(im, 3)", im=[[1, 3, 5]])
    array([[3, 3, 5]], dtype=uint8)
    """
    return compute(max, larger, kind, work, a, b)
