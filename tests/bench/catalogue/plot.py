"""The ratios as a picture: a column of dots for each scene, a line for each row, in SVG."""

import math
from collections.abc import Sequence
from html import escape

from .contest import RowResult
from .report import contests, lines

STEP, NAMES, WIDTH, GAP, TOP = 13, 210, 220, 45, 76
LEAST, MOST = 0.01, 100.0
COLOURS = ("#1f77b4", "#d95f02")


def svg(results: Sequence[RowResult], by: str) -> str:
    """Rows by their names down, scenes across; right of the line in the middle we are quicker."""
    rows = list(dict.fromkeys(result.name for result in results))
    scenes = list(dict.fromkeys(result.scene for result in results))
    height, width = TOP + STEP * len(rows) + 20, NAMES + (WIDTH + GAP) * len(scenes)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        f'font-size="10"><rect width="100%" height="100%" fill="white"/>'
    ]
    for i, contest in enumerate(contests(results)):
        parts.append(f'<circle cx="14" cy="{14 + 16 * i}" r="4" fill="{COLOURS[i]}"/>')
        parts.append(_text(22, 18 + 16 * i, contest.title))
    parts += [_text(NAMES - 6, _y(j) + 3, name, "end") for j, name in enumerate(rows)]
    for k, scene in enumerate(scenes):
        parts += _column(results, scene, rows, NAMES + (WIDTH + GAP) * k, by)
    return "\n".join([*parts, "</svg>\n"])


def _column(results: Sequence[RowResult], scene: str, rows: list[str], left: int, by: str) -> list[str]:
    parts = [_text(left, TOP - 24, f"{scene}: peer's time / ours")]
    for ratio in (0.01, 0.1, 1.0, 10.0, 100.0):
        x = left + _x(ratio)
        colour = "#444" if ratio == 1 else "#ddd"
        parts.append(f'<path d="M{x:.1f} {TOP - 6}V{_y(len(rows))}" stroke="{colour}"/>')
        parts.append(_text(x, TOP - 10, f"{ratio:g}", "middle"))
    for i, contest in enumerate(contests(results)):
        for line in lines([one for one in results if one.scene == scene], contest, by):
            x, y = left + _x(line.ratio), _y(rows.index(line.result.name))
            told = escape(f"{line.result.name}: {line.ratio:.3g}, {line.peer.who}")
            parts.append(f'<circle cx="{x:.1f}" cy="{y}" r="3.5" fill="{COLOURS[i]}"><title>{told}</title></circle>')
    return parts


def _x(ratio: float) -> float:
    share = math.log(min(max(ratio, LEAST), MOST) / LEAST) / math.log(MOST / LEAST)
    return share * WIDTH


def _y(j: int) -> int:
    return TOP + STEP * j + STEP // 2


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'
