"""Properties of regions, against scikit-image where it has them, else against their definition."""

import math
import tracemalloc
import warnings
from decimal import Decimal, getcontext
from fractions import Fraction
from types import SimpleNamespace

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest
import scipy
import skimage
from helpers.both_ways import expect_known
from helpers.each import each
from skimage.measure import regionprops

import maskexpr
from maskexpr import evaluate
from maskexpr.kernels import choosing, spans
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.ranges import Range
from maskexpr.kinds.ranges import of_type as range_of
from maskexpr.library.measures import statistics
from maskexpr.library.regions import records
from maskexpr.library.regions.pixels import Regions
from maskexpr.library.regions.records import PROPERTIES, SIZE, values_of

OURS_TO_SKIMAGE = {
    "area": "area",
    "volume": "area",
    "equivalent_diameter": "equivalent_diameter_area",
    "perimeter": "perimeter",
    "extent": "extent",
    "solidity": "solidity",
    "eccentricity": "eccentricity",
    "major_axis": "axis_major_length",
    "minor_axis": "axis_minor_length",
    "centroid": "centroid",
    "bbox": "bbox",
    "convex_area": "area_convex",
    "euler_number": "euler_number",
    "orientation": "orientation",
    "label": "label",
    "weighted_centroid": "centroid_weighted",
    "median_intensity": "intensity_median",
    "mean_intensity": "intensity_mean",
    "std_intensity": "intensity_std",
    "min_intensity": "intensity_min",
    "max_intensity": "intensity_max",
}
WHOLE = ("area", "volume", "bbox", "convex_area", "euler_number", "label")
OF_IMAGE = ("mean_intensity", "std_intensity", "min_intensity", "max_intensity", "median_intensity")


def has_meaning(name, ndim):
    dimensions = PROPERTIES[name].dimensions
    return dimensions is None or ndim in dimensions


def found(mask, im=None, connectivity=1, axes=None):
    """Regions, and beside them a mask and other regions, made of these."""
    structure = scipy.ndimage.generate_binary_structure(mask.ndim, connectivity)
    return beside(*scipy.ndimage.label(mask, structure, output=np.int32), im, axes)


def beside(labels, count, im=None, axes=None, **more):
    """Regions with all that some property needs."""
    other = np.roll(labels, 3) // 2
    return Regions(labels, count, im, axes, to=other == 1, parent=other, **more)


def measured(name, regions):
    """The values of a property, called with some number where it is called with one."""
    return values_of(name, regions, 30 if PROPERTIES[name].argument else None)


def one(mask, name, im=None):
    (value,) = measured(name, beside(np.asarray(mask, np.int32), 1, im)).tolist()
    return value


def crop(im, rng, *lengths):
    at = [rng.integers(0, n - length + 1) for n, length in zip(im.shape, lengths, strict=True)]
    return im[tuple(slice(a, a + length) for a, length in zip(at, lengths, strict=True))]


def blobs(seed, threshold):
    im = scipy.ndimage.gaussian_filter(np.random.default_rng(seed).random((26, 30, 34)), 1.2)
    return im > threshold, (im * 60000).astype(np.uint16)


def _grey_tissue():
    return (skimage.color.rgb2gray(skimage.data.immunohistochemistry()) * 255).astype(np.uint8)


def _real(seed):
    rng = np.random.default_rng(seed)
    coins, text, cell, tissue = skimage.data.coins(), skimage.data.text(), skimage.data.cell(), _grey_tissue()
    im, mask = [(coins, coins > 100), (text, text < 90), (cell, cell > 67), (tissue, tissue < 110)][seed % 4]
    both = crop(np.stack([im, mask.astype(np.uint8)], axis=-1), rng, 150, 160, 2)
    return both[..., 1] > 0, np.ascontiguousarray(both[..., 0]), 1 + seed % 2


CASES = {f"real {seed}": _real(seed) for seed in range(8)}
CASES |= {f"blobs {seed}": (*blobs(seed, 0.53 - seed % 2 * 0.02), 1 + seed % 3) for seed in range(4)}


