"""What a sweep came to: the best params, tables of all that was tried, and the program with the best."""

import math
from collections.abc import Container
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from maskexpr.api import Program
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.display.pictures.rendering import Raster, png
from maskexpr.kinds.table import Table
from maskexpr.sweeps.axes import wider
from maskexpr.sweeps.choosing import summary
from maskexpr.sweeps.defaults import with_defaults
from maskexpr.sweeps.reporting import report
from maskexpr.sweeps.tried import Array, Tried


@dataclass(frozen=True, eq=False, repr=False)
class Sweep(Tried):
    """Params of a program tried on images: what `maskexpr.sweep` gives.

    Attributes
    ----------
    best : dict
        The params of the best run: of equals the one nearest to the defaults.
    score : float
        Its score, the mean of all images; `default_score` is that of the program as it is today.
    program : Program
        The program with these params as its defaults.
    table, by_image : Table
        All runs; and all of them on each image.
    images : tuple of str
        The names of the images.
    scores : ndarray of float64, shape (runs, images)
        The score of each run on each image; nan where there is none.
    folds : tuple of Fold, optional
        What cross-validation came to; `held_out` is the mean score of images that were held back.
    """

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
    def profiles(self) -> dict[str, Array]:
        """For each value of each param the best score that it has with any values of the others; nan for none."""
        found = {}
        for number, axis in enumerate(self.grid.axes):
            scores = np.full(len(axis.settings), math.nan)
            better = np.fmax if self.higher else np.fmin
            better.at(scores, [places[number] for places in self.grid.places], self.known)
            if axis.is_swept:
                found[axis.name] = scores
        return found

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What is suspicious: runs without a score, and a best at the edge of what was tried."""
        return (*self.grid.warnings, *self.said, *self._failed(), *self._edges())

    def _failed(self) -> list[Diagnostic]:
        missing = np.argwhere(self.missing).tolist()
        if not missing:
            return []
        run, image = missing[0]
        where = " ".join(f"{name}={text}" for name, text in self.grid.texts(run).items())
        where += f" on {self.images[image]}" if len(self.images) > 1 else ""
        fields = {"count": len(missing), "all": self.scores.size, "where": where, "reason": self._reason(run, image)}
        return [messages.SWEEP_SOME_FAILED.anywhere(**fields)]

    def _edges(self) -> list[Diagnostic]:
        """Params of which the best value is the least or the largest that was tried, and the program takes more."""
        if self.is_in_vain:
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
        return report(self)

    def plot(self) -> Raster:
        """The scores drawn, as RGB: a curve of one param, a map of two, of more a curve of each with the best of all
        others."""
        from maskexpr.sweeps.pictures import raster  # only where something is drawn

        return raster(self)

    def _repr_html_(self) -> str:
        """The report with the scores drawn, for notebooks."""
        from base64 import b64encode
        from html import escape

        picture = ""
        if not self.is_in_vain:
            picture = f'<img src="data:image/png;base64,{b64encode(png(self.plot())).decode()}">'
        return f"<div><pre>{escape(report(self))}</pre>{picture}</div>"


def _cell(value: Any) -> Any:
    """A value of a param in a table: lengths and sizes in millimetres."""
    return float(value.value) if hasattr(value, "power") else value


def _free(name: str, taken: Container[str]) -> str:
    """A name of a column that no param has."""
    while name in taken:
        name += "_"
    return name
