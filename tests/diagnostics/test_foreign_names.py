"""Calls of other software: what is written for them means what they mean there, on real images.

Each name of the table is called as it stands there. What scikit-image, SciPy, NumPy and OpenCV have is compared with
theirs, call by call as typed; of software that is not installed here the numbers were found with the versions named.
"""

import re
from pathlib import Path

import cv2
import imageio.v3 as iio
import numpy as np
import pytest
import scipy.ndimage as ndi
import scipy.signal as signal
from helpers.each import each
from skimage import exposure, feature, filters, measure, morphology, segmentation
from skimage.filters import rank
from skimage.metrics import hausdorff_distance

import maskexpr
from maskexpr.diagnostics import fslmaths
from maskexpr.diagnostics.foreign_names import MODULES, foreign_functions
from maskexpr.diagnostics.foreign_names.properties import FOREIGN_PROPERTIES, FOREIGN_VALUES, USUAL
from maskexpr.diagnostics.nearest import known_as
from maskexpr.library import CATALOGUE, PROPERTIES

EXAMPLES = Path(__file__).parents[2] / "examples"
IM = iio.imread(EXAMPLES / "coins.png")
COLOUR = iio.imread(EXAMPLES / "ihc.png")[..., :3]
M = IM > 110  # which touches the border
LABELS = ndi.label(M)[0].astype(np.int32)
GIVEN = {
    "im": IM,
    "m": M,
    "a": M,
    "b": IM > 120,
    "c": IM > 90,
    "seed": IM > 180,
    "mask": M,
    "valid": M,
    "labels": maskexpr.Image(LABELS, kind="labels"),
    "truth": maskexpr.Image(LABELS, kind="labels"),
}


def _bound(call):
    program = maskexpr.compile(call)
    return program.bind(**{info.name: GIVEN[info.name] for info in program.inputs if info.name in GIVEN})


def hint_of(call):
    """The hint that a call of other software is answered with."""
    with pytest.raises(maskexpr.MaskError) as caught:
        _bound(call)
    assert len(caught.value.diagnostics) == 1
    return caught.value.hint


def expression_in(hint):
    """The expression that a hint says to write, or that it calls the nearest."""
    found = re.match(r"(?:write|nearest is) (.+?)(?:, say)?(?:; .*|: .*|, of the .*)?$", hint)
    assert found, hint
    return found[1]


def value_of(expression, given=GIVEN):
    program = maskexpr.compile(expression)
    assert program.warnings == ()
    return program(**{info.name: given[info.name] for info in program.inputs})


# --- the table -------------------------------------------------------------------------------------------------------

SMALL = {name: value[:64, 40:140] if isinstance(value, np.ndarray) else value for name, value in GIVEN.items()}
SMALL["labels"] = SMALL["truth"] = maskexpr.Image(LABELS[:64, 40:140], kind="labels")
SETS = (
    SMALL,
    {**SMALL, "a": IM[:64, :100], "b": IM[:64, :100] / 200},
    {"im": COLOUR[:64, :100]},
    {"im": IM[None, :64, :100]},
)


def worked_call(name, i, form):
    """A form of the table as a call."""
    texts = [p.example if i == 0 or p is form.parameters[0] else f"{p.name}={p.example}" for p in form.parameters]
    return f"{name}({', '.join(texts)})"


def runs(expression):
    """Whether some images give it a value."""
    errors = []
    for given in SETS:
        program = maskexpr.compile(expression)
        names = [info.name for info in program.inputs] or ["im"]
        try:
            program(**{name: given[name] for name in names})
        except (maskexpr.MaskError, KeyError) as error:
            errors.append(error)
            continue
        return ""
    return repr(errors[0])


@pytest.mark.slow
@each("name", foreign_functions())
def test_what_is_written_for_a_call_of_other_software(name):
    """Called as each line of the table has it, and with nothing: what is written runs, and so does what it names."""
    assert name not in CATALOGUE
    assert "." not in name or name.partition(".")[0] in (*MODULES, "rank")
    forms = foreign_functions()[name]
    for call in [f"{name}()", *(worked_call(name, i, form) for i, form in enumerate(forms))]:
        hint = hint_of(call)
        expression = expression_in(hint)
        assert runs(expression) == "", (call, hint)
        assert len(expression) < 120
    for form in forms:
        for text in re.findall(r"\{([^{}]+)\}", form.note):
            maskexpr.compile(text)


