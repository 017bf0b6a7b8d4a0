"""Histograms in characters: bars of eighth blocks, the axis of values, and marks below it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from maskexpr.display.pictures import Colouring, colours, distribution
from maskexpr.display.pictures.colouring import ramp
from maskexpr.display.pictures.distributions import SCALE_NAMES, Distribution, mark_text
from maskexpr.display.terminal.blocks import RESET, colour_code, draw_blocks
from maskexpr.display.terminal.detection import Abilities

Array = np.ndarray[Any, Any]

_ROOMY = (40, 16)  # columns and lines of a window in which the axes are named
_EIGHTHS = " ▁▂▃▄▅▆▇█"
_BARS = (150, 150, 150)
_LARGEST = (120, 16)
_SAMPLE = 2**19
_LEGEND = 32


def sparkline(values: Array, width: int = 16) -> str:
    """How values are distributed, in one word of so many characters; "" if none is finite. Of very many, some."""
    found = distribution(values.reshape(-1)[:: 1 + values.size // _SAMPLE], width)
    if found is None:
        return ""
    heights = found.heights(found.counts)
    return "".join(_EIGHTHS[int(n)] for n in np.ceil(heights * 8))


def draw_histogram(
    values: Array,
    abilities: Abilities,
    marks: Mapping[str, float] | None = None,
    part: Array | None = None,
    *,
    names: tuple[str, str] = ("all", "in the mask"),
    scale: str = "root",
    lines: int | None = None,
) -> str:
    """How often values occur, in lines that fit the window.

    `marks` are thresholds, each with its name; `part` are the values of a part, under a mask say, in another colour or
    where there are none in full blocks before shaded ones. `scale` is that of the counts, "root", "linear" or "log".
    """
    columns = max(8, min(_LARGEST[0], abilities.columns - 1))
    found = distribution(values, columns, part)
    if found is None:
        return "no finite values"
    below = _axis(found, columns, abilities.unicode)
    placed = [(n, v) for n, v in (marks or {}).items() if 0 <= found.place(v) <= len(found.counts)]
    width = max(1, columns // len(found.counts))
    places = {n: min(int(found.place(v)), len(found.counts) - 1) * width + width // 2 for n, v in placed}
    below += _marks(placed, places, columns, abilities.unicode)
    if columns >= _ROOMY[0] and abilities.lines >= _ROOMY[1]:
        below.append(f"pixels ({SCALE_NAMES[scale]} scale) by value")
    if part is not None:
        below.append(_legend(names, abilities))
    height = lines or min(_LARGEST[1], abilities.lines - 3)
    return "\n".join([*_bars(found, scale, max(2, height - len(below)), width, places, abilities), *below])


def draw_legend(by: Colouring, abilities: Abilities) -> str:
    """The values of regions and their colours in a line; where there are none, what is dark and what is bright."""
    low, high = by.ends
    if not high or abilities.colours < 256:
        return f"{by.name}  {low} dark, {high} bright" if high else f"{by.name}  {low}"
    width = max(4, min(_LEGEND, abilities.columns - len(by.name) - len(low) - len(high) - 6))
    bar = ramp()[np.newaxis, np.arange(width) * 256 // width]
    blocks = draw_blocks(np.repeat(bar, 2, axis=0), abilities.colours) if abilities.unicode else "-" * width
    return f"{by.name}  {low} {blocks} {high}"


def _bars(
    found: Distribution, scale: str, height: int, width: int, places: dict[str, int], abilities: Abilities
) -> list[str]:
    """The rows of bars from the top, a line down to them at each mark."""
    every = np.ceil(found.heights(found.counts, scale) * (8 * height)).astype(int).repeat(width).tolist()
    part = [0] * len(every)
    if found.part is not None:
        part = np.ceil(found.heights(found.part, scale) * (8 * height)).astype(int).repeat(width).tolist()
    lines = set(places.values())
    painter = _Painter(abilities, found.part is not None)
    for row in reversed(range(height)):
        for column, (whole, some) in enumerate(zip(every, part, strict=True)):
            painter.cell(min(8, max(0, whole - 8 * row)), min(8, max(0, some - 8 * row)), column in lines)
        painter.end_row()
    return painter.rows


class _Painter:
    """Characters with as few colour codes as they need."""

    def __init__(self, abilities: Abilities, two: bool) -> None:
        self.rows: list[str] = []
        self._unicode = abilities.unicode
        self._two = two
        self._coloured = two and abilities.unicode and abilities.colours >= 256
        if self._coloured:
            self._part = colour_code(colours.TINT, abilities.colours)
            self._bars = colour_code(_BARS, abilities.colours)
            self._before = self._part + colour_code(_BARS, abilities.colours, ground=True)
        self._row: list[str] = []
        self._code = ""

    def cell(self, whole: int, some: int, marked: bool) -> None:
        """Bars that fill so many eighths of a cell, those of all and those of the part."""
        code, character = self._coloured_bar(whole, some) if self._coloured else ("", self._plain_bar(whole, some))
        if character == " " and marked:
            code, character = "", "│" if self._unicode else "|"
        self._put(code, character)

    def _plain_bar(self, whole: int, some: int) -> str:
        solid = some if self._two else whole
        if not self._unicode:
            return "#" if solid >= 4 else ":" if whole >= 4 else " "
        return _EIGHTHS[solid] if solid or whole < 4 else "░"

    def _coloured_bar(self, whole: int, some: int) -> tuple[str, str]:
        if some == 8 or (some and whole < 8 and 2 * some >= whole):  # of two that end in a cell one is shown
            return self._part, _EIGHTHS[some]
        return (self._before, _EIGHTHS[some]) if some and whole == 8 else (self._bars, _EIGHTHS[whole])

    def _put(self, code: str, character: str) -> None:
        if character != " " and code != self._code:
            self._row.append((RESET if self._code else "") + code)
            self._code = code
        elif character == " " and self._coloured and self._code == self._before:
            self._row.append(RESET)
            self._code = ""
        self._row.append(character)

    def end_row(self) -> None:
        text = "".join(self._row).rstrip()
        self.rows.append(text + (RESET if self._code else ""))
        self._row, self._code = [], ""


def _axis(found: Distribution, columns: int, unicode: bool) -> list[str]:
    """The line under the bars and the numbers under it."""
    width = max(1, columns // len(found.counts))
    length = width * len(found.counts)
    plain, tick = "─┬" if unicode else "-+"
    line, numbers = [plain] * length, [" "] * (length + 12)
    end = -1
    for value, text in found.ticks(max(2, length // 10)).items():
        place = min(int(found.place(value)), len(found.counts) - 1) * width + width // 2
        begin = max(0, place - len(text) // 2)
        if begin <= end or begin + len(text) > columns:
            continue
        line[place] = tick
        numbers[begin : begin + len(text)] = text
        end = begin + len(text)
    return ["".join(line), "".join(numbers).rstrip()]


def _marks(placed: list[tuple[str, float]], places: dict[str, int], columns: int, unicode: bool) -> list[str]:
    """Lines with an arrow at each mark and its name beside it, in as few lines as they fit."""
    rows: list[list[str]] = []
    arrow = "▲" if unicode else "^"
    for name, value in sorted(placed, key=lambda item: places[item[0]]):
        place, text = places[name], mark_text(name, value)
        begin = place
        label = f"{arrow} {text}"
        if begin + len(label) > columns and place + 1 - len(label) >= 0:
            label = f"{text} {arrow}"
            begin = place + 1 - len(label)
        needed = slice(max(0, begin - 1), begin + len(label) + 1)
        for row in rows:
            if all(c == " " for c in row[needed]):
                break
        else:
            row = [" "] * (columns + 200)
            rows.append(row)
        row[begin : begin + len(label)] = label
    return ["".join(row).rstrip()[:columns] for row in rows]


def _legend(names: tuple[str, str], abilities: Abilities) -> str:
    if not abilities.unicode:
        return f": {names[0]}  # {names[1]}"
    if abilities.colours < 256:
        return f"░ {names[0]}  █ {names[1]}"
    bars, part = (colour_code(c, abilities.colours) for c in (_BARS, colours.TINT))
    return f"{bars}█{RESET} {names[0]}  {part}█{RESET} {names[1]}"
