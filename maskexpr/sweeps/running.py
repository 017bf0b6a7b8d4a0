"""A sweep as it goes: the images one after another, or by several processes, and what they add up to."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from maskexpr.api import Program
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, InputError, MaskError, RunError
from maskexpr.files.decoding.naming import shown
from maskexpr.kernels.threads import cores
from maskexpr.studies.crew import Crew, Lost
from maskexpr.studies.one import errors_of
from maskexpr.studies.worker import COMPUTED, Teller
from maskexpr.sweeps.choosing import cross_validated
from maskexpr.sweeps.grids import Grid
from maskexpr.sweeps.scoring import Scoring
from maskexpr.sweeps.sweep import Sweep
from maskexpr.sweeps.trials import Scores, Subject, Trial, fitted, measure

Done = Callable[[int], object]  # is told how many images are done


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a sweep is asked for: `trial` is what is done to each image, and `jobs` processes do it."""

    program: Program
    trial: Trial
    grid: Grid
    higher: bool
    folds: int | None = None
    seed: int = 0
    jobs: int = 1


def check_folds(folds: int | None, images: int) -> None:
    """Refuse to hold back more than there is."""
    if folds is None:
        return
    if folds < 2:
        raise InputError(messages.SWEEP_FOLDS.anywhere(count=folds))
    if images < 2:
        raise InputError(messages.SWEEP_ONE_IMAGE.anywhere())
    if images < folds:
        raise InputError(messages.SWEEP_FEW_IMAGES.anywhere(folds=folds, images=images))


def run(plan: Plan, subjects: Sequence[Subject], done: Done = lambda count: None) -> Sweep:
    """Try all values on all images, and the defaults beside them.

    Raises
    ------
    InputError, ProgramError, FileError
        An image cannot be read, or the program does not fit it.
    RunError
        A process that worked on an image died.
    """
    check_folds(plan.folds, len(subjects))
    _check_names(plan.trial.scoring, subjects)
    trial = _fitted(plan, subjects)
    grid, defaults = plan.grid, {info.name: info.default for info in plan.program.params}
    scores, today = np.empty((len(trial.params), len(subjects))), np.empty(len(subjects))
    reasons: dict[tuple[int, int], Diagnostic] = {}
    said: dict[Diagnostic, None] = {}
    if plan.jobs > cores():
        said[messages.JOBS_CORES.anywhere(jobs=plan.jobs, cores=cores())] = None
    for image, found in enumerate(_measured(trial, subjects, min(plan.jobs, cores()))):
        scores[:, image], today[image] = found.values, found.today
        reasons.update({(run, image): reason for run, reason in found.reasons.items()})
        said.update(dict.fromkeys(found.warnings))
        done(image + 1)
    folds = None
    if plan.folds is not None:
        folds = cross_validated(scores, grid, defaults, higher=plan.higher, folds=plan.folds, seed=plan.seed)
    names = tuple(subject.case.name for subject in subjects)
    goal = trial.scoring.text
    return Sweep(
        plan.program, goal, plan.higher, grid, names, scores, today, folds, reasons, tuple(said), trial.scoring.taken
    )


def _fitted(plan: Plan, subjects: Sequence[Subject]) -> Trial:
    first = subjects[0]
    try:
        return fitted(plan.trial, plan.program, first)
    except MaskError as error:
        raise _of_image(error, first, len(subjects)) from None


def _check_names(scoring: Scoring, subjects: Sequence[Subject]) -> None:
    """Refuse what nothing asks for: it was meant for something."""
    taken = {info.name for info in scoring.program.inputs}
    given = dict.fromkeys(name for subject in subjects for name in (*subject.case.given, *subject.values))
    for name in given:
        if name not in taken:
            raise InputError(messages.SWEEP_NEEDLESS.anywhere(name=name, flag=scoring.expression.name))


def _measured(trial: Trial, subjects: Sequence[Subject], jobs: int) -> Iterator[Scores]:
    """The scores on each image, in their order."""
    jobs = min(jobs, len(subjects))
    if jobs == 1:
        for subject in subjects:
            yield _known(measure_or_error(trial, subject), subject, len(subjects))
        return
    with Crew(_Measuring(trial), subjects, jobs) as crew:
        for _, subject, value in crew.in_order():
            answer = RunError(value.error) if isinstance(value, Lost) else value
            yield _known(answer, subject, len(subjects))


def _known(answer: Scores | MaskError, subject: Subject, images: int) -> Scores:
    """Scores, or what is wrong with an image, which is said to be with that."""
    if isinstance(answer, Scores):
        return answer
    raise _of_image(answer, subject, images)


def _of_image(error: MaskError, subject: Subject, images: int) -> MaskError:
    """What is wrong with one of several images, which is then named."""
    if images == 1:
        return error
    name = shown(subject.case.name)
    return type(error)(
        d if name in d.message else replace(d, message=f"on {name}: {d.message}") for d in error.diagnostics
    )


def measure_or_error(trial: Trial, subject: Subject) -> Scores | MaskError:
    """The scores on an image, or what is wrong with it."""
    try:
        return measure(trial, subject)
    except MaskError as error:
        return error
    except Exception as error:
        return RunError(errors_of(error))


@dataclass(frozen=True, slots=True)
class _Measuring:
    """What workers do."""

    trial: Trial

    def do(self, items: Iterator[tuple[int, Subject]], teller: Teller) -> None:
        for key, subject in items:
            teller.began(key, COMPUTED)
            teller.done(key, measure_or_error(self.trial, subject))
