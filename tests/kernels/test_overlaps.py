"""Pixels that two labels have in common, counted one by one."""

from collections import Counter

import numpy as np
import pytest

from maskexpr.kernels.overlaps import overlaps


@pytest.mark.parametrize("shape", [(0, 3), (1,), (7, 9), (3, 4, 5)])
@pytest.mark.parametrize("most", [1, 4, 2**31 - 1])
def test_pairs_are_counted(shape, most, rng):
    a, b = (rng.integers(0, 3, shape).astype(np.int32) * np.int32(most // 3 or 1) for _ in range(2))
    b[..., ::2] = a[..., ::2]
    counted = Counter(zip(a.ravel().tolist(), b.ravel().tolist(), strict=True))
    own, others, pixels = overlaps(a, b)
    assert [*zip(own.tolist(), others.tolist(), strict=True)] == sorted(counted)
    assert pixels.tolist() == [counted[pair] for pair in sorted(counted)]
