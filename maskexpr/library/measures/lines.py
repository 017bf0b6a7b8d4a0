"""Statistics along axes over those pixels of each line that have data: what stands in steps alone."""

import inspect
import math
from typing import Any

import numpy as np

from maskexpr.functions.parameters import Array, Axes, Mask, Masks, ResultKind
from maskexpr.functions.record import WHOLE, function
from maskexpr.kinds.kind import Kind
from maskexpr.library.measures import masks, statistics
from maskexpr.library.operators import PLANNED


def _of_lines(statistic: Any) -> None:
    """Declare a statistic along axes over those pixels of each line that are in a mask."""
    record, taken = statistic.record, inspect.signature(statistic)
    first = record.parameters[0].name

    def of_lines(*, valid: Masks, axes: tuple[int, ...], kind: Kind, **given: Any) -> Array:
        values = given.pop(first)
        rest = [axis for axis in range(values.ndim) if axis not in axes]
        order, shape = (*rest, *axes), tuple(values.shape[axis] for axis in rest)
        lines, there = (a.transpose(order).reshape(math.prod(shape), -1) for a in (values, valid))
        more = {**given, **({"kind": kind} if "kind" in record.filled_in else {})}
        counts, result = np.count_nonzero(there, axis=1), np.zeros(len(lines), kind.dtype)
        for count in np.unique(counts[counts > 0]).tolist():
            rows = counts == count
            result[rows] = statistic(lines[rows][there[rows]].reshape(-1, count), axes=(1,), **more)
        return result.reshape(shape)

    parameters = [p for p in taken.parameters.values() if p.name not in ("axes", "kind")]
    named = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation)
             for name, annotation in (("valid", Mask), ("axes", Axes), ("kind", ResultKind))]  # fmt: skip
    of_lines.__signature__ = taken.replace(parameters=[*parameters, *named])  # type: ignore[attr-defined]
    of_lines.__doc__ = f"{record.name} along axes, of the pixels of each line that are in a mask; 0 where none are."
    name = f"{record.name} of lines"
    function(name=name, gives=record.gives, halo=WHOLE, cost=40, memory=24, catalogue=PLANNED)(of_lines)


for _statistic in (statistics.sum_, statistics.mean, statistics.std, statistics.min_, statistics.max_,
                   statistics.percentile, statistics.median, masks.any_, masks.all_, masks.fraction):  # fmt: skip
    _of_lines(_statistic)
