"""`maskexpr.sweep`: params tried on images, for callers in Python."""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from maskexpr.api import Program, compile
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import InputError
from maskexpr.program.steps import ParamInfo
from maskexpr.studies.case import Case
from maskexpr.studies.cases import cases_of
from maskexpr.sweeps import grids, running
from maskexpr.sweeps.axes import Axis, axis_of, example_of
from maskexpr.sweeps.running import Plan
from maskexpr.sweeps.scoring import scoring_of
from maskexpr.sweeps.sweep import Sweep
from maskexpr.sweeps.trials import Subject, Trial


def sweep(
    program: Program | str,
    images: Mapping[str, Any] | Iterable[Mapping[str, Any]],
    params: Mapping[str, Any],
    *,
    maximize: str | None = None,
    minimize: str | None = None,
    samples: int | None = None,
    folds: int | None = None,
    seed: int = 0,
    jobs: int = 1,
    on_error: str = "raise",
) -> Sweep:
    """Try params of a program on images, and say which are the best.

    Each value is tried with each value of the others, on every image. Work that does not depend on what is swept is
    done once. Params that are not named keep their defaults.

    Parameters
    ----------
    program : Program or str
        What is tuned; a text is compiled. Its outputs are not run, only what the score needs, and its asserts.
    images : mapping, or iterable of mappings
        What the program takes by name, with what the score needs beside it, such as `truth`: arrays, images, paths. One
        mapping is one image, or as many as its paths stand for when they are patterns and templates:
        {"im": "scans/*.png", "truth": "truth/{im.stem}.png"}. Others in it are the same for all of them.
    params : mapping of str to values
        What is tried of each param: any values, or a text as on the command line, "20..60:4" or "0.1..0.3:0.1".
    maximize, minimize : str
        One of the two: an expression of a number that is to be the most, or the least. It may name whatever the program
        does: what it assigns, its outputs, inputs, params and functions.
    samples : int, optional
        Try so many combinations that are spread evenly over all of them (Halton's points, scrambled), not all. A range
        "0.1..0.3" of numbers that are not whole needs no step then.
    folds : int, optional
        Split the images into so many parts, each of which is scored with the params that are best without it.
    seed : int
        From which samples and folds follow.
    jobs : int
        How many processes work on the images.
    on_error : {"raise", "skip"}
        What comes of an image that is broken, or that the program does not fit: the exception is raised, or the image
        is left out, and `.left_out` says why.

    Returns
    -------
    Sweep
        `.best` are the params, of equally good ones the nearest to the defaults, `.score` is what they reach, the mean
        of all images, `.program` the program with these defaults, `.table` and `.by_image` are all that was tried. A
        run without a score, where it is nan or infinite or the program fails, is never the best.

    Raises
    ------
    InputError
        An argument is none of these, or a value is not what its param takes.
    ProgramError
        The expression or the program is wrong; or the expression gives no number.
    FileError, RunError
        An image cannot be read; or the process that worked on it died.

    >>> program = "param low = 2 in 0..9; m = im > low"
    >>> images = {"im": np.array([[1, 5, 6, 9]]), "truth": np.array([[False, False, True, True]])}
    >>> found = maskexpr.sweep(program, images, {"low": range(10)}, maximize="dice(m, truth)")
    >>> found.best, found.score
    ({'low': 5}, 1.0)
    >>> print(found)
    dice(m, truth), highest of 10 runs
    best      low=5  1
    defaults  low=2  0.8
    better than the defaults by 0.2
    >>> print(found.program.source, end="")
    param low = 5 in 0..9
    m = im > low
    """
    program = compile(program) if isinstance(program, str) else program
    goal, title = goal_of(program, maximize, minimize, ("maximize=", "minimize="))
    _check_whole(samples=samples, folds=folds, seed=seed, jobs=jobs)
    subjects = _subjects(images)
    axes = _axes(program, params, sampled=samples is not None)
    if on_error not in ("raise", "skip"):
        raise InputError(messages.SWEEP_ON_ERROR.anywhere(given=repr(on_error)))
    scoring = scoring_of(program, goal, title)
    running.check_folds(folds, len(subjects))
    grid = grids.grid_of(axes, len(subjects), samples=samples, seed=seed, most=grids.MOST_IN_PYTHON)
    trial = Trial(scoring, tuple(grid.params))
    return running.run(
        Plan(program, trial, grid, maximize is not None, folds, seed, jobs, on_error == "skip"), subjects
    )


def goal_of(program: Program, maximize: str | None, minimize: str | None, words: tuple[str, str]) -> tuple[str, str]:
    """The expression that is to be the most or the least, of which one is given behind its word, and that."""
    given = zip((maximize, minimize), words, strict=True)
    found = [(text, word.rstrip("= ")) for text, word in given if text is not None]
    if not found:
        name = program.outputs[0] if program.outputs else "mask"
        raise InputError(messages.SWEEP_GOAL.anywhere(flag=words[0], name=name))
    if len(found) == 2:
        raise InputError(messages.SWEEP_GOALS.anywhere())
    text, word = found[0]
    if not isinstance(text, str):
        raise TypeError(f"{word} must be a str, not {type(text).__name__}")
    return text, word


def _check_whole(**given: Any) -> None:
    for name, value in given.items():
        if value is None and name in ("samples", "folds"):
            continue
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"{name} must be a whole number, not {value!r}")
    if given["jobs"] < 1:
        raise InputError(messages.JOBS.anywhere(jobs=given["jobs"]))
    if given["seed"] < 0:
        raise InputError(messages.SWEEP_SEED.anywhere(seed=given["seed"]))


def _axes(program: Program, params: Mapping[str, Any], *, sampled: bool) -> list[Axis]:
    infos = {info.name: info for info in program.params}
    for name in params:
        if name not in infos:
            raise InputError(messages.PARAM_UNKNOWN.anywhere(name=name, names=", ".join(infos) or "none"))
    axes = [axis_of(infos[name], values, sampled=sampled) for name, values in params.items()]
    check_swept(axes, program.params)
    return axes


def check_swept(axes: Iterable[Axis], infos: Iterable[ParamInfo]) -> None:
    """Refuse to try nothing."""
    if any(axis.is_swept for axis in axes):
        return
    first = next(iter(infos), None)
    if first is None:
        raise InputError(messages.SWEEP_NO_PARAMS.anywhere())
    raise InputError(messages.SWEEP_NOTHING.anywhere(example=example_of(first)))


def _subjects(images: Any) -> list[Subject]:
    """What is given, image by image."""
    if not isinstance(images, Mapping) and (isinstance(images, str | bytes) or not isinstance(images, Iterable)):
        raise InputError(messages.SWEEP_IMAGES.anywhere(found=type(images).__name__))
    found: list[Subject] = []
    for own in [images] if isinstance(images, Mapping) else images:
        if not isinstance(own, Mapping):
            raise InputError(messages.SWEEP_IMAGES.anywhere(found=type(own).__name__))
        found += _of(own, len(found))
    if not found:
        raise InputError(messages.SWEEP_NO_IMAGES.anywhere())
    return found


def _of(given: Mapping[str, Any], index: int) -> list[Subject]:
    paths = {name: os.fspath(v) for name, v in given.items() if isinstance(v, str | os.PathLike)}
    values = {name: v for name, v in given.items() if name not in paths}
    if not paths:
        return [Subject(Case(index, f"image {index + 1}", {}), values)]
    return [Subject(case, values) for case in cases_of(paths)]
