"""Values and bins that are counted, against the NumPy kernels."""

import numpy as np
import pytest

from maskexpr.kernels import counts
from maskexpr.kernels.choosing import plain, with_compiled

pytestmark = pytest.mark.slow
TYPES = ("uint8", "int8", "uint16", "int16", "int32", "uint32", "int64", "uint64", ">i2", "float32")


@pytest.fixture(params=[2**18, 1000])
def compiled(request, built, monkeypatch):
    """As it is, and in parts and threads."""
    from maskexpr.kernels.compiled import counts as compiled

    monkeypatch.setenv("MASKEXPR_THREADS", "3")
    monkeypatch.setattr(compiled, "_AT_ONCE", request.param)
    monkeypatch.setattr(compiled, "_SHARED", 4 * request.param)
    return compiled


@pytest.mark.parametrize("dtype", TYPES)
def test_values(dtype, rng, compiled):
    ends = (np.finfo if dtype == "float32" else np.iinfo)(dtype)
    for size in (1, 3, 9001):
        steps = rng.integers(0, 100, size)
        for values in (ends.min + steps.astype(dtype), ends.max - steps.astype(dtype), np.full(size, 3, dtype)):
            for some in (values.astype(dtype), values.astype(dtype).reshape(1, -1)[:, ::-2]):
                expected, found = counts.count_values(some), with_compiled(counts.count_values)(some)
                for one, other in zip(found, expected, strict=True):
                    assert one.dtype == other.dtype
                    np.testing.assert_array_equal(one, other)


def test_each_is_counted_compiled(rng, compiled):
    for values in (rng.integers(0, 256, 5003, np.uint8), np.zeros(0, np.uint8), np.full(7001, 9, np.uint8)):
        np.testing.assert_array_equal(compiled.count_bytes(values), plain(counts.count_bytes)(values))
    for dtype in ("uint16", "int16", "int32", "uint32", "int64"):
        values = rng.integers(-20 if dtype[0] == "i" else 5, 900, 5003).astype(dtype)
        low, size = int(values.min()), int(np.ptp(values)) + 1
        found = compiled.count_from(values, low, size)
        np.testing.assert_array_equal(found, plain(counts.count_from)(values, low, size))
        assert found.dtype == np.int64
    assert compiled.count_from(values[::2], low, size) is NotImplemented


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("bins", [1, 2, 10, 256])
@pytest.mark.parametrize("ends", [(0, 1), (-0.3, 0.3), (1e-300, 3e-300), (-1e300, 1e300), (2**53, 2**53 + 512)])
def test_bins(dtype, bins, ends, rng, compiled):
    edges = np.linspace(*ends, bins + 1)
    near = np.concatenate([edges, np.nextafter(edges, -np.inf)[1:], np.nextafter(edges, np.inf)[:-1]])
    with np.errstate(over="ignore", under="ignore"):
        values = np.concatenate([near, rng.uniform(*ends, 5000)]).astype(dtype)
    values = np.append(values, np.array([np.nan, np.inf, -np.inf, 2**60, -1.0], dtype))
    expected = plain(counts.count_bins)(values, edges)
    np.testing.assert_array_equal(compiled.count_bins(values, edges), expected)
    assert compiled.count_bins(values, np.full(4, edges[0])) is NotImplemented


def test_pixels_that_are_on(rng, built):
    from maskexpr.kernels.compiled import counts as compiled

    for shape in [(0, 5), (1,), (1, 63), (64, 1), (13, 65), (3, 4, 50)]:
        for some in (0, 0.1, 1):
            mask = rng.random(shape) < some
            odd = np.where(mask, rng.integers(1, 256, shape, np.uint8), np.uint8(0)).view(bool)  # any byte but 0
            assert compiled.count_on(odd) == plain(counts.count_on)(odd) == np.count_nonzero(mask)
    assert compiled.count_on(mask[..., ::2]) is NotImplemented
