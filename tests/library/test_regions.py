import inspect
from fractions import Fraction

import cv2
import numpy as np
import pytest
import scipy
import skimage.measure
import skimage.morphology
import skimage.segmentation
from helpers.each import each
from helpers.slicewise import slice_by_slice, some_axes

from maskexpr import Image, ProgramError, RunError, evaluate

SCIPY_HAS_SLICES = "axes" in inspect.signature(scipy.ndimage.binary_fill_holes).parameters  # from 1.16 on


def labelled(mask, connectivity):
    """scikit-image's labels, an implementation of its own."""
    return skimage.measure.label(np.ascontiguousarray(mask), connectivity=connectivity)


def in_scan_order(labels):
    values, first = np.unique(labels, return_index=True)
    return bool(np.all(np.diff(first[values > 0]) > 0)) and values.max() == np.count_nonzero(values)


def for_each_connectivity(mask):
    return range(1, mask.ndim + 1)


def labels_of(array):
    return Image(array.astype(np.int32), kind="labels")


# --- label and count -------------------------------------------------------------------------------------------------


def test_label_numbers_regions_as_scikit_image_and_in_scan_order(mask):
    for connectivity in for_each_connectivity(mask):
        labels = evaluate(f"label(m, {connectivity})", m=mask)
        assert labels.dtype == np.int32
        assert in_scan_order(labels)
        np.testing.assert_array_equal(labels, labelled(mask, connectivity))


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(3, 3), (2, 5), (2, 2, 2), (3, 1, 3), (1, 3, 3), (3, 3, 1)])
def test_label_is_in_scan_order_for_every_small_mask(shape):
    """SciPy promises no order, so all masks of a few pixels are tried."""
    from maskexpr.library.regions.components import components

    size = int(np.prod(shape))
    for bits in range(2**size):
        mask = (bits >> np.arange(size) & 1 > 0).reshape(shape)
        for connectivity in for_each_connectivity(mask):
            labels, number = components(mask, connectivity)
            assert in_scan_order(labels)
            assert labels.max() == number


def test_count_is_the_highest_label(mask):
    for connectivity in for_each_connectivity(mask):
        assert evaluate(f"count(m, {connectivity})", m=mask) == labelled(mask, connectivity).max()


@pytest.mark.parametrize(("name", "connectivity"), [(4, 1), (8, 2)])
def test_count_of_ankle_agrees_with_opencv(ankle, name, connectivity):
    mask = ankle > 60
    regions, _ = cv2.connectedComponents(mask.astype(np.uint8), connectivity=name)
    assert evaluate(f"count(m, {name})", m=mask) == evaluate(f"count(m, {connectivity})", m=mask) == regions - 1


def test_label_and_count_of_slices(mask):
    for axes in some_axes(mask):
        for connectivity in range(1, len(axes) + 1):
            arguments = f"connectivity={connectivity}, axes={list(axes)}"
            labels = evaluate(f"label(m, {arguments})", m=mask)
            assert in_scan_order(labels)
            assert evaluate(f"count(m, {arguments})", m=mask) == labels.max()
            expected = slice_by_slice(lambda part, c=connectivity: labelled(part, c), mask, axes)
            rest = np.indices(mask.shape)[[axis for axis in range(mask.ndim) if axis not in axes]]
            # The same regions, by other numbers: each number of ours is one number in one slice, and the other way.
            keys = np.stack([expected, *rest]).reshape(len(rest) + 1, -1)[:, (mask.ravel())]
            pairs = {*zip(labels[mask].tolist(), map(tuple, keys.T.tolist()), strict=True)}
            assert len(pairs) == len({ours for ours, _ in pairs}) == len({theirs for _, theirs in pairs})
            np.testing.assert_array_equal(labels > 0, mask)


