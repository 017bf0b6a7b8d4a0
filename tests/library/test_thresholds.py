import functools
import itertools
import warnings
from fractions import Fraction

import imageio.v3
import mpmath
import numpy as np
import pytest
import scipy.ndimage
import skimage.data
import skimage.filters
from helpers.each import each
from helpers.places import ANKLE

import maskexpr
from maskexpr import ProgramError, RunError, evaluate
from maskexpr.kinds.ranges import Range
from maskexpr.library.thresholds import levels

SCIKIT_IMAGES = {
    "otsu": skimage.filters.threshold_otsu,
    "li": skimage.filters.threshold_li,
    "yen": skimage.filters.threshold_yen,
    "triangle": skimage.filters.threshold_triangle,
    "isodata": skimage.filters.threshold_isodata,
    "valley": skimage.filters.threshold_minimum,
    "mean_threshold": skimage.filters.threshold_mean,
}
LEVELS = tuple(SCIKIT_IMAGES)
WHOLE = ("otsu", "yen", "triangle", "isodata", "valley")  # of an integer image they give a whole number
OF_ONE_VALUE = tuple(name for name in LEVELS if name != "valley")
EXACT = ("li", "triangle", "isodata", "mean_threshold")  # of integers, where scikit-image is too
TWO_PEAKS = np.repeat([2, 3, 3, 4, 5, 6, 7, 8, 8, 9], [1, 5, 9, 3, 1, 1, 2, 9, 6, 1]).reshape(2, 19)


