"""Conditions on regions, `keep(m, area >= 50)`: what they mean, and what is said where they make no sense."""

from fractions import Fraction

import numpy as np
import pytest
import skimage.data
import skimage.measure
from helpers.each import each

import maskexpr
from maskexpr import Image, MaskError, ProgramError, evaluate
from maskexpr.library import PROPERTIES

# Ours, and what scikit-image calls them.
THEIRS = {
    "area": "area",
    "perimeter": "perimeter",
    "eccentricity": "eccentricity",
    "solidity": "solidity",
    "extent": "extent",
    "equivalent_diameter": "equivalent_diameter_area",
    "major_axis": "axis_major_length",
    "minor_axis": "axis_minor_length",
    "mean_intensity": "intensity_mean",
    "max_intensity": "intensity_max",
    "min_intensity": "intensity_min",
    "std_intensity": "intensity_std",
}


@pytest.fixture(scope="module")
def coins():
    return skimage.data.coins()


def kept(mask, image, condition, connectivity=1):
    """The regions of scikit-image for which a condition in Python holds."""
    labels = skimage.measure.label(mask, connectivity=connectivity)
    found = skimage.measure.regionprops(labels, image)
    return np.isin(labels, [region.label for region in found if condition(region)])


@pytest.mark.slow
@pytest.mark.parametrize("ours", THEIRS)
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_each_property_chooses_as_scikit_image_does(coins, ours, share):
    """Between two values that regions have, so that the last bit of a quotient decides nothing."""
    mask = coins > 110
    values = np.unique(
        [
            getattr(r, THEIRS[ours])
            for r in skimage.measure.regionprops(skimage.measure.label(mask, connectivity=1), coins)
        ]
    )
    gaps = np.flatnonzero(np.diff(values) > 1e-9)
    i = gaps[int(share * (len(gaps) - 1))]
    limit = float(values[i] + values[i + 1]) / 2
    expected = kept(mask, coins, lambda region: getattr(region, THEIRS[ours]) > limit)
    assert 0 < np.count_nonzero(expected) < np.count_nonzero(mask)
    np.testing.assert_array_equal(evaluate(f"keep(im > 110, {ours} > {limit!r}, of=im)", im=coins), expected)


@pytest.mark.parametrize("connectivity", [1, 2, 4, 8])
def test_conditions_are_expressions(coins, connectivity):
    expected = kept(
        coins > 110,
        coins,
        lambda r: (r.area >= 50 and r.solidity > 0.8) or not r.centroid[0] < 250 or r.bbox[3] - r.bbox[1] == 7,
        {4: 1, 8: 2}.get(connectivity, connectivity),
    )
    text = "area >= 50 & solidity > 0.8 | ~(centroid[0] < 250) | bbox[3] - bbox[1] == 7"
    np.testing.assert_array_equal(evaluate(f"keep(im > 110, {text}, connectivity={connectivity})", im=coins), expected)


@pytest.mark.parametrize(
    "text",
    [
        "area > 0.1 * max(area)",
        "area > mean(area[area > 20])",
        "area >= percentile(area, 90)",
        "area in [1, 2, 1004]",
        "10 <= area < 1000",
        "where(centroid[1] > 100, area, 0) > 20",
        "hypot(centroid[0] - 150, centroid[1] - 190) < 80",
        "(max_intensity - min_intensity) * 2 > 200",
        "max_intensity - 300 < 0 - 200",
        "area - 2000 > -1500",
        "area % 2 == 0 xor area > 100",
    ],
)
def test_what_is_computed_from_properties_never_wraps(coins, text):
    """The same in Python's numbers, region by region."""
    mask = coins > 110
    labels = skimage.measure.label(mask, connectivity=1)
    found = skimage.measure.regionprops(labels, coins)
    area = np.array([int(r.area) for r in found])
    names = {
        "area": area,
        "centroid": np.array([r.centroid for r in found]).T,
        "max_intensity": np.array([int(r.intensity_max) for r in found]),
        "min_intensity": np.array([int(r.intensity_min) for r in found]),
        **{"max": np.max, "mean": np.mean, "percentile": np.percentile, "where": np.where, "hypot": np.hypot},
    }
    python = text.replace("10 <= area < 1000", "(10 <= area) & (area < 1000)").replace("xor", "^")
    python = python.replace("area in [1, 2, 1004]", "np.isin(area, [1, 2, 1004])")
    python = python.replace("area % 2 == 0 ^ area > 100", "(area % 2 == 0) ^ (area > 100)")
    chosen = eval(python, {"np": np}, names)
    expected = np.isin(labels, 1 + np.flatnonzero(chosen))
    np.testing.assert_array_equal(evaluate(f"keep(im > 110, {text}, of=im)", im=coins), expected)


