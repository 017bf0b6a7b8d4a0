"""A histogram as a picture: bars, axes with numbers, and marks with names."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from maskexpr.display.pictures import colours
from maskexpr.display.pictures.colours import Colour
from maskexpr.display.pictures.distributions import (
    SCALE_NAMES,
    Distribution,
    distribution,
    mark_text,
    power_of_ten,
    ticks,
)
from maskexpr.display.pictures.letters import font
from maskexpr.display.pictures.rendering import Raster
from maskexpr.display.pictures.scaling import Size

if TYPE_CHECKING:
    from PIL import ImageDraw

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class _Theme:
    """What a plot is drawn in."""

    ground: Colour
    ink: Colour
    grid: Colour
    bars: Colour
    part: Colour
    marks: tuple[Colour, ...]


_LIGHT = _Theme((255, 255, 255), (40, 40, 40), (225, 225, 225), (150, 150, 150), (230, 100, 0),
                ((0, 80, 180), (160, 30, 130), (0, 120, 90), (120, 70, 0)))  # fmt: skip
_DARK = _Theme(colours.OFF, (225, 225, 225), (60, 60, 60), (130, 130, 130), colours.TINT,
               ((110, 190, 255), (240, 150, 210), (100, 220, 180), (240, 220, 100)))  # fmt: skip


def histogram(
    values: Array,
    marks: Mapping[str, float] | None = None,
    part: Array | None = None,
    room: Size = (300, 640),
    *,
    names: tuple[str, str] = ("all", "in the mask"),
    scale: str = "root",
    dark: bool = False,
) -> Raster:
    """How often values occur, drawn.

    Parameters
    ----------
    values : ndarray
        Numbers, in any shape. What is not finite is left out.
    marks : mapping of str to number, optional
        Thresholds: each a line at its value, with its name and number at the top. Those outside the values are left
        out.
    part : ndarray, optional
        Numbers of a part of them, those under a mask say: bars in another colour before those of all.
    room : (height, width)
        The size of the picture, at least (80, 160).
    names : (str, str)
        What the legend calls all and the part.
    scale : {"root", "linear", "log"}
        Of the counts: see Distribution.heights.
    dark : bool
        Light on dark, for a terminal; else dark on white, for a page.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
    """
    height, width = max(80, room[0]), max(160, room[1])
    sheet = _Sheet(height, width, _DARK if dark else _LIGHT)
    found = distribution(values, max(1, min(256, (width - sheet.left - sheet.right) // 2)), part)
    if found is None:
        sheet.write("no finite values", sheet.left, height // 2)
        return sheet.picture()
    lines = [(mark_text(name, v), found.place(v) / len(found.counts)) for name, v in (marks or {}).items()]
    lines = [(text, at) for text, at in lines if 0 <= at <= 1]
    sheet.titles(scale)
    if part is not None:
        sheet.legend(names)
    rows = sheet.place_marks(lines)
    sheet.count_axis(found, scale)
    sheet.bars(found, scale)
    sheet.value_axis(found)
    sheet.marks(lines, rows)
    return sheet.picture()


_ROOMY = 160


@dataclass(slots=True)
class _Sheet:
    """A plot while it is drawn. The top grows by what is written above the bars."""

    height: int
    width: int
    theme: _Theme
    image: Any = field(init=False)
    pen: "ImageDraw.ImageDraw" = field(init=False)
    text_height: int = field(init=False)
    left: int = field(init=False)
    top: int = field(init=False)

    def __post_init__(self) -> None:
        from PIL import Image, ImageDraw  # only where something is plotted

        self.image = Image.new("RGB", (self.width, self.height), self.theme.ground)
        self.pen = ImageDraw.Draw(self.image)
        self.text_height = max(10, min(16, self.height // 18))
        self.left = round(4.5 * self.text_height)
        self.top = self.text_height // 2

    @property
    def right(self) -> int:
        return self.text_height

    @property
    def bottom(self) -> int:
        """Where the bars stand."""
        return self.height - (3 if self.roomy else 2) * self.text_height

    @property
    def roomy(self) -> bool:
        """Whether there is room to say what the axes are."""
        return self.height >= _ROOMY

    @property
    def across(self) -> int:
        return self.width - self.left - self.right

    def write(self, text: str, x: float, y: float, anchor: str = "la", colour: Colour | None = None) -> None:
        self.pen.text((x, y), text, colour or self.theme.ink, font(self.text_height), anchor)

    def length(self, text: str) -> float:
        return float(self.pen.textlength(text, font(self.text_height)))

    def titles(self, scale: str) -> None:
        """What the axes count."""
        if not self.roomy:
            return
        self.write(f"pixels, {SCALE_NAMES[scale]} scale", self.left, self.top)
        self.top += self.text_height + self.text_height // 2
        self.write("value", self.left + self.across / 2, self.height - self.text_height // 2, "mb")

    def legend(self, names: tuple[str, str]) -> None:
        x, size = float(self.left), self.text_height
        for name, colour in zip(names, (self.theme.bars, self.theme.part), strict=True):
            self.pen.rectangle((x, self.top + 2, x + size - 3, self.top + size - 1), colour)
            self.write(name, x + size + 2, self.top)
            x += size * 2.5 + self.length(name)
        self.top += size + size // 2

    def place_marks(self, lines: list[tuple[str, float]]) -> list[int]:
        """The row of each mark's name above the bars, so that no two overlap."""
        ends: list[float] = []
        order = sorted(range(len(lines)), key=lambda i: lines[i][1])
        row_of: dict[int, int] = {}
        for i in order:
            begin, end = self._extent(*lines[i])
            row = next((r for r, taken in enumerate(ends) if taken + self.text_height / 2 < begin), len(ends))
            ends[row : row + 1] = [end]
            row_of[i] = row
        top = self.top
        self.top += len(ends) * (self.text_height + 2) + self.text_height // 4
        return [top + row_of[i] * (self.text_height + 2) for i in range(len(lines))]

    def _extent(self, text: str, at: float) -> tuple[float, float]:
        """From where to where a mark's name goes: right of its line, or left of it at the right border."""
        x, length = self.left + at * self.across, self.length(text)
        return (x + 3, x + 3 + length) if x + 3 + length < self.width else (x - 3 - length, x - 3)

    def count_axis(self, found: Distribution, scale: str) -> None:
        most, lowest = max(1, int(found.counts.max())), math.inf
        for count in _count_ticks(most, scale, max(1, (self.bottom - self.top) // (2 * self.text_height))):
            y = self.bottom - float(found.heights(np.array([count]), scale)[0]) * (self.bottom - self.top)
            if y > lowest - 1.25 * self.text_height:
                continue
            lowest = y
            self.pen.line((self.left, y, self.width - self.right, y), self.theme.grid)
            self.write(_short(count), self.left - 5, y, "rm")

    def bars(self, found: Distribution, scale: str) -> None:
        edges = self.left + np.round(np.arange(len(found.counts) + 1) * (self.across / len(found.counts))).astype(int)
        gap = 1 if self.across >= 6 * len(found.counts) else 0
        for counts, colour in ((found.counts, self.theme.bars), (found.part, self.theme.part)):
            if counts is None:
                continue
            heights = np.ceil(found.heights(counts, scale) * (self.bottom - self.top)).astype(int)
            for begin, end, height in zip(edges[:-1].tolist(), edges[1:].tolist(), heights.tolist(), strict=True):
                if height:
                    self.pen.rectangle((begin, self.bottom - height, end - 1 - gap, self.bottom - 1), colour)

    def value_axis(self, found: Distribution) -> None:
        self.pen.line((self.left, self.bottom, self.width - self.right, self.bottom), self.theme.ink)
        most = max(2, self.across // (5 * self.text_height))
        for value, text in found.ticks(most).items():
            x = self.left + found.place(value) / len(found.counts) * self.across
            self.pen.line((x, self.bottom, x, self.bottom + 4), self.theme.ink)
            self.write(text, x, self.bottom + 6, "ma")

    def marks(self, lines: list[tuple[str, float]], rows: list[int]) -> None:
        for number, ((text, at), y) in enumerate(zip(lines, rows, strict=True)):
            colour = self.theme.marks[number % len(self.theme.marks)]
            x = self.left + at * self.across
            self.pen.line((x, y, x, self.bottom), colour, 2)
            begin, _ = self._extent(text, at)
            self.write(text, begin, y, colour=colour)

    def picture(self) -> Raster:
        return np.array(self.image)


def _count_ticks(most: int, scale: str, room: int) -> list[int]:
    """Counts to write at the axis: evenly spaced by what the scale makes of them, and round."""
    if scale == "linear":
        return [int(t) for t in ticks(0, most, room) if t == int(t)]
    if scale == "log":
        powers = list(range(power_of_ten(most) + 1))
        return [0, *(10**p for p in powers[:: max(1, -(-len(powers) // room))])]
    found = {0}
    for step in range(1, room + 1):
        count = max(1.0, most * (step / room) ** 2)
        power = 10 ** power_of_ten(count)
        found.add(max(n for n in (1, 2, 5) if n * power <= count) * power)
    return sorted(found)


def _short(count: int) -> str:
    """60000 as 60k."""
    for size, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if count >= size:
            return f"{count / size:.3g}{letter}"
    return str(count)