def test_connectivity_counts_as_in_a_slice():
    stack = np.zeros((2, 3, 3), bool)
    stack[0, 0, 0] = stack[0, 1, 1] = stack[1, 1, 1] = True
    assert evaluate('count(m, 8, "yx")', m=stack) == 2
    assert evaluate("count(m, 26)", m=stack) == 1
    with pytest.raises(ProgramError, match="connectivity cannot be 26 here"):
        evaluate('count(m, 26, axes="yx")', m=stack)
    with pytest.raises(ProgramError, match="connectivity cannot be 8 here"):
        evaluate("count(m, 8)", m=stack)


def test_count_of_labels_is_how_many_numbers_there_are(rng):
    labels = rng.choice([0, 3, 7, 2**31 - 1, 8], (4, 5, 6))
    assert evaluate("count(l)", l=labels_of(labels)) == 4
    assert evaluate("count(l, 3)", l=labels_of(labels)) == 4
    assert evaluate("count(l)", l=labels_of(labels[:, :, :1] * 0)) == 0
    assert evaluate("count(l)", l=labels_of(np.full((2, 2), 9))) == 1
    expected = sum(len(set(part.ravel()) - {0}) for part in labels)
    assert evaluate('count(l, axes="yx")', l=labels_of(labels)) == expected


def test_connectivity_an_image_does_not_have_is_an_error():
    with pytest.raises(ProgramError, match="connectivity cannot be 6 here"):
        evaluate("label(m, 6)", m=np.ones((2, 2), bool))


# --- choice by size --------------------------------------------------------------------------------------------------


def chosen_by_size(mask, connectivity, choose):
    """Keep the labels that `choose` picks from (size, label) pairs."""
    labels = labelled(mask, connectivity)
    sizes = [(int((labels == i).sum()), i) for i in range(1, labels.max() + 1)]
    return np.isin(labels, [label for _, label in choose(sizes)])


@each("k", [1, 2, 5, 10_000])
def test_keep_largest_sorts_by_size_then_scan_order(mask, k):
    for connectivity in for_each_connectivity(mask):
        expected = chosen_by_size(mask, connectivity, lambda s: sorted(s, key=lambda r: (-r[0], r[1]))[:k])
        np.testing.assert_array_equal(evaluate(f"keep_largest(m, {k}, {connectivity})", m=mask), expected)


def test_keep_largest_takes_the_first_of_equals():
    result = evaluate("keep_largest(m, 2)", m=np.array([[1, 1, 0, 1, 0, 1, 1, 0, 1, 1]], bool))
    np.testing.assert_array_equal(result, [[1, 1, 0, 0, 0, 1, 1, 0, 0, 0]])


def test_keep_largest_takes_a_number_that_depends_on_pixels(rng):
    mask = rng.random((9, 9)) < 0.4
    np.testing.assert_array_equal(evaluate("keep_largest(m, count(m))", m=mask), mask)


@pytest.mark.parametrize("k", ["0", "1.5", "-1"])
def test_keep_largest_refuses_what_is_no_count(k):
    with pytest.raises(ProgramError, match=f"k is {k}"):
        evaluate(f"keep_largest(m, {k})", m=np.ones((2, 2), bool))


def test_keep_largest_refuses_a_count_of_zero_in_the_run():
    with pytest.raises(RunError, match="k is 0"):
        evaluate("keep_largest(m, count(~m))", m=np.ones((2, 2), bool))


@each("size", ["0", "1", "2", "2.5", "7", "1000"])
def test_remove_small_removes_what_is_below_the_limit(mask, size):
    for connectivity in for_each_connectivity(mask):
        expected = chosen_by_size(mask, connectivity, lambda s: [r for r in s if r[0] >= Fraction(size)])
        np.testing.assert_array_equal(evaluate(f"remove_small(m, {size}, {connectivity})", m=mask), expected)


def test_remove_small_is_scikit_images_remove_small_objects(ankle):
    mask = ankle > 60
    expected = skimage.morphology.remove_small_objects(mask, max_size=49)
    np.testing.assert_array_equal(evaluate("remove_small(m, 50)", m=mask), expected)


