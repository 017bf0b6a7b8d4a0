"""Skeletons: what they keep of any mask, and the other methods against scikit-image, bit for bit."""

import numpy as np
import pytest
import scipy
import skimage.data
import skimage.morphology
from helpers.searches import tried
from helpers.topology import idle_pixels, topology
from hypothesis import given
from hypothesis import strategies as st
from skimage.morphology import skeletonize

import maskexpr
from maskexpr import ProgramError, evaluate
from maskexpr.inside import stages
from maskexpr.testing.ways import peak

REAL = {
    "horse": lambda: ~skimage.data.horse(),
    "coins": lambda: skimage.data.coins() > 100,
    "cell": lambda: skimage.data.cell() > 60,
    "text": lambda: skimage.data.text() < 100,
    "page": lambda: skimage.data.page() < 100,
}


def blobs(rng, shape, size):
    return scipy.ndimage.gaussian_filter(rng.normal(size=shape), size) > 0


def skeleton(mask, method="homotopic"):
    return evaluate(f'skeleton(m, method="{method}")', m=mask)


# --- what is kept ----------------------------------------------------------------------------------------------------


def check_thin(mask):
    found = evaluate("skeleton(m)", m=mask)
    assert not np.any(found & ~mask)
    assert topology(found) == topology(mask)
    assert not idle_pixels(found)
    np.testing.assert_array_equal(evaluate("skeleton(m)", m=found), found)


