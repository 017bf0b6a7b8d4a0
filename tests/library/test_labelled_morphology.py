"""Morphology of labels: each by itself, compared pixel by pixel with what is said of it, and with scikit-image."""

from fractions import Fraction

import numpy as np
import pytest
import scipy
import skimage.data
import skimage.measure
import skimage.morphology
import skimage.segmentation
from helpers.both_ways import expect_same
from helpers.each import each
from helpers.searches import try_seeds
from helpers.slicewise import slice_by_slice, some_axes

from maskexpr import Image, ProgramError, evaluate

SHAPES = [(1, 1), (1, 12), (9, 1), (13, 17), (5, 6, 7)]
ELEMENTS = ["diamond", "square", "disk"]


def labels_of(rng, shape, most=4, share=0.3, blocks=2):
    """Some regions of blocks of pixels, many of which touch, with numbers that leave gaps."""
    small = rng.integers(1, most + 1, [-(-size // blocks) for size in shape]) ** 2
    small *= rng.random(small.shape) < share
    lab = np.kron(small, np.ones((blocks,) * len(shape), int))[tuple(slice(size) for size in shape)]
    return np.ascontiguousarray(lab.astype(np.int32))


def of(text, lab, **given):
    spacing = given.pop("spacing", None)
    return evaluate(f"input lab: labels; {text}", lab=Image(lab, kind="labels", spacing=spacing), **given)


def by_looking(lab, n, shape, steps=1):
    """Each pixel compared with every other one."""
    places = np.argwhere(np.ones(lab.shape, bool))
    steps = [Fraction(str(s)) for s in np.broadcast_to(steps, lab.ndim)]
    apart = np.abs(places[:, np.newaxis] - places) * steps
    apart = {"square": apart.max(axis=2), "diamond": apart.sum(axis=2), "disk": (apart**2).sum(axis=2)}[shape]
    most = Fraction(str(n)) ** (2 if shape == "disk" else 1)
    flat, result = lab.ravel(), lab.ravel().copy()
    for i in np.flatnonzero(flat == 0):
        near = [(apart[i, j], flat[j]) for j in np.flatnonzero(flat) if apart[i, j] <= most]
        result[i] = min(near, default=(0, 0))[1]
    return result.reshape(lab.shape)


@pytest.mark.parametrize("shape", ELEMENTS)
@pytest.mark.parametrize("n", [0, 1, 1.5, 2, 3, 30])
def test_labels_grow_to_what_is_nearest_to_them(n, shape, rng):
    for size in [(1, 12), (9, 8), (4, 5, 3)]:
        lab = labels_of(rng, size, share=0.15)
        lab[lab == lab.max()] = 2**31 - 1  # the largest number that a label can have
        expect_same(f'input lab: labels; dilate(lab, {n}, "{shape}")', {"lab": Image(lab, kind="labels")}, None)
        np.testing.assert_array_equal(of(f'dilate(lab, {n}, "{shape}")', lab), by_looking(lab, n, shape))


@pytest.mark.parametrize("shape", ELEMENTS)
@pytest.mark.parametrize("n", ["0.3mm", "0.5mm", "1mm"])
def test_labels_grow_by_a_length(n, shape, rng):
    lab = labels_of(rng, (8, 9), share=0.2, blocks=1)
    found = of(f'dilate(lab, {n}, "{shape}")', lab, spacing=[0.3, 0.1])
    np.testing.assert_array_equal(found, by_looking(lab, float(n[:-2]), shape, [0.3, 0.1]))


@pytest.mark.parametrize("n", [1, 3, 10, 40])
def test_labels_grow_as_scikit_images_but_for_ties(n):
    lab = skimage.measure.label(skimage.data.coins()[:200, :250] > 120).astype(np.int32)
    for im in (lab, lab[:60, :80].reshape(5, 12, 80)):
        theirs, found = skimage.segmentation.expand_labels(im, n), of(f'dilate(lab, {n}, "disk")', im)
        np.testing.assert_array_equal(found > 0, theirs > 0)
        other = found != theirs
        assert (found <= theirs).all()
        # Where they differ both are as near.
        for label in np.unique(np.append(found[other], theirs[other])):
            apart = scipy.ndimage.distance_transform_edt(im != label)
            nearest = scipy.ndimage.distance_transform_edt(im == 0)
            here = other & ((found == label) | (theirs == label))
            np.testing.assert_array_equal(apart[here], nearest[here])


OF_EACH = [
    "erode(lab, 1)",
    "erode(lab, 2)",
    'erode(lab, 1, "square")',
    'erode(lab, 2, "disk")',
    'erode(lab, 1, "11/01")',
]
OF_EACH += ["open(lab, 1)", 'open(lab, 2, "disk")', 'open(lab, 2, "square")', 'open(lab, 2, "11/01")']
OF_EACH += ['open(lab, 1, "1/0/0")', 'open(lab, 2, "1/1/0")', 'erode(lab, 2, "1/0/0")', "skeleton(lab)"]
OF_EACH += ['erode(lab, 2, border="ignore")', 'open(lab, 2, "disk", border="ignore")']
OF_EACH += ['erode(lab, 2, "1/1/0", border="ignore")', 'open(lab, 1, "11/01", border="ignore")']
OF_EACH += ['skeleton(lab, method="zhang")', 'skeleton(lab, method="lee")']


@pytest.mark.parametrize("text", OF_EACH)
def test_each_label_is_worked_on_by_itself(text, rng):
    for size, blocks in [((13, 17), 3), ((24, 20), 5), ((1, 12), 2), ((9, 5), 1)]:
        lab = labels_of(rng, size, share=0.8, blocks=blocks)
        wanted = np.zeros_like(lab)
        for label in np.unique(lab[lab > 0]):
            wanted[evaluate(text.replace("lab", "m"), m=lab == label)] = label
        np.testing.assert_array_equal(of(text, lab), wanted)


GROWING = ["close(lab, 1)", 'close(lab, 3, "square")', 'close(lab, 4, "disk")', 'close(lab, 2, "11/01")', "hull(lab)"]
GROWING += ['close(lab, 2, "square", border="ignore")', 'close(lab, 2, "11/01", border="ignore")']


@pytest.mark.parametrize("text", GROWING)
def test_where_labels_grow_together_the_lower_number_comes_first(text, rng):
    for size, blocks in [((13, 17), 2), ((24, 20), 3), ((1, 12), 2), ((9, 5), 1)]:
        lab = labels_of(rng, size, share=0.4, blocks=blocks)
        wanted = lab.copy()
        for label in np.unique(lab[lab > 0]):
            wanted[(wanted == 0) & evaluate(text.replace("lab", "m"), m=lab == label)] = label
        np.testing.assert_array_equal(of(text, lab), wanted)


IN_VOLUMES = [
    *["erode(lab)", 'erode(lab, 1, "disk")', "open(lab)", "skeleton(lab)"],
    *["close(lab, 2)", "hull(lab)", 'close(lab, 1, "square")'],
]


@pytest.mark.parametrize("text", IN_VOLUMES)
def test_labels_in_volumes(text, rng):
    lab = labels_of(rng, (9, 10, 11), share=0.6, blocks=4)
    wanted = lab.copy() if text.startswith(("close", "hull")) else np.zeros_like(lab)
    for label in np.unique(lab[lab > 0]):
        wanted[(wanted == 0) & evaluate(text.replace("lab", "m"), m=lab == label)] = label
    np.testing.assert_array_equal(of(text, lab), wanted)


IN_SLICES = ["dilate(lab, 2)", 'dilate(lab, 2, "disk")', "erode(lab)", "open(lab)", "close(lab, 2)", "hull(lab)"]
IN_SLICES += ["boundary(lab)", "fill_holes(lab)"]


@pytest.mark.parametrize("text", IN_SLICES)
def test_labels_in_slices(text, rng):
    lab = labels_of(rng, (4, 7, 8), share=0.5)
    for axes in some_axes(lab):
        wanted = slice_by_slice(lambda part: of(text, part), lab, axes)
        np.testing.assert_array_equal(of(f"{text[:-1]}, axes={list(axes)})", lab), wanted)


@pytest.mark.parametrize("connectivity", [1, 2])
def test_boundaries_lie_between_labels_too(connectivity, rng):
    shape = {1: "diamond", 2: "square"}[connectivity]
    for size in [(20, 30), (7, 8, 9)]:
        lab = labels_of(rng, size, share=0.7, blocks=3)
        for im in (lab, (lab > 0).astype(np.int32)):
            reach = shape if lab.ndim == 2 or connectivity == 1 else "square"
            joined = connectivity if connectivity == 1 else lab.ndim
            wanted = skimage.segmentation.find_boundaries(im, connectivity=joined, mode="inner")
            np.testing.assert_array_equal(of(f'boundary(lab, 1, "{reach}", border="ignore")', im), wanted)
            framed = np.pad(im, 1)
            wanted = skimage.segmentation.find_boundaries(framed, connectivity=joined, mode="inner")
            np.testing.assert_array_equal(np.pad(of(f'boundary(lab, 1, "{reach}")', im), 1), wanted)


def test_a_hole_is_filled_where_one_label_alone_surrounds_it():
    lab = np.array(
        [
            [1, 1, 1, 1, 2, 2, 2, 0, 0],
            [1, 0, 1, 0, 2, 0, 0, 2, 0],
            [1, 1, 1, 1, 2, 2, 2, 0, 0],
        ]
    )
    wanted = lab.copy()
    wanted[1, 1], wanted[1, 5:7] = 1, 2
    np.testing.assert_array_equal(of("fill_holes(lab)", lab), wanted)
    wanted[1, 5:7] = 0
    np.testing.assert_array_equal(of("fill_holes(lab, 1)", lab), wanted)
    wanted = lab.copy()
    wanted[1, 1] = 1
    np.testing.assert_array_equal(of("fill_holes(lab, connectivity=2)", lab), wanted)


def test_holes_of_labels_that_do_not_touch_are_those_of_masks(rng):
    for size in [(30, 40), (9, 10, 11)]:
        lab = skimage.measure.label(rng.random(size) < (0.8 if len(size) == 2 else 0.9), connectivity=1)
        lab = lab.astype(np.int32)
        filled = of("fill_holes(lab)", lab)
        np.testing.assert_array_equal(filled[lab > 0], lab[lab > 0])
        background, number = scipy.ndimage.label(lab == 0)
        inner = set(np.unique(skimage.segmentation.clear_border(background)).tolist())
        for hole in range(1, number + 1):
            beside = np.setdiff1d(lab[scipy.ndimage.binary_dilation(background == hole)], 0)
            expected = beside[0] if len(beside) == 1 and hole in inner else 0
            assert (filled[background == hole] == expected).all()


PROGRAMS = [
    *["dilate(lab, 2)", 'dilate(lab, 3, "square")', 'dilate(lab, 4, "disk")', 'dilate(lab, 2, "11/01")'],
    *['dilate(lab, 1mm, "disk")', 'dilate(lab, 1mm, "diamond")', 'dilate(lab, 1mm, "square")', "dilate(lab, 0)"],
    *["dilate(dilate(lab, 1), 2)", 'erode(erode(lab, 1, "square"), 1, "square")', 'dilate(lab, 40, "disk")'],
    *["erode(lab, 2)", 'erode(lab, 1, "square")', 'erode(lab, 3, "disk")', 'erode(lab, 2, "1/1/0")', "open(lab, 1)"],
    *['open(lab, 2, "disk")', 'open(lab, 2, "1/1/0")', "close(lab, 2)", "boundary(lab)", 'boundary(lab, 2, "disk")'],
    *["fill_holes(lab)", "hull(lab)", "skeleton(lab)", 'dilate(lab, 2, axes="x")', 'erode(lab, 1, axes="x")'],
    *['erode(lab, 2, border="ignore")', 'open(lab, 2, "disk", border="ignore")', 'close(lab, 2, border="ignore")'],
    *['boundary(lab, 2, "square", border="ignore")', 'erode(erode(lab, 1, border="ignore"), 2, border="ignore")'],
    *['erode(lab, 1mm, "diamond")', 'erode(lab, 1mm, "disk")', "dilate(lab, 40)", 'erode(lab, 40, "square")'],
]


@pytest.mark.slow
@each("text", PROGRAMS)
def test_labels_by_any_method_in_any_strips(text):
    def check(seed):
        rng = np.random.default_rng(seed)
        size = SHAPES[rng.integers(len(SHAPES))]
        if ('"1' in text and len(size) != 2) or ("skeleton" in text and 1 in size):
            size = (12, 15)
        lab = labels_of(rng, size, share=rng.choice([0, 0.1, 0.5, 0.9]), blocks=int(rng.integers(1, 5)))
        spacing = rng.choice([0.3, 0.5, 1], len(size)).tolist()
        given = {"lab": Image(lab, kind="labels", spacing=spacing)}
        expect_same(f"input lab: labels; {text}", given, 1, 3, None)

    try_seeds(12, check)


def test_large_numbers_need_no_large_tables():
    lab = np.array([[0, 2**31 - 1, 2**31 - 1, 0, 7, 0]], np.int32)
    for text in (
        "dilate(lab)",
        "erode(lab, 0)",
        "close(lab)",
        "hull(lab)",
        "skeleton(lab)",
        "relabel(lab)",
        "label(lab)",
    ):
        assert of(text, lab).max() in (2, 2**31 - 1)


@pytest.mark.parametrize(
    "text", ["tophat(lab)", "blackhat(lab)", 'hit_or_miss(lab, "1/0")', "distance(lab)", "split(lab)"]
)
def test_what_has_no_meaning_for_labels_says_what_to_write(text):
    lab = np.array([[0, 1, 2]])
    with pytest.raises(ProgramError) as caught:
        of(text, lab)
    assert "lab > 0" in str(caught.value)
    of(text.replace("lab", "lab > 0"), lab)
