"""Labels numbered anew, matched with others, joined by equal values, compared."""

import math
from collections import Counter

import numpy as np
import pytest
import skimage.data
import skimage.measure
import skimage.segmentation
from helpers.both_ways import expect_same
from helpers.searches import try_seeds
from helpers.slicewise import slice_by_slice, some_axes

from maskexpr import Image, ProgramError, evaluate

SIZES = [(1, 1), (1, 9), (9, 1), (12, 13), (5, 6, 7), (2, 3, 4, 5)]


def labels(array):
    return Image(np.asarray(array, np.int32), kind="labels")


def of(text, lab, other=None):
    given = {"lab": labels(lab)} | ({} if other is None else {"other": labels(other)})
    declared = "".join(f"input {name}: labels; " for name in given)
    return evaluate(declared + text, **given)


def random_labels(rng):
    size = SIZES[rng.integers(len(SIZES))]
    most = int(rng.choice([1, 3, 20, 2**31 - 1]))
    lab = rng.integers(0, min(most, 5) + 1, size) * (most // min(most, 5))
    return lab.astype(np.int32)


def test_numbers_go_by_the_first_pixels():
    def check(seed):
        lab = random_labels(np.random.default_rng(seed))
        order = {number: i for i, number in enumerate(dict.fromkeys(lab[lab > 0].tolist()), 1)} | {0: 0}
        found = of("relabel(lab)", lab)
        assert found.tolist() == np.vectorize(order.__getitem__)(lab).tolist()
        assert of("count(lab)", lab) == len(order) - 1

    try_seeds(50, check)


def test_numbers_in_order_are_scikit_images():
    lab = skimage.measure.label(skimage.data.coins() > 120)
    lab[lab % 3 == 0] = 0  # in scan order still
    np.testing.assert_array_equal(of("relabel(lab)", lab), skimage.segmentation.relabel_sequential(lab)[0])


def test_a_region_gets_the_number_that_covers_most_of_it():
    def check(seed):
        rng = np.random.default_rng(seed)
        lab = random_labels(rng)
        other = (
            rng.permuted(np.roll(lab, 1)) if seed % 2 else (lab // 2 + rng.integers(0, 2, lab.shape)).astype(np.int32)
        )
        wanted = np.zeros_like(lab)
        for number in np.unique(lab[lab > 0]).tolist():
            covering = Counter(other[(lab == number) & (other > 0)].tolist())
            wanted[lab == number] = min(covering, key=lambda n: (-covering[n], n), default=0)
        np.testing.assert_array_equal(of("match(lab, other)", lab, other), wanted)

    try_seeds(50, check)


def test_objects_are_followed_through_frames():
    """Each frame is matched with the one before: an object that moves by less than its size keeps its number."""
    frames = np.zeros((3, 20, 30), np.int32)
    for t, frame in enumerate(frames):
        frame[2 + 2 * t : 8 + 2 * t, 3:9], frame[12:17, 20 - 2 * t : 26 - 2 * t] = (1, 2) if t % 2 else (2, 1)
    second = of("match(lab, other)", frames[1], frames[0])
    third = of("match(lab, other)", frames[2], second)
    assert [int(frame[8, 5]) for frame in (second, third)] == [2, 2]
    assert [int(frame[14, 20]) for frame in (second, third)] == [1, 1]


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32", "uint64"])
def test_equal_numbers_are_joined_as_in_scikit_image(dtype, rng):
    for size in SIZES[:5]:
        im = rng.integers(-1 if dtype.startswith("i") else 0, 3, size).astype(dtype)
        for connectivity in range(1, len(size) + 1):
            wanted = skimage.measure.label(im.astype(np.int32), connectivity=connectivity, background=0)
            text = f"label(im, {connectivity})"
            np.testing.assert_array_equal(evaluate(f"input im: image; {text}", im=im), wanted)
            if dtype == "uint8":
                np.testing.assert_array_equal(of(text.replace("im", "lab"), im), wanted)
                np.testing.assert_array_equal(
                    evaluate(text.replace("im", "im > 0"), im=Image(im, kind="image")),
                    skimage.measure.label(im > 0, connectivity=connectivity),
                )


def test_equal_numbers_of_slices(rng):
    im = rng.integers(0, 3, (4, 5, 6))
    for axes in some_axes(im):
        found = evaluate(f"input im: image; label(im, axes={list(axes)})", im=im)
        parts = slice_by_slice(lambda part: evaluate("input im: image; label(im)", im=part), im, axes)
        # Two pixels are in one region if they lie in one slice and are in one there.
        rest = [axis for axis in range(3) if axis not in axes]
        slices = np.broadcast_to(
            np.ix_(*(np.arange(n) if a in rest else [0] for a, n in enumerate(im.shape)))[0] * 0, im.shape
        )
        for axis in rest:
            slices = slices * 10 + np.arange(im.shape[axis]).reshape([-1 if a == axis else 1 for a in range(3)])
        wanted = slices * 1000 + parts
        pairs = np.unique(np.stack([found[im > 0], wanted[im > 0]]), axis=1)
        assert len(np.unique(pairs[0])) == len(np.unique(pairs[1])) == pairs.shape[1] == found.max()
        np.testing.assert_array_equal(found, of("relabel(lab)", found))


def test_floats_are_compared_before_they_are_numbered():
    im = np.array([[0.5, 0.5, 1]])
    with pytest.raises(ProgramError, match="make a mask with a comparison: im > 0"):
        evaluate("label(im)", im=im)


def shares(a, b):
    """Dice and Jaccard of each number, in the plain way."""
    numbers = np.setdiff1d(np.union1d(a, b), 0)
    both = [np.count_nonzero((a == n) & (b == n)) for n in numbers]
    sizes = [np.count_nonzero(a == n) + np.count_nonzero(b == n) for n in numbers]
    dice = [2 * i / s for i, s in zip(both, sizes, strict=True)]
    iou = [i / (s - i) for i, s in zip(both, sizes, strict=True)]
    return [math.fsum(values) / len(values) if values else 1 for values in (dice, iou)]


def test_labels_are_compared_number_by_number():
    def check(seed):
        rng = np.random.default_rng(seed)
        a = random_labels(rng)
        b = np.where(rng.random(a.shape) < 0.7, a, rng.permuted(a)).astype(np.int32)
        assert [of(f"{name}(lab, other)", a, b) for name in ("dice", "iou")] == shares(a, b)

    try_seeds(50, check)
    assert of("dice(lab, other)", [[0, 0]], [[0, 0]]) == 1
    m = np.array([[0, 1, 1, 0]])
    for name in ("dice", "iou"):  # of one number it is what it is of masks
        assert of(f"{name}(lab, other)", m, np.roll(m, 1)) == of(f"{name}(lab > 0, other > 0)", m, np.roll(m, 1))
        with pytest.raises(ProgramError, match="make a mask of the labels: lab > 0"):
            of(f"{name}(lab, other > 0)", m, m)


PROGRAMS = ["relabel(lab)", "match(lab, other)", "label(lab)", "label(lab, 2)", "dice(lab, other)", "iou(lab, other)"]
PROGRAMS += ["f1(lab, other)", "precision(lab, other, 0.3)", "matched(lab, other, 0.7)", "count(lab)"]


@pytest.mark.parametrize("text", PROGRAMS)
def test_both_ways_agree(text):
    def check(seed):
        rng = np.random.default_rng(seed)
        lab = rng.integers(0, 4, (7, 9))
        other = np.where(rng.random((7, 9)) < 0.8, lab, 3)
        given = {"lab": labels(lab), "other": labels(other)}
        expect_same(
            "".join(f"input {n}: labels; " for n in given if n in text) + text,
            {n: a for n, a in given.items() if n in text},
            2,
            None,
        )

    try_seeds(10, check)
