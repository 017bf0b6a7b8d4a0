"""Local maxima by extremes along lines, block by block, and by the pairs of those that are too close."""

import math
from dataclasses import replace

import numpy as np

from maskexpr.functions.settling import Distance
from maskexpr.kernels import spacing
from maskexpr.kernels.stopping import pause
from maskexpr.library import elements
from maskexpr.library.regions import peaks as meaning
from maskexpr.planner.methods.bodies import by_body
from maskexpr.planner.methods.method import Array, Method, runs
from maskexpr.planner.methods.morphology import extreme_of
from maskexpr.program.steps import Step

_PIXELS = 2**18  # that are worked on at once
_ONCE, _AHEAD, _MOST_AHEAD = 2.0, 4, 200  # operations, and offsets of a window that are looked at in one
_ROWS = 4  # times as far as an element reaches, the fewest rows of those


@runs(meaning.peaks)
def peaks(step: Step) -> Method | None:
    """As the body, which has other ways to its masks."""
    extreme = extreme_of(step)
    if extreme is None or step.function is None:
        return None

    def highest(values: Array, n: Distance, shape: str, axes: tuple[int, ...] | None) -> Array:
        found = np.empty(values.shape, bool)
        reach = elements.halo(step.settings, values.ndim)[0]
        rows = max(1, _ROWS * reach, _PIXELS // max(1, math.prod(values.shape[1:])))
        for start in range(0, len(values), rows):
            pause()
            above = min(start, reach)
            block = values[start - above : start + rows + reach]
            most = extreme(block, np.maximum, np.empty(block.shape, block.dtype))[above : above + rows]
            np.equal(values[start : start + rows], most, out=found[start : start + rows])
        return found

    function = replace(step.function, body=meaning.body_by(meaning.Ways(highest, _spaced)))
    n, shape, axes = (step.settings[name] for name in ("n", "shape", "axes"))
    ahead = int(np.count_nonzero(meaning.apart(n, shape, axes, step.kind.shape or ()))) // 2
    cost = _ONCE + min(ahead, _MOST_AHEAD) / _AHEAD
    return replace(by_body(replace(step, function=function)), cost=cost, word="extremes along lines")


def _spaced(m: Array, n: Distance, shape: str, axes: tuple[int, ...] | None) -> Array:
    window = meaning.apart(n, shape, axes, m.shape)
    if window.size == 1:
        return m
    found = spacing.spaced(m, window)
    return meaning.spaced(m, n, shape, axes) if found is None else found
