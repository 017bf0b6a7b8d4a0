"""A comparison as a person reads it: the pairs, each measure over all of them, and what is to be said of both."""

import os
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from maskexpr.comparisons.comparing import Compared, Row
from maskexpr.comparisons.measures import BY_NUMBER, LABELS
from maskexpr.comparisons.tables import (
    EMPTY,
    Summary,
    empty_of,
    figures_of,
    reason_of,
    summaries,
)
from maskexpr.diagnostics.messages import counted
from maskexpr.kinds.table import Column, Table
from maskexpr.kinds.tabulated import Room, cell_texts
from maskexpr.kinds.tabulated import text_of as rows_text
from maskexpr.studies.tables import ERROR, MESSAGE

Names = Sequence[tuple[str, str]]

_MOST_REASONS = 20


def text_of(found: Compared, table: Table, names: Names, room: Room) -> str:
    """All that is printed of a comparison."""
    folders = [_folder([pair[place] for pair in names]) for place in (0, 1)]
    parts = [
        "\n".join(_wrapped([_title(found, names, folders)], room)),
        _pairs(found, table, folders[0], room),
        _over_all(found, names, folders[0], room),
        "\n".join(_wrapped(_notes(found, names), room)),
        "\n".join(_wrapped(_reasons(found, names), room)),
    ]
    return "\n\n".join(part for part in parts if part)


def _wrapped(lines: Iterable[str], room: Room) -> list[str]:
    """Prose in lines that fit; names of files stay whole, to be copied."""
    if room.columns is None:
        return [*lines]
    form = textwrap.TextWrapper(
        room.columns, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )
    return [form.fill(line) for line in lines]


def _title(found: Compared, names: Names, folders: Sequence[str]) -> str:
    what = "masks" if found.kind != LABELS else "label images, by class" if found.asked.by_class else "label images"
    text = f"{counted(len(names), 'pair')} of {what}"
    if found.failed and len(names) > 1:
        text += f", {len(found.failed):,} failed"
    if any(measure.methods for measure in found.measures):
        text += f", distances as {found.asked.method} has them"
    if len(names) == 1:
        return f"{text}: {names[0][0]} and {names[0][1]}"
    for name, folder in zip(found.asked.names, folders, strict=True):
        text += f", {name} in {folder or '.'}"
    return text


def _folder(paths: Sequence[str]) -> str:
    """The folder that all of several paths begin with, and which tables leave out."""
    try:
        folder = os.path.commonpath([os.path.dirname(path) for path in paths]) if len(paths) > 1 else ""
    except ValueError:  # some are absolute
        return ""
    return folder + os.sep if folder.rstrip(os.sep) else folder


# --- the pairs -------------------------------------------------------------------------------------------------------


def _pairs(found: Compared, table: Table, folder: str, room: Room) -> str:
    """The table of pairs, with what tells one from the other, and without columns that say nothing; of one pair a line
    for each measure."""
    if len(found.rows) == 1 and not found.asked.by_class:
        return _one(found, found.rows[0])
    own, other = found.asked.names
    elsewhere = (other, EMPTY, ERROR, MESSAGE)
    columns = {name: _cells(found, values) for name, values in table.items() if name not in elsewhere}
    columns[own] = _texts(name.removeprefix(folder) for name in table[own].tolist())
    notes = [_note(found, row) for row in found.rows]
    if any(notes):
        columns["note"] = _texts(notes)
    return rows_text(columns, table.units, room)


def _note(found: Compared, row: Row) -> str:
    which = empty_of(found, row)
    return "failed" if row.is_failed else f"{which} empty" if which else ""


def _cells(found: Compared, values: Column) -> Column:
    """A column as it is printed, with nothing where a pair failed."""
    if values.dtype.kind != "f":
        return values
    there = [row for row, of in enumerate(found.rows) if not of.is_failed]
    cells = np.full(len(found.rows), "", dtype=object)  # aligned as numbers are
    cells[there] = cell_texts(values[there])
    return cells


def _one(found: Compared, row: Row) -> str:
    values = [(m.column(found.asked.unit), _value(row.values[m.name])) for m in found.measures if not row.is_failed]
    if found.kind == LABELS and values:
        values += [(f"objects_{name}", str(size)) for name, size in zip(found.asked.names, row.sizes, strict=True)]
    width = max((len(name) for name, _ in values), default=0)
    return "\n".join(f"{name:{width}}  {value}" for name, value in values)


def _texts(texts: Iterable[str]) -> Column:
    return np.array([*texts], dtype=np.str_)


# --- over all pairs --------------------------------------------------------------------------------------------------


