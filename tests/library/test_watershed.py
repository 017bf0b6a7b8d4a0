import numpy as np
import pytest
import scipy
import skimage.color
import skimage.data
import skimage.feature
import skimage.filters
import skimage.measure
import skimage.morphology
import skimage.segmentation
from helpers.arrays import IMAGES
from helpers.each import each
from helpers.queue_flood import by_a_queue
from helpers.slicewise import slice_by_slice, some_axes

import maskexpr
from maskexpr import Image, ProgramError, RunError, evaluate


def labels_of(array):
    return Image(array.astype(np.int32), kind="labels")


def grey(im):
    """Not a colour image, whatever its shape."""
    return Image(im, kind="image")


def flooded(im, markers, more=""):
    program = f"input im: image; input k: labels; watershed(im, k{more})"
    return evaluate(program, im=grey(im), k=labels_of(markers))


def random_markers(rng, shape, share=0.1):
    return np.where(rng.random(shape) < share, rng.integers(1, 6, shape), 0).astype(np.int32)


SHAPES = [(1,), (40,), (1, 1), (1, 9), (9, 1), (12, 17), (3, 4, 5), (1, 6, 7), (2, 3, 2, 3)]

# --- watershed -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("levels", [2, 100])
def test_watershed_is_a_flood_by_a_queue(shape, levels, rng):
    im, markers, within = rng.integers(0, levels, shape), random_markers(rng, shape), rng.random(shape) < 0.8
    for connectivity in range(1, len(shape) + 1):
        result = flooded(im, markers, f", connectivity={connectivity}")
        assert result.dtype == np.int32
        np.testing.assert_array_equal(result, by_a_queue(im, markers, np.ones(shape, bool), connectivity))
        limited = evaluate(
            f"input im: image; watershed(im, k, m, {connectivity})", im=grey(im), k=labels_of(markers), m=within
        )
        np.testing.assert_array_equal(limited, by_a_queue(im, markers, within, connectivity))


@pytest.mark.parametrize("shape", SHAPES)
def test_watershed_is_scikit_images_where_no_two_pixels_are_equal(shape, rng):
    im = rng.permutation(int(np.prod(shape))).reshape(shape)
    markers, within = random_markers(rng, shape), rng.random(shape) < 0.8
    for connectivity in range(1, len(shape) + 1):
        expected = skimage.segmentation.watershed(im, markers, connectivity=connectivity, mask=within)
        result = evaluate(
            f"input im: image; watershed(im, k, m, {connectivity})", im=grey(im), k=labels_of(markers), m=within
        )
        np.testing.assert_array_equal(result, expected)


def one_marker_per_value(im, rng, most=200):
    """Markers of one pixel each, of which no two have one value: the order of others is nobody's promise."""
    places = rng.permutation(im.size)
    _, first = np.unique(im.ravel()[places], return_index=True)
    markers = np.zeros(im.size, np.int32)
    chosen = rng.permutation(places[first])[:most]
    markers[chosen] = np.arange(1, len(chosen) + 1)
    return markers.reshape(im.shape)


@pytest.mark.slow
@pytest.mark.parametrize("connectivity", [1, 2])
@pytest.mark.parametrize("name", ["camera", "coins", "moon", "page"])
def test_watershed_of_real_images_is_scikit_images_ties_included(name, connectivity, rng):
    im = getattr(skimage.data, name)()[:300, :300]
    markers = one_marker_per_value(im, rng)
    expected = skimage.segmentation.watershed(im, markers, connectivity=connectivity)
    np.testing.assert_array_equal(flooded(im, markers, f", connectivity={connectivity}"), expected)
    smooth = skimage.filters.gaussian(im, 2)
    expected = skimage.segmentation.watershed(smooth, markers, connectivity=connectivity)
    np.testing.assert_array_equal(flooded(smooth, markers, f", connectivity={connectivity}"), expected)