# --- as others have it -----------------------------------------------------------------------------------------------


def _points(found):
    mask = np.zeros(IM.shape, bool)
    mask[tuple(found.T)] = True
    return mask


DISK = morphology.disk
ONES = np.ones((3, 3))
B = GIVEN["b"]
# What was typed, and what it gives there. Where theirs works on floats or other scales, it is said here.
PEERS = {
    "threshold(im, 100)": lambda: IM > 100,
    "threshold(im, 100, 150)": lambda: (IM >= 100) & (IM <= 150),
    "inRange(im, 100, 150)": lambda: cv2.inRange(IM, 100, 150) > 0,
    "cv2.inRange(im, 100, 150)": lambda: cv2.inRange(IM, 100, 150) > 0,
    "cv2.threshold(im, 100, 255, cv2.THRESH_BINARY)": lambda: cv2.threshold(IM, 100, 255, cv2.THRESH_BINARY)[1] > 0,
    "cv2.threshold(im, 100, 255, cv2.THRESH_BINARY_INV)": lambda: (
        cv2.threshold(IM, 100, 255, cv2.THRESH_BINARY_INV)[1] > 0
    ),
    "cv2.threshold(im, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)": lambda: (
        cv2.threshold(IM, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1] > 0
    ),
    **{
        f"filters.threshold_{name}(im)": lambda name=name: getattr(filters, f"threshold_{name}")(IM)
        for name in ("otsu", "yen", "triangle", "isodata", "minimum", "mean")
    },
    "apply_hysteresis_threshold(im, 100, 150)": lambda: filters.apply_hysteresis_threshold(IM, 100, 150),
    "threshold_niblack(im)": None,
    "np.logical_and(m, b)": lambda: np.logical_and(M, B),
    "np.logical_or(m, b)": lambda: np.logical_or(M, B),
    "np.logical_not(m)": lambda: ~M,
    "np.logical_not(im)": lambda: np.logical_not(IM),
    "cv2.bitwise_not(im)": lambda: cv2.bitwise_not(IM),
    "np.logical_xor(im > 100, im > 150)": lambda: M_100 ^ (IM > 150),
    "np.quantile(im, 0.3)": lambda: np.quantile(IM, 0.3),
    "np.percentile(im, 30)": lambda: np.percentile(IM, 30),
    "np.where(im > 100, im, 0)": lambda: np.where(IM > 100, IM, 0),
    "np.clip(im, 10, 200)": lambda: np.clip(IM, 10, 200),
    "np.sqrt(np.abs(im))": None,
    "np.count_nonzero(m)": lambda: np.count_nonzero(M),
    "np.max(im, axis=0)": lambda: np.max(IM, axis=0),
    "np.mean(im, axis = -1)": lambda: np.mean(IM, axis=-1),
    "np.arctan(im)": lambda: np.arctan(IM.astype(float)),
    "np.sinh(im / 99)": lambda: np.sinh(IM / 99),
    "np.cosh(im / 99)": lambda: np.cosh(IM / 99),
    "np.exp2(im)": lambda: np.exp2(IM.astype(float)),
    "np.log1p(im)": lambda: np.log1p(IM.astype(float)),
    "np.greater_equal(im, 100)": lambda: IM >= 100,
    "np.not_equal(im, 100)": lambda: IM != 100,
    "np.ptp(im)": lambda: int(np.ptp(IM)),
    "ndi.binary_dilation(m)": lambda: ndi.binary_dilation(M),
    "ndi.binary_dilation(m, iterations=3)": lambda: ndi.binary_dilation(M, iterations=3),
    "ndi.binary_dilation(m, structure=disk(3))": lambda: ndi.binary_dilation(M, morphology.disk(3)),
    "ndi.binary_opening(m, structure=disk(3))": lambda: ndi.binary_opening(M, morphology.disk(3)),
    'imdilate(m, strel("disk", 3, 0))': lambda: morphology.dilation(M, morphology.disk(3)),
    "imerode(im, strel('square', 5))": lambda: morphology.erosion(IM, np.ones((5, 5))),
    "ndi.binary_dilation(m, None, 3)": lambda: ndi.binary_dilation(M, None, 3),
    "ndimage.binary_erosion(m, iterations=2)": lambda: ndi.binary_erosion(M, iterations=2),
    "scipy.ndimage.binary_opening(m)": lambda: ndi.binary_opening(M),
    "binary_closing(m)": lambda: ndi.binary_closing(M),
    "ndi.binary_closing(m, iterations=2)": lambda: ndi.binary_closing(M, iterations=2),
    "ndi.binary_fill_holes(m)": lambda: ndi.binary_fill_holes(M),
    "ndi.binary_propagation(seed, mask=m)": lambda: ndi.binary_propagation(GIVEN["seed"], mask=M),
    "ndi.label(m)": lambda: ndi.label(M)[0],
    "ndi.grey_dilation(im, size=5)": lambda: ndi.grey_dilation(IM, size=5),
    "ndi.grey_closing(im, 3)": lambda: ndi.grey_closing(IM, 3),
    "ndi.grey_opening(im, 3)": lambda: ndi.grey_opening(IM, 3),
    "ndi.maximum_filter(im, size=5)": lambda: ndi.maximum_filter(IM, size=5),
    "ndi.minimum_filter(im, 5)": lambda: ndi.minimum_filter(IM, 5),
    "ndi.median_filter(im, size=5)": lambda: ndi.median_filter(IM, size=5),
    "ndi.uniform_filter(im, 5)": lambda: ndi.uniform_filter(IM.astype(float), 5),
    "ndi.gaussian_filter(im, sigma=2)": lambda: ndi.gaussian_filter(IM.astype(float), 2),
    "ndi.laplace(im)": lambda: ndi.laplace(IM.astype(float)),
    "ndi.gaussian_laplace(im, 2)": lambda: ndi.gaussian_laplace(IM.astype(float), 2),
    "ndi.gaussian_gradient_magnitude(im, sigma=1.5)": lambda: ndi.gaussian_gradient_magnitude(IM.astype(float), 1.5),
    "ndi.convolve(im, [[1, 2, 1]])": lambda: ndi.convolve(IM.astype(int), [[1, 2, 1]]),
    "ndi.correlate1d(im, [1, 0, -1])": lambda: ndi.correlate1d(IM.astype(int), [1, 0, -1]),
    "cv2.filter2D(im, -1, [[0, 1, 0], [1, -4, 2], [0, 1, 0]])": lambda: cv2.filter2D(
        IM.astype(float), -1, np.array([[0.0, 1, 0], [1, -4, 2], [0, 1, 0]])
    ),
    "ndi.percentile_filter(im, 50, size=3)": lambda: ndi.percentile_filter(IM, 50, size=3),
    "ndi.percentile_filter(im, 20, 5)": lambda: ndi.percentile_filter(IM, 20, 5),
    "signal.convolve2d(im, [[1, 2, 1]], mode='same')": lambda: signal.convolve2d(IM.astype(int), [[1, 2, 1]], "same"),
    "ndi.mean(im, labels)": lambda: ndi.mean(IM, LABELS),
    "ndi.sum(im, labels, index)": lambda: ndi.sum(IM, LABELS, range(1, LABELS.max() + 1)),
    "ndimage.maximum(im, labels, index=index)": lambda: ndi.maximum(IM, LABELS, range(1, LABELS.max() + 1)),
    "ndi.standard_deviation(im, labels)": lambda: ndi.standard_deviation(IM, LABELS),
    "ndi.center_of_mass(m)": lambda: np.array(ndi.center_of_mass(M)),
    "skimage.measure.euler_number(m)": lambda: measure.euler_number(M),
    "skimage.filters.rank.minimum(im, disk(3))": lambda: filters.rank.minimum(IM, DISK(3)),
    "rank.entropy(im, disk(3))": lambda: filters.rank.entropy(IM, DISK(3)),
    "filters.rank.median(im, disk(3))": lambda: filters.rank.median(IM, DISK(3)),
    "rank.percentile(im, disk(2), p0=0.3)": lambda: filters.rank.percentile(IM, DISK(2), p0=0.3),
    "rank.gradient(im, disk(2))": lambda: filters.rank.gradient(IM, DISK(2)),
    "find_boundaries(m, mode='outer')": lambda: segmentation.find_boundaries(M, mode="outer"),
    "feature.canny(im, sigma=2)": lambda: feature.canny(IM, 2),
    "feature.peak_local_max(im, min_distance=3, threshold_abs=150)": lambda: _points(
        feature.peak_local_max(IM, min_distance=3, threshold_abs=150, exclude_border=False)
    ),
    "segmentation.flood(im, [30, 40])": lambda: segmentation.flood(IM, (30, 40)),
    "ndi.morphological_gradient(im, 3)": lambda: ndi.morphological_gradient(IM.astype(int), 3),
    "ndi.distance_transform_edt(m)": lambda: ndi.distance_transform_edt(M),
    "ndi.distance_transform_cdt(m)": lambda: ndi.distance_transform_cdt(M),
    "ndi.distance_transform_cdt(m, metric='taxicab')": lambda: ndi.distance_transform_cdt(M, metric="taxicab"),
    "ndi.distance_transform_bf(m, 'cityblock')": lambda: ndi.distance_transform_cdt(M, metric="taxicab"),
    "ndi.standard_deviation(im)": lambda: ndi.standard_deviation(IM),
    "morphology.dilation(m)": lambda: morphology.dilation(M),
    "morphology.dilation(m, disk(3))": lambda: morphology.dilation(M, DISK(3)),
    "morphology.dilation(im, morphology.disk(2))": lambda: morphology.dilation(IM, DISK(2)),
    "morphology.erosion(m, disk(2))": lambda: morphology.erosion(M, DISK(2)),
    "morphology.erosion(im, disk(2))": lambda: morphology.erosion(IM, DISK(2)),
    "skimage.morphology.opening(m, diamond(2))": lambda: morphology.opening(M, morphology.diamond(2)),
    "morphology.opening(im, disk(2))": lambda: morphology.opening(IM, DISK(2)),
    "morphology.closing(m, disk(3))": lambda: morphology.closing(M, DISK(3)),
    "closing(m)": lambda: morphology.closing(M),
    "morphology.closing(im, disk(2))": lambda: morphology.closing(IM, DISK(2)),
    "morphology.white_tophat(im, disk(3))": lambda: morphology.white_tophat(IM, DISK(3)),
    "morphology.black_tophat(im)": lambda: morphology.black_tophat(IM),
    "morphology.remove_small_objects(m, max_size=64)": lambda: morphology.remove_small_objects(M, max_size=64),
    "morphology.remove_small_holes(m, max_size=64)": lambda: morphology.remove_small_holes(M, max_size=64),
    "remove_small_objects(m, max_size=64, connectivity=2)": lambda: morphology.remove_small_objects(
        M, max_size=64, connectivity=2
    ),
    "remove_small_holes(m, 64, connectivity=2)": lambda: morphology.remove_small_holes(
        M, max_size=64, connectivity=2
    ),
    "morphology.area_opening(m, 64)": lambda: morphology.area_opening(M.astype(np.uint8), 64) > 0,
    "morphology.area_opening(im)": lambda: morphology.area_opening(IM),
    "morphology.area_closing(im, 30, 2)": lambda: morphology.area_closing(IM, 30, 2),
    "morphology.area_closing(m, 64)": lambda: morphology.area_closing(M.astype(np.uint8), 64) > 0,
    "morphology.h_maxima(im, 30)": lambda: morphology.h_maxima(IM, 30) > 0,
    "morphology.h_minima(im, 30)": lambda: morphology.h_minima(IM, 30) > 0,
    "morphology.local_maxima(im)": lambda: morphology.local_maxima(IM),
    "morphology.local_minima(im)": lambda: morphology.local_minima(IM),
    "skimage.morphology.skeletonize(m)": lambda: morphology.skeletonize(M),
    "skimage.morphology.skeletonize(m, method='lee')": lambda: morphology.skeletonize(M, method="lee"),
    "morphology.convex_hull_image(m)": lambda: morphology.convex_hull_image(M),
    "morphology.reconstruction(im - 20, im)": lambda: morphology.reconstruction(IM.astype(int) - 20, IM.astype(int)),
    "feature.peak_local_max(im, min_distance=3)": lambda: _points(
        feature.peak_local_max(IM, min_distance=3, exclude_border=False)
    ),
    "segmentation.relabel_sequential(labels)": lambda: segmentation.relabel_sequential(LABELS)[0],
    "segmentation.find_boundaries(labels)": lambda: segmentation.find_boundaries(LABELS),
    "find_boundaries(labels, mode='inner')": lambda: segmentation.find_boundaries(LABELS, mode="inner"),
    "find_boundaries(m)": lambda: segmentation.find_boundaries(M),
    "find_boundaries(m, mode='inner')": lambda: segmentation.find_boundaries(M, mode="inner"),
    "find_boundaries(im > 100)": lambda: segmentation.find_boundaries(M_100),
    "segmentation.flood(m, 30, 40)": None,
    "skimage.measure.label(m)": lambda: measure.label(M),
    "skimage.measure.label(m, connectivity=1)": lambda: measure.label(M, connectivity=1),
    "skimage.segmentation.clear_border(m)": lambda: segmentation.clear_border(M),
    "skimage.segmentation.clear_border(m, buffer_size=4)": lambda: segmentation.clear_border(M, buffer_size=4),
    "skimage.filters.gaussian(im, 2)": lambda: filters.gaussian(IM, 2, preserve_range=True, mode="reflect"),
    "skimage.filters.median(im)": lambda: filters.median(IM),
    "rank.median(im, disk(3))": lambda: rank.median(IM, DISK(3)),
    "filters.rank.mean(im, disk(3))": lambda: rank.mean(IM, DISK(3)),
    "rank.percentile(im, disk(3), p0=0.1)": lambda: rank.percentile(IM, DISK(3), p0=0.1),
    "skimage.filters.rank.entropy(im, disk(3))": lambda: rank.entropy(IM, DISK(3)),
    "rank.maximum(im, disk(3))": lambda: rank.maximum(IM, DISK(3)),
    "skimage.filters.laplace(im)": lambda: filters.laplace(IM.astype(float)),
    "skimage.filters.sobel(im)": lambda: filters.sobel(IM.astype(float)),
    "unsharp_mask(im, 1)": lambda: filters.unsharp_mask(IM, 1, preserve_range=True),
    "exposure.equalize_hist(im)": lambda: exposure.equalize_hist(IM),
    "hausdorff_distance(m, b)": lambda: hausdorff_distance(M, B),
    "cv2.dilate(m, kernel)": lambda: cv2.dilate(M.astype(np.uint8), ONES) > 0,
    "cv2.erode(m, kernel, iterations=2)": lambda: cv2.erode(M.astype(np.uint8), ONES, iterations=2) > 0,
    "cv2.morphologyEx(m, cv2.MORPH_CLOSE, kernel)": lambda: (
        cv2.morphologyEx(M.astype(np.uint8), cv2.MORPH_CLOSE, ONES) == 1
    ),
    "cv2.distanceTransform(m, cv2.DIST_L1, 3)": lambda: cv2.distanceTransform(M.astype(np.uint8), cv2.DIST_L1, 3),
    "cv2.distanceTransform(m, cv2.DIST_C, 3)": lambda: cv2.distanceTransform(M.astype(np.uint8), cv2.DIST_C, 3),
    "cv2.morphologyEx(im, cv2.MORPH_TOPHAT, kernel)": lambda: cv2.morphologyEx(IM, cv2.MORPH_TOPHAT, ONES),
    "cv2.morphologyEx(im, cv2.MORPH_OPEN, kernel)": lambda: cv2.morphologyEx(IM, cv2.MORPH_OPEN, ONES),
    "cv2.morphologyEx(im, cv2.MORPH_GRADIENT, kernel)": lambda: cv2.morphologyEx(IM, cv2.MORPH_GRADIENT, ONES),
    "cv2.medianBlur(im, 3)": lambda: cv2.medianBlur(IM, 3),
    "cv2.countNonZero(m)": lambda: cv2.countNonZero(M.astype(np.uint8)),
    "cv2.bitwise_and(m, b)": lambda: M & B,
    "cv2.bitwise_and(im, im, mask=m)": lambda: cv2.bitwise_and(IM, IM, mask=M.astype(np.uint8)),
    "cv2.absdiff(im, 100)": lambda: cv2.absdiff(IM.astype(float), 100.0),
    "cv2.connectedComponents(m)": lambda: cv2.connectedComponents(M.astype(np.uint8))[1] > 0,
}  # fmt: skip
M_100 = IM > 100
PEERS = {call: peer for call, peer in PEERS.items() if peer}


