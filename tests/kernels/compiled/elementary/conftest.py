"""Numbers that are ordinary, hard and special, and the comparison with the NumPy kernel."""

import numpy as np
import pytest

from maskexpr.kernels import elementary
from maskexpr.kernels.choosing import plain

SPECIAL = (0, 1, 2, 3, 0.5, 1.5, 5e-324, 1e-310, 2.0**-1022, 1e-45, 2.0**-126, 88, 104, 709, 745, 255, 2.0**20, 1e300)
COUNT = 40_000


@pytest.fixture
def numbers(rng):
    """As many as two calls of a loop take, the special ones first."""
    near = 1 + np.ldexp(rng.random(COUNT) - 0.5, rng.integers(-40, 0, COUNT))
    wide = np.ldexp(rng.random(COUNT) - 0.5, rng.integers(-1070, 1024, COUNT))
    usual = np.ldexp(rng.random(COUNT) - 0.5, rng.integers(-20, 30, COUNT))
    special = np.array([*SPECIAL, np.inf, np.pi, np.pi / 2])
    return np.concatenate([special, -special, [np.nan], near, wide, usual, rng.random(COUNT) * 20 - 10])


@pytest.fixture
def assert_as_numpy(built):
    """That a function compiled gives the bits of the one of its name, in both types; a nan's own mean nothing."""
    from maskexpr.kernels.compiled import elementary as compiled

    def check(name, *given):
        for dtype in ("f4", "f8"):
            with np.errstate(all="ignore"):
                operands = [np.asarray(v).astype(dtype) for v in given]
                found = getattr(compiled, name)(*operands)
                expected = plain(getattr(elementary, name))(*operands)
            assert found.dtype == expected.dtype
            numbers = [np.where(np.isnan(v), np.nan, v).astype(dtype) for v in (found, expected)]
            np.testing.assert_array_equal(*(v.view(f"i{dtype[1]}") for v in numbers))

    return check
