"""`maskexpr.sweep` against plain NumPy, image by image and value by value."""

import itertools
import math
import pickle
import statistics

import imageio.v3 as iio
import numpy as np
import pytest
from helpers.places import ANKLE, EXAMPLES
from hypothesis import given
from hypothesis import strategies as st

import maskexpr
from maskexpr.files.programs import load_program
from maskexpr.sweeps import trials
from maskexpr.sweeps.choosing import mean, shuffled

IM = iio.imread(ANKLE)
TRUTH = iio.imread(EXAMPLES / "ankle-tissue.png") > 0
BAND = "param low = 32 in 0..255; param high = 64 in 0..255; output m = im > low & im < high"


def dice(a, b):
    return 2 * np.count_nonzero(a & b) / (np.count_nonzero(a) + np.count_nonzero(b))


def pieces(count):
    """Parts of one radiograph, each with a truth of its own."""
    rows = [slice(i * 70, i * 70 + 90) for i in range(count)]
    return [{"im": IM[r, 20:360], "truth": (IM[r, 20:360] > 28 + i) & (IM[r, 20:360] < 68 - 2 * i)}
            for i, r in enumerate(rows)]  # fmt: skip


def test_every_score_is_that_of_numpy() -> None:
    lows, highs = range(20, 61, 8), range(50, 91, 10)
    found = maskexpr.sweep(BAND, {"im": IM, "truth": TRUTH}, {"low": lows, "high": highs}, maximize="dice(m, truth)")
    expected = [dice((low < IM) & (high > IM), TRUTH) for low, high in itertools.product(lows, highs)]
    assert found.scores[:, 0].tolist() == pytest.approx(expected, rel=1e-15)
    at = int(np.argmax(expected))
    assert found.best == dict(zip(("low", "high"), [*itertools.product(lows, highs)][at], strict=True))
    assert found.score == found.scores[at, 0]
    assert found.default_score == pytest.approx(dice((IM > 32) & (IM < 64), TRUTH), rel=1e-15)
    table = found.table
    assert list(table) == ["low", "high", "score"]
    assert list(zip(table["low"], table["high"], strict=True)) == [*itertools.product(lows, highs)]
    assert found.profiles["low"].tolist() == [max(expected[i * 5 : i * 5 + 5]) for i in range(6)]


def test_a_sweep_is_the_program_run_with_each_value() -> None:
    """An example with its own truth, a length, and an assert in it."""
    program = load_program(str(EXAMPLES / "nodule.mask"))
    images = {"im": EXAMPLES / "nodule.nrrd", "truth": EXAMPLES / "nodule-truth.nrrd"}
    found = maskexpr.sweep(program, images, {"reach": "6mm..12mm:3mm"}, maximize="dice(nodule, truth)")
    arrays = {"im": maskexpr.read(images["im"]), "truth": maskexpr.read(images["truth"], kind="mask")}
    expected = [program(**arrays, reach=f"{n}mm")["agreement"] for n in (6, 9, 12)]
    assert found.scores[:, 0].tolist() == expected
    assert str(found.program.params[3].default) == f"{(6, 9, 12)[int(np.argmax(expected))]}mm"


def test_of_several_images_the_mean_counts() -> None:
    images, lows = pieces(5), range(24, 41, 2)
    found = maskexpr.sweep(BAND, images, {"low": lows}, maximize="dice(m, truth)")
    expected = np.array([[dice((i["im"] > low) & (i["im"] < 64), i["truth"]) for i in images] for low in lows])
    assert found.scores == pytest.approx(expected, rel=1e-15)
    means = [math.fsum(row) / 5 for row in found.scores.tolist()]
    assert found.means.tolist() == means
    assert found.best == {"low": lows[int(np.argmax(means))]}
    row = found.scores[int(np.argmax(means))].tolist()
    assert found.summary.median == statistics.median(row)
    assert (found.summary.worst, found.summary.at) == (min(row), row.index(min(row)))
    assert list(found.table) == ["low", "mean", "median", "worst", "worst_image"]
    assert found.by_image.rows == 45
    assert found.by_image["image"][:5].tolist() == [f"image {n}" for n in range(1, 6)]
    assert found.by_image["score"].tolist() == found.scores.reshape(-1).tolist()


