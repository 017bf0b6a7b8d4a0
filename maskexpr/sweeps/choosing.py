"""Which of many scores is the best, on some images or others."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.sweeps.grids import Grid

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Summary:
    """Scores of one run on some images: their mean, their median, and the worst with the place of its image."""

    mean: float
    median: float
    worst: float
    at: int


def summary(scores: Array, *, higher: bool) -> Summary:
    """Of all images; nan where one of them has no score."""
    values = scores.tolist()
    if any(math.isnan(value) for value in values):
        return Summary(math.nan, math.nan, math.nan, next(i for i, v in enumerate(values) if math.isnan(v)))
    ordered = sorted(values)
    half = len(ordered) // 2
    median = ordered[half] if len(ordered) % 2 else mean([ordered[half - 1], ordered[half]])
    worst = ordered[0] if higher else ordered[-1]
    return Summary(mean(values), median, worst, values.index(worst))


def mean(values: Sequence[float]) -> float:
    """The exact mean, rounded; of infinities what they add up to."""
    try:
        return math.fsum(values) / len(values)
    except (OverflowError, ValueError):  # beyond all floats on the way, or inf - inf
        return sum(value / len(values) for value in values)


def means(scores: Array) -> Array:
    """The mean score of each run on some images; nan where one of them has none."""
    if scores.shape[1] == 1:
        return np.asarray(scores[:, 0])
    return np.array([math.nan if any(map(math.isnan, row)) else mean(row) for row in scores.tolist()])


def best(scores: Array, grid: Grid, defaults: Mapping[str, Any], *, higher: bool) -> int | None:
    """The run with the best of some scores, one for each; of equals the one nearest to the defaults, of those the
    first. What is nan or infinite is none of them; None if all are."""
    valid = scores[np.isfinite(scores)]
    if not valid.size:
        return None
    wanted = valid.max() if higher else valid.min()
    equal = np.flatnonzero(scores == wanted).tolist()
    away = [axis.distances(defaults[axis.name]) for axis in grid.axes]

    def distance(index: int) -> Fraction:
        return sum((of[place] for of, place in zip(away, grid.places[index], strict=True)), Fraction(0))

    return min(equal, key=distance)


@dataclass(frozen=True, slots=True)
class Fold:
    """Some images held back: `images` are their places, `index` is the run that was the best without them, and
    `scores` are theirs in it."""

    images: tuple[int, ...]
    index: int | None
    scores: tuple[float, ...]


def cross_validated(
    scores: Array, grid: Grid, defaults: Mapping[str, Any], *, higher: bool, folds: int, seed: int
) -> tuple[Fold, ...]:
    """Each image held back once, with others, while the params are chosen by the rest."""
    order, found = shuffled(scores.shape[1], seed), []
    for fold in range(folds):
        held = sorted(order[fold::folds])
        rest = [i for i in range(scores.shape[1]) if i not in held]
        index = best(means(scores[:, rest]), grid, defaults, higher=higher)
        values = tuple(math.nan if index is None else float(scores[index, i]) for i in held)
        found.append(Fold(tuple(held), index, values))
    return tuple(found)


def shuffled(count: int, seed: int) -> list[int]:
    """The numbers below `count` in an order that follows from the seed, the same everywhere."""
    from random import Random

    source, order = Random(seed), [*range(count)]
    for i in range(count - 1, 0, -1):
        other = int(source.random() * (i + 1))  # of which Python promises the same numbers in every version
        order[i], order[other] = order[other], order[i]
    return order
