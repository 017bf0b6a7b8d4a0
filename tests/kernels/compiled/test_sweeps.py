"""Grey reconstruction by scans and a queue, against the NumPy kernel: all types, numbers of axes and neighbours."""

import itertools

import numpy as np
import pytest

from maskexpr.kernels import sweeps
from maskexpr.kernels.choosing import plain, with_compiled

pytestmark = pytest.mark.slow
TYPES = ("bool", "uint8", "int8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "float32")
TYPES += ("float64", ">i2", ">f4", ">u8")
SHAPES = [(1,), (40,), (1, 31), (31, 1), (9, 70), (4, 5, 6), (2, 3, 2, 3)]
MOVES = [[(0, 1), (0, -1)], [(1, 0), (-1, 0)], [(1, 1), (-1, -1)], []]


def offsets(ndim, connectivity):
    moves = itertools.product((-1, 0, 1), repeat=ndim)
    return [move for move in moves if 0 < sum(map(abs, move)) <= connectivity]


def images(dtype, shape, rng):
    """A limit, of the ends of a type too, and a start under it."""
    values = rng.integers(0, 2 if dtype == "bool" else 9, shape).astype(dtype)
    if values.dtype.kind == "f":
        values.flat[::3], values.flat[::5], values.flat[::4] = -np.inf, np.inf, -0.0
    elif dtype != "bool":
        values.flat[::3], values.flat[::5] = np.iinfo(dtype).min, np.iinfo(dtype).max
    yield values, np.where(rng.random(shape) < 0.3, values, values.min()).astype(dtype)
    levels = np.minimum(values, rng.permutation(values.reshape(-1)).reshape(shape)).astype(dtype)
    yield values[::-1][::-1], np.asfortranarray(levels)


def check(limit, start, moves):
    from maskexpr.kernels.compiled.sweeps import reconstruction

    before = limit.copy(), start.copy()
    expected, found = plain(sweeps.reconstruction)(start, limit, moves), reconstruction(start, limit, moves)
    assert found.dtype == start.dtype
    assert found.flags.c_contiguous
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(limit, before[0])
    np.testing.assert_array_equal(start, before[1])


@pytest.mark.parametrize("dtype", TYPES)
def test_the_numpy_kernels_values(dtype, rng, built):
    for shape in SHAPES:
        for limit, start in images(dtype, shape, rng):
            for connectivity in range(1, len(shape) + 1):
                check(limit, start, offsets(len(shape), connectivity))
    for moves in MOVES:
        check(*next(images(dtype, (12, 14), rng)), moves)


@pytest.mark.parametrize("levels", [1, 20])
@pytest.mark.parametrize("dtype", ["uint8", "float64"])
def test_long_ways_are_gone_in_pieces(dtype, levels, rng, built, monkeypatch):
    """From lists that begin with little room, of levels that values share too."""
    from maskexpr.kernels.compiled import sweeps as compiled

    for name, value in (("_SCANS", 2), ("_ROOM", 1), ("_AT_ONCE", 50), ("_WAITING", 7), ("_LEVELS", levels)):
        monkeypatch.setattr(compiled, name, value)
    way = (rng.random((60, 70)) < 0.62).astype(dtype) * rng.integers(3, 9, (60, 70)).astype(dtype)
    start = np.zeros_like(way)
    start[way > 0] = np.where(rng.random(np.count_nonzero(way)) < 0.01, way[way > 0], 0)
    for connectivity in (1, 2):
        check(way, start, offsets(2, connectivity))


def test_it_stands_in_where_it_is_switched_on(built, monkeypatch):
    from maskexpr.kernels.compiled import sweeps as compiled

    calls = []
    monkeypatch.setattr(compiled, "_reconstruct", lambda *given: calls.append(1))
    image = np.ones((3, 3), np.uint8)
    sweeps.reconstruction(image, image, offsets(2, 1))
    assert not calls
    with_compiled(sweeps.reconstruction)(image, image, offsets(2, 1))
    assert calls