@pytest.mark.parametrize("connectivity", [1, 2, 3])
def test_watershed_of_a_volume_is_scikit_images_ties_included(connectivity, rng):
    smooth = scipy.ndimage.gaussian_filter(rng.normal(size=(20, 30, 40)), 1.5)
    im = np.round(smooth * 40).astype(np.int16)
    markers = one_marker_per_value(im, rng)
    within = scipy.ndimage.gaussian_filter(rng.normal(size=im.shape), 2) > -0.02
    expected = skimage.segmentation.watershed(im, markers, connectivity=connectivity, mask=within)
    result = evaluate(f"watershed(im, k, m, {connectivity})", im=im, k=labels_of(markers), m=within)
    np.testing.assert_array_equal(result, expected)


def test_watershed_of_a_real_volume_is_scikit_images_ties_included(brain, rng):
    markers = one_marker_per_value(brain, rng)
    expected = skimage.segmentation.watershed(brain, markers, mask=brain > 20)
    result = evaluate("watershed(im, k, im > 20)", im=brain, k=labels_of(markers))
    np.testing.assert_array_equal(result, expected)


def test_coins_are_found_as_in_scikit_images_example():
    coins = skimage.data.coins()
    markers = np.where(coins < 30, 1, np.where(coins > 150, 2, 0))
    result = evaluate("watershed(sobel(im), k)", im=coins, k=labels_of(markers))
    expected = skimage.segmentation.watershed(skimage.filters.sobel(coins), markers)
    assert np.count_nonzero(result != expected) < 0.001 * coins.size  # markers of many pixels, some of them equal
    filled = evaluate("count(remove_small(fill_holes(l == 2), 100))", l=labels_of(result))
    assert filled == 24


def test_a_plateau_is_shared_between_the_markers_at_its_sides():
    np.testing.assert_array_equal(
        flooded(np.zeros((1, 8), int), np.array([[7, 0, 0, 0, 0, 0, 0, 3]])), [[7] * 4 + [3] * 4]
    )
    # Of two equal ways to the pixel in the middle the one from the first marker is taken.
    np.testing.assert_array_equal(flooded(np.zeros((1, 5), int), np.array([[7, 0, 0, 0, 3]])), [[7, 7, 7, 3, 3]])


def test_water_that_flows_over_a_ridge_does_not_fall_back_behind_it():
    """What lies lower behind a ridge is flooded at the level of the ridge."""
    im = np.array([[0, 7, 1, 2, 1, 7, 0], [9] * 7])
    markers = np.zeros_like(im)
    markers[0, 0], markers[0, 6] = 1, 2
    np.testing.assert_array_equal(flooded(im, markers)[0], [1, 1, 1, 1, 2, 2, 2])


@pytest.mark.parametrize("im", IMAGES.values(), ids=IMAGES)
def test_watershed_goes_by_the_order_of_values_of_any_type(im, rng):
    markers = random_markers(rng, im.shape, 0.2)
    ranks = np.unique(im, return_inverse=True)[1].reshape(im.shape)
    expected = by_a_queue(ranks, markers, np.ones(im.shape, bool), 1)
    np.testing.assert_array_equal(flooded(im, markers), expected)


def test_watershed_tells_neighbouring_64_bit_values_apart():
    top = 2**63
    im = np.array([[top - 1, top, top - 2, top + 1, top - 1]], np.uint64)
    markers = np.array([[1, 0, 0, 0, 2]])
    np.testing.assert_array_equal(flooded(im, markers), [[1, 1, 1, 2, 2]])
    np.testing.assert_array_equal(flooded(im[:, ::-1], markers), [[1, 1, 2, 2, 2]])


def test_nan_is_higher_than_any_number():
    im = np.array([[0, np.nan, 1, np.inf, 0]])
    np.testing.assert_array_equal(flooded(im, np.array([[1, 0, 0, 0, 2]])), [[1, 1, 2, 2, 2]])


def test_watershed_takes_a_mask_whose_regions_are_the_markers(rng):
    im, mask = rng.integers(0, 9, (20, 30)), rng.random((20, 30)) < 0.1
    for more in ("", ", connectivity=2", ', axes="x"'):
        expected = evaluate(f"watershed(im, label(m{more}){more})", im=im, m=mask)
        np.testing.assert_array_equal(evaluate(f"watershed(im, m{more})", im=im, m=mask), expected)


