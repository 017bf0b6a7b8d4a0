"""The nearest of numbered pixels, against the definition and SciPy."""

import numpy as np
import pytest
import scipy.ndimage
import skimage.segmentation
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from maskexpr.kernels.nearest import nearest_numbers


def by_definition(labels, steps, most=None):
    """Of all numbered pixels the nearest one, with the lowest number."""
    places = np.argwhere(labels)
    result = np.zeros_like(labels)
    for here in np.ndindex(labels.shape):
        found = [
            (sum(((int(a) - b) * s) ** 2 for a, b, s in zip(there, here, steps, strict=True)), int(labels[*there]))
            for there in places
        ]
        square, number = min(found, default=(0, 0))
        result[here] = number if most is None or square <= most else 0
    return result


@given(
    st.integers(0, 2**32 - 1),
    array_shapes(min_dims=1, max_dims=4, max_side=7),
    st.sampled_from([0.02, 0.1, 0.5, 1]),
    st.sampled_from([None, 0, 1, 5, 30]),
    st.sampled_from([1, 3, 10**6, 10**10]),
)
def test_the_nearest_number_is_that_of_the_definition(seed, shape, share, most, scale):
    rng = np.random.default_rng(seed)
    labels = np.where(rng.random(shape) < share, rng.integers(1, 6, shape), 0).astype(np.int32)
    steps = rng.integers(1, 4, len(shape)) * scale
    most = None if most is None else most * scale**2
    found = nearest_numbers(labels, steps.tolist(), most=most)
    assert found.dtype == labels.dtype
    np.testing.assert_array_equal(found, by_definition(labels, steps.tolist(), most))


@given(st.integers(0, 2**32 - 1))
def test_along_some_axes_each_slice_is_one_by_itself(seed):
    rng = np.random.default_rng(seed)
    labels = np.where(rng.random((4, 5, 6)) < 0.1, rng.integers(1, 6, (4, 5, 6)), 0)
    found = nearest_numbers(labels, [1, 2, 3], axes=[0, 2], most=40)
    for i in range(5):
        np.testing.assert_array_equal(found[:, i], by_definition(labels[:, i], [1, 3], 40))
    np.testing.assert_array_equal(nearest_numbers(labels, [1, 1, 1], axes=[]), labels)


@pytest.mark.parametrize("shape", [(141, 230), (15, 30, 43)])
def test_many_lines_at_once_are_as_far_as_scipy_says(shape, rng, monkeypatch):
    """The nearest is as near as it can be; which one is taken of several, the definition says above."""
    labels = np.zeros(shape, np.int32)
    seeds = rng.choice(labels.size, 60, replace=False)
    labels.ravel()[seeds] = np.arange(1, 61)
    found = nearest_numbers(labels, [1] * len(shape))
    distances = np.stack([scipy.ndimage.distance_transform_edt(labels != n) for n in range(1, 61)])
    np.testing.assert_array_equal(found, distances.argmin(axis=0) + 1)  # the first is the lowest
    monkeypatch.setattr("maskexpr.kernels.nearest._AT_ONCE", 1)
    np.testing.assert_array_equal(nearest_numbers(labels, [1] * len(shape)), found)
    theirs = skimage.segmentation.expand_labels(labels, 9)
    ours = nearest_numbers(labels, [1] * len(shape), most=81)
    np.testing.assert_array_equal(ours > 0, theirs > 0)
    differ = ours != theirs  # of several at one distance
    assert np.all(ours[differ] < theirs[differ])
