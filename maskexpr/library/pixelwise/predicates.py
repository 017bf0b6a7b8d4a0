"""What holds of each pixel by itself."""

from typing import Any

import numpy as np

from maskexpr.functions.gives import TRUTHS
from maskexpr.functions.parameters import Numbers, Numeric
from maskexpr.functions.record import Settings, function
from maskexpr.library.operators import compare


@function(gives=TRUTHS, halo=0, cost=1, memory=0, total=True, transposes=True)
def isnan(im: Numeric) -> Any:
    """Whether each value is nan (not a number); never for integers.

    Errors: a mask or a colour image.
    Source: numpy.isnan.

    >>> evaluate("isnan(im)", im=np.array([1.0, np.nan]))
    array([False,  True])
    """
    return np.isnan(im) if isinstance(im, np.ndarray) else im != im  # NumPy has no integers beyond 64 bits


@function(gives=TRUTHS, halo=0, cost=1, memory=0, total=True, transposes=True)
def isfinite(im: Numeric) -> Any:
    """Whether each value is neither nan nor infinite; always for integers.

    Errors: a mask or a colour image.
    Source: numpy.isfinite.

    >>> evaluate("isfinite(im)", im=np.array([1.0, np.inf]))
    array([ True, False])
    """
    return np.isfinite(im) if isinstance(im, np.ndarray) else im - im == 0


def _comparisons(settings: Settings, ndim: int) -> float:
    """Each pixel is compared with each number."""
    return 1.0 + len(settings["values"])


@function(gives=TRUTHS, halo=0, cost=_comparisons, memory=8, total=True, transposes=True, compares={"values": "in"})
def isin(im: Numeric, values: Numbers) -> Any:
    """Whether each value is one of a list of numbers; `im in [2, 3]` says the same.

    Integers are compared exactly. nan is in no list; an empty list holds nothing.

    Errors: a mask or a colour image; a list that holds other things than numbers known before the run.
    Source: numpy.isin.

    >>> evaluate("isin(im, [1, 5])", im=[[1, 3, 5]])
    array([[ True, False,  True]])
    """
    result: Any = np.zeros(im.shape, bool) if isinstance(im, np.ndarray) else False
    for value in values:
        result = np.logical_or(result, compare("==", im, value))
    return result
