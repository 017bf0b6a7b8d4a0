"""Pixels without data in statistics, thresholds and regions, against evaluations by hand on what has data alone."""

import itertools
from typing import Any

import numpy as np
import pytest
from helpers.both_ways import compiled
from helpers.searches import tried
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

import maskexpr
from maskexpr.library.pixelwise.missing import nearest

Array = np.ndarray[Any, Any]
SEEDS = st.integers(0, 2**32 - 1)
pytestmark = pytest.mark.filterwarnings("ignore::maskexpr.MaskWarning")


def image(seed: int, shape: tuple[int, ...] = (6, 7), dtype: str = "uint8") -> tuple[Any, Array, Array]:
    """An image with holes, its numbers, and where it has data: somewhere."""
    rng = np.random.default_rng(seed)
    values, valid = rng.integers(0, 50, shape).astype(dtype), rng.random(shape) < rng.choice([0.3, 0.9])
    valid.flat[rng.integers(valid.size)] = True
    return np.ma.array(values, mask=~valid), values, valid


def run(text: str, **arrays: Any) -> tuple[Any, Array]:
    value = next(iter(compiled(text).bind(**arrays).run().values()))
    return (np.ma.getdata(value), ~np.ma.getmaskarray(value)) if isinstance(value, np.ndarray) else (value, np.array(0))


WHOLE = ["sum(im)", "mean(im)", "std(im)", "min(im)", "max(im)", "median(im)", "percentile(im, 30)", "histogram(im, 5)"]
WHOLE += ["fraction(im > 20)", "all(im > 3)", "any(im > 47)", "area(im > 20)"]
WHOLE += ["otsu(im)", "li(im)", "yen(im)", "triangle(im)", "isodata(im)", "mean_threshold(im)"]


@pytest.mark.parametrize("text", WHOLE)
@pytest.mark.parametrize("dtype", ["uint8", "float64"])
@tried(20)
@given(SEEDS)
def test_a_statistic_is_that_of_the_pixels_that_have_data(text: str, dtype: str, seed: int) -> None:
    im, values, valid = image(seed, dtype=dtype)
    assert run(text, im=im)[0] == run(text, im=values[valid][np.newaxis])[0]


@pytest.mark.parametrize(
    "text",
    [t.replace(")", ", axes={})") for t in WHOLE[:7]]
    + ["all(im > 3, axes={})", "any(im > 47, axes={})", "fraction(im > 20, axes={})"],
)
@tried(20)
@given(SEEDS)
def test_along_axes_it_is_that_of_each_line(text: str, seed: int) -> None:
    """A line without any has no data."""
    im, values, valid = image(seed, (3, 4, 5))
    assert run(text.format("'zyx'"), im=im)[0] == run(text.replace(", axes={}", ""), im=im)[0]
    for axes, numbers in (("'z'", (0,)), ("'yx'", (1, 2)), ("'zx'", (0, 2))):
        value, found = run(text.format(axes), im=im)
        assert np.array_equal(found, valid.any(axis=numbers))
        whole = text.replace(", axes={}", "")
        rest = [axis for axis in range(3) if axis not in numbers]
        for place in itertools.product(*(range(values.shape[axis]) for axis in rest)):
            index = tuple(place[rest.index(axis)] if axis in rest else slice(None) for axis in range(3))
            line = values[index][valid[index]]
            if line.size:
                assert value[place] == run(whole, im=line[np.newaxis])[0]


@tried(40)
@given(SEEDS, SEEDS)
def test_samples_have_data_where_their_pixels_have(first: int, second: int) -> None:
    (a, x, v), (b, y, w) = image(first), image(second)
    for text, taken in (("sum(a[b > 10])", v & w & (y > 10)), ("area(~(a[b > 10] > 5))", v & w & (y > 10) & (x <= 5))):
        wanted = x[taken].sum() if "sum" in text else taken.sum()
        assert run(text, a=a, b=b)[0] == wanted
    both = v & w & (y > 10)
    assert run("sum(a[b > 10] + b[b > 10])", a=a, b=b)[0] == (x.astype(int) + y)[both].sum()


@tried(40)
@given(SEEDS)
def test_maps_of_values_are_those_of_the_pixels_that_have_data(seed: int) -> None:
    im, values, valid = image(seed)
    for text in ("normalize(im)", "normalize(im, high=30)", "equalize(im)", "multiotsu(im)"):
        value, found = run(text, im=im)
        assert np.array_equal(found, valid)
        assert np.array_equal(value[valid], run(text, im=values[valid][np.newaxis])[0][0])