def scikit_images(name, im):
    """Its threshold, without its remarks on shapes that look like colour; None where it finds none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return SCIKIT_IMAGES[name](im.copy()).item()
        except RuntimeError:
            return None


@functools.cache
def pictures():
    """Real images, in whole or every other row and column."""
    found = {name: getattr(skimage.data, name)() for name in ("coins", "cell", "camera", "page", "brick", "text")}
    found |= {f"retina {c}": skimage.data.retina()[::3, ::3, c] for c in range(3)}
    found |= {f"tissue {c}": skimage.data.immunohistochemistry()[::2, ::2, c] for c in range(3)}
    return found | {"ankle": imageio.v3.imread(ANKLE), "brain": volume()}


def volume():
    """A smooth random volume of two tissues."""
    rng = np.random.default_rng(5)
    noise = scipy.ndimage.gaussian_filter(rng.normal(size=(20, 24, 28)), 2)
    return (60 + 90 * (noise > 0.02) + rng.normal(0, 14, noise.shape)).astype(np.uint8)


PICTURES = tuple(pictures())


def separation(values, level):
    """The variance between the classes at or below and above a level, exactly."""
    lower = [Fraction(v) for v in values if v <= level]
    upper = [Fraction(v) for v in values if v > level]
    if not lower or not upper:
        return Fraction(0)
    return len(lower) * len(upper) * (sum(lower) / len(lower) - sum(upper) / len(upper)) ** 2


def best_level(values):
    levels = sorted({int(v) for v in values})
    return max(levels, key=lambda level: separation(values, level))  # the first, so the lowest, of equals


# --- counts ----------------------------------------------------------------------------------------------------------


# --- otsu ------------------------------------------------------------------------------------------------------------


@each("seed", range(40))
def test_otsu_of_integers_is_the_exact_optimum(seed):
    rng = np.random.default_rng(seed)
    dtype = np.dtype(["uint8", "int8", "uint16", "int16", "int32", "uint32", "int64", "uint64"][seed % 8])
    info = np.iinfo(dtype)
    low, high = (info.min, info.max) if seed % 3 else (0, rng.integers(2, 9))
    im = rng.integers(low, high, (5, 6), dtype, endpoint=True)
    level = evaluate("otsu(im)", im=im)
    assert type(level) is int
    assert level == best_level([int(v) for v in im.ravel()])


def test_otsu_takes_the_lowest_of_equals_where_scikit_image_rounds():
    im = np.array([[33, 22, 47, 36]], np.uint8)
    assert separation([33, 22, 47, 36], 22) == separation([33, 22, 47, 36], 36)
    assert evaluate("otsu(im)", im=im) == 22
    assert skimage.filters.threshold_otsu(im) == 36


def test_otsu_finds_a_larger_variance_than_float32_sums():
    """Flat histograms of 16 bits have many levels that are nearly as good."""
    im = np.random.default_rng(0).integers(0, 2**16, (300, 300)).astype(np.uint16)
    ours, theirs = evaluate("otsu(im)", im=im), int(skimage.filters.threshold_otsu(im))
    assert ours != theirs
    assert _separation_of_counts(im, ours) > _separation_of_counts(im, theirs)


def _separation_of_counts(im, level):
    lower = im <= level
    n, s = int(lower.sum()), int(im[lower].sum(dtype=np.int64))
    return Fraction((s * im.size - int(im.sum(dtype=np.int64)) * n) ** 2, n * (im.size - n))


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "int32"])
def test_otsu_of_ankle_is_scikit_images(ankle, dtype):
    im = ankle.astype(dtype) - (100 if dtype == "int16" else 0)
    assert evaluate("otsu(im)", im=im) == skimage.filters.threshold_otsu(im)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 0), ("float32", 1e-6), ("float16", 2e-3)])
def test_otsu_of_floats_uses_256_bins_as_scikit_image(ankle, dtype, tolerance):
    noise = np.random.default_rng(3).normal(size=ankle.shape)
    im = (ankle / 255 + noise / 50).astype(dtype)
    expected = skimage.filters.threshold_otsu(im.astype(np.float32) if dtype == "float16" else im)
    level = evaluate("otsu(im)", im=im)
    assert type(level) is float
    assert level == pytest.approx(float(expected), rel=tolerance, abs=0)


def test_otsu_does_not_depend_on_layout(ankle):
    level = evaluate("otsu(im)", im=ankle)
    for same in (np.asfortranarray(ankle), ankle[::-1, ::-1], ankle.T, ankle.astype(">u2")):
        assert evaluate("otsu(im)", im=same) == level


@pytest.mark.parametrize("value", [0, 7, 255, 0.5, -3.25])
def test_otsu_of_one_value_is_that_value(value):
    dtype = np.uint8 if isinstance(value, int) else np.float64
    level = evaluate("otsu(im)", im=np.full((3, 4), value, dtype))
    assert level == value
    assert type(level) is type(value)


def test_otsu_of_wide_integers_looks_at_occupied_values_only():
    im = np.array([[-(2**62), -(2**62) + 1, 2**62, 2**62 + 1]], np.int64)
    assert evaluate("otsu(im)", im=im) == -(2**62) + 1


@pytest.mark.parametrize("values", [[-1.7e308, 1.7e308], [1.0, np.nextafter(1.0, 2)], [0.0, 5e-324], [-5e-324, 1e-323]])
def test_otsu_parts_two_floats_however_far_or_near(values):
    im = np.array([values])
    np.testing.assert_array_equal(evaluate("im > otsu(im)", im=im), [[False, True]])


def test_otsu_leaves_out_nan_and_infinity(rng):
    im = rng.normal(size=(20, 20))
    spoilt = np.concatenate([im, np.full((1, 20), np.nan), np.full((1, 20), np.inf), np.full((1, 20), -np.inf)])
    assert evaluate("otsu(im)", im=spoilt) == evaluate("otsu(im)", im=im)


def test_otsu_within_a_mask_looks_at_its_pixels_only(ankle):
    inside = ankle > 20
    expected = skimage.filters.threshold_otsu(ankle[inside])
    assert evaluate("otsu(im, within=im > 20)", im=ankle) == expected
    assert evaluate("otsu(im, none)", im=ankle) == evaluate("otsu(im)", im=ankle)


def test_otsu_takes_labels():
    assert evaluate("otsu(label(m))", m=np.array([[1, 0, 1, 0, 1]], bool)) == 1


def test_otsu_without_pixels_names_the_mask():
    with pytest.raises(RunError, match="no pixels to find a threshold in") as caught:
        evaluate("otsu(im, im > 9)", im=np.ones((2, 2), np.uint8))
    assert caught.value.span is not None


def test_otsu_of_nothing_finite_is_an_error():
    with pytest.raises(RunError, match="no pixel is finite"):
        evaluate("otsu(im)", im=np.array([[np.nan, np.inf]]))


# --- all levels ------------------------------------------------------------------------------------------------------


def changed(im, way):
    """An image in another type and range."""
    rng = np.random.default_rng(1)
    return {
        "as it is": lambda: im,
        "16 bits": lambda: im.astype(np.uint16) * 37 + rng.integers(0, 37, im.shape).astype(np.uint16),
        "a comb": lambda: im.astype(np.uint16) * 37 + 5,
        "negative": lambda: -im.astype(np.int32) - 1000,
        "signed": lambda: im.astype(np.int16) - 128,
        "float64": lambda: im / 255 + rng.normal(size=im.shape) / 50,
        "float32": lambda: (im / 255 + rng.normal(size=im.shape) / 50).astype(np.float32),
        "float16": lambda: (im / 255).astype(np.float16),
    }[way]()


@pytest.mark.slow
@each("way", ["as it is", "16 bits", "a comb", "negative", "signed"])
@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("name", [n for n in LEVELS if n not in ("valley", "otsu")])
def test_levels_of_integers_are_scikit_images(name, picture, way):
    im = changed(pictures()[picture], way)
    level = evaluate(f"{name}(im)", im=im)
    assert type(level) is (int if name in WHOLE else float)
    assert level == pytest.approx(scikit_images(name, im), rel=0 if name in WHOLE else 1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(("way", "tolerance"), [("float64", 1e-12), ("float32", 2e-6), ("float16", 2e-3)])
@pytest.mark.parametrize("picture", ["coins", "camera", "retina 1", "brain"])
@pytest.mark.parametrize("name", [n for n in LEVELS if n not in ("valley", "otsu")])
def test_levels_of_floats_are_scikit_images(name, picture, way, tolerance):
    im = changed(pictures()[picture], way)
    level = evaluate(f"{name}(im)", im=im)
    assert type(level) is float
    expected = scikit_images(name, im.astype(np.float32) if way == "float16" else im)
    assert level == pytest.approx(expected, rel=tolerance, abs=0)


@each("seed", range(30))
@pytest.mark.parametrize("name", EXACT)
def test_levels_of_any_part_are_scikit_images(name, seed):
    """Of a crop, and within a mask, both drawn at random."""
    rng = np.random.default_rng(seed)
    im = pictures()[PICTURES[seed % len(PICTURES)]]
    starts = [rng.integers(0, n // 2) for n in im.shape]
    im = im[tuple(slice(a, a + rng.integers(2, 40)) for a in starts)]
    m = rng.random(im.shape) < rng.random()
    m.flat[0] = True
    whole, inside = evaluate(f"output a = {name}(im); output b = {name}(im, within=m)", im=im, m=m).values()
    assert whole == pytest.approx(scikit_images(name, im), rel=1e-12)
    assert inside == pytest.approx(scikit_images(name, im[m]), rel=1e-12)


@pytest.mark.parametrize("name", LEVELS)
def test_levels_do_not_depend_on_layout_or_type(name):
    im = volume()
    level = evaluate(f"{name}(im)", im=im)
    same = [np.asfortranarray(im), im[::-1, :, ::-1], im.T, im.ravel()]
    for other in (*same, *(im.astype(dtype) for dtype in ("int16", ">u2", "uint32", "int64", "uint64"))):
        assert evaluate(f"{name}(im)", im=other) == level


@pytest.mark.parametrize("name", [n for n in LEVELS if n != "mean_threshold"])
def test_levels_of_floats_do_not_depend_on_layout(name):
    im = changed(volume(), "float32")
    level = evaluate(f"{name}(im)", im=im)
    for same in (np.asfortranarray(im), im[::-1, :, ::-1], im.T, im.ravel(), im.astype(">f4"), im.astype(float)):
        assert evaluate(f"{name}(im)", im=same) == level


@pytest.mark.parametrize("name", [*WHOLE, "multiotsu"])
@pytest.mark.parametrize(("dtype", "far"), [("int64", -(2**62)), ("int64", 2**62), ("uint64", 2**64 - 300)])
def test_levels_follow_integers_far_away(name, dtype, far):
    """Exactly, so in the memory of the values that occur."""
    im = volume()
    there = im.astype(dtype) + np.array(far, dtype)
    shift = 0 if name == "multiotsu" else far
    np.testing.assert_array_equal(evaluate(f"{name}(im)", im=there), evaluate(f"{name}(im)", im=im) + shift)


@pytest.mark.parametrize("name", [*OF_ONE_VALUE, "multiotsu"])
def test_levels_of_a_huge_range(name):
    """A few values over all of a type; no histogram of so many bins fits in memory."""
    for dtype in ("int32", "uint64", "int64"):
        info = np.iinfo(dtype)
        im = np.array([[info.min] * 4 + [info.min + 9] * 3 + [info.max - 5, info.max, info.max]], dtype)
        expected = [[0, 0, 0, 0, name == "triangle", name == "triangle", name == "triangle", 1, 1, 1]]
        source = "multiotsu(im, 2) == 1" if name == "multiotsu" else f"im > {name}(im)"
        np.testing.assert_array_equal(evaluate(source, im=im), expected)


@each("name", OF_ONE_VALUE)
@each("values", [[-1.7e308, 1.7e308], [1.0, np.nextafter(1.0, 2)], [0.0, 5e-324], [-5e-324, 1e-323]])
def test_levels_part_two_floats_however_far_or_near(name, values):
    np.testing.assert_array_equal(evaluate(f"im > {name}(im)", im=np.array([values])), [[False, True]])


@each("value", [0, 7, 255, -100, 0.5, -3.25])
@each("name", OF_ONE_VALUE)
def test_levels_of_one_value_are_that_value(name, value):
    for im in (np.full((3, 4), value), np.full((1, 1), value)):
        level = evaluate(f"{name}(im)", im=im)
        assert level == value
        assert type(level) is (int if name in WHOLE and isinstance(value, int) else float)


@pytest.mark.parametrize("name", [*LEVELS, "multiotsu"])
def test_levels_leave_out_nan_and_infinity(name):
    im = changed(volume()[0], "float64")
    odd = np.full((3, im.shape[1]), [[np.nan], [np.inf], [-np.inf]])
    spoilt = np.concatenate([odd, im])
    if name == "multiotsu":
        classes = evaluate("multiotsu(im)", im=spoilt)
        np.testing.assert_array_equal(classes[3:], evaluate("multiotsu(im)", im=im))
        np.testing.assert_array_equal(classes[:3, 0], [0, 2, 0])
    else:
        assert evaluate(f"{name}(im)", im=spoilt) == pytest.approx(evaluate(f"{name}(im)", im=im), rel=1e-13)


@pytest.mark.parametrize("name", [*LEVELS, "multiotsu"])
def test_levels_look_within_a_mask_only(name):
    m = np.concatenate([TWO_PEAKS * 0 + 1, np.zeros_like(TWO_PEAKS)]) == 1
    im = np.concatenate([TWO_PEAKS, 200 - TWO_PEAKS % 7 * 20]).astype(np.uint8)
    source = f"output a = {name}(im); output b = {name}(im, within=m); output c = {name}(im, within=none)"
    whole, within, bare = evaluate(source, im=im, m=m).values()
    alone = evaluate(f"{name}(im)", im=TWO_PEAKS)
    np.testing.assert_array_equal(whole, bare)
    assert np.any(whole != within)
    np.testing.assert_array_equal(within[:2] if name == "multiotsu" else within, alone)


@pytest.mark.parametrize("name", [*LEVELS, "multiotsu"])
def test_levels_without_pixels_say_so(name):
    with pytest.raises(RunError, match="no pixels to find a threshold in"):
        evaluate(f"{name}(im, within=im > 9)", im=np.ones((2, 2), np.uint8))
    with pytest.raises(RunError, match="no pixel is finite"):
        evaluate(f"{name}(im)", im=np.array([[np.nan, np.inf]]))


@pytest.mark.parametrize("name", LEVELS)
def test_levels_are_known_to_be_whole_before_the_run(name):
    kind = maskexpr.compile(f"{name}(im)").kind(im=((3, 4), "uint8"))
    assert kind.range == (Range(0, 255) if name in WHOLE else None)
    assert maskexpr.compile(f"{name}(im)").kind(im=((3, 4), "float32")).range is None


@pytest.mark.parametrize("name", [*LEVELS, "multiotsu"])
def test_levels_take_labels(name):
    assert evaluate(f"max({name}(labels) + 0 * im)", labels=maskexpr.Image(TWO_PEAKS, kind="labels"), im=TWO_PEAKS) > 0


@each("name", [n for n in LEVELS if n != "valley"])
def test_levels_of_images_that_bite(name, im):
    """Between the smallest and the largest value, and as of the same values in another place."""
    level = evaluate(f"{name}(im)", im=im)
    assert im.min() <= level <= im.max()
    assert evaluate(f"{name}(im)", im=np.sort(im, axis=None)) == pytest.approx(level, rel=1e-13)


# --- what a level means ----------------------------------------------------------------------------------------------


def some_values(seed):
    rng = np.random.default_rng(seed)
    high = int(rng.choice([3, 9, 60, 255]))
    return rng.integers(-3, high, (1, rng.integers(2, 25)), endpoint=True).astype(np.int16)


@each("seed", range(40))
def test_isodata_is_the_lowest_midpoint_of_the_means(seed):
    im = some_values(seed)

    def midpoint(level):
        lower, upper = ([int(v) for v in im.flat if (v > level) == above] for above in (False, True))
        return (Fraction(sum(lower), len(lower)) + Fraction(sum(upper), len(upper))) / 2

    found = [level for level in range(im.min(), im.max()) if level <= midpoint(level) < level + 1]
    assert evaluate("isodata(im)", im=im) == (found[0] if found else im.min())


def test_isodata_finds_a_midpoint_that_rounding_misses():
    im = np.array([[2, 3, 11 / 3]])
    assert evaluate("isodata(im)", im=im) == pytest.approx(2 + 102.5 * (5 / 3) / 256, rel=1e-12)
    assert scikit_images("isodata", im) == pytest.approx(2 + 101.5 * (5 / 3) / 256, rel=1e-12)


@each("seed", range(40))
def test_yen_is_the_exact_optimum(seed):
    im = some_values(seed)
    values, counts = np.unique(im, return_counts=True)
    counts = [int(n) for n in counts]

    def correlation(k):
        lower, upper = counts[: k + 1], counts[k + 1 :]
        parts = Fraction(sum(lower), im.size) * Fraction(sum(upper), im.size)
        return parts**2 / (sum(n * n for n in lower) * sum(n * n for n in upper))

    best = max(range(len(counts) - 1), key=correlation, default=0)
    assert evaluate("yen(im)", im=im) == values[best]


def test_yen_takes_the_lowest_of_equals_where_scikit_image_rounds():
    im = np.array([[206, 212, 45, 41, 160, 107, 50, 249, 62, 44, 126]], np.uint8)
    assert sorted(im[0])[4] == evaluate("yen(im)", im=im) == 62
    assert scikit_images("yen", im) == 107


@each("seed", range(60))
def test_triangle_is_farthest_below_the_slope(seed):
    """In a histogram with all its empty bins."""
    im = some_values(seed)
    low = int(im.min())
    heights = [int(n) for n in np.bincount(im.ravel() - low)]
    peak, top = int(np.argmax(heights)), len(heights) - 1
    turned = peak < top - peak
    if turned:
        heights, peak = heights[::-1], top - peak
    depth = [heights[peak] * x - peak * heights[x] for x in range(peak)] or [0]
    level = int(np.argmax(depth))
    assert evaluate("triangle(im)", im=im) == low + (top - level if turned else level)


def test_triangle_of_equals_where_scikit_image_rounds():
    im = np.array([[0, 2, 3, 4, 4]])
    assert evaluate("triangle(im)", im=im) == 1
    assert scikit_images("triangle", im) == 3


def test_li_does_not_wrap():
    im = (pictures()["camera"].astype(np.int16) - 128).astype(np.int8)
    assert evaluate("li(im)", im=im) == pytest.approx(scikit_images("li", im.astype(np.int16)), rel=1e-12)
    assert scikit_images("li", im) != pytest.approx(scikit_images("li", im.astype(np.int16)), abs=1)


@pytest.mark.parametrize("apart", [2.0**-52, 2.0**-40, 1e-9, 1e-3, 1.0, 1e3, 1e200])
def test_li_divides_by_a_logarithm_that_is_exact(apart):
    """That of two classes of one value each, and rounded once: no libm's."""
    rng = np.random.default_rng(6)
    for a in rng.random(50).tolist():
        b = a + a * apart * (1 + rng.random())
        with mpmath.workdps(60):
            expected = float((mpmath.mpf(b) - a) / mpmath.log(mpmath.mpf(b) / a))
        assert levels.logarithmic_mean(a, b) == expected


