"""Comparisons for callers in Python."""

import os
from collections.abc import Iterator, Sequence
from typing import Any

from maskexpr.api import Program, compile
from maskexpr.comparisons import pairs
from maskexpr.comparisons.asked import Asked, tolerance_text
from maskexpr.comparisons.comparing import Compared, Perform, compared
from maskexpr.comparisons.measures import KINDS, METHOD, named
from maskexpr.comparisons.tables import table_of
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import InputError, MaskError
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
    measures: Sequence[str] | None = None,
    kind: str | None = None,
    by: str | None = None,
    unit: str = "px",
    method: str = METHOD,
    tolerance: float | str | None = None,
    iou: float | None = None,
    spacing: str | None = None,
    jobs: int = 1,
    on_error: str = "raise",
) -> Table:
    """Compare masks or label images with a truth, as `maskexpr compare` does: a table with a row for each pair.

    Parameters
    ----------
    a, b : array, Image, path, or a list of these
        What was found, and the truth. A path may be a pattern or a folder, that of the truth a template of the other's
        name: compare("pred/*.png", "truth/{a.stem}.png").
    measures : sequence of str, optional
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
    spacing : str, optional
        The size of a pixel, in place of what files say: "0.5mm".
    jobs : int
        How many processes compare files.
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
    asked = Asked(
        _NAMES,
        named(measures or ()),
        kind,
        by is not None,
        unit,
        method,
        None if tolerance is None else tolerance_text(tolerance),
        iou,
    )
    if _is_path(a) and _is_path(b):
        cases = pairs.pairs_of(_NAMES, os.fspath(a), os.fspath(b)).cases
        return _of_files(asked, cases, spacing, jobs, on_error)
    own, others = _several(a), _several(b)
    if len(own) != len(others):
        raise InputError(messages.COMPARE_COUNTS.anywhere(own=len(own), others=len(others)))
    if own and all(map(_is_path, [*own, *others])):
        given = [dict(zip(_NAMES, map(os.fspath, pair), strict=True)) for pair in zip(own, others, strict=True)]
        listed = [Case(index, pair[_NAMES[0]], pair) for index, pair in enumerate(given)]
        return _of_files(asked, listed, spacing, jobs, on_error)
    found = compared(asked, _on_arrays(own, others))
    _raise_errors(found, on_error)
    numbers = [(str(index), str(index)) for index in range(len(own))]
    table = table_of(found, numbers, failures=on_error == "keep")
    columns = {name: values for name, values in table.items() if name not in _NAMES}
    return Table({_PAIR: table[_NAMES[0]].astype(int), **columns}, table.units)


def _of_files(asked: Asked, cases: Sequence[Case], spacing: str | None, jobs: int, on_error: str) -> Table:
    task = Task(compile("0"), spacings=(spacing,) if spacing is not None else ())
    found = compared(asked, pairs.on_files(task, cases, jobs))
    _raise_errors(found, on_error)
    return table_of(found, pairs.names_of(cases, _NAMES), failures=on_error == "keep")


def _raise_errors(found: Compared, on_error: str) -> None:
    if on_error == "raise" and found.failed:
        raise InputError(error for row in found.failed for error in row.errors)


def _on_arrays(own: Sequence[Any], others: Sequence[Any]) -> Perform:
    """Programs are run on arrays, one pair after another."""

    def performed(program: Program) -> Iterator[Outcome]:
        for index, pair in enumerate(zip(own, others, strict=True)):
            try:
                bound = program.bind(**dict(zip(_NAMES, pair, strict=True)))
                found = bound.run()
            except MaskError as error:
                yield Outcome(index, str(index), errors=error.diagnostics)
                continue
            tables = {name: value for name, value in found.items() if isinstance(value, Table)}
            numbers = {name: value for name, value in found.items() if name not in tables}
            yield Outcome(index, str(index), numbers, tables)

    return performed


def _is_path(value: Any) -> bool:
    return isinstance(value, str | os.PathLike)


def _several(value: Any) -> Sequence[Any]:
    """A list of images; rows of numbers are one image."""
    if isinstance(value, list | tuple) and value and not isinstance(value[0], list | tuple | int | float):
        return value
    return [value]
