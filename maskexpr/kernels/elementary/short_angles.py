"""Short forms of sine, cosine, tangent, arctan2 and hypot for float32: in float64, but no more exact than it needs.

What they give is right to 2**-43 of its size. Where that is too near to the middle between two numbers of float32 it
is left undecided, so that results are just those of the long forms, rounded to float32. Those that are subnormal in
float32 need little care: lengths, roots of whole numbers then, are never within 2**-49 of the middle, and quotients
only in it: angles are less than these by a trifle that float64 does not show, but that decides.
"""

import functools
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from maskexpr.kernels.elementary import angles, circle, lengths
from maskexpr.kernels.elementary.angles import CASE_BITS, CENTRES, ROUNDER, angle_table, case_of
from maskexpr.kernels.elementary.blocks import Array, Work
from maskexpr.kernels.elementary.circle import QUARTER, circle_table
from maskexpr.kernels.elementary.singles import near_the_middle
from maskexpr.kernels.elementary.turns import reduced

_SMALLEST_NORMAL, _SMALLEST = 2.0**-126, 2.0**-149  # of float32


@functools.cache
def _steps(turn: int) -> tuple[Array, Array]:
    """The sine and cosine of the steps, beginning at a turn."""
    table = circle_table(turn)
    return table.high, table.half + table.rest


def _rest(work: Work, x: Array) -> tuple[Array, Array, Array]:
    """The step, the sine of what is left, and its cosine - 1: to 2**-44 and 2**-64."""
    j, r, _ = reduced(work, x)
    square, sine, cosine = work.floats[5:8]
    np.multiply(r, r, out=square)
    np.multiply(square, -1 / 6, out=sine)
    np.multiply(sine, r, out=sine)
    np.add(sine, r, out=sine)
    np.multiply(square, 1 / 24, out=cosine)
    np.subtract(cosine, 0.5, out=cosine)
    np.multiply(cosine, square, out=cosine)
    return j, sine, cosine


def _wave(turn: int, rest: tuple[Array, Array, Array], buffers: tuple[Array, ...], out: Array) -> None:
    j, sine, cosine = rest
    at_step, part = buffers
    its_sine, its_cosine = _steps(turn)
    np.take(its_cosine, j, out=part, mode="wrap")
    np.multiply(part, sine, out=out)
    np.take(its_sine, j, out=at_step, mode="wrap")
    np.multiply(at_step, cosine, out=part)
    np.add(out, part, out=out)
    np.add(out, at_step, out=out)


def _sine_of_singles(turn: int) -> Callable[[Work, Array, Array], Array]:
    def block(work: Work, x: Array, out: Array) -> Array:
        _wave(turn, _rest(work, x), work.floats[8:10], out)
        if turn == 0:
            np.copyto(out, x, where=x == 0)
        return near_the_middle(work, out)

    return block


def _tangent_of_singles(work: Work, x: Array, out: Array) -> Array:
    rest = _rest(work, x)
    cosine = work.floats[10]
    _wave(0, rest, work.floats[8:10], out)
    _wave(QUARTER, rest, work.floats[8:10], cosine)
    np.divide(out, cosine, out=out)
    np.copyto(out, x, where=x == 0)
    return near_the_middle(work, out)


def _angle_of_singles(work: Work, y: Array, x: Array, out: Array) -> Array:
    small, large, size_y = work.floats[0:3]
    np.abs(y, out=size_y)
    np.abs(x, out=large)
    np.greater(size_y, large, out=work.flags[0])
    np.minimum(size_y, large, out=small)
    np.maximum(size_y, large, out=large)
    np.maximum(large, _SMALLEST, out=large)  # 0 over 0 is 0
    case = case_of(work, x)
    q, c, part = work.floats[4], work.floats[5], work.floats[6]
    j = work.ints[3]
    if not large.max() < np.inf:
        infinite = large == np.inf
        np.copyto(small, np.isinf(small), where=infinite)
        np.copyto(large, 1.0, where=infinite)
    np.divide(small, large, out=q)
    np.multiply(q, float(CENTRES), out=c)
    np.add(c, ROUNDER, out=c)
    np.bitwise_and(work.ints[5], (1 << CASE_BITS) - 1, out=j)
    np.subtract(c, ROUNDER, out=c)
    np.multiply(c, 1 / CENTRES, out=c)
    np.multiply(large, c, out=part)
    np.subtract(small, part, out=q)  # both exact: 24 + 9 bits
    np.multiply(small, c, out=part)
    np.add(large, part, out=part)
    np.divide(q, part, out=q)
    square, series = c, part
    np.multiply(q, q, out=square)
    np.multiply(square, 1 / 5, out=series)
    np.subtract(series, 1 / 3, out=series)
    np.multiply(series, square, out=series)
    np.multiply(series, q, out=series)
    np.add(series, q, out=series)
    centre, back = work.floats[7], work.ints[5]
    np.add(case, 1, out=back)
    np.bitwise_and(back, 2, out=back)
    np.left_shift(back, 62, out=back)
    np.bitwise_xor(work.ints[6], back, out=work.ints[6])
    np.left_shift(case, CASE_BITS, out=case)
    np.add(j, case, out=j)
    np.take(angle_table()[0], j, out=centre, mode="wrap")
    np.add(centre, series, out=out)
    np.copysign(out, y, out=out)
    undecided = near_the_middle(work, out)
    tiny = np.less(np.abs(out, out=centre), _SMALLEST_NORMAL, out=work.flags[1])
    if tiny.any():
        np.multiply(out, 1 - 2.0**-53, out=out, where=tiny)
        undecided &= ~tiny
    return undecided


def _length_of_singles(work: Work, a: Array, b: Array, out: Array) -> Array | None:
    square = work.floats[0]
    np.multiply(a, a, out=square)
    np.multiply(b, b, out=out)
    np.add(out, square, out=out)
    np.sqrt(out, out=out)
    if not out.max() < np.inf:
        return None
    return near_the_middle(work, out)


SIN = replace(circle.SIN, single=_sine_of_singles(0))
COS = replace(circle.COS, single=_sine_of_singles(QUARTER))
TAN = replace(circle.TAN, single=_tangent_of_singles)
ARCTAN2 = replace(angles.ARCTAN2, single=_angle_of_singles)
HYPOT = replace(lengths.HYPOT, single=_length_of_singles)
