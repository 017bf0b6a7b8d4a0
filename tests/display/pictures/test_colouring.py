"""Regions in the colours of a column."""

import numpy as np
import pytest

from maskexpr.display import pictures, terminal
from maskexpr.display.pictures import Colouring, colours
from maskexpr.display.pictures.colouring import ramp
from maskexpr.display.terminal import Abilities

LABELS = np.array([[0, 1, 1, 4], [0, 0, 9, 4]], np.int32)
BY = Colouring(np.array([1, 4, 9]), np.array([10, 20, 30]), "area")
LOW, MIDDLE, HIGH = (tuple(int(c) for c in ramp()[step]) for step in (0, 128, 255))


def lightness(colour: np.ndarray) -> float:
    """That of OKLab, https://bottosson.github.io/posts/oklab/."""
    c = colour / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    to_cones = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005]]  # fmt: skip
    return float(np.cbrt(np.array(to_cones) @ linear) @ [0.2104542553, 0.7936177850, -0.0040720468])


def test_each_step_of_the_ramp_is_as_much_lighter() -> None:
    steps = np.diff([lightness(colour) for colour in np.array(colours.RAMP)])
    assert steps.min() > 0.9 * steps.mean()
    assert steps.max() < 1.1 * steps.mean()
    assert np.diff([lightness(colour) for colour in ramp()]).min() > -0.002
    assert colours.RAMP[0] == LOW
    assert colours.RAMP[-1] == HIGH


def test_alone() -> None:
    picture = pictures.render(LABELS, "labels", mode="mask", zoom=False, by=BY)
    off = colours.OFF
    np.testing.assert_array_equal(picture, [[off, LOW, LOW, MIDDLE], [off, off, HIGH, MIDDLE]])


def test_contours_have_the_colours_too() -> None:
    im = np.zeros(LABELS.shape, np.uint8)
    picture = pictures.render(LABELS, "labels", im, mode="contour", zoom=False, by=BY)
    assert tuple(picture[0, 1]) == LOW
    assert tuple(picture[1, 2]) == HIGH


def test_what_has_no_value_is_not_there_and_nan_has_its_colour() -> None:
    by = Colouring(np.array([4, 9]), np.array([np.nan, 3.0]), "mean")
    picture = pictures.render(LABELS, "labels", mode="mask", zoom=False, by=by)
    assert tuple(picture[0, 1]) == colours.OFF
    assert tuple(picture[0, 3]) == colours.NO_VALUE
    im = np.full(LABELS.shape, 77, np.uint8)
    on_image = pictures.render(LABELS, "labels", im, zoom=False, window=(0, 255), by=by)
    assert tuple(on_image[0, 1]) == (77, 77, 77)


@pytest.mark.parametrize("values", [[np.nan, np.nan, np.nan], [np.inf, np.nan, -np.inf], [5, 5, 5], [1e308, -1e308, 0]])
def test_values_that_make_no_scale(values: list[float]) -> None:
    by = Colouring(np.array([1, 4, 9]), np.array(values, np.float64), "x")
    picture = pictures.render(LABELS, "labels", mode="mask", zoom=False, by=by)
    assert picture.shape == (2, 4, 3)
    assert by.with_legend(picture).shape[0] == 2 + by.legend_height()


def test_no_regions_at_all() -> None:
    by = Colouring(np.array([], np.int32), np.array([]), "area")
    picture = pictures.render(LABELS, "labels", mode="mask", zoom=False, by=by)
    assert (picture == colours.OFF).all()
    assert by.ends[0] == "no value"


def test_infinite_values_are_at_the_ends() -> None:
    by = Colouring(np.array([1, 4, 9]), np.array([-np.inf, np.inf, 2]), "x")
    found = by.colours(np.array([1, 4]))
    assert [tuple(colour) for colour in found] in ([LOW, HIGH], [(tuple(ramp()[128]))] * 2)


def test_the_legend_is_below() -> None:
    picture = np.zeros((50, 400, 3), np.uint8)
    whole = BY.with_legend(picture)
    assert whole.shape == (50 + BY.legend_height(), 400, 3)
    np.testing.assert_array_equal(whole[:50], picture)
    row = whole[50 + BY.legend_height() // 2].tolist()
    first, last = row.index(list(LOW)), len(row) - row[::-1].index(list(HIGH))
    np.testing.assert_array_equal(row[first:last], ramp()[np.arange(last - first) * 255 // (last - first - 1)])
    narrow = BY.with_legend(np.zeros((5, 3, 3), np.uint8))
    assert narrow.shape[1] > 100


@pytest.mark.parametrize(
    ("abilities", "text"),
    [
        (Abilities(columns=60, colours=0, protocol="text"), "area  10 dark, 30 bright"),
        (Abilities(columns=60, colours=16, protocol="text"), "area  10 dark, 30 bright"),
    ],
)
def test_the_legend_of_a_terminal_without_colours(abilities: Abilities, text: str) -> None:
    assert terminal.draw_legend(BY, abilities) == text


@pytest.mark.parametrize("colours_", [256, 2**24])
def test_the_legend_of_a_terminal(colours_: int) -> None:
    text = terminal.draw_legend(BY, Abilities(columns=40, colours=colours_, protocol="blocks"))
    assert text.startswith("area  10 \x1b[")
    assert text.endswith("\x1b[0m 30")
    assert "\n" not in text
