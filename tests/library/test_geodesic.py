"""Growth inside a mask, and grey reconstruction, against SciPy, scikit-image and a search from value to value."""

import heapq
import itertools

import numpy as np
import pytest
import scipy
import skimage.data
import skimage.graph
import skimage.measure
import skimage.morphology
from helpers.arrays import FLOATS, IMAGES, INTEGERS, image
from helpers.both_ways import expect_same
from helpers.each import each

from maskexpr import Image, ProgramError, compile, evaluate

STEPS = [0, 1, 2, 5, 1000]


def structure(ndim, connectivity):
    return scipy.ndimage.generate_binary_structure(ndim, connectivity)


def seeds(mask, rng):
    """A few pixels, also outside of the mask."""
    return rng.random(mask.shape) < 0.1


# --- grow ------------------------------------------------------------------------------------------------------------


@each("n", STEPS)
def test_grow_is_scipys_dilation_within_a_mask(mask, n, rng):
    seed = seeds(mask, rng)
    for connectivity in range(1, mask.ndim + 1):
        found = evaluate(f"grow(s, m, {n}, {connectivity})", s=seed, m=mask)
        assert found.dtype == bool
        expected = seed & mask
        if n:
            near = structure(mask.ndim, connectivity)
            expected = scipy.ndimage.binary_dilation(expected, near, iterations=n, mask=mask)
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("connectivity", [1, 2])
def test_grow_takes_in_what_the_way_inside_reaches(connectivity):
    """Of a real mask: the distance that counts is along the way, which goes around gaps."""
    mask = ~skimage.data.horse()
    seed = np.zeros_like(mask)
    seed[tuple(np.argwhere(mask)[0])] = True
    costs = np.where(mask, 1.0, -1)
    ways = skimage.graph.MCP(costs, fully_connected=connectivity == 2)
    away = ways.find_costs([tuple(np.argwhere(mask)[0])])[0] - 1
    for n in (3, 40, 200):
        np.testing.assert_array_equal(evaluate(f"grow(s, m, {n}, {connectivity})", s=seed, m=mask), away <= n)


def test_grow_without_an_end_is_reconstruct(mask, rng):
    seed = seeds(mask, rng)
    for connectivity in range(1, mask.ndim + 1):
        reconstructed = evaluate(f"reconstruct(s, m, {connectivity})", s=seed, m=mask)
        for n in ("none", "1000000", "2147483648"):
            np.testing.assert_array_equal(evaluate(f"grow(s, m, {n}, {connectivity})", s=seed, m=mask), reconstructed)


def test_grow_begins_inside():
    """A seed outside the mask neither stays, as SciPy lets it, nor grows into the mask."""
    seed, mask = np.array([1, 0, 0, 0], bool), np.array([0, 1, 1, 0], bool)
    assert not evaluate("any(grow(s, m, 3))", s=seed, m=mask)
    assert scipy.ndimage.binary_dilation(seed, iterations=3, mask=mask).any()


def test_grow_goes_slice_by_slice(rng):
    mask = rng.random((4, 9, 10)) < 0.7
    seed = rng.random(mask.shape) < 0.05
    for connectivity in (1, 2):
        found = evaluate(f'grow(s, m, 2, {connectivity}, "yx")', s=seed, m=mask)
        for plane in range(4):
            alone = evaluate(f"grow(s, m, 2, {connectivity})", s=seed[plane], m=mask[plane])
            np.testing.assert_array_equal(found[plane], alone)


@pytest.mark.parametrize(("n", "pixels"), [("0.3mm", 3), ("0.39mm", 3), ("2.9", 2), ("2px", 2), ("0.05mm", 0)])
def test_grow_counts_whole_pixels(n, pixels):
    """0.3 / 0.1 is 3, exactly."""
    line, seed = np.ones((1, 9), bool), np.zeros((1, 9), bool)
    seed[0, 0] = True
    found = evaluate(f"grow(s, m, {n})", s=Image(seed, spacing=0.1), m=Image(line, spacing=0.1))
    assert found.sum() == pixels + 1