def test_the_least_may_be_the_best() -> None:
    images = pieces(4)
    most = maskexpr.sweep(BAND, images, {"low": "24..40:2"}, maximize="dice(m, truth)")
    least = maskexpr.sweep(BAND, images, {"low": "24..40:2"}, minimize="1 - dice(m, truth)")
    assert most.best == least.best
    assert least.summary.worst == max(least.scores[least.index])
    assert least.profiles["low"].tolist() == least.means.tolist()


def test_of_equals_the_nearest_to_the_defaults_is_taken() -> None:
    image = {"im": np.array([[0, 10, 20, 30]]), "truth": np.array([[False, False, True, True]])}
    program = "param t = {} in 0..99; output m = im > t"
    for default, expected in ((0, 10), (12, 12), (15, 15), (50, 19)):
        found = maskexpr.sweep(program.format(default), image, {"t": range(40)}, maximize="dice(m, truth)")
        assert (found.best, found.score) == ({"t": expected}, 1.0)
    del image["truth"]
    found = maskexpr.sweep(program.format(3), image, {"t": "20..40:10,0"}, maximize="0 * area(m)")
    assert found.best == {"t": 0}


def test_no_score_is_never_the_best() -> None:
    program = "param t = 3 in 0..9; output m = im > t"
    image = {"im": np.array([[1, 5, 6, 8]])}
    found = maskexpr.sweep(program, image, {"t": range(10)}, maximize="mean(im[m])")
    assert np.isnan(found.scores[:, 0]).tolist() == [False] * 8 + [True] * 2
    assert (found.best, found.score) == ({"t": 6}, 8.0)
    assert found.warnings[0].render() == (
        "warning: 2 of 10 runs have no finite score, the first of them t=8; there are no samples to measure"
    )
    zero = maskexpr.sweep(program, image, {"t": range(10)}, maximize="area(m) / (t - 5)")
    assert np.flatnonzero(~np.isfinite(zero.scores[:, 0])).tolist() == [5]
    assert zero.best == {"t": 6}
    assert zero.warnings[0].hint == "this divides by zero"
    counted = maskexpr.sweep(program, image, {"t": range(5, 8)}, maximize="t / (area(m) - 2)")
    assert counted.warnings[0].hint == "t / (area(m) - 2) is inf there"
    refusing = f"{program}; n = percentile(im, 20 * t)"  # which is wrong before any pixel
    some = maskexpr.sweep(refusing, image, {"t": range(10)}, maximize="area(m) + n")
    assert np.isnan(some.scores[:, 0]).tolist() == [False] * 6 + [True] * 4
    assert some.warnings[0].hint == "q is 120"
    ratio = maskexpr.sweep(program, image, {"t": range(10)}, maximize="area(m) / area(m)")
    assert ratio.best == {"t": 3}
    assert "area(m) / area(m) is nan there" in ratio.warnings[0].hint
    with pytest.raises(maskexpr.RunError) as caught:
        _ = maskexpr.sweep(program, image, {"t": [8, 9]}, maximize="mean(im[m])").best
    assert str(caught.value) == (
        "maximize:1:6: error: no values have a finite score: there are no samples to measure\n"
        "    mean(im[m])\n         ^^^^^\n  try other values, or mend the program"
    )


def test_an_image_without_scores_is_named() -> None:
    images = [{"im": np.array([[1, 5, 9]])}, {"im": np.array([[1, 1, 2]])}]
    found = maskexpr.sweep("param t = 3; output m = im > t", images, {"t": [3, 4]}, maximize="mean(im[m])")
    assert "no values have a finite score on all images" in repr(found)
    assert found.default_score != found.default_score
    with pytest.raises(maskexpr.RunError, match="try other values, or leave out image 2"):
        _ = found.score


