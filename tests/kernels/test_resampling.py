"""Images at the places of other pixels, against SciPy's affine_transform."""

import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given
from hypothesis import strategies as st

from maskexpr.kernels.resampling import resampled


@pytest.mark.parametrize(("linear", "order"), [(False, 0), (True, 1)])
@given(data=st.data())
def test_inside_as_scipy_has_it(linear, order, data):
    ndim = data.draw(st.integers(1, 3))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    image = rng.integers(0, 100, rng.integers(1, 7, ndim)).astype(float)
    shape = tuple(map(int, rng.integers(1, 7, ndim)))
    matrix, offset = rng.normal(size=(ndim, ndim)), rng.normal(size=ndim) * 2
    ways = tuple((*map(float, row), float(start)) for row, start in zip(matrix, offset, strict=True))
    found = resampled(image, shape, ways, float, linear=linear)
    expected = scipy.ndimage.affine_transform(image, matrix, offset, shape, order=order, mode="nearest")
    places = np.tensordot(matrix, np.indices(shape), 1) + offset.reshape(-1, *[1] * ndim)
    ends = np.array(image.shape).reshape(-1, *[1] * ndim) - 0.5
    expected[~((places >= -0.5) & (places < ends)).all(axis=0)] = 0
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_an_endless_neighbour_without_weight_does_not_count():
    assert resampled(np.array([1.0, np.inf]), (1,), ((1.0, 0.0),), float, linear=True) == [1]


def test_channels_are_taken_one_by_one():
    image = np.arange(12).reshape(2, 2, 3)
    np.testing.assert_array_equal(
        resampled(image, (2, 2), ((1.0, 0.0, 0.0), (0.0, 1.0, 1.0)), int, linear=False)[:, 0], image[:, 1]
    )
