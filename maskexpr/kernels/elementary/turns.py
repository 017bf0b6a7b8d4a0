"""Angles as steps of a 2048th of a turn, and what is left, in two floats.

Up to 2**20 the steps are taken off in pieces of pi so short that their products are exact (Cody and Waite). Larger
angles are multiplied by a window of the bits of 1/(2 pi), cut so that whole turns fall away, in whole numbers (Payne
and Hanek). What is left is off by 2**-106 radians at most.

Sources: Cody and Waite, Software manual for the elementary functions, 1980; Payne and Hanek, Radian reduction for
trigonometric functions, 1983, doi:10.1145/1057600.1057602.
"""

import functools

import numpy as np

from maskexpr.kernels.elementary import fixed_point
from maskexpr.kernels.elementary.blocks import Array, Work
from maskexpr.kernels.elementary.two_floats import fast_two_sum, two_product, two_sum

STEPS = 2048
_BITS = 11
# Up to here, in radians, two pieces of pi of 36 bits and a float do: their products with the number of steps, of 17
# bits, are exact. Up to the second limit it takes three of 24 bits, of which the number has 29 to multiply with.
_NEAR = 2.0**8
_FAR = 2.0**20
_NEAR_GRID = (-44, -81)
_FAR_GRID = (-32, -57, -82)
_ROUNDER = 1.5 * 2.0**52  # what it is added to is rounded to a whole number, which the low bits then show

# Windows of 1/(2 pi) are cut into limbs, two of which an angle's 53 bits fill.
_LIMB = 27
_LIMBS = 6
_LOWEST_EXPONENT = 1023 + 20


def reduced(work: Work, x: Array) -> tuple[Array, Array, Array]:
    """Of angles in radians j, r and e: x is j steps, whole turns, and r + e radians, where |r| is at most half a step
    and |e| half a unit in its last place (a little more below 256).

    r + e is exact where |x| is less than half a step. The first 7 floats are used. nan and inf leave nan.
    """
    largest = max(x.max(), -x.min())
    if largest < _NEAR:
        return _near(work, x)
    if largest < _FAR:
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
    places = np.flatnonzero(size >= _FAR)
    np.copyto(near, x)
    near[places] = 0.0
    j, r, e = _far(work, near)
    if places.size:  # none where there is only nan besides
        j[places], r[places], e[places] = _without_turns(x[places])
    return j, r, e


@functools.cache
def _windows() -> Array:
    """For each exponent of a float, from 2**20 on, the bits of 2**exponent / (2 pi) that count, limb by limb."""
    bits = 1300
    width = _LIMB * _LIMBS
    inverse = (1 << (2 * bits)) // (2 * fixed_point.pi(bits))
    rows = [inverse >> (bits - width - (exponent - 1075)) for exponent in range(_LOWEST_EXPONENT, 2047)]
    cuts = range(width - _LIMB, -1, -_LIMB)
    windows = np.array([[(row >> cut) & ((1 << _LIMB) - 1) for row in rows] for cut in cuts], np.int64)
    windows.setflags(write=False)
    return windows


def _without_turns(x: Array) -> tuple[Array, Array, Array]:
    """The same for angles from 2**20 on."""
    bits = np.abs(x).view(np.int64)
    row = (bits >> 52) - _LOWEST_EXPONENT
    mantissa = (bits & ((1 << 52) - 1)) | (1 << 52)
    mask = (1 << _LIMB) - 1
    upper, lower = mantissa >> _LIMB, mantissa & mask
    # The product with the window, modulo a turn, from the last limb on. No sum reaches 2**56.
    limbs = []
    carry: Array | int = 0
    after: Array | int = 0
    for window in _windows()[::-1]:
        limb = np.take(window, row, mode="clip")
        total = lower * limb + upper * after + carry
        limbs.append(total & mask)
        carry = total >> _LIMB
        after = limb
    _, fourth, third, second, first, top = limbs
    below = _LIMB - _BITS
    top = top + (1 << (below - 1))  # so that the nearest step is meant
    j = (top >> below) & (STEPS - 1)
    left = (top & ((1 << below) - 1)) - (1 << (below - 1))
    r, e = two_sum(((left << _LIMB) + first) * 2.0 ** -(below + _LIMB), second * 2.0 ** -(below + 2 * _LIMB))
    e = e + ((third << _LIMB) + fourth) * 2.0 ** -(below + 4 * _LIMB)
    r, e = fast_two_sum(r, e)
    step, rest = fixed_point.parts(fixed_point.pi() // (STEPS // 2))
    p, q = two_product(r, np.full_like(r, step))
    r, e = fast_two_sum(p, q + (r * rest + e * step))
    negative = x < 0
    fine = np.isfinite(x)
    r = np.where(fine, np.where(negative, -r, r), np.nan)
    return np.where(negative, -j, j) & (STEPS - 1), r, np.where(negative, -e, e)
