"""Short forms of exp, the logarithms and powers for float32: in float64, but no more exact than float32 needs.

What they give is right to 2**-43 of its size. Where that is too near to the middle between two numbers of float32 it
is left undecided, so that results are just those of the long forms, rounded to float32.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from maskexpr.kernels.elementary import exponentials, logarithms, powers
from maskexpr.kernels.elementary.blocks import Array, Work
from maskexpr.kernels.elementary.exponentials import MAGIC, STEPS, steps, table_of_singles
from maskexpr.kernels.elementary.logarithms import CELLS, SQRT_HALF, Base, binary, decimal, inverses, natural

_LOWEST, _HIGHEST = -87.0, 88.0  # between them results are normal numbers of float32
_NEAR = 2**10  # units in the last place of float64, about 2**-42
_CUT_OFF = 29  # bits that float32 has no room for
_SHORT_SERIES = 3


def exp_of_singles(work: Work, x: Array, out: Array) -> Array | None:
    if not (x.max() < _HIGHEST and x.min() > _LOWEST):
        return None
    _exp(work, x, out)
    return near_the_middle(work, out)


def log_of_singles(base: Callable[[], Base]) -> Callable[[Work, Array, Array], Array]:
    def block(work: Work, x: Array, out: Array) -> Array:
        if x.min() > 0 and x.max() < np.inf:
            _log(work, x, base(), _SHORT_SERIES, out)
        else:
            safe = work.floats[8]
            np.copyto(safe, logarithms.positive(work, x))
            _log(work, safe, base(), _SHORT_SERIES, out)
            logarithms.set_by_rules(work, x, out)
        return near_the_middle(work, out)

    return block


def power_of_singles(work: Work, x: Array, y: Array, out: Array) -> Array | None:
    zeros = None
    if not x.min() > 0:
        zeros = _zeros(work, x, y)
        if zeros is None:
            return None
        x = work.floats[9]
    if not x.max() < np.inf:
        return None
    product = work.floats[8]
    base = natural()
    _log(work, x, base, len(base.series), product)
    np.multiply(product, y, out=product)
    if not (product.max() < _HIGHEST and product.min() > _LOWEST):
        return None
    _exp(work, product, out)
    if zeros is not None:
        np.copyto(out, 0.0, where=zeros)
    return near_the_middle(work, out)


def _zeros(work: Work, x: Array, y: Array) -> Array | None:
    """Where a base is 0, if the exponents are positive and no base has a sign; the buffer 9 has 1 there."""
    zeros = work.flags[1]
    if not y.min() > 0 or np.signbit(x, out=zeros).any() or not x.min() >= 0:
        return None
    np.equal(x, 0, out=zeros)
    np.copyto(work.floats[9], x)
    np.copyto(work.floats[9], 1.0, where=zeros)
    return zeros


def near_the_middle(work: Work, out: Array) -> Array:
    """Which are next to the middle between two numbers of float32."""
    bits, mask = work.ints[0], work.flags[0]
    np.subtract(out.view(np.int64), 2 ** (_CUT_OFF - 1) - _NEAR, out=bits)
    np.bitwise_and(bits, 2**_CUT_OFF - 1, out=bits)
    return np.less(bits, 2 * _NEAR, out=mask)


def _exp(work: Work, x: Array, out: Array) -> None:
    t, r, p, w = work.floats[:4]
    j = work.ints[4]
    per_one, *step = steps()
    np.multiply(x, per_one, out=t)
    np.add(t, MAGIC, out=t)
    np.subtract(t, MAGIC, out=w)
    np.multiply(w, sum(step), out=w)
    np.subtract(x, w, out=r)
    np.multiply(r, 1 / 6, out=p)
    np.add(p, 0.5, out=p)
    np.multiply(p, r, out=p)
    np.add(p, 1.0, out=p)
    np.multiply(p, r, out=p)
    bits = t.view(np.int64)
    np.bitwise_and(bits, STEPS - 1, out=j)
    np.take(table_of_singles(), j, out=w, mode="wrap")
    np.multiply(p, w, out=p)
    np.add(p, w, out=out)
    np.right_shift(bits, 11, out=bits)
    np.left_shift(bits, 52, out=bits)
    np.add(out.view(np.int64), bits, out=out.view(np.int64))


def _log(work: Work, x: Array, base: Base, terms: int, out: Array) -> None:
    r, p, w = work.floats[:3]
    k, j = work.ints[3:5]
    bits, m = x.view(np.int64), r.view(np.int64)
    np.subtract(bits, SQRT_HALF, out=k)
    np.right_shift(k, 41, out=j)
    np.bitwise_and(j, CELLS - 1, out=j)
    np.right_shift(k, 52, out=k)
    np.left_shift(k, 52, out=m)
    np.subtract(bits, m, out=m)
    np.take(inverses(), j, out=w, mode="wrap")
    np.multiply(r, w, out=r)  # exact: 24 + 12 bits
    np.subtract(r, 1.0, out=r)
    np.copyto(w, k)
    np.multiply(w, base.two[0] + base.two[1], out=w)
    np.take(base.table_of_singles, j, out=p, mode="wrap")
    np.add(w, p, out=w)
    np.multiply(r, base.series[terms - 1], out=p)
    for coefficient in (*base.series[terms - 2 :: -1], base.long_scale[0]):
        np.add(p, coefficient, out=p)
        np.multiply(p, r, out=p)
    np.add(w, p, out=out)


EXP = replace(exponentials.EXP, single=exp_of_singles)
LOG = replace(logarithms.LOG, single=log_of_singles(natural))
LOG2 = replace(logarithms.LOG2, single=log_of_singles(binary))
LOG10 = replace(logarithms.LOG10, single=log_of_singles(decimal))
POWER = replace(powers.POWER, single=power_of_singles)