@pytest.fixture(scope="module", params=CASES.values(), ids=CASES)
def case(request):
    mask, im, connectivity = request.param
    ours = found(mask, im, connectivity)
    assert ours.count
    return SimpleNamespace(ours=ours, theirs=regionprops(ours.labels, im), ndim=mask.ndim)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Failed to get convex hull image", "ignore:divide by zero")
@each("name", OURS_TO_SKIMAGE)
def test_properties_are_scikit_images(case, name):
    if not has_meaning(name, case.ndim):
        return
    ours = measured(name, case.ours)
    theirs = np.array([getattr(region, OURS_TO_SKIMAGE[name]) for region in case.theirs], np.float64).T
    if name == "solidity":  # it finds no hull for a region of a volume that is flat
        ours, theirs = ours[np.isfinite(theirs)], theirs[np.isfinite(theirs)]
        assert len(ours) > case.ours.count // 4
    if name == "convex_area":
        ours, theirs = ours[theirs > 0], theirs[theirs > 0]
    if name in WHOLE or name in ("min_intensity", "max_intensity", "solidity", "extent"):
        np.testing.assert_array_equal(ours, theirs)
    else:  # where 0 is due, scikit-image gives the root of a rounding error
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-6 if name in ("minor_axis", "eccentricity") else 0)
        np.testing.assert_allclose(ours[ours > 0], theirs[ours > 0], rtol=1e-11)


@each("name", PROPERTIES)
def test_values_are_as_declared(case, name):
    record = PROPERTIES[name]
    if not has_meaning(name, case.ndim):
        return
    ours, image = case.ours, case.ours.image
    info = np.iinfo(image.dtype)
    kind = record.gives(
        Kind("mask", ours.labels.shape, np.dtype(bool)),
        Kind("image", image.shape, image.dtype, Range(int(info.min), int(info.max))),
    )
    values = measured(name, ours)
    assert values.dtype == kind.dtype
    assert values.shape == ((record.parts * case.ndim, ours.count) if record.parts else (ours.count,))
    assert (kind.range is not None) == (kind.dtype.kind in "iu")
    if kind.range is not None:
        assert kind.range.low <= values.min() <= values.max() <= kind.range.high
    if not record.needs_image:
        without = measured(name, beside(ours.labels, ours.count))
        np.testing.assert_array_equal(without, values)


def test_records_are_complete():
    for name, record in PROPERTIES.items():
        assert record.name == name
        assert record.summary
        assert "axes" in record.doc
        assert record.needs_image == (name.endswith("_intensity") or name == "weighted_centroid")
        assert (record.argument is not None) == (name == "percentile_intensity")
    sizes = {name for name, record in PROPERTIES.items() if record.power == SIZE}
    assert sizes == {"area", "volume", "convex_area", "mesh_volume"}
    assert {record.needs for record in PROPERTIES.values()} == {"", "of", "to", "parent"}


def test_any_mask_has_its_properties(mask, rng):
    """Any number of axes, none or all pixels on, one pixel; against the definitions, region by region."""
    im = rng.integers(0, 1000, mask.shape)
    regions = found(mask, im)
    ours = {name: measured(name, regions) for name in PROPERTIES if has_meaning(name, mask.ndim)}
    assert {"area", "extent", "centroid", "bbox", *OF_IMAGE} <= set(ours)
    for i in range(regions.count):
        at = np.argwhere(regions.labels == i + 1)
        low, high = at.min(axis=0), at.max(axis=0) + 1
        assert ours["area"][i] == len(at)
        assert ours["bbox"][:, i].tolist() == [*low, *high]
        assert ours["extent"][i] == len(at) / math.prod(high - low)
        assert ours["centroid"][:, i].tolist() == [int(total) / len(at) for total in at.sum(axis=0)]
        for name in OF_IMAGE:
            statistic = getattr(statistics, name.removesuffix("_intensity") + ("_" if name[1] in "ia" else ""))
            assert ours[name][i] == statistic(im[regions.labels == i + 1])
    for name, values in ours.items():
        assert values.shape[-1] == regions.count
        assert not np.isnan(values).any(), name
        assert np.isfinite(values).all() or name in ("aspect_ratio", "distance_to"), name


