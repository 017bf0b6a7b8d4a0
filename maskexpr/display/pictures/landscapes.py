"""Scores over one or two params as a picture: a curve, or a map in colours, with the best and the defaults marked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from maskexpr.display.pictures.colouring import ramp
from maskexpr.display.pictures.colours import Colour
from maskexpr.display.pictures.distributions import chart_number, ticks
from maskexpr.display.pictures.letters import font
from maskexpr.display.pictures.rendering import Raster
from maskexpr.display.pictures.scaling import Size

if TYPE_CHECKING:
    from PIL import ImageDraw

Array = np.ndarray[Any, Any]

NO_SCORE: Colour = (205, 205, 205)  # which no colour of the ramp is like
_GROUND: Colour = (255, 255, 255)
_INK: Colour = (40, 40, 40)
_GRID: Colour = (225, 225, 225)
_LINE: Colour = (0, 80, 180)
_BEST: Colour = (230, 100, 0)
_TEXT = 14
_MOST_DOTS = 80


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis of values that were tried: what it is called, how its values are written, and whether they lie on a
    line."""

    name: str
    texts: tuple[str, ...]
    is_ordered: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Landscape:
    """Scores of values that were tried.

    Attributes
    ----------
    title
        What the scores are called.
    scales
        One or two: the first goes to the right, the second up.
    scores
        The score at each place of them, nan where there is none.
    best
        The place of the best.
    default
        The place of the defaults, in parts of places; None where they lie outside.
    higher
        Whether the highest score is the best.
    said
        What the best and the defaults are, in words.
    """

    title: str
    scales: tuple[Scale, ...]
    scores: Array
    best: tuple[int, ...]
    default: tuple[float, ...] | None
    higher: bool
    said: tuple[str, str]

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the largest finite score."""
        finite = self.scores[np.isfinite(self.scores)]
        return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)

    def goodness(self) -> Array:
        """From 0 for the worst finite score to 1 for the best; nan where there is none."""
        low, high = self.ends
        if not low < high:
            return np.where(np.isnan(self.scores), math.nan, 1.0)
        shares = (np.clip(self.scores, low, high) / 2 - low / 2) / (high / 2 - low / 2)  # halves, which never overflow
        return np.asarray(shares if self.higher else 1 - shares)

    def fitted(self, most: Sequence[int]) -> "Landscape":
        """With so many places at most, of which each has the best score of those that it stands for."""
        scores, scales, factors = self.scores, [], []
        for axis, (scale, room) in enumerate(zip(self.scales, most, strict=True)):
            factor = -(-len(scale.texts) // max(1, room))
            starts = np.arange(0, len(scale.texts), factor)
            better = np.fmax if self.higher else np.fmin
            scores = better.reduceat(scores, starts, axis=axis)
            scales.append(replace(scale, texts=tuple(scale.texts[i] for i in starts.tolist())))
            factors.append(factor)
        best = tuple(at // factor for at, factor in zip(self.best, factors, strict=True))
        default = self.default
        if default is not None:
            default = tuple((at + 0.5) / factor - 0.5 for at, factor in zip(default, factors, strict=True))
        return replace(self, scales=tuple(scales), scores=scores, best=best, default=default)


def landscape(shown: Landscape, room: Size = (480, 640)) -> Raster:
    """A curve of scores over one param, or a map of those over two, in a picture of a height and width."""
    page = _Page.of(max(160, room[0]), max(240, room[1]))
    if len(shown.scales) == 1:
        _draw_curve(page, shown, page.whole)
    else:
        _draw_map(page, shown)
    return page.picture()


def curves(shown: Sequence[Landscape], room: Size = (240, 640)) -> Raster:
    """Curves of some params below each other, each in so much room."""
    pictures = [landscape(one, room) for one in shown]
    return np.concatenate(pictures)


@dataclass(frozen=True, slots=True)
class _Box:
    """A part of a page: from where to where its curve or map goes."""

    left: float
    top: float
    right: float
    bottom: float

    def x(self, share: float) -> float:
        return self.left + share * (self.right - self.left)

    def y(self, share: float) -> float:
        """Shares count from below."""
        return self.bottom - share * (self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class _Page:
    """A picture while it is drawn."""

    image: Any
    pen: "ImageDraw.ImageDraw"

    @classmethod
    def of(cls, height: int, width: int) -> "_Page":
        from PIL import Image, ImageDraw  # only where something is plotted

        image = Image.new("RGB", (width, height), _GROUND)
        return cls(image, ImageDraw.Draw(image))

    @property
    def whole(self) -> _Box:
        return _Box(0, 0, *self.image.size)

    def write(self, text: str, x: float, y: float, anchor: str = "la", colour: Colour = _INK) -> None:
        self.pen.text((x, y), text, colour, font(_TEXT), anchor)

    def length(self, text: str) -> float:
        return float(self.pen.textlength(text, font(_TEXT)))

    def cut(self, text: str, most: float) -> str:
        """A text that is no longer than that."""
        if self.length(text) <= most:
            return text
        while text and self.length(f"{text}...") > most:
            text = text[:-1]
        return f"{text}..."

    def best(self, x: float, y: float) -> None:
        """The mark of the best: a diamond with an edge that is seen on any colour."""
        for size, colour in ((8, _INK), (6.5, _GROUND), (4.5, _BEST)):
            self.pen.polygon([(x - size, y), (x, y - size), (x + size, y), (x, y + size)], colour)

    def default(self, x: float, y: float) -> None:
        """The mark of the defaults: a ring."""
        for size, colour, width in ((8, _INK, 4), (7, _GROUND, 2)):
            self.pen.ellipse((x - size, y - size, x + size, y + size), None, colour, width)

    def picture(self) -> Raster:
        return np.array(self.image)


def _legend(page: _Page, shown: Landscape, box: _Box) -> float:
    """What the marks are, at the top; where that ends."""
    y = box.top + _TEXT
    most = box.right - box.left - 3 * _TEXT
    page.write(page.cut(shown.title, most), box.left + _TEXT / 2, y, "lm")
    for mark, text in ((page.best, shown.said[0]), (page.default, shown.said[1])):
        y += _TEXT + 5
        mark(box.left + _TEXT, y)
        page.write(page.cut(text, most), box.left + 2 * _TEXT, y, "lm")
    return y + _TEXT


def _names_along(page: _Page, scale: Scale, most: float) -> list[int]:
    """The places of a scale to the right whose texts have room, evenly chosen."""
    widest = max(page.length(text) for text in scale.texts) + _TEXT
    step = max(1, math.ceil(len(scale.texts) * widest / most))
    return list(range(0, len(scale.texts), step))


@dataclass(frozen=True, slots=True)
class _Curve:
    """Where the scores of a curve lie."""

    box: _Box
    count: int
    low: float
    high: float

    def x(self, at: float) -> float:
        """Of a score's number."""
        return self.box.x((at + 0.5) / self.count)

    def y(self, score: float) -> float:
        return self.box.y(min(1.0, max(0.0, (score / 2 - self.low / 2) / (self.high / 2 - self.low / 2))))


