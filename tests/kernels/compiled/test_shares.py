"""Shares between two ends, against the NumPy kernel: types, ends inside and outside, zeros with signs, nan, inf."""

import numpy as np
import pytest

from maskexpr.kernels import shares as numpy_kernel
from maskexpr.kernels.choosing import plain
from maskexpr.kernels.shares import Line
from maskexpr.library.filters.contrast import scaled

pytestmark = pytest.mark.slow


def images(dtype, rng):
    if np.dtype(dtype).kind != "f":
        ends = np.iinfo(dtype)
        yield rng.integers(ends.min, ends.max, (300, 257), dtype, endpoint=True)
        return
    im = rng.normal(0, 50, (3, 21, 33)).astype(dtype)
    im.flat[::7] = -0.0
    yield im
    im = im.copy()
    im.flat[1::9], im.flat[2::9], im.flat[3::9] = np.nan, np.inf, -np.inf
    yield im


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "float32", "float64"])
def test_the_numpy_kernels_bits(dtype, rng, built, monkeypatch):
    from maskexpr.kernels.compiled import shares as compiled

    monkeypatch.setattr(compiled, "_AT_ONCE", 1000)
    is_floating = np.dtype(dtype).kind == "f"
    for im in images(dtype, rng):
        im.flags.writeable = False
        for low, high in ((3, 90), (-7.5, 200.25), (-300, 70000), (0, 0), (5, 5), (-1e300, 1e308)):
            for line in (None, Line(0.0, 255.0), Line(9.0, -2.0)):
                expected, found = np.full((2, *im.shape), 9, dtype if is_floating else np.float64)
                with np.errstate(all="ignore"):
                    plain(numpy_kernel.shares)(im, low, high, expected, scaled, cut=True, line=line)
                    answer = compiled.shares(im, low, high, found, scaled, cut=True, line=line)
                if answer is NotImplemented:
                    assert is_floating
                    assert line or low == high or low == -1e300
                    continue
                np.testing.assert_array_equal(found, expected)
                np.testing.assert_array_equal(np.signbit(found), np.signbit(expected))
        if np.isfinite(im).all():
            low, high = im.min().item(), im.max().item()
            expected, found = np.full((2, *im.shape), 9, dtype if is_floating else np.float64)
            plain(numpy_kernel.shares)(im, low, high, expected, scaled, cut=False)
            assert compiled.shares(im, low, high, found, scaled, cut=False) is found
            np.testing.assert_array_equal(found, expected)
            np.testing.assert_array_equal(np.signbit(found), np.signbit(expected))


def test_what_is_left_to_numpy(built):
    from maskexpr.kernels.compiled.shares import shares

    im, out = np.ones((8, 9), np.float32), np.ones((8, 9), np.float32)
    small = np.ones((8, 9), np.uint8), np.ones((8, 9))  # a table of 256 is more work
    for given, into in (small, (im[:, ::2], out[:, ::2]), (im.astype(">f4"), out), (im.astype(np.float16), out)):
        assert shares(given, 0, 5, into, scaled, cut=True) is NotImplemented