# --- size and form ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [1, 2, 3, 8, 31])
def test_a_square(side):
    square = np.zeros((40, 40), bool)
    square[3 : 3 + side, 5 : 5 + side] = True
    assert one(square, "eccentricity") == 0
    assert one(square, "extent") == one(square, "solidity") == 1
    assert one(square, "perimeter") == 4 * (side - 1)
    assert one(square, "circularity") == (0 if side == 1 else min(1, 4 * math.pi * side**2 / (4 * (side - 1)) ** 2))
    variance = (side**2 - 1) / 12
    assert one(square, "major_axis") == pytest.approx(4 * math.sqrt(variance), rel=1e-15)
    assert one(square, "minor_axis") == one(square, "major_axis")


@pytest.mark.parametrize("line", [np.ones((1, 50)), np.ones((50, 1)), np.eye(50), np.eye(50)[::-1], np.eye(2)])
def test_a_straight_line_has_eccentricity_1_and_no_width(line):
    assert one(line, "eccentricity") == 1
    assert one(line, "minor_axis") == 0
    assert one(line, "solidity") == 1


def test_flat_regions_of_a_volume_have_no_thickness():
    slanted = np.zeros((20, 20, 20), bool)
    slanted[(*np.indices((20, 20)), np.arange(20)[:, np.newaxis])] = True
    for flat in (np.ones((1, 9, 14)), np.ones((9, 1, 1)), slanted, slanted.transpose(2, 0, 1), np.ones((1, 1, 1))):
        assert one(flat, "minor_axis") == 0
        assert 0 < one(flat, "solidity") <= 1


def test_the_axes_of_a_lean_region_keep_their_digits():
    """A long slanted line with one pixel beside it: its width is far below the rounding of its length's square."""
    getcontext().prec = 60
    lean = np.eye(3000, dtype=bool)
    lean[0, 1] = True
    y, x = (positions.tolist() for positions in np.nonzero(lean))
    n = Decimal(len(y))
    yy, xx, yx = (
        n * sum(a * b for a, b in zip(*pair, strict=True)) - sum(pair[0]) * sum(pair[1])
        for pair in ((y, y), (x, x), (y, x))
    )
    difference = ((yy - xx) ** 2 + 4 * yx**2).sqrt()
    large, small = (yy + xx + difference) / 2, (yy + xx - difference) / 2
    assert one(lean, "minor_axis") == pytest.approx(float(4 * (small / n**2).sqrt()), rel=1e-14)
    assert one(lean, "major_axis") == pytest.approx(float(4 * (large / n**2).sqrt()), rel=1e-14)
    assert one(lean, "eccentricity") == pytest.approx(float((difference / large).sqrt()), rel=1e-15)


@pytest.mark.parametrize(("radius", "ndim"), [(20, 2), (14, 3)])
def test_a_disk_and_a_ball(radius, ndim):
    at = np.indices((2 * radius + 1,) * ndim) - radius
    ball = (at**2).sum(axis=0) <= radius**2
    for name in ("equivalent_diameter", "major_axis", "minor_axis"):
        assert one(ball, name) == pytest.approx(2 * radius, rel=0.03)
    assert one(ball, "solidity") > 0.94
    if ndim == 2:
        assert one(ball, "circularity") == pytest.approx(1, rel=0.1)
        assert one(ball, "eccentricity") == 0


def test_circularity_is_that_of_area_and_perimeter(case):
    if case.ndim != 2:
        return
    for region, ours in zip(case.theirs, values_of("circularity", case.ours).tolist(), strict=True):
        expected = min(1, 4 * math.pi * region.area / region.perimeter**2) if region.perimeter else 0
        assert ours == pytest.approx(expected, rel=1e-12)


