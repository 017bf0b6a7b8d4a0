"""Kernels equal what the library means, on the shapes that bite."""

import hypothesis.extra.numpy as npst
import numpy as np
import pytest
import scipy.ndimage as ndi
from hypothesis import given
from hypothesis import strategies as st

from maskexpr.kernels.runs import count_regions


@pytest.mark.parametrize("shape", [(1, 1), (1, 64), (64, 1), (5, 63), (5, 65), (3, 4, 5), (7,), (2, 1, 3, 2)])
@pytest.mark.parametrize("fill", ["none", "all", "one", "checkerboard"])
def test_regions_of_extreme_masks(shape: tuple[int, ...], fill: str) -> None:
    mask = np.zeros(shape, bool)
    if fill == "all":
        mask[...] = True
    elif fill == "one":
        mask.flat[mask.size // 2] = True
    elif fill == "checkerboard":
        mask = np.indices(shape).sum(axis=0) % 2 == 0
    assert count_regions(mask) == ndi.label(mask)[1]


@given(npst.arrays(bool, npst.array_shapes(min_dims=1, max_dims=4, max_side=9), elements=st.booleans()))
def test_regions_of_random_masks(mask: np.ndarray) -> None:
    for view in (mask, np.asfortranarray(mask), mask[::-1]):
        assert count_regions(view) == ndi.label(view)[1]


def test_regions_of_a_spiral() -> None:
    """One region whose runs are joined only through a long chain."""
    mask = np.zeros((101, 101), bool)
    for k in range(0, 50, 2):
        mask[k, k : 101 - k] = mask[100 - k, k : 101 - k] = True
        mask[k : 101 - k, 100 - k] = True
        mask[k + 2 : 101 - k, k] = True
    assert count_regions(mask) == ndi.label(mask)[1]
