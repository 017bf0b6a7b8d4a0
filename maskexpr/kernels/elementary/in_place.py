"""Steps of arithmetic in two floats that overwrite what they are given: a block's buffers are all they use."""

import numpy as np

from maskexpr.kernels.elementary.blocks import Array
from maskexpr.kernels.elementary.two_floats import UPPER


def normalise(high: Array, low: Array, to: Array) -> None:
    """high + low, where |high| is larger, as `to`, rounded from both, and `low`, which is what it leaves."""
    np.add(high, low, out=to)
    np.subtract(high, to, out=high)
    np.add(high, low, out=low)


def remainder(n: Array, q: Array, d: Array, buffers: tuple[Array, ...]) -> None:
    """Turn n into n - q * d, right to 2**-78 of n, where q is n / d rounded."""
    q_part, d_part, product = buffers
    np.bitwise_and(q.view(np.int64), UPPER, out=q_part.view(np.int64))
    np.bitwise_and(d.view(np.int64), UPPER, out=d_part.view(np.int64))
    np.multiply(q_part, d_part, out=product)
    np.subtract(n, product, out=n)  # exact
    np.subtract(d, d_part, out=d_part)
    np.multiply(q_part, d_part, out=product)
    np.subtract(n, product, out=n)
    np.subtract(q, q_part, out=q_part)
    np.multiply(q_part, d, out=product)
    np.subtract(n, product, out=n)


def round_once(high: Array, low: Array, doubt: float, out: Array, undecided: Array) -> Array:
    """Round high + low, where |high| is larger, and say where the number meant could round otherwise (Ziv's test).

    It could only if the part that is rounded away, which then is half a unit in the last place or nearly so (a quarter
    next to a power of two), is as large as that when `doubt` times larger. So for numbers off by `e` of their size it
    takes a doubt of 1 + 2**54 * e or more.

    Source: Ziv, Fast evaluation of elementary mathematical functions with correctly rounded last bit, 1991,
    doi:10.1145/114697.116813.
    """
    normalise(high, low, out)
    np.multiply(low, doubt, out=low)
    np.add(low, out, out=low)
    return np.not_equal(low, out, out=undecided)