def _draw_curve(page: _Page, shown: Landscape, whole: _Box) -> None:
    low, high = shown.ends
    room = (high / 2 - low / 2) / 10 or 0.5
    numbers = ticks(low - room, high + room, 5)
    left = whole.left + max([page.length(text) for text in numbers.values()], default=0) + _TEXT
    box = _Box(left, _legend(page, shown, whole), whole.right - _TEXT, whole.bottom - 3 * _TEXT)
    curve = _Curve(box, len(shown.scores), low - room, high + room)
    for value, text in numbers.items():
        page.pen.line((box.left, curve.y(value), box.right, curve.y(value)), _GRID)
        page.write(text, box.left - 5, curve.y(value), "rm")
    page.pen.line((box.left, box.bottom, box.right, box.bottom), _INK)
    scale = shown.scales[0]
    for at in _names_along(page, scale, box.right - box.left):
        page.pen.line((curve.x(at), box.bottom, curve.x(at), box.bottom + 4), _INK)
        page.write(scale.texts[at], curve.x(at), box.bottom + 6, "ma")
    page.write(scale.name, (box.left + box.right) / 2, whole.bottom - 4, "mb")
    _draw_scores(page, shown, curve)
    if shown.default is not None:
        page.default(curve.x(shown.default[0]), curve.y(_between(shown.scores, shown.default[0])))
    page.best(curve.x(shown.best[0]), curve.y(float(shown.scores[shown.best[0]])))


