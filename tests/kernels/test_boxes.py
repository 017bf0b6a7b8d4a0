"""Sums over boxes equal those of SciPy's correlation with ones, to the last bit, and take no more than they say."""

import tracemalloc

import numpy as np
import pytest
import scipy.ndimage
from helpers.each import each

from maskexpr.kernels import boxes
from maskexpr.testing.pixels import random_array

REACHES = ([0, 0, 0], [0, 1, 2], [3, 0, 1], [5, 2, 4], [2, 12, 3])


def expected(im: np.ndarray, reaches: list[int], mode: str) -> np.ndarray:
    found = im.astype(np.float64)
    for axis, reach in enumerate(reaches):
        found = scipy.ndimage.correlate1d(found, np.ones(2 * reach + 1), axis, mode=mode)
    return found


def both_sums(
    im: np.ndarray, reaches: list[int], mode: str, around: tuple[int, int] = (0, 0)
) -> tuple[np.ndarray, np.ndarray]:
    shape = (len(im) - sum(around), *im.shape[1:])

    def finish(sums: np.ndarray, squares: np.ndarray | None, out: np.ndarray) -> None:
        out.real = sums
        out.imag = np.nan if squares is None else squares

    found = boxes.over_boxes(im, reaches, finish, complex, np.empty(shape, complex), mode, around, True)
    return found.real, found.imag


@each("mode", ["reflect", "mirror", "constant"])
@each("shape", [(1,), (9,), (1, 9), (9, 1), (13, 17), (6, 15, 7), (70, 300)])
@each("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float16", "float32", "float64"])
def test_sums_are_scipys(dtype: str, shape: tuple[int, ...], mode: str) -> None:
    for fill in ("any", "edges"):
        im = random_array(np.random.default_rng(3), shape, dtype, fill)
        wide = im.astype(np.float64)
        for some in REACHES:
            reaches = [min(reach, n - 1) for reach, n in zip(some, shape, strict=False)]
            with np.errstate(all="ignore"):
                for found, values in zip(both_sums(im, reaches, mode), (wide, wide * wide), strict=True):
                    np.testing.assert_array_equal(found, expected(values, reaches, mode))


@pytest.mark.parametrize("tile", [8, 640, 9000])
def test_tiles_of_any_size_and_rows_that_are_cut_off(tile: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes, "_TILE", tile)
    monkeypatch.setattr(boxes, "_NARROWEST", 3)
    rng = np.random.default_rng(tile)
    for dtype, shape in (("uint8", (30, 41)), ("float32", (41, 20, 3)), ("int16", (12, 6, 7))):
        im = random_array(rng, shape, dtype, "any")
        reaches = [2, 1, 2][: im.ndim]
        for found, cut in zip(both_sums(im, reaches, "mirror"), both_sums(im, reaches, "mirror", (2, 5)), strict=True):
            np.testing.assert_array_equal(cut, found[2:-5])
        np.testing.assert_array_equal(both_sums(im, reaches, "mirror")[0], expected(im, reaches, "mirror"))


def test_what_is_served() -> None:
    for dtype, is_served in (("bool", True), ("int32", True), ("int64", False), ("float16", True), ("float64", True)):
        assert boxes.serves(np.dtype(dtype), (9, 9), [8, 0]) is is_served
    assert not boxes.serves(np.dtype("uint8"), (9, 9), [9, 0])  # windows over several images of the line


@each("dtype", ["uint8", "uint16", "float32"])
@each("shape", [(300, 400), (20, 90, 80), (40000,)])
def test_memory_is_bounded(dtype: str, shape: tuple[int, ...]) -> None:
    im, reaches = np.zeros(shape, dtype), [7, 5, 3][: len(shape)]
    out = np.empty(shape)

    def finish(sums: np.ndarray, squares: np.ndarray | None, out: np.ndarray) -> None:
        out[...] = 1.0

    boxes.over_boxes(im, reaches, finish, out.dtype, out, squares=True)
    tracemalloc.start()
    boxes.over_boxes(im, reaches, finish, out.dtype, out, squares=True)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < boxes.boxes_bytes(shape, im.dtype, reaches, squares=True) + 20000
