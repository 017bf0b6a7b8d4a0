"""A sweep as it goes: the images one after another, or by several processes, and what they add up to."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from maskexpr.api import Program
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, InputError, MaskError, ProgramError, RunError
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
    """All that a sweep is asked for: `trial` is what is done to each image, and `jobs` processes do it. Images that
    cannot be scored are left out where it `goes_on`."""

    program: Program
    trial: Trial
    grid: Grid
    higher: bool
    folds: int | None = None
    seed: int = 0
    jobs: int = 1
    goes_on: bool = False


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
        An image cannot be read, or the program does not fit it; if the sweep goes on without it, so it is with all.
    RunError
        A process that worked on an image died.
    """
    check_folds(plan.folds, len(subjects))
    _check_names(plan.trial.scoring, subjects)
    trial = _fitted(plan, subjects)
    found: list[Scores] = []
    names, wrong = list[str](), list[MaskError]()
    for count, answer in enumerate(_measured(trial, subjects, min(plan.jobs, cores())), 1):
        if isinstance(answer, Scores):
            found.append(answer)
            names.append(subjects[count - 1].case.name)
        elif plan.goes_on:
            wrong.append(answer)
        else:
            raise answer
        done(count)
    if not found:
        raise wrong[0]
    return _swept(plan, trial.scoring, names, found, [d for error in wrong for d in error.diagnostics])


def _swept(
    plan: Plan, scoring: Scoring, names: Sequence[str], found: Sequence[Scores], left_out: Sequence[Diagnostic]
) -> Sweep:
    """What the scores on all images add up to."""
    grid, defaults = plan.grid, {info.name: info.default for info in plan.program.params}
    scores = np.stack([one.values for one in found], axis=1)
    said = [messages.JOBS_CORES.anywhere(jobs=plan.jobs, cores=cores())] if plan.jobs > cores() else []
    said += [warning for one in found for warning in one.warnings]
    folds, parts = None, min(plan.folds or 0, len(found))
    if parts > 1:
        folds = cross_validated(scores, grid, defaults, higher=plan.higher, folds=parts, seed=plan.seed)
    return Sweep(
        plan.program,
        scoring.text,
        plan.higher,
        grid,
        tuple(names),
        scores,
        np.array([one.today for one in found]),
        folds,
        {(run, image): reason for image, one in enumerate(found) for run, reason in one.reasons.items()},
        tuple(dict.fromkeys(said)),
        scoring.taken,
        tuple(left_out),
    )


def _fitted(plan: Plan, subjects: Sequence[Subject]) -> Trial:
    """The trial as the first image shows what it needs, of those that show anything."""
    wrong: list[MaskError] = []
    for subject in subjects:
        try:
            return fitted(plan.trial, plan.program, subject)
        except MaskError as error:
            wrong.append(_of_image(error, subject, len(subjects)))
            if not plan.goes_on:
                break
    raise next((error for error in wrong if isinstance(error, ProgramError)), wrong[0])


def _check_names(scoring: Scoring, subjects: Sequence[Subject]) -> None:
    """Refuse what nothing asks for: it was meant for something."""
    taken = {info.name for info in scoring.program.inputs}
    given = dict.fromkeys(name for subject in subjects for name in (*subject.case.given, *subject.values))
    for name in given:
        if name not in taken:
            raise InputError(messages.SWEEP_NEEDLESS.anywhere(name=name, flag=scoring.expression.name))


def _measured(trial: Trial, subjects: Sequence[Subject], jobs: int) -> Iterator[Scores | MaskError]:
    """The scores on each image, in their order, or what is wrong with it."""
    jobs = min(jobs, len(subjects))
    if jobs == 1:
        for subject in subjects:
            yield _known(measure_or_error(trial, subject), subject, len(subjects))
        return
    with Crew(_Measuring(trial), subjects, jobs) as crew:
        for _, subject, value in crew.in_order():
            answer = RunError(value.error) if isinstance(value, Lost) else value
            yield _known(answer, subject, len(subjects))


def _known(answer: Scores | MaskError, subject: Subject, images: int) -> Scores | MaskError:
    """Scores, or what is wrong with an image, which is said to be with that."""
    return answer if isinstance(answer, Scores) else _of_image(answer, subject, images)


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