@st.composite
def any_masks(draw, ndim, longest):
    """Noise of some share of pixels, or of blocks of pixels, or dilated: with lines two and three pixels wide."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = [draw(st.integers(1, longest)) for _ in range(ndim)]
    mask = rng.random(shape) < draw(st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.85, 0.95]))
    for axis in range(ndim):
        mask = mask.repeat(draw(st.integers(1, 2)), axis)
    return scipy.ndimage.binary_dilation(mask) if draw(st.booleans()) else mask


@tried(150)
@given(any_masks(2, 14))
def test_planes_lose_split_open_and_close_nothing(mask):
    check_thin(mask)


@tried(60)
@given(any_masks(3, 7))
def test_volumes_lose_split_open_and_close_nothing(mask):
    check_thin(mask)


def test_masks_that_bite_lose_split_open_and_close_nothing(mask):
    if mask.ndim in (2, 3):
        check_thin(mask)


@pytest.mark.parametrize("name", REAL)
def test_real_masks_lose_split_open_and_close_nothing(name):
    mask = REAL[name]()
    assert topology(skeleton(mask)) == topology(mask)


@pytest.mark.parametrize("threshold", [90, 130])
def test_a_brain_loses_splits_opens_and_closes_nothing(brain, threshold):
    mask = brain > threshold
    assert topology(skeleton(mask)) == topology(mask)


def test_a_cube_keeps_something():
    for side in range(1, 9):
        found = skeleton(np.ones((side,) * 3, bool))
        assert 1 <= found.sum() <= 3
        assert topology(found) == (1, 1, 1)
    assert not skeleton(np.ones((4, 4, 4), bool), "lee").any()


def beam(shape, towards, width, length):
    """A straight line through the middle of an image, so many pixels wide and long, and how long a mask is along it."""
    towards = np.asarray(towards) / np.linalg.norm(towards)
    places = np.moveaxis(np.indices(shape), 0, -1) - (np.array(shape) - 1) / 2 - 0.3
    along = places @ towards
    aside = np.linalg.norm(places - along[..., np.newaxis] * towards, axis=-1)
    mask = (aside < width / 2) & (abs(along) < length / 2)
    return mask, lambda found: np.ptp(along[found]) if found.any() else -1


@pytest.mark.parametrize("width", [1.5, 2, 2.4, 3, 5])
def test_lines_in_planes_stay_lines(width):
    """None is eaten from its ends, whatever its direction."""
    for angle in np.radians(range(0, 180, 5)):
        mask, length = beam((60, 60), (np.sin(angle), np.cos(angle)), width, 50)
        found = skeleton(mask)
        assert topology(found) == topology(mask)
        assert length(found) > length(mask) - width - 3


@pytest.mark.parametrize("width", [2, 2.5, 4])
def test_lines_in_volumes_stay_lines(width):
    directions = [np.subtract(d, 2) for d in np.ndindex(5, 5, 5)]
    for towards in directions[len(directions) // 2 + 1 :]:
        mask, length = beam((24, 24, 24), towards, width, 22)
        if topology(mask) == (1, 1, 1):
            assert length(skeleton(mask)) > length(mask) - width - 4


@pytest.mark.parametrize("wide", [(0, 1), (-1, 0), (-1, 0, 1, 2)])
def test_a_diagonal_stays(wide):
    diagonal = np.isin(np.subtract.outer(np.arange(60), np.arange(60)), wide)
    for mask in (diagonal, np.fliplr(diagonal)):
        assert 56 <= skeleton(mask).sum() <= 60


# --- scikit-image's --------------------------------------------------------------------------------------------------


def test_methods_are_scikit_images(mask):
    if mask.ndim == 2:
        np.testing.assert_array_equal(skeleton(mask, "zhang"), skeletonize(mask.copy()))
    if mask.ndim in (2, 3):
        found = skeleton(mask, "lee")
        assert found.dtype == bool
        np.testing.assert_array_equal(found, skeletonize(mask.copy(), method="lee") > 0)


@pytest.mark.parametrize("name", REAL)
def test_methods_on_real_masks_are_scikit_images(name):
    mask = REAL[name]()
    np.testing.assert_array_equal(skeleton(mask, "zhang"), skeletonize(mask))
    np.testing.assert_array_equal(skeleton(mask, "lee"), skeletonize(mask, method="lee") > 0)


def test_zhang_of_ankle_is_scikit_images(ankle):
    np.testing.assert_array_equal(evaluate('skeleton(im > 60, method="zhang")', im=ankle), skeletonize(ankle > 60))


def test_lee_of_volumes_is_scikit_images(rng, brain):
    for mask in [*(blobs(rng, (24, 28, 32), size) for size in (1, 2, 4)), brain > 90]:
        found = skeleton(mask, "lee")
        assert 0 < found.sum() < mask.sum() / 3
        np.testing.assert_array_equal(found, skeletonize(mask))


# --- axes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["homotopic", "zhang", "lee"])
def test_skeleton_goes_slice_by_slice(rng, method):
    stack = blobs(rng, (5, 20, 24), 2)
    found = evaluate(f'skeleton(m, axes="yx", method="{method}")', m=stack)
    np.testing.assert_array_equal(found, [skeleton(plane, method) for plane in stack])
    upright = evaluate(f'skeleton(m, axes="zx", method="{method}")', m=stack)
    for y in range(20):
        np.testing.assert_array_equal(upright[:, y], skeleton(stack[:, y], method))


@pytest.mark.parametrize("method", ["homotopic", "lee"])
def test_skeleton_goes_volume_by_volume(rng, method):
    volumes = blobs(rng, (9, 3, 10, 11), 1)
    found = evaluate(f'skeleton(m, axes=[0, 2, 3], method="{method}")', m=volumes)
    for i in range(3):
        np.testing.assert_array_equal(found[:, i], skeleton(volumes[:, i], method))


@pytest.mark.parametrize(("shape", "axes"), [((5,), "none"), ((3, 3), '"x"'), ((2, 2, 2, 2), "none")])
def test_skeleton_of_other_axes_is_an_error(shape, axes):
    with pytest.raises(ProgramError, match="along two or three axes, not along") as caught:
        evaluate(f"skeleton(m, {axes})", m=np.ones(shape, bool))
    assert caught.value.code == "axes"


# --- memory ----------------------------------------------------------------------------------------------------------

SHAPE = (40, 41, 42)
CROWDED = {  # with as many pixels at once to look at as there can be
    "noise": lambda rng: rng.random(SHAPE) < 0.8,
    "small cavities": lambda rng: rng.random(SHAPE) < 0.95,
    "plates": lambda rng: np.indices(SHAPE)[0] % 3 > 0,
    "rods": lambda rng: (np.indices(SHAPE)[:2] % 3 > 0).all(axis=0),
}


@pytest.mark.parametrize("name", CROWDED)
def test_thinning_a_volume_takes_what_it_says(rng, name):
    for method in ("homotopic", "lee"):
        bound = stages(maskexpr.compile(f'skeleton(m, method="{method}")'), {"m": CROWDED[name](rng)})
        assert peak(bound) <= bound.cost().memory