def test_grow_by_a_length_needs_pixels_of_one_length():
    stack = np.ones((3, 4, 4), bool)
    stretched = Image(stack, spacing=[5, 0.5, 0.5])
    with pytest.raises(ProgramError, match=r"5 x 0\.5 x 0\.5 mm") as caught:
        evaluate("grow(m, m, 1mm)", m=stretched)
    assert caught.value.code == "spacing"
    assert evaluate('all(grow(m, m, 1mm, axes="yx"))', m=stretched)
    with pytest.raises(ProgramError, match="size of a pixel"):
        evaluate("grow(m, m, 1mm)", m=stack)


@pytest.mark.parametrize("rows", [1, 3, None])
@pytest.mark.parametrize("n", ["0", "1", "4", "70", "none"])
def test_grow_is_the_same_in_strips(rows, n, rng):
    mask = scipy.ndimage.gaussian_filter(rng.normal(size=(40, 66)), 2) > -0.05
    expect_same(f"grow(s, m, {n}, 2)", {"s": seeds(mask, rng), "m": mask}, rows)


def test_grow_refuses_what_is_no_reach():
    with pytest.raises(ProgramError, match="at least 0"):
        evaluate("grow(m, m, -1)", m=np.ones((2, 2), bool))
    with pytest.raises(ProgramError, match="connectivity cannot be 3 here"):
        evaluate("grow(m, m, 1, 3)", m=np.ones((2, 2), bool))


# --- reconstruct: masks ----------------------------------------------------------------------------------------------


def test_reconstruct_keeps_the_regions_that_hold_a_seed(mask, rng):
    seed = seeds(mask, rng)
    for connectivity in range(1, mask.ndim + 1):
        labels = skimage.measure.label(np.ascontiguousarray(mask), connectivity=connectivity)
        expected = np.isin(labels, labels[seed & mask]) & mask
        np.testing.assert_array_equal(evaluate(f"reconstruct(s, m, {connectivity})", s=seed, m=mask), expected)


def test_reconstruct_of_ankle_is_hysteresis(ankle):
    found = evaluate("reconstruct(im > 150, im > 60)", im=ankle)
    np.testing.assert_array_equal(found, evaluate("hysteresis(im, 60, 150)", im=ankle))


# --- reconstruct: images ---------------------------------------------------------------------------------------------


def by_search(seed, within, connectivity):
    """Values spread from the highest on, each at most as high as what it came from and as what it comes to."""
    result = np.minimum(seed, within)
    offsets = [np.array(o) - 1 for o in np.argwhere(structure(seed.ndim, connectivity))]
    heap = [(-value, place) for place, value in np.ndenumerate(result)]
    heapq.heapify(heap)
    while heap:
        value, place = heapq.heappop(heap)
        for offset in offsets:
            near = tuple(int(i) for i in place + offset)
            if all(0 <= i < n for i, n in zip(near, seed.shape, strict=True)):
                carried = min(-value, within[near])
                if carried > result[near]:
                    result[near] = carried
                    heapq.heappush(heap, (-carried, near))
    return result


@pytest.mark.slow
@pytest.mark.parametrize("dtype", INTEGERS + FLOATS)
@each("shape", [(1, 1), (1, 9), (8, 1), (7, 8), (20,), (3, 4, 5), (2, 3, 2, 3)])
def test_reconstruct_spreads_the_highest_values_first(dtype, shape):
    within, seed = image(dtype, shape), image(dtype, shape)
    for connectivity in range(1, len(shape) + 1):
        found = evaluate(
            f"reconstruct(a, b, {connectivity})", a=Image(seed, kind="image"), b=Image(within, kind="image")
        )
        expected = by_search(seed.astype(object), within.astype(object), connectivity)
        np.testing.assert_array_equal(found.astype(object), expected)
        assert found.dtype == dtype or np.dtype(dtype).kind in "iu"


@pytest.mark.slow
@pytest.mark.parametrize("connectivity", [1, 2])
@pytest.mark.parametrize("h", [1, 20, 60])
@pytest.mark.parametrize("data", ["coins", "cell", "page", "camera"])
def test_levelled_peaks_of_real_images_are_scikit_images(data, h, connectivity):
    im = getattr(skimage.data, data)()[:200, :250]
    found = evaluate(f"reconstruct(im - {h}, im, {connectivity})", im=im)
    wide = im.astype(int)
    expected = skimage.morphology.reconstruction(wide - h, wide, footprint=structure(2, connectivity))
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == np.int16


