"""Pictures in half-block characters: two pixels each, the colour of the letter and that of its ground."""

from typing import Any

import numpy as np

from maskexpr.display.terminal.detection import MILLIONS
from maskexpr.display.terminal.palette_256 import nearest_of_256

Array = np.ndarray[Any, Any]

RESET = "\x1b[0m"
_PLAIN = -1  # the terminal's own ground, below a last row that is alone
_UNKNOWN = -2  # its own letters


def draw_blocks(picture: Array, colours: int) -> str:
    """A picture of shape (M, N, 3) in lines of N characters, two rows each.

    A code is only written where a colour is not the one before; each line begins and ends without any.
    """
    numbers = _numbers(picture, colours)
    if len(numbers) % 2:
        numbers = np.vstack([numbers, np.full((1, numbers.shape[1]), _PLAIN)])
    found = np.unique(numbers).tolist()
    letters = {number: f"38;{_code(number, colours)}" for number in found}
    grounds = {number: f"48;{_code(number, colours)}" for number in found} | {_PLAIN: "49"}
    pairs = zip(numbers[::2].tolist(), numbers[1::2].tolist(), strict=True)
    return "\n".join(_line(above, below, letters, grounds) for above, below in pairs)


def _line(above: list[int], below: list[int], letters: dict[int, str], grounds: dict[int, str]) -> str:
    pieces: list[str] = []
    letter, ground, ground_was_last = _UNKNOWN, _PLAIN, False
    for top, bottom in zip(above, below, strict=True):
        codes = []
        if top == bottom:
            if top not in (letter, ground):  # the two take turns, so that the other one is kept
                ground_was_last = not ground_was_last
                letter, ground = (letter, top) if ground_was_last else (top, ground)
                codes.append(grounds[top] if ground_was_last else letters[top])
            shape = "█" if top == letter else " "
        else:
            flipped = bottom != _PLAIN and (letter == bottom) + (ground == top) > (letter == top) + (ground == bottom)
            shape, wanted, rest = ("▄", bottom, top) if flipped else ("▀", top, bottom)
            if letter != wanted:
                codes.append(letters[wanted])
            if ground != rest:
                codes.append(grounds[rest])
            letter, ground = wanted, rest
        if codes:
            pieces.append(f"\x1b[{';'.join(codes)}m")
        pieces.append(shape)
    pieces.append(RESET)
    return "".join(pieces)


def _numbers(picture: Array, colours: int) -> Array:
    """A number for each pixel's colour."""
    if colours < MILLIONS:
        return nearest_of_256(picture)
    wide = picture.astype(np.int32)
    return np.asarray((wide[:, :, 0] << 16) | (wide[:, :, 1] << 8) | wide[:, :, 2])


def _code(number: int, colours: int) -> str:
    if colours < MILLIONS:
        return f"5;{number}"
    return f"2;{number >> 16};{number >> 8 & 255};{number & 255}"


def colour_code(colour: tuple[int, int, int], colours: int, ground: bool = False) -> str:
    """The code that sets the colour of letters, or of their ground."""
    number = int(_numbers(np.array([[colour]], np.uint8), colours)[0, 0])
    return f"\x1b[{48 if ground else 38};{_code(number, colours)}m"