@each("call", PEERS)
def test_what_is_written_is_what_they_have(call):
    ours = value_of(expression_in(hint_of(call)))
    theirs = PEERS[call]()
    if np.asarray(theirs).dtype.kind == "f":
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-9)
    else:
        np.testing.assert_array_equal(
            np.asarray(ours, theirs.dtype) if call.startswith("cv2.connected") else ours, theirs
        )


NANS = np.where(IM > 200, np.nan, IM / 3)


@each("call", [f"np.nan{name}(im)" for name in ("mean", "sum", "std", "var", "min", "max", "median")] + [
    "np.nanpercentile(im, 30)", "np.nanquantile(im, 0.3)"
])  # fmt: skip
def test_what_is_written_leaves_out_nan(call):
    """As NumPy, which leaves out nan and not inf."""
    for im in (NANS, np.where(IM < 9, np.inf, NANS)):
        expression = expression_in(hint_of(call))
        with np.errstate(invalid="ignore"):  # inf - inf
            ours, theirs = maskexpr.evaluate(expression, im=im), eval(call, {"np": np, "im": im})
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_names_that_are_no_slips():
    """Of what others have by that name there is no like, whatever name is like it by its letters."""
    for name in ("sort", "delete", "choose", "cov", "diff"):
        assert hint_of(f"{name}(im)") == "maskexpr functions lists them all"
    assert hint_of("plt.imshow(im)") == "write im; the value of the last line is shown"
    assert hint_of("multithresh(im, 2)") == "write multiotsu_thresholds(im, 3); for 3 classes"
    assert hint_of("rgb2lab(a)") == "write lightness(a); and lab_a(a), lab_b(a) for the other two"
    assert hint_of("threshold_niblack(im, window_size=[7, 11])") == "write niblack(im, [3, 5], 0.2)"
    assert hint_of("draw.rectangle([5, 6], [20, 30])") == "write rectangle(5, 6, 21, 31)"
    assert hint_of("cv2.rectangle(im, [6, 5], [30, 20], 255, -1)").startswith("write rectangle(5, 6, 21, 31)")
    assert hint_of("cv2.line(im, [6, 5], [30, 90], 255)").startswith("write line(5, 6, 90, 30)")
    assert hint_of("draw.disk([20, 30], 5)").startswith("write circle(20, 30, 5)")
    assert hint_of("bwareafilt(m, [20, 90])").startswith("write keep(m, area >= 20 & area <= 90")
    assert hint_of("bwareaopen(m, 50, 4)") == "write remove_small(m, 50, connectivity=4)"


