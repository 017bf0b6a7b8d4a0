"""Values where a mask is on, of arrays that lie in memory in every way."""

import itertools
import tracemalloc

import numpy as np
import pytest
from helpers.both_ways import LAYOUTS
from helpers.each import each

from maskexpr.kernels.blocks import BLOCK
from maskexpr.kernels.gathering import Samples, gather
from maskexpr.kernels.sums import whole_sums
from maskexpr.testing.pixels import laid_out


@each("layout", sorted(set(LAYOUTS)))
@each("of_mask", sorted(set(LAYOUTS)))
@each("shape", [(700,), (40, 60), (9, 10, 11), (300, 250)])
def test_values_come_in_scan_order(layout, of_mask, shape):
    rng = np.random.default_rng(3)
    values = rng.integers(0, 200, shape).astype(np.uint8)
    for share in (0, 0.004, 0.5, 1):
        mask = rng.random(shape) < share
        found = gather(laid_out(values.copy(), layout), laid_out(mask.copy(), of_mask))
        assert found.dtype == values.dtype
        np.testing.assert_array_equal(found, values[mask])


def test_few_values_of_an_array_in_fortran_order_take_little_memory():
    values, mask = np.zeros((80, 90, 100), order="F"), np.zeros((80, 90, 100), bool, order="F")
    mask[3:6, 5:9, 7:20] = True
    tracemalloc.start()
    gather(values, mask)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < values.nbytes / 20


NAMES = sorted(set(LAYOUTS))
SMALL = itertools.product([(3,), (701,), (9, 10, 11), (300, 251)], ["uint8", "int16", "float64"], NAMES, NAMES)
LARGE = [((700, 1000), "int16", a, b) for a in NAMES for b in NAMES if a == b or "C" in (a, b)]


@each("shape, dtype, layout, of_mask", [*SMALL, *LARGE])
def test_samples_come_in_blocks_in_any_order(layout, of_mask, shape, dtype):
    rng = np.random.default_rng(3)
    values = rng.integers(0, 100, shape).astype(dtype)
    noise, smooth = rng.random(shape), np.sort(rng.random(shape), axis=-1)
    for on in (noise < 0, noise < 0.01, noise < 0.5, noise < 0.995, noise < 1, smooth < 0.5, smooth < 0.9):
        found = Samples(laid_out(values.copy(), layout), laid_out(on.copy(), of_mask))
        blocks = [block.copy() for block in found.blocks()]
        assert found.size == sum(block.size for block in blocks) == np.count_nonzero(on)
        assert all(block.dtype == values.dtype and 0 < block.size <= BLOCK for block in blocks)
        np.testing.assert_array_equal(np.sort(np.concatenate([*blocks, values.ravel()[:0]])), np.sort(values[on]))


def test_samples_are_never_all_there():
    values, mask = np.zeros((1000, 1000)), np.zeros((1000, 1000), bool)
    mask[100:900, 3:900] = True
    tracemalloc.start()
    for _ in Samples(values, mask).blocks():
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < values.nbytes / 4


def test_samples_that_wait_stay_what_they_are():
    """The rest of a block that is copied to be read, while the next is copied there too."""
    values = np.random.default_rng(4).random((7, 68000))[:, ::2]
    found = Samples(values, np.ones(values.shape, bool)).array()
    np.testing.assert_array_equal(np.sort(found), np.sort(values, axis=None))


@pytest.mark.parametrize("dtype", ["uint8", "int16"])
def test_zeros_may_stand_among_samples_that_are_added_up(dtype):
    rng = np.random.default_rng(5)
    values, mask = rng.integers(0, 99, (300, 400)).astype(dtype), rng.random((300, 400)) < 0.5
    blocks = list(Samples(values, mask).blocks(zeros=True))
    assert all(block.dtype == dtype and block.size <= BLOCK for block in blocks)
    assert sum(block.size for block in blocks) == values.size  # which is faster here
    assert whole_sums(Samples(values, mask)) == whole_sums(values[mask])
