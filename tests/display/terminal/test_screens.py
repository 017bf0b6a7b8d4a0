"""Whole screens as they should look: `cat tests/display/terminal/screens/blocks-256.txt` in a terminal shows one.

`python tests/display/terminal/test_screens.py` writes them anew, to be looked at.
"""

import re
from functools import cache
from pathlib import Path

import pytest

import maskexpr
from maskexpr.display import results
from maskexpr.display.terminal import Abilities, draw_histogram
from maskexpr.files import images
from maskexpr.inside import stages
from maskexpr.kinds.kind import Kind

FOLDER = Path(__file__).parent / "screens"
EXAMPLES = Path(__file__).parents[3] / "examples"
MILLIONS = 2**24
TISSUE = "dilate((im > 32) & ~(im > 64), 2)"
COINS = "label(remove_small(fill_holes(gaussian(im, 2) > 110), 50))"


def window(protocol, colours=MILLIONS, columns=60, lines=24, **more):
    return Abilities(columns, lines, (8, 16), colours, protocol, **more)


@cache
def image(name):
    return images.read(EXAMPLES / name).array


def result(expression, abilities, mode="overlay", file="ankle.png"):
    im = image(file)
    found = stages(maskexpr.compile(expression), {"im": im}).results()["result"]
    return results.drawn(
        found.value, found.kind, abilities, (im, Kind("image", im.shape, im.dtype)), mode, seconds=0.0021
    )


def histogram(abilities):
    im = image("ankle.png")
    marks = {"low": 32, "otsu": 57, "high": 64}
    return draw_histogram(im, abilities, marks, im[im > 64], names=("im", "bone"))


def without_data(text):
    """A file in base64 depends on who packed it."""
    text = re.sub(r"[A-Za-z0-9+/=]{100,}", "...", text)
    text = re.sub(r"(\x1b_Gq=2,m=1;\.\.\.\x1b\\)+", r"\1 and so on ", text)
    return re.sub(r"size=\d+", "size=...", text)


SCREENS = {
    "blocks-24-bit": lambda: result(TISSUE, window("blocks")),
    "blocks-256": lambda: result(TISSUE, window("blocks", 256)),
    "blocks-256-contour": lambda: result(TISSUE, window("blocks", 256), "contour"),
    "blocks-256-side": lambda: result(TISSUE, window("blocks", 256), "side"),
    "blocks-256-labels": lambda: result(COINS, window("blocks", 256), file="coins.png"),
    "blocks-256-image": lambda: result("gaussian(im, 4)", window("blocks", 256), file="cell.png"),
    "text": lambda: result(TISSUE, window("text", 0)),
    "text-side": lambda: result(TISSUE, window("text", 0), "side"),
    "text-ascii": lambda: result("im", window("text", 0, unicode=False)),
    "kitty": lambda: without_data(result(TISSUE, window("kitty"))),
    "iterm": lambda: without_data(result(TISSUE, window("iterm"))),
    "sixel": lambda: result(TISSUE, window("sixel", 256, 20, 7)),
    "pipe": lambda: result(TISSUE, window("none", 0)),
    "histogram-256": lambda: histogram(window("blocks", 256)),
    "histogram-text": lambda: histogram(window("text", 0)),
}


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_is_as_it_was_when_it_was_looked_at(name):
    assert SCREENS[name]() + "\n" == (FOLDER / f"{name}.txt").read_text("utf-8")


def test_each_screen_is_of_a_case():
    assert {path.stem for path in FOLDER.iterdir()} == set(SCREENS)


@pytest.mark.parametrize("name", [n for n in SCREENS if n.startswith(("blocks", "text", "histogram"))])
def test_a_screen_fits_its_window(name):
    lines = re.sub(r"\x1b\[[\d;]*m", "", SCREENS[name]()).split("\n")
    assert len(lines) <= 24 - 2
    assert max(map(len, lines)) <= 80
    assert max(map(len, lines[1:])) <= 59


def test_a_pipe_gets_no_code_and_no_picture():
    text = SCREENS["pipe"]()
    assert text == "mask 880x380, 26.7% on (89,364 pixels), 13 regions, largest 50,028  2.1 ms"


def write_screens():
    FOLDER.mkdir(exist_ok=True)
    for name, screen in SCREENS.items():
        (FOLDER / f"{name}.txt").write_text(screen() + "\n", "utf-8")


if __name__ == "__main__":
    write_screens()