def test_watershed_leaves_out_what_no_marker_reaches():
    im, within = np.zeros((1, 7)), np.array([[1, 1, 0, 1, 1, 0, 1]], bool)
    result = evaluate("watershed(im, k, m)", im=im, k=labels_of(np.array([[5, 0, 6, 0, 0, 0, 2]])), m=within)
    np.testing.assert_array_equal(result, [[5, 5, 0, 0, 0, 0, 2]])
    np.testing.assert_array_equal(flooded(im, np.zeros((1, 7))), np.zeros((1, 7)))


def test_watershed_in_slices(rng):
    for shape in [(5, 7), (3, 4, 5), (2, 3, 2, 3)]:
        im, markers = rng.integers(0, 9, shape), random_markers(rng, shape, 0.3)
        both = np.stack([im, markers])
        for axes in some_axes(im):
            for connectivity in range(1, len(axes) + 1):
                wanted = slice_by_slice(
                    lambda part, c=connectivity: np.broadcast_to(
                        by_a_queue(part[0], part[1], np.ones(part.shape[1:], bool), c), part.shape
                    ),
                    both,
                    (0, *(axis + 1 for axis in axes)),
                )[0]
                result = flooded(im, markers, f", connectivity={connectivity}, axes={list(axes)}")
                np.testing.assert_array_equal(result, wanted)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("watershed(im, im)", "markers are whole numbers, not float64 values"),
        ("watershed(m, m)", "watershed takes an image as im, m is a mask"),
        ("watershed(im, m, connectivity=3)", "connectivity cannot be 3 here"),
        ("watershed(im, k)", "im is 2x2 and k is 1x2"),
    ],
)
def test_what_watershed_does_not_take(call, message):
    given = {"im": np.ones((2, 2)), "m": np.ones((2, 2), bool), "k": np.ones((1, 2), bool)}
    with pytest.raises(ProgramError, match=message):
        evaluate("input im; input m; input k\n" + call, **given)


# --- without markers, with lines, compact, of the background ---------------------------------------------------------


def minima_and_distances(rng, shape=(60, 70)):
    """Values of which no two are equal, on smooth hills."""
    smooth = scipy.ndimage.gaussian_filter(rng.normal(size=shape), 2)
    return np.argsort(np.argsort(smooth, axis=None)).reshape(shape)


@each("call, more", [
    ("watershed(im)", {}),
    ("watershed(im, connectivity=2)", {"connectivity": 2}),
    ("watershed(im, line=true)", {"watershed_line": True}),
    ("watershed(im, line=true, connectivity=2)", {"watershed_line": True, "connectivity": 2}),
    ("watershed(im, compactness=20)", {"compactness": 20}),
    ("watershed(im, within=m)", {"mask": True}),
    ("watershed(im, within=m, line=true)", {"mask": True, "watershed_line": True}),
])  # fmt: skip
def test_minima_are_the_markers_where_none_are_given(rng, call, more):
    endless = "watershed_line" in more and "connectivity" in more  # scikit-image 0.26 in a volume, of 8x8x8 too
    for shape in ((60, 70), (9, 12, 15))[: 1 if endless else 2]:
        im, m = minima_and_distances(rng, shape), scipy.ndimage.gaussian_filter(rng.normal(size=shape), 3) > -0.05
        given = {"im": im} | ({"m": m} if "mask" in more else {})
        theirs = skimage.segmentation.watershed(im, **(more | ({"mask": m} if "mask" in more else {})))
        found = evaluate(f"input im: image; {call}", **given)
        assert found.max() > 3
        np.testing.assert_array_equal(found, theirs)


@pytest.mark.parametrize("name", ["camera", "coins", "moon"])
def test_basins_of_real_images_are_scikit_images_but_for_ties_of_markers(name):
    im = skimage.filters.gaussian(getattr(skimage.data, name)()[:300, :300], 2)
    for call, more in (("watershed(im)", {}), ("watershed(im, line=true)", {"watershed_line": True})):
        theirs = skimage.segmentation.watershed(im, **more)
        found = evaluate(call, im=im)
        assert found.max() == theirs.max() > 100
        assert np.mean(found != theirs) < 0.001