def test_folds_are_chosen_without_what_they_are_scored_on() -> None:
    images = pieces(7)
    found = maskexpr.sweep(BAND, images, {"low": "24..40", "high": "56..72:4"}, maximize="dice(m, truth)", folds=3)
    assert found.folds is not None
    assert sorted(i for fold in found.folds for i in fold.images) == [*range(7)]
    held = {}
    for fold in found.folds:
        rest = [i for i in range(7) if i not in fold.images]
        means = found.scores[:, rest].mean(axis=1)
        assert means[fold.index] == pytest.approx(means.max(), rel=1e-15)
        assert list(fold.scores) == found.scores[fold.index, list(fold.images)].tolist()
        held.update(zip(fold.images, fold.scores, strict=True))
    assert found.held_out == pytest.approx(statistics.fmean(held.values()), rel=1e-15)
    assert found.held_out <= found.score
    assert f"mean {found.held_out:.6g} on images that were held back, {found.score:.6g} on those" in repr(found)
    again = maskexpr.sweep(BAND, images, {"low": "24..40"}, maximize="dice(m, truth)", folds=3, seed=1)
    assert [f.images for f in again.folds] != [f.images for f in found.folds]


def test_folds_of_infinite_scores_are_reported() -> None:
    images = [{"im": np.array([pair], np.uint8)} for pair in ((0, 9), (0, 1), (1, 9), (1, 9))]
    score = "result = (max(im) - 5) / (min(im) + t)"
    found = maskexpr.sweep(f"param t = 1.0; {score}", images, {"t": [0.0, 1.0]}, maximize="result", folds=2, seed=1)
    assert found.folds is not None
    assert {(-math.inf, math.inf), (math.inf, -math.inf)} & {fold.scores for fold in found.folds}
    assert repr(found).endswith("t=0.0  on 2 images nan")


def test_runs_that_fail_are_not_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "_alone", None)
    text = "param t = 0; assert t % 2 == 0; area(im > t)"
    found = maskexpr.sweep(text, {"im": np.array([[1, 4, 9]])}, {"t": range(8)}, maximize="result")
    assert np.isnan(found.scores[:, 0]).tolist() == [t % 2 == 1 for t in range(8)]
    assert sorted(found.reasons or ()) == [(t, 0) for t in (1, 3, 5, 7)]


@given(st.integers(0, 50), st.integers(0, 10**12))
def test_an_order_has_each_number_once(count: int, seed: int) -> None:
    assert sorted(shuffled(count, seed)) == [*range(count)]
    assert shuffled(count, seed) == shuffled(count, seed)


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=9))
def test_any_scores_have_a_mean(values: list[float]) -> None:
    found = mean(values)
    if all(map(math.isfinite, values)):
        assert min(values) <= found <= max(values)


@pytest.mark.slow
def test_processes_give_what_one_does() -> None:
    images = pieces(4)
    one = maskexpr.sweep(BAND, images, {"low": "24..40:4"}, maximize="dice(m, truth)")
    two = maskexpr.sweep(BAND, images, {"low": "24..40:4"}, maximize="dice(m, truth)", jobs=2)
    assert (one.scores.tolist(), one.today.tolist()) == (two.scores.tolist(), two.today.tolist())
    images[2] = {**images[2], "truth": np.zeros((3, 3), bool)}
    for jobs in (1, 2):
        with pytest.raises(maskexpr.ProgramError) as caught:
            maskexpr.sweep(BAND, images, {"low": "24..40:4"}, maximize="dice(m, truth)", jobs=jobs)
        assert str(caught.value).startswith("maximize:1:1: error: on image 3: m (from im) is 90x340 and truth is 3x3")


def test_a_sweep_is_pickled_and_shown() -> None:
    found = maskexpr.sweep(BAND, {"im": IM, "truth": TRUTH}, {"low": "20..50:10"}, maximize="dice(m, truth)")
    again = pickle.loads(pickle.dumps(found))
    assert repr(again) == repr(found)
    assert again.program.source == found.program.source
    assert found.plot().shape[2] == 3
    assert "data:image/png;base64," in found._repr_html_()


