"""Cube roots against mpmath."""

import mpmath
import numpy as np

from maskexpr.kernels import elementary
from maskexpr.kernels.elementary import roots

WORK = mpmath.MPContext()
WORK.prec = 200


def numbers():
    random = np.random.default_rng(0)
    wide = np.ldexp(random.random(2000) - 0.5, random.integers(-1073, 1024, 2000))
    near = 1 + np.ldexp(random.random(1000) - 0.5, random.integers(-53, 0, 1000))
    cubes = np.arange(-1000.0, 1000) ** 3
    between = (np.ldexp(2 * random.integers(1 << 52, 1 << 53, 1000) + 1.0, -54)) ** 3
    return np.concatenate([wide, near, cubes, np.nextafter(cubes, np.inf), between, [5e-324, 1.7976931348623157e308]])


def test_cube_roots_are_rounded_once():
    x = numbers()
    want = [float(WORK.cbrt(abs(WORK.mpf(v)))) * (1 if v > 0 else -1) for v in x.tolist()]
    np.testing.assert_array_equal(elementary.cbrt(x), want)
    np.testing.assert_array_equal(roots.CBRT.exact(x), want)


def test_special_values():
    x = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 27, -1 / 8])
    assert elementary.cbrt(x).tobytes() == np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 3, -0.5]).tobytes()
    assert elementary.cbrt(np.float16(27)) == 3
