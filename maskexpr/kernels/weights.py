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

Array = np.ndarray[Any, Any]

_TRUNCATE = 4.0
_FURTHEST = 2.0**1000  # of the largest sigmas four times are beyond all floats
# What is cut off at each step comes to less than 2^-140 of any weight over a reach of 2^19: only one that lies within
# 2^-87 of its last bit from halfway between two numbers could be rounded the wrong way.
_BITS = 192
_CONTEXT = Context(prec=70, rounding=ROUND_HALF_EVEN, Emin=-999999, Emax=999999, traps=[])
_MOST_KEPT = 2**12  # of one sigma; beyond, each weight takes less time to find than to be used once


def gaussian_reach(sigma: float) -> int:
    """How many weights of a Gaussian lie to either side of the middle one."""
    return int(min(_TRUNCATE * sigma + 0.5, _FURTHEST))


def gaussian_weights(sigma: float, order: int = 0) -> Array:
    """The weights of a Gaussian from the middle one out, to a reach of 4 sigma. With those of the other side the exact
    ones add up to 1.

    Of an order above 0 those of its derivative, to which a line's slope of that order is the answer: the same times the
    polynomial that comes of it. Of odd orders those of the other side have the other sign.
    """
    return _kept(sigma, order) if gaussian_reach(sigma) <= _MOST_KEPT else _weights(sigma, order)


def _weights(sigma: float, order: int = 0) -> Array:
    with localcontext(_CONTEXT):
        step = int((-1 / (2 * Decimal(sigma) ** 2)).exp() * 2**_BITS) if gaussian_reach(sigma) else 0
    square = step * step >> _BITS
    weight = total = 1 << _BITS
    weights = [weight]
    for _ in range(gaussian_reach(sigma)):
        weight = weight * step >> _BITS
        step = step * square >> _BITS
        weights.append(weight)
        total += 2 * weight
    factors, over = _polynomial(sigma, order)
    total *= over
    # Python rounds a quotient of whole numbers once.
    result = np.array([weight * _value(factors, place) / total for place, weight in enumerate(weights)])
    result.setflags(write=False)
    return result


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
