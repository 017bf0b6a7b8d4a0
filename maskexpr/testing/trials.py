"""One call of a function on some arrays, run by its body, to be looked at by each promise."""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from maskexpr.api import Image
from maskexpr.engine import reference
from maskexpr.engine.prepared import Stages
from maskexpr.functions.record import Function
from maskexpr.program.steps import Step
from maskexpr.testing import ways
from maskexpr.testing.ways import Outcome
from maskexpr.testing.writing import Example

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Trial:
    """A call, what it is bound to, and what the plain body gives."""

    record: Function
    example: Example
    stages: Stages
    step: Step  # the call of the function
    wanted: Outcome
    seconds: float  # that the body took
    seed: int

    @property
    def arrays(self) -> dict[str, Array]:
        return {name: a for name, a in self.stages.arrays.items() if isinstance(a, np.ndarray) and a.ndim}

    @property
    def result(self) -> Any:
        """What the call gives; None where it gives an error."""
        return None if isinstance(self.wanted, str) else next(iter(self.wanted.values()))

    @property
    def is_alone(self) -> bool:
        """Whether nothing is done with what the call gives."""
        return self.stages.checked.outputs[0][1] is self.step

    @property
    def is_of_one_grid(self) -> bool:
        """Whether the call alone gives a pixel for each of the arrays that it takes."""
        shape = self.step.kind.shape
        kinds = [operand.kind for operand in self.step.operands.values() if operand.kind.is_array]
        return (
            self.is_alone
            and bool(self.step.kind.is_array and shape and kinds)
            and all(kind.shape == shape for kind in kinds)
        )

    def input_of(self, parameter: str) -> str:
        """The name of the input that is given for a parameter as it is; "" for none."""
        operand = self.step.operands.get(parameter) if self.is_alone else None
        return operand.name if operand is not None and operand.kind.is_array else ""

    def plainly(self, changed: Mapping[str, Array]) -> Outcome:
        """What the body gives with other arrays of the same kinds."""
        return ways.plainly(self.stages.checked, {**self.stages.arrays, **changed})


def trial_of(record: Function, example: Example, seed: int) -> Trial | None:
    """Bind a call and run it plainly; None for one that is done before any pixel is there, as of numbers alone.

    Raises what the checker says of calls that make no sense, and whatever the function raises that it should not.
    """
    bound = ways.bound(example.program, example.given)
    checked = bound.checked
    steps = [s for s in checked.needed() if s.function is not None and s.function.name == record.name]
    if not steps:
        return None
    began = time.perf_counter()
    wanted = ways.outcome(lambda: reference.run(checked, bound.arrays))
    seconds = time.perf_counter() - began
    return Trial(record, example, bound, steps[-1], wanted, seconds, seed)


def smaller(example: Example) -> Iterator[Example]:
    """The same call on parts of its images: halves along each axis first, then all but a line."""
    channels = {n: int(isinstance(v, Image) and v.kind == "colour") for n, v in example.given.items()}
    shape = next((np.shape(v)[: np.ndim(v) - channels[n]] for n, v in example.given.items() if np.ndim(v)), ())
    for axis, size in enumerate(shape):
        parts = [slice(size // 2), slice(size // 2, None), slice(1, None), slice(-1)]
        for part in parts if size > 2 else [slice(1), slice(1, None)] if size > 1 else []:
            yield replace(example, given={n: _cut(v, axis, part) for n, v in example.given.items()})


def larger(example: Example, pixels: int) -> Example:
    """The same call on its images laid out beside one another, until they have so many pixels."""
    return replace(example, given={n: _tiled(value, pixels) for n, value in example.given.items()})


def _tiled(value: Any, pixels: int) -> Any:
    array = value.array if isinstance(value, Image) else value
    if not isinstance(array, np.ndarray) or not array.ndim:
        return value
    channels = int(isinstance(value, Image) and value.kind == "colour")
    sides = array.ndim - channels
    times = math.ceil((pixels * (array.shape[-1] if channels else 1) / array.size) ** (1 / sides))
    tiled = np.tile(array, [times] * sides + [1] * channels)
    return replace(value, array=tiled) if isinstance(value, Image) else tiled


def _cut(value: Any, axis: int, part: slice) -> Any:
    if isinstance(value, Image):
        cut = (slice(None),) * axis + (part,)
        return replace(value, array=value.array[cut], valid=None if value.valid is None else value.valid[cut])
    return value[(slice(None),) * axis + (part,)] if np.ndim(value) else value
