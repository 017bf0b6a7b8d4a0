"""Entropies by whole numbers are those by definition."""

import math

import numpy as np
import pytest

from maskexpr.kernels.entropies import Terms, entropies, entropies_bytes


def by_definition(values: np.ndarray) -> float:
    _, counts = np.unique(values, return_counts=True)
    shares = counts / max(counts.sum(), 1)
    return math.fsum(-p * math.log2(p) for p in shares)


@pytest.mark.parametrize("most", [1, 2, 3, 9, 49, 1000, 2**16, 2**20])
def test_terms_fit_and_are_near(most: int) -> None:
    terms = Terms(most)
    assert 0 <= terms.table[-1] < 2**62
    assert terms.bits >= 36
    numbers = [n for n in {1, 2, 3, most // 2, most - 1, most} if 0 < n <= most]
    for n in numbers:
        assert abs(int(terms.table[n]) / 2**terms.bits - n * math.log2(n)) <= 2.0**-terms.bits + n * 1e-14
    found = terms.entropies(np.array([2 * terms.table[most // 2]]), np.array([most // 2 * 2]), 8)
    np.testing.assert_allclose(found, float(most > 1), atol=1e-12)


def test_no_more_than_the_bits_of_the_values() -> None:
    terms = Terms(2**12)
    assert terms.entropies(256 * terms.table[[16]] - 9, np.array([2**12]), 8).tolist() == [8.0]


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16"])
@pytest.mark.parametrize("shape", [(1,), (12,), (9, 1), (8, 11), (3, 4, 5)])
def test_they_are_those_by_definition(shape: tuple[int, ...], dtype: str) -> None:
    rng = np.random.default_rng(len(shape))
    info = np.iinfo(dtype)
    im = rng.choice(np.array([info.min, info.max, 0, 5], dtype), shape)
    for sizes in ([1] * im.ndim, [3] * im.ndim, [2, 5, 1][: im.ndim]):
        window = rng.random(sizes) < 0.7
        window.flat[0] = True
        around = [(n // 2, n - 1 - n // 2) for n in window.shape]
        for within in (None, rng.random(shape) < 0.5, np.zeros(shape, bool)):
            for mode, pad in (("reflect", "symmetric"), ("constant", "constant"), ("ends", "constant")):
                counted = np.ones(shape, bool) if within is None else within
                beyond = {"constant_values": mode != "ends"} if pad == "constant" else {}
                there = np.pad(counted, around, pad, **beyond)
                values = np.pad(im, around, pad)
                views = (
                    np.lib.stride_tricks.sliding_window_view(a, window.shape)[..., window] for a in (values, there)
                )
                wanted = [by_definition(v[t]) for v, t in zip(*(v.reshape(im.size, -1) for v in views), strict=True)]
                found = entropies(im, window, "reflect" if mode == "ends" else mode, within, mode == "ends")
                assert found.dtype == np.float64
                np.testing.assert_allclose(found.ravel(), wanted, atol=1e-12)
    assert entropies_bytes(shape, window, im.dtype) > im.size
