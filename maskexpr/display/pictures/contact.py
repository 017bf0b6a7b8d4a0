"""Contact sheets: small pictures in rows and columns, each with its name below, to look many through at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from maskexpr.display.pictures import colours
from maskexpr.display.pictures.compressed import decompressed
from maskexpr.display.pictures.letters import font, spelled
from maskexpr.display.pictures.rendering import Raster

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

_TILE, _GAP, _MARGIN = 256, 14, 18  # pixels: of a tile, between them, around all
_COLUMNS, _ROWS = 6, 5  # of a page: about what a screen shows, and A4 on its side
_NAME, _WORDS, _TITLE = 15, 13, 17  # heights of letters
_CAPTION = _NAME + _WORDS + 12
_HEAD = _TITLE + 16
_DIM: colours.Colour = (165, 165, 165)
_FAILED: colours.Colour = (255, 120, 110)
_FAILED_GROUND: colours.Colour = (62, 22, 22)
_DARKER, _FAILED_TINT = 4, np.array((40, 10, 10), np.uint8)  # of the picture of what failed: legible on any
_EMPTY: colours.Colour = (45, 45, 45)
_ELLIPSIS = "..."  # which all fonts have


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture of a sheet: a JPEG file, its name, and the number to judge it by. On what failed there is the reason,
    and its picture, if there is one, is dark."""

    name: str
    words: str = ""
    picture: bytes = b""
    failure: str = ""


def tiles_on() -> int:
    """How many a page holds."""
    return _COLUMNS * _ROWS


def contact_sheet(tiles: Sequence[Tile], title: str) -> Raster:
    """A page of tiles, row by row."""
    from PIL import Image, ImageDraw  # only where something is written

    columns = min(_COLUMNS, max(2, len(tiles)))  # two, so that the title has room
    rows = -(-len(tiles) // columns)
    step = (_TILE + _GAP + _CAPTION, _TILE + _GAP)
    size = (2 * _MARGIN - _GAP + columns * step[1], 2 * _MARGIN - _GAP + _HEAD + rows * step[0])
    sheet = Image.new("RGB", size, colours.OFF)
    pen = ImageDraw.Draw(sheet)
    _write(pen, (_MARGIN, _MARGIN - 4), title, _TITLE, colours.ON, size[0] - 2 * _MARGIN)
    for index, tile in enumerate(tiles):
        row, column = divmod(index, columns)
        x, y = _MARGIN + column * step[1], _MARGIN + _HEAD + row * step[0]
        pen.rectangle((x, y, x + _TILE - 1, y + _TILE - 1), _FAILED_GROUND if tile.failure else _EMPTY)
        raster = decompressed(tile.picture)
        if raster is not None:
            picture = Image.fromarray(raster // _DARKER + _FAILED_TINT if tile.failure else raster)
            sheet.paste(picture, (x + (_TILE - picture.width) // 2, y + (_TILE - picture.height) // 2))
        if tile.failure:
            _draw_failure(pen, x, y, tile.failure)
        below = y + _TILE + 4
        _write(pen, (x, below), tile.name, _NAME, colours.ON, _TILE)
        words, colour = ("failed", _FAILED) if tile.failure else (tile.words, _DIM)
        _write(pen, (x, below + _NAME + 3), words, _WORDS, colour, _TILE)
    return np.array(sheet)


def _draw_failure(pen: "ImageDraw.ImageDraw", x: int, y: int, reason: str) -> None:
    """A frame, and the reason as far as there is room for it."""
    inner = 14
    pen.rectangle((x, y, x + _TILE - 1, y + _TILE - 1), None, _FAILED, 3)
    size, line = _NAME, _NAME + 5
    lines = _wrapped(pen, reason, size, _TILE - 2 * inner)
    most = (_TILE - 2 * inner) // line
    if len(lines) > most:
        lines = [*lines[: most - 1], _ELLIPSIS]
    for index, text in enumerate(lines):
        pen.text((x + inner, y + inner + index * line), text, colours.ON, font(size))


def _wrapped(pen: "ImageDraw.ImageDraw", text: str, size: int, room: int) -> list[str]:
    """A text in lines that fit; a word that is longer is cut."""
    lines: list[str] = []
    for word in spelled(text).split():
        word = _cut(pen, word, font(size), room)
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and pen.textlength(longer, font(size)) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _write(
    pen: "ImageDraw.ImageDraw", place: tuple[int, int], text: str, size: int, colour: colours.Colour, room: int
) -> None:
    pen.text(place, _cut(pen, text, font(size), room), colour, font(size))


def _cut(pen: "ImageDraw.ImageDraw", text: str, letters: "ImageFont.FreeTypeFont | Any", room: int) -> str:
    """A text that fits, cut in its middle: names tell apart by how they begin and end."""
    text = spelled(text)
    text = text if len(text) <= room else text[: room // 2] + text[-room // 2 :]  # a letter has a pixel at least
    if pen.textlength(text, letters) <= room:
        return text
    kept = len(text)
    while kept and pen.textlength(shown := _without_middle(text, kept), letters) > room:
        kept -= 1
    return shown if kept else ""


def _without_middle(text: str, kept: int) -> str:
    return text[: (kept + 1) // 2] + _ELLIPSIS + text[len(text) - kept // 2 :]
