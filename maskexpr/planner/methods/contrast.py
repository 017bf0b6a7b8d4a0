"""Values mapped between two ends in a straight line, in few passes over blocks."""

import math
from typing import Any

import numpy as np

from maskexpr.kernels.shares import BLOCK, Line, shares
from maskexpr.library.filters import contrast
from maskexpr.planner.methods.method import Method, Place, chunk, runs
from maskexpr.program.steps import Step


@runs(contrast.normalize, contrast.rescale)
def between_ends(step: Step) -> Method | None:
    """Nothing is cut off where the ends are those of the image."""
    kept, dtype = step.kind.dtype, step.operands["im"].kind.dtype
    if not step.kind.is_array or kept is None or dtype is None:
        return None
    names = list(step.operands)
    is_line = step.function is contrast.rescale.record  # type: ignore[attr-defined]

    def run(given: Any, out: Any, place: Place) -> Any:
        values = {**step.settings, **dict(zip(names, given, strict=True))}
        im, low, high = values["im"], values.get("low"), values.get("high")
        line = Line(*contrast.check_target(values["start"], values["stop"])) if is_line else None
        ends, is_all_finite = contrast.ends_within(im, low, high)
        cut = not (is_all_finite and low is None and high is None)
        return shares(im, *ends, np.empty(im.shape, kept), contrast.scaled, cut=cut, line=line)

    size = dtype.itemsize

    def memory(shape: tuple[int, ...]) -> float:
        pixels = math.prod(shape)
        finite = (size + 1) * pixels if dtype.kind == "f" else 0  # those of an image with others
        return finite + (2 * 8 + 64) * min(BLOCK, pixels) + 2 * chunk(shape)

    return Method(run, whole=True, fresh=True, memory=memory, word="block by block")