# Found with SimpleITK 2.5.7 on the same image and mask, as uint8: the pixels that are not 0, or the sum of values.
SIMPLEITK = {
    "sitk.OtsuThreshold(im)": 71235,
    "sitk.BinaryThreshold(im, 100, 150)": 25629,
    "SimpleITK.BinaryDilate(m)": 51135,
    "sitk.BinaryDilate(m, 2)": 55139,
    "sitk.BinaryDilate(m, [3, 3])": 59031,
    "sitk.BinaryErode(m, kernelRadius=2)": 27611,
    "sitk.BinaryErode(m)": 33642,
    "sitk.BinaryFillhole(m)": 45326,
    "sitk.BinaryNot(m)": 72783,
    "sitk.ConnectedComponent(m)": 3515540,
    "sitk.Median(im)": 11237244,
    "sitk.Median(im, [1, 1])": 11237244,
}


@each("call", SIMPLEITK)
def test_what_is_written_is_what_simpleitk_has(call):
    assert int(value_of(expression_in(hint_of(call))).astype(np.int64).sum()) == SIMPLEITK[call]


def test_hd95_is_that_of_whose_name_it_is():
    """Of MONAI the larger of two percentiles, of medpy that of both directions together."""
    monai, medpy = (value_of(expression_in(hint_of(f"{name}(m, b)"))) for name in ("hausdorff95", "hd95"))
    assert "MONAI" in hint_of("hausdorff95(m, b)")
    edges = [mask & ~ndi.binary_erosion(mask) for mask in (M, B)]
    ways = [ndi.distance_transform_edt(~edges[1 - i])[edges[i]] for i in (0, 1)]
    assert monai == pytest.approx(max(np.percentile(way, 95) for way in ways))
    assert medpy == pytest.approx(np.percentile(np.concatenate(ways), 95)) != monai


