"""Values in another type, rounded, or asked what they are, written straight into the result's block."""

import math
from typing import Any

import numpy as np

from maskexpr.kinds.ranges import of_type
from maskexpr.library.pixelwise import casts, elementary, predicates
from maskexpr.planner.methods.bodies import by_body
from maskexpr.planner.methods.method import Method, Place, Run, chunk, no_bytes, per_pixel, runs
from maskexpr.program.steps import Step

_ROUNDED: dict[Any, Any] = {
    elementary.floor.record: np.floor,
    elementary.ceil.record: np.ceil,
    elementary.round_.record: np.rint,
}
_ASKED: dict[Any, Any] = {
    predicates.isnan.record: np.isnan,  # type: ignore[attr-defined]
    predicates.isfinite.record: np.isfinite,  # type: ignore[attr-defined]
}
_INTEGERS = (casts.uint8, casts.int8, casts.uint16, casts.int16, casts.uint32, casts.int32, casts.uint64, casts.int64)


def _copied(given: Any, out: Any, place: Place) -> Any:
    np.copyto(out, given[0], casting="unsafe")
    return out


def _by(ufunc: Any) -> Run:
    return lambda given, out, place: ufunc(given[0], out)


# --- rounded, and asked ----------------------------------------------------------------------------------------------


@runs(*_ROUNDED)
def rounded(step: Step) -> Method | None:
    """Whole numbers are as they are."""
    im = step.operands["im"].kind
    if not step.kind.is_array or im.dtype is None:
        return None
    if im.dtype.kind in "iu":
        return Method(_copied, quiet=True, memory=chunk)
    return Method(_by(_ROUNDED[step.function]), memory=no_bytes) if im.dtype == step.kind.dtype else None


@runs(*_ASKED)
def asked(step: Step) -> Method | None:
    """Whole numbers are finite, all of them."""
    im = step.operands["im"].kind
    if not step.kind.is_array or im.dtype is None:
        return None
    if im.dtype.kind == "f":
        return Method(_by(_ASKED[step.function]), quiet=True, memory=no_bytes)
    answer = step.function is predicates.isfinite.record  # type: ignore[attr-defined]

    def run(given: Any, out: Any, place: Place) -> Any:
        out.fill(answer)
        return out

    return Method(run, quiet=True, memory=no_bytes)


@runs(elementary.sign)
def sign(step: Step) -> Method | None:
    """Of whole numbers: whether it is above 0, less whether it is below."""
    im, kept = step.operands["im"].kind, step.kind.dtype
    if not step.kind.is_array or im.dtype is None or kept is None:
        return None
    if im.dtype.kind == "f":
        return Method(_by(np.sign), memory=no_bytes) if im.dtype == kept else None
    if im.dtype == kept == np.uint8:
        return Method(_by(np.sign), quiet=True, memory=no_bytes)
    zero, has_negative = np.array(0, im.dtype), im.range is None or im.range.low < 0

    def run(given: Any, out: Any, place: Place) -> Any:
        above = out.view(bool)
        np.greater(given[0], zero, above)
        if has_negative:
            below = place.scratch("below 0", out.shape, np.dtype(bool))
            np.less(given[0], zero, below)
            np.subtract(out, below.view(kept), out)
        return out

    return Method(run, quiet=True, memory=per_pixel(1)) if kept.itemsize == 1 else None


# --- in another type -------------------------------------------------------------------------------------------------


@runs(*_INTEGERS)
def to_integers(step: Step) -> Method | None:
    """What is not known to fit is looked at; where it does not, the plain body says what is wrong."""
    operand, dtype = step.operands["im"], step.kind.dtype
    im = operand.kind
    if not step.kind.is_array or im.dtype is None or dtype is None or im.dtype == np.float16:
        return None
    held, known, is_floating = of_type(dtype), im.limits, im.dtype.kind == "f"
    too_low, too_high = known.low < held.low, known.high > held.high
    if not (is_floating or too_low or too_high):
        return Method(_copied, quiet=True, memory=chunk)
    low, high = casts.ends(dtype, im.dtype)
    looks_low, looks_high = too_low or not too_high, too_high  # at one end at least, where nan shows
    has_fractions = is_floating and operand.function not in _ROUNDED
    otherwise = by_body(step).plain
    assert otherwise is not None

    def fit(values: Any) -> bool:
        return bool((not looks_low or values.min() >= low) and (not looks_high or values.max() <= high))

    def run(given: Any, out: Any, place: Place) -> Any:
        values = given[0]
        if values.size:
            if not fit(values):
                return otherwise(given, out, place)
            np.copyto(out, values, casting="unsafe")
            if has_fractions and not _are_alike(out, values, place):
                return otherwise(given, out, place)
        return out

    def memory(shape: tuple[int, ...]) -> float:
        return has_fractions * math.prod(shape) + 2 * chunk(shape)

    return Method(run, quiet=not is_floating, memory=memory)


def _are_alike(whole: Any, values: Any, place: Place) -> bool:
    """Whether no value had a fraction."""
    same = place.scratch("same", whole.shape, np.dtype(bool))
    return bool(np.equal(whole, values, same).all())


@runs(casts.float32, casts.float64)
def to_floats(step: Step) -> Method | None:
    """What cannot become infinite is copied."""
    im, dtype = step.operands["im"].kind, step.kind.dtype
    if not step.kind.is_array or im.dtype is None or dtype is None:
        return None
    is_narrower = im.dtype.kind == "f" and im.dtype.itemsize > dtype.itemsize
    return None if is_narrower else Method(_copied, quiet=im.dtype.kind in "iu", memory=chunk)
