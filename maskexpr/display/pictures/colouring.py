"""Regions in the colours of a column: low values dark and violet, high ones light and yellow, with a legend."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskexpr.display.pictures import colours
from maskexpr.display.pictures.letters import font
from maskexpr.display.pictures.tones import scaled
from maskexpr.kinds.tabulated import cell_texts

Array = np.ndarray[Any, Any]

_STEPS = 256
_TEXT, _MARGIN = 14, 6  # the height of the letters of a legend, and what is left free around them
_SHORTEST_BAR, _LONGEST_BAR = 60, 240


def ramp() -> Array:
    """The colours from the lowest to the highest value, of shape (256, 3)."""
    stops = np.array(colours.RAMP, np.float64)
    at = np.arange(_STEPS) * ((len(stops) - 1) / (_STEPS - 1))
    before = np.minimum(at.astype(np.intp), len(stops) - 2)
    rest = (at - before)[:, np.newaxis]
    return np.asarray(np.round(stops[before] * (1 - rest) + stops[before + 1] * rest).astype(np.uint8))


@dataclass(frozen=True, slots=True, eq=False)
class Colouring:
    """The regions that have values, by their labels in rising order, and what the values are called.

    Regions without a value, which are not among them, are not shown; those whose value is nan have a colour of their
    own.
    """

    labels: Array
    values: Array
    name: str

    @property
    def window(self) -> tuple[float, float] | None:
        """The least and the largest finite value; None if there is none."""
        finite = self.values[np.isfinite(self.values)]
        return (float(finite.min()), float(finite.max())) if finite.size else None

    @property
    def ends(self) -> Sequence[str]:
        """These two as a legend writes them."""
        if self.window is None:
            return ["no value", ""]
        of_type = self.values.dtype if self.values.dtype.kind in "iu" else np.float64
        return cell_texts(np.array(self.window, of_type))

    def shown(self, labels: Array) -> Array:
        """Labels without those that have no value."""
        return np.where(self._known(labels), labels, labels.dtype.type(0))

    def colours(self, labels: Array) -> Array:
        """The colour of each label."""
        low, high = self.window or (0.0, 0.0)
        table = np.vstack([ramp(), [colours.NO_VALUE], [colours.OFF]]).astype(np.uint8)
        tones = scaled(self.values.astype(np.float64), low, high).astype(np.intp)
        tones[np.isnan(self.values)] = _STEPS
        place = np.minimum(np.searchsorted(self.labels, labels), max(0, len(self.labels) - 1))
        found = tones[place] if len(tones) else np.zeros(labels.shape, np.intp)
        return np.asarray(table.take(np.where(self._known(labels), found, _STEPS + 1), axis=0))

    def _known(self, labels: Array) -> Array:
        if not len(self.labels):
            return np.zeros(labels.shape, bool)
        place = np.minimum(np.searchsorted(self.labels, labels), len(self.labels) - 1)
        return np.asarray((self.labels[place] == labels) & (labels > 0))

    def legend_height(self) -> int:
        """Of what `with_legend` adds below a picture."""
        return _TEXT + 2 * _MARGIN

    def with_legend(self, picture: Array) -> Array:
        """A picture with the name of the values below, the least, the colours from there on, and the largest one. A
        narrow one gets room to the right."""
        from PIL import Image, ImageDraw  # only where something is written

        written, (low, high) = font(_TEXT), self.ends
        measure = ImageDraw.Draw(Image.new("RGB", (1, 1))).textlength
        lengths = [round(measure(text, written)) for text in (self.name, low, high)]
        least = sum(lengths) + 5 * _MARGIN + _SHORTEST_BAR
        width = max(picture.shape[1], least)
        strip = Image.new("RGB", (width, self.legend_height()), colours.OFF)
        pen, x = ImageDraw.Draw(strip), _MARGIN
        for text, length in zip((self.name, low), lengths, strict=False):
            pen.text((x, _MARGIN), text, colours.ON, written)
            x += length + _MARGIN
        bar = min(_LONGEST_BAR, width - x - lengths[2] - 2 * _MARGIN)
        rows = np.repeat(ramp()[np.newaxis, np.arange(bar) * _STEPS // bar], _TEXT, axis=0)
        strip.paste(Image.fromarray(rows), (x, _MARGIN))
        pen.text((x + bar + _MARGIN, _MARGIN), high, colours.ON, written)
        above = np.full((picture.shape[0], width, 3), colours.OFF, np.uint8)
        above[:, : picture.shape[1]] = picture
        return np.concatenate([above, np.array(strip)])