def test_li_parts_values_that_its_sum_cannot_tell_apart():
    near = np.nextafter(1.0, 2)
    np.testing.assert_array_equal(evaluate("im > li(im)", im=np.array([[1, near, near, near]])), [[0, 1, 1, 1]])


def test_li_has_less_cross_entropy_than_its_neighbours():
    im = pictures()["coins"].astype(float) - pictures()["coins"].min()
    level = evaluate("li(im)", im=im)

    def entropy(t):
        parts = [im[im > t], im[im <= t]]
        return -sum(part.sum() * np.log(part.mean()) for part in parts)

    assert entropy(level) <= min(entropy(level + step) for step in (-9, -3, 3, 9))


def test_mean_threshold_is_exact():
    im = np.array([[2**53, 2**53 + 1, 2**53 + 5]], np.uint64)
    assert evaluate("mean_threshold(im)", im=im) == 2**53 + 2


# --- valley ----------------------------------------------------------------------------------------------------------


def valley_of(counts):
    """The lowest point between two peaks of whole counts, none of which is at the bright end; None if there is none."""
    counts = [int(n) for n in counts]
    for _ in range(10_000):
        ends = [counts[0], *counts, counts[-1]]
        counts = [sum(ends[i : i + 3]) for i in range(len(counts))]
        peaks, rising = [], True
        for i, (here, after) in enumerate(itertools.pairwise(counts)):
            if rising and after < here:
                peaks.append(i)
            rising = after > here if after != here else rising
        if len(peaks) < 3:
            break
    if len(peaks) != 2:
        return None
    between = counts[peaks[0] : peaks[1]]
    return peaks[0] + between.index(min(between))


