"""How far values are apart, against Python's numbers."""

import numpy as np
import pytest

from maskexpr.kernels.differences import absolute_difference
from maskexpr.kernels.scratch import Scratch


@pytest.mark.parametrize("dtype", ["uint8", "uint64", "float32"])
def test_all_pairs(dtype: str) -> None:
    values = {"uint8": [0, 1, 2, 127, 128, 255], "uint64": [0, 3, 2**63, 2**64 - 1]}.get(dtype, [-1.5, 0.0, 7.25])
    a, b = (np.array(v, dtype) for v in np.meshgrid(np.array(values, dtype), np.array(values, dtype)))
    out = np.empty_like(a)
    assert absolute_difference(a, b, out, Scratch()) is out
    assert out.tolist() == [[abs(x - y) for x in values] for y in values]
    absolute_difference(a, b[1, 0], out, Scratch())
    assert out.tolist() == [[abs(x - values[1]) for x in values] for _ in values]
