"""Numbers are ordered as by a stable sort."""

import numpy as np
import pytest

from maskexpr.kernels import region_rows
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("most", [1, 2, 5000, 2**40, 2**63 - 1])
def test_orders_are_the_same(most, rng, built):
    from maskexpr.kernels.compiled.region_rows import order_of

    for size in (0, 1, 3000):
        numbers = rng.choice(rng.integers(0, most, 900), size)
        np.testing.assert_array_equal(order_of(numbers), plain(region_rows.order_of)(numbers))