@pytest.mark.parametrize(("size", "kept"), [("0.03mm2", 3), ("0.0301mm2", 0), ("30000um2", 3), ("3px", 3)])
def test_remove_small_divides_a_size_by_the_pixels_exactly(size, kept):
    mask = Image(np.array([[1, 1, 1, 0, 1]], bool), spacing=0.1)
    assert evaluate(f"area(remove_small(m, {size}))", m=mask) == kept


def test_remove_small_takes_a_share_of_the_area():
    mask = np.array([[1, 1, 1, 0, 1]], bool)
    np.testing.assert_array_equal(evaluate("remove_small(m, 0.3 * area(m))", m=mask), [[1, 1, 1, 0, 0]])


@each("size", ["0", "1", "2", "2.5", "7", "1000"])
def test_remove_large_removes_what_is_above_the_limit(mask, size):
    for connectivity in for_each_connectivity(mask):
        expected = chosen_by_size(mask, connectivity, lambda s: [r for r in s if r[0] <= Fraction(size)])
        np.testing.assert_array_equal(evaluate(f"remove_large(m, {size}, {connectivity})", m=mask), expected)


def test_remove_small_and_remove_large_part_a_mask(ankle):
    mask = ankle > 60
    small, large = (evaluate(f"remove_{name}(m, {size})", m=mask) for name, size in (("large", 49), ("small", 50)))
    np.testing.assert_array_equal(small ^ large, mask)
    exact = evaluate("remove_large(remove_small(m, 5), 5)", m=mask)
    np.testing.assert_array_equal(exact, chosen_by_size(mask, 1, lambda s: [r for r in s if r[0] == 5]))


@pytest.mark.slow
@each(
    "call, choose",
    [
        ("keep_largest(m, 2, axes={axes})", lambda s: sorted(s, key=lambda r: (-r[0], r[1]))[:2]),
        ("keep_largest(m, axes={axes})", lambda s: sorted(s, key=lambda r: (-r[0], r[1]))[:1]),
        ("remove_small(m, 3, axes={axes})", lambda s: [r for r in s if r[0] >= 3]),
        ("remove_large(m, 3, axes={axes})", lambda s: [r for r in s if r[0] <= 3]),
    ],
)
def test_choice_by_size_of_slices(mask, call, choose):
    for axes in some_axes(mask):
        expected = slice_by_slice(lambda part: chosen_by_size(part, 1, choose), mask, axes)
        np.testing.assert_array_equal(evaluate(call.format(axes=list(axes)), m=mask), expected)


def test_a_size_is_an_area_in_slices():
    stack = Image(np.ones((2, 3, 3), bool), spacing=[5, 0.5, 0.5])  # a slice has 2.25 mm2
    assert evaluate('area(remove_small(m, 2.25mm2, axes="yx"))', m=stack) == 18
    assert evaluate('area(remove_small(m, 2.26mm2, axes="yx"))', m=stack) == 0
    assert evaluate('area(remove_large(m, 2.24mm2, axes="yx"))', m=stack) == 0
    with pytest.raises(ProgramError, match="mm3 does not fit"):
        evaluate('remove_small(m, 2mm3, axes="yx")', m=stack)


LABELS = {
    "gaps": lambda rng: rng.choice([0, 2, 3, 9], (5, 6, 7), p=[0.4, 0.3, 0.2, 0.1]),
    "no background": lambda rng: rng.integers(1, 4, (6, 5)),
    "large numbers": lambda rng: rng.choice([0, 5, 2**31 - 1, 2**30], (7, 8)),
    "background only": lambda rng: np.zeros((3, 4), int),
    "one axis": lambda rng: rng.integers(0, 4, 30),
}


@pytest.fixture(params=LABELS.values(), ids=LABELS)
def labels(request, rng):
    return request.param(rng)


