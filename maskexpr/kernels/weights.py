"""The weights of a Gaussian, the same on every machine: the exact ones, each rounded once.

The exponentials of NumPy and of the C library differ from one processor to the next in their last bits. Here one is
taken in decimals, which are rounded by rule, and all others follow from it in whole numbers: with g the weight beside
the middle one, the weight at i is g ** (i * i), and from one to the next is a factor of g ** (2 * i + 1).
"""

import functools
import math
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.kernels.stopping import pause

Array = np.ndarray[Any, Any]

_TRUNCATE = 4.0
_FURTHEST = 2.0**1000  # of the largest sigmas four times are beyond all floats
# What is cut off at each step comes to less than 2^-140 of any weight over a reach of 2^19: only one that lies within
# 2^-87 of its last bit from halfway between two numbers could be rounded the wrong way.
_BITS = 192
_CONTEXT = Context(prec=70, rounding=ROUND_HALF_EVEN, Emin=-999999, Emax=999999, traps=[])
_MOST_KEPT = 2**12  # of one sigma; beyond, each weight takes less time to find than to be used once
# A line is repeated beyond its ends. Weights that reach so far, and over so many lines, are added up for the pixels
# that are the same ones there: so a sigma of any size takes no longer than one of the line's own.
_FAR, _OVER_LINES = 2**11, 2


def gaussian_reach(sigma: float) -> int:
    """How many weights of a Gaussian lie to either side of the middle one."""
    return int(min(_TRUNCATE * sigma + 0.5, _FURTHEST))


def is_folded(sigma: float, length: int) -> bool:
    """Whether weights reach so far beyond a line that they are added up for its pixels."""
    return gaussian_reach(sigma) > max(_FAR, _OVER_LINES * length)


def line_reach(sigma: float, length: int) -> int:
    """How many weights lie to either side of the middle one at most, along a line of a length."""
    return length if is_folded(sigma, length) else gaussian_reach(sigma)


def gaussian_weights(sigma: float, order: int = 0) -> Array:
    """The weights of a Gaussian from the middle one out, to a reach of 4 sigma. With those of the other side the exact
    ones add up to 1.

    Of an order above 0 those of its derivative, to which a line's slope of that order is the answer: the same times the
    polynomial that comes of it. Of odd orders those of the other side have the other sign.
    """
    return _kept(sigma, order) if gaussian_reach(sigma) <= _MOST_KEPT else _weights(sigma, order)


def line_weights(sigma: float, order: int, length: int, mode: str) -> Array:
    """The same for a line of a length: where it `is_folded` by what lies beyond its ends in a mode, the exact ones are
    added up before they are rounded."""
    return _folded(sigma, order, length, mode) if is_folded(sigma, length) else gaussian_weights(sigma, order)


def _weights(sigma: float, order: int = 0) -> Array:
    values, total = _exact(sigma, order)
    return _rounded(values, total)


def _rounded(values: list[int], total: int) -> Array:
    result = np.array([value / total for value in values])  # Python rounds a quotient of whole numbers once
    result.setflags(write=False)
    return result


def _exact(sigma: float, order: int) -> tuple[list[int], int]:
    """The weights in whole numbers, and what they are over."""
    with localcontext(_CONTEXT):
        step = int((-1 / (2 * Decimal(sigma) ** 2)).exp() * 2**_BITS) if gaussian_reach(sigma) else 0
    square = step * step >> _BITS
    weight = total = 1 << _BITS
    weights = [weight]
    for place in range(gaussian_reach(sigma)):
        if place % _MOST_KEPT == 0:
            pause()
        weight = weight * step >> _BITS
        step = step * square >> _BITS
        weights.append(weight)
        total += 2 * weight
    factors, over = _polynomial(sigma, order)
    if factors == [1]:
        return weights, total * over
    return [weight * _value(factors, place) for place, weight in enumerate(weights)], total * over


@functools.lru_cache(maxsize=64)
def _folded(sigma: float, order: int, length: int, mode: str) -> Array:
    values, total = _exact(sigma, order)
    if mode == "constant":
        return _rounded(values[:length], total)
    if mode == "nearest":
        return _rounded([*values[:length], sum(values[length:])], total)
    turn = {"reflect": 2 * length, "mirror": max(1, 2 * length - 2), "wrap": length}[mode]
    odd, half = order % 2, turn // 2
    found = [0] * (half + 1)
    for place in range(min(turn, len(values))):
        alike = sum(values[place::turn])
        if place <= half:
            found[place] += alike
        else:
            found[turn - place] += -alike if odd else alike
    found[0] = 0 if odd else 2 * found[0] - values[0]  # those whole turns away, on either side, are one pixel
    if odd and turn % 2 == 0:
        found[half] = 0  # on either side the same pixel
    return _rounded(found, total)


def _polynomial(sigma: float, order: int) -> tuple[list[int], int]:
    """What the derivative of a Gaussian at -x is times it, as a polynomial in x: whole factors of its powers, and what
    they are over. From one derivative to the next, p becomes x p / sigma^2 - p'."""
    variance = Fraction(sigma) ** 2
    factors = [Fraction(1)]
    for _ in range(order):
        slopes = [i * factor for i, factor in enumerate(factors)][1:]
        factors = [Fraction(0), *(factor / variance for factor in factors)]
        for i, slope in enumerate(slopes):
            factors[i] -= slope
    over = math.lcm(*(factor.denominator for factor in factors))
    return [int(factor * over) for factor in factors], over


def _value(factors: list[int], place: int) -> int:
    value = 0
    for factor in reversed(factors):
        value = value * place + factor
    return value


_kept = functools.lru_cache(maxsize=64)(_weights)