@tried(40)
@given(SEEDS)
def test_ends_that_are_not_given_are_those_of_the_pixels_that_have_data(seed: int) -> None:
    _, values, valid = image(seed, dtype="float64")
    values[valid & (values > 40)] = np.nan
    values[tuple(np.argwhere(valid)[0])] = 3
    im = np.ma.array(values, mask=~valid)
    for text in ("normalize(im)", "rescale(im, 255, 0)", "rescale(im, 1, 2, high=30)", "rescale(im, 0, 1, 3, 5)"):
        value, found = run(text, im=im)
        assert np.array_equal(found, valid)
        wanted = run(text, im=values[valid][np.newaxis])[0][0]
        assert np.array_equal(value[valid], wanted, equal_nan=True)


@tried(40)
@given(SEEDS, SEEDS)
def test_two_masks_are_compared_where_both_have_data(first: int, second: int) -> None:
    (a, x, v), (b, y, w) = image(first), image(second)
    for text in ("dice(a > 20, b > 20)", "iou(a > 20, b > 20)", "hausdorff(a > 20, b > 20)"):
        inside = {"p": (x > 20) & v & w, "q": (y > 20) & v & w}
        assert run(text, a=a, b=b)[0] == run(text.replace("a > 20", "p").replace("b > 20", "q"), **inside)[0]


@pytest.mark.parametrize("connectivity", [1, 2])
@tried(20)
@given(SEEDS)
def test_holes_that_touch_no_data_and_regions_that_do(connectivity: int, seed: int) -> None:
    _, values, valid = image(seed, (8, 9))
    m, joined = (values > 20) & valid, ndimage.generate_binary_structure(2, connectivity)
    given_ = np.ma.array(values > 20, mask=~valid)
    rim = np.ones(m.shape, bool)
    rim[1:-1, 1:-1] = False
    background, _ = ndimage.label(~m, joined)
    holes = ~m & ~np.isin(background, background[(rim | ~valid) & ~m])
    value, found = run(f"fill_holes(m, connectivity={connectivity})", m=given_)
    assert np.array_equal(value, m | holes)
    assert np.array_equal(found, valid)
    regions, _ = ndimage.label(m, joined)
    near = ndimage.binary_dilation(~valid, joined)
    assert np.array_equal(
        run(f"clear_border(m, {connectivity})", m=given_)[0], m & ~np.isin(regions, regions[(rim | near) & m])
    )


@tried(40)
@given(SEEDS)
def test_labels_that_touch_no_data_touch_the_border(seed: int) -> None:
    _, values, valid = image(seed, (8, 9))
    labels = np.where(valid, values % 4, 0)
    rim = np.ones(labels.shape, bool)
    rim[1:-1, 1:-1] = False
    near = ndimage.binary_dilation(~valid) | rim
    found = run("clear_border(l)", l=maskexpr.Image(np.ma.array(values % 4, mask=~valid), kind="labels"))[0]
    assert np.array_equal(found, np.where(np.isin(labels, labels[near]), 0, labels))


@tried(40)
@given(SEEDS)
def test_distances_lead_to_pixels_that_have_data(seed: int) -> None:
    _, values, valid = image(seed)
    m, given_ = (values > 20) & valid, np.ma.array(values > 20, mask=~valid)
    off = np.argwhere(~m & valid)
    on = np.argwhere(m)

    def to(points: Array) -> Array:
        if not len(points):
            return np.full(m.shape, np.inf)
        return np.sqrt(
            ((np.indices(m.shape)[..., np.newaxis] - points.T[:, np.newaxis, np.newaxis]) ** 2).sum(0).min(-1)
        )

    for text, wanted in (
        ("distance(m)", np.where(m, to(off), 0)),
        ("signed_distance(m)", np.where(m, to(off), -to(on))),
    ):
        value, found = run(text, m=given_)
        assert np.array_equal(found, valid)
        assert np.array_equal(value[valid], wanted[valid])