def _draw_scores(page: _Page, shown: Landscape, curve: _Curve) -> None:
    """A line through all scores of values that lie on one, with a gap where there is none; few are dots."""
    known = {i: score for i, score in enumerate(shown.scores.tolist()) if not math.isnan(score)}
    for at, score in known.items():
        if at + 1 in known and shown.scales[0].is_ordered:
            page.pen.line((curve.x(at), curve.y(score), curve.x(at + 1), curve.y(known[at + 1])), _LINE, 2)
        if curve.count <= _MOST_DOTS:
            x, y = curve.x(at), curve.y(score)
            page.pen.ellipse((x - 3, y - 3, x + 3, y + 3), _LINE)


def _between(scores: Array, at: float) -> float:
    """The score at a place, or on the line between two."""
    before = min(max(0, math.floor(at)), len(scores) - 1)
    after = min(before + 1, len(scores) - 1)
    first, second = float(scores[before]), float(scores[after])
    value = first if at == before else first + (second - first) * (at - before)
    return next((v for v in (value, first, second) if math.isfinite(v)), 0.0)


def _draw_map(page: _Page, shown: Landscape) -> None:
    whole, (across, up) = page.whole, shown.scales
    left = whole.left + max(page.length(text) for text in (*up.texts, up.name)) + 1.5 * _TEXT
    box = _Box(left, _legend(page, shown, whole) + _TEXT, whole.right - 6 * _TEXT, whole.bottom - 3 * _TEXT)
    shown = shown.fitted((int(box.right - box.left) // 2, int(box.bottom - box.top) // 2))
    (across, up), colours = shown.scales, colours_of(shown)
    columns, rows = colours.shape[:2]
    for i in range(columns):
        for j in range(rows):
            corners = (box.x(i / columns), box.y((j + 1) / rows), box.x((i + 1) / columns), box.y(j / rows))
            page.pen.rectangle(tuple(map(round, corners)), tuple(colours[i, j].tolist()))
    page.pen.rectangle((box.left - 1, box.top - 1, box.right + 1, box.bottom + 1), None, _INK)
    for at in _names_along(page, across, box.right - box.left):
        page.write(across.texts[at], box.x((at + 0.5) / columns), box.bottom + 6, "ma")
    step = max(1, math.ceil(rows * 1.5 * _TEXT / (box.bottom - box.top)))
    for at in range(0, rows, step):
        page.write(up.texts[at], box.left - 6, box.y((at + 0.5) / rows), "rm")
    page.write(across.name, (box.left + box.right) / 2, whole.bottom - 4, "mb")
    page.write(up.name, box.left - 6, box.top - 4, "rb")
    _colour_bar(page, shown, _Box(box.right + _TEXT, box.top, box.right + 2 * _TEXT, box.bottom))
    if shown.default is not None:
        page.default(box.x((shown.default[0] + 0.5) / columns), box.y((shown.default[1] + 0.5) / rows))
    page.best(box.x((shown.best[0] + 0.5) / columns), box.y((shown.best[1] + 0.5) / rows))


def colours_of(shown: Landscape) -> Array:
    """A colour for each score: the brighter, the better."""
    goodness = shown.goodness()
    known = ~np.isnan(goodness)
    found = np.empty((*goodness.shape, 3), np.uint8)
    found[...] = NO_SCORE
    found[known] = ramp()[np.round(goodness[known] * 255).astype(np.intp)]
    return found


def _colour_bar(page: _Page, shown: Landscape, box: _Box) -> None:
    steps = int(box.bottom - box.top)
    for i in range(steps):
        colour = tuple(ramp()[min(255, i * 256 // steps)].tolist())
        page.pen.line((box.left, box.bottom - i, box.right, box.bottom - i), colour)
    page.pen.rectangle((box.left - 1, box.top - 1, box.right + 1, box.bottom + 1), None, _INK)
    low, high = shown.ends
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        value = low * (1 - share) + high * share
        y = box.y(share if shown.higher else 1 - share)
        page.write(chart_number(value), box.right + 4, y, "lm")
