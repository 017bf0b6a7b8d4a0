"""Comparisons for callers in Python."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from maskexpr.api import Image, Program, compile
from maskexpr.comparisons import pairs
from maskexpr.comparisons.asked import Asked, tolerance_text
from maskexpr.comparisons.comparing import Compared, Perform, compared
from maskexpr.comparisons.measures import KINDS, LABELS, METHOD, Measure, named
from maskexpr.comparisons.tables import table_of
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, FileError, InputError, MaskError
from maskexpr.files.python import read
from maskexpr.inside import give_out
from maskexpr.kinds.table import Table
from maskexpr.studies.case import Case
from maskexpr.studies.outcome import Outcome
from maskexpr.studies.task import Task

_NAMES = ("a", "b")
_PAIR = "pair"


def compare(
    a: Any,
    b: Any,
    *,
    measures: Iterable[str] | str | None = None,
    kind: str | None = None,
    by: str | None = None,
    unit: str = "px",
    method: str = METHOD,
    tolerance: float | str | None = None,
    iou: float | None = None,
    spacing: Any = None,
    jobs: int = 1,
    on_error: str = "raise",
) -> Table:
    """Compare masks or label images with a truth, as `maskexpr compare` does: a table with a row for each pair.

    Parameters
    ----------
    a, b : array, Image, image of another library, path, or a list or another iterator of these
        What was found, and the truth. Where both are paths, they may be patterns or folders, that of the truth a
        template of the other's name: compare("pred/*.png", "truth/{a.stem}.png").
    measures : sequence of str, or str with commas, optional
        "dice", "iou", "precision", "recall", "specificity", "volume_difference", "hd", "hd95", "asd", "surface_dice",
        "f1", "matched", "segmentation_quality", "panoptic_quality". Without any the usual ones of masks or of labels.
    kind : {"mask", "labels"}, optional
        What the two hold; else it is seen in them: masks have one value beside 0.
    by : {"class"}, optional
        A row for each number in label images, whose numbers mean the same in all.
    unit : {"px", "mm", "um", "cm"}
        What distances come in.
    method : str
        Whose way distances are taken, "monai", "medpy", "surface-distance"; "pixels" of "hd" and "hd95". See the
        functions `hausdorff`, `surface_distance` and `surface_dice`.
    tolerance : number or str, optional
        Of "surface_dice": pixels, or a length such as "1mm".
    iou : float, optional
        From which overlap on objects match; 0.5 if it is not given.
    spacing : number, text such as "0.5mm", or a sequence of them, optional
        The size of a pixel, in millimetres if no unit is said, in place of what files and images say.
    jobs : int
        How many processes compare files; arrays are compared in this one.
    on_error : {"raise", "keep"}
        Whether a pair that cannot be compared is an error, or a row with its code and text.

    Returns
    -------
    Table
        Columns "a" and "b" with the paths, or "pair" with numbers from 0; "class"; the measures; "empty", which says
        which of the two has nothing in it; and where errors are kept "error" and "message".

    Raises
    ------
    InputError, FileError, ProgramError
        Something is asked for that is not there; or a pair cannot be compared.

    >>> table = maskexpr.compare(np.array([[1, 1, 0, 1]]), np.array([[1, 1, 1, 1]]), measures=["dice", "hd"])
    >>> round(table["dice"][0], 3), table["hd"][0]
    (np.float64(0.857), np.float64(1.0))
    """
    for value, words in ((kind, (None, *KINDS)), (by, (None, "class")), (on_error, ("raise", "keep"))):
        if value not in words:
            known = ", ".join(word for word in words if word)
            raise InputError(messages.COMPARE_WORD.anywhere(word=value, words=known))
    if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1:
        raise InputError(messages.JOBS.anywhere(jobs=repr(jobs)))
    asked = Asked(
        _NAMES,
        _measures(measures),
        kind,
        by is not None,
        unit,
        method,
        None if tolerance is None else tolerance_text(tolerance),
        iou,
    )
    if _is_path(a) and _is_path(b):
        them = pairs.pairs_of(_NAMES, os.fspath(a), os.fspath(b))
        give_out(them.notes)
        return _of_files(asked, them.cases, spacing, jobs, on_error)
    own, others = _several(a), _several(b)
    if len(own) != len(others):
        raise InputError(messages.COMPARE_COUNTS.anywhere(own=len(own), others=len(others)))
    if own and all(map(_is_path, [*own, *others])):
        given = [dict(zip(_NAMES, map(os.fspath, pair), strict=True)) for pair in zip(own, others, strict=True)]
        listed = [Case(index, pair[_NAMES[0]], pair) for index, pair in enumerate(given)]
        return _of_files(asked, listed, spacing, jobs, on_error)
    found = compared(asked, _on_arrays(own, others, spacing))
    numbers = [(str(index), str(index)) for index in range(len(own))]
    _raise_errors(found, [f"{_PAIR} {index}" for index in range(len(own))], on_error)
    table = table_of(found, numbers, failures=on_error == "keep")
    columns = {name: values for name, values in table.items() if name not in _NAMES}
    return Table({_PAIR: table[_NAMES[0]].astype(int), **columns}, table.units)


def _measures(given: Any) -> tuple[Measure, ...]:
    names = given.split(",") if isinstance(given, str) else () if given is None else given
    if not isinstance(names, Iterable):
        names = (names,)
    return named(name if isinstance(name, str) else repr(name) for name in names)


def _of_files(asked: Asked, cases: Sequence[Case], spacing: Any, jobs: int, on_error: str) -> Table:
    task = Task(compile("0"), spacings=() if spacing is None else (_spacing_text(spacing),))
    found = compared(asked, pairs.on_files(task, cases, jobs))
    give_out(dict.fromkeys(found.warnings))
    names = pairs.names_of(cases, _NAMES)
    _raise_errors(found, [own for own, _ in names], on_error)
    return table_of(found, names, failures=on_error == "keep")


def _spacing_text(spacing: Any) -> str:
    """The size of a pixel as --spacing has it."""
    parts = spacing if isinstance(spacing, list | tuple | np.ndarray) else [spacing]
    return ",".join(map(str, parts))


def _raise_errors(found: Compared, names: Sequence[str], on_error: str) -> None:
    """Why pairs could not be compared, and which of several each reason is true of."""
    if on_error != "raise" or not found.failed:
        return
    errors = [
        error if len(names) == 1 else replace(error, message=f"{names[row.index]}: {error.message}")
        for row in found.failed
        for error in row.errors
    ]
    raise (FileError if all(map(_is_of_a_file, errors)) else InputError)(errors)


def _is_of_a_file(error: Diagnostic) -> bool:
    return error.code.startswith("file-")


def _on_arrays(own: Sequence[Any], others: Sequence[Any], spacing: Any) -> Perform:
    """Programs are run on arrays, and on files beside them, one pair after another."""

    def performed(program: Program) -> Iterator[Outcome]:
        kinds = {info.name: info.kind for info in program.inputs}
        for index, pair in enumerate(zip(own, others, strict=True)):
            given = dict(zip(_NAMES, pair, strict=True))
            try:
                found = program.bind(**{n: _image(value, kinds[n], spacing) for n, value in given.items()}).run()
            except MaskError as error:
                yield Outcome(index, str(index), errors=error.diagnostics)
                continue
            tables = {name: value for name, value in found.items() if isinstance(value, Table)}
            numbers = {name: value for name, value in found.items() if name not in tables}
            yield Outcome(index, str(index), numbers, tables)

    return performed


def _image(value: Any, kind: str | None, spacing: Any) -> Any:
    """What is compared: what is in a file, and a mask among labels as a single object."""
    if _is_path(value):
        return read(value, kind=kind, spacing=_sizes(spacing))
    image = value if isinstance(value, Image) else Image(value)
    if kind == LABELS and isinstance(image.array, np.ndarray) and image.array.dtype == bool:
        image = replace(image, array=image.array.astype(np.uint8), kind=None)
    return image if spacing is None else replace(image, spacing=_sizes(spacing))


def _sizes(spacing: Any) -> Any:
    return spacing.split(",") if isinstance(spacing, str) else spacing


def _is_path(value: Any) -> bool:
    return isinstance(value, str | os.PathLike)


def _several(value: Any) -> Sequence[Any]:
    """A list of images, or what gives one after another; rows of numbers are one image."""
    if isinstance(value, list | tuple):
        return [value] if value and isinstance(value[0], list | tuple | bool | int | float | np.generic) else value
    return [*value] if isinstance(value, Iterator) else [value]