def test_circularity_tells_rings_and_lines_from_disks():
    at = np.indices((61, 61)) - 30
    distance = np.hypot(*at)
    disk, ring, line = distance <= 25, (distance <= 25) & (distance > 18), np.ones((3, 60), bool)
    assert one(disk, "circularity") > 0.9
    assert one(ring, "circularity") < 0.3
    assert one(line, "circularity") < 0.3
    assert one(np.ones((1, 2)), "circularity") == 0


def test_each_region_is_measured_by_itself_where_regions_touch():
    """Labels lie side by side, and regions of a mask corner to corner: neighbours of another region are background."""
    labels = np.zeros((12, 13), np.int32)
    labels[1:6, 1:7], labels[1:6, 7:12], labels[6:11, 2:12] = 1, 2, 3
    labels[3, 3] = 2  # a region in several parts, inside another
    for name in ("perimeter", "solidity", "eccentricity", "circularity", "area", "extent"):
        together = measured(name, Regions(labels, 3)).tolist()
        assert together == [one(labels == i, name) for i in (1, 2, 3)]
    corners = np.kron(np.eye(4), np.ones((5, 5))) > 0
    assert values_of("perimeter", found(corners)).tolist() == [16] * 4


def test_perimeter_is_that_of_the_function(case):
    if case.ndim != 2:
        return
    for i, ours in enumerate(values_of("perimeter", case.ours).tolist()):
        assert ours == evaluate("perimeter(m)", m=case.ours.labels == i + 1)


@pytest.mark.parametrize("axes", [(1, 2), (0, 2), (0, 1)])
def test_axes_measure_each_slice_by_itself(axes):
    mask, im = blobs(3, 0.51)
    (rest,) = {0, 1, 2} - set(axes)
    structure = np.zeros((3, 3, 3), bool)
    structure[tuple(slice(None) if axis in axes else 1 for axis in range(3))] = [[0, 1, 0], [1, 1, 1], [0, 1, 0]]
    regions = beside(*scipy.ndimage.label(mask, structure, output=np.int32), im, axes)
    slices = [found(m, i) for m, i in zip(np.moveaxis(mask, rest, 0), np.moveaxis(im, rest, 0), strict=True)]
    assert regions.count == sum(s.count for s in slices)
    first = [np.argwhere(regions.labels == i + 1)[0] for i in range(regions.count)]
    order = sorted(range(regions.count), key=lambda i: (first[i][rest], *first[i][list(axes)]))
    for name in PROPERTIES:
        if has_meaning(name, 2) and name not in ("label", "parent", "distance_to"):
            expected = np.concatenate([measured(name, s) for s in slices], axis=-1)
            np.testing.assert_array_equal(measured(name, regions)[..., order], expected, name)


# --- grey values -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int32", "uint32", "int64", "uint64"])
def test_integers_are_measured_exactly(dtype, rng):
    info = np.iinfo(dtype)
    im = rng.integers(info.min, info.max, (30, 40), dtype, endpoint=True)
    regions = found(rng.random(im.shape) < 0.6, im)
    means, deviations, least, most, medians = (measured(name, regions).tolist() for name in OF_IMAGE)
    for i in range(regions.count):
        values = [Fraction(v) for v in im[regions.labels == i + 1].tolist()]
        mean = sum(values) / len(values)
        assert means[i] == float(mean)
        assert (least[i], most[i]) == (min(values), max(values))
        assert deviations[i] == math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))
        assert medians[i] == float(fractional_median(values))


