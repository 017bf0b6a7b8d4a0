import numpy as np
import pytest
import scipy
import skimage.data
import skimage.feature
from helpers.arrays import IMAGES
from helpers.slicewise import slice_by_slice, some_axes

from maskexpr import Image, ProgramError, evaluate


def grey(im):
    """Not a colour image, whatever its shape."""
    return Image(im, kind="image")


def found(im, arguments="", **given):
    inputs = "".join(f"input {name}; " for name in given)
    return evaluate(f"input im: image; {inputs}peaks(im{arguments})", im=grey(im), **given)


def scikit_images(im, n, threshold=None, within=None):
    labels = None if within is None else within.astype(int)
    places = skimage.feature.peak_local_max(
        im, min_distance=n, threshold_abs=threshold, exclude_border=False, labels=labels
    )
    mask = np.zeros(im.shape, bool)
    mask[tuple(places.T)] = True
    return mask


def plateaus(rng, shape, levels, dtype):
    """Values of which many neighbours are equal."""
    small = rng.integers(0, levels, [-(-size // 3) for size in shape])
    return np.kron(small, np.ones((3,) * len(shape), int))[tuple(slice(size) for size in shape)].astype(dtype)


SHAPES = [(40,), (1, 30), (30, 1), (19, 23), (8, 9, 10), (1, 9, 10)]


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "float64"])
@pytest.mark.parametrize("n", [1, 2, 3, 5, 50])
@pytest.mark.parametrize("shape", SHAPES)
def test_peaks_are_scikit_images(shape, n, dtype, rng):
    images = [rng.integers(0, 50, shape).astype(dtype), *(plateaus(rng, shape, k, dtype) for k in (2, 3, 9))]
    for im, threshold in zip(images, (5, 0, -1, 1), strict=True):
        np.testing.assert_array_equal(found(im, f", {n}"), scikit_images(im, n))
        np.testing.assert_array_equal(found(im, f", {n}, {threshold}"), scikit_images(im, n, threshold))
        within = rng.random(shape) < 0.7
        np.testing.assert_array_equal(found(im, f", {n}, within=m", m=within), scikit_images(im, n, within=within))


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 2, 5, 20])
@pytest.mark.parametrize("name", ["coins", "camera", "cell", "moon"])
def test_peaks_of_real_images_are_scikit_images(name, n):
    im = getattr(skimage.data, name)()[:256, :256]
    np.testing.assert_array_equal(found(im, f", {n}"), scikit_images(im, n))
    smooth = scipy.ndimage.gaussian_filter(im.astype(float), 2)
    np.testing.assert_array_equal(found(smooth, f", {n}, mean(im)"), scikit_images(smooth, n, smooth.mean()))


def by_looking(im, n, shape, steps):
    """Each pixel compared with every other, and then taken in scan order."""
    places = np.argwhere(np.ones(im.shape, bool))
    apart = np.abs(places[:, np.newaxis] - places) * steps
    apart = {"square": apart.max(axis=2), "diamond": apart.sum(axis=2), "disk": np.sqrt((apart**2).sum(axis=2))}[shape]
    values = im.ravel()
    highest = (values[:, np.newaxis] >= np.where(apart <= n + 1e-9, values, -np.inf)).all(axis=1)
    taken = []
    for i in np.flatnonzero(highest & (values > values.min())):
        if all(apart[i, j] > n - 1e-9 for j in taken):
            taken.append(i)
    mask = np.zeros(im.size, bool)
    mask[taken] = True
    return mask.reshape(im.shape)


@pytest.mark.parametrize("shape", ["square", "diamond", "disk"])
@pytest.mark.parametrize("n", [0, 0.5, 1, 1.5, 2, 3, 5])
def test_peaks_within_a_reach_of_any_shape(shape, n, rng):
    for size in [(30,), (9, 11), (4, 5, 6)]:
        for im in (rng.integers(0, 20, size), plateaus(rng, size, 3, int)):
            expected = by_looking(im, n, shape, 1)
            np.testing.assert_array_equal(found(im, f', {n}, shape="{shape}"'), expected)


