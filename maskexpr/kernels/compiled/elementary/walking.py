"""How loops go over arrays of any layout: straight over what lies together, else in buffers of NumPy's iterator.

What a loop leaves in doubt, and the rarest of what is given, is done by the NumPy kernel.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from maskexpr.kernels.compiled.elementary.rows import IN_DOUBT, UNUSUAL
from maskexpr.kernels.elementary import blocks
from maskexpr.kernels.elementary.blocks import Array, Function, empty, stretches

_STRETCH = 131072
_PIECE = 4096


class Loops(NamedTuple):
    """The loops of a function over float64 and float32, and the tables and constants that each takes."""

    wide: Callable[..., int]
    of_wide: Callable[[], tuple[Any, ...]]
    single: Callable[..., int]
    of_single: Callable[[], tuple[Any, ...]]


def apply(function: Function, loops: Loops, operands: Sequence[Any], out: Array | None) -> Any:
    """As `blocks.apply`, by loops."""
    kind = np.result_type(*operands)
    loop, tables = (loops.wide, loops.of_wide) if kind == np.float64 else (loops.single, loops.of_single)
    if kind not in (np.float32, np.float64) or (out is not None and out.dtype != kind):
        return NotImplemented
    arrays = [np.asarray(operand, kind) for operand in operands]
    result = empty(arrays, kind) if out is None else out
    if not (result.size and result.ndim):
        return NotImplemented
    constants = tables()
    is_apart = not any(np.may_share_memory(result, a) for a in arrays)
    doubts = np.empty(min(result.size, _STRETCH), np.uint8)
    for values, target in stretches(arrays, result, kind, _STRETCH):
        found = target if is_apart else np.empty_like(target)
        if loop(*values, found, doubts, *constants):
            _decide(function, values, found, doubts[: found.size])
        if found is not target:
            np.copyto(target, found)
    return result


def _decide(function: Function, values: Sequence[Array], out: Array, doubts: Array) -> None:
    """What is left in doubt is computed as the NumPy kernel does that, and what is unusual by all of it."""
    for code, compute in ((IN_DOUBT, _exactly), (UNUSUAL, blocks.apply)):
        places = np.flatnonzero(doubts == code)
        for start in range(0, places.size, _PIECE):
            piece = places[start : start + _PIECE]
            given = [v[piece] if v.size == out.size else np.repeat(v, piece.size) for v in values]
            with np.errstate(all="ignore"):
                out[piece] = compute(function, given)


def _exactly(function: Function, values: Sequence[Array]) -> Array:
    assert function.exact is not None
    return function.exact(*(v.astype(np.float64) for v in values))
