"""Angles as steps of a 2048th of a turn, and what is left, in two floats.

Up to 2**20 the steps are taken off in pieces of pi so short that their products are exact (Cody and Waite). Larger
angles are multiplied by a window of the bits of 1/(2 pi), cut so that whole turns fall away, in whole numbers (Payne
and Hanek). What is left is off by 2**-106 radians at most. For angles so near to a step that this is much of it, more
bits of 1/(2 pi) are taken.

Sources: Cody and Waite, Software manual for the elementary functions, 1980; Payne and Hanek, Radian reduction for
trigonometric functions, 1983, doi:10.1145/1057600.1057602.
"""

import functools

import numpy as np

from maskexpr.kernels.elementary import fixed_point, two_floats
from maskexpr.kernels.elementary.blocks import Array, Work
from maskexpr.kernels.elementary.in_place import normalise
from maskexpr.kernels.elementary.two_floats import UPPER, Pair

STEPS = 2048
_BITS = 11
# Up to here, in radians, two pieces of pi of 36 bits and a float do: their products with the number of steps, of 17
# bits, are exact. Up to the second limit it takes three of 24 bits, of which the number has 29 to multiply with.
_NEAR = 2.0**8
FAR = 2.0**20
_NEAR_GRID = (-44, -81)
_FAR_GRID = (-32, -57, -82)
_ROUNDER = 1.5 * 2.0**52  # what it is added to is rounded to a whole number, which the low bits then show

# Windows of 1/(2 pi) are cut into limbs, two of which an angle's 53 bits fill.
_LIMB = 27
_LIMBS = 6
_FINE_LIMBS = 8
_LOWEST_EXPONENT = 1023 - 30  # of what is reduced in limbs, as it is stored in a float


def reduced(work: Work, x: Array) -> tuple[Array, Array, Array]:
    """Of angles in radians j, r and e: x is j steps, whole turns, and r + e radians, where |r| is at most half a step
    and |e| half a unit in its last place (a little more below 256).

    r + e is exact where |x| is less than half a step. The first 7 floats are used. nan and inf leave nan.
    """
    largest = max(x.max(), -x.min())
    if largest < _NEAR:
        return _near(work, x)
    if largest < FAR:
        return _far(work, x)
    return _farthest(work, x)


@functools.cache
def _pieces(grid: tuple[int, ...]) -> tuple[float, ...]:
    """A step in pieces, each a multiple of its power of two, and the rest."""
    left = fixed_point.pi() // (STEPS // 2)
    found = []
    for exponent in grid:
        cut = fixed_point.BITS + exponent
        whole = ((left >> (cut - 1)) + 1) >> 1
        found.append(fixed_point.scaled(whole, exponent))
        left -= whole << cut
    return (*found, fixed_point.scaled(left, -fixed_point.BITS))


