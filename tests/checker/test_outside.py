"""Pixels without data in what works on each pixel and on windows, against NumPy and SciPy on what has data alone."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from helpers.both_ways import compiled
from helpers.searches import tried
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

import maskexpr
from maskexpr.checker.outside import RULES, rule_of
from maskexpr.functions import MASK, SAME_IMAGE, WHOLE, Image, MaskOrNone, function
from maskexpr.library import CATALOGUE, OPERATORS, PLANNED

Array = np.ndarray[Any, Any]
SEEDS = st.integers(0, 2**32 - 1)


def image(
    seed: int, shape: tuple[int, ...] = (6, 7), dtype: str = "uint8"
) -> tuple[np.ma.MaskedArray[Any, Any], Array, Array]:
    """An image with holes, its numbers, and where it has data."""
    rng = np.random.default_rng(seed)
    values, valid = rng.integers(0, 50, shape).astype(dtype), rng.random(shape) < rng.choice([0.5, 0.9])
    return np.ma.array(values, mask=~valid), values, valid


def run(text: str, **arrays: Any) -> tuple[Array, Array]:
    """A result and where it has data."""
    value = next(iter(compiled(text).bind(**arrays).run().values()))
    return np.ma.getdata(value), ~np.ma.getmaskarray(value)


pytestmark = pytest.mark.filterwarnings("ignore::maskexpr.MaskWarning")


@tried(40)
@given(SEEDS, SEEDS)
def test_a_pixel_has_data_where_all_it_is_made_of_has(first: int, second: int) -> None:
    (a, x, v), (b, y, w) = image(first), image(second)
    value, valid = run("a + b", a=a, b=b)
    assert np.array_equal(valid, v & w)
    assert np.array_equal(value[valid], (x.astype(int) + y)[valid])
    value, valid = run("~(a > b)", a=a, b=b)
    assert np.array_equal(value, ~(x > y) & v & w)
    assert np.array_equal(valid, v & w)


@tried(40)
@given(SEEDS, SEEDS, SEEDS)
def test_a_choice_has_data_where_the_chosen_has(first: int, second: int, third: int) -> None:
    (a, x, v), (b, y, w), (c, z, u) = image(first), image(second), image(third)
    for text, chosen in (("where(c > 20, a, b)", z > 20), ("where(valid(c), a, b)", u)):
        value, valid = run(text, a=a, b=b, c=c)
        wanted = np.where(chosen, v, w) & (u if "valid" not in text else True)
        assert np.array_equal(valid, wanted)
        assert np.array_equal(value[valid], np.where(chosen, x, y)[valid])
    assert np.array_equal(run("where(c > 20, a, 7)", a=a, c=c)[1], np.where(z > 20, v, True) & u)
    assert np.array_equal(run("where(c > 20, 7, b)", b=b, c=c)[1], np.where(z > 20, True, w) & u)


@tried(40)
@given(SEEDS)
def test_what_refuses_a_value_does_not_look_at_holes(seed: int) -> None:
    im, values, valid = image(seed)
    divisor = np.ma.array(np.where(valid, 3, 0), mask=~valid)
    assert np.array_equal(run("im // d", im=im, d=divisor)[0][valid], values[valid] // 3)


WINDOWS = {
    "median_filter(im, 1)": np.ones((3, 3)),
    "mean_filter(im, 2, 'disk')": np.hypot(*np.mgrid[-2:3, -2:3]) <= 2,
    "rank_filter(im, 1, shape='011/010/000')": np.array([[0, 1, 1], [0, 1, 0], [0, 0, 0]]),
    "gaussian(im, 0.5)": np.ones((5, 5)),
    "gaussian(im, 0.5, axes='x')": np.ones((1, 5)),
    "sobel(im)": np.ones((3, 3)),
    "laplace(im)": ndimage.generate_binary_structure(2, 1),
    "laplace(im, axes='y')": np.ones((3, 1)),
    "niblack(im, 1)": np.ones((3, 3)),
    "im > local_mean(im, 1)": np.ones((3, 3)),
    "unsharp(im, 0.5)": np.ones((5, 5)),
    "difference_of_gaussians(im, 0.25, 0.5)": np.ones((5, 5)),
}


@pytest.mark.parametrize("text", WINDOWS)
@tried(20)
@given(SEEDS)
def test_a_filter_has_data_where_all_of_its_window_has(text: str, seed: int) -> None:
    """As it is reflected at the border; there it is what it is in the image without holes."""
    im, values, valid = image(seed)
    value, found = run(text, im=im)
    whole = ndimage.minimum_filter(valid.astype(int), footprint=WINDOWS[text], mode="reflect") == 1
    assert np.array_equal(found, whole)
    assert np.array_equal(value[found], run(text, im=values)[0][found])


ELEMENTS = {
    "'diamond'": ndimage.generate_binary_structure(2, 1),
    "'square'": np.ones((3, 3), bool),
    "'101/010/110'": np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0]], bool),
}


@pytest.mark.parametrize("shape", ELEMENTS)
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@tried(20)
@given(SEEDS)
def test_grey_morphology_ignores_holes_as_it_does_the_outside(shape: str, dtype: str, seed: int) -> None:
    im, values, valid = image(seed, dtype=dtype)
    element = ELEMENTS[shape]
    mirrored = element[::-1, ::-1]  # which a dilation stamps

    def most(a: Array) -> Array:
        filled = np.where(valid, a, -np.inf)
        return np.asarray(ndimage.maximum_filter(filled, footprint=mirrored, mode="constant", cval=-np.inf))

    def least(a: Array) -> Array:
        filled = np.where(valid, a, np.inf)
        return np.asarray(ndimage.minimum_filter(filled, footprint=element, mode="constant", cval=np.inf))

    exact = values.astype(float)
    for text, wanted in (
        ("dilate(im, 1, {})", most(exact)),
        ("erode(im, 1, {})", least(exact)),
        ("open(im, 1, {})", most(least(exact))),
        ("close(im, 1, {})", least(most(exact))),
        ("tophat(im, 1, {})", exact - most(least(exact))),
        ("blackhat(im, 1, {})", least(most(exact)) - exact),
    ):
        value, found = run(text.format(shape), im=im)
        assert np.array_equal(found, valid), text
        assert np.array_equal(value[valid], wanted[valid]), text


@tried(40)
@given(SEEDS)
def test_a_pattern_that_holds_no_pixel_with_data_gives_none(seed: int) -> None:
    im, values, valid = image(seed)
    value, found = run("dilate(im, 1, '101', axes='x')", im=im)
    sides = np.array([[1, 0, 1]])
    near = ndimage.maximum_filter(valid.astype(int), footprint=sides, mode="constant") == 1
    assert np.array_equal(found, valid & near)
    wanted = ndimage.maximum_filter(np.where(valid, values.astype(int), -1), footprint=sides, mode="constant", cval=-1)
    assert np.array_equal(value[found], wanted[found])


@tried(40)
@given(SEEDS)
def test_what_grey_morphology_leaves_in_holes_is_within_what_is_known(seed: int) -> None:
    """`stored` shows it."""
    im, _, _ = image(seed)
    names = ("dilate", "erode", "open", "close", "tophat", "blackhat")
    for text in [f"stored({name}({of}, 1))" for name in names for of in ("gaussian(im, 0.3)", "im", "im * 1.0")]:
        bound = compiled(text).bind(im=im)
        value = np.ma.getdata(bound.run()["result"])
        limits = bound.kinds["result"].limits
        assert limits.low <= value.min() <= value.max() <= limits.high, text


@pytest.mark.parametrize(
    "text", ["dilate(m, 2)", "erode(m)", "open(m)", "close(m, 2)", "boundary(m)", "tophat(m)", "skeleton(m)", "hull(m)"]
)
@tried(20)
@given(SEEDS)
def test_masks_are_off_in_holes_and_cut_after(text: str, seed: int) -> None:
    _, values, valid = image(seed)
    value, found = run(text, m=maskexpr.Image(np.ma.array(values > 25, mask=~valid)))
    assert np.array_equal(found, valid)
    assert np.array_equal(value, run(text, m=(values > 25) & valid)[0] & valid)


def test_every_function_says_what_it_makes_of_holes() -> None:
    """Nothing of ours is refused images that lack data."""
    silent = [name for name, record in {**CATALOGUE, **OPERATORS}.items() if rule_of(record) is RULES["refused"]]
    assert silent == []


@function(gives=SAME_IMAGE, halo=WHOLE, cost=1, memory=0)
def shifted(im: Image) -> Array:
    """An image moved by a column, so that nothing is known of the first one."""
    return np.roll(im, 1, axis=-1)


@function(gives=MASK, halo=WHOLE, cost=1, memory=0)
def known_of_shifted(im: Image, valid: MaskOrNone = None) -> Array:
    """Where it has data."""
    found = np.roll(np.ones(im.shape, bool) if valid is None else valid, 1, axis=-1)
    found[:, 0] = False
    return np.asarray(found)


def test_a_result_may_have_a_validity_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever its operands have data; a function beside it says where it has some."""
    first, second = (body.record for body in (shifted, known_of_shifted))  # type: ignore[attr-defined]
    monkeypatch.setitem(PLANNED, "valid of shifted", second)
    text = "output s = shifted(im) * 1.0; output v = valid(shifted(im))"
    program = maskexpr.compile(text, functions=[replace(first, without_data="own")])
    values = np.array([[1, 2, 3], [4, 5, 6]])
    for im, valid in ((values, [[0, 1, 1], [0, 1, 1]]), (maskexpr.Image(values, nodata=5), [[0, 1, 1], [0, 1, 0]])):
        found = program(im=im)
        assert found["v"].astype(int).tolist() == valid
        assert np.array_equal(found["s"][found["v"]], np.roll(values, 1, axis=1)[found["v"]])
        assert not np.isin(found["s"][~found["v"]], values[values != 5]).any()
