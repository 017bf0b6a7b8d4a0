"""Compiled reconstruction is the NumPy kernel's."""

import itertools

import numpy as np
import pytest
from helpers.biting import SHAPES, TYPES, images

pytest.importorskip("numba")

from maskexpr.kernels import sweeps
from maskexpr.kernels.compiled.sweeps import reconstruction

pytestmark = pytest.mark.slow


def offsets(ndim, connectivity):
    moves = itertools.product((-1, 0, 1), repeat=ndim)
    return [move for move in moves if 0 < sum(map(abs, move)) <= connectivity]


def check(start, limit, moves):
    found = reconstruction(start, limit, moves)
    assert found.dtype == start.dtype
    assert found.flags.c_contiguous
    np.testing.assert_array_equal(found, sweeps.reconstruction(start, limit, moves), err_msg=f"{start.dtype}")


def test_what_is_raised_is_the_same(rng):
    for dtype in [*TYPES, "bool"]:
        for shape in SHAPES:
            for image in images(rng, "uint8" if dtype == "bool" else dtype, shape):
                limit = (image > 4) if dtype == "bool" else image
                if limit.dtype.kind == "f":
                    limit = np.where(np.isnan(limit), -limit.dtype.type(np.inf), limit)
                start = np.where(rng.random(shape) < 0.05, limit, limit.min())
                check(start, limit, offsets(len(shape), int(rng.integers(1, len(shape) + 1))))


@pytest.mark.parametrize("moves", [[(0, 1), (0, -1)], [(1, 0), (-1, 0)], [(1, 1), (-1, -1)], []])
def test_some_neighbours_alone(moves, rng):
    limit = rng.integers(0, 9, (12, 14), np.uint8)
    check(np.where(rng.random(limit.shape) < 0.1, limit, 0), limit, moves)


@pytest.mark.parametrize("scans", [2, 4])
def test_what_scans_leave_is_raised_one_by_one(scans, rng, monkeypatch):
    """From a queue that begins with little room, and rests in between."""
    for name, value in (("_SCANS", scans), ("_ROOM", 1), ("_AT_ONCE", 100)):
        monkeypatch.setattr(f"maskexpr.kernels.compiled.sweeps.{name}", value)
    limit = rng.integers(0, 200, (90, 40), np.uint8)
    check(np.where(rng.random(limit.shape) < 0.02, limit, 0).astype(np.uint8), limit, offsets(2, 1))
