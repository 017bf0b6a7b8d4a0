"""Masks and label images compared with a truth: every number as NumPy and Python's own statistics have it."""

import math
import statistics
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from scipy.spatial import distance

import maskexpr
from maskexpr.comparisons.asked import Asked
from maskexpr.comparisons.comparing import Compared, Row
from maskexpr.comparisons.measures import MEASURES, USUAL, named
from maskexpr.comparisons.tables import summaries
from maskexpr.diagnostics import messages

PAIRS = 6


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    return 2 * (a & b).sum() / (a.sum() + b.sum()) if (a | b).any() else 1.0


def farthest(a: np.ndarray, b: np.ndarray) -> float:
    if not (a.any() and b.any()):
        return math.inf if (a | b).any() else 0.0
    own, others = np.argwhere(a), np.argwhere(b)
    return max(distance.directed_hausdorff(own, others)[0], distance.directed_hausdorff(others, own)[0])


@pytest.fixture
def masks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pairs in files: of 0 and 255 and of 0 and 1, some of them empty."""
    monkeypatch.chdir(tmp_path)
    for folder in ("pred", "truth"):
        (tmp_path / folder).mkdir()
    rng, found = np.random.default_rng(3), []
    for i in range(PAIRS):
        truth = ndimage.gaussian_filter(rng.random((24, 31)), 2) > 0.5
        pred = np.roll(truth, i % 3, axis=1)
        if i in (2, 3):
            truth[:] = False
        if i == 3:
            pred[:] = False
        iio.imwrite(f"pred/case {i}.png", pred.astype(np.uint8) * 255)
        iio.imwrite(f"truth/case {i}.png", truth.astype(np.uint8))
        found.append((pred, truth))
    return found


def test_pairs_of_files_are_those_of_arrays(masks: list[tuple[np.ndarray, np.ndarray]]) -> None:
    table = maskexpr.compare("pred/*.png", "truth/{a.stem}.png", measures=["dice", "hd"], method="pixels")
    assert table["a"].tolist() == [f"pred/case {i}.png" for i in range(PAIRS)]
    assert table["b"].tolist() == [f"truth/case {i}.png" for i in range(PAIRS)]
    assert table["dice"].tolist() == [overlap(a, b) for a, b in masks]
    np.testing.assert_allclose(table["hd"], [farthest(a, b) for a, b in masks], rtol=1e-15)
    assert table["empty"].tolist() == ["", "", "b", "both", "", ""]
    of_arrays = maskexpr.compare([a for a, _ in masks], [b for _, b in masks], measures=["dice", "hd"], method="pixels")
    assert of_arrays["pair"].tolist() == [*range(PAIRS)]
    listed = maskexpr.compare([*map(Path, table["a"])], table["b"].tolist(), measures=["dice", "hd"], method="pixels")
    for name in ("dice", "hd", "empty"):
        assert of_arrays[name].tolist() == table[name].tolist() == listed[name].tolist()


def test_a_single_object_among_labels_is_no_mask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first pair looks like masks; the second says what all are."""
    one = np.zeros((9, 9), np.uint8)
    one[2:4, 2:4] = 1
    two = one.copy()
    two[6:8, 6:8] = 2
    found = maskexpr.compare([one, one], [one, two], measures=["f1", "matched"])
    assert found["f1"].tolist() == [1.0, 2 / 3]
    assert found["objects_b"].tolist() == [1, 2]
    as_masks = maskexpr.compare([one, one], [one, two], measures=["f1"], kind="mask", on_error="keep")
    assert as_masks["error"].tolist() == ["", "input-kind"]
    assert "--kind labels" in as_masks["message"][1]