def fractional_median(values):
    ordered, middle = sorted(values), (len(values) - 1) / 2
    return (ordered[math.floor(middle)] + ordered[math.ceil(middle)]) / 2


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_floats_are_measured_in_float64(dtype, rng):
    im = (rng.normal(size=(60, 70)) * 50).astype(dtype)
    regions = found(rng.random(im.shape) < 0.6, im)
    double = regionprops(regions.labels, im.astype(np.float64))
    for name in OF_IMAGE:
        expected = [getattr(region, OURS_TO_SKIMAGE[name]) for region in double]
        ours = measured(name, regions)
        np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-12)
        np.testing.assert_array_equal(measured(name, beside(regions.labels, regions.count, im.copy("F"))), ours)
        assert ours.dtype == (dtype if name in ("min_intensity", "max_intensity") else np.float64)


def values_that_cancel(rng, size):
    """Of many magnitudes, most of them with an opposite."""
    values = np.ldexp(rng.random(size) - 0.5, rng.integers(-400, 400, size))
    half = size // 2 - size // 20
    values[half : 2 * half] = -values[:half]
    return rng.permutation(values)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "cancelling"])
def test_sums_of_floats_are_exact_and_rounded_once(dtype, rng):
    im = values_that_cancel(rng, 4200) if dtype == "cancelling" else (rng.normal(size=4200) * 50).astype(dtype)
    regions = found(rng.random((60, 70)) < 0.55, im.reshape(60, 70))
    assert regions.count > 50
    means = values_of("mean_intensity", regions)
    deviations = values_of("std_intensity", regions)
    for i in range(regions.count):
        values = im.reshape(60, 70)[regions.labels == i + 1].astype(np.float64)
        mean = math.fsum(values.tolist()) / len(values)
        assert means[i] == mean
        assert deviations[i] == math.sqrt(math.fsum(np.square(values - mean).tolist()) / len(values))


@pytest.mark.parametrize("name", ["min_intensity", "max_intensity"])
def test_a_zero_has_no_sign(name):
    for zeros in ([-0.0, 0.0], [0.0, -0.0], [-0.0]):
        assert math.copysign(1, one([[1] * len(zeros)], name, np.array([zeros]))) == 1


def test_nan_and_infinite_values_stay_in_their_region():
    im = np.array([[1, np.nan, 3], [0, 0, 0], [2, np.inf, 4], [0, 0, 0], [5, 5, 8]])
    regions = found(np.array([[1, 1, 1], [0, 0, 0]] * 2 + [[1, 1, 1]]) > 0, im)
    expected = {"mean": [np.nan, np.inf, 6], "std": [np.nan, np.nan, 2**0.5], "min": [np.nan, 2, 5]}
    expected["max"] = [np.nan, np.inf, 8]
    for name, values in expected.items():
        with np.errstate(invalid="ignore"):  # as in a run
            ours = values_of(f"{name}_intensity", regions)
        np.testing.assert_allclose(ours, values, rtol=1e-15)


def test_whole_sums_beyond_64_bits_are_exact():
    for values in (np.full(4, 2**64 - 1, np.uint64), np.full(4, -(2**63)), np.full(4, 2**61)):
        regions = Regions(np.ones((1, 4), np.int32), 1, values[np.newaxis])
        assert regions.image_sums.tolist() == [4 * int(values[0])]
        assert regions.square_sums.tolist() == [4 * int(values[0]) ** 2]


@pytest.mark.parametrize("name", PROPERTIES)
def test_values_lie_where_the_checker_knows_them_to_be(name, rng):
    """Of any regions, and grey values of any type, nan and infinite ones too."""
    for shape in [(9,), (1, 1), (7, 9), (1, 12), (4, 5, 6)]:
        for share, dtype in [(0.1, "uint8"), (0.6, "int16"), (0.9, "float32"), (1.0, "float64")]:
            im = rng.integers(0 if dtype == "uint8" else -90, 90, shape).astype(dtype)
            if dtype.startswith("f"):
                im.flat[0] = rng.choice([np.nan, np.inf, -np.inf])
            regions = found(rng.random(shape) < share, im)
            if not has_meaning(name, len(shape)) or not regions.count:
                continue
            values = range_of(im.dtype) if im.dtype.kind in "iu" else None
            kind = PROPERTIES[name].gives(Kind("mask", shape), Kind("image", shape, im.dtype, values))
            with np.errstate(all="ignore"):
                expect_known(np.asarray(measured(name, regions)), kind, f"{name} of {dtype}")


