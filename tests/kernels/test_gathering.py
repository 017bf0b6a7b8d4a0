"""Values where a mask is on, of arrays that lie in memory in every way."""

import tracemalloc

import numpy as np
import pytest
from helpers.both_ways import LAYOUTS
from helpers.random_programs import laid_out

from maskexpr.kernels.gathering import gather


@pytest.mark.parametrize("layout", sorted(set(LAYOUTS)))
@pytest.mark.parametrize("of_mask", sorted(set(LAYOUTS)))
@pytest.mark.parametrize("shape", [(700,), (40, 60), (9, 10, 11), (300, 250)])
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
