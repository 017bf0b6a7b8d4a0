"""Params tried on images with the score of each, and which of them are the best."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from maskexpr.api import Program
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, RunError
from maskexpr.sweeps import choosing
from maskexpr.sweeps.axes import text_of
from maskexpr.sweeps.choosing import Fold, Summary, summary
from maskexpr.sweeps.grids import Grid

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False, repr=False)
class Tried:
    """Params of a program tried on images, and a score of each.

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
    said
        Warnings of the images.
    taken
        What images that only the goal names are taken for: {"truth": "mask"}.
    left_out
        Why images are not among these: they are broken, or the program does not fit them.
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
    taken: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[Diagnostic, ...] = ()

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

    @property
    def default_texts(self) -> dict[str, str]:
        """The params that were tried as the program writes them today."""
        tried = {axis.name for axis in self.grid.axes}
        return {i.name: text_of(i, i.default) for i in self.original.params if i.name in tried}

    @property
    def default_summary(self) -> Summary:
        """Mean, median and worst image of the program as it is today."""
        return summary(self.today, higher=self.higher)

    @property
    def is_in_vain(self) -> bool:
        """Whether no run has a finite score on all images."""
        return not np.isfinite(self.means).any()

    @property
    def known(self) -> Array:
        """The score of each run as far as it is one: what is infinite is nan here, too."""
        return np.where(np.isfinite(self.means), self.means, math.nan)

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

    @property
    def missing(self) -> Array:
        """Where there is no finite score, by run and image."""
        return ~np.isfinite(self.scores)

    @property
    def held_out(self) -> float:
        """The mean score of images that the params were not chosen by; nan without folds."""
        scores = [score for fold in self.folds or () for score in fold.scores]
        return choosing.mean(scores) if scores and not any(map(math.isnan, scores)) else math.nan

    def _reason(self, run: int, image: int) -> str:
        found = (self.reasons or {}).get((run, image))
        return found.message if found is not None else f"{self.goal} is {self.scores[run, image]} there"

    def _no_score(self) -> Diagnostic:
        """Why nothing is best."""
        image = int(self.missing.sum(axis=0).argmax())
        run = int(self.missing[:, image].argmax())
        found = (self.reasons or {}).get((run, image))
        place = (found.source, found.span) if found is not None else (None, None)
        fields = {"on": "", "reason": self._reason(run, image), "way": "try other values, or mend the program"}
        if len(self.images) > 1:
            fields.update(on=" on all images", way=f"try other values, or leave out {self.images[image]}")
        return messages.SWEEP_NO_SCORE.at(*place, **fields)
