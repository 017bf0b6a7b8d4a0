"""Tables of regions, against scikit-image's, and against what is measured one by one."""

import numpy as np
import pytest
import scipy
import skimage.measure
from helpers.both_ways import expect_same
from hypothesis import given
from hypothesis import strategies as st

import maskexpr
from maskexpr import Image, evaluate
from maskexpr.library.regions.records import PROPERTIES

SEEDS = st.integers(0, 2**32 - 1)
pytestmark = pytest.mark.filterwarnings("ignore::maskexpr.MaskWarning")

# Columns of ours, and of skimage.measure.regionprops_table.
OF_ANY = {"area": "area", "extent": "extent", "mean_intensity": "intensity_mean", "max_intensity": "intensity_max"}
OF_ANY |= {"min_intensity": "intensity_min", "std_intensity": "intensity_std"}
OF_PLANES = {"eccentricity": "eccentricity", "major_axis": "axis_major_length", "minor_axis": "axis_minor_length"}
OF_PLANES |= {"perimeter": "perimeter", "equivalent_diameter": "equivalent_diameter_area", "solidity": "solidity"}


def image(seed, ndim):
    rng = np.random.default_rng(seed)
    shape = rng.integers(1, 9 if ndim == 3 else 16, ndim)
    smooth = scipy.ndimage.gaussian_filter(rng.random(shape), rng.choice([0, 1]))
    im = rng.integers(0, 200, shape).astype(rng.choice(["uint8", "int16", "float32"]))
    return smooth > np.median(smooth), im


@pytest.mark.parametrize("ndim", [2, 3])
@given(SEEDS)
def test_columns_are_those_of_scikit_image(ndim, seed):
    m, im = image(seed, ndim)
    ours = OF_ANY | (OF_PLANES if ndim == 2 else {})
    text = f"input im: image; measure(m, {', '.join(ours)}, centroid, bbox, of=im)"
    found = evaluate(text, m=m, im=im)
    labels = skimage.measure.label(m, connectivity=1)
    theirs = skimage.measure.regionprops_table(labels, im, ("label", *ours.values(), "centroid", "bbox"))
    axes = "zyx"[-ndim:]
    pairs = {"label": "label", **ours, **{f"centroid_{a}": f"centroid-{i}" for i, a in enumerate(axes)}}
    pairs |= {f"bbox_{a}{k}": f"bbox-{i + k * ndim}" for i, a in enumerate(axes) for k in (0, 1)}
    boxes = [f"bbox_{a}{k}" for k in "01" for a in axes]
    assert list(found) == ["label", *ours, *(f"centroid_{a}" for a in axes), *boxes]
    for name, other in pairs.items():
        np.testing.assert_allclose(found[name], theirs[other], rtol=1e-6, atol=1e-6, err_msg=name)


@pytest.mark.slow
@given(SEEDS)
def test_both_ways_and_every_property_alone(seed):
    """One at a time they are what they are together; of a mask, and of its labels."""
    rng = np.random.default_rng(seed)
    m, im = image(seed, int(rng.integers(1, 4)))
    names = [n for n, p in PROPERTIES.items() if p.dimensions is None or m.ndim in p.dimensions]
    names = [f"{n}(90)" if PROPERTIES[n].argument else n for n in names if n != "label"]
    rng.shuffle(names)
    given = {"m": m, "im": im, "other": rng.random(m.shape) > 0.7, "cells": rng.random(m.shape) > 0.3}
    heading = "input im: image; input other: mask; input cells: mask; "
    rest = "of=im, to=other, parent=cells)"
    whole = expect_same(f"{heading}measure(m, {', '.join(names)}, {rest}", given, 1, 3, None)
    assert not isinstance(whole, str), whole
    table = whole["result"]
    for name in names[:4]:
        one = evaluate(f"{heading}measure(m, {name}, {rest}", **_used(name, given))
        assert all(np.array_equal(one[c], table[c], equal_nan=one[c].dtype.kind == "f") for c in one), name
    labels = expect_same(f"{heading}measure(label(m), {', '.join(names)}, {rest}", given, None)
    assert not isinstance(labels, str)
    assert labels["result"] == table


