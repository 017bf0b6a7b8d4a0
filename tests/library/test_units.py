"""Lengths and sizes wherever something is long, large or somewhere."""

import numpy as np
import pytest

from maskexpr import Image, ProgramError, evaluate

STEPS = [2, 0.5, 0.25]  # mm along z, y and x


@pytest.fixture
def volume(rng):
    return rng.random((7, 16, 24))


@pytest.mark.parametrize(
    ("in_mm", "in_pixels"),
    [
        ("sphere(4mm, 4mm, 2.5mm, 0mm)", "sphere(2, 8, 10, 0)"),
        ("circle(3.75mm, 2500um, 0)", "circle(7.5, 10, 0)"),
        ("ellipse(4mm, 2mm, 2mm, 2mm)", "ellipse(8, 8, 4, 8)"),
        ("rectangle(1mm, 1mm, 4mm, 5mm)", "rectangle(2, 4, 8, 20)"),
        ("polygon([0mm, 4mm, 4mm], [0, 2mm, 12])", "polygon([0, 8, 8], [0, 8, 12])"),
        ("at(im > 0.2, 6mm, 4mm, 3mm)", "at(im > 0.2, 3, 8, 12)"),
        ("gaussian(im, [2mm, 1mm, 0.5mm])", "gaussian(im, [1, 2, 2])"),
        ("gaussian(im, [2mm, 2, 2])", "gaussian(im, [1, 2, 2])"),
        ("gaussian(im, 1mm)", "gaussian(im, [0.5, 2, 4])"),
        ("keep(im > 0.6, centroid[0] > 5mm & bbox[2] < 3mm)", "keep(im > 0.6, centroid[0] > 2.5 & bbox[2] < 12)"),
        ("keep(im > 0.6, bbox[5] < 3mm)", "keep(im > 0.6, bbox[5] < 12)"),
        ("keep(im > 0.6, area >= 1mm3)", "keep(im > 0.6, area >= 4)"),
        ('keep(im > 0.6, area >= 1mm2, axes="yx")', 'keep(im > 0.6, area >= 8, axes="yx")'),
        ("remove_small(im > 0.6, 1mm3)", "remove_small(im > 0.6, 4)"),
        ('remove_large(im > 0.6, 1mm2, axes="yx")', 'remove_large(im > 0.6, 8, axes="yx")'),
        ('fill_holes(im > 0.3, 1mm2, axes="yx")', 'fill_holes(im > 0.3, 8, axes="yx")'),
        ('dilate(im > 0.95, 1mm, axes="y")', 'dilate(im > 0.95, 2, axes="y")'),
        ('mean_filter(im, 1mm, axes="x")', 'mean_filter(im, 4, axes="x")'),
    ],
)
def test_a_length_is_divided_by_the_spacing_of_its_axis(volume, in_mm, in_pixels):
    image = Image(volume, spacing=STEPS, kind="image")
    program = "input im: image; {} "
    np.testing.assert_array_equal(
        evaluate(program.format(in_mm), im=image), evaluate(program.format(in_pixels), im=image)
    )


def test_a_place_that_is_a_length_needs_the_spacing(volume):
    for text in ("circle(1mm, 2, 3)", "sphere(1, 2mm, 3, 1)", "gaussian(im, [1mm, 1, 1])", "at(im > 0.2, 1, 1mm, 2)"):
        with pytest.raises(ProgramError, match="size of a pixel"):
            evaluate(f"input im: image; {text}", im=volume)


def test_a_program_with_places_compiles_without_inputs():
    from maskexpr import compile

    for text in ("circle(1mm, 2, 3mm)", "keep(m, centroid[0] > 5mm & bbox[1] <= 3mm)", "gaussian(im, [1mm, 1, 1])"):
        assert compile(text).inputs or compile(text).outputs == ("result",)


def test_positions_and_volumes_in_physical_units(volume):
    import scipy.ndimage

    image, m = Image(volume, spacing=STEPS, kind="image"), volume > 0.6
    pixels = evaluate("bbox(im > 0.6)", im=image)
    for unit, factor in (("mm", 1), ("um", 1000), ("cm", 0.1)):
        steps = np.array(STEPS) * factor
        np.testing.assert_allclose(
            evaluate(f'centroid(im > 0.6, "{unit}")', im=image), scipy.ndimage.center_of_mass(m) * steps, rtol=1e-12
        )
        np.testing.assert_allclose(
            evaluate(f'bbox(im > 0.6, unit="{unit}")', im=image), np.array(pixels) * np.tile(steps, 2), rtol=1e-12
        )
    ml = evaluate('volume(im > 0.6, "ml")', im=image)
    assert ml == evaluate('area(im > 0.6, "cm3")', im=image) == m.sum() * 0.25 / 1000
    for call in ('centroid(im > 0.6, "mm")', 'bbox(im > 0.6, "cm")', 'volume(im > 0.6, "ml")'):
        with pytest.raises(ProgramError, match="size of a pixel"):
            evaluate(call, im=Image(volume, kind="image"))
