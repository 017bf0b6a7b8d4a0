"""Sums of floats by Python's integers, and values whose sums are hard to round."""

import math

import numpy as np


def exact(x):
    """The exact sum rounded once; nan and inf as adding has them."""
    values = x.ravel().tolist()
    if not all(map(math.isfinite, values)):
        return math.inf - math.inf if {math.inf, -math.inf} <= {*values} else sum(v for v in values if v - v)
    total = sum(n << 1075 - d.bit_length() for n, d in map(float.as_integer_ratio, values))  # in units of 2**-1074
    try:
        return total / 2**1074
    except OverflowError:
        return math.inf if total > 0 else -math.inf


def same(a, b):
    return np.float64(a).tobytes() == np.float64(b).tobytes() or (a != a and b != b)


def hard_cases(n):
    """Sums of n values in which roundings show: all exponents, cancelling, ties, subnormal, too large on the way."""
    rng = np.random.default_rng(n)
    u = rng.random(n) + 2.0**-53
    with np.errstate(over="ignore", under="ignore"):
        wild = np.ldexp(u, rng.integers(-1080, 970, n)) * rng.choice([-1, 1], n)
        yield from (u, -u, u - u.mean(), wild, np.ldexp(wild, -100), np.ldexp(u, -1060), np.ldexp(u - 0.5, -1022))
        yield from (np.ldexp(u - 0.5, 1023), np.ldexp(u, 1024 - 18), np.round(u * 255), np.exp(40 * (u - 0.5)))
        yield from (np.full(n, 0.1), np.where(u < 0.5, 0, u), np.full(n, 1.7e308), np.full(n, -0.0))
        yield rng.permutation(np.concatenate([wild, -wild, [1e-300]]))
        yield rng.permutation(np.concatenate([u, -u]))
        yield np.concatenate([u * 1e300, -u * 1e300, u])
        yield np.append(np.where(u < 0.5, 1.7e308, -1.7e308), 1.0)
        for tie in ([1, 2.0**-53], [1, 2.0**-53, 2.0**-200], [1, 2.0**-53, -5e-324]):
            yield np.concatenate([tie, np.zeros(n)])
        for others in ([np.inf], [-np.inf, 1], [np.nan, 1], [np.inf, -np.inf], [np.nan, np.inf]):
            yield np.concatenate([u, others, u])
