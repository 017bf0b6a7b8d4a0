"""Fast slopes and curvatures equal the bodies of sobel, scharr, prewitt and laplace, to the last bit."""

import tracemalloc
from typing import Any

import numpy as np
import pytest
from helpers.each import each

from maskexpr.kernels import slopes
from maskexpr.library.filters import edges
from maskexpr.testing.pixels import random_array

SHAPES = [(1,), (300,), (1, 1), (1, 30), (30, 1), (13, 17), (70, 300), (5, 1, 6), (7, 8, 9), (3, 4, 5, 6)]
TYPES = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"]
BODIES = {edges.sobel: slopes.SOBEL, edges.scharr: slopes.SCHARR, edges.prewitt: slopes.PREWITT}


class Kind:
    """As much of a kind as the bodies ask for."""

    def __init__(self, dtype: np.dtype) -> None:
        self.dtype = dtype if dtype.kind == "f" else np.dtype(np.float64)


def expect_same(fast: np.ndarray, plain: np.ndarray, what: object) -> None:
    assert (fast.dtype, fast.flags.c_contiguous) == (plain.dtype, True), what
    np.testing.assert_array_equal(fast, plain, str(what))
    numbers = ~np.isnan(plain)
    np.testing.assert_array_equal(np.signbit(fast)[numbers], np.signbit(plain)[numbers], str(what))


def expect_bodies(im: np.ndarray, mode: str = "reflect", around: tuple[int, int] = (0, 0)) -> None:
    kind: Any = Kind(im.dtype)
    rows = slice(around[0], len(im) - around[1])
    with np.errstate(all="ignore"):
        for body, across in BODIES.items():
            for axis in (None, *range(im.ndim)):
                fast = slopes.edges(im, axis, kind.dtype, None, across, mode, around)
                expect_same(fast, body(im, axis, border=mode, kind=kind)[rows], (body, axis, im.dtype))
        for axes in (tuple(range(im.ndim)), (im.ndim - 1,)):
            fast = slopes.laplace(im, axes, kind.dtype, None, mode, around)
            expect_same(fast, edges.laplace(im, axes, mode, kind=kind)[rows], ("laplace", axes, im.dtype))


@each("dtype", TYPES)
@each("shape", SHAPES)
def test_the_bodies(shape: tuple[int, ...], dtype: str) -> None:
    rng = np.random.default_rng(3)
    modes = ["reflect", "nearest", "mirror", "wrap", "constant"]
    for i, fill in enumerate(("any", "edges")):
        im = random_array(rng, shape, dtype, fill)
        expect_bodies(im, modes[(len(shape) + TYPES.index(dtype) + i) % len(modes)])
    if len(im) > 2:
        expect_bodies(im, "mirror", (1, 1))
    expect_bodies(np.zeros(shape, dtype) - im.dtype.type(im.dtype.kind == "f"))  # of one value, and below 0


@pytest.mark.parametrize("tile", [8, 4000])
@pytest.mark.parametrize("shape", [(33, 41), (41, 20, 3), (3, 20, 9), (5, 6, 7, 8)])
def test_tiles_of_any_size(shape: tuple[int, ...], tile: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slopes, "_TILE", tile)
    monkeypatch.setattr(slopes, "_NARROWEST", 3)
    for dtype in ("u1", "f4"):
        im = random_array(np.random.default_rng(tile), shape, dtype, "any")
        for around in ((0, 0), (1, 1), (1, 0)):
            expect_bodies(im, "reflect", around)
        expect_bodies(im[::-1, 1:])


def test_out_is_filled() -> None:
    im, out = random_array(np.random.default_rng(2), (20, 30), "u1", "any"), np.empty((20, 30))
    assert slopes.edges(im, None, out.dtype, out) is out
    expect_same(out, edges.sobel(im, kind=Kind(out.dtype)), "sobel")  # type: ignore[arg-type]
    assert slopes.edges(np.empty((0, 4), np.uint8), None, np.float64).shape == (0, 4)


@each("shape", [(300, 400), (8, 90, 80), (90, 8, 80), (40000,)])
@each("dtype", ["uint8", "float32"])
def test_memory_is_bounded(dtype: str, shape: tuple[int, ...]) -> None:
    im, out = np.zeros(shape, dtype), np.empty(shape)
    for _ in range(2):
        tracemalloc.start()
        slopes.edges(im, None, out.dtype, out)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < slopes.slopes_bytes(shape) + 300000  # what NumPy converts piece by piece