def test_remove_small_objects_says_which_scikit_image():
    """Regions of the size itself go in 0.26, whatever the argument is called, and stayed in 0.25."""
    square = np.zeros((20, 20), bool)
    square[3:11, 4:12] = True
    assert not morphology.remove_small_objects(square, max_size=64).any()
    hint = hint_of("remove_small_objects(m, 64)")
    assert not maskexpr.evaluate(expression_in(hint), m=square).any()
    assert "as scikit-image 0.26" in hint
    hint = hint_of("remove_small_objects(m, min_size=64)")
    assert maskexpr.evaluate(expression_in(hint), m=square).sum() == 64
    after = hint.partition("since 0.26 those of that size go too: ")[2]
    assert not maskexpr.evaluate(after, m=square).any()


def test_opencvs_canny_is_near():
    """Lines of the same gradients; OpenCV parts their directions in four."""
    ours = value_of(expression_in(hint_of("cv2.Canny(im, 100, 200)")))
    edges = cv2.Canny(IM, 100, 200, L2gradient=True) > 0
    assert 0.8 < ours.sum() / edges.sum() < 1.3
    assert edges[ndi.binary_dilation(ours, iterations=2)].sum() > 0.95 * edges.sum()
    assert ours[ndi.binary_dilation(edges, iterations=2)].sum() > 0.9 * ours.sum()