def expect_valley(im, expected):
    if expected is not None:
        assert evaluate("valley(im)", im=im) == im.min() + expected
        return
    with pytest.raises(RunError) as caught:
        evaluate("valley(im)", im=im)
    assert caught.value.code == "no-valley"


@pytest.mark.slow
@pytest.mark.parametrize("turned", [False, True], ids=["as it is", "negative"])
@pytest.mark.parametrize("picture", PICTURES)
def test_valley_is_scikit_images(picture, turned):
    im = pictures()[picture]
    im = 255 - im if turned else im
    expected = valley_of(np.bincount(im.ravel())[im.min() :])
    assert scikit_images("valley", im) == (None if expected is None else im.min() + expected)
    expect_valley(im, expected)


@pytest.mark.parametrize("picture", ["ankle", "cell", "coins", "camera", "page", "brick", "retina 1", "retina 2"])
def test_valley_within_a_mask_and_of_other_types(picture):
    im = pictures()[picture]
    assert type(evaluate("valley(im)", im=im)) is int
    m = np.random.default_rng(2).random(im.shape) < 0.7
    assert evaluate("valley(im, m)", im=im, m=m) == scikit_images("valley", im[m])
    assert evaluate("valley(im)", im=im.astype(np.int32) - 1000) == evaluate("valley(im)", im=im) - 1000


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_valley_of_a_few_values(seed):
    im = some_values(seed)
    expect_valley(im, valley_of(np.bincount(im.ravel() - im.min())))


