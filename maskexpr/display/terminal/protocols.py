"""A picture by the protocol that a terminal has for pictures, within its window."""

import base64
from typing import Any

import numpy as np

from maskexpr.display.pictures import png
from maskexpr.display.terminal.blocks import RESET, draw_blocks
from maskexpr.display.terminal.characters import draw_text
from maskexpr.display.terminal.detection import Abilities
from maskexpr.display.terminal.sixels import draw_sixels

Array = np.ndarray[Any, Any]

_CHUNK = 4096
# The most pixels, or characters: redrawing must not be waited for. xterm cuts sixels off at 1000.
_MOST_PIXELS = {"kitty": (1024, 1600), "iterm": (1024, 1600), "sixel": (1000, 1000)}
_MOST_CHARACTERS = (100, 240)


def room(abilities: Abilities, lines_left: int = 3) -> tuple[int, int]:
    """The height and width in pixels that a picture may have, so many lines of the window being left for text."""
    lines = max(1, abilities.lines - lines_left)
    columns = max(1, abilities.columns - 1)  # a full line would make some terminals skip the next
    if abilities.protocol in _MOST_PIXELS:
        most = _MOST_PIXELS[abilities.protocol]
        return min(most[0], lines * abilities.cell[1]), min(most[1], columns * abilities.cell[0])
    return 2 * min(lines, _MOST_CHARACTERS[0]), min(columns, _MOST_CHARACTERS[1])


def draw(picture: Array, abilities: Abilities) -> str:
    """The characters and codes that show a picture of shape (M, N, 3), no line end behind them.

    It should be no larger than `room` says. Without a terminal there is none.
    """
    match abilities.protocol:
        case "kitty":
            return _kitty(png(picture)) + RESET
        case "iterm":
            return _iterm(png(picture), picture.shape, abilities.cell) + RESET
        case "sixel":
            return draw_sixels(picture) + RESET
        case "blocks":
            return draw_blocks(picture, abilities.colours)
        case "text":
            return draw_text(picture, abilities.unicode)
        case _:
            return ""


def _kitty(file: bytes) -> str:
    """kitty's protocol, as ghostty and others have it: shown at once, and nothing answered.

    https://sw.kovidgoyal.net/kitty/graphics-protocol/
    """
    data = base64.b64encode(file).decode("ascii")
    parts = [data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK)]
    heads = ["a=T,f=100,q=2,m=1"] + ["q=2,m=1"] * (len(parts) - 1)
    heads[-1] = heads[-1].removesuffix("1") + "0"
    return "".join(f"\x1b_G{head};{part}\x1b\\" for head, part in zip(heads, parts, strict=True))


def _iterm(file: bytes, shape: tuple[int, ...], cell: tuple[int, int]) -> str:
    """iTerm2's protocol, the size in characters, since its pixels are those of the file or of the screen.

    https://iterm2.com/documentation-images.html
    """
    lines, columns = -(-shape[0] // cell[1]), -(-shape[1] // cell[0])
    data = base64.b64encode(file).decode("ascii")
    return f"\x1b]1337;File=inline=1;size={len(file)};width={columns};height={lines};preserveAspectRatio=1:{data}\x07"
