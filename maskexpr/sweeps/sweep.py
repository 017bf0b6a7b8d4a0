"""What a sweep came to: the best params, all that were tried, and the program with the best."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from maskexpr.api import Program
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, RunError
from maskexpr.kinds.table import Table
from maskexpr.sweeps import choosing, reporting
from maskexpr.sweeps.axes import wider
from maskexpr.sweeps.choosing import Fold, Summary, summary
from maskexpr.sweeps.defaults import with_defaults
from maskexpr.sweeps.grids import Grid

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Sweep:
    """Params of a program tried on images, and a score of each: what `maskexpr.sweep` gives.

    Attributes
    ----------
    original : Program
        The program that was swept.
    goal : str
        The expression that was to be the most, or the least.
    higher : bool
        Whether it was to be the most.
    grid : Grid
        What was tried.
    images : tuple of str
        The names of the images.
    scores : ndarray of float64, shape (runs, images)
        The score of each run on each image; nan where there is none.
    today : ndarray of float64, shape (images,)
        The scores of the program with its own defaults.
    folds : tuple of Fold, optional
        What cross-validation came to.
    reasons : mapping
        Why a run has no score, by its number and the image's.
    """

    original: Program
    goal: str
    higher: bool
    grid: Grid
    images: tuple[str, ...]
    scores: Array
    today: Array
    folds: tuple[Fold, ...] | None = None
    reasons: Mapping[tuple[int, int], Diagnostic] | None = None
    said: tuple[Diagnostic, ...] = ()

    @property
    def best(self) -> dict[str, Any]:
        """The params of the best run: of equals the one nearest to the defaults.

        Raises
        ------
        RunError
            No run has a score on all images.
        """
        return self.grid.values(self.index)

    @property
    def score(self) -> float:
        """The score of the best run, the mean of all images."""
        return float(self.means[self.index])

    @property
    def summary(self) -> Summary:
        """Mean, median and worst image of the best run."""
        return summary(self.scores[self.index], higher=self.higher)

    @property
    def defaults(self) -> dict[str, Any]:
        """The params that the program has today."""
        return {info.name: info.default for info in self.original.params}

    @property
    def default_score(self) -> float:
        """The score of the program as it is today, the mean of all images."""
        return float(choosing.means(self.today[np.newaxis])[0])

    @cached_property
    def means(self) -> Array:
        """The score of each run, the mean of all images."""
        return choosing.means(self.scores)

    @cached_property
    def index(self) -> int:
        """The number of the best run."""
        found = choosing.best(self.means, self.grid, self.defaults, higher=self.higher)
        if found is None:
            raise RunError(self._no_score())
        return found

    @cached_property
    def program(self) -> Program:
        """The program with the params of the best run as its defaults, laid out, and else the same."""
        return with_defaults(self.original, self.grid.texts(self.index))

    @cached_property
    def table(self) -> Table:
        """A row for each run: its params and its score; of several images mean, median, the worst and which that is."""
        columns = self._params(1)
        if len(self.images) == 1:
            return Table({**columns, _free("score", columns): self.scores[:, 0]})
        found = [summary(row, higher=self.higher) for row in self.scores]
        names = np.array([self.images[each.at] for each in found], object)
        stats = {"mean": self.means, "median": [s.median for s in found], "worst": [s.worst for s in found]}
        more = {_free(name, columns): np.asarray(values) for name, values in stats.items()}
        return Table({**columns, **more, _free("worst_image", columns): names})

    @cached_property
    def by_image(self) -> Table:
        """A row for each run on each image: its params, the image, and the score."""
        columns = self._params(len(self.images))
        images = np.array(list(self.images) * len(self.scores), object)
        return Table(
            {**columns, _free("image", columns): images, _free("score", columns): self.scores.reshape(-1).copy()}
        )

    @property
    def held_out(self) -> float:
        """The mean score of images that the params were not chosen by; nan without folds."""
        scores = [score for fold in self.folds or () for score in fold.scores]
        return choosing.mean(scores) if scores and not any(map(math.isnan, scores)) else math.nan

    @property
    def profiles(self) -> dict[str, Array]:
        """For each value of each param the best score that it has with any values of the others; nan for none."""
        found = {}
        for number, axis in enumerate(self.grid.axes):
            scores = np.full(len(axis.settings), math.nan)
            better = np.fmax if self.higher else np.fmin
            better.at(scores, [places[number] for places in self.grid.places], self.means)
            if axis.is_swept:
                found[axis.name] = scores
        return found

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What is suspicious: runs without a score, and a best at the edge of what was tried."""
        return (*self.grid.warnings, *self.said, *self._failed(), *self._edges())

    def _failed(self) -> list[Diagnostic]:
        missing = np.argwhere(np.isnan(self.scores)).tolist()
        if not missing:
            return []
        run, image = missing[0]
        where = " ".join(f"{name}={text}" for name, text in self.grid.texts(run).items())
        where += f" on {self.images[image]}" if len(self.images) > 1 else ""
        fields = {"count": len(missing), "all": self.scores.size, "where": where, "reason": self._reason(run, image)}
        return [messages.SWEEP_SOME_FAILED.anywhere(**fields)]

    def _reason(self, run: int, image: int) -> str:
        found = (self.reasons or {}).get((run, image))
        return found.message if found is not None else f"{self.goal} is nan there"

    def _no_score(self) -> Diagnostic:
        """Why nothing is best."""
        never = [i for i in range(len(self.images)) if np.isnan(self.scores[:, i]).all()]
        image = never[0] if never else int(np.isnan(self.scores).sum(axis=0).argmax())
        run = int(np.flatnonzero(np.isnan(self.scores[:, image]))[0])
        reason, way = self._reason(run, image), "look at the program, or try other values"
        if len(self.images) > 1:
            way = f"leave out {self.images[image]}, or try other values"
        return messages.SWEEP_NO_SCORE.anywhere(reason=reason, way=way)

    def _edges(self) -> list[Diagnostic]:
        """Params of which the best value is the least or the largest that was tried, and the program takes more."""
        if np.isnan(self.means).all():
            return []
        found = []
        for axis in self.grid.swept:
            value = self.best[axis.name]
            values = [setting.value for setting in axis.settings]
            if not axis.is_ordered or value not in (min(values), max(values)):
                continue
            if value not in (axis.info.low, axis.info.high):
                text = self.grid.texts(self.index)[axis.name]
                fields = {"name": axis.name, "value": text, "example": wider(axis, value)}
                found.append(messages.SWEEP_AT_EDGE.anywhere(**fields))
        return found

    def _params(self, times: int) -> dict[str, Array]:
        """The columns of params, each value so many times."""
        columns = {}
        for number, axis in enumerate(self.grid.axes):
            values = [_cell(setting.value) for setting in axis.settings]
            of_type = object if isinstance(values[0], str) else None
            column = np.array(values, of_type)[[places[number] for places in self.grid.places]]
            columns[axis.name] = np.repeat(column, times)
        return columns

    def __repr__(self) -> str:
        return reporting.report(self)


def _cell(value: Any) -> Any:
    """A value of a param in a table: lengths and sizes in millimetres."""
    return float(value.value) if hasattr(value, "power") else value


def _free(name: str, taken: Sequence[str] | Mapping[str, Any]) -> str:
    """A name of a column that no param has."""
    while name in taken:
        name += "_"
    return name
