"""Measures of one mask, and of how well two agree."""

import math
from fractions import Fraction

import numpy as np
import pytest
import scipy
import skimage

from maskexpr import Image, ProgramError, RunError, evaluate
from maskexpr.kernels.outlines import perimeters
from maskexpr.kernels.spans import OfLabels

# --- how many pixels -------------------------------------------------------------------------------------------------


def test_area_counts_pixels(mask):
    area = evaluate("area(m)", m=mask)
    assert area == np.count_nonzero(mask)
    assert type(area) is int
    assert evaluate("area(m[~m | m])", m=mask) == area
    assert evaluate("fraction(m)", m=mask) == area / mask.size


def test_any_and_all(mask):
    assert evaluate("any(m)", m=mask) is bool(mask.any())
    assert evaluate("all(m)", m=mask) is bool(mask.all())


@pytest.mark.parametrize(
    ("shape", "unit", "area"),
    [((2, 3), "mm2", 0.06), ((2, 3), "um2", 60_000.0), ((2, 3, 4), "mm3", 0.024), ((2, 3, 4), "um3", 24e6)],
)
def test_area_in_physical_units_is_exact(shape, unit, area):
    assert evaluate(f'area(m, "{unit}")', m=Image(np.ones(shape, bool), spacing=0.1)) == area


def test_area_follows_the_spacing_of_each_axis():
    mask = Image(np.ones((2, 3), bool), spacing=["0.5mm", "250um"])
    assert evaluate('area(m, unit="mm2")', m=mask) == 0.75
    assert evaluate('area(m[m], "mm2")', m=mask) == 0.75


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ('area(m, "mm3")', "mm3 does not measure a mask of 2 axes"),
        ('area(m, "dm2")', "cannot be 'dm2'"),
        ("area(im[m])", "samples of an image, not of a mask"),
        ("fraction(im[m])", "samples of an image"),
        ("any(im[m])", "samples of an image"),
        ("volume(m)", "volume measures masks of 3 axes, this one has 2"),
        ('volume(v, "mm2")', "cannot be 'mm2'"),
        ('volume(v, "um3")', "a size in um3 needs the size of a pixel"),
        ("perimeter(v)", "perimeter measures masks of 2 axes, this one has 3"),
        ('perimeter(m[0, :], "mm")', "this one has 1"),
        ('perimeter(flat, "mm")', "a perimeter in mm needs square pixels, these are 1 x 0.5 mm"),
        ('perimeter(m, "mm2")', "cannot be 'mm2'"),
        ('perimeter(bare, "um")', "a distance in um needs the size of a pixel"),
        ("hausdorff(m, v)", "m is 2x2 and v is 2x2x2"),
        ("hausdorff(m, m, 101)", "q is 101"),
        ('hausdorff(bare, bare, unit="mm")', "a distance in mm needs the size of a pixel"),
        ("hausdorff(m, im)", "hausdorff takes a mask as b"),
        ("centroid(im)", "centroid takes a mask"),
        ("bbox(m[m])", "bbox takes a mask"),
        ("centroid(m)[2]", "2 is outside a list of 2"),
        ("bbox(v)[6]", "6 is outside a list of 6"),
    ],
)
def test_misuse_is_refused_before_the_run(call, message):
    given = {"m": Image(np.ones((2, 2), bool), spacing=1), "im": np.ones((2, 2)), "v": np.ones((2, 2, 2), bool)}
    given |= {"bare": np.ones((2, 2), bool), "flat": Image(np.ones((2, 2), bool), spacing=["1mm", "0.5mm"])}
    outputs = "; ".join(f"output {name}_ = {name}" for name in given)
    with pytest.raises(ProgramError, match=message) as caught:
        evaluate(f"{outputs}; output c = {call}", **given)
    assert caught.value.span is not None


def test_area_in_millimetres_needs_the_spacing():
    for measured in ("m", "m[m]"):
        with pytest.raises(ProgramError, match="size of a pixel"):
            evaluate(f'area({measured}, "mm2")', m=np.ones((2, 2), bool))


def test_fraction_of_no_samples_is_an_error_and_of_truths_not():
    mask = np.zeros((2, 2), bool)
    with pytest.raises(RunError, match="no samples to measure"):
        evaluate("fraction(m[m])", m=mask)
    assert evaluate("area(m[m])", m=mask) == 0
    assert evaluate("any(m[m])", m=mask) is False
    assert evaluate("all(m[m])", m=mask) is True


@pytest.mark.parametrize(("unit", "factor"), [("px", 1), ("mm3", Fraction("0.0025")), ("um3", 2500000)])
def test_volume_counts_pixels_or_multiplies_them_exactly(unit, factor, rng):
    mask = rng.random((5, 6, 7)) < 0.5
    volume = evaluate(f'volume(m, "{unit}")', m=Image(mask, spacing=["0.1mm", "50um", "0.5mm"]))
    assert volume == float(np.count_nonzero(mask) * factor)
    assert type(volume) is (int if unit == "px" else float)
    assert evaluate(f'volume(m & ~m, "{unit}")', m=Image(mask, spacing=1)) == 0


