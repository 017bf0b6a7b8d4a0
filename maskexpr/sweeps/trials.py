"""Many values of params tried on one image: the score of each."""

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from maskexpr.api import Program
from maskexpr.diagnostics.errors import Diagnostic, MaskWarning, RunError
from maskexpr.files.access import Access
from maskexpr.files.programs import load_inputs
from maskexpr.studies.case import Case
from maskexpr.sweeps.scoring import Scoring


@dataclass(frozen=True, slots=True)
class Subject:
    """An image to try values on, with its partners: files, as a case names them, and arrays that are there already."""

    case: Case
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried on each image, the same for all; it is sent to workers.

    Attributes
    ----------
    scoring
        The program and what is to be best.
    params
        The params of each run.
    folder, spacings, nodata, allowed
        As a task of a study has them.
    """

    scoring: Scoring
    params: Sequence[Mapping[str, Any]]
    folder: Path = Path()
    spacings: tuple[str, ...] = ()
    nodata: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scores:
    """What came of it on one image: a score for each run, nan where there is none, and why that is, by run."""

    values: np.ndarray[Any, Any]
    reasons: Mapping[int, Diagnostic]
    warnings: tuple[Diagnostic, ...] = ()


def measure(trial: Trial, subject: Subject) -> Scores:
    """The score of each run on one image."""
    scoring = trial.scoring
    with scoring.pointing_back(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", MaskWarning)
        access = Access(trial.allowed)
        loaded = load_inputs(
            scoring.program, subject.case.given, {}, trial.spacings, trial.folder, access, trial.nodata
        )
        given = {**loaded.values, **subject.values}
        bound = scoring.program.bind(**given)
        scoring.check(bound.kinds[scoring.name])
        values, reasons = _scored(scoring, given, trial.params)
    said = [*loaded.warnings, *bound.warnings]
    said += [w.message.diagnostic for w in caught if isinstance(w.message, MaskWarning)]
    return Scores(values, reasons, tuple(dict.fromkeys(scoring.said(said))))


def _scored(
    scoring: Scoring, given: Mapping[str, Any], params: Sequence[Mapping[str, Any]]
) -> tuple[np.ndarray[Any, Any], dict[int, Diagnostic]]:
    """The scores of all runs; one that fails has none, and the next ones go on."""
    values, reasons, at = np.full(len(params), np.nan), dict[int, Diagnostic](), 0
    while at < len(params):
        try:
            for result in swept(scoring.program, given, params[at:]):
                values[at] = float(result[scoring.name])
                at += 1
        except RunError as error:
            reasons[at] = scoring.composed.placed(error.diagnostics[0])
            at += 1
    return values, reasons


def swept(
    program: Program, given: Mapping[str, Any], params: Iterable[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The results of a program for each of some params."""
    for values in params:
        yield program.bind(**given, **values).run()