# --- in units --------------------------------------------------------------------------------------------------------

IN_UNITS = {
    "area": "area",
    "convex_area": "area_convex",
    "equivalent_diameter": "equivalent_diameter_area",
    "major_axis": "axis_major_length",
    "minor_axis": "axis_minor_length",
    "eccentricity": "eccentricity",
    "orientation": "orientation",
    "centroid": "centroid",
    "weighted_centroid": "centroid_weighted",
    "solidity": "solidity",
    "extent": "extent",
    "euler_number": "euler_number",
}
_STEPS = {2: (Fraction(1, 2), Fraction(7, 4)), 3: (Fraction(3), Fraction(1, 2), Fraction(3, 4))}


def expect_units(labels, count, im, steps):
    """What scikit-image gives with a spacing, where it is not told by the rounding of its moments."""
    regions = beside(labels, count, im, steps=steps)
    theirs = regionprops(labels, im, spacing=tuple(map(float, steps)))
    for ours, name in IN_UNITS.items():
        if has_meaning(ours, labels.ndim):
            expected = np.array([region[name] for region in theirs], np.float64).T
            found = measured(ours, regions)
            known = np.isfinite(expected) & (expected != 0) if labels.ndim == 3 else np.isfinite(expected)
            if ours == "orientation":  # where no axis is longer, or it points either way, rounding decides there
                known &= np.abs(np.abs(found) - np.pi / 2) > 1e-6
                known &= measured("eccentricity", regions) > 1e-6
            np.testing.assert_allclose(found[known], expected[known], rtol=1e-6, atol=1e-6, err_msg=ours)


@pytest.mark.filterwarnings("ignore:Failed to get convex hull image", "ignore:divide by zero")
def test_units_follow_the_spacing_of_each_axis():
    for seed in range(2):
        mask, im, connectivity = _real(seed)
        regions = found(mask, im, connectivity)
        expect_units(regions.labels, regions.count, im, _STEPS[2])
    mask, im = blobs(2, 0.53)
    regions = found(mask, im)
    expect_units(regions.labels, regions.count, im, _STEPS[3])


@pytest.mark.filterwarnings("ignore:Failed to get convex hull image", "ignore:divide by zero")
@hypothesis.given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(1, 12), st.fractions(Fraction(1, 8), 8))
@hypothesis.settings(max_examples=40, deadline=None)
def test_any_regions_are_measured_as_scikit_image_does(seed, height, width, step):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, (height, width)).astype(np.int32)
    labels[0, 0] = 1
    labels = np.searchsorted(np.unique(np.append(labels, 0)), labels).astype(np.int32)
    expect_units(labels, int(labels.max()), rng.integers(1, 250, labels.shape), (Fraction(1), step))


def test_a_length_in_millimetres_is_that_in_pixels_where_pixels_are_square(case):
    step = Fraction(3, 10)
    pixels = case.ours
    units = beside(pixels.labels, pixels.count, pixels.image, steps=(step,) * case.ndim)
    for name, record in PROPERTIES.items():
        if has_meaning(name, case.ndim):
            power = record.power if record.power >= 0 else case.ndim
            expected = measured(name, pixels).astype(np.float64) * float(step) ** power
            np.testing.assert_allclose(measured(name, units), expected, rtol=1e-14, err_msg=name)
            kind = record.kind(
                Kind("mask", pixels.shape), Kind("image", pixels.shape, np.dtype(np.uint8)), in_units=True
            )
            assert kind.dtype == np.float64 or not power


