"""How often values occur, in bars as many as a chart has room for: what histograms are drawn from."""

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from maskexpr.kernels.counts import count_bins, count_values
from maskexpr.kernels.elementary import log

Array = np.ndarray[Any, Any]

_EXACT = 2**52  # whole numbers below are floating numbers, too

SCALE_NAMES = {"root": "square-root", "linear": "linear", "log": "logarithmic"}
SCALES = tuple(SCALE_NAMES)


@dataclass(frozen=True, slots=True)
class Distribution:
    """Counts of values by bars of equal width, exact.

    Bar i counts the values from edges[i] to below edges[i + 1], the last one its upper edge too. Of whole numbers each
    bar holds as many as the next, one where there is room, and the edges are whole.
    """

    edges: Array
    counts: Array
    part: Array | None  # of a part of the values, in the same bars
    whole: bool
    only: float | None = None  # the value, where there is no other

    @property
    def low(self) -> float:
        return float(self.edges[0])

    @property
    def high(self) -> float:
        """The end of the last bar; of whole numbers the one behind the largest."""
        return float(self.edges[-1])

    def place(self, value: float) -> float:
        """Where a value lies, in bars: a whole number in the middle of its own."""
        at = (value + 0.5 if self.whole else value) / 2 - self.low / 2  # halves, so that nothing overflows
        return at / (self.high / 2 - self.low / 2) * len(self.counts)

    def ticks(self, most: int) -> dict[float, str]:
        """The numbers to write at the axis of values, about so many at most, and how they are written."""
        if self.only is not None:
            return {self.only: chart_number(self.only)}
        found = ticks(self.low, self.high - self.whole, most)
        return {value: text for value, text in found.items() if not self.whole or value == int(value)}

    def heights(self, counts: Array, scale: str = "root") -> Array:
        """The heights of bars, 1 being that of the largest count.

        By default their square roots: a background of most pixels leaves room for what there are a hundred times fewer
        of, and twice as high is still four times as many. Or "linear", or "log", which a single pixel stands out of.
        """
        if scale not in SCALES:
            raise ValueError(f"scale {scale!r} is none of {SCALES}")
        most = max(1, int(self.counts.max(initial=0)), int(self.part.max(initial=0)) if self.part is not None else 0)
        shares = counts / most
        if scale == "linear":
            return np.asarray(shares)
        return np.asarray(np.sqrt(shares) if scale == "root" else log(counts + 1.0) / log(most + 1.0))


def distribution(values: Array, bars: int, part: Array | None = None) -> Distribution | None:
    """Count values, and a part of them such as those under a mask, in at most so many bars; None if none is finite."""
    values = _finite(values)
    if not values.size:
        return None
    lowest, highest = values.min().item(), values.max().item()
    whole = values.dtype.kind in "ui" and max(-lowest, highest) < _EXACT
    if whole:
        step = -(-(highest - lowest + 1) // bars)
        edges = (lowest + step * np.arange(-(-(highest - lowest + 1) // step) + 1)).astype(np.float64)
    else:
        values = values.astype(np.float64, copy=False)
        edges = _even_edges(float(lowest), float(highest), bars)
    counts = _counted(values, edges, whole)
    if part is not None:
        part = _finite(part)
        part = part[(part >= lowest) & (part <= highest)]
        part = _counted(part if whole else part.astype(np.float64), edges, whole)
    return Distribution(edges, counts, part, whole, float(lowest) if lowest == highest else None)


def _finite(values: Array) -> Array:
    values = values.reshape(-1)
    if values.dtype.kind == "b":
        return values.view(np.uint8)
    if values.dtype.kind != "f":
        return values
    finite = np.isfinite(values)
    return values if finite.all() else values[finite]


def _even_edges(lowest: float, highest: float, bars: int) -> Array:
    if lowest == highest:
        room = abs(lowest) / 2 or 0.5
        return np.array([lowest - room, lowest + room])
    shares = np.arange(bars + 1) / bars
    edges = lowest * (1 - shares) + highest * shares  # which never overflows, but may round to beyond
    return np.asarray(np.maximum.accumulate(np.clip(edges, lowest, highest)))


def _counted(values: Array, edges: Array, whole: bool) -> Array:
    if not values.size:
        return np.zeros(len(edges) - 1, np.int64)
    if not whole:  # in halves where the largest floating numbers are too far apart
        half = 0.5 if max(-edges[0], edges[-1]) > np.finfo(np.float64).max / 2 else 1.0
        return count_bins(values * half, edges * half)
    lowest, step = int(edges[0]), int(edges[1] - edges[0])
    if values.dtype.itemsize <= 2:
        found, counts = count_values(values)
        return np.bincount((found.astype(np.int64) - lowest) // step, counts, len(edges) - 1).astype(np.int64)
    offsets = values - values.dtype.type(lowest)
    return np.bincount((offsets // offsets.dtype.type(step)).astype(np.intp), minlength=len(edges) - 1)


def ticks(low: float, high: float, most: int) -> dict[float, str]:
    """Round numbers from `low` to `high`, at most so many and one, and how they are written: multiples of 1, 2 or 5
    times a power of ten. None if there are none that floating numbers can tell apart."""
    rough = high / most - low / most
    if not rough > max(abs(low), abs(high)) * 1e-12:
        return {}
    power = float(f"1e{power_of_ten(rough)}")
    if power == 0:
        return {}
    step = next((s * power for s in (1, 2, 5, 10) if s * power >= rough * (1 - 1e-9)), 10 * power)
    numbers = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    digits = 2 + max(0, power_of_ten(max(abs(low), abs(high)) / step))
    return {float(f"{n * step:.15g}"): _tick_text(n * step, digits) for n in numbers}


def power_of_ten(value: float) -> int:
    """The largest power of ten that is not above a number above 0: a rounded logarithm may be the next one."""
    return Decimal(value).adjusted()


def _tick_text(value: float, digits: int) -> str:
    if abs(value) < 1e6 and abs(value - round(value)) < 1e-9:
        return str(round(value))
    return f"{value:.{digits}g}"


def mark_text(name: str, value: float) -> str:
    """A mark by its name and number; by the number alone if it has no other name."""
    number = chart_number(value)
    return number if name == number else f"{name} {number}"


def chart_number(value: float) -> str:
    """The number of a mark, to as many digits as a chart can tell apart."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.4g}"
