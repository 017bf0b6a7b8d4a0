"""Regions found by way of runs, or by labelling pixels: numbers, sizes, places, against scipy.ndimage.label."""

import hypothesis.extra.numpy as npst
import imageio.v3 as iio
import numpy as np
import pytest
import scipy.ndimage as ndi
from helpers import places
from helpers.each import each
from helpers.figures import EXTREME_SHAPES, comb, extreme_masks, spiral
from hypothesis import given
from hypothesis import strategies as st

from maskexpr.kernels import runs
from maskexpr.kernels.packed import pack

ANKLE = iio.imread(places.ANKLE)
WIDTHS = (1, 63, 64, 65, 127, 128, 130)
SHAPES = [(*rows, width) for rows in ((), (1,), (7,), (3, 4), (3, 1), (1, 3), (2, 3, 2)) for width in WIDTHS]


@pytest.fixture(params=["by runs", "by pixels"])
def numbered(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Find the regions one way or the other, however many runs there are."""
    monkeypatch.setattr(runs, "_PIXELS_PER_RUN", 0 if request.param == "by runs" else 10**9)


def check(mask: np.ndarray) -> None:
    """All that is known of regions, for each connectivity, of the whole mask and of its slices along the first axis."""
    for connectivity in range(1, mask.ndim + 1):
        structure = ndi.generate_binary_structure(mask.ndim, connectivity)
        check_regions(mask, connectivity, None, structure)
        if mask.ndim > 1 and connectivity < mask.ndim:
            structure[[0, 2]] = False
            check_regions(mask, connectivity, tuple(range(1, mask.ndim)), structure)


def check_regions(mask: np.ndarray, connectivity: int, axes: tuple[int, ...] | None, structure: np.ndarray) -> None:
    words, shape = pack(mask), mask.shape
    before = words.copy()
    labels, count = ndi.label(mask, structure)
    found = runs.find_regions(words, shape, connectivity, axes)
    assert found.count == count
    assert found.labels().dtype == np.int32
    np.testing.assert_array_equal(found.labels(), labels)
    out = np.full(shape, -1, np.int32)
    assert found.labels(out) is out
    np.testing.assert_array_equal(out, labels)
    np.testing.assert_array_equal(found.sizes(), np.bincount(labels.ravel(), minlength=count + 1)[1:])
    ends = [labels.take([0, -1], axis) for axis in (axes or range(mask.ndim))]
    touching = np.isin(np.arange(1, count + 1), np.concatenate([end.ravel() for end in ends]))
    np.testing.assert_array_equal(found.at_border(axes), touching)
    other = np.random.default_rng(1).random(shape) < 0.1
    hit = np.isin(np.arange(1, count + 1), labels[other])
    np.testing.assert_array_equal(found.hit_by(pack(other)), hit)
    for which in (hit, ~hit):
        np.testing.assert_array_equal(found.kept(which), pack(np.append(False, which)[labels]))
    if axes is not None:
        slices = found.slices(axes)
        numbers = np.zeros(count + 1, int)
        numbers[labels] = np.arange(shape[0]).reshape(-1, *[1] * (mask.ndim - 1))
        # Whatever a slice's number, it is one for all its regions and no others.
        assert len(set(zip(slices.tolist(), numbers[1:].tolist(), strict=True))) == len(set(slices.tolist()))
        assert len(set(slices.tolist())) == len(set(numbers[1:].tolist()))
    np.testing.assert_array_equal(words, before)


@pytest.mark.slow
@pytest.mark.usefixtures("numbered")
@each("shape", SHAPES)
def test_random_masks(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    for density in (0.1, 0.5, 0.9):
        check(rng.random(shape) < density)


@pytest.mark.usefixtures("numbered")
@pytest.mark.parametrize("shape", EXTREME_SHAPES, ids=str)
def test_extreme_masks(shape: tuple[int, ...]) -> None:
    for mask in extreme_masks(shape):
        check(mask)


@pytest.mark.usefixtures("numbered")
@pytest.mark.parametrize("figure", [spiral(101), comb(67)], ids=["spiral", "comb"])
def test_long_ways_round(figure: np.ndarray) -> None:
    for mask in (figure, figure[::-1], figure.T, figure[:, ::-1]):
        check(mask)
        check(~mask)
    check(np.stack([figure, ~figure, figure.T]))


@pytest.mark.usefixtures("numbered")
@pytest.mark.parametrize("level", [20, 60, 110, 180])
def test_a_radiograph(level: int) -> None:
    check(level < ANKLE)


def test_masks_of_few_and_of_many_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Noise goes to scipy.ndimage.label, large shapes do not."""
    noise = np.random.default_rng(0).random((40, 130)) < 0.5
    check(noise)
    check(ANKLE > 110)

    def refuse(*_: object) -> None:
        raise AssertionError

    with monkeypatch.context() as patch:
        patch.setattr(runs, "_numbers", refuse)
        runs.find_regions(pack(noise), noise.shape, 1)
    with monkeypatch.context() as patch:
        patch.setattr(runs, "_label_pixels", refuse)
        runs.find_regions(pack(ANKLE > 110), ANKLE.shape, 1)


@each("shape", SHAPES)
def test_runs_and_back(shape: tuple[int, ...]) -> None:
    mask = np.random.default_rng(2).random(shape) < 0.7
    found = runs.find_runs(pack(mask))
    np.testing.assert_array_equal(found.lengths, found.stops - found.starts)
    assert found.lengths.sum() == np.count_nonzero(mask)
    np.testing.assert_array_equal(runs.paint(found, shape), pack(mask))


def test_regions_of_a_mask_of_no_pixels() -> None:
    for shape in ((0,), (0, 5), (5, 0), (2, 0, 3)):
        empty = np.zeros(shape, bool)
        assert runs.find_regions(pack(empty), shape, 1).labels().shape == shape


@pytest.mark.slow
@given(npst.arrays(bool, npst.array_shapes(min_dims=1, max_dims=4, max_side=9), elements=st.booleans()))
def test_masks_of_any_layout(mask: np.ndarray) -> None:
    for view in (mask, np.asfortranarray(mask), mask[::-1]):
        found = runs.find_runs(pack(view))
        assert runs.find_regions(pack(view), view.shape, 1).count == ndi.label(view)[1]
        for connectivity in range(1, mask.ndim + 1):
            numbers, count = runs._numbers(found, mask.shape, connectivity)
            labels, expected = ndi.label(view, ndi.generate_binary_structure(mask.ndim, connectivity))
            regions_found = runs.RegionsOfRuns(pack(view), mask.shape, found, numbers, count)
            np.testing.assert_array_equal(regions_found.labels(), labels)
            assert count == expected