def of_counts(counts):
    return np.repeat(np.arange(len(counts)), counts)[None].astype(np.uint16)


def test_valley_takes_no_peak_for_a_flat_stretch():
    """Three equal sums, which divided by 3 and rounded are not equal."""
    im = of_counts([2, 4, 0, 3, 1, 2])
    expect_valley(im, None)
    assert scikit_images("valley", im) is None


def test_valley_of_a_crop_whose_counts_become_flat():
    counts = [4, 6, 2, 4, 5, 4, 3, 4, 6, 4, 5, 33, 50, 120, 119, 173, 183, 202, 195, 182, 169, 113, 116, 125, 104, 105]
    im = of_counts([*counts, 75, 67, 30, 22, 6]) + 49
    assert evaluate("valley(im)", im=im) == scikit_images("valley", im) == 51


def counts_that_bite(rng):
    """With flat, periodic, sparse and symmetric stretches, whose smoothed counts are often equal."""
    counts = rng.integers(0, rng.choice([3, 10, 1000]), rng.integers(2, 40))
    width = int(rng.integers(2, 6))
    ways = [
        np.repeat(counts, width),
        np.tile(counts[:6], width),
        np.kron(counts, np.eye(1, width, dtype=int)[0]),
        np.concatenate([counts, counts[::-1]]),
        np.concatenate([counts, np.zeros(10 * width, int), counts]),
    ]
    return np.concatenate([[1], ways[rng.integers(len(ways))], [1]])


@pytest.mark.slow
@each("seed", range(150))
def test_valley_is_that_of_exact_counts(seed):
    counts = counts_that_bite(np.random.default_rng(seed))
    expect_valley(of_counts(counts), valley_of(counts))


def test_valley_after_hundreds_of_rounds_is_that_of_exact_counts():
    rng = np.random.default_rng(13)
    counts = rng.integers(0, 50, 250) * (rng.random(250) < 0.5) + 1
    expected = valley_of(counts)
    assert expected is not None
    expect_valley(of_counts(counts), expected)