def test_what_labels_may_be_kept_as(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Floats that are whole, bits for a single object, indices of a palette; in arrays and in files."""
    monkeypatch.chdir(tmp_path)
    one = np.zeros((9, 9), np.uint8)
    one[2:4, 2:4] = 1
    two = one + 2 * np.roll(one, 4, axis=0)
    expected = maskexpr.compare([two, one], [one, two])
    assert expected["matched"].tolist() == [1, 1]
    kept = [two.astype(np.float32), one.astype(bool)]
    palette = PIL.Image.fromarray(two).convert("P")
    palette.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0])
    palette.save("palette.png")
    PIL.Image.fromarray(one.astype(bool)).save("bits.png")
    for a, b in ((kept, kept[::-1]), (["palette.png", "bits.png"], ["bits.png", "palette.png"]), (kept, [one, two])):
        found = maskexpr.compare(a, b)
        assert all(found[name].tolist() == expected[name].tolist() for name in expected if name != "pair")
    holed = np.where(two > 1, np.nan, two)
    with pytest.raises(maskexpr.InputError, match="holds float64 values that are not whole"):
        maskexpr.compare(holed, two, kind="labels")


def test_one_image_that_is_neither_changes_nothing_of_the_others() -> None:
    m = np.eye(4, dtype=np.uint8)
    grey = np.linspace(0, 1, 16).reshape(4, 4)
    found = maskexpr.compare([m * 255, grey, m], [m, m, m], measures=["dice"], on_error="keep")
    assert found["error"].tolist() == ["", "input-kind", ""]
    assert "a map of probabilities as map > 0.5" in found["message"][1]
    np.testing.assert_array_equal(found["dice"], [1, math.nan, 1])
    coloured = maskexpr.Image(np.stack([m, m * 2, m], axis=-1), kind="colour")
    for kind in (None, "labels"):
        with pytest.raises(maskexpr.InputError, match="save one of its channels"):
            maskexpr.compare(coloured, m, kind=kind)


def test_what_pairs_may_be_given_as(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Iterators, none at all, files beside arrays; which pair it was is said of an error."""
    monkeypatch.chdir(tmp_path)
    m = np.eye(4, dtype=bool)
    maskexpr.write("m.png", m)
    for a, b in (
        (iter([m, m]), map(np.array, [m, m])),
        ((m, m), ["m.png", m]),
        (Path().glob("m.*"), ["m.png"]),
        ("m.png", m),
    ):
        assert set(maskexpr.compare(a, b, measures="dice,iou")["iou"]) == {1.0}
    assert len(maskexpr.compare([], [])["dice"]) == 0
    with pytest.raises(maskexpr.InputError, match=r"^error: pair 1: a is 4x4 and b is 3x4; "):
        maskexpr.compare([m, m], [m, m[:3]])
    with pytest.raises(maskexpr.FileError, match=r"^error: n\.png: cannot read n\.png"):
        maskexpr.compare(["m.png", "n.png"], ["m.png", "m.png"])


@pytest.mark.parametrize("spacing", ["0.25mm,0.5mm", [0.25, "500um"], (np.float32(0.25), 0.5)])
def test_the_size_of_a_pixel_that_is_given_goes_before_others(
    spacing: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    m = np.zeros((6, 9), bool)
    m[2, 2] = True
    maskexpr.write("a.png", m)
    maskexpr.write("b.png", np.roll(m, 3, axis=1))
    image = maskexpr.Image(np.roll(m, 3, axis=1), spacing=7)
    for a, b in ((m, image), ("a.png", image), ("a.png", "b.png"), ([m], ["b.png"])):
        assert maskexpr.compare(a, b, measures="hd", unit="mm", spacing=spacing)["hd_mm"] == [1.5]


def test_classes_are_masks_of_their_numbers() -> None:
    rng = np.random.default_rng(5)
    pairs = [(rng.integers(0, 4, (8, 9)), rng.integers(0, 4, (8, 9))) for _ in range(3)]
    pairs[1][0][pairs[1][0] == 2] = 0  # only one of the pair has it
    for part in pairs[2]:
        part[part == 3] = 0  # neither has it
    found = maskexpr.compare(
        [a for a, _ in pairs], [b for _, b in pairs], by="class", measures=["dice", "hd"], method="pixels"
    )
    expected = [
        (i, k, overlap(a == k, b == k), farthest(a == k, b == k))
        for i, (a, b) in enumerate(pairs)
        for k in (1, 2, 3)
        if (a == k).any() or (b == k).any()
    ]
    rows = [*zip(*(found[name].tolist() for name in ("pair", "class", "dice", "hd")), strict=True)]
    assert rows == [pytest.approx(row) for row in expected]
    assert len(rows) == 8
    assert found["empty"].tolist() == ["a" if row[:2] == (1, 2) else "" for row in expected]


def test_a_pair_that_does_not_fit_says_how() -> None:
    small, large = np.ones((3, 4), bool), np.ones((5, 4), bool)
    with pytest.raises(maskexpr.InputError, match="a is 3x4 and b is 5x4"):
        maskexpr.compare([small, small], [small, large], measures=["dice", "f1", "matched"])
    kept = maskexpr.compare([small, small], [small, large], measures=["dice", "f1", "matched"], on_error="keep")
    assert kept["error"].tolist() == ["", "shape"]
    assert kept["message"][1].startswith("a is 3x4 and b is 5x4; ")
    assert "resample" in kept["message"][1]
    np.testing.assert_array_equal(kept["dice"], [1.0, math.nan])
    apart = [maskexpr.Image(small[np.newaxis], spacing=1, origin=[0, 0, place]) for place in (0, 5)]
    placed = maskexpr.compare(*apart, measures=["dice"], on_error="keep")
    assert placed["error"].tolist() == ["grid"]
    assert "resample(b, like=a)" in placed["message"][0]


def test_distances_come_in_a_unit() -> None:
    a = np.zeros((4, 9), bool)
    a[1, 1] = True
    table = maskexpr.compare(maskexpr.Image(a, spacing="0.5mm"), np.roll(a, 4, axis=1), measures=["hd"], unit="um")
    assert table["hd_um"].tolist() == [2000.0]
    assert table.units == {"hd_um": "um"}
    with pytest.raises(maskexpr.InputError, match="needs the size of a pixel"):
        maskexpr.compare(a, a, measures=["hd"], unit="mm")


def test_each_measure_is_the_function_of_the_language(masks: list[tuple[np.ndarray, np.ndarray]]) -> None:
    """Of masks, and of labels of which what is on counts, or the objects."""
    a, b = masks[1]
    spaced = [maskexpr.Image(m, spacing="0.5mm") for m in (a, b)]
    asked = {"unit": "mm", "method": "medpy", "iou": 0.3}
    of = {
        "dice": "dice(a, b)",
        "iou": "iou(a, b)",
        "precision": "precision(a, b)",
        "recall": "recall(a, b)",
        "specificity": "specificity(a, b)",
        "volume_difference": "volume_difference(a, b)",
        "hd_mm": 'hausdorff(a, b, unit="mm", method="medpy")',
        "hd95_mm": 'hausdorff(a, b, 95, "mm", "medpy")',
        "asd_mm": 'surface_distance(a, b, "mm", "medpy")',
        "f1": "f1(label(a), label(b), 0.3)",
        "matched": "matched(label(a), label(b), 0.3)",
        "segmentation_quality": "segmentation_quality(label(a), label(b), 0.3)",
        "panoptic_quality": "panoptic_quality(label(a), label(b), 0.3)",
    }
    found = maskexpr.compare(*spaced, measures=[name.removesuffix("_mm") for name in of], **asked)
    assert {name: found[name][0] for name in of} == {
        name: maskexpr.evaluate(text, a=spaced[0], b=spaced[1]) for name, text in of.items()
    }
    for small in (1e-5, np.float32(1e-5)):
        assert maskexpr.compare(*spaced, measures="nsd", tolerance=small)["surface_dice"] == maskexpr.evaluate(
            "surface_dice(a, b, 0.00001)", a=spaced[0], b=spaced[1]
        )
        assert maskexpr.compare(*spaced, measures="matched", iou=small)["matched"] == maskexpr.evaluate(
            "matched(label(a), label(b), 0.00001)", a=spaced[0], b=spaced[1]
        )
    within = maskexpr.compare(*spaced, measures=["surface_dice"], tolerance="0.5 mm")
    assert within["surface_dice"][0] == maskexpr.evaluate("surface_dice(a, b, 0.5mm)", a=spaced[0], b=spaced[1])
    assert set(MEASURES) == {"surface_dice", *(name.removesuffix("_mm") for name in of)}

    labels = [ndimage.label(m)[0] for m in (a, b)]
    of_labels = maskexpr.compare(*labels, measures=["precision", "recall", "hd", "specificity", "dice"], iou=0.3)
    expected = {
        "precision": "precision(a, b, 0.3)",
        "recall": "recall(a, b, 0.3)",
        "hd": 'hausdorff(a > 0, b > 0, method="monai")',
        "specificity": "specificity(a > 0, b > 0)",
        "dice": "dice(a, b)",
    }
    given = {name: maskexpr.Image(lab, kind="labels") for name, lab in zip("ab", labels, strict=True)}
    assert {name: of_labels[name][0] for name in expected} == {
        name: maskexpr.evaluate(text, **given) for name, text in expected.items()
    }


def test_the_usual_measures() -> None:
    m = np.eye(4, dtype=bool)
    assert [*maskexpr.compare(m, m)] == ["pair", *USUAL["mask"], "empty"]
    assert [*maskexpr.compare(m, m, tolerance=2)] == ["pair", *USUAL["mask"], "surface_dice", "empty"]
    objects = ["objects_a", "objects_b"]
    assert [*maskexpr.compare(m * 3, m * 7, kind="labels")] == ["pair", *USUAL["labels"], *objects, "empty"]


# --- what is asked for -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"measures": ["dcie"]}, "there is no measure dcie; did you mean dice?"),
        ({"measures": ["kappa"]}, "there is no measure kappa; it is one of dice, iou"),
        ({"measures": ["surface_dice"]}, "surface_dice needs a tolerance"),
        ({"tolerance": "1 inch"}, "1 inch is no tolerance"),
        ({"tolerance": "1e3mm"}, "1e3mm is no tolerance"),
        ({"method": "itk"}, "hd has no method itk; it has pixels, monai, medpy"),
        ({"method": "pixels"}, "asd has no method pixels"),
        ({"iou": 1.5}, "objects do not match at an iou of 1.5"),
        ({"unit": "inch"}, "distances come in no unit inch"),
        ({"measures": [3]}, "there is no measure 3"),
        ({"measures": 3}, "there is no measure 3"),
        ({"iou": "a half"}, "objects do not match at an iou of a half"),
        ({"tolerance": math.nan}, "nan is no tolerance"),
        ({"tolerance": True}, "True is no tolerance"),
        ({"tolerance": 1e20}, "it must be at most"),
        ({"spacing": "wide", "unit": "mm"}, "the spacing of a is wide"),
        ({"jobs": 0}, "jobs is 0"),
        ({"kind": "image"}, "there is no 'image' here"),
    ],
)
def test_what_is_not_there_is_said(asked: dict, said: str) -> None:
    with pytest.raises(maskexpr.InputError) as caught:
        maskexpr.compare(np.ones((2, 2), bool), np.ones((2, 2), bool), **asked)
    assert said in str(caught.value)


