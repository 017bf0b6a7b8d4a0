"""Scores drawn over one and two params: each score in its place and colour, the best and the defaults marked."""

import numpy as np
import pytest

from maskexpr.display.pictures.colouring import ramp
from maskexpr.display.pictures.landscapes import NO_SCORE, Landscape, Scale, colours_of, curves, landscape

SAID = ("best t=3: 1", "defaults t=1: 0.5")


def made(scores, best, default=None, higher=True):
    scores = np.array(scores, float)
    scales = tuple(
        Scale(name, tuple(map(str, range(n)))) for name, n in zip(("across", "up"), scores.shape, strict=False)
    )
    return Landscape("dice(m, truth)", scales, scores, best, default, higher, SAID)


def test_the_brighter_the_better() -> None:
    scores = [[0.0, 0.5], [1.0, np.nan]]
    colours = colours_of(made(scores, (1, 0)))
    assert colours[0, 0].tolist() == ramp()[0].tolist()
    assert colours[1, 0].tolist() == ramp()[255].tolist()
    assert colours[1, 1].tolist() == list(NO_SCORE)
    least = colours_of(made(scores, (0, 0), higher=False))
    assert least[0, 0].tolist() == ramp()[255].tolist()


@pytest.mark.parametrize("high", [1e308, np.inf, 1e-320, 0.0])
def test_any_scores_have_colours(high: float) -> None:
    colours = colours_of(made([[-high, high, np.nan]], (0, 1)))
    assert colours.shape == (1, 3, 3)
    assert landscape(made([[-high, high, np.nan]], (0, 1))).shape == (480, 640, 3)
    assert landscape(made([-high, high, np.nan], (1,))).shape == (480, 640, 3)


def test_a_map_is_drawn_to_the_right_and_up() -> None:
    scores = np.zeros((4, 3))
    scores[3, 0], scores[0, 2] = 1, 0.5  # lower right, upper left
    shown = made(scores, (3, 0))
    picture = landscape(shown)
    rows, columns = np.nonzero((picture[:, :540] == colours_of(shown)[0, 2]).all(axis=2))  # left of the colour bar
    assert rows.size > 1000
    assert rows.max() < 270
    assert columns.max() < 320
    rows, columns = np.nonzero((picture[:, :540] == ramp()[255]).all(axis=2))
    assert (rows.min(), columns.min()) > (300, 300)


def test_the_marks_are_seen_and_differ() -> None:
    plain = landscape(made([0.1, 0.5, 0.9], (2,)))
    marked = landscape(made([0.1, 0.5, 0.9], (2,), (0.5,)))
    changed = np.nonzero((plain != marked).any(axis=2))
    assert 50 < changed[0].size < 400  # a ring and nothing else
    assert not np.array_equal(landscape(made([0.1, 0.5, 0.9], (1,))), plain)


def test_many_places_are_shown_by_their_best() -> None:
    scores = np.arange(100.0).reshape(10, 10)
    few = made(scores, (9, 9), (0.0, 0.0)).fitted((5, 3))
    assert few.scores.tolist() == [
        [max(scores[2 * i + 1, a:b]) for a, b in ((0, 4), (4, 8), (8, 10))] for i in range(5)
    ]
    assert (few.best, few.scales[1].texts) == ((4, 2), ("0", "4", "8"))
    assert few.default == (-0.25, -0.375)
    fewer = made(scores, (0, 0), higher=False).fitted((1, 1))
    assert fewer.scores.tolist() == [[0]]
    with_holes = np.where(scores > 50, np.nan, scores)
    assert np.nanmax(made(with_holes, (5, 0)).fitted((3, 3)).scores) == 50


def test_curves_of_several_params_stand_below_each_other() -> None:
    shown = [made([0.1, 0.5, 0.9], (2,)), made([0.3, 0.2], (0,))]
    assert curves(shown, (200, 400)).shape == (400, 400, 3)


def test_long_texts_are_cut_and_small_pictures_drawn() -> None:
    shown = made([[0.1, 0.5], [0.2, np.nan]], (0, 1))
    long = Landscape("dice(" * 100, shown.scales, shown.scores, (0, 1), None, True, ("best " * 200, "x" * 999))
    assert landscape(long, (10, 10)).shape == (160, 240, 3)