def numbers_by_size(labels, choose):
    """Keep the numbers that `choose` picks from (size, number) pairs."""
    numbers = [int(n) for n in np.unique(labels) if n]
    chosen = [n for _, n in choose([(int((labels == n).sum()), n) for n in numbers])]
    return np.where(np.isin(labels, chosen), labels, 0)


@pytest.mark.parametrize(
    ("call", "choose"),
    [
        ("keep_largest(l, 2{more})", lambda s: sorted(s, key=lambda r: (-r[0], r[1]))[:2]),
        ("remove_small(l, 12{more})", lambda s: [r for r in s if r[0] >= 12]),
        ("remove_large(l, 12{more})", lambda s: [r for r in s if r[0] <= 12]),
    ],
)
def test_labels_are_chosen_by_size_and_keep_their_numbers(labels, call, choose):
    for connectivity in range(1, labels.ndim + 1):
        result = evaluate(call.format(more=f", {connectivity}"), l=labels_of(labels))
        assert result.dtype == np.int32
        np.testing.assert_array_equal(result, numbers_by_size(labels, choose))
    for axes in some_axes(labels):
        expected = slice_by_slice(lambda part: numbers_by_size(part, choose), labels, axes)
        result = evaluate(call.format(more=f", axes={list(axes)}"), l=labels_of(labels))
        np.testing.assert_array_equal(result, expected)


def test_keep_largest_of_equal_labels_takes_the_lowest_number():
    np.testing.assert_array_equal(
        evaluate("keep_largest(l)", l=labels_of(np.array([[7, 7, 0, 2, 2]]))), [[0, 0, 0, 2, 2]]
    )


def test_labels_are_regions_though_they_lie_apart():
    """As those of an atlas, left and right."""
    labels = np.array([[4, 0, 4, 0, 1, 1]])
    np.testing.assert_array_equal(evaluate("remove_small(l, 2)", l=labels_of(labels)), labels)
    np.testing.assert_array_equal(evaluate("clear_border(l)", l=labels_of(labels)), labels * 0)


def test_removed_labels_are_scikit_images_of_ankle(ankle):
    labels = labelled(ankle > 60, 2)
    expected = skimage.morphology.remove_small_objects(labels, max_size=49)
    np.testing.assert_array_equal(evaluate("remove_small(l, 50)", l=labels_of(labels)), expected)
    expected = skimage.segmentation.clear_border(labels)
    np.testing.assert_array_equal(evaluate("clear_border(l)", l=labels_of(labels)), expected)


def test_regions_are_those_of_a_mask_or_of_labels():
    with pytest.raises(ProgramError, match="remove_small takes a mask or labels as m, im is an image") as caught:
        evaluate("remove_small(im, 3)", im=np.ones((2, 2)))
    assert caught.value.hint == "make one with a comparison: im > 0"


# --- border and holes ------------------------------------------------------------------------------------------------


def test_clear_border_is_scikit_images(mask):
    for connectivity in for_each_connectivity(mask) if mask.ndim < 4 else ():  # all that scikit-image takes
        expected = skimage.segmentation.clear_border(labelled(mask, connectivity)) > 0
        np.testing.assert_array_equal(evaluate(f"clear_border(m, {connectivity})", m=mask), expected)


def test_fill_holes_is_scipys(mask):
    for connectivity in for_each_connectivity(mask):
        structure = scipy.ndimage.generate_binary_structure(mask.ndim, connectivity)
        expected = scipy.ndimage.binary_fill_holes(mask, structure)
        np.testing.assert_array_equal(evaluate(f"fill_holes(m, connectivity={connectivity})", m=mask), expected)


@pytest.mark.parametrize("connectivity", [1, 2])
def test_fill_holes_of_ankle(ankle, connectivity):
    mask = ankle > 60
    expected = scipy.ndimage.binary_fill_holes(mask, np.ones((3, 3)) if connectivity == 2 else None)
    np.testing.assert_array_equal(evaluate(f"fill_holes(m, connectivity={connectivity})", m=mask), expected)


