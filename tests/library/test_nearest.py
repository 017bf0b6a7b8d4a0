"""`nearest` against SciPy and scikit-image; the kernel has the definition."""

import numpy as np
import pytest
import scipy
import skimage.data
import skimage.segmentation
from helpers.both_ways import expect_same
from helpers.slicewise import slice_by_slice, some_axes

import maskexpr
from maskexpr import Image, ProgramError, evaluate


def found(labels, more="", **image):
    given = Image(labels.astype(np.int32), kind="labels", **image)
    return evaluate(f"input k: labels; nearest(k{more})", k=given)


def distances(labels, spacing=1):
    """To each label."""
    numbers = np.unique(labels[labels > 0])
    each = [scipy.ndimage.distance_transform_edt(labels != n, np.broadcast_to(spacing, labels.ndim)) for n in numbers]
    return numbers, np.stack(each)


def seeds(rng, shape, count):
    labels = np.zeros(shape, np.int32)
    labels.ravel()[rng.choice(labels.size, count, replace=False)] = rng.permutation(count) + 1
    return labels


def test_the_lowest_of_the_nearest_numbers_is_taken(rng):
    for shape in [(40, 53), (9, 11, 13), (50,)]:
        labels = seeds(rng, shape, 12)
        result = found(labels)
        assert result.dtype == np.int32
        numbers, away = distances(labels)
        np.testing.assert_array_equal(result, numbers[away.argmin(axis=0)])


def test_lengths_follow_the_spacing(rng):
    labels = seeds(rng, (8, 20, 20), 15)
    numbers, away = distances(labels, [5, 1, 0.5])
    for unit in ("mm", "um"):
        result = found(labels, f', unit="{unit}"', spacing=[5, 1, 0.5])
        np.testing.assert_array_equal(result, numbers[away.argmin(axis=0)])
    np.testing.assert_array_equal(found(labels, spacing=[5, 1, 0.5]), found(labels))
    tie = np.array([[3, 0, 0, 2]])
    np.testing.assert_array_equal(found(tie), [[3, 3, 2, 2]])
    np.testing.assert_array_equal(found(np.array([[3, 0, 2]]), ', unit="mm"', spacing=0.1), [[3, 2, 2]])
    with pytest.raises(ProgramError, match="size of a pixel"):
        found(labels, ', unit="mm"')


def test_coins_grow_until_they_meet_as_scikit_images_do():
    coins = skimage.data.coins()
    labels = evaluate("label(clear_border(remove_small(fill_holes(im > 110), 60)))", im=coins)
    theirs = skimage.segmentation.expand_labels(labels, 1000)
    ours = found(labels)
    assert np.all((ours <= theirs) & (ours > 0))
    assert np.mean(ours != theirs) < 0.01
    where = "where(distance(k == 0) <= 7, nearest(k), 0)"
    result = evaluate(f"input k: labels; {where}", k=Image(labels, kind="labels"))
    near = skimage.segmentation.expand_labels(labels, 7)
    np.testing.assert_array_equal(result > 0, near > 0)


def test_within_a_mask_only_labels_that_lie_there_count():
    labels = np.array([[1, 0, 0, 0, 2, 0, 3]])
    m = np.array([[0, 1, 1, 1, 1, 0, 1]], bool)
    result = evaluate("input k: labels; nearest(k, m)", k=Image(labels.astype(np.int32), kind="labels"), m=m)
    np.testing.assert_array_equal(result, [[0, 2, 2, 2, 2, 0, 3]])


def test_in_slices_each_by_itself(rng):
    labels = seeds(rng, (4, 9, 10), 7)
    for axes in some_axes(labels):
        wanted = slice_by_slice(lambda part: found(part) if part.any() else part, labels, axes)
        np.testing.assert_array_equal(found(labels, f", axes={list(axes)}"), wanted)
    assert not found(np.zeros((3, 4))).any()


def test_it_is_the_same_in_strips_and_numbers_without_data_are_none(rng):
    labels = seeds(rng, (20, 30), 5)
    expect_same("input k: labels; nearest(k)", {"k": Image(labels, kind="labels")}, 1, 3, None)
    valid = rng.random(labels.shape) < 0.7
    given = Image(np.ma.array(labels, mask=~valid), kind="labels")
    value = maskexpr.compile("input k: labels; nearest(k)").bind(k=given).run()["result"]
    expected = np.where(valid, found(np.where(valid, labels, 0)), 0)
    np.testing.assert_array_equal(np.ma.getdata(value), expected)


def test_what_it_does_not_take():
    with pytest.raises(ProgramError, match="nearest takes labels"):
        evaluate("nearest(m)", m=np.ones((2, 2), bool))