def _used(name, given):
    program = maskexpr.compile(f"measure(m, {name}, of=im, to=other, parent=cells)")
    return {info.name: given[info.name] for info in program.inputs}


@given(SEEDS)
def test_rows_of_labels_are_the_numbers_that_occur(seed):
    rng = np.random.default_rng(seed)
    lab = rng.choice([0, 0, 2, 5, 7, 2**31 - 1], (5, 6)).astype(np.int32)
    found = evaluate("input lab: labels; measure(lab, area)", lab=lab)
    numbers, counts = np.unique(lab[lab > 0], return_counts=True)
    np.testing.assert_array_equal(found["label"], numbers)
    np.testing.assert_array_equal(found["area"], counts)
    painted = evaluate('input lab: labels; paint(lab, measure(lab, area), "area")', lab=lab)
    wanted = np.zeros(lab.shape, np.int64)
    for number, size in zip(numbers, counts, strict=True):
        wanted[lab == number] = size
    np.testing.assert_array_equal(painted, wanted, strict=True)


def test_paint_joins_by_label():
    lab = np.array([[1, 1, 0, 4], [0, 9, 9, 4]], np.int32)
    im = np.array([[1, 2, 3, 4], [5, 6, 9, 8]], np.float32)
    heading = "input lab: labels; input im: image; t = measure(lab, area, mean_intensity, touches_border, of=im); "
    painted = evaluate(heading + 'paint(lab, t[mean_intensity > 2], "mean_intensity")', lab=lab, im=im)
    nan = np.nan
    np.testing.assert_array_equal(painted, [[nan, nan, nan, 6], [nan, 7.5, 7.5, 6]])
    np.testing.assert_array_equal(
        evaluate(heading + 'paint(lab, t[area < 0], "area")', lab=lab, im=im), np.zeros((2, 4), np.int64), strict=True
    )
    mask = evaluate(heading + 'paint(lab, t, "touches_border")', lab=lab, im=im)
    np.testing.assert_array_equal(mask, lab > 0, strict=True)
    other = np.array([[4, 5]], np.int32)
    text = 'input lab: labels; input other: labels; paint(other, measure(lab, area), "area")'
    assert evaluate(text, lab=lab, other=other).tolist() == [[2, 0]]


def test_frames_and_slices_are_measured_one_by_one():
    rng = np.random.default_rng(3)
    m = rng.random((3, 6, 7)) > 0.6
    one = [evaluate("measure(m, area, centroid)", m=frame) for frame in m]
    for text, name, stack in (
        ("measure(m, area, centroid)", "frame", Image(m, axes="tyx")),
        ('measure(m, area, centroid, axes="yx")', "z", m),
    ):
        found = evaluate(text, m=stack)
        assert list(found) == ["label", name, "area", "centroid_y", "centroid_x"]
        np.testing.assert_array_equal(found[name], np.repeat([0, 1, 2], [t.rows for t in one]))
        np.testing.assert_array_equal(found["label"], np.arange(found.rows) + 1)
        for column in ("area", "centroid_y", "centroid_x"):
            np.testing.assert_array_equal(found[column], np.concatenate([t[column] for t in one]))
    lab = np.zeros((2, 2, 3), np.int32)
    lab[0, 0], lab[1, :, 0], lab[1, 1, 2] = 5, 5, 2
    text = "input lab: labels; t = measure(lab, area); "
    values = {"lab": Image(lab, axes="tyx", kind="labels")}
    found = evaluate(text + "t", **values)
    assert {n: a.tolist() for n, a in found.items()} == {"label": [5, 2, 5], "frame": [0, 1, 1], "area": [3, 1, 2]}
    painted = evaluate(text + 'paint(lab, t, "area")', **values)
    assert painted.tolist() == [[[3, 3, 3], [0, 0, 0]], [[2, 0, 0], [2, 0, 1]]]


