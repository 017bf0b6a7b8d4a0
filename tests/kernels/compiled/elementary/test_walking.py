"""Arrays of all layouts go through loops, each number by itself."""

import numpy as np
import pytest

from maskexpr.kernels import elementary
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow


@pytest.fixture
def hypot(built):
    from maskexpr.kernels.compiled import building, elementary

    building.built("elementary.lengths")
    return elementary.hypot


@pytest.mark.parametrize("dtype", ["f4", "f8", ">f8"])
def test_layouts(dtype, rng, hypot):
    a, b = (rng.random((70, 2100)) * 10).astype(dtype), (rng.random((70, 2100)) * 10).astype(dtype)
    expected = plain(elementary.hypot)(a, b)
    for first, second in ((a, b), (np.asfortranarray(a), b), (np.asfortranarray(a), np.asfortranarray(b))):
        np.testing.assert_array_equal(hypot(first, second), expected)
        out = np.empty((70, 4200), expected.dtype)[:, ::2]
        assert hypot(first, second, out) is out
        np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(hypot(a[::-1, ::3], b[::-1, ::3]), expected[::-1, ::3])
    np.testing.assert_array_equal(hypot(a, b[0]), plain(elementary.hypot)(a, b[0]))
    np.testing.assert_array_equal(hypot(a[3:4, :1], b), plain(elementary.hypot)(a[3:4, :1], b))
    for target in (a, b):
        own = target.astype(expected.dtype)
        given = (own, b) if target is a else (a, own)
        assert hypot(*given, own) is own
        np.testing.assert_array_equal(own, expected)


def test_results_over_operands_keep_what_is_in_doubt(rng, hypot):
    a = rng.random(300_000) * 10
    a[::1000] = np.nan  # unusual
    a[1::1000] = 1e-300
    expected = plain(elementary.hypot)(a, 3.0)
    np.testing.assert_array_equal(hypot(a, 3.0, a), expected)


def test_what_is_left_to_numpy(hypot):
    halves = np.ones(9, np.float16)
    assert hypot(halves, halves) is NotImplemented
    assert hypot(np.ones(9), 1.0, np.empty(9, np.float32)) is NotImplemented
    assert hypot(3.0, 4.0) is NotImplemented
    assert hypot(np.ones((0, 3)), 1.0) is NotImplemented
