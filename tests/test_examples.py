"""The examples give what NumPy, SciPy and scikit-image give, and the picture shown is what the tool makes."""

import re
from collections.abc import Callable
from pathlib import Path

import imageio.v3 as iio
import nibabel
import nrrd
import numpy as np
import pydicom
import pytest
import scipy.ndimage as ndi
import skimage
import tifffile
from helpers.topology import topology

import maskexpr
from maskexpr.cli import main

EXAMPLES = Path(__file__).parent.parent / "examples"
Run = Callable[..., dict[str, np.ndarray]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run an example in an empty folder; its masks, labels and images by name, its numbers as they were printed."""

    def run(name: str, *arguments: str) -> dict[str, np.ndarray]:
        monkeypatch.chdir(tmp_path)
        assert main(["run", str(EXAMPLES / name), *arguments]) == 0
        out, warned = capsys.readouterr()
        assert warned == ""
        lines = out.splitlines()
        results: dict[str, np.ndarray] = {}
        for line in lines:
            if " = " in line:
                key, value = line.split(" = ")
                results[key] = np.float64(value)
            else:
                path = Path(line)
                results[path.name.split(".")[0].split("-", 1)[1]] = written(path)
        return results

    return run


def written(path: Path) -> np.ndarray:
    """What others read in a file of ours; a mask in a NIfTI file is 0 and 1, and has x first. A table is an array of
    its rows."""
    if path.suffix == ".csv":
        return np.atleast_1d(np.genfromtxt(path, delimiter=",", names=True))
    if path.name.endswith(".nii.gz"):
        volume = np.asarray(nibabel.load(path).dataobj).T
        return volume * np.uint8(255) if volume.max() == 1 else volume
    return np.load(path) if path.suffix == ".npy" else iio.imread(path)


def load(name: str) -> np.ndarray:
    return iio.imread(EXAMPLES / name)


def picture(mask: np.ndarray) -> np.ndarray:
    return np.where(mask, 255, 0).astype(np.uint8)


def same(result: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_array_equal(result, picture(expected))


def ball(reach: float, ndim: int = 2, spacing: float = 1) -> np.ndarray:
    """The offsets within a Euclidean reach: a disk, in three dimensions a ball."""
    n = int(reach / spacing)
    offsets = np.indices((2 * n + 1,) * ndim) - n
    return (offsets**2).sum(0) * spacing**2 <= reach**2


def close(mask: np.ndarray, element: np.ndarray) -> np.ndarray:
    """SciPy's closing with room around the image: outside it is empty, but nothing is eaten at its border."""
    n = element.shape[0] // 2
    return ndi.binary_closing(np.pad(mask, n), element)[(slice(n, -n),) * mask.ndim]


def at_least(mask: np.ndarray, size: int) -> np.ndarray:
    labels, _ = ndi.label(mask)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return sizes[labels] >= size


def largest(mask: np.ndarray) -> np.ndarray:
    labels, _ = ndi.label(mask)
    return labels == 1 + np.argmax(np.bincount(labels.ravel())[1:])


def dice(a: np.ndarray, b: np.ndarray) -> float:
    return float(2 * np.count_nonzero(a & b) / (np.count_nonzero(a) + np.count_nonzero(b)))


# --- all of them -----------------------------------------------------------------------------------------------------

# How many pixels of each result are not 0, how many rows a table has, and the numbers, as they were when the masks were
# looked at on their images.
MEASURED: dict[str, dict[str, float]] = {
    "ascending": {"above": 4, "inside": 4, "same": 4, "lower": 8},
    "brain": {"brain": 68284, "wide": 76209, "white": 37712, "brain_ml": 1843.668, "white_ml": 1018.224},
    "cell": {"cell": 12235, "envelope": 2238, "size": 12235, "contrast": 162.3115674855472},
    "coins": {"coins": 38943, "numbered": 38943, "n": 24, "large": 19624},
    "ct_head": {
        "head": 81123,
        "skull": 15274,
        "inside": 55663,
        "dark": 12757,
        "window": 76464,
        "head_cm2": 185.75346782893487,
        "inside_cm2": 127.45578047855729,
        "dark_share": 0.22918276054111347,
    },
    "crowded": {"nuclei": 37405, "n": 48, "n_true": 51, "agreement": 28 / 33, "agreement_otsu": 0.3},
    "dim_and_bright": {
        "nuclei": 13274,
        "n": 33,
        "n_true": 38,
        "agreement": 64 / 71,
        "agreement_otsu": 18 / 35,
    },
    "measured": {
        "cells": 23,
        "n": 23,
        "typical_area": 470.0,
        "typical_brightness": 64.30508474576271,
        "spread_of_brightness": 34.754367051334384,
        "bright": 3,
        "share_of_light": 0.248861185865961,
    },
    "white": {
        "white": 24576,
        "white_ml": 663.552,
        "true_ml": 614.088,
        "agreement": 0.9484784446322908,
        "furthest": 3.0,
    },
    "nodule": {
        "nodule": 957,
        "size_ml": 1.55634889459104,
        "true_ml": 1.36119542818464,
        "agreement": 0.9141583054626533,
    },
    "stars": {"stars": 1230, "found": 4, "n": 4, "sigma": 1.1757072906226795},
    "edges": {"edges": 23544, "lines": 3656, "inside": 39909, "n": 24},
    "mitosis": {"nuclei": 11542, "dividing": 1796, "n": 120, "share": 11 / 120, "flat": 65533},
    "nuclei": {"stained": 8393, "nuclei": 5889, "n": 51},
    "qa": {"usable": 7801, "water": 434, "clear": 8736, "share": 0.7151631829849652},
    "slide": {"gland": 48200, "glass": 8479, "stroma": 39974, "share": 0.5466464037017715},
    "specks": {"clean": 90862, "by_size": 95060, "agreement": 0.976011445660008},
    "sphere": {
        "roi": 32,
        "voxels": 32,
        "mean_inside": 187.59375,
        "std_inside": 5.361083000430043,
        "mean_other": 187.59375,
    },
    "tissue": {"tissue": 89364, "core": 66028, "leg": 169304, "bones_only": 93181, "share": 0.26723684210526316},
    "vote": {
        "agreed": 39199,
        "disputed": 1395,
        "with_otsu": 0.9908348994670855,
        "with_li": 0.9913632857449957,
        "with_triangle": 1.0,
    },
}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.mask")), ids=lambda path: path.name)
def test_each_gives_what_was_looked_at(run: Run, path: Path) -> None:
    found = {
        name: result.item() if result.ndim == 0 else len(result) if result.dtype.names else np.count_nonzero(result)
        for name, result in run(path.name).items()
    }
    assert found == pytest.approx(MEASURED[path.stem], rel=1e-9)


def test_the_readme_lists_each_file() -> None:
    """Programs in the first table, other files in the second; a file that is not there is not listed."""
    text = (EXAMPLES / "README.md").read_text("utf-8")
    programs = re.findall(r"^\| \[(\S+)\]\(\1\) \|", text, re.MULTILINE)
    named = re.findall(r"^\| (\S+\.\w+(?:, \S+\.\w+)*) \|", text, re.MULTILINE)
    listed = [*programs, *(name for names in named for name in names.split(", "))]
    assert sorted(listed) == sorted(path.name for path in EXAMPLES.iterdir() if path.name != "README.md")


def test_the_command_in_each_is_the_one_that_runs_it() -> None:
    for path in EXAMPLES.glob("*.mask"):
        commands = re.findall(r"^#   (maskexpr run .*)$", path.read_text("utf-8"), re.MULTILINE)
        assert all(command.startswith(f"maskexpr run examples/{path.name}") for command in commands)
        assert commands or path.name in ("ascending.mask", "specks.mask")


def test_the_folder_stays_small() -> None:
    assert sum(path.stat().st_size for path in EXAMPLES.iterdir()) < 1_500_000


# --- a radiograph ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ankle() -> np.ndarray:
    return load("ankle.png")


@pytest.mark.parametrize(("low", "high", "reach"), [(32, 64, 2), (28, 70, 5)])
def test_tissue(run: Run, ankle: np.ndarray, low: int, high: int, reach: int) -> None:
    results = run("tissue.mask", "-p", f"low={low}", "-p", f"high={high}", "-p", f"reach={reach}")
    soft = (ankle > low) & ~(ankle > high)
    same(results["tissue"], ndi.binary_dilation(soft, iterations=reach))
    same(results["core"], ndi.binary_erosion(soft, iterations=reach))
    same(results["leg"], largest(ankle > low))
    np.testing.assert_array_equal(results["bones_only"], np.where(ankle > high, ankle, 0))
    assert results["bones_only"].dtype == np.uint8
    assert results["share"] == ndi.binary_dilation(soft, iterations=reach).mean()


def test_tissue_that_is_not_there_stops_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", str(EXAMPLES / "tissue.mask"), "-p", "low=255"]) == 1
    assert "no tissue found" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_picture_in_the_readme_is_the_result(run: Run) -> None:
    np.testing.assert_array_equal(run("tissue.mask")["tissue"], load("ankle-tissue.png"))


def test_specks(run: Run, ankle: np.ndarray) -> None:
    results = run("specks.mask")
    rough = ankle > 64
    clean = close(ndi.binary_opening(rough, ball(3)), ball(3))
    same(results["clean"], clean)
    by_size = ndi.binary_fill_holes(at_least(rough, 200))
    same(results["by_size"], by_size)
    assert results["agreement"] == pytest.approx(dice(clean, by_size))


# --- numbers and bits ------------------------------------------------------------------------------------------------


def test_the_overlay_in_the_readme_is_what_the_tool_draws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = tmp_path / "o.png"
    expression = "dilate((im > 32) & ~(im > 64), 2)"
    assert main(["eval", expression, f"im={EXAMPLES}/ankle.png", "--view", "overlay", "--overlay", str(made)]) == 0
    np.testing.assert_array_equal(iio.imread(made), iio.imread(EXAMPLES / "ankle-overlay.png"))


def test_ascending(run: Run) -> None:
    results = run("ascending.mask")
    im = np.arange(1, 10).reshape(3, 3)
    same(results["above"], im > 5)
    same(results["inside"], (im > 3) & (im <= 7))
    same(results["same"], (im > 3) & (im <= 7))
    np.testing.assert_array_equal(results["lower"], im - 5)


@pytest.mark.parametrize(("sure", "reach"), [(2, 3), (3, 0)])
def test_qa(run: Run, sure: int, reach: int) -> None:
    results = run("qa.mask", "-p", f"sure={sure}", "-p", f"reach={reach}")
    qa = load("qa.png").astype(int)
    outside = qa % 2 == 1
    cloudy = (qa & 8 > 0) | (qa >> 8 & 3 >= sure) | (qa & 16 > 0)
    cloudy = close(at_least(cloudy, 4), ball(3))
    usable = ~(ndi.binary_dilation(cloudy, ball(reach)) | outside)
    same(results["usable"], usable)
    same(results["water"], usable & (qa & 128 > 0))
    same(results["clear"], np.isin(qa, [21824, 21952]))
    assert results["share"] == usable.sum() / (~outside).sum()


# --- coins -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def coins() -> np.ndarray:
    return load("coins.png")


@pytest.mark.parametrize(("dark", "bright"), [(30, 150), (40, 140)])
def test_coins(run: Run, coins: np.ndarray, dark: int, bright: int) -> None:
    """scikit-image's own recipe, whose two seeds for all cloth and all coins have the same basins."""
    results = run("coins.mask", "-p", f"dark={dark}", "-p", f"bright={bright}")
    seeds = np.where(coins > bright, 2, coins < dark)
    basins = skimage.segmentation.watershed(skimage.filters.sobel(coins.astype(float)), seeds)
    expected = at_least(ndi.binary_fill_holes(basins == 2), 100)
    same(results["coins"], expected)
    labels, count = ndi.label(expected)
    np.testing.assert_array_equal(results["numbered"], labels)
    assert results["n"] == count == 24
    sizes = np.bincount(labels.ravel())[1:]
    same(results["large"], np.isin(labels, 1 + np.flatnonzero(sizes > sizes.mean())))


@pytest.mark.parametrize("weak", [8, 15])
def test_edges(run: Run, coins: np.ndarray, weak: int) -> None:
    results = run("edges.mask", "-p", f"weak={weak}")
    strength = skimage.filters.sobel(ndi.gaussian_filter(coins.astype(float), 2))
    edges = skimage.filters.apply_hysteresis_threshold(strength, weak, 25)
    same(results["edges"], edges)
    thin, lines = skimage.morphology.skeletonize(edges), results["lines"].astype(bool)
    assert topology(lines) == topology(edges)
    assert not np.any(lines & ~ndi.binary_dilation(thin, iterations=2))
    assert not np.any(thin & ~ndi.binary_dilation(lines, iterations=2))
    same(results["inside"], ndi.binary_opening(ndi.binary_fill_holes(lines), ball(3)))
    assert results["n"] == ndi.label(ndi.binary_opening(ndi.binary_fill_holes(thin), ball(3)))[1]


def test_vote(run: Run, coins: np.ndarray) -> None:
    results = run("vote.mask")
    flat = ndi.gaussian_filter(coins.astype(float), 2) - ndi.gaussian_filter(coins.astype(float), 40)
    filters = skimage.filters
    rules = {"otsu": filters.threshold_otsu, "li": filters.threshold_li, "triangle": filters.threshold_triangle}
    masks = {name: flat > rule(flat) for name, rule in rules.items()}
    votes = np.sum(list(masks.values()), axis=0)
    same(results["agreed"], votes >= 2)
    same(results["disputed"], (votes == 1) | (votes == 2))
    for name, mask in masks.items():
        assert results[f"with_{name}"] == pytest.approx(dice(mask, votes >= 2))


# --- microscopy ------------------------------------------------------------------------------------------------------


def test_cell(run: Run) -> None:
    results = run("cell.mask")
    im = load("cell.png").astype(float)
    mean, square = (ndi.correlate(values, np.full((9, 9), 1 / 81)) for values in (im, im * im))
    texture = np.sqrt(np.maximum(square - mean**2, 0))
    textured = texture > skimage.filters.threshold_otsu(texture)
    rough = largest(ndi.binary_fill_holes(close(textured, ndi.iterate_structure(ball(1), 2))))
    inside = im[ndi.binary_erosion(rough, ball(12))].mean()
    halo = im[ndi.binary_dilation(rough, ball(4)) & ~rough].mean()
    cell = ndi.binary_fill_holes(rough & (im > (inside + halo) / 2))
    same(results["cell"], cell)
    same(results["envelope"], ndi.binary_dilation(cell, ball(3)) & ~ndi.binary_erosion(cell, ball(3)))
    assert results["size"] == cell.sum()
    assert results["contrast"] == pytest.approx(inside - halo)


@pytest.fixture(scope="module")
def ihc() -> np.ndarray:
    return load("ihc.png")


def gland_of(ihc: np.ndarray) -> np.ndarray:
    strong = ndi.median_filter(skimage.color.rgb2hsv(ihc)[..., 1], 9)
    brown = at_least(strong > skimage.filters.threshold_otsu(strong), 500)
    return ndi.binary_fill_holes(close(brown, ball(9)))


def test_slide(run: Run, ihc: np.ndarray) -> None:
    results = run("slide.mask")
    gland = gland_of(ihc)
    same(results["gland"], gland)
    bright = ihc @ np.array([0.2125, 0.7154, 0.0721])
    detail = ndi.gaussian_filter(np.abs(bright - ndi.gaussian_filter(bright, 1)), 4)
    smooth = at_least(ndi.binary_opening(detail < 2.5, ball(3)), 1000)
    glass = ndi.binary_dilation(smooth, ball(4)) & ~gland
    same(results["glass"], glass)
    stroma = at_least(~(gland | glass), 1000)
    same(results["stroma"], stroma)
    assert results["share"] == gland.sum() / (gland | stroma).sum()


@pytest.mark.parametrize("waist", [0.8, 0.5])
def test_nuclei(run: Run, ihc: np.ndarray, waist: float) -> None:
    """scikit-image does not split by waists: the parts are ours, and what is kept of them is by its measures."""
    results = run("nuclei.mask", "-p", f"waist={waist}")
    around = ~ndi.binary_dilation(gland_of(ihc), ball(3))
    light = ndi.gaussian_filter(ihc[..., 0].astype(float), 1)
    dark = (light < skimage.filters.threshold_otsu(light[around])) & around
    stained = ndi.binary_fill_holes(ndi.binary_opening(dark, ball(2)))
    same(results["stained"], stained)
    parts = maskexpr.evaluate(f"split(m, depth={waist})", m=stained)
    inner = skimage.segmentation.clear_border(parts)
    kept = [p.label for p in skimage.measure.regionprops(inner) if p.area >= 30 and p.solidity > 0.8]
    np.testing.assert_array_equal(results["nuclei"], np.where(np.isin(inner, kept), inner, 0))
    assert results["n"] == len(kept)


def test_mitosis(run: Run) -> None:
    results = run("mitosis.mask")
    dna, ph3 = tifffile.imread(EXAMPLES / "nuclei.ome.tif")
    smooth = ndi.gaussian_filter(dna.astype(float), 1)
    found = ndi.binary_fill_holes(smooth > skimage.filters.threshold_otsu(smooth))
    parts = skimage.segmentation.clear_border(maskexpr.evaluate("split(m, 2).remove_small(20)", m=found))
    np.testing.assert_array_equal(results["nuclei"], parts)
    brightest = {p.label: ph3[p.slice][p.image].max() for p in skimage.measure.regionprops(parts)}
    dividing = [label for label, value in brightest.items() if value > 50]
    np.testing.assert_array_equal(results["dividing"], np.where(np.isin(parts, dividing), parts, 0))
    assert (results["n"], results["share"]) == (len(brightest), len(dividing) / len(brightest))
    flat = dna - ndi.gaussian_filter(dna.astype(float), 30)
    assert results["flat"].dtype == np.uint8
    np.testing.assert_allclose(results["flat"], 255 * (flat - flat.min()) / np.ptp(flat), atol=0.501)


# --- CT and MRI ------------------------------------------------------------------------------------------------------


def test_ct_head(run: Run) -> None:
    results = run("ct_head.mask")
    mm = 0.478516
    stored = pydicom.dcmread(EXAMPLES / "ct_head.dcm").pixel_array.astype(int)
    scanned = stored != -2000  # the value where there is no data, outside a circle that no part of the head is near
    hu = np.where(scanned, stored - 1024, -1000)
    head = ndi.binary_fill_holes(largest(hu > -300))
    same(results["head"], head)
    skull = (hu > 300) & head
    same(results["skull"], skull)
    enclosed = ndi.binary_fill_holes(skull) & ~skull
    inside = ndi.binary_fill_holes(largest(ndi.binary_opening(enclosed, ball(1, spacing=mm))))
    same(results["inside"], inside)
    smooth = ndi.gaussian_filter(hu.astype(float), 1.5 / mm)
    dark = at_least((smooth < 20) & ndi.binary_erosion(inside, ball(2, spacing=mm)), int(np.ceil(50 / mm**2)))
    same(results["dark"], dark)
    np.testing.assert_array_equal(results["window"], np.clip(hu, 0, 80))
    assert results["head_cm2"] == pytest.approx(head.sum() * mm**2 / 100)
    assert results["inside_cm2"] == pytest.approx(inside.sum() * mm**2 / 100)
    assert results["dark_share"] == dark.sum() / inside.sum()


@pytest.fixture(scope="module")
def brain() -> np.ndarray:
    return np.asarray(nibabel.load(EXAMPLES / "brain.nii.gz").dataobj).T


def test_brain(run: Run, brain: np.ndarray) -> None:
    results = run("brain.mask")
    otsu = skimage.filters.threshold_otsu
    tissue = largest(ndi.binary_opening(brain > otsu(brain), ball(1, 3)))
    whole = ndi.binary_fill_holes(close(tissue, ball(2, 3)))
    same(results["brain"], whole)
    same(results["wide"], ndi.binary_dilation(whole, ball(1, 3)))
    white = largest((brain > otsu(brain[whole])) & whole)
    same(results["white"], white)
    assert results["brain_ml"] == pytest.approx(whole.sum() * 0.027)
    assert results["white_ml"] == pytest.approx(white.sum() * 0.027)


@pytest.mark.parametrize(("right", "front", "up", "reach"), [(-12, -18, 8, 6), (30, -40, 30, 10.5)])
def test_sphere(run: Run, brain: np.ndarray, right: int, front: int, up: int, reach: float) -> None:
    place = {"right": f"{right}mm", "front": f"{front}mm", "up": f"{up}mm", "reach": f"{reach}mm"}
    results = run("sphere.mask", *(part for name, value in place.items() for part in ("-p", f"{name}={value}")))
    z, y, x = np.indices(brain.shape)
    squares = (3 * z - 71 - up) ** 2 + (3 * y - 132 - front) ** 2
    roi = squares + (3 * x - 96 - right) ** 2 <= reach**2
    same(results["roi"], roi)
    assert results["voxels"] == roi.sum()
    assert results["mean_inside"] == pytest.approx(brain[roi].mean())
    assert results["std_inside"] == pytest.approx(brain[roi].std())
    mirrored = squares + (3 * x - 96 + right) ** 2 <= reach**2
    assert results["mean_other"] == pytest.approx(brain[mirrored].mean())


# --- held against the truth that came with the image ------------------------------------------------------------------


def as_labels(numbers: np.ndarray) -> maskexpr.Image:
    return maskexpr.Image(np.asarray(numbers, np.int32), kind="labels")


def matched(found: np.ndarray, truth: np.ndarray) -> float:
    """F1 of objects: one is found if it covers more than half of what it and a true one cover together."""
    shared = np.histogram2d(found.ravel(), truth.ravel(), (np.arange(found.max() + 2), np.arange(truth.max() + 2)))[0]
    either = shared.sum(1, keepdims=True) + shared.sum(0, keepdims=True) - shared
    hits = np.count_nonzero((shared > either / 2)[1:, 1:])
    return 2 * hits / (np.count_nonzero(shared[1:].sum(1)) + np.count_nonzero(shared[:, 1:].sum(0)))


def test_crowded(run: Run) -> None:
    results = run("crowded.mask")
    im, truth = (tifffile.imread(EXAMPLES / f"crowded{name}.ome.tif") for name in ("", "-truth"))
    assert matched(results["nuclei"], truth) > 0.84
    otsus = [maskexpr.evaluate(f"s = gaussian(im, 1); {f}(s > otsu(s))", im=im) for f in ("label", "split")]
    assert matched(otsus[1], truth) == pytest.approx(results["agreement_otsu"])
    found = [
        maskexpr.evaluate("recall(a, b) * count(b)", a=labels, b=as_labels(truth)) for labels in map(as_labels, otsus)
    ]
    assert found == pytest.approx([6, 12])
    assert results["n_true"] == len(np.unique(truth)) - 1
    assert results["agreement"] == pytest.approx(matched(results["nuclei"], truth))
    smooth, narrow, wide = (ndi.gaussian_filter(im.astype(float), sigma) for sigma in (1, 2, 5))
    tissue = smooth > skimage.filters.threshold_triangle(smooth)
    peaks = skimage.feature.peak_local_max(narrow - wide, min_distance=2, labels=tissue, exclude_border=False)
    seeds = np.zeros(im.shape, int)
    seeds[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    theirs = skimage.segmentation.watershed(wide - narrow, seeds, mask=tissue)
    assert matched(theirs, results["nuclei"]) > 0.95


def test_dim_and_bright(run: Run) -> None:
    results = run("dim_and_bright.mask")
    im, truth = load("dim_and_bright.png"), load("dim_and_bright-truth.png")
    assert matched(results["nuclei"], truth) > 0.9
    smooth = ndi.gaussian_filter(im.astype(float), 1)
    otsu = smooth > skimage.filters.threshold_otsu(smooth)
    split = maskexpr.evaluate("split(m, depth=0.8)", m=otsu)
    assert results["agreement_otsu"] == pytest.approx(matched(split, truth), abs=0.01)
    logarithm = np.log(smooth + 1)
    bright = (logarithm > skimage.filters.threshold_otsu(logarithm)) & (smooth > ndi.uniform_filter(smooth, 25))
    mask = ndi.binary_opening(ndi.binary_fill_holes(bright))
    assert dice(mask, results["nuclei"] > 0) > 0.99
    assert results["agreement"] == pytest.approx(matched(results["nuclei"], truth))


def test_measured(run: Run) -> None:
    nuclei = skimage.segmentation.clear_border(run("dim_and_bright.mask")["nuclei"])
    results = run("measured.mask")
    wanted = skimage.measure.regionprops_table(
        nuclei, load("dim_and_bright.png"), properties=["label", "area", "mean_intensity", "solidity", "centroid"]
    )
    cells = results["cells"]
    for theirs, column in enumerate(["label", "area", "mean_intensity", "solidity", "centroid_y", "centroid_x"]):
        np.testing.assert_allclose(cells[column], list(wanted.values())[theirs], rtol=1e-9)
    light = cells["area"] * cells["mean_intensity"]
    np.testing.assert_allclose(cells["sum_intensity"], light)
    assert results["n"] == len(cells)
    assert results["typical_area"] == np.median(cells["area"])
    bright = cells["mean_intensity"] > 2 * np.median(cells["mean_intensity"])
    np.testing.assert_array_equal(results["bright"], cells[bright])
    assert results["share_of_light"] == pytest.approx(light[bright].sum() / light.sum())


def test_white(run: Run, brain: np.ndarray) -> None:
    results = run("white.mask")
    truth = np.asarray(nibabel.load(EXAMPLES / "white-truth.nii.gz").dataobj).T > 0
    otsu = skimage.filters.threshold_otsu
    tissue = largest(ndi.binary_opening(brain > otsu(brain), ball(1, 3)))
    inside = ndi.binary_erosion(ndi.binary_fill_holes(close(tissue, ball(2, 3))), ball(1, 3))
    _, high = skimage.filters.threshold_multiotsu(brain[inside], 3)
    white = largest((brain > high) & inside)
    same(results["white"], white)
    assert results["agreement"] == dice(white, truth) > 0.94
    assert results["true_ml"] == pytest.approx(truth.sum() * 0.027)
    surface = truth & ~ndi.binary_erosion(truth)
    assert results["furthest"] <= 3 * ndi.distance_transform_edt(~surface)[white & ~ndi.binary_erosion(white)].max()


@pytest.mark.parametrize(
    ("click", "reach", "least"), [((4, 36, 36), 9, 0.91), ((4, 33, 39), 9, 0.85), ((4, 36, 36), 11, 0.85)]
)
def test_nodule(run: Run, click: tuple[int, int, int], reach: float, least: float) -> None:
    """Wherever in it the click is, and with a larger radius too."""
    given = [f"{name}={value}" for name, value in zip("zyx", click, strict=True)]
    results = run("nodule.mask", *(word for text in given for word in ("-p", text)), "-p", f"reach={reach}mm")
    volume, truth = (nrrd.read(EXAMPLES / f"nodule{name}.nrrd")[0].T for name in ("", "-truth"))
    spacing = np.array([5, 0.5703125, 0.5703125])
    smooth = ndi.gaussian_filter(volume.astype(float), 1 / spacing)
    places = (np.indices(volume.shape) - np.reshape(click, (3, 1, 1, 1))) * spacing.reshape(3, 1, 1, 1)
    near = (places**2).sum(0) <= reach**2
    dense = (smooth > skimage.filters.threshold_otsu(smooth[near])) & near
    opened = ndi.binary_fill_holes(ndi.binary_opening(dense, ball(1)[np.newaxis]))
    labels, _ = ndi.label(opened)
    nodule = labels == labels[click]
    assert dice(nodule, results["nodule"] > 0) > 0.99
    assert results["agreement"] == dice(results["nodule"] > 0, truth > 0) > least


# What SEP 1.4.1, which is Source Extractor, finds at three times the noise: x, y and the root of the second moment.
SEP = ((305.92, 60.34, 2.0), (354.84, 177.26, 4.86))
SEP_OF_HITS = (
    (46.46, 6.81, 0.87),
    (29.02, 21.98, 0.72),
    (323.02, 50.36, 0.87),
    (307.93, 163.04, 0.72),
    (192.13, 208.05, 0.73),
)


def test_stars(run: Run) -> None:
    results = run("stars.mask")
    found = results["found"]
    places = np.column_stack([found["centroid_x"], found["centroid_y"]])
    distances = np.hypot(*(places[:, np.newaxis] - np.array([*SEP, *SEP_OF_HITS])[:, :2]).transpose(2, 0, 1))
    assert distances[:, : len(SEP)].min(0).max() < 1.5
    assert distances[:, len(SEP) :].min() > 10
    clean = ndi.median_filter(tifffile.imread(EXAMPLES / "stars.tif").astype(float), 3)
    flat = ndi.gaussian_filter(clean - ndi.median_filter(clean, 41), 2)
    sigma = np.median(np.abs(flat - np.median(flat))) / 0.6745
    assert results["sigma"] == pytest.approx(sigma)
    np.testing.assert_array_equal(results["stars"] > 0, at_least(flat > 5 * sigma, 20))
