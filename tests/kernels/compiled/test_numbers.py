"""Which numbers occur is what NumPy says."""

import numpy as np
import pytest
from helpers.biting import SHAPES, strided

from maskexpr.kernels import numbers
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow


def test_numbers_that_occur(rng, built, monkeypatch):
    from maskexpr.kernels.compiled import numbers as compiled

    monkeypatch.setattr(compiled, "_AT_ONCE", 7)
    for shape in (*SHAPES, (0, 4)):
        for labels in (rng.integers(0, 9, shape), np.repeat(rng.integers(0, 99, shape), 3, axis=-1)):
            small = labels.astype(np.int32)
            found = compiled.occurring(small, 98)
            assert found.dtype == bool
            np.testing.assert_array_equal(found, plain(numbers.occurring)(small, 98))
            np.testing.assert_array_equal(np.flatnonzero(found), np.unique(labels))
    assert compiled.occurring(labels, 98) is NotImplemented
    assert compiled.occurring(strided(np.zeros((4, 9), np.int32)), 0) is NotImplemented
