"""The floats nearest to what mpmath computes, for functions that are to be rounded once."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np

Array = np.ndarray[Any, Any]

EXACTLY = mpmath.MPContext()
EXACTLY.prec = 320


def nearest_float(value: Any) -> float:
    """Rounded once, subnormal numbers too, where mpmath's own conversion rounds twice."""
    sign, top, exponent, _ = value._mpf_
    if not top and exponent:
        return float(value)  # inf, nan
    exact = Fraction((-1) ** sign * int(top)) * Fraction(2) ** exponent
    try:
        return float(exact)
    except OverflowError:
        return float("inf") if exact > 0 else float("-inf")


def nearest_floats(function: Callable[..., Any], *values: Array) -> Array:
    """A function of mpmath's numbers, for each of some values."""
    lists = zip(*(v.tolist() for v in values), strict=True)
    return np.array([nearest_float(function(*map(EXACTLY.mpf, each))) for each in lists])


def assert_same_bits(found: Array, want: Array, *values: Array) -> None:
    """All the same numbers; the first few that differ are shown."""
    differ = found.view(np.int64) != want.view(np.int64)
    places = np.flatnonzero(differ)[:5]
    assert not differ.any(), (
        f"{differ.sum()} of {differ.size}: {[v[places].tolist() for v in values]} gave {found[places].tolist()}, "
        f"not {want[places].tolist()}"
    )