def test_other_counts_and_too_many_classes() -> None:
    m = np.ones((2, 2), bool)
    with pytest.raises(maskexpr.InputError, match="2 are compared with 1"):
        maskexpr.compare([m, m], [m])
    objects = np.arange(300).reshape(15, 20)
    with pytest.raises(maskexpr.InputError, match="there are 299 of them"):
        maskexpr.compare(objects, objects, by="class")


def test_measures_have_other_names_too() -> None:
    assert [m.name for m in named(["Jaccard", "HD95", "hausdorff", "hd", "pq", "sensitivity", "DSC"])] == [
        "iou", "hd95", "hd", "panoptic_quality", "recall", "dice",
    ]  # fmt: skip


# --- over all pairs --------------------------------------------------------------------------------------------------

values = st.lists(st.floats(0, 1e6) | st.sampled_from([math.inf, math.nan]), min_size=1, max_size=12)


@given(values, st.sampled_from(["dice", "hd", "matched"]))
def test_figures_are_those_of_pythons_statistics(found: list[float], name: str) -> None:
    measure = MEASURES[name]
    rows = tuple(Row(i, values={name: value}, sizes=(1, 1)) for i, value in enumerate(found))
    failed = Row(len(found), errors=(messages.COMPARE_NO_TOLERANCE.anywhere(),))
    said = summaries(Compared(Asked(), "mask", (measure,), (*rows, failed), ()))[0]
    known = [value for value in found if not math.isnan(value)]
    finite = [value for value in known if math.isfinite(value)]
    assert (said.values, said.undefined, said.infinite) == (
        len(known), len(found) - len(known), len(known) - len(finite),
    )  # fmt: skip
    if finite:
        assert said.mean == pytest.approx(statistics.fmean(finite), rel=1e-12)
    if len(finite) > 1:
        assert said.deviation == pytest.approx(statistics.stdev(finite), rel=1e-9, abs=1e-9)
    if known:
        assert said.median == statistics.median(known)
    if known and measure.best is not None:
        assert said.worst == max(known, key=lambda value: abs(value - measure.best))
        assert found.index(said.worst) == said.row
    else:
        assert said.worst is None