# --- properties of regions, values, steps of fslmaths ----------------------------------------------------------------


def test_properties_called_as_functions_are_conditions():
    called = {name: name for name in PROPERTIES if name not in CATALOGUE}
    assert {"solidity", "eccentricity", "mean_intensity"} <= called.keys()
    for name in [
        *called,
        *(n for n in FOREIGN_PROPERTIES if n not in CATALOGUE and not known_as(n, foreign_functions())),
    ]:
        hint = hint_of(f"{name}(m)")
        needs = PROPERTIES.get(FOREIGN_PROPERTIES.get(name, (name, ""))[0])
        of_volumes = needs is not None and needs.dimensions == {3}
        assert of_volumes or runs(expression_in(hint).replace("cells", "labels").replace("=other", "=m")) == "", hint
    assert hint_of("solidity(im > 3) >= 0.95") == "write keep(im > 3, solidity >= 0.95)"
    assert hint_of("mean_intensity(m, b) > 9") == "write keep(m, mean_intensity > 9, of=b)"


def test_what_a_property_is_called_with_finds_its_place():
    """By the kinds of the arguments, where these are known, and not by their order."""
    for text, expected in {
        "mean_intensity(im)": 'measure(im > 0, mean_intensity, of=im)["mean_intensity"]',
        "mean_intensity(im, im > 3)": 'measure(im > 3, mean_intensity, of=im)["mean_intensity"]',
        "circularity(im)": 'measure(im > 0, circularity)["circularity"]',
        "percentile_intensity(m, 25)": 'measure(m, percentile_intensity(25), of=im)["percentile_intensity_25"]',
        "percentile_intensity(im > 3, im, 25) > 7": "keep(im > 3, percentile_intensity(25) > 7, of=im)",
    }.items():
        written = expression_in(hint_of(text))
        assert written == expected
        maskexpr.compile(written)
    assert hint_of("len(measure(m, area))") == "the number of rows is count(measure(m, area))"