# --- perimeter -------------------------------------------------------------------------------------------------------


def _is_plane(mask):
    return mask.ndim == 2


def test_perimeter_is_scikit_images(mask):
    if not _is_plane(mask):
        return
    expected = skimage.measure.perimeter(mask)
    assert evaluate("perimeter(m)", m=mask) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("threshold", [60, 100, 150])
@pytest.mark.parametrize("picture", ["coins", "cell", "camera", "text", "page"])
def test_perimeter_of_real_masks_is_scikit_images(picture, threshold, rng):
    im = getattr(skimage.data, picture)()
    y, x = (rng.integers(0, n // 2) for n in im.shape)
    mask = im[y : y + 150, x : x + 163] > threshold
    assert evaluate("perimeter(m)", m=mask) == pytest.approx(skimage.measure.perimeter(mask), rel=1e-14)


def test_every_neighbourhood_has_scikit_images_length(rng):
    """All arrangements of 3x3 pixels, on their own and within others."""
    bits = np.arange(512)[:, np.newaxis] >> np.arange(9) & 1
    for mask in bits.reshape(-1, 3, 3).astype(bool):
        for grown in (mask, np.pad(mask, 1, constant_values=True)):
            assert perimeters(OfLabels(grown.astype(np.int8)), 1)[0] == pytest.approx(
                skimage.measure.perimeter(grown), rel=1e-14
            )


@pytest.mark.parametrize(("unit", "factor"), [("px", 1), ("mm", 0.1), ("um", 100)])
def test_perimeter_in_units(unit, factor):
    square = Image(np.ones((9, 9), bool), spacing=0.1)
    assert evaluate(f'perimeter(m, "{unit}")', m=square) == 32 * factor
    assert type(evaluate(f'perimeter(m, "{unit}")', m=square)) is float
    assert evaluate("perimeter(m)", m=Image(np.ones((9, 9), bool), spacing=["1mm", "2mm"])) == 32


def test_perimeter_does_not_depend_on_layout(rng):
    mask = rng.random((40, 50)) < 0.6
    expected = evaluate("perimeter(m)", m=mask)
    for same in (mask.T, mask[::-1, ::-1], np.asfortranarray(mask)):
        assert evaluate("perimeter(m)", m=same) == expected


# --- place -----------------------------------------------------------------------------------------------------------


def test_centroid_and_bbox(mask):
    if not mask.any():
        for measure, what in (("centroid", "centroid"), ("bbox", "bounding box")):
            with pytest.raises(RunError, match=f"the mask is empty, so it has no {what}") as caught:
                evaluate(f"{measure}(m)", m=mask)
            assert caught.value.code == "no-pixels"
            assert caught.value.span is not None
        return
    at = np.argwhere(mask)
    centroid, bbox = evaluate("centroid(m)", m=mask), evaluate("bbox(m)", m=mask)
    assert centroid == [float(Fraction(int(total), len(at))) for total in at.sum(axis=0)]
    assert centroid == pytest.approx(scipy.ndimage.center_of_mass(mask), rel=1e-12, abs=1e-12)
    assert bbox == [*at.min(axis=0).tolist(), *(at.max(axis=0) + 1).tolist()]
    assert all(type(value) is float for value in centroid)
    assert all(type(value) is int for value in bbox)
    if mask.ndim in (2, 3):
        (region,) = skimage.measure.regionprops(mask.astype(np.uint8))
        assert bbox == list(region.bbox)
        assert centroid == pytest.approx(region.centroid, rel=1e-12)
    assert [evaluate(f"centroid(m)[{i}]", m=mask) for i in range(mask.ndim)] == centroid
    assert [evaluate(f"bbox(m)[{i}]", m=mask) for i in range(2 * mask.ndim)] == bbox


def test_centroid_and_bbox_count_pixels_whatever_the_spacing():
    mask = np.zeros((4, 9), bool)
    mask[1:3, 2:8] = True
    assert evaluate("centroid(m)", m=Image(mask, spacing=["3mm", "0.5mm"])) == [1.5, 4.5]
    assert evaluate("bbox(m)", m=Image(mask, spacing=["3mm", "0.5mm"])) == [1, 2, 3, 8]
    assert evaluate("bbox(m)[2] - bbox(m)[0]", m=mask) == 2


# --- agreement -------------------------------------------------------------------------------------------------------


def test_overlap_measures(mask, rng):
    other = rng.random(mask.shape) < 0.5
    both, either = np.count_nonzero(mask & other), np.count_nonzero(mask | other)
    dice, iou = evaluate("dice(a, b)", a=mask, b=other), evaluate("iou(a, b)", a=mask, b=other)
    assert dice == (2 * both / (both + either) if either else 1)
    assert iou == (both / either if either else 1)
    if either and both:
        distance = scipy.spatial.distance.dice(mask.ravel(), other.ravel())
        assert dice == pytest.approx(1 - distance)


@pytest.mark.parametrize("measure", ["dice", "iou"])
def test_overlap_of_two_empty_masks_is_1(measure):
    assert evaluate(f"{measure}(m, m)", m=np.zeros((3, 3), bool)) == 1
    assert evaluate(f"{measure}(m, ~m)", m=np.zeros((3, 3), bool)) == 0


# --- hausdorff -------------------------------------------------------------------------------------------------------


def two_masks(mask, rng):
    return mask, rng.random(mask.shape) < rng.choice([0.05, 0.3])


def directed(a, b, steps):
    """The distances from each pixel of `a` to the nearest of `b`."""
    points = [np.argwhere(m) * np.asarray(steps, np.float64) for m in (a, b)]
    return scipy.spatial.distance.cdist(*points).min(axis=1)


def test_hausdorff_is_scikit_images(mask, rng):
    a, b = two_masks(mask, rng)
    distance = evaluate("hausdorff(a, b)", a=a, b=b)
    assert distance == skimage.metrics.hausdorff_distance(a, b)
    assert distance == evaluate("hausdorff(b, a, 100)", a=a, b=b)
    assert type(distance) is float


def test_hausdorff_of_real_masks_is_scikit_images(ankle):
    a, b = ankle[:200, :190] > 60, ankle[3:203, 5:195] > 50
    assert evaluate("hausdorff(a, b)", a=a, b=b) == skimage.metrics.hausdorff_distance(a, b) > 3


@pytest.mark.parametrize("q", [0, 12.5, 50, 95, 99.9, 100])
@pytest.mark.parametrize("unit", ["px", "mm", "um"])
@pytest.mark.parametrize("steps", [("0.7", "0.7"), ("0.3", "1.25"), ("2", "0.25", "0.5")])
def test_hausdorff_is_the_larger_directed_percentile(q, unit, steps, rng):
    shape = (20, 24, 9)[: len(steps)]
    a, b = (rng.random(shape) < share for share in (0.05, 0.02))
    scale = {"px": [1] * len(steps), "mm": [float(s) for s in steps], "um": [float(s) * 1000 for s in steps]}[unit]
    expected = max(np.percentile(directed(a, b, scale), q), np.percentile(directed(b, a, scale), q))
    spaced = Image(a, spacing=[f"{s}mm" for s in steps])
    assert evaluate(f'hausdorff(a, b, {q}, "{unit}")', a=spaced, b=b) == pytest.approx(expected, rel=1e-12)
    assert evaluate(f'hausdorff(a, b, {q} + 0 * area(a), "{unit}")', a=b, b=spaced) == pytest.approx(
        expected, rel=1e-12
    )


@pytest.mark.parametrize("shape", [(23, 31), (9, 12, 8)])
def test_hausdorff_is_simpleitks(shape, rng):
    sitk = pytest.importorskip("SimpleITK")
    filter_ = sitk.HausdorffDistanceImageFilter()
    for _ in range(5):
        masks = [rng.random(shape) < 0.04 for _ in "ab"]
        steps = rng.integers(1, 40, len(shape)) / 8
        images = [sitk.GetImageFromArray(m.astype(np.uint8)) for m in masks]
        for image in images:
            image.SetSpacing(steps[::-1].tolist())
        filter_.Execute(*images)
        a, b = (Image(m, spacing=[f"{s}mm" for s in steps]) for m in masks)
        distance = evaluate('hausdorff(a, b, unit="mm")', a=a, b=b)
        assert distance == pytest.approx(filter_.GetHausdorffDistance(), rel=1e-12)


def test_hausdorff_of_surfaces(ankle):
    """The HD95 of reports: percentiles over the surfaces, found as SciPy does."""
    a, b = ankle[100:260, 60:220] > 60, ankle[104:264, 58:218] > 66
    surfaces = [m & ~scipy.ndimage.binary_erosion(m) for m in (a, b)]
    expected = max(np.percentile(directed(*pair, (1, 1)), 95) for pair in (surfaces, surfaces[::-1]))
    assert evaluate("hausdorff(boundary(a), boundary(b), 95)", a=a, b=b) == pytest.approx(expected, rel=1e-12)
    assert evaluate("hausdorff(a, b, 95)", a=a, b=b) < expected


def test_hausdorff_of_empty_masks():
    empty, full = np.zeros((3, 4), bool), np.ones((3, 4), bool)
    for q in (100, 95, 0):
        assert evaluate(f"hausdorff(a, b, {q})", a=empty, b=empty) == 0
        assert evaluate(f"hausdorff(a, b, {q})", a=empty, b=full) == math.inf
        assert evaluate(f"hausdorff(a, b, {q})", a=full, b=empty) == math.inf
    assert evaluate("hausdorff(a, b)", a=full, b=full) == 0
    assert evaluate("hausdorff(a, b)", a=np.ones((1, 1), bool), b=np.ones((1, 1), bool)) == 0


def test_hausdorff_refuses_a_percentile_that_depends_on_pixels_and_is_none():
    with pytest.raises(RunError, match="q is 200"):
        evaluate("hausdorff(m, m, 50 * area(m))", m=np.ones((2, 2), bool))
