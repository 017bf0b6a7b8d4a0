"""Elementary functions with the same bits on every machine.

NumPy's own call vector code that differs from CPU to CPU, or the system's library: the last bits of results, and with
them comparisons, change from machine to machine, with NumPy's version and with an array's layout. These use only what
IEEE 754 defines to the last bit: sums, products, quotients, square roots, comparisons, integer operations on the bits,
and tables made of Python's whole numbers.

They take floating arrays of any shape and layout, or scalars; two operands are of one type, and broadcast. The result
has their type: float64 is computed, float32 and float16 go by way of it. `out` may be an operand. Special values are
those of C99 and NumPy; nothing warns.

Each result in float64 is the float nearest to the true value, which leaves nothing to choose: other tables, series or
hardware cannot give other bits, what grows never falls, and what is a float comes out exactly, as log10(1000) = 3. That
of float32 and float16 is this one, rounded to them: it is the nearest there, too, but for one value in some hundred
million, whose error is beyond half a unit in the last place by less than 2**-28. (Angles that are subnormal in float32
lie that near to the middle between two by the dozen, and are the nearest.)

A first stage in two floats is right to some 2**-70 and knows by how much it may be wrong; where two floats are left to
choose between, which is seldom, more exact arithmetic decides, in the end Python's whole numbers (Ziv, Fast evaluation
of elementary mathematical functions with correctly rounded last bit, 1991, doi:10.1145/114697.116813).
"""

from typing import Any

from maskexpr.kernels.choosing import has_compiled
from maskexpr.kernels.elementary.blocks import Array, apply

# What computes a function is imported when it is first asked for: a start need not wait for it.


@has_compiled
def exp(x: Any, out: Array | None = None) -> Any:
    """e to the power x, rounded once."""
    from maskexpr.kernels.elementary.singles import EXP

    return apply(EXP, (x,), out)


@has_compiled
def log(x: Any, out: Array | None = None) -> Any:
    """The natural logarithm, rounded once."""
    from maskexpr.kernels.elementary.singles import LOG

    return apply(LOG, (x,), out)


@has_compiled
def log2(x: Any, out: Array | None = None) -> Any:
    """The logarithm to base 2, rounded once."""
    from maskexpr.kernels.elementary.singles import LOG2

    return apply(LOG2, (x,), out)


@has_compiled
def log10(x: Any, out: Array | None = None) -> Any:
    """The logarithm to base 10, rounded once."""
    from maskexpr.kernels.elementary.singles import LOG10

    return apply(LOG10, (x,), out)


@has_compiled
def power(a: Any, b: Any, out: Array | None = None) -> Any:
    """a to the power b, rounded once."""
    from maskexpr.kernels.elementary.singles import POWER

    return apply(POWER, (a, b), out)


def cbrt(x: Any, out: Array | None = None) -> Any:
    """The cube root, rounded once."""
    from maskexpr.kernels.elementary.roots import CBRT

    return apply(CBRT, (x,), out)


@has_compiled
def sin(x: Any, out: Array | None = None) -> Any:
    """The sine of an angle in radians, rounded once."""
    from maskexpr.kernels.elementary.short_angles import SIN

    return apply(SIN, (x,), out)


@has_compiled
def cos(x: Any, out: Array | None = None) -> Any:
    """The cosine of an angle in radians, rounded once."""
    from maskexpr.kernels.elementary.short_angles import COS

    return apply(COS, (x,), out)


@has_compiled
def tan(x: Any, out: Array | None = None) -> Any:
    """The tangent of an angle in radians, rounded once."""
    from maskexpr.kernels.elementary.short_angles import TAN

    return apply(TAN, (x,), out)


@has_compiled
def arctan2(y: Any, x: Any, out: Array | None = None) -> Any:
    """The angle in radians, -pi to pi, between the axis of x and the point (x, y), rounded once."""
    from maskexpr.kernels.elementary.short_angles import ARCTAN2

    return apply(ARCTAN2, (y, x), out)


@has_compiled
def hypot(a: Any, b: Any, out: Array | None = None) -> Any:
    """The square root of a * a + b * b, rounded once."""
    from maskexpr.kernels.elementary.short_angles import HYPOT

    return apply(HYPOT, (a, b), out)