def test_a_line_parts_regions_whose_markers_do_not_touch():
    coins = skimage.data.coins()
    markers = evaluate("erode(k, 2) | im < 30", im=coins, k=coins > 150)
    parts = evaluate("watershed(sobel(im), label(k), line=true)", im=coins, k=markers)
    touching = parts[:, 1:] != parts[:, :-1]
    assert not np.any(touching & (parts[:, 1:] > 0) & (parts[:, :-1] > 0))
    whole = evaluate("watershed(sobel(im), label(k))", im=coins, k=markers)
    assert whole.all()
    assert 0 < np.mean(parts == 0) < 0.1
    both = evaluate("watershed(sobel(im), label(k), line=true, compactness=0.1)", im=coins, k=markers)
    assert np.any(both == 0)  # scikit-image 0.26 draws no line then


def test_negative_markers_are_seeds_of_the_background(rng):
    im = minima_and_distances(rng)
    markers = np.where(rng.random(im.shape) < 0.02, rng.integers(-3, 6, im.shape), 0)
    for call, more in (("", {}), (", line=true", {"watershed_line": True}), (", compactness=9", {"compactness": 9})):
        theirs = skimage.segmentation.watershed(im, markers, **more)
        assert theirs.min() < 0
        found = evaluate(f"input im: image; input k: image; watershed(im, k{call})", im=im, k=markers)
        np.testing.assert_array_equal(found, np.maximum(theirs, 0))
    im = np.array([[1, 2, 9, 3, 1]])
    result = evaluate("watershed(im, where(x == 0, -1, where(x == 4, 3, 0)))", im=im)
    np.testing.assert_array_equal(result, [[0, 0, 0, 3, 3]])


def test_an_image_of_one_value_is_one_region():
    for shape in ((1,), (3, 4), (2, 3, 4)):
        assert np.all(evaluate("watershed(im)", im=grey(np.full(shape, 7))) == 1)
    np.testing.assert_array_equal(evaluate('watershed(im, axes="x")', im=np.zeros((2, 3))), [[1] * 3, [2] * 3])


@pytest.mark.filterwarnings("ignore::maskexpr.MaskWarning")
@each("call", ["watershed(im)", "watershed(im, line=true)", "watershed(im, compactness=3)", "watershed(im, within=m)"])
def test_a_frame_without_data_is_the_end_of_the_image(rng, call):
    im, m, inner = rng.integers(0, 9, (12, 14)), rng.random((12, 14)) < 0.9, (slice(2, -1), slice(1, -2))
    frame = np.ones(im.shape, bool)
    frame[inner] = False
    names = ["im", "m"] if "m" in call.removeprefix("watershed(im") and "within" in call else ["im"]
    given = {"im": np.ma.array(im, mask=frame), "m": m}
    found = maskexpr.compile(call).bind(**{name: given[name] for name in names}).run()["result"]
    alone = evaluate(call, **{name: {"im": im, "m": m}[name][inner] for name in names})
    np.testing.assert_array_equal(np.ma.getdata(found)[inner], alone)
    assert not np.ma.getdata(found)[frame].any()


def test_lines_end_where_scikit_images_do_not(rng):
    """A pixel of a line lets water on each time it is reached, there."""
    im = scipy.ndimage.gaussian_filter(rng.normal(size=(24, 24, 24)), 2)
    for connectivity in (1, 2, 3):
        found = evaluate(f"input im: image; watershed(im, line=true, connectivity={connectivity})", im=im)
        assert found.max() == evaluate(f"input im: image; watershed(im, connectivity={connectivity})", im=im).max()
        joined = scipy.ndimage.generate_binary_structure(3, connectivity)
        for number in range(1, found.max() + 1):
            around = scipy.ndimage.binary_dilation(found == number, joined)
            assert set(np.unique(found[around])) <= {0, number}


# --- split -----------------------------------------------------------------------------------------------------------


def drawn(text, shape=(60, 80)):
    return evaluate(f"input g: mask; {text}", g=np.zeros(shape, bool))


