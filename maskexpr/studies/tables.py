"""The tables of a study: one with a row an image, and for each result that is a table a long one of all images.

The first has the column `image`, one for each named number of the program, outputs first and then the others as the
program has them, and `error` and `message` of images that failed, which are empty where none did. Rows are in the order
of the images. In long tables `image` stands before the columns of the result, and an image has as many rows as its own
table has; one that failed has none.

A number that an image has not is an empty cell, null in JSON and, beside whole numbers and truths, which stay what they
are, in Parquet; beside floating ones it is nan there. A name that a spreadsheet would take for a formula has `./`
before it, which names the same file.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskexpr.api import Program
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError, InputError
from maskexpr.files import outputs, tables
from maskexpr.files.access import resolved
from maskexpr.files.decoding.naming import shown
from maskexpr.files.images import ending_of
from maskexpr.files.tables.delimited import FORMULAS
from maskexpr.inside import numbers_of, tables_of
from maskexpr.kinds.table import Column, Table
from maskexpr.studies.outcome import Outcome

IMAGE, ERROR, MESSAGE = "image", "error", "message"


# --- where they go ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Targets:
    """The files of tables as --table names them: that of all images, and those that are named after results."""

    images: str | None
    named: Mapping[str, str]

    def long(self, name: str) -> str | None:
        """Where the long table of a result goes: beside that of the images, where it has no name of its own."""
        if name in self.named or self.images is None:
            return self.named.get(name)
        stem, ending = os.path.splitext(self.images)
        return f"{stem}-{name}{ending}"


def targets_of(paths: Iterable[str], found: Iterable[str]) -> Targets:
    """Which file is for what; `found` are the results that are tables."""
    images, named = None, dict[str, str]()
    found = list(found)
    for path in paths:
        stem = os.path.splitext(os.path.basename(path))[0]
        name = next((n for n in found if stem == n or stem.endswith((f"-{n}", f"_{n}"))), None)
        if name is not None and name not in named:
            named[name] = path
        elif images is None:
            images = path
        else:
            fields = {"first": shown(images), "second": shown(path), "names": ", ".join(found) or "there is none"}
            raise InputError(messages.TABLE_OF_MANY.anywhere(**fields))
    return Targets(images, named)


def files_of(program: Program, paths: Iterable[str]) -> list[str]:
    """The files of all tables that are written."""
    found = tables_of(program)
    targets = targets_of(paths, found)
    return [path for path in (targets.images, *map(targets.long, found)) if path is not None]


def written(program: Program, outcomes: Sequence[Outcome], paths: Sequence[str]) -> list[str]:
    """Write the tables that are asked for; where they are."""
    found = _tables(program, outcomes)
    targets = targets_of(paths, found)
    made: dict[str, Table] = {}
    if targets.images is not None:
        made[targets.images] = of_images(program, outcomes)
    for name in found:
        path = targets.long(name)
        if path is not None:
            made[path] = of_regions(name, outcomes)
    results = {resolved(path): outcome.name for outcome in outcomes for path in outcome.files.values()}
    for path, table in made.items():
        if resolved(path) in results:
            fields = {"path": shown(path), "image": named(results[resolved(path)])}
            raise InputError(messages.TABLE_AND_RESULT.anywhere(**fields))
        tables.write(path, table)
    return list(made)


def check(program: Program, paths: Sequence[str], read: Iterable[str]) -> None:
    """Refuse, before anything is done, tables that could not be written when all is done: in a format that is none, in
    a folder that cannot be made or may not be written to, or over a file that is read."""
    inputs = {resolved(path) for path in read}
    if "" in paths:
        raise InputError(messages.OUTPUT_NAMELESS.anywhere(flag="--table"))
    for path in files_of(program, paths):
        tables.encode(Table({IMAGE: texts(())}), ending_of(path) or path, name=shown(path))
        if os.path.isdir(path):
            raise FileError(messages.FILE_TARGET_IS_FOLDER.anywhere(path=shown(path)))
        outputs.check_folder_of(path)
        if resolved(path) in inputs:
            raise InputError(messages.OUTPUT_OVER_INPUT.anywhere(path=shown(path), what="an input"))


# --- what is in them -------------------------------------------------------------------------------------------------


def of_images(program: Program, outcomes: Sequence[Outcome]) -> Table:
    """A row an image."""
    names = {name for outcome in outcomes for name in outcome.numbers if name.isidentifier()}
    names.update(numbers_of(program))
    columns = {IMAGE: texts(named(outcome.name) for outcome in outcomes)}
    for name in sorted(sorted(names), key=lambda name: _place(program, name)):
        columns[_free(name)] = numbers([None if o.is_failed else o.numbers.get(name) for o in outcomes])
    columns[ERROR] = texts(outcome.errors[0].code if outcome.errors else "" for outcome in outcomes)
    columns[MESSAGE] = texts(map(said, outcomes))
    return Table(columns)


def of_regions(name: str, outcomes: Sequence[Outcome]) -> Table:
    """The rows of a result of all images."""
    parts = [
        (outcome, outcome.tables[name]) for outcome in outcomes if name in outcome.tables and not outcome.is_failed
    ]
    columns = {column: None for _, part in parts for column in part}
    images = texts(text for outcome, part in parts for text in [named(outcome.name)] * part.rows)
    units = {column: unit for _, part in parts for column, unit in part.units.items()}
    joined = {column: np.concatenate([_part(part, column) for _, part in parts]) for column in columns}
    return Table({IMAGE: images, **{_free(column): values for column, values in joined.items()}}, units)


def said(outcome: Outcome) -> str:
    """Why an image failed."""
    return "; ".join(f"{d.place}: {d.message}" if d.place else d.message for d in outcome.errors)


def named(name: str) -> str:
    """An image as tables name it: on one line, and no formula."""
    return f"./{shown(name)}" if name.startswith(FORMULAS) else shown(name)


def _tables(program: Program, outcomes: Sequence[Outcome]) -> list[str]:
    """The results that are tables, be it that all images failed that have them."""
    found = {*tables_of(program), *(name for outcome in outcomes for name in outcome.tables)}
    return [name for name in program.outputs if name in found]


def _place(program: Program, name: str) -> tuple[int, int, int]:
    """Where a number stands among all: it depends on the program, not on what was found in which image."""
    whole, item = name, 0
    if part := re.fullmatch(r"(\w+)_(\d+)", name):  # an item of a list
        whole, item = part[1], int(part[2])
    for number, plain in ((0, name), (item, whole)):
        if plain in program.outputs:
            return 0, program.outputs.index(plain), number
        if assigned := re.search(rf"(?<!\w){re.escape(plain)}\s*=(?!=)", program.source):
            return 1, assigned.start(), number
    return 2, 0, item


def _free(name: str) -> str:
    """A name for a column that is none of ours."""
    return f"{name}_" if name in (IMAGE, ERROR, MESSAGE) else name


def _part(table: Table, column: str) -> Column:
    return table[column] if column in table else np.full(table.rows, np.nan)


def texts(values: Iterable[str]) -> Column:
    """A column of texts."""
    return _objects(list(values))


def numbers(values: Sequence[Any]) -> Column:
    """A column of floating numbers, nan where there is none; whole numbers and truths stay so, beside None."""
    present = [value for value in values if value is not None]
    if not present or any(isinstance(value, float | np.floating) for value in present):
        return np.array([np.nan if value is None else float(value) for value in values], np.float64)
    kinds = {bool if isinstance(value, bool | np.bool_) else int for value in present}
    plain = [None if value is None else bool(value) if kinds == {bool} else int(value) for value in values]
    if None in plain or not all(-(2**63) <= value < 2**63 for value in present):
        return _objects(plain)
    return np.array(plain, bool if kinds == {bool} else np.int64)


def _objects(values: list[Any]) -> Column:
    found = np.empty(len(values), object)
    found[:] = values
    return found