def test_clear_border_and_fill_holes_of_slices(mask):
    for axes in some_axes(mask):
        arguments = f"connectivity=1, axes={list(axes)}"
        expected = slice_by_slice(lambda part: skimage.segmentation.clear_border(labelled(part, 1)) > 0, mask, axes)
        np.testing.assert_array_equal(evaluate(f"clear_border(m, {arguments})", m=mask), expected)
        expected = slice_by_slice(scipy.ndimage.binary_fill_holes, mask, axes)
        np.testing.assert_array_equal(evaluate(f"fill_holes(m, {arguments})", m=mask), expected)
        if SCIPY_HAS_SLICES:
            np.testing.assert_array_equal(expected, scipy.ndimage.binary_fill_holes(mask, axes=axes))


@pytest.mark.parametrize("axes", [(1, 2), (0, 2), (0, 1)])
def test_a_volume_is_worked_on_slice_by_slice(brain, axes):
    mask, written = brain > 60, f"axes={list(axes)}"
    expected = slice_by_slice(scipy.ndimage.binary_fill_holes, mask, axes)
    np.testing.assert_array_equal(evaluate(f"fill_holes(im > 60, {written})", im=brain), expected)
    largest = slice_by_slice(lambda part: chosen_by_size(part, 1, lambda s: [max(s)] if s else []), mask, axes)
    result = evaluate(f"keep_largest(im > 60, {written})", im=brain)
    sizes, expected = ((found.sum(axis=axes)) for found in (result, largest))
    np.testing.assert_array_equal(sizes, expected)


def test_clear_border_of_labels(labels):
    touching = set()
    for axis in range(labels.ndim):
        touching |= {*labels.take(0, axis).ravel().tolist(), *labels.take(-1, axis).ravel().tolist()}
    expected = np.where(np.isin(labels, list(touching)), 0, labels)
    np.testing.assert_array_equal(evaluate("clear_border(l)", l=labels_of(labels)), expected)


@each("size", ["0", "1", "2", "3.5", "1000"])
def test_fill_holes_fills_up_to_a_size(mask, size):
    for connectivity in for_each_connectivity(mask):
        holes = (
            scipy.ndimage.binary_fill_holes(mask, scipy.ndimage.generate_binary_structure(mask.ndim, connectivity))
            & ~mask
        )
        filled = chosen_by_size(holes, connectivity, lambda s: [r for r in s if r[0] <= Fraction(size)])
        result = evaluate(f"fill_holes(m, {size}, {connectivity})", m=mask)
        np.testing.assert_array_equal(result, mask | filled)


@pytest.mark.parametrize("size", [1, 3, 20])
@pytest.mark.parametrize("shape", [(40, 50), (12, 13, 14)])
def test_fill_holes_up_to_a_size_is_scikit_images_remove_small_holes_inside(rng, shape, size):
    """Background at the border is no hole here, however small it is."""
    mask = rng.random(shape) < 0.7
    for connectivity in for_each_connectivity(mask):
        theirs = skimage.morphology.remove_small_holes(mask, max_size=size, connectivity=connectivity)
        result = evaluate(f"fill_holes(m, {size}, {connectivity})", m=mask)
        background = labelled(~mask, connectivity)
        inside = skimage.segmentation.clear_border(background) > 0
        np.testing.assert_array_equal(result, np.where(inside, theirs, mask))
        if connectivity == 1:
            assert (theirs != result).any()