def _over_all(found: Compared, names: Names, folder: str, room: Room) -> str:
    """What is said of each measure over all pairs; nothing of one."""
    if len(found.rows) - len(found.failed) < 2:
        return ""
    said = summaries(found)
    columns: dict[str, Column] = {"measure": _texts(s.measure.column(found.asked.unit) for s in said)}
    if found.asked.by_class:
        columns["class"] = _texts("all" if s.number is None else str(s.number) for s in said)
    figures = [_figures(s) for s in said]
    for place, name in enumerate(figures_of(said[0])):
        columns[name] = np.array([texts[place] for texts in figures], dtype=object)  # aligned as numbers are
    columns["in"] = _texts(
        "" if s.row is None else names[found.rows[s.row].index][0].removeprefix(folder) for s in said
    )
    return rows_text(columns, {}, Room(room.columns, None, room.head, room.quiet))


def _figures(summary: Summary) -> list[str]:
    """The figures of a measure, with as many decimals each."""
    figures = [*figures_of(summary).values()]
    known = iter(cell_texts(np.array([f for f in figures if f is not None], np.float64)))
    return ["" if figure is None else next(known) for figure in figures]


# --- what is to be said ----------------------------------------------------------------------------------------------


def _notes(found: Compared, names: Names) -> list[str]:
    """What is empty and what that counts as; what is no finite number, and how it is counted."""
    notes = []
    empties: dict[str, list[Row]] = {}
    for row in found.rows:
        if empty_of(found, row):
            empties.setdefault(empty_of(found, row), []).append(row)
    for which, rows in sorted(empties.items(), key=lambda item: item[0] != "both"):
        who = "both are empty" if which == "both" else f"{which} alone is empty"
        values = ", ".join(f"{m.name} {_value(rows[0].values[m.name])}" for m in found.measures)
        where = _named([names[row.index][0] for row in rows])
        notes.append(f"{who} in {counted(len(rows), 'pair' if rows[0].number is None else 'row')} ({where}): {values}")
    without = {*range(len(names))} - {row.index for row in found.rows}
    if without:
        notes.append(
            f"both are empty in {counted(len(without), 'pair')} ({_named([names[i][0] for i in sorted(without)])}): "
            "no class, no row"
        )
    if found.is_seen:
        notes.append(_seen(found, names))
    averaged = [m.name for m in found.measures if m.name in BY_NUMBER]
    if found.kind == LABELS and not found.asked.by_class and averaged:
        these = " and ".join(averaged)
        notes.append(f"{these} of labels: the mean over their numbers, which mean the same in both; f1 matches objects")
    return [*notes, *_not_finite(found)]


def _seen(found: Compared, names: Names) -> str:
    """What all are taken for label images by."""
    several = (names[row.index][place] for row in found.rows for place in (0, 1) if row.sizes[place] > 1)
    paths = [*dict.fromkeys(several)]
    verb = "holds" if len(paths) == 1 else "hold"
    return f"label images, as {_named(paths)} {verb} several numbers beside 0; --kind mask compares masks"


def _not_finite(found: Compared) -> list[str]:
    """What is no finite number, and how it is counted; measures of which the same is true in one line."""
    said: dict[str, list[str]] = {}
    for summary in summaries(found):
        name = summary.measure.column(found.asked.unit)
        if summary.number is None and summary.infinite:
            how = "left out of mean and sd, the largest in the median"
            said.setdefault(f"inf in {summary.infinite} of {summary.values}, {how}", []).append(name)
        if summary.number is None and summary.undefined:
            count = summary.values + summary.undefined
            said.setdefault(f"nan in {summary.undefined} of {count}, left out of all", []).append(name)
    return [f"{', '.join(names)}: {text}" for text, names in said.items()]


def _value(value: Any) -> str:
    return f"{value:g}"


def _reasons(found: Compared, names: Names) -> list[str]:
    """Why pairs failed: each reason once, with those that it is true of."""
    reasons: dict[str, list[str]] = {}
    for row in found.failed:
        reasons.setdefault("; ".join(map(reason_of, row.errors)), []).append(names[row.index][0])
    if not reasons:
        return []
    lines = [f"{counted(len(found.failed), 'pair')} failed:"]
    lines += [f"  {_named(paths)}: {reason}" for reason, paths in [*reasons.items()][:_MOST_REASONS]]
    if len(reasons) > _MOST_REASONS:
        lines.append(f"  and {len(reasons) - _MOST_REASONS:,} other reasons; see --table")
    return lines


def _named(paths: Sequence[str]) -> str:
    """The first of several, and how many more there are."""
    return paths[0] if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1:,} more"