@pytest.mark.parametrize("picture", ["coins", "camera", "retina 1"])
def test_valley_of_floats_uses_256_bins(picture):
    im = changed(pictures()[picture], "float64")
    assert evaluate("valley(im)", im=im) == pytest.approx(scikit_images("valley", im), rel=1e-12)


def test_valley_puts_a_wide_range_into_256_bins():
    """Each 300 values wide here: as of the numbers of the bins."""
    im = volume()
    im[0, 0, :2] = 0, 255
    wide = im.astype(np.int32) * 300 - 20000 + np.arange(im.size).reshape(im.shape) % 300
    assert wide.max() - wide.min() > 2**16
    wide[0, 0, :2] = -20000, 255 * 300 + 299 - 20000
    assert evaluate("valley(im)", im=wide) == evaluate("valley(im)", im=im) * 300 - 20000 + 299


def test_valley_of_a_huge_range():
    """No histogram of so many bins fits in memory; the peak at the bright end needs something beyond it."""
    for dtype in ("int32", "uint64", "int64"):
        info = np.iinfo(dtype)
        low, high = int(info.min), int(info.max)
        middle = low + (high - low) // 8 * 7
        im = np.array([[low] * 4 + [middle] * 3 + [high]], dtype)
        np.testing.assert_array_equal(evaluate("im > valley(im)", im=im), im > low)


def test_valley_needs_two_peaks():
    for im in (np.full((3, 3), 7, np.uint8), np.array([[1, 2, 2, 2, 3]]), np.array([[0.5]])):
        with pytest.raises(RunError, match="no two peaks") as caught:
            evaluate("valley(im)", im=im)
        assert caught.value.hint == "use otsu, say"


@pytest.mark.slow
def test_valley_gives_up_where_smoothing_does_not_join_the_peaks():
    with pytest.raises(RunError, match="still has 3 peaks after being smoothed 10,000 times"):
        evaluate("valley(im)", im=np.array([[0, 1000, 2000, 3000]], np.uint16))


# --- multiotsu -------------------------------------------------------------------------------------------------------


def parted(values, levels):
    """The sum of s^2 / n over the classes, which is largest where the variance between them is; -1 if one is empty."""
    labels = np.searchsorted(levels, values, "left")
    classes = [[int(v) for v in values[labels == k]] for k in range(len(levels) + 1)]
    return sum(Fraction(sum(c) ** 2, len(c)) for c in classes) if all(classes) else Fraction(-1)


@pytest.mark.parametrize("classes", [2, 3, 4, 5])
@each("seed", range(15))
def test_multiotsu_is_the_exact_optimum(classes, seed):
    """Over all ways to part the values; the first of equal ones."""
    rng = np.random.default_rng(seed)
    values = rng.integers(0, rng.choice([8, 30, 2**40]), 12)
    levels = np.unique(values)[:-1].tolist()
    wanted = min(classes - 1, len(levels))
    best = max(itertools.combinations(levels, wanted), key=lambda chosen: parted(values, chosen))
    low = -(2**45)
    for im in (values, values + low, values.astype(np.uint64) + np.uint64(2**63)):
        result = evaluate("multiotsu(im, n)", im=im, n=classes)
        assert result.dtype == np.int32
        np.testing.assert_array_equal(result, np.searchsorted(best, values, "left"))


@pytest.mark.parametrize("classes", [3, 4, 5])
@pytest.mark.parametrize(
    "values",
    [
        [8, 18, 30, 31, 34, 8388534],
        [13, 17, 24, 28, 40, 134217704],
        [13, 15, 18, 36, 49, 1073741817],
        [3, 4, 43, 53, 58, 1073741755],
        [0, 1, 1, 40, 41, 43, 90, 97, 99, 2**60, 2**62],
        [-(2**62), 0, 1, 1, 40, 41, 43, 90, 97, 99, 2**62],
    ],
)
def test_multiotsu_is_exact_beside_values_far_away(values, classes):
    """Where float64 rounds away how the others differ."""
    im = np.array(values)
    ways = itertools.combinations(np.unique(im)[:-1].tolist(), classes - 1)
    best = max(ways, key=lambda chosen: parted(im, chosen))
    np.testing.assert_array_equal(evaluate("multiotsu(im, n)", im=im, n=classes), np.searchsorted(best, im))


def best_sum(values, counts, classes):
    """The largest sum of s^2 / n, by trying every end of every class; in float64, of values near 0."""
    n, s = (np.concatenate([[0.0], np.cumsum(a)]) for a in (counts, values * counts))
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = np.triu((s - s[:, None]) ** 2 / (n - n[:, None]), 1)
    parts[np.tril_indices(len(n))] = -np.inf
    best = parts[0]
    for _ in range(classes - 1):
        best = (best[:, None] + parts).max(axis=0)
    return best[-1]


@pytest.mark.slow
@pytest.mark.parametrize("classes", range(2, 9))
@pytest.mark.parametrize("picture", ["coins", "camera", "retina 1", "brain"])
def test_multiotsu_has_the_largest_variance(picture, classes):
    im = pictures()[picture]
    labels = evaluate("multiotsu(im, n)", im=im, n=classes)
    assert labels.max() == classes - 1
    values, counts = np.unique(im, return_counts=True)
    middle = int(im.mean())
    found = sum((im[labels == k] - float(middle)).sum() ** 2 / (labels == k).sum() for k in range(classes))
    assert found == pytest.approx(best_sum(values.astype(float) - middle, counts, classes), rel=1e-12)
    highest = [im[labels == k].max() for k in range(classes)]
    lowest = [im[labels == k].min() for k in range(classes)]
    assert all(a < b for a, b in zip(highest, lowest[1:], strict=False))