def test_fill_holes_takes_a_size_with_a_unit_and_one_that_depends_on_pixels():
    ring = Image(np.pad(np.zeros((2, 2), bool), 2, constant_values=True), spacing=0.5)  # a hole of 1 mm2
    assert evaluate("area(fill_holes(m, 1mm2))", m=ring) == 36
    assert evaluate("area(fill_holes(m, 0.99mm2))", m=ring) == 32
    assert evaluate("area(fill_holes(m, max_size=area(~m)))", m=ring) == 36
    assert evaluate("area(fill_holes(m, none))", m=ring) == 36
    with pytest.raises(ProgramError, match="max_size is -1"):
        evaluate("fill_holes(m, -1)", m=ring)
    with pytest.raises(RunError, match="max_size is -1"):
        evaluate("fill_holes(m, area(~m) - 5)", m=ring)


# --- the region at a point -------------------------------------------------------------------------------------------


def test_at_is_the_region_that_holds_a_point(mask):
    if mask.ndim not in (2, 3):
        return
    for connectivity in for_each_connectivity(mask):
        labels = labelled(mask, connectivity)
        for place in [*np.ndindex(*mask.shape)][:: max(1, mask.size // 5)]:
            expected = mask & (labels == labels[place])
            names = "zyx"[3 - mask.ndim :]
            named = ", ".join(f"{name}={i}" for name, i in zip(names, place, strict=True))
            for point in (named, ", ".join(map(str, place))):  # in the order of the axes
                result = evaluate(f"at(m, {point}, connectivity={connectivity})", m=mask)
                np.testing.assert_array_equal(result, expected)


def test_at_in_slices(rng):
    stack = rng.random((3, 6, 7)) < 0.7
    for place in np.argwhere(stack)[::9].tolist():
        z, y, x = place
        expected = np.zeros_like(stack)
        labels = labelled(stack[z], 2)
        expected[z] = labels == labels[y, x]
        np.testing.assert_array_equal(evaluate(f'at(m, {z}, {y}, {x}, 8, "yx")', m=stack), expected)


@pytest.mark.parametrize(
    ("y", "x", "number"),
    [
        *[("0", "0", 5), ("0.49", "-0.5", 5), ("0.5", "0", 0), ("-0.51", "0", 0), ("0", "1.5", 7), ("0", "1.4999", 0)],
        *[("0", "2.49999", 7), ("0", "2.5", 0), ("9", "0", 0), ("0", "-1", 0), ("1e30", "0", 0), ("0", "10 ** 30", 0)],
        *[("min(im) / min(im)", "0", 0), ("0", "exp(1000)", 0), ("min(im)", "max(im)", 7), ("0", "0.5 * max(im)", 0)],
    ],
)
@pytest.mark.filterwarnings("ignore:.*the point lies outside:maskexpr.MaskWarning")
def test_at_takes_the_nearest_pixel(y, x, number):
    """Halves go up; what lies outside the image, or nowhere, is in no region."""
    labels = np.array([[5, 0, 7], [0, 0, 7]])
    result = evaluate(f"input im: image\nat(l, {y}, {x})", l=labels_of(labels), im=np.array([[0, 1, 2], [0, 0, 0]]))
    assert result.dtype == np.int32
    np.testing.assert_array_equal(result, np.where(labels == number, number, 0))


@pytest.mark.parametrize(
    ("call", "shape", "message"),
    [
        ("at(m, 1, 1)", (2, 2, 2), "in a volume at needs z, too"),
        ("at(m, 1, 1, z=none)", (2, 2, 2), "in a volume at needs z, too"),
        ("at(m, 1, 1, 1)", (2, 2), "there is no axis z in an image of 2 axes"),
        ("at(m, 1, 1)", (2,), "there is no axis y in an image of 1 axis"),
        ("at(m, 1, 1, 1)", (2, 2, 2, 2), "at takes masks of 2 or 3 axes, this one has 4"),
        ("at(m, 1mm, 1)", (2, 2), "needs the size of a pixel"),
    ],
)
def test_points_that_a_mask_does_not_have_are_refused(call, shape, message):
    with pytest.raises(ProgramError, match=message):
        evaluate(call, m=np.ones(shape, bool))