# --- beside other regions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(40, 50), (9, 12, 14)])
def test_distances_and_parents(shape, rng):
    labels, count = scipy.ndimage.label(scipy.ndimage.gaussian_filter(rng.random(shape), 1) > 0.52, output=np.int32)
    to, cells = (
        rng.random(shape) < 0.01,
        np.kron(rng.integers(0, 5, tuple(n // 3 + 1 for n in shape)), np.ones((3,) * len(shape))),
    )
    cells = cells[tuple(slice(n) for n in shape)].astype(np.int32)
    steps = _STEPS[len(shape)]
    regions = Regions(labels, count, to=to, parent=cells, steps=steps)
    away = scipy.ndimage.distance_transform_edt(~to, sampling=tuple(map(float, steps)))
    distances, parents = values_of("distance_to", regions), values_of("parent", regions)
    for i in range(count):
        inside = labels == i + 1
        assert distances[i] == pytest.approx(away[inside].min(), rel=1e-12)
        shares = np.bincount(cells[inside], minlength=5)
        shares[0] = 0
        assert parents[i] == (shares.argmax() if shares.any() else 0)
    nowhere = Regions(labels, count, to=np.zeros(shape, bool), parent=np.zeros(shape, np.int32))
    assert (values_of("distance_to", nowhere) == np.inf).all()
    assert not values_of("parent", nowhere).any()


# --- however many there are, and however they come -------------------------------------------------------------------


@pytest.mark.parametrize("ndim", [2, 3])
def test_regions_are_the_same_some_at_a_time_and_in_small_blocks(ndim, rng, monkeypatch):
    shape = (30, 40) if ndim == 2 else (8, 9, 10)
    mask, im = rng.random(shape) < 0.4, rng.normal(size=shape)
    several = rng.integers(0, 30, shape).astype(np.int32)
    several.reshape(-1)[:30] = np.arange(30)
    for labels, count in (scipy.ndimage.label(mask, output=np.int32), (several, 29)):
        whole = beside(labels, count, im, measured=mask if count == 29 else None)
        values = {name: measured(name, whole) for name in PROPERTIES if has_meaning(name, ndim)}
        with monkeypatch.context() as patched:
            patched.setattr(spans, "FEW", 7)
            patched.setattr(records, "FEW", 7)
            patched.setattr(spans, "BLOCK", 64)
            again = beside(labels, count, im, measured=mask if count == 29 else None)
            for name, expected in values.items():
                np.testing.assert_array_equal(measured(name, again), expected, name)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["keep(m, {}, of=im)", "measure(m, {}, of=im)"])
def test_measuring_takes_little_memory_beside_the_regions(text, rng, monkeypatch):
    """At most 24 bytes for each pixel of a region, whatever is measured."""
    monkeypatch.setenv(choosing.VARIABLE, "0")  # else a compiler's library may be imported meanwhile, and count
    at = np.indices((1400, 1400)) % 20 - 9.5
    mask = (at**2).sum(axis=0) < rng.uniform(20, 90, (70, 70)).repeat(20, 0).repeat(20, 1)
    im = rng.integers(0, 60000, mask.shape).astype(np.uint16)
    names = ["area", "perimeter", "solidity", "eccentricity", "orientation", "feret_max", "mean_intensity"]
    names += ["std_intensity", "max_intensity", "median_intensity", "euler_number"]
    joined = " & ".join(f"{name} > -9" for name in names) if "keep" in text else ", ".join(names)
    program = maskexpr.compile(text.format(joined))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program(m=mask, im=im)
        tracemalloc.start()
        program(m=mask, im=im)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert most < 24 * np.count_nonzero(mask)


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(1000, 1000), (60, 120, 130)])
def test_measuring_distances_takes_little_memory(shape, rng):
    """At most 24 bytes for each pixel of the image: where the nearest pixel lies is kept, not how far it is."""
    other = rng.random(shape) > 0.999
    mask = scipy.ndimage.uniform_filter(rng.random(shape), 5) > 0.5
    program = maskexpr.compile("measure(m, distance_to, to=other)")
    program(m=mask, other=other)
    tracemalloc.start()
    program(m=mask, other=other)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 24 * mask.size
