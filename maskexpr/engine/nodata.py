"""Results that lack data somewhere: what stands there in an array that is given away."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from maskexpr.checker.missing import number_for_none
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import RunError
from maskexpr.kinds.kind import SEGMENTATIONS
from maskexpr.program.steps import Step

Array = np.ndarray[Any, Any]


def with_nodata(
    value: Array, step: Step, valid: Array, numbers: Sequence[float], name: str, *, is_masked: bool
) -> tuple[Array, float | None]:
    """An image with a number in place of what is no data, and that number; masks and labels are off there already.

    It is the first of `numbers`, those of the inputs, that its type holds and that occurs nowhere else in it; nan where
    none does. A masked array needs no number of its own: it is 0 there.
    """
    if step.kind.name in SEGMENTATIONS:
        return value, None
    spread = valid[..., np.newaxis] if step.kind.channels else valid
    number = number_for_none(value, valid, numbers)
    if number is not None:
        return _filled(value, spread, number), number
    if is_masked:
        return _filled(value, spread, 0), None
    text = step.source.quote(step.span)
    raise RunError(messages.NO_DATA_NUMBER.at(step.source, step.span, name=name, dtype=value.dtype, text=text))


def _filled(value: Array, valid: Array, number: float) -> Array:
    return np.where(valid, value, value.dtype.type(number))
