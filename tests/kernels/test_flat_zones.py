"""Connected pixels of one value, compared with SciPy's regions of each value."""

import itertools

import numpy as np
import pytest
import scipy

from maskexpr.kernels.flat_zones import flat_zones


@pytest.mark.parametrize("shape", [(1,), (9,), (1, 9), (9, 1), (8, 11), (3, 5, 6)])
@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32"])
def test_zones_are_the_regions_of_each_value(shape, dtype, rng):
    for connectivity in range(1, len(shape) + 1):
        structure = scipy.ndimage.generate_binary_structure(len(shape), connectivity)
        offsets = [tuple(int(i) - 1 for i in o) for o in np.argwhere(structure) if tuple(o) != (1,) * len(shape)]
        im, counted = rng.integers(0, 3, shape).astype(dtype), rng.random(shape) < 0.8
        zones, count = flat_zones(im, counted, offsets)
        np.testing.assert_array_equal(zones > 0, counted)
        assert zones.dtype == np.int32
        found = zones[counted]
        assert list(dict.fromkeys(found.tolist())) == list(range(1, count + 1))
        for value in np.unique(im):
            wanted, number = scipy.ndimage.label((im == value) & counted, structure)
            inside = wanted > 0
            pairs = set(zip(wanted[inside].tolist(), zones[inside].tolist(), strict=True))
            assert len(pairs) == number == len({zone for _, zone in pairs})


def test_along_one_axis_rows_have_zones_of_their_own():
    im = np.zeros((2, 3, 2), int)
    for axis, count in ((0, 6), (1, 4), (2, 6)):
        offsets = [tuple(sign * (a == axis) for a in range(3)) for sign in (-1, 1)]
        assert flat_zones(im, im == 0, offsets)[1] == count
    assert flat_zones(im, im > 0, list(itertools.product((-1, 0, 1), repeat=3)))[1] == 0