@functools.cache
def _steps_in_a_radian() -> float:
    return ((STEPS // 2) << fixed_point.BITS) / fixed_point.pi()


def far_pieces() -> tuple[float, ...]:
    """Steps in a radian, and a step in pieces for angles below 2**20."""
    return _steps_in_a_radian(), *_pieces(_FAR_GRID)


def _whole_steps(work: Work, x: Array) -> tuple[Array, Array]:
    """The nearest whole number of steps, as floats, and modulo a turn."""
    k, j, bits = work.floats[0], work.ints[1], work.ints[0]
    np.multiply(x, _steps_in_a_radian(), out=k)
    np.add(k, _ROUNDER, out=k)
    np.bitwise_and(bits, STEPS - 1, out=j)
    np.subtract(k, _ROUNDER, out=k)
    return k, j


def _near(work: Work, x: Array) -> tuple[Array, Array, Array]:
    first, second, rest = _pieces(_NEAR_GRID)
    k, j = _whole_steps(work, x)
    r, e, t, p = work.floats[2:6]
    np.multiply(k, first, out=p)
    np.subtract(x, p, out=t)  # exact: a multiple of 2**-62, and below 2**-9
    np.multiply(k, second, out=p)
    _difference(t, p, r, e)
    np.multiply(k, rest, out=p)
    np.subtract(e, p, out=e)
    return j, r, e


def _far(work: Work, x: Array) -> tuple[Array, Array, Array]:
    first, second, third, rest = _pieces(_FAR_GRID)
    k, j = _whole_steps(work, x)
    r, e, t, p = work.floats[2:6]
    np.multiply(k, first, out=p)
    np.subtract(x, p, out=t)  # exact, and so is the next: what is left is short enough for the unit it counts in
    np.multiply(k, second, out=p)
    np.subtract(t, p, out=t)
    np.multiply(k, third, out=p)
    _difference(t, p, r, e)
    np.multiply(k, rest, out=p)
    np.subtract(e, p, out=e)
    np.add(r, e, out=t)
    np.subtract(t, r, out=p)
    np.subtract(e, p, out=e)
    return j, t, e


def _difference(a: Array, b: Array, s: Array, e: Array) -> None:
    """a - b, rounded, and the error, exactly, where a is a multiple of the last place of b."""
    np.subtract(a, b, out=s)
    np.subtract(a, s, out=e)
    np.subtract(e, b, out=e)


def _farthest(work: Work, x: Array) -> tuple[Array, Array, Array]:
    near, size = work.floats[6], work.floats[0]
    np.abs(x, out=size)
    places = np.flatnonzero(size >= FAR)
    np.copyto(near, x)
    near[places] = 0.0
    j, r, e = _far(work, near)
    if places.size:  # none where there is only nan besides
        j[places], r[places], e[places] = _without_turns(work, x[places])
    return j, r, e


@functools.cache
def _windows(limbs: int) -> Array:
    """For each exponent of a float, from 2**-30 on, the bits of 2**exponent / (2 pi) that count, limb by limb."""
    bits = 1300
    width = _LIMB * limbs
    inverse = (1 << (2 * bits)) // (2 * fixed_point.pi(bits))
    rows = [inverse >> (bits - width - (exponent - 1075)) for exponent in range(_LOWEST_EXPONENT, 2047)]
    cuts = range(width - _LIMB, -1, -_LIMB)
    windows = np.array([[(row >> cut) & ((1 << _LIMB) - 1) for row in rows] for cut in cuts], np.int64)
    windows.setflags(write=False)
    return windows


def _without_turns(work: Work, x: Array) -> tuple[Array, Array, Array]:
    """The same for angles from 2**20 on, which may be infinite. Buffers 7 to 19 hold it."""
    ints = [row[: x.size] for row in work.ints[7 : 14 + _LIMBS]]
    top, first, second, third, fourth, _ = _product_with_window(ints, x)
    j = ints[0]
    r, e, p, upper_a, product, sign = (row.view(np.float64) for row in ints[1:7])
    below = _LIMB - _BITS
    np.add(top, 1 << (below - 1), out=top)  # so that the nearest step is meant
    np.right_shift(top, below, out=j)
    np.bitwise_and(top, (1 << below) - 1, out=top)
    np.subtract(top, 1 << (below - 1), out=top)
    for upper, lower in ((top, first), (third, fourth)):
        np.left_shift(upper, _LIMB, out=upper)
        np.add(upper, lower, out=upper)
    np.multiply(top, 2.0 ** -(below + _LIMB), out=p)
    np.multiply(second, 2.0 ** -(below + 2 * _LIMB), out=e)
    normalise(p, e, r)  # exact: the first is a multiple of what the second is less than
    a, rest = first.view(np.float64), fourth.view(np.float64)
    np.multiply(third, 2.0 ** -(below + 4 * _LIMB), out=rest)
    np.add(e, rest, out=e)
    normalise(r, e, a)
    # in radians: a * step exactly, and what is smaller
    step, step_upper, step_lower, step_rest = _step()
    np.multiply(a, step, out=p)
    np.multiply(e, step, out=e)
    np.bitwise_and(a.view(np.int64), UPPER, out=upper_a.view(np.int64))
    np.subtract(a, upper_a, out=rest)
    np.multiply(upper_a, step_upper, out=r)
    np.subtract(r, p, out=r)
    for part, factor in ((upper_a, step_lower), (rest, step_upper), (rest, step_lower), (a, step_rest)):
        np.multiply(part, factor, out=product)
        np.add(r, product, out=r)
    np.add(e, r, out=e)
    normalise(p, e, r)
    np.copysign(1.0, x, out=sign)
    np.multiply(e, sign, out=e)
    np.multiply(r, sign, out=r)
    np.subtract(x, x, out=p)  # nan where x is infinite
    np.add(r, p, out=r)
    np.copyto(first, sign, casting="unsafe")
    np.multiply(j, first, out=j)
    np.bitwise_and(j, STEPS - 1, out=j)
    return j, r, e


@functools.cache
def _step() -> tuple[float, ...]:
    """A step in radians as a float, the upper 26 bits of that, the rest of them, and what is left of the step."""
    step = fixed_point.pi() // (STEPS // 2)
    whole, left = fixed_point.parts(step)
    upper = float((np.array(whole).view(np.int64) & UPPER).view(np.float64))
    return whole, upper, whole - upper, left


def finely_reduced(x: Array) -> tuple[Array, Pair]:
    """Of finite angles from 2**-30 on, in arrays of its own, j and two floats: x is j steps, whole turns, and their sum
    in radians, right to 2**-96 of its size however near to a step that is not at 0 an angle comes."""
    ints = list(np.empty((7 + _FINE_LIMBS, x.size), np.int64))
    top, first, *others = _product_with_window(ints, x)
    below = _LIMB - _BITS
    top += 1 << (below - 1)  # so that the nearest step is meant
    rest = (((top & ((1 << below) - 1)) - (1 << (below - 1))) << _LIMB) + first
    turns: Pair = (rest * 2.0 ** (-2 * _LIMB), np.zeros_like(x))
    for place, limb in enumerate(others, 3):
        turns = two_floats.fast_two_sum(turns[0], turns[1] + limb * 2.0 ** (-place * _LIMB))
    sign = np.copysign(1.0, x)
    turn, turn_rest = fixed_point.parts(2 * fixed_point.pi())
    return ((top >> below) * sign.astype(np.int64)) & (STEPS - 1), two_floats.multiply(
        turns, (sign * turn, sign * turn_rest)
    )


def _product_with_window(ints: list[Array], x: Array) -> list[Array]:
    """The limbs of an angle in turns, without whole ones, from the first on."""
    row, upper, lower, limb, after, carry, product, *found = ints
    mask = (1 << _LIMB) - 1
    np.bitwise_and(x.view(np.int64), (1 << 63) - 1, out=lower)
    np.right_shift(lower, 52, out=row)
    np.subtract(row, _LOWEST_EXPONENT, out=row)
    np.bitwise_and(lower, (1 << 52) - 1, out=lower)
    np.bitwise_or(lower, 1 << 52, out=lower)
    np.right_shift(lower, _LIMB, out=upper)
    np.bitwise_and(lower, mask, out=lower)
    after[...] = carry[...] = 0
    for window, total in zip(_windows(len(found))[::-1], found[::-1], strict=True):
        np.take(window, row, out=limb, mode="clip")
        np.multiply(lower, limb, out=total)
        np.multiply(upper, after, out=product)
        np.add(total, product, out=total)
        np.add(total, carry, out=total)  # below 2**56
        np.right_shift(total, _LIMB, out=carry)
        np.bitwise_and(total, mask, out=total)
        limb, after = after, limb
    return found