def test_properties_by_other_names():
    for name, (meant, note) in FOREIGN_PROPERTIES.items():
        assert name not in PROPERTIES
        assert set(re.findall("[a-z_]+", meant)) <= set(PROPERTIES), name
        part = "[0]" if meant in ("bbox", "weighted_centroid") else ""
        maskexpr.compile(f"keep(m, {meant}{part} {USUAL.get(meant, '> 100')}, of=im)")
        for expression in re.findall(r"keep\(.*\)", note):
            maskexpr.compile(expression.replace("...", "area > 3"))


def test_feret_is_not_quite_scikit_images():
    """It goes by the middles of pixels' edges there, from corner to corner here."""
    assert "by the middles of their edges" in hint_of("feret_diameter_max(m)")
    assert hint_of("feret(m) > 3") == "write keep(m, feret_max > 3)"
    square = np.ones((6, 8), bool)
    (region,) = measure.regionprops(square.astype(np.uint8))
    assert region.feret_diameter_max == pytest.approx(np.hypot(5, 8))
    assert maskexpr.evaluate("any(keep(m, feret_max == 10))", m=square)


def test_names_are_known_however_they_are_typed():
    """ImageJ's and SimpleITK's commands in capitals, MATLAB's properties without _."""
    assert hint_of("AnalyzeParticles(m)") == hint_of("analyze_particles(m)")
    assert hint_of("Subtract_Background(im, 20)") == hint_of("subtract_background(im, 20)")
    assert hint_of("findContours(m)") == hint_of("find_contours(m)")
    assert hint_of("keep(m, MajorAxisLength > 20)") == "write major_axis"
    assert hint_of("measure(m, MinFeret)") == "write feret_min"
    assert hint_of("FormFactor(m) > 0.5") == "write keep(m, circularity > 0.5)"


