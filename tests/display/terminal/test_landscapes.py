"""Scores over params in characters: what a window shows of them, with colours and without."""

import re

import numpy as np
import pytest

from maskexpr.display.pictures.landscapes import Landscape, Scale, colours_of
from maskexpr.display.terminal.detection import Abilities
from maskexpr.display.terminal.landscapes import draw_landscape

PLAIN, MILLIONS = Abilities(40, 14, unicode=False), Abilities(80, 24, colours=2**24)


def made(scores, best, default=None, texts=None):
    scores = np.array(scores, float)
    scales = tuple(
        Scale(name, tuple(texts or map(str, range(n)))) for name, n in zip(("low", "high"), scores.shape, strict=False)
    )
    return Landscape("dice(m, t)", scales, scores, best, default, True, ("best 0.9", "defaults 0.5"))


def test_a_curve() -> None:
    shown = made([0, 0.25, 0.5, 1, np.nan, 0.75], (3,), (1.0,))
    assert draw_landscape(shown, PLAIN).splitlines() == [
        "1 |               #####",
        "  |               #####     #####",
        "  |          .....#####     #####",
        "  |          ##########     #####",
        "  |     ###############     #####",
        "0 |.....###############     #####",
        "  +------------------------------",
        "     0    1    2    3    4    5",
        "          o         *              low",
        "* best 0.9",
        "o defaults 0.5",
    ]


def test_a_map_without_colours() -> None:
    shown = made([[0, 0.5], [1, np.nan], [0.25, 0.75]], (1, 0), (2.2, 0.9))
    assert [line.rstrip() for line in draw_landscape(shown, PLAIN).splitlines()] == [
        "high",
        "   1   5     .     o",
        "   0   0     *     2",
        "       0     1     2  low",
        "dice(m, t)  0 is 0, 9 is 1",
        "* best 0.9",
        "o defaults 0.5",
    ]


def test_a_map_in_colours() -> None:
    shown = made([[0, 0.5], [1, np.nan], [0.25, 0.75]], (1, 0))
    lines = draw_landscape(shown, MILLIONS).splitlines()
    cells = re.findall(r"\x1b\[48;2;(\d+);(\d+);(\d+)m", lines[2])  # the lower row
    assert [tuple(map(int, cell)) for cell in cells] == [tuple(c) for c in colours_of(shown)[:, 0].tolist()]
    assert "◆" in lines[2]
    assert lines[1].count("\x1b[0m") == 3


@pytest.mark.parametrize("able", [Abilities(20, 8), Abilities(20, 8, unicode=False), Abilities(300, 90, colours=256)])
@pytest.mark.parametrize("shape", [(1,), (3,), (500,), (1, 1), (3, 500), (500, 3), (200, 200)])
def test_it_fits_the_window(able: Abilities, shape: tuple[int, ...]) -> None:
    scores = np.arange(np.prod(shape)).reshape(shape) % 7
    best = tuple(int(i) for i in np.unravel_index(int(scores.argmax()), shape))
    shown = made(scores, best, tuple(float(n - 1) for n in shape), texts=None)
    text = re.sub(r"\x1b\[[\d;]*m", "", draw_landscape(shown, able))
    drawn = text.splitlines()[:-3]
    assert max(map(len, drawn)) <= able.columns + 12  # the name of the axis may stick out
    assert len(text.splitlines()) <= max(able.lines, 10)
    assert ("◆" if able.unicode else "*") in text