def test_numbers_come_from_around(coins):
    program = """
        param least = 50 in 0..1000
        level = otsu(im)
        def large(m, n) = keep(m, area >= n * factor)
        output a = keep(im > level, max_intensity > level + 40 & area > least, of=im)
        output b = keep(im > level, area >= t)
    """
    with pytest.raises(ProgramError, match="factor"):
        maskexpr.compile(program)
    program = program.replace("* factor", "* 2").replace("output b", "output c = large(im > level, least); output b")
    results = maskexpr.compile(program)(im=coins, t=70, least=80)
    level = evaluate("otsu(im)", im=coins)
    mask = coins > level
    np.testing.assert_array_equal(
        results["a"], kept(mask, coins, lambda r: r.intensity_max > level + 40 and r.area > 80)
    )
    np.testing.assert_array_equal(results["b"], kept(mask, coins, lambda r: r.area >= 70))
    np.testing.assert_array_equal(results["c"], kept(mask, coins, lambda r: r.area >= 160))


def test_the_same_words_may_mean_other_numbers(coins):
    """Two conditions of one text in one program, with different values behind the name."""
    program = "t = 50; output a = keep(im > 110, area > t); t = 500; output b = keep(im > 110, area > t)"
    results = evaluate(program, im=coins)
    for name, t in (("a", 50), ("b", 500)):
        np.testing.assert_array_equal(results[name], kept(coins > 110, coins, lambda r, t=t: r.area > t))


def test_properties_hide_values_of_the_program_but_not_its_functions(coins):
    program = "area = 3; m = im > 110; keep(m, area > 0.05 * area(m)) | (im < area)"
    expected = kept(coins > 110, coins, lambda r: r.area > 0.05 * np.count_nonzero(coins > 110)) | (coins < 3)
    np.testing.assert_array_equal(evaluate(program, im=coins), expected)


def test_labels_keep_their_numbers(coins):
    labels = skimage.measure.label(coins > 110, connectivity=2).astype(np.int32) * 3
    result = evaluate("input atlas: labels; keep(atlas, area >= 50)", atlas=labels)
    assert result.dtype == np.int32
    large = [n for n in np.unique(labels[labels > 0]) if np.count_nonzero(labels == n) >= 50]
    np.testing.assert_array_equal(result, np.where(np.isin(labels, large), labels, 0))


def test_slices_are_measured_by_themselves(coins):
    stack = np.stack([coins[:150], coins[150:300], coins[50:200]])
    result = evaluate('keep(im > 110, perimeter > 30 & area < 1.5 * max(area), axes="yx")', im=stack)
    for i, plane in enumerate(stack):
        np.testing.assert_array_equal(result[i], kept(plane > 110, plane, lambda r: r.perimeter > 30))
    moved = Image(np.moveaxis(stack, 0, 2), kind="image")
    across = evaluate('keep(im > 110, perimeter > 30, axes="zy")', im=moved)
    for i, plane in enumerate(stack):
        np.testing.assert_array_equal(across[:, :, i], kept(plane > 110, plane, lambda r: r.perimeter > 30))


def test_volumes():
    rng = np.random.default_rng(3)
    volume = skimage.filters.gaussian(rng.random((20, 30, 25)), 2)
    mask = volume > np.quantile(volume, 0.7)
    expected = kept(
        mask, volume, lambda r: r.area > 30 and r.extent < 0.5 and r.centroid[2] > 5 and r.intensity_mean > 0.5
    )
    text = "volume > 30 & extent < 0.5 & centroid[2] > 5 & mean_intensity > 0.5"
    np.testing.assert_array_equal(evaluate(f"keep(m, {text}, of=im)", m=mask, im=volume), expected)


def test_nothing_to_choose_from_and_everything():
    empty = np.zeros((4, 5), bool)
    assert not evaluate("keep(m, area > mean(area))", m=empty).any()
    assert evaluate("keep(m, area == 20 & bbox[2] == 4 & centroid[1] == 2)", m=~empty).all()


# --- units -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "pixels"), [("12.5mm2", 50), ("0.125cm2", 50), ("2 * 6.25mm2", 50), ("50", 50)])
def test_sizes_have_units(coins, text, pixels):
    image = Image(coins, spacing=0.5)
    expected = kept(coins > 110, coins, lambda r: r.area >= pixels)
    np.testing.assert_array_equal(evaluate(f"keep(im > 110, area >= {text})", im=image), expected)
    np.testing.assert_array_equal(evaluate(f"keep(im > 110, {text} <= area)", im=image), expected)


def test_a_size_is_divided_by_unequal_steps_exactly():
    mask = np.array([[1, 1, 1, 0, 1, 1]], bool)
    image = Image(mask, spacing=[Fraction(3, 10), Fraction(1, 10)])
    assert evaluate("area(keep(m, area >= 0.09mm2))", m=image) == 3
    assert evaluate("area(keep(m, area > 0.09mm2))", m=image) == 0