@pytest.mark.parametrize("shape", ["square", "diamond", "disk"])
@pytest.mark.parametrize("n", ["0.3mm", "0.5mm", "0.6mm", "1mm"])
def test_peaks_within_a_length(shape, n, rng):
    for im in (rng.integers(0, 20, (8, 11)), plateaus(rng, (8, 11), 3, int)):
        result = evaluate(f'peaks(im, {n}, shape="{shape}")', im=Image(im, spacing=[0.3, 0.1]))
        np.testing.assert_array_equal(result, by_looking(im, float(n[:-2]), shape, [0.3, 0.1]))


def test_peaks_in_slices(rng):
    im = rng.integers(0, 9, (4, 6, 7))
    threshold = 3
    for axes in some_axes(im):
        wanted = slice_by_slice(lambda part: found(part, f", 2, {threshold}"), im, axes)
        np.testing.assert_array_equal(found(im, f", 2, {threshold}, axes={list(axes)}"), wanted)


def test_peaks_look_at_no_pixel_outside_a_mask():
    im, within = np.array([[9, 5, 1, 1, 4, 8]]), np.array([[0, 1, 1, 1, 1, 0]], bool)
    np.testing.assert_array_equal(found(im, ", within=m", m=within), [[0, 1, 0, 0, 1, 0]])
    np.testing.assert_array_equal(found(im.astype(np.uint8), ", 9, within=m", m=within), [[0, 1, 0, 0, 0, 0]])
    np.testing.assert_array_equal(found(im, ", within=m", m=within & False), np.zeros((1, 6)))


def test_a_plateau_has_peaks_at_least_n_apart():
    disk = evaluate("input g: mask; where(circle(20, 20, 15), 3, 0)", g=np.zeros((41, 41), bool))
    np.testing.assert_array_equal(found(disk), disk > 0)
    for n in (2, 5, 9):
        places = np.argwhere(found(disk, f", {n}"))
        assert len(places) > 1
        apart = np.abs(places[:, np.newaxis] - places).max(axis=2)
        assert apart[~np.eye(len(places), dtype=bool)].min() == n
    assert found(disk, ", 40").sum() == 1


def test_an_image_of_one_value_has_peaks_only_above_a_given_threshold():
    """Unlike scikit-image's, which then has none at all."""
    im = np.full((5, 7), 3)
    assert not found(im).any()
    assert not found(im, ", 1, 3").any()
    assert found(im, ", 1, 2.5").all()
    np.testing.assert_array_equal(np.argwhere(found(im, ", 4, 2.5")), [[0, 0], [0, 4], [4, 0], [4, 4]])
    assert not scikit_images(im, 1, 2.5).any()


def test_nan_is_no_peak_and_hides_none():
    im = np.array([[1, np.nan, 2, 0, np.nan, np.inf, 1]])
    np.testing.assert_array_equal(found(im), [[1, 0, 1, 0, 0, 1, 0]])
    np.testing.assert_array_equal(found(im, ", 2"), [[0, 0, 1, 0, 0, 1, 0]])
    assert not found(np.full((2, 3), np.nan)).any()


def test_peaks_of_64_bits_are_exact():
    im = np.array([[2**63, 2**63 + 1, 2**63, 5, 2**63 + 3, 2**63 + 2]], np.uint64)
    np.testing.assert_array_equal(found(im), [[0, 1, 0, 0, 1, 0]])
    np.testing.assert_array_equal(found(im, f", 1, {2**63 + 2}"), [[0, 0, 0, 0, 1, 0]])


@pytest.mark.parametrize("im", IMAGES.values(), ids=IMAGES)
def test_peaks_go_by_the_order_of_values_of_any_type(im):
    ranks = np.unique(im, return_inverse=True)[1].reshape(im.shape)
    for n in (1, 2):
        np.testing.assert_array_equal(found(im, f", {n}"), found(ranks, f", {n}"))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("peaks(im, -1)", "n is -1"),
        ("peaks(im, 1mm)", "size of a pixel"),
        ("peaks(im, 600)", "the window would hold"),
        ('peaks(im, 1, shape="010/111/010")', "shape cannot be '010/111/010'"),
        ("peaks(im > 3)", "peaks takes an image as im, im > 3 is a mask"),
    ],
)
def test_what_peaks_does_not_take(call, message):
    with pytest.raises(ProgramError, match=message):
        evaluate(call, im=np.ones((2, 2)))
