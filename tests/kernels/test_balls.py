"""A ball rolled by windows comes as high as by its plain meaning."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskexpr.functions.settling import Distance, exact
from maskexpr.kernels import balls
from maskexpr.library.filters.background import ball, rolling_ball

TYPES = ["u1", "i1", "u2", "i2", "u4", "i4", "f2", "f4", "f8"]
SHAPES = [(1,), (40,), (1, 1), (1, 30), (30, 1), (13, 17), (5, 1, 6), (7, 8, 9), (3, 2, 4, 3)]


def image(rng: np.random.Generator, shape: tuple[int, ...], dtype: str, spread: float) -> np.ndarray:
    kind = np.dtype(dtype)
    if kind.kind == "f":
        im = (rng.random(shape) * spread - spread / 3).astype(kind)
        im[rng.random(shape) < rng.choice([0, 0, 0.05])] = rng.choice([np.nan, np.inf, -np.inf, -0.0])
        return im
    info = np.iinfo(kind)
    low = rng.choice([info.min, max(info.min, -9), int(info.max - min(spread, info.max))])
    return rng.integers(low, min(int(low + spread), int(info.max)), shape, kind, endpoint=True)


@given(
    seed=st.integers(0, 10**6),
    shape=st.sampled_from(SHAPES),
    dtype=st.sampled_from(TYPES),
    radius=st.sampled_from([0, 0.4, 1, 2, 2.5, 5, 7.3, 40]),
    height=st.sampled_from([None, 0, 0.7, 3, 200]),
    spread=st.sampled_from([0, 3, 100, 40000]),
)
def test_it_is_the_plain_body(seed, shape, dtype, radius, height, spread):
    im = image(np.random.default_rng(seed), shape, dtype, spread)
    axes = None if seed % 3 else (seed % len(shape),)
    n = Distance(exact(radius))
    plain = rolling_ball(im, n, height, axes)
    fast = balls.lowest_tops(im, ball(n, height, axes, shape))
    assert fast.dtype == plain.dtype == im.dtype
    np.testing.assert_array_equal(fast, plain)
    if im.dtype.kind == "f":
        np.testing.assert_array_equal(np.signbit(fast[fast == 0]), np.signbit(plain[fast == 0]))


@pytest.mark.parametrize("dtype", TYPES)
def test_it_writes_where_it_is_told_to(rng, dtype):
    im = image(rng, (9, 8), dtype, 50)
    rises, out = ball(Distance(exact(3)), None, None, im.shape), np.empty_like(im)
    assert balls.lowest_tops(im, rises, out) is out
    np.testing.assert_array_equal(out, balls.lowest_tops(im.copy(), rises))


def test_its_memory_is_foretold():
    assert balls.memory((100, 100), (6, 6)) >= 8 * (110 * 110 + 110 * 100 + 3 * 100 * 100)