@tried(40)
@given(SEEDS)
def test_grey_values_of_regions_are_those_that_have_data(seed: int) -> None:
    im, values, valid = image(seed)
    m = np.random.default_rng(seed).random(values.shape) < 0.6
    regions, count = ndimage.label(m)
    for name, of in (("mean", np.mean), ("std", np.std), ("min", np.min), ("max", np.max)):
        means = [
            of(values[(regions == i) & valid].astype(float)) if (valid & (regions == i)).any() else np.nan
            for i in range(1, count + 1)
        ]
        chosen = np.append(False, np.array(means) > 20)
        if not np.any(np.isclose(means, 20)):
            assert np.array_equal(run(f"keep(m, {name}_intensity > 20, of=im)", m=m, im=im)[0], chosen[regions])
            assert np.array_equal(run(f"keep(m, {name}_intensity - 5 > 15, of=im)", m=m, im=im)[0], chosen[regions])
            low = np.append(False, np.array(means) < 20)
            assert np.array_equal(run(f"keep(m, 9 - {name}_intensity > -11, of=im)", m=m, im=im)[0], low[regions])


@given(SEEDS, st.sampled_from([(9,), (5, 6), (3, 4, 5)]))
@settings(max_examples=50)
def test_the_nearest_pixel_is_the_first_of_the_nearest(seed: int, shape: tuple[int, ...]) -> None:
    im, values, valid = image(seed, shape)
    points = np.argwhere(valid)
    wanted = np.empty(shape, int)
    for place in np.ndindex(shape):
        squares = ((points - np.array(place)) ** 2).sum(axis=1)
        wanted[place] = np.ravel_multi_index(points[np.argmin(squares)], shape)  # argmin takes the first
    assert np.array_equal(nearest(valid), wanted)
    assert np.array_equal(run("fill(im, 'nearest')", im=im)[0], values.ravel()[wanted])


@tried(40)
@given(SEEDS)
def test_what_floods_and_what_peaks_is_where_there_is_data(seed: int) -> None:
    im, values, valid = image(seed)
    exact = np.where(valid, values.astype(float), np.nan)
    for text, other in (
        ("peaks(im)", "peaks(im)"),
        ("peaks(im, 2, 10)", "peaks(im, 2, 10)"),
        ("hysteresis(im, 15, 30)", "hysteresis(im, 15, 30)"),
        ("watershed(im, im < 5)", "watershed(im, im < 5, isfinite(im))"),
    ):
        assert np.array_equal(run(text, im=im)[0], run(other, im=exact)[0]), text
    value, found = run("reconstruct(im - 9, im)", im=im)
    assert np.array_equal(value[valid], run("reconstruct(im - 9, im)", im=exact)[0][valid])
    assert np.array_equal(found, valid)


@pytest.mark.parametrize("act", ["area_open", "area_close"])
@tried(30)
@given(SEEDS, st.integers(0, 12))
def test_openings_by_area_connect_nothing_through_holes(act: str, seed: int, size: int) -> None:
    """A nan connects nothing either; and an opening of an image is that of its thresholds."""
    im, values, valid = image(seed)
    opened, found = run(f"{act}(im, {size})", im=im)
    assert np.array_equal(found, valid)
    wanted = run(f"{act}(im, {size})", im=np.where(valid, values, np.nan))[0]
    assert np.array_equal(opened[valid], wanted[valid])
    mask, found = run(f"{act}(im > 20, {size})", im=im)
    assert np.array_equal(found, valid)
    # Parts that are cut off and too small are off as masks, but have their lowest value as images.
    parts, count = ndimage.label(valid)
    large = (np.bincount(parts.ravel(), minlength=count + 1) >= size)[parts] & valid
    assert np.array_equal(mask[large], opened[large] > 20)
    assert not mask[~valid].any()


@tried(30)
@given(SEEDS, st.sampled_from(["", ", connectivity=2"]), st.sampled_from(["", ", axes='x'", ", axes='yx'"]))
def test_regions_that_touch_what_lacks_data_touch_the_border(seed: int, joined: str, axes: str) -> None:
    im, _, valid = image(seed, (5, 9, 8))
    given = (joined if "'" not in axes or "yx" in axes else "") + axes
    text = "m = im > 20; l = label(im < 30); "
    for of, more in (("m", given), ("l", axes)):
        cleared, _ = run(f"{text} clear_border({of}{more})", im=im)
        assert np.array_equal(run(f"{text} keep({of}, ~touches_border{more})", im=im)[0][valid], cleared[valid])
    table = run(f"{text} measure(l, touches_border, mean_intensity, of=im)", im=im)[0]
    cleared, _ = run(f"{text} clear_border(l)", im=im)
    assert np.array_equal(table["label"][~table["touches_border"]], np.unique(cleared[valid & (cleared > 0)]))