def bar(angle, length=40, width=9):
    """A rectangle that is turned, alone in a plane."""
    y, x = np.indices((80, 80)) - 40.3
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    return (np.abs(u) <= length / 2) & (np.abs(v) <= width / 2)


def expect_parts(mask, parts, connectivity=1):
    """Each region of the mask is one or more parts, each of which is connected; numbers are in scan order."""
    np.testing.assert_array_equal(parts > 0, mask)
    values, first = np.unique(parts[parts > 0], return_index=True)
    assert values.tolist() == list(range(1, len(values) + 1))
    assert np.all(np.diff(first) > 0)
    pieces = skimage.measure.label(parts, connectivity=connectivity, background=0)
    assert pieces.max() == len(values)


@each("depth", ["0", "0.5", "1", "3"])
def test_split_gives_connected_parts_of_each_region(mask, depth):
    for connectivity in range(1, mask.ndim + 1):
        if mask.ndim > 3:
            return  # what scikit-image labels
        parts = evaluate(f"split(m, depth={depth}, connectivity={connectivity})", m=mask)
        assert parts.dtype == np.int32
        expect_parts(mask, parts, connectivity)


@pytest.mark.slow
@pytest.mark.parametrize("depth", [0, 0.3, 1, 2])
@pytest.mark.parametrize("shape", [(70, 80), (14, 16, 18)])
def test_split_has_a_part_for_each_maximum_that_is_deep_enough(shape, depth, rng):
    """As many as the reconstruction of the distance, lowered by the depth, has regional maxima."""
    for scale in (1, 2, 4):
        mask = scipy.ndimage.gaussian_filter(rng.normal(size=shape), scale) > 0
        for connectivity in range(1, len(shape) + 1):
            joined = scipy.ndimage.generate_binary_structure(len(shape), connectivity)
            inner = np.where(mask, scipy.ndimage.distance_transform_edt(mask), -1000)
            raised = skimage.morphology.reconstruction(inner - depth, inner, footprint=joined)
            tops = skimage.morphology.local_maxima(raised, footprint=joined) & mask
            parts = evaluate(f"split(m, n=0, depth={depth}, connectivity={connectivity})", m=mask)
            expect_parts(mask, parts, connectivity)
            assert parts.max() == skimage.measure.label(tops, connectivity=connectivity).max()
            # Each lies in a part of its own.
            numbers = skimage.measure.label(tops, connectivity=connectivity)
            pairs = {*zip(parts[tops].tolist(), numbers[tops].tolist(), strict=True)}
            assert len(pairs) == len({part for part, _ in pairs}) == parts.max()


def test_split_parts_discs_that_touch_near_their_chord():
    """Nearer than scikit-image's example does, in which a third maximum between them has a part of its own."""
    mask = drawn("circle(28, 28, 16) | circle(36, 52, 20)")
    y, x = np.indices(mask.shape)
    first = mask & ((y - 28) ** 2 + (x - 28) ** 2 - 16**2 < (y - 36) ** 2 + (x - 52) ** 2 - 20**2)
    inner = scipy.ndimage.distance_transform_edt(mask)
    peaks = skimage.feature.peak_local_max(inner, footprint=np.ones((3, 3)), labels=mask.astype(int))
    markers = np.zeros(mask.shape, int)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    theirs = skimage.segmentation.watershed(-inner, markers, mask=mask)
    parts = evaluate("split(m)", m=mask)
    expect_parts(mask, parts)
    assert (theirs.max(), parts.max()) == (3, 2)
    missed = np.count_nonzero((parts == parts[28, 28]) != first)
    assert missed < np.count_nonzero((theirs == theirs[28, 28]) != first)
    assert missed < 0.03 * mask.sum()


@each("angle", np.arange(0, np.pi, 0.1).tolist())
def test_split_leaves_an_oblong_object_whole(angle):
    mask = bar(angle)
    assert evaluate("split(m)", m=mask).max() == 1
    assert evaluate("split(m, depth=0)", m=mask).max() >= 1


