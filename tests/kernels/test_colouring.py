"""Labels that touch have other colours."""

import numpy as np
import pytest

from maskexpr.kernels.colouring import colours


@pytest.mark.parametrize("shape", [(1,), (9,), (8, 9), (4, 5, 6)])
def test_labels_that_touch_have_other_colours(shape, rng):
    for most in (0, 1, 4, 40):
        labels = rng.integers(0, most + 1, shape)
        labels = np.kron(labels, np.ones((2,) * len(shape), int))
        found, number = colours(labels, most, range(len(shape)))
        assert found[0] == 0
        assert (found[1:] > 0).all()
        assert number == found.max(initial=0)
        for place in np.ndindex(*labels.shape):
            around = labels[tuple(slice(max(0, i - 1), i + 2) for i in place)]
            others = np.setdiff1d(around, [0, labels[place]])
            assert labels[place] == 0 or found[labels[place]] not in found[others]


def test_along_some_axes_only():
    labels = np.array([[1, 2], [3, 4]])
    assert colours(labels, 4, (1,))[0].tolist() == [0, 1, 2, 1, 2]
    assert colours(labels, 4, (0, 1))[0].tolist() == [0, 1, 2, 3, 4]