@pytest.mark.parametrize("one", [1, 255])
def test_a_truth_is_taken_for_what_the_score_needs(one: int) -> None:
    """Files of masks and labels mostly hold plain numbers, which say nothing of what they are."""
    numbers = TRUTH[:200].astype(np.uint8) * np.uint8(one)
    given, lows = {"im": IM[:200]}, {"low": "20..40:10"}
    plain = maskexpr.sweep(BAND, {**given, "truth": TRUTH[:200]}, lows, maximize="dice(m, truth)")
    found = maskexpr.sweep(BAND, {**given, "truth": numbers}, lows, maximize="dice(m, truth)")
    assert found.scores.tolist() == plain.scores.tolist()
    assert repr(found).startswith("dice(m, truth), truth as a mask, highest of 3 runs\n")
    compared = maskexpr.sweep(BAND, {**given, "truth": numbers}, lows, maximize="dice(m, truth > 0)")
    assert compared.scores.tolist() == plain.scores.tolist()
    assert repr(compared).startswith("dice(m, truth > 0), highest")
    objects = maskexpr.evaluate("label(m)", m=TRUTH[:200]).astype(np.uint8)
    wanted = maskexpr.Image(objects, kind="labels")
    found = maskexpr.sweep(BAND, {**given, "truth": objects}, lows, maximize="f1(label(m), truth)")
    plain = maskexpr.sweep(BAND, {**given, "truth": wanted}, lows, maximize="f1(label(m), truth)")
    assert found.scores.tolist() == plain.scores.tolist()
    assert repr(found).startswith("f1(label(m), truth), truth as labels, highest of 3 runs\n")


# --- the program with the best ---------------------------------------------------------------------------------------

WRITTEN = """\
# what it is for
param low=32 in 0..255   # above air
param high = 64 in 0..255 "bone"
param  blur = 1.0 in 0..5; param kept = 7
smooth=gaussian(im,blur)
output m = smooth>low & smooth<high   # the rest
"""


def test_only_the_defaults_change_in_the_program() -> None:
    images = {"im": IM[100:200], "truth": TRUTH[100:200]}
    params = {"low": [20, 40], "blur": [0, 2], "high": [70]}
    found = maskexpr.sweep(WRITTEN, images, params, maximize="dice(m, truth)")
    program = found.program
    assert {i.name: i.default for i in program.params} == {"kept": 7, **found.best}
    assert [i.whole for i in program.params] == [True, True, False, True]
    laid_out = maskexpr.format(WRITTEN)
    low, blur = found.best["low"], found.best["blur"]
    expected = laid_out.replace("low = 32", f"low = {low}").replace("high = 64", "high = 70")
    assert program.source == expected.replace("blur = 1.0", f"blur = {blur:.1f}")
    score = maskexpr.evaluate(program.source + "\noutput s = dice(m, truth)", **images)["s"]
    assert score == found.score


# --- what is said ----------------------------------------------------------------------------------------------------


def test_a_best_at_the_edge_is_said() -> None:
    image = {"im": IM, "truth": TRUTH}
    found = maskexpr.sweep(BAND, image, {"low": "36..60:4"}, maximize="dice(m, truth)")
    assert [w.render() for w in found.warnings] == [
        "warning: the best is at the edge of what was tried: low=36; try a wider range: -p low=24..48:4"
    ]
    assert repr(found).splitlines()[-1].startswith("worse than the defaults by ")
    # The program takes no more than that.
    allowed = maskexpr.sweep(BAND.replace("0..255", "32..255"), image, {"low": "32..60:4"}, maximize="dice(m, truth)")
    assert allowed.best == {"low": 32}
    assert not allowed.warnings


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "nothing says which mask is best; write maximize='dice(m, truth)', say"),
        ({"maximize": "1", "minimize": "1"}, "the score cannot be the most and the least; delete one of the two"),
        ({"maximize": "low", "params": {}}, "no param is swept; give one several values: -p low=0..255:20"),
        ({"maximize": "low", "params": {"lo": [1, 2]}}, "the program has no param lo; it has low, high"),
        ({"maximize": "low", "params": {"low": []}}, "low is given no values; give it some: -p low=0..255:20"),
        ({"maximize": "low", "params": {"low": [1, 300]}}, "low cannot be 300; it is a whole number in 0..255"),
        ({"maximize": "low", "images": []}, "there are no images to try anything on; give one: im=ankle.png, say"),
        ({"maximize": "low", "images": IM}, "images of type ndarray name no inputs; give a mapping such as"),
        ({"maximize": "low", "images": 3}, "images of type int name no inputs; give a mapping such as"),
        ({"maximize": "low", "folds": 1}, "1 are no folds; give a number from 2 to the number of images"),
        ({"maximize": "low", "folds": 2}, "there is one image, none to hold back from tuning; leave out --folds, or"),
        ({"maximize": "low", "folds": 3, "images": [{"im": IM}] * 2}, "3 folds need as many images, here are 2; write"),
        ({"maximize": "low", "samples": 0}, "0 are no samples; give a number from 1 to 10,000,000"),
        ({"maximize": "low", "seed": -1}, "the seed -1 is below 0; give a whole number from 0 on"),
        ({"maximize": "low", "on_error": "return"}, 'on_error is \'return\'; write "raise" or "skip"'),
        ({"maximize": "low", "jobs": 0}, "jobs is 0; give a whole number from 1 on: jobs=2, say"),
        (
            {"maximize": "low", "images": {"im": IM, "truth": TRUTH}},
            "truth is given, but neither the program nor maximize names it; leave it out, or name it there",
        ),
    ],
)
def test_what_is_wrong_with_arguments(arguments: dict, message: str) -> None:
    images = arguments.pop("images", {"im": IM})
    params = arguments.pop("params", {"low": [1, 2]})
    with pytest.raises(maskexpr.InputError) as caught:
        maskexpr.sweep(BAND, images, params, **arguments)
    assert str(caught.value).startswith(f"error: {message}")


