"""Regional extremes, as they are defined: of the regions of each value those beside which nothing goes beyond it."""

import numpy as np
import pytest
import scipy

from maskexpr.kernels.plateaus import plateaus


@pytest.mark.parametrize("shape", [(1,), (9,), (1, 9), (9, 1), (9, 11), (3, 5, 6)])
@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32"])
def test_plateaus_are_those_beside_which_nothing_goes_beyond(shape, dtype, rng):
    for connectivity in range(1, len(shape) + 1):
        joined = scipy.ndimage.generate_binary_structure(len(shape), connectivity)
        for share in (1, 0.7):
            im, counted = rng.integers(0, 4, shape).astype(dtype), rng.random(shape) < share
            for beyond, furthest in ((np.less, np.min), (np.greater, np.max)):
                expected = np.zeros(shape, bool)
                for level in range(4):
                    regions, count = scipy.ndimage.label(counted & (im == level), joined)
                    for i in range(1, count + 1):
                        around = scipy.ndimage.binary_dilation(regions == i, joined) & counted
                        expected |= (regions == i) & (furthest(im[around]) == level)
                found = plateaus(im, joined, None if share == 1 else counted, beyond)
                np.testing.assert_array_equal(found, expected)


def test_a_plateau_is_taken_as_a_whole():
    im = np.zeros((50, 60), int)
    joined = scipy.ndimage.generate_binary_structure(2, 1)
    assert plateaus(im, joined, None, np.greater).all()
    im[49, 59] = 1
    np.testing.assert_array_equal(plateaus(im, joined, None, np.greater), im == 1)
    np.testing.assert_array_equal(plateaus(im, joined, None, np.less), im == 0)