def test_split_joins_parts_whose_centres_are_closer_than_n():
    mask = drawn("circle(20, 20, 10) | circle(20, 37, 10)")
    assert evaluate("split(m)", m=mask).max() == 2
    assert evaluate("split(m, 17)", m=mask).max() == 2
    assert evaluate("split(m, 17.001)", m=mask).max() == 1
    image = Image(mask, spacing=0.1)
    assert evaluate("split(m, 1.7mm)", m=image).max() == 2
    assert evaluate("split(m, 1.7001mm)", m=image).max() == 1


def test_split_measures_necks_in_the_unit_of_depth():
    mask = drawn("circle(20, 20, 10) | circle(20, 37, 10)")
    inner = scipy.ndimage.distance_transform_edt(mask)
    depth = inner[20, 20] - inner[20, 28:30].max()  # that of the neck
    assert evaluate(f"split(m, depth={depth - 1e-9})", m=mask).max() == 2
    assert evaluate(f"split(m, depth={depth + 1e-9})", m=mask).max() == 1
    image = Image(mask, spacing=0.1)
    assert evaluate(f"split(m, depth={(depth - 1e-6) / 10:.9f}mm)", m=image).max() == 2
    assert evaluate(f"split(m, depth={(depth + 1e-6) / 10:.9f}mm)", m=image).max() == 1
    # Slices ten times as thick as pixels are wide: nothing is far from the outside in its slice.
    ball = np.zeros((9, 30, 45), bool)
    ball[2:7] = drawn("circle(14, 12, 10) | circle(14, 30, 10)", (30, 45))
    assert evaluate("split(m)", m=ball).max() == 1
    assert evaluate("split(m, depth=1mm)", m=Image(ball, spacing=[10, 1, 1])).max() == 2


def test_split_in_slices(rng):
    stack = scipy.ndimage.gaussian_filter(rng.normal(size=(4, 40, 50)), (0, 2, 2)) > 0
    stack[2] = True  # nothing outside in this slice
    for axes in [(1, 2), (0, 2)]:
        parts = evaluate(f"split(m, axes={list(axes)})", m=stack)
        wanted = slice_by_slice(lambda part: evaluate("split(m)", m=part), stack, axes)
        for axis in {0, 1, 2} - set(axes):
            for ours, theirs in zip(np.moveaxis(parts, axis, 0), np.moveaxis(wanted, axis, 0), strict=True):
                pairs = {*zip(ours.ravel().tolist(), theirs.ravel().tolist(), strict=True)}
                assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


@pytest.mark.parametrize("call", ["split(m, -1)", "split(m, depth=-1)", "split(m, 2mm)", "split(m, depth=2mm)"])
def test_what_split_does_not_take(call):
    with pytest.raises(ProgramError, match=r"is -1|size of a pixel"):
        evaluate(call, m=np.ones((2, 2), bool))


def test_nuclei_of_a_real_image_are_parted():
    stain = skimage.color.rgb2hed(skimage.data.immunohistochemistry())[..., 0]
    mask = scipy.ndimage.gaussian_filter(stain, 1.5) > skimage.filters.threshold_otsu(stain)
    parts = evaluate("split(m)", m=mask)
    expect_parts(mask, parts)
    regions = evaluate("count(m)", m=mask)
    assert regions < evaluate("max(split(m, 10))", m=mask) <= parts.max() < evaluate("max(split(m, depth=0))", m=mask)


def test_whole_numbers_are_markers_as_labels_are(ankle):
    im = ankle[::4, ::4]
    program = "edges = sobel(im); watershed(edges, where(im > 60, 2, where(im < 20, 1, 0)))"
    labels = np.where(im > 60, 2, np.where(im < 20, 1, 0)).astype(np.int32)
    expected = evaluate("input k: labels; watershed(sobel(im), k)", im=im, k=labels)
    result = evaluate(program, im=im)
    assert result.dtype == np.int32
    np.testing.assert_array_equal(result, expected)


def test_markers_beyond_labels_are_refused_in_the_run():
    im = np.array([[1, 2, 3]])
    for text in ("watershed(im, im - 2**32)", "watershed(im, im * 2**31)"):
        with pytest.raises(RunError, match="markers are numbers from -2147483647"):
            evaluate(text, im=im)
