"""A sweep as it goes: the images one after another, or by several processes, and what they add up to."""

import math
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from maskexpr.api import Program
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, FileError, InputError
from maskexpr.sweeps.choosing import cross_validated
from maskexpr.sweeps.grids import Grid
from maskexpr.sweeps.sweep import Sweep
from maskexpr.sweeps.trials import Scores, Subject, Trial, measure

Done = Callable[[int], object]  # is told how many images are done


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a sweep is asked for."""

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
    """Try all values on all images, and the defaults beside them."""
    check_folds(plan.folds, len(subjects))
    grid, defaults = plan.grid, {info.name: info.default for info in plan.program.params}
    # What the program says today is run with the others, if it is not among them.
    among = grid.find(defaults) if set(defaults) <= {axis.name for axis in grid.axes} else None
    params = grid.params if among is not None else [*grid.params, defaults]
    scores = np.full((len(params), len(subjects)), math.nan)
    reasons: dict[tuple[int, int], Diagnostic] = {}
    said: dict[Diagnostic, None] = {}
    trial = replace(plan.trial, params=tuple(params))
    for image, found in enumerate(_measured(trial, subjects, plan.jobs)):
        scores[:, image] = found.values
        reasons.update({(run, image): reason for run, reason in found.reasons.items()})
        said.update(dict.fromkeys(found.warnings))
        done(image + 1)
    tried, today = scores[: len(grid.places)], scores[-1 if among is None else among]
    folds = None
    if plan.folds is not None:
        chosen = {"higher": plan.higher, "folds": plan.folds, "seed": plan.seed}
        folds = cross_validated(tried, grid, defaults, **chosen)  # type: ignore[arg-type]
    names = tuple(subject.case.name for subject in subjects)
    goal = trial.scoring.text
    return Sweep(plan.program, goal, plan.higher, grid, names, tried, today, folds, reasons, tuple(said))


def _measured(trial: Trial, subjects: Sequence[Subject], jobs: int) -> Iterator[Scores]:
    """The scores on each image, in their order."""
    if min(jobs, len(subjects)) <= 1:
        for subject in subjects:
            yield measure(trial, subject)
        return
    from multiprocessing import get_context  # a sweep by one process goes without it

    threads = max(1, _cores() // jobs)
    context = get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(subjects)), context, _begin, (threads,)) as pool:
        waiting = [pool.submit(measure, trial, subject) for subject in subjects]
        try:
            for future in waiting:
                yield future.result()
        except BrokenProcessPool as error:
            raise FileError(messages.SWEEP_WORKER_DIED.anywhere(reason=str(error))) from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _begin(threads: int) -> None:
    """A worker shares the cores with the others."""
    os.environ.setdefault("MASKEXPR_THREADS", str(threads))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