@each("name", FOREIGN_VALUES)
def test_values_of_other_software(name):
    assert maskexpr.compile(FOREIGN_VALUES[name]).warnings == ()


def fsl(image, *steps):
    """What fslmaths does, step by step, by its own manual, on an array."""
    box = np.ones((3,) * image.ndim)
    does = {
        "thr": lambda a, n: np.where(a >= n, a, 0),
        "uthr": lambda a, n: np.where(a <= n, a, 0),
        "bin": lambda a: (a > 0).astype(int),
        "binv": lambda a: (a <= 0).astype(int),
        "dilM": lambda a: ndi.grey_dilation(a, footprint=box, mode="nearest"),  # of a mask: the mean of ones
        "ero": lambda a: ndi.grey_erosion(a, footprint=box, mode="nearest"),
        "fillh": lambda a: ndi.binary_fill_holes(a).astype(int),
        "add": lambda a, n: a + n,
        "mul": lambda a, n: a * n,
    }
    image = image.astype(int)
    for name, *value in steps:
        image = does[name](image, *value)
    return image


@pytest.mark.parametrize(
    "steps",
    [
        [("thr", 100), ("uthr", 150), ("bin",), ("dilM",), ("fillh",)],
        [("thr", 100)],
        [("uthr", 150)],
        [("thr", 100), ("uthr", 150)],
        [("uthr", 60), ("bin",)],
        [("thr", 0), ("bin",)],
        [("thr", 100), ("bin",), ("ero",), ("dilM",)],
        [("thr", 100), ("binv",), ("ero",)],
        [("add", 20), ("mul", 2), ("thr", 250), ("bin",)],
        [("thr", 100), ("add", 5)],
    ],
    ids=str,
)
def test_steps_of_fslmaths(steps):
    written = [(name, str(value[0]) if value else "") for name, *value in steps]
    meant = fslmaths.expression("im", written)
    np.testing.assert_array_equal(value_of(meant), fsl(IM, *steps))
    line = "fslmaths /data/im.nii.gz " + " ".join(f"-{n} {v}".strip() for n, v in written) + " out -odt char"
    assert hint_of(line) == f"write {meant}"
    if written[-1][0] in fslmaths.OWN:
        assert hint_of("im" + "".join(f".{n}({v})" for n, v in written)) == f"write {meant}"


def test_files_in_a_line_of_fslmaths_are_inputs():
    assert fslmaths.command_line(["/d/in.nii", "-mas", "a/T1-brain.nii.gz", "out"]) == "where(T1_brain > 0, im, 0)"
    assert fslmaths.command_line(["T1", "-add", "T2.nii.gz", "-bin", "out"]) == "(T1 + T2) > 0"


@pytest.mark.parametrize(
    "line",
    [
        "fslmaths im -thr 9 -dilM x",
        "fslmaths im -kernel sphere 3 -bin x",
        "fslmaths a b",
        "fslmaths im -thr 1.2.3 -bin x",
    ],
)
def test_lines_of_fslmaths_that_are_named_only(line):
    assert hint_of(line) == "write the expression: dilate(im > 32, 2), say"
