"""Openings by area, as they are defined: by the regions of all levels."""

import numpy as np
import pytest
import scipy

from maskexpr.kernels.areas import opened


def by_levels(im, counted, least, structure):
    """Each level in turn, from the lowest up: what is large enough there is as high."""
    result = im.copy()
    parts, _ = scipy.ndimage.label(counted, structure)
    for part in range(1, parts.max() + 1):
        result[parts == part] = im[parts == part].min()
    for level in np.unique(im[counted]):
        regions, _ = scipy.ndimage.label(counted & (im >= level), structure)
        sizes = np.bincount(regions.ravel())
        sizes[0] = -1
        result[(sizes >= least)[regions]] = level
    return result


@pytest.mark.parametrize("shape", [(1,), (9,), (1, 9), (9, 1), (8, 11), (3, 5, 6)])
@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32"])
def test_openings_are_those_of_all_levels(shape, dtype, rng):
    for connectivity in range(1, len(shape) + 1):
        structure = scipy.ndimage.generate_binary_structure(len(shape), connectivity)
        offsets = [tuple(int(i) - 1 for i in o) for o in np.argwhere(structure) if tuple(o) != (1,) * len(shape)]
        for least in (0, 1, 2, 5, 12, 10**6):
            im, counted = rng.integers(0, 7, shape).astype(dtype), rng.random(shape) < (0.9 if least else 0)
            found = opened(im, counted, least, offsets)
            assert found.dtype == im.dtype
            np.testing.assert_array_equal(found, by_levels(im, counted, least, structure))
            turned = im.max() - im
            np.testing.assert_array_equal(opened(turned, counted, least, offsets, closes=True), im.max() - found)


def test_along_one_axis_rows_are_images_of_their_own(rng):
    im, everywhere = rng.integers(0, 9, (4, 12)), np.ones((4, 12), bool)
    found = opened(im, everywhere, 3, [(0, -1), (0, 1)])
    for row, wanted in zip(im, found, strict=True):
        np.testing.assert_array_equal(opened(row, everywhere[0], 3, [(-1,), (1,)]), wanted)