def scikit_images_classes(im, classes):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a volume that could be in colour
        levels = skimage.filters.threshold_multiotsu(im, classes)
    return np.digitize(im, levels, right=True)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["as it is", "signed", "float64"])
@pytest.mark.parametrize("picture", sorted(set(PICTURES) - {"cell", "retina 1"}))
def test_multiotsu_is_scikit_images(picture, way):
    im = changed(pictures()[picture], way)
    for classes in (3, 4) if way == "as it is" else (3,):
        result = evaluate("multiotsu(im, n)", im=im, n=classes)
        np.testing.assert_array_equal(result, scikit_images_classes(im, classes))


def test_multiotsu_finds_what_scikit_image_misses_by_a_level():
    im = pictures()["retina 1"]
    ours, theirs = evaluate("multiotsu(im, 4)", im=im), scikit_images_classes(im, 4)
    sums = [
        sum(Fraction(int(im[labels == k].sum(dtype=int)) ** 2, int((labels == k).sum())) for k in range(4))
        for labels in (ours, theirs)
    ]
    assert sums[0] > sums[1]


def test_multiotsu_finds_a_larger_variance_than_float32_sums():
    im = np.random.default_rng(17).integers(0, 500, (50, 50)).astype(np.uint16)
    labels = evaluate("multiotsu(im)", im=im)
    ours = [int(im[labels == k].max()) for k in range(2)]
    theirs = skimage.filters.threshold_multiotsu(im).tolist()
    assert ours != theirs
    assert parted(im.ravel(), ours) > parted(im.ravel(), theirs)


@pytest.mark.parametrize("way", ["as it is", "16 bits", "negative", "float64", "float32", "float16"])
def test_multiotsu_of_two_classes_is_otsu(way):
    im = changed(volume(), way)
    result = evaluate("(multiotsu(im, 2) == 1) == (im > otsu(im))", im=im)
    assert result.all()


def test_multiotsu_puts_a_pixel_that_equals_a_threshold_into_the_class_below():
    im = np.array([[0, 1, 10, 11, 20, 21]], np.uint8)
    levels = skimage.filters.threshold_multiotsu(im)
    np.testing.assert_array_equal(levels, [1, 11])
    np.testing.assert_array_equal(evaluate("multiotsu(im)", im=im), [[0, 0, 1, 1, 2, 2]])
    np.testing.assert_array_equal(np.digitize(im, levels), [[0, 1, 1, 2, 2, 2]])  # as its documentation does


def test_multiotsu_of_fewer_values_than_classes():
    np.testing.assert_array_equal(evaluate("multiotsu(im, 4)", im=np.array([[7, 5, 5]])), [[1, 0, 0]])
    np.testing.assert_array_equal(evaluate("multiotsu(im, 3)", im=np.array([[1, 2, 3]])), [[0, 1, 2]])
    np.testing.assert_array_equal(evaluate("multiotsu(im, 8)", im=np.array([[0.5, 0.5]])), [[0, 0]])
    np.testing.assert_array_equal(evaluate("multiotsu(im, 4)", im=np.array([[0, 0.001, 1, 2]])), [[0, 0, 1, 2]])


def test_multiotsu_classes_the_whole_image_by_thresholds_found_within():
    im = np.array([[1, 2, 5, 6, 20, 21, 255, 0]], np.uint8)
    result = evaluate("multiotsu(im, within=im > 0 & im < 99)", im=im)
    np.testing.assert_array_equal(result, [[0, 0, 1, 1, 2, 2, 2, 0]])


def test_multiotsu_of_many_different_values():
    """More than 65,536 go into bins of 2, 4, 8... values; one that is far off does not make them wide."""
    im = np.arange(3 * 2**16, dtype=np.int32).reshape(3, -1) - 99
    im[0, 0] = -(2**31)
    im[2, -1] = 2**31 - 1
    labels = evaluate("multiotsu(im, 5)", im=im)
    inner = labels.ravel()[1:-1]
    assert (labels[0, 0], labels[2, -1]) == (0, 4)
    np.testing.assert_array_equal(np.unique(inner), [1, 2, 3])
    thirds = np.bincount(inner)[1:]
    np.testing.assert_allclose(thirds, 2**16, atol=4)


def test_multiotsu_takes_from_2_to_8_classes():
    for classes, way_out in ((1, "it must be from 2 to 8"), (9, "it must be from 2 to 8"), (2.5, "it must be a whole")):
        with pytest.raises(ProgramError) as caught:
            evaluate(f"multiotsu(im, {classes})", im=np.ones((2, 2)))
        assert caught.value.hint.startswith(way_out)
    with pytest.raises(ProgramError, match="known before the run"):
        evaluate("multiotsu(im, max(im))", im=np.ones((2, 2)))


# --- hysteresis ------------------------------------------------------------------------------------------------------


