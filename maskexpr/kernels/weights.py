"""The weights of a Gaussian, the same on every machine: the exact ones, each rounded once.

The exponentials of NumPy and of the C library differ from one processor to the next in their last bits. Here one is
taken in decimals, which are rounded by rule, and all others follow from it in whole numbers: with g the weight beside
the middle one, the weight at i is g ** (i * i), and from one to the next is a factor of g ** (2 * i + 1).
"""

import functools
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_TRUNCATE = 4.0
# What is cut off at each step comes to less than 2^-140 of any weight over a reach of 2^19: only one that lies within
# 2^-87 of its last bit from halfway between two numbers could be rounded the wrong way.
_BITS = 192
_CONTEXT = Context(prec=70, rounding=ROUND_HALF_EVEN, Emin=-999999, Emax=999999, traps=[])
_MOST_KEPT = 2**12  # of one sigma; beyond, each weight takes less time to find than to be used once


def gaussian_reach(sigma: float) -> int:
    """How many weights of a Gaussian lie to either side of the middle one."""
    return int(_TRUNCATE * sigma + 0.5)


def gaussian_weights(sigma: float) -> Array:
    """The weights of a Gaussian from the middle one out, to a reach of 4 sigma. With those of the other side the exact
    ones add up to 1."""
    return _kept(sigma) if gaussian_reach(sigma) <= _MOST_KEPT else _weights(sigma)


def _weights(sigma: float) -> Array:
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
    result = np.array([weight / total for weight in weights])  # Python rounds a quotient of whole numbers once
    result.setflags(write=False)
    return result


_kept = functools.lru_cache(maxsize=64)(_weights)
