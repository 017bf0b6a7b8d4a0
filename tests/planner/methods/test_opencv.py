"""With fast=True OpenCV may stand in, and only the last bits differ; without it nothing does."""

import pickle

import numpy as np
import pytest
import scipy.ndimage

import maskexpr
from maskexpr.kernels import opencv

pytest.importorskip("cv2")
RNG = np.random.default_rng(3)
IMAGES = [RNG.integers(0, 256, (70, 83), dtype=np.uint8), RNG.normal(size=(9, 200)), RNG.normal(size=(40, 3)) > 0.5]


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "float64"])
@pytest.mark.parametrize(
    "call", ["gaussian(im, 2)", "gaussian(im, [0, 1.5])", 'gaussian(im, 1, axes="y")', "gaussian(im, 0)"]
)
def test_gaussians_differ_in_the_last_bits_at_most(call, dtype):
    im = IMAGES[0].astype(dtype)
    plain, fast = maskexpr.compile(call)(im=im), maskexpr.compile(call, fast=True)(im=im)
    assert (fast.dtype, fast.shape) == (plain.dtype, plain.shape)
    np.testing.assert_allclose(fast, plain, rtol=1e-5 if plain.dtype == np.float32 else 1e-12)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_distances_differ_in_the_last_bits_at_most(share):
    m = RNG.random((60, 90)) < share
    np.testing.assert_allclose(
        maskexpr.compile("distance(m)", fast=True)(m=m), maskexpr.evaluate("distance(m)", m=m), rtol=1e-6
    )


def test_distance_without_background_is_endless():
    assert np.isinf(maskexpr.compile("distance(m)", fast=True)(m=np.ones((3, 4), bool))).all()


def test_what_opencv_has_not_is_as_ever():
    stack = RNG.integers(0, 9, (4, 5, 6), dtype=np.uint8)
    for text in ("gaussian(s, 1)", 'distance(s > 2, unit="px", border="empty")', "distance(s > 2)"):
        np.testing.assert_array_equal(maskexpr.compile(text, fast=True)(s=stack), maskexpr.compile(text)(s=stack))


def test_nothing_is_asked_of_opencv_unasked(monkeypatch):
    def refuse(*given, **more):
        raise AssertionError("OpenCV was called")

    import cv2

    monkeypatch.setattr(cv2, "GaussianBlur", refuse)
    monkeypatch.setattr(cv2, "distanceTransform", refuse)
    maskexpr.compile("gaussian(im, 1) > distance(im > 3)")(im=IMAGES[0])
    with pytest.raises(AssertionError):
        maskexpr.compile("gaussian(im, 1)", fast=True)(im=IMAGES[0])


def test_without_opencv_fast_is_as_ever(monkeypatch):
    monkeypatch.setattr(opencv, "usable", lambda: None)
    im = IMAGES[0]
    np.testing.assert_array_equal(
        maskexpr.compile("gaussian(im, 1)", fast=True)(im=im), maskexpr.evaluate("gaussian(im, 1)", im=im)
    )


def test_a_fast_program_stays_fast_when_it_is_copied():
    program = pickle.loads(pickle.dumps(maskexpr.compile("gaussian(im, 1)", fast=True)))
    np.testing.assert_array_equal(program(im=IMAGES[0]), maskexpr.compile("gaussian(im, 1)", fast=True)(im=IMAGES[0]))


def test_medians_of_large_images_are_opencvs_and_the_same(monkeypatch):
    import cv2

    im = RNG.integers(0, 256, (1030, 1020), dtype=np.uint8)
    calls = []
    median = cv2.medianBlur
    monkeypatch.setattr(cv2, "medianBlur", lambda *given, **named: calls.append(1) or median(*given, **named))
    found = maskexpr.compile("median_filter(im, 1)")(im=im)
    assert calls
    np.testing.assert_array_equal(found, scipy.ndimage.median_filter(im, 3, mode="reflect"))