def test_hysteresis_is_scikit_images(im):
    low, high = (int(v) for v in np.percentile(im.astype(float), [40, 70]))
    expected = skimage.filters.apply_hysteresis_threshold(im.astype(object).astype(float), float(low), float(high))
    result = evaluate("hysteresis(im, low, high)", im=im, low=low, high=high)
    assert result.dtype == bool
    np.testing.assert_array_equal(result, expected)


def test_hysteresis_of_ankle(ankle):
    expected = skimage.filters.apply_hysteresis_threshold(ankle, 40, 90)
    np.testing.assert_array_equal(evaluate("hysteresis(im, 40, 90)", im=ankle), expected)


def test_hysteresis_connects_as_told():
    im = np.array([[5, 0], [0, 9]], np.uint8)
    np.testing.assert_array_equal(evaluate("hysteresis(im, 3, 7)", im=im), [[0, 0], [0, 1]])
    np.testing.assert_array_equal(evaluate("hysteresis(im, 3, 7, 8)", im=im), [[1, 0], [0, 1]])


@pytest.mark.parametrize("connectivity", [1, 2])
@pytest.mark.parametrize(("axes", "along"), [("yx", 0), ("zx", 1), ("zy", 2)])
def test_hysteresis_of_slices(axes, along, connectivity):
    """Regions are joined along two axes only, by rows or not."""
    im = volume()
    source = f'hysteresis(im, 140, 175, {connectivity}, axes="{axes}")'
    slices = [evaluate(f"hysteresis(im, 140, 175, {connectivity})", im=plane) for plane in np.moveaxis(im, along, 0)]
    result = evaluate(source, im=im)
    np.testing.assert_array_equal(result, np.stack(slices, along))
    assert np.any(result != evaluate("hysteresis(im, 140, 175)", im=im))
    if connectivity == 1:
        planes = np.moveaxis(im, along, 0)
        expected = [skimage.filters.apply_hysteresis_threshold(plane, 140, 175) for plane in planes]
        np.testing.assert_array_equal(result, np.stack(expected, along))


def test_hysteresis_of_axes_that_are_not_there():
    with pytest.raises(ProgramError, match="connectivity"):
        evaluate('hysteresis(im, 3, 7, 3, axes="yx")', im=volume())
    with pytest.raises(ProgramError, match=r"axes|axis"):
        evaluate('hysteresis(im, 3, 7, axes="zy")', im=volume()[0])


def test_hysteresis_takes_images_of_thresholds(rng):
    im, low, high = (rng.integers(0, 99, (12, 12)).astype(np.uint8) for _ in range(3))
    expected = skimage.filters.apply_hysteresis_threshold(im, low, high)
    np.testing.assert_array_equal(evaluate("hysteresis(im, low, high)", im=im, low=low, high=high), expected)


def test_hysteresis_compares_integers_exactly():
    im = np.array([[2**53, 2**53 + 1]], np.int64)
    np.testing.assert_array_equal(evaluate("hysteresis(im, 2**53, 2**53)", im=im), [[False, True]])
    np.testing.assert_array_equal(evaluate("hysteresis(im, -1, 300)", im=im.astype(np.uint8)), [[False, False]])


def test_hysteresis_with_nan_is_false():
    np.testing.assert_array_equal(evaluate("hysteresis(im, 0, 1)", im=np.array([[1, np.nan, 2]])), [[0, 0, 1]])


def test_hysteresis_refuses_thresholds_the_wrong_way_round():
    with pytest.raises(ProgramError, match="low is 9, above high, which is 3") as caught:
        evaluate("hysteresis(im, 9, 3)", im=np.ones((2, 2)))
    assert caught.value.hint == "swap them: regions above low that reach above high"
    with pytest.raises(RunError, match="above high"):
        evaluate("hysteresis(im, max(im) + 1, max(im))", im=np.ones((2, 2), np.uint8))


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float64"])
def test_thresholds_of_multiotsu_are_those_of_its_classes(dtype):
    im = skimage.data.coins()[::2, ::2].astype(dtype)
    for classes in (2, 3, 4):
        found = evaluate(f"multiotsu_thresholds(im, {classes})", im=im)
        np.testing.assert_allclose(found, skimage.filters.threshold_multiotsu(im, classes), atol=0.51)
        expected = sum((im > t).astype(int) for t in found)
        np.testing.assert_array_equal(evaluate(f"multiotsu(im, {classes})", im=im), expected)
        within = evaluate(f"multiotsu_thresholds(im, {classes}, im > 60)", im=im)
        np.testing.assert_array_equal(within, evaluate(f"multiotsu_thresholds(im, {classes})", im=im[im > 60][None]))
    middle = evaluate("t = multiotsu_thresholds(im, 4); (t[0] < im) & (im <= t[1])", im=im)
    np.testing.assert_array_equal(middle, evaluate("multiotsu(im, 4) == 1", im=im))


def test_thresholds_that_are_missing_have_nothing_above_them():
    for values in ([[5, 5]], [[1, 5, 5]], [[1.5, 5.0]], [[5.0]]):
        im = np.array(values)
        found = evaluate("multiotsu_thresholds(im, 4)", im=im)
        assert len(found) == 3
        assert found[-1] == 5
        assert found == sorted(found)
        assert evaluate("any(im > multiotsu_thresholds(im, 4)[2])", im=im) is False
