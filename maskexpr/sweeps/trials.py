"""Many values of params tried on one image: the score of each."""

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from maskexpr.api import Bound, Program, swept
from maskexpr.diagnostics.errors import Diagnostic, LimitError, MaskError, MaskWarning, ProgramError, RunError
from maskexpr.files.access import Access
from maskexpr.files.programs import Loaded, load_inputs
from maskexpr.files.python import read
from maskexpr.studies.case import Case
from maskexpr.sweeps.scoring import Scoring, own_inputs, variants

_OF_PLACE = ("shape", "spacing", "grid")


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
        As a task of a study has them. Without a folder no default file of an input is looked for.
    piped
        What was read from standard input and other pipes, by what was written for them: they can be read only once.
    """

    scoring: Scoring
    params: Sequence[Mapping[str, Any]]
    folder: Path | None = None
    spacings: tuple[str, ...] = ()
    nodata: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    piped: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scores:
    """What came of it on one image: a score for each run, nan where there is none, and why that is, by run; and that of
    the program with its own defaults."""

    values: np.ndarray[Any, Any]
    reasons: Mapping[int, Diagnostic]
    today: float
    warnings: tuple[Diagnostic, ...] = ()


def measure(trial: Trial, subject: Subject) -> Scores:
    """The score of each run on one image."""
    scoring = trial.scoring
    with scoring.pointing_back(), warnings.catch_warnings():
        warnings.simplefilter("ignore", MaskWarning)  # which the bound program keeps
        loaded = _loaded(trial, subject.case.given)
        bound = scoring.program.bind(**{**loaded.values, **subject.values})
        scoring.check(bound.kinds[scoring.name])
        today = _today(scoring, bound)
        values, reasons = _scored(scoring, bound, trial.params)
    said = [*loaded.warnings, *bound.warnings]
    return Scores(values, reasons, today, tuple(dict.fromkeys(scoring.said(said))))


def fitted(trial: Trial, program: Program, subject: Subject) -> Trial:
    """The trial with the score's own inputs taken for what it needs, as an image shows: a truth for a mask or labels.

    Raises
    ------
    MaskError
        What is wrong with the score as it is written, if it cannot be fitted; or that an image does not lie as another.
    """
    if not own_inputs(trial.scoring, program):
        return trial
    wrong: list[MaskError] = []
    for scoring in variants(trial.scoring, program):
        one = replace(trial, scoring=scoring)
        try:
            with scoring.pointing_back():
                loaded = _loaded(one, subject.case.given)
                given = {**loaded.values, **subject.values}
                scoring.check(scoring.program.bind(**given).kinds[scoring.name])
        except MaskError as error:
            wrong.append(error)
            if not isinstance(wrong[0], ProgramError):  # of files, or of what is missing
                break
            continue
        if all(_has_several(given[name]) for name, kind in scoring.taken.items() if kind == "labels"):
            return one
    raise next((error for error in wrong if error.diagnostics[0].code in _OF_PLACE), wrong[0])


def _has_several(value: Any) -> bool:
    """Whether an image numbers more than one thing: one of a single value is rather a mask."""
    array = np.asarray(getattr(value, "array", value))
    return array.size > 0 and bool((array != 0).any()) and len(np.unique(array[array != 0])) > 1


def _loaded(trial: Trial, given: Mapping[str, str]) -> Loaded:
    """What the files of an image hold."""
    program, access = trial.scoring.program, Access(trial.allowed, trial.piped)
    if trial.folder is None:
        kinds = {info.name: info.kind for info in program.inputs}
        return Loaded({name: read(path, kind=kinds.get(name)) for name, path in given.items()})
    return load_inputs(program, given, {}, trial.spacings, trial.folder, access=access, nodata=trial.nodata)


def _today(scoring: Scoring, bound: Bound) -> float:
    """The score with the defaults; nan if there is none."""
    try:
        return float(bound.run()[scoring.name])
    except (RunError, LimitError):
        return math.nan


def _scored(
    scoring: Scoring, bound: Bound, params: Sequence[Mapping[str, Any]]
) -> tuple[np.ndarray[Any, Any], dict[int, Diagnostic]]:
    """The scores of all runs; one that fails has none, and the next ones go on."""
    values, reasons, at = np.full(len(params), np.nan), dict[int, Diagnostic](), 0

    def stopped(error: RunError | LimitError) -> None:
        reasons[at] = scoring.composed.placed(error.diagnostics[0])

    while at < len(params):
        try:
            for result in swept(bound, params[at:], stopped=stopped):
                if result:
                    values[at] = float(result[scoring.name])
                at += 1
        except ProgramError:  # of this run or of one that was looked at ahead
            found = _alone(scoring, bound, params[at])
            if isinstance(found, Diagnostic):
                reasons[at] = found
            else:
                values[at] = found
            at += 1
    return values, reasons


def _alone(scoring: Scoring, bound: Bound, params: Mapping[str, Any]) -> float | Diagnostic:
    """The score of one run, or why it has none: something in the program does not go with these values."""
    try:
        return float(bound.with_params(**params).run()[scoring.name])
    except (RunError, LimitError, ProgramError) as error:
        return scoring.composed.placed(error.diagnostics[0])
