"""Which images of a study are unlike the others, and why: each number against the median of all.

How far a value lies off is told by the median absolute deviation (MAD), which no outlier moves: the modified z-score of
B. Iglewicz and D. C. Hoaglin, How to Detect and Handle Outliers, ASQC, 1993, and their limit of 3.5. Where more than
half of the values are the same, the mean absolute deviation stands for it, as they say.
"""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from maskexpr.studies.reports.numbers import text_of

LIMIT = 3.5
LEAST = 5  # images: of fewer none can be told to be the odd one
_OF_MAD, _OF_MEAN = 1.4826, 1.2533  # what makes standard deviations of them, of values that are normally distributed
_CLEAR = 1.05  # a ratio that is nearer to 1 tells nothing once it is rounded


@dataclass(frozen=True, slots=True)
class Outlier:
    """A number of an image that is unlike those of the others: how many standard deviations it is off, about."""

    name: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Spread:
    """How the values of one number lie: the finite ones."""

    count: int
    least: float
    median: float
    largest: float
    deviation: float  # a robust standard deviation; 0 where all are the same

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread | None":
        """None where no value is finite."""
        finite = [value for value in values if math.isfinite(value)]
        if not finite:
            return None
        median = statistics.median(finite)
        off = [abs(value - median) for value in finite]
        deviation = _OF_MAD * statistics.median(off) or _OF_MEAN * math.fsum(off) / len(off)
        return cls(len(finite), min(finite), median, max(finite), deviation)

    def score(self, value: float) -> float:
        """How far off a value is; infinitely if it is not finite."""
        if not math.isfinite(value):
            return math.inf
        return abs(value - self.median) / self.deviation if self.deviation else 0.0


def spreads(rows: Sequence[Mapping[str, float]]) -> dict[str, Spread]:
    """Of each number of some images, in the order in which they come up."""
    names = dict.fromkeys(name for row in rows for name in row)
    found = ((name, Spread.of([row[name] for row in rows if name in row])) for name in names)
    return {name: spread for name, spread in found if spread is not None}


def outliers(row: Mapping[str, float], among: Mapping[str, Spread]) -> list[Outlier]:
    """What is odd about an image, the oddest number first."""
    found = []
    for name, value in row.items():
        spread = among.get(name)
        if spread is None or spread.count < LEAST:
            continue
        score = spread.score(value)
        if score > LIMIT:
            found.append(Outlier(name, score, _reason(name, value, spread)))
    return sorted(found, key=lambda outlier: -outlier.score)


def _reason(name: str, value: float, spread: Spread) -> str:
    if isinstance(value, bool):
        return f"{name} is {text_of(value)}, unlike most"
    median = spread.median
    if not math.isfinite(value):
        return f"{name} is {text_of(value)}, the median is {text_of(median)}"
    if median > 0 and value > 0:
        ratio = value / median
        if not 1 / _CLEAR < ratio < _CLEAR:
            return f"{name} {ratio:.2g}x the median" if ratio < 10 else f"{name} {ratio:,.0f}x the median"
    return f"{name} {text_of(value)}, the median is {text_of(median)}"
