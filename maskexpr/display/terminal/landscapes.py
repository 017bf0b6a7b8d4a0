"""Scores over one or two params in characters: a curve of bars, or a map of coloured cells."""

import math

import numpy as np

from maskexpr.display.pictures.colouring import ramp
from maskexpr.display.pictures.distributions import chart_number
from maskexpr.display.pictures.landscapes import Landscape, colours_of
from maskexpr.display.terminal.blocks import RESET, colour_code
from maskexpr.display.terminal.detection import Abilities

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_HIGHEST, _LOWEST = 10, 3  # lines of a curve
_AROUND = 8  # lines that others are printed in
_LEGEND = 24
_DARK, _BRIGHT = (20, 20, 20), (250, 250, 250)


def draw_landscape(shown: Landscape, abilities: Abilities) -> str:
    """A curve or a map in lines that fit the window; what it shows is written below."""
    return _map(shown, abilities) if len(shown.scales) == 2 else _curve(shown, abilities)


def _marks(abilities: Abilities) -> tuple[str, str]:
    return ("◆", "○") if abilities.unicode else ("*", "o")


def _words(shown: Landscape, abilities: Abilities) -> list[str]:
    return [f"{mark} {text}" for mark, text in zip(_marks(abilities), shown.said, strict=True)]


# --- a curve ---------------------------------------------------------------------------------------------------------


def _curve(shown: Landscape, abilities: Abilities) -> str:
    low, high = shown.ends
    ends = [chart_number(high), chart_number(low)]
    margin = max(map(len, ends))
    columns = max(8, abilities.columns - margin - 4)
    shown = shown.fitted((columns,))
    width = max(1, min(6, columns // len(shown.scores)))
    height = max(_LOWEST, min(_HIGHEST, abilities.lines - _AROUND))
    filled = _filled(shown, height)
    rows = []
    for row in reversed(range(height)):
        cells = [_bar(count - 8 * row, abilities.unicode) * width if count else " " * width for count in filled]
        text = ends[0] if row == height - 1 else ends[1] if row == 0 else ""
        edge = ("┤" if text else "│") if abilities.unicode else "|"
        rows.append(f"{text:>{margin}} {edge}{''.join(cells)}".rstrip())
    pad = " " * (margin + 2)
    rows.append(
        f"{pad[:-1]}{'└' if abilities.unicode else '+'}{('─' if abilities.unicode else '-') * width * len(filled)}"
    )
    rows.append(pad + _texts(shown.scales[0].texts, width))
    rows.append(pad + _marked(shown, width, abilities) + f"  {shown.scales[0].name}")
    return "\n".join([*rows, *_words(shown, abilities)])


def _filled(shown: Landscape, height: int) -> list[int]:
    """How many eighths of a line each bar has; 0 for no score. The least score is still seen."""
    low, high = shown.ends
    found = []
    for score in shown.scores.tolist():
        share = 1.0 if not low < high else (min(max(score, low), high) / 2 - low / 2) / (high / 2 - low / 2)
        found.append(0 if math.isnan(score) else 1 + round(share * (8 * height - 1)))
    return found


def _bar(eighths: int, unicode: bool) -> str:
    if unicode:
        return _EIGHTHS[max(0, min(8, eighths))]
    return "#" if eighths >= 4 else "." if eighths > 0 else " "


def _texts(texts: tuple[str, ...], width: int) -> str:
    """The texts of places in a line, as many as have room."""
    line, end = [" "] * (len(texts) * width + 12), -1
    for place, text in enumerate(texts):
        begin = max(0, place * width + (width - len(text)) // 2)
        if begin > end and begin + len(text) <= len(line):
            line[begin : begin + len(text)] = text
            end = begin + len(text)
    return "".join(line).rstrip()


def _marked(shown: Landscape, width: int, abilities: Abilities) -> str:
    """The marks of the best and the defaults below their places."""
    line = [" "] * (len(shown.scores) * width)
    best, default = _marks(abilities)
    if shown.default is not None:
        line[min(len(line) - 1, max(0, round((shown.default[0] + 0.5) * width - 0.5)))] = default
    line[shown.best[0] * width + (width - 1) // 2] = best
    return "".join(line)


# --- a map -----------------------------------------------------------------------------------------------------------


def _map(shown: Landscape, abilities: Abilities) -> str:
    margin = max(len(text) for text in (*shown.scales[1].texts, shown.scales[1].name))
    columns = max(4, abilities.columns - margin - 2)
    rows = max(2, abilities.lines - _AROUND)
    shown = shown.fitted((columns // 2, rows))
    across, up = shown.scales
    width = max(2, min(6, columns // len(across.texts)))
    cells = _cells(shown, width, abilities)
    lines = [f"{up.name:>{margin}}"]
    lines += [f"{up.texts[j]:>{margin}} {''.join(cells[j])}" for j in reversed(range(len(up.texts)))]
    lines.append(" " * (margin + 1) + f"{_texts(across.texts, width)}  {across.name}")
    return "\n".join([*lines, _bar_of_colours(shown, abilities), *_words(shown, abilities)])


def _cells(shown: Landscape, width: int, abilities: Abilities) -> list[list[str]]:
    """The cells of each row: in colours, or as digits from 0 for the worst to 9 for the best."""
    best_mark, default_mark = _marks(abilities)
    marks = {shown.best: best_mark}
    if shown.default is not None:
        at = tuple(min(n - 1, max(0, round(p))) for p, n in zip(shown.default, shown.scores.shape, strict=True))
        marks.setdefault(at, default_mark)
    colours, goodness = colours_of(shown), shown.goodness()
    rows = []
    for j in range(shown.scores.shape[1]):
        row = []
        for i in range(shown.scores.shape[0]):
            mark = marks.get((i, j), "")
            if abilities.colours >= 256:
                colour = tuple(colours[i, j].tolist())
                row.append(_coloured(f"{mark:^{width}}", colour, abilities.colours))
            else:
                digit = "." if np.isnan(goodness[i, j]) else str(min(9, int(goodness[i, j] * 10)))
                row.append(f"{mark or digit:^{width}}")
        rows.append(row)
    return rows


def _coloured(text: str, colour: tuple[int, int, int], colours: int) -> str:
    ink = ""
    if text.strip():
        is_bright = 3 * colour[0] + 6 * colour[1] + colour[2] > 1280
        ink = colour_code(_DARK if is_bright else _BRIGHT, colours)
    return f"{colour_code(colour, colours, ground=True)}{ink}{text}{RESET}"


def _bar_of_colours(shown: Landscape, abilities: Abilities) -> str:
    """The worst score, the colours from there on, and the best."""
    worst, best = map(chart_number, shown.ends if shown.higher else shown.ends[::-1])
    if abilities.colours < 256:
        return f"{shown.title}  0 is {worst}, 9 is {best}"
    steps = [tuple(ramp()[i * 255 // (_LEGEND - 1)].tolist()) for i in range(_LEGEND)]
    bar = "".join(_coloured(" ", colour, abilities.colours) for colour in steps)
    return f"{shown.title}  {worst} {bar} {best}"
