"""Channels of colour images, and what is found from how they compare, written straight into the result's block."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from maskexpr.kernels import channels as kernel
from maskexpr.library.colour import channels as meaning
from maskexpr.planner.methods.method import Method, Place, no_bytes, runs
from maskexpr.program.steps import Step

_KERNELS: dict[Any, Any] = {
    getattr(meaning, name).record: getattr(kernel, name) for name in ("value", "gray", "hue", "saturation")
}
# The numbers of channels, from 0.
_NUMBERS: dict[Any, Callable[[Step], int]] = {
    meaning.red.record: lambda step: 0,  # type: ignore[attr-defined]
    meaning.green.record: lambda step: 1,  # type: ignore[attr-defined]
    meaning.blue.record: lambda step: 2,  # type: ignore[attr-defined]
    meaning.alpha.record: lambda step: meaning.number_of_alpha(step.operands["im"].kind),  # type: ignore[attr-defined]
    meaning.channel.record: lambda step: meaning.number_of(step.operands["im"].kind, step.settings["i"], 0),  # type: ignore[attr-defined]
    meaning.band.record: lambda step: meaning.number_of(step.operands["im"].kind, step.settings["i"], 1),  # type: ignore[attr-defined]
}
_OF_FLOATS, _IN_WORK = 5, 9  # arrays of a block: of float64, and of the type that channels are compared in


@runs(meaning.value, meaning.gray, meaning.hue, meaning.saturation)
def by_channels(step: Step) -> Method:
    run = _KERNELS[step.function]
    dtype = step.operands["im"].kind.dtype
    assert dtype is not None
    size = 8 * _OF_FLOATS + kernel.work_type(dtype).itemsize * _IN_WORK

    def found(given: Any, out: Any, place: Place) -> Any:
        with np.errstate(all="ignore"):
            return run(given[0], out)

    def memory(shape: tuple[int, ...]) -> float:
        return size * min(math.prod(shape), kernel.BLOCK)

    return Method(found, quiet=True, memory=memory, word="channel by channel")


@runs(meaning.red, meaning.green, meaning.blue, meaning.alpha, meaning.channel, meaning.band)
def plane(step: Step) -> Method:
    number = _NUMBERS[step.function](step)

    def copied(given: Any, out: Any, place: Place) -> Any:
        return kernel.plane(given[0], number, out)

    return Method(copied, quiet=True, memory=no_bytes, word="copied")