@pytest.mark.parametrize("connectivity", [1, 2, 3])
def test_reconstruct_of_a_volume_is_scikit_images(connectivity, rng):
    im = scipy.ndimage.gaussian_filter(rng.normal(size=(12, 14, 16)), 1).astype(np.float32)
    found = evaluate(f"reconstruct(im - 0.1, im, {connectivity})", im=im)
    expected = skimage.morphology.reconstruction(im - np.float32(0.1), im, footprint=structure(3, connectivity))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, expected)


def test_reconstruct_follows_a_winding_way():
    """There and back, as often as there are lines."""
    within = np.zeros((41, 30), np.uint8)
    within[::2] = 9
    within[1::4, -1] = within[3::4, 0] = 9
    seed = np.zeros_like(within)
    seed[0, 0] = 7
    np.testing.assert_array_equal(evaluate("reconstruct(s, w)", s=seed, w=within), np.minimum(within, 7))


def test_grey_reconstruction_is_that_of_the_masks_at_each_level(rng):
    """Which says what is to become of a seed above `within`."""
    seed, within = rng.integers(0, 6, (2, 9, 11), np.uint8)
    found = evaluate("reconstruct(s, w)", s=seed, w=within)
    assert (seed > within).any()
    for level in range(6):
        masks = evaluate(f"reconstruct(s >= {level}, w >= {level})", s=seed, w=within)
        np.testing.assert_array_equal(found >= level, masks)
    with pytest.raises(ValueError, match="seed"):
        skimage.morphology.reconstruction(seed, within)


@pytest.mark.parametrize("types", list(itertools.product(["uint8", "int16", "int64", "uint64", "float32"], repeat=2)))
def test_reconstruct_of_two_types_is_exact(types, rng):
    """In a type for both: of integers the smallest, to which a higher `within` need not fit."""
    seed, within = (rng.integers(0, 100, (6, 7)).astype(dtype) for dtype in types)
    if np.dtype(types[1]).kind in "iu":
        within[2, 3] = np.iinfo(types[1]).max
    found = evaluate("reconstruct(s, w)", s=seed, w=within)
    np.testing.assert_array_equal(found, by_search(seed.astype(object), within.astype(object), 1))
    assert (found.dtype.kind == "f") == ("float32" in types)


def test_reconstruct_goes_slice_by_slice():
    seed, within = image("int16", (4, 6, 7)), image("int16", (4, 6, 7))
    for connectivity in (1, 2):
        found = evaluate(f'reconstruct(s, w, {connectivity}, "yx")', s=seed, w=within)
        for plane in range(4):
            alone = evaluate(f"reconstruct(s, w, {connectivity})", s=seed[plane], w=within[plane])
            np.testing.assert_array_equal(found[plane], alone)
    along = evaluate('reconstruct(s, w, axes="x")', s=seed, w=within)
    np.testing.assert_array_equal(along[1, 2], by_search(seed[1, 2], within[1, 2], 1))


def test_nan_stays_and_lets_nothing_pass():
    nan, inf = np.nan, np.inf
    seed = np.array([[9.0, 0, 0, 0, 0, nan, 0]])
    within = np.array([[9.0, 8, nan, 8, 7, 5, inf]])
    np.testing.assert_array_equal(evaluate("reconstruct(s, w)", s=seed, w=within), [[9, 8, nan, 0, 0, nan, 0]])
    np.testing.assert_array_equal(
        evaluate("reconstruct(s, w)", s=np.array([inf, -inf, -inf]), w=np.array([inf, 3, -inf])), [inf, 3, -inf]
    )


def test_minus_zero_becomes_zero():
    found = evaluate("reconstruct(s, w)", s=np.array([-0.0, -5]), w=np.array([0.0, -0.0]))
    assert not np.signbit(found).any()


def test_arguments_are_not_written_to():
    for dtype in ("float32", "int16"):
        im = IMAGES[dtype].copy()
        evaluate("reconstruct(im, im)", im=im)
        np.testing.assert_array_equal(im, IMAGES[dtype])


def test_a_mask_and_an_image_do_not_go_together():
    with pytest.raises(ProgramError, match="cannot grow a mask within an image") as caught:
        evaluate("reconstruct(im > 3, im)", im=np.zeros((3, 3), np.uint8))
    assert caught.value.code == "kind"
    assert str(compile("reconstruct(im - 3, im)").kind(im=((5, 6), "uint8"))) == "image 5x6 int16"
