"""The order of numbers, digit by digit."""

import numpy as np
from numba import types

from maskexpr.kernels.compiled.building import kernel
from maskexpr.kernels.region_rows import Array

_DIGIT = 11  # bits


def order_of(numbers: Array) -> Array:
    """As the kernel of this name in `region_rows`."""
    order = np.arange(len(numbers))
    for shift in range(0, int(numbers.max(initial=0)).bit_length(), _DIGIT):
        order = _by_digit(numbers, order, shift)
    return order


@kernel((types.Array(types.int64, 1, "C", True), types.Array(types.int64, 1, "C"), types.int64))
def _by_digit(numbers: Array, order: Array, shift: int) -> Array:
    begins = np.zeros(2**_DIGIT + 1, np.int64)
    for number in numbers:
        begins[(number >> shift & (2**_DIGIT - 1)) + 1] += 1
    for i in range(2**_DIGIT):
        begins[i + 1] += begins[i]
    found = np.empty_like(order)
    for place in order:
        digit = numbers[place] >> shift & (2**_DIGIT - 1)
        found[begins[digit]] = place
        begins[digit] += 1
    return found
