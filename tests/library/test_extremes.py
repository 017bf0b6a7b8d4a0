"""Maxima and minima, as they are defined and as scikit-image finds them."""

from fractions import Fraction

import numpy as np
import pytest
import scipy
import skimage.data
import skimage.feature
import skimage.morphology
from helpers.both_ways import expect_same
from helpers.each import each
from helpers.searches import try_seeds
from helpers.slicewise import slice_by_slice, some_axes

from maskexpr import Image, RunError, evaluate

SIZES = [(1, 9), (9, 1), (9, 10), (4, 5, 6)]
TYPES = ["uint8", "int8", "int32", "uint64", "int64", "float32", "float64"]


def of(text, im, **given):
    declared = "".join(f"input {name}: {'mask' if a.dtype == bool else 'labels'}; " for name, a in given.items())
    return evaluate(f"input im: image; {declared}{text}", im=im, **given)


def image(rng, dtype, levels=9):
    size = SIZES[rng.integers(len(SIZES))]
    small = rng.integers(0, levels, [-(-n // 2) for n in size]) if rng.random() < 0.5 else rng.integers(0, levels, size)
    if small.shape != size:
        small = np.kron(small, np.ones((2,) * len(size), int))[tuple(slice(n) for n in size)]
    im = small.astype(dtype)
    if im.dtype.kind == "f":
        im = im * im.dtype.type(0.1) - im.dtype.type(0.3)
    elif im.dtype.kind == "i":
        im -= im.dtype.type(4)
    elif dtype == "uint64" and rng.random() < 0.5:
        im += np.uint64(2**64 - 20)
    return im


def by_flooding(im, h, connectivity):
    """From each pixel all is flooded that is higher than h below it, in exact numbers."""
    structure = scipy.ndimage.generate_binary_structure(im.ndim, connectivity)
    values = np.array([Fraction(v) for v in im.ravel().tolist()], object).reshape(im.shape)
    h, least = Fraction(h), min(values.ravel())
    result = np.zeros(im.shape, bool)
    for place in np.ndindex(*im.shape):
        value = values[place]
        above = (values > value - h if h else values >= value).astype(bool)
        regions, _ = scipy.ndimage.label(above, structure)
        reached = values[regions == regions[place]]
        result[place] = not (reached > value).any() and value - least >= h and value > least
    return result


@pytest.mark.slow
@pytest.mark.parametrize("dtype", TYPES)
def test_maxima_are_exact(dtype):
    def check(seed):
        rng = np.random.default_rng(seed)
        im = image(rng, dtype)
        connectivity = int(rng.integers(1, im.ndim + 1))
        heights = ["0", "1", "2", "2.5", "100"] if im.dtype.kind != "f" else ["0", "0.1", "0.2", "0.25", "1e-9", "3"]
        h = str(rng.choice(heights))
        exact = float(h)
        np.testing.assert_array_equal(
            of(f"h_maxima(im, {h}, {connectivity})", im), by_flooding(im, exact, connectivity)
        )
        regional = of(f"regional_maxima(im, {connectivity})", im)
        np.testing.assert_array_equal(regional, by_flooding(im, 0, connectivity))
        np.testing.assert_array_equal(of(f"h_maxima(im, 0, {connectivity})", im), regional)

    try_seeds(25, check)


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float64"])
def test_minima_are_maxima_of_the_image_turned_over(dtype):
    def check(seed):
        im = image(np.random.default_rng(seed), dtype)
        turned = -im.astype(np.int64 if im.dtype.kind != "f" else float)
        np.testing.assert_array_equal(of("regional_minima(im)", im), of("regional_maxima(im)", turned))
        np.testing.assert_array_equal(of("h_minima(im, 0.2)", im), of("h_maxima(im, 0.2)", turned))
        np.testing.assert_array_equal(of("h_minima(im, 2)", im), of("h_maxima(im, 2)", turned))

    try_seeds(10, check)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float64"])
def test_regional_maxima_are_scikit_images(dtype):
    def check(seed):
        im = image(np.random.default_rng(seed), dtype, 4)
        if 1 in im.shape:
            return
        for connectivity in range(1, im.ndim + 1):
            given = {"connectivity": connectivity}
            theirs = skimage.morphology.local_maxima(im, **given)
            np.testing.assert_array_equal(of(f"regional_maxima(im, {connectivity})", im), theirs)
            theirs = skimage.morphology.local_minima(im, **given)
            np.testing.assert_array_equal(of(f"regional_minima(im, {connectivity})", im), theirs)

    try_seeds(40, check)
    assert not skimage.morphology.local_maxima(np.ones((3, 4))).any()
    assert not of("regional_maxima(im)", np.ones((3, 4))).any()


@pytest.mark.parametrize("h", [1, 2, 5, 40, 300])
@pytest.mark.parametrize("name", ["coins", "camera", "cell"])
def test_maxima_of_integers_are_scikit_images(name, h):
    im = getattr(skimage.data, name)()[:128, :160]
    np.testing.assert_array_equal(of(f"h_maxima(im, {h}, 2)", im), skimage.morphology.h_maxima(im, h))
    np.testing.assert_array_equal(of(f"h_minima(im, {h}, 2)", im), skimage.morphology.h_minima(im, h))
    volume = np.ascontiguousarray(im).reshape(16, 32, 40)
    np.testing.assert_array_equal(of(f"h_maxima(im, {h}, 3)", volume), skimage.morphology.h_maxima(volume, h))


def test_maxima_of_floats_are_those_of_the_same_integers():
    """Of floats scikit-image's resolution lets others through: at 1/8 all is exact, so here it must not."""
    im = skimage.data.coins()[:100, :120].astype(np.int64)
    for h in (1, 5, 20):
        wanted = of(f"h_maxima(im, {h}, 2)", im)
        np.testing.assert_array_equal(of(f"h_maxima(im, {h / 8}, 2)", im / 8), wanted)
        np.testing.assert_array_equal(of(f"h_maxima(im, {h / 8}, 2)", (im / 8).astype(np.float32)), wanted)


def test_maxima_of_slices_and_within_a_mask(rng):
    im = rng.integers(0, 9, (4, 6, 7))
    within = rng.random(im.shape) < 0.7
    for text in ("regional_maxima(im)", "regional_minima(im)", "h_maxima(im, 3)", "h_minima(im, 3)"):
        for axes in some_axes(im):
            wanted = slice_by_slice(lambda part, text=text: of(text, part), im, axes)
            np.testing.assert_array_equal(of(f"{text[:-1]}, axes={list(axes)})", im), wanted)
        found = of(f"{text[:-1]}, within=m)", im, m=within)
        wanted = of(text, np.where(within, im, np.nan))
        np.testing.assert_array_equal(found, wanted)


def test_what_is_no_number_or_endless():
    im = np.array([[1, np.nan, 2, 0, np.inf, 1, -np.inf, 3, 2]])
    np.testing.assert_array_equal(
        of("regional_maxima(im)", im), [[0, 0, 1, 0, 1, 0, 0, 1, 0]] | (im == 1) & (np.arange(9) == 0)
    )
    np.testing.assert_array_equal(np.flatnonzero(of("h_maxima(im, 3)", im)), [0, 4, 7])
    assert not of("h_maxima(im, -log(0))", im[:, :1]).any()
    assert not of("regional_maxima(im)", np.full((2, 3), np.nan)).any()
    assert not of("h_maxima(im, 1)", np.full((2, 3), np.nan)).any()
    assert not of("h_maxima(im, 2**70)", np.arange(6).reshape(2, 3)).any()
    with pytest.raises(RunError, match="it must be at least 0"):
        of("h_maxima(im, mean(im) - 9)", np.arange(6).reshape(2, 3))


# --- peaks -----------------------------------------------------------------------------------------------------------


def test_peaks_that_rise_by_a_height():
    def check(seed):
        im = image(np.random.default_rng(seed), "int32")
        for h in (1, 2, 3):
            wanted = of("peaks(im)", im) & of(f"h_maxima(im, {h}, {im.ndim})", im)
            np.testing.assert_array_equal(of(f"peaks(im, h={h})", im), wanted)

    try_seeds(20, check)
    noisy = np.array([[0, 5, 4, 6, 4, 5, 0, 3, 0, 9, 8, 9, 1]])
    np.testing.assert_array_equal(np.flatnonzero(of("peaks(im, h=3)", noisy)), [3, 7, 9, 11])
    np.testing.assert_array_equal(np.flatnonzero(of("peaks(im, 2, h=3)", noisy)), [3, 9, 11])
    np.testing.assert_array_equal(np.flatnonzero(of("peaks(im, 3, h=3)", noisy)), [3, 9])


def test_the_highest_peaks_first_those_of_one_height_in_scan_order(rng):
    for size in SIZES:
        im = rng.integers(0, 6, size)
        every = of("peaks(im, 2)", im)
        places = sorted(np.argwhere(every).tolist(), key=lambda p: (-im[tuple(p)], p))
        for count in (1, 2, 100):
            wanted = np.zeros(size, bool)
            for place in places[:count]:
                wanted[tuple(place)] = True
            np.testing.assert_array_equal(of(f"peaks(im, 2, count={count})", im), wanted)
    stack = rng.integers(0, 6, (4, 6, 7))
    wanted = slice_by_slice(lambda part: of("peaks(im, 1, 2, count=2, h=2)", part), stack, (1, 2))
    np.testing.assert_array_equal(of('peaks(im, 1, 2, count=2, h=2, axes="yx")', stack), wanted)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_each_label_has_its_own_peaks(n, rng):
    for size in ((20, 30), (6, 7, 8)):
        im = rng.integers(0, 50, size)
        lab = np.kron(rng.integers(0, 4, [-(-k // 4) for k in size]), np.ones((4,) * len(size), int))
        lab = lab[tuple(slice(k) for k in size)].astype(np.int32)
        wanted, one = np.zeros(size, bool), np.zeros(size, bool)
        for label in (1, 2, 3):
            wanted |= of(f"peaks(im, {n}, -1, m)", im, m=lab == label)
            one |= of(f"peaks(im, {n}, -1, m, count=1)", im, m=lab == label)
        given = {"im": Image(im, kind="image"), "lab": Image(lab, kind="labels")}
        declared = "input lab: labels; "
        np.testing.assert_array_equal(evaluate(f"{declared}peaks(im, {n}, -1, lab)", **given), wanted)
        np.testing.assert_array_equal(evaluate(f"{declared}peaks(im, {n}, -1, lab, count=1)", **given), one)
        places = skimage.feature.peak_local_max(im, min_distance=n, labels=lab, exclude_border=False, threshold_abs=-1)
        assert {tuple(p) for p in places.tolist()} == {tuple(p) for p in np.argwhere(wanted).tolist()}


PROGRAMS = ["regional_maxima(im)", "regional_minima(im, 2)", "h_maxima(im, 1.5)", "h_minima(im, std(im))"]
PROGRAMS += ["peaks(im, h=1, count=3)", "peaks(im, 2, within=label(im > 2), count=1)"]


@each("text", PROGRAMS)
@each("dtype", TYPES)
def test_both_ways_agree(text, dtype):
    def check(seed):
        im = image(np.random.default_rng(seed), dtype)
        expect_same(f"input im: image; {text}", {"im": im}, 2, None)

    try_seeds(4, check)