def test_inputs_in_fortran_order_give_the_same_table():
    m, im = image(5, 3)
    text = "input im: image; measure(m, area, centroid, mean_intensity, of=im)"
    wanted = evaluate(text, m=m, im=im)
    assert evaluate(text, m=np.asfortranarray(m), im=np.asfortranarray(im)) == wanted


def test_results_are_as_others_are():
    """Bound, in a mapping, from programs that keep what they prepared, and copied."""
    program = maskexpr.compile("output t = measure(im > 2, area); output n = count(t)")
    im = np.array([[1, 3, 3], [4, 1, 1]])
    first, again = program(im=im), program(im=im)
    assert first["t"] == again["t"]
    assert first["n"] == first["t"].rows == 2
    bound = program.bind(im=im)
    assert str(bound.kinds["t"]) == "table of label, area"
    assert bound.run()["t"] == first["t"]
    assert "table of label, area" in bound.explain()
    assert bound.cost().memory > 0


@pytest.mark.parametrize("ndim", [2, 3])
@given(SEEDS)
def test_units_are_those_of_scikit_image_with_a_spacing(ndim, seed):
    """Of pixels that are longer along one axis than along another, too."""
    m, im = image(seed, ndim)
    spacing = tuple(float(s) for s in np.random.default_rng(seed).choice([0.25, 0.5, 1, 2], ndim))
    ours = {"area": "area", "mean_intensity": "intensity_mean"}
    ours |= {"major_axis": "axis_major_length", "eccentricity": "eccentricity"} if ndim == 2 else {}
    text = f'input im: image; measure(m, {", ".join(ours)}, centroid, of=im, unit="mm")'
    found = evaluate(text, m=Image(m, spacing=spacing), im=im)
    labels = skimage.measure.label(m, connectivity=1)
    theirs = skimage.measure.regionprops_table(labels, im, (*ours.values(), "centroid"), spacing=spacing)
    units = {"area": f"_mm{ndim}", "major_axis": "_mm"}
    pairs = {name + units.get(name, ""): other for name, other in ours.items()}
    pairs |= {f"centroid_{a}_mm": f"centroid-{i}" for i, a in enumerate("zyx"[-ndim:])}
    assert list(found) == ["label", *pairs]
    for name, other in pairs.items():
        np.testing.assert_allclose(found[name], theirs[other], rtol=1e-6, atol=1e-6, err_msg=f"{name} {spacing}")


@pytest.mark.parametrize(
    "image", ["median_filter(im, 1, within=m)", "percentile_filter(im, 9, within=m) + 1", "entropy(im, 1, within=m)"]
)
def test_windows_that_hold_nothing_are_no_grey_values(image):
    """All inputs have data; what is made of them has not."""
    im = np.arange(100, dtype=np.uint8).reshape(10, 10)
    m, lab = np.zeros((10, 10), bool), np.zeros((10, 10), np.int32)
    m[:3, :3] = True
    lab[:3, :3], lab[7:, 7:] = 1, 2
    text = f"input lab: labels; measure(lab, mean_intensity, max_intensity, median_intensity, of={image})"
    table = maskexpr.evaluate(text, im=im, m=m, lab=lab)
    measured = [name for name in table if name != "label"]
    assert [np.isnan(table[name]).tolist() for name in measured] == [[False, True]] * 3


def test_regions_without_any_grey_value_have_nan_for_all_that_is_measured_on_these():
    """Each part of a list, too."""
    m, nowhere = np.ones((3, 4), bool), maskexpr.Image(np.ones((3, 4)), valid=np.zeros((3, 4), bool))
    names = [name for name, known in PROPERTIES.items() if known.needs_image and known.argument is None]
    table = maskexpr.evaluate(f"measure(m, {', '.join(names)}, of=im)", m=m, im=nowhere)
    assert {"weighted_centroid_y", "weighted_centroid_x", "mean_intensity"} <= set(table)
    assert all(np.isnan(table[name]).all() for name in table if name != "label")
    assert not maskexpr.evaluate("keep(m, weighted_centroid[1] >= 0, of=im)", m=m, im=nowhere).any()