def test_lengths_have_units_where_pixels_are_square(coins):
    expected = kept(coins > 110, coins, lambda r: r.axis_major_length > 30)
    result = evaluate("keep(im > 110, major_axis > 3mm)", im=Image(coins, spacing=0.1))
    np.testing.assert_array_equal(result, expected)
    with pytest.raises(ProgramError, match="no one number of pixels"):
        evaluate("keep(im > 110, perimeter > 3mm)", im=Image(coins, spacing=[0.1, 0.2]))


def test_lengths_follow_the_spacing_where_pixels_are_not_square(coins):
    """As scikit-image has them with a spacing; plain numbers stay numbers of pixels."""
    image = Image(coins, spacing=[0.1, 0.2])
    for ours, theirs in (
        ("major_axis > 4mm", "axis_major_length"),
        ("equivalent_diameter > 4mm", "equivalent_diameter_area"),
    ):
        labels = skimage.measure.label(coins > 110, connectivity=1)
        regions = skimage.measure.regionprops(labels, spacing=(0.1, 0.2))
        expected = np.isin(labels, [r.label for r in regions if r[theirs] > 4])
        assert 0 < expected.sum() < (coins > 110).sum()
        np.testing.assert_array_equal(evaluate(f"keep(im > 110, {ours})", im=image), expected)
    same = evaluate("keep(im > 110, major_axis > 30)", im=image)
    np.testing.assert_array_equal(same, evaluate("keep(im > 110, major_axis > 30)", im=coins))


def test_the_axes_worked_on_say_what_a_size_is():
    stack = np.ones((2, 3, 4), bool)
    image = Image(stack, spacing=[5, Fraction(1, 2), Fraction(1, 2)])
    assert evaluate('area(keep(m, area == 3mm2, axes="yx"))', m=image) == 24
    assert evaluate("area(keep(m, area == 30mm3))", m=image) == 24


# --- mistakes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "span", "cause"),
    [
        ("keep(im > 1, area)", "area", "alone is no condition on regions"),
        ("keep(im > 1, area + 5)", "area + 5", "alone is no condition on regions"),
        ("keep(im > 1, true)", "true", "says nothing of the regions"),
        ("keep(im > 1, area(im > 1) > 5)", "area(im > 1) > 5", "says nothing of the regions"),
        ("keep(im > 1, area > im)", "area > im", "takes numbers, im is an image"),
        ("keep(im > 1, area > 5 & im > 2)", "im > 2", "takes numbers, im > 2 is a mask"),
        ("keep(im > 1, dilate(area > 5))", "dilate(area > 5)", "dilate works on images"),
        ("keep(im > 1, volume > 5)", "volume", "no meaning for regions with 2 axes"),
        ("keep(v > 1, perimeter > 5)", "perimeter", "no meaning for regions with 3 axes"),
        ("keep(im > 1, mean_intensity > 5)", "mean_intensity", "is measured on an image"),
        ("keep(im > 1, centroid > 5)", "centroid", "> does not take a list"),
        ("keep(im > 1, centroid[2] > 5)", "2", "2 is outside a list of 2"),
        ("keep(im > 1, area[0] > 5)", "area[0]", "one number for each region"),
        ("keep(im > 1, area > 5mm)", "5mm", "measured in areas, it cannot be compared with a length"),
        ("keep(im > 1, area > 5mm2)", "5mm2", "needs the size of a pixel"),
        ("keep(im > 1, solidity > 5mm2)", "solidity > 5mm2", "5mm2|size|area"),
        ("keep(im > 1)", "keep(im > 1)", "keep needs predicate"),
        ("keep(im, area > 5)", "im", "keep takes a mask"),
    ],
)
def test_what_makes_no_sense_is_said_where_it_is(text, span, cause):
    given = {"v": np.ones((3, 4, 5), np.uint8)} if "v >" in text else {"im": np.ones((4, 5), np.uint8)}
    with pytest.raises(ProgramError, match=cause) as caught:
        evaluate(text, **given)
    found = caught.value.diagnostics[0]
    assert text[found.span.start : found.span.stop] == span


def test_a_property_that_is_mistyped_is_suggested():
    with pytest.raises(MaskError, match="did you mean solidity"):
        evaluate("keep(m, solidty > 0.5)", m=np.ones((2, 2), bool))


def test_a_mistake_in_the_run_is_our_own():
    with pytest.raises(maskexpr.RunError, match="no samples"):
        evaluate("keep(m, area > mean(area[area > 100]))", m=np.ones((2, 2), bool))


def test_without_inputs_conditions_are_left_open():
    program = maskexpr.compile("keep(m, area >= 5mm2 & mean_intensity > 3, of=im)")
    assert "area >= 5mm2" in program.explain()
    assert program(m=Image(np.ones((3, 3), bool), spacing=1), im=np.full((3, 3), 4)).all()


@each("known", PROPERTIES.values())
def test_every_property_says_what_it_is(known):
    assert known.summary.endswith((".", ";")) or known.summary
    assert len(known.doc) > 60