@pytest.mark.parametrize("jobs", [1, 2])
def test_images_that_cannot_be_scored_are_left_out_if_that_is_asked_for(jobs: int) -> None:
    good = [{"im": IM[i : i + 90], "truth": TRUTH[i : i + 90]} for i in (0, 100, 200)]
    bad = [{"im": IM[:50], "truth": TRUTH[:60]}, {"im": "nowhere.png", "truth": TRUTH}]
    values = {"low": [20, 32, 40]}
    wanted = maskexpr.sweep(BAND, good, values, maximize="dice(m, truth)", folds=3)
    assert wanted.left_out == ()
    images = [bad[1], good[0], bad[0], *good[1:]]
    found = maskexpr.sweep(BAND, images, values, maximize="dice(m, truth)", folds=5, jobs=jobs, on_error="skip")
    assert found.scores.tolist() == wanted.scores.tolist()
    assert (found.best, found.held_out) == (wanted.best, wanted.held_out)
    assert found.images == ("image 2", "image 4", "image 5")
    assert [d.code for d in found.left_out] == ["file-missing", "shape"]
    assert found.left_out[1].message == "on image 3: m (from im) is 50x380 and truth is 60x380"
    with pytest.raises(maskexpr.FileError, match=r"nowhere\.png"):
        maskexpr.sweep(BAND, images, values, maximize="dice(m, truth)", jobs=jobs)
    with pytest.raises(maskexpr.ProgramError, match="dice takes a mask or labels"):  # which no image mends
        maskexpr.sweep(BAND, images, values, maximize="dice(gaussian(im, 1), truth)", on_error="skip")
    with pytest.raises(maskexpr.FileError):
        maskexpr.sweep(BAND, bad[1:], values, maximize="dice(m, truth)", on_error="skip")


def test_a_program_without_params_has_nothing_to_tune() -> None:
    with pytest.raises(maskexpr.InputError, match="the program has no param; write param low = 32"):
        maskexpr.sweep("im > 3", {"im": IM}, {}, maximize="area(result)")


@pytest.mark.parametrize(
    ("truth", "goal"),
    [
        (np.uint8([[0, 255, 255]]), "dice(m, truth)"),  # as a file holds a mask
        (np.uint8([[0, 1, 1]]), "dice(m, truth)"),
        (np.uint8([[0, 1, 1]]), "dice(m, truth > 0)"),  # an image where it is one
        (np.uint16([[2, 3, 3]]), "f1(label(m), truth, iou=0.9)"),
        (maskexpr.Image(np.uint8([[0, 255, 255]]), spacing=2), "dice(m, truth)"),
    ],
)
def test_a_truth_is_what_the_expression_takes_it_for(truth, goal: str) -> None:
    im = np.uint8([[10, 20, 30]])
    found = maskexpr.sweep(
        "param t = 25 in 0..99; m = im > t", {"im": im, "truth": truth}, {"t": [5, 15]}, maximize=goal
    )
    assert found.best == {"t": 15}
