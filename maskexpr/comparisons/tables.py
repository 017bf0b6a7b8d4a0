"""Comparisons as tables: one of the pairs, and what is said of each measure over all of them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from maskexpr.comparisons.comparing import Compared, Row
from maskexpr.comparisons.measures import LABELS, Measure
from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.kinds.table import Column, Table
from maskexpr.studies.tables import ERROR, MESSAGE, numbers, texts

CLASS, EMPTY = "class", "empty"


def table_of(found: Compared, names: Sequence[Sequence[str]], *, failures: bool = True) -> Table:
    """A row for each pair, or class of it: what the two are called, what was measured, which of the two is empty, and
    why a pair failed."""
    a, b = found.asked.names
    rows, unit = found.rows, found.asked.unit
    columns: dict[str, Column] = {
        name: texts(names[row.index][place] for row in rows) for place, name in enumerate((a, b))
    }
    if found.asked.by_class:
        columns[CLASS] = numbers([row.number for row in rows])
    for measure in found.measures:
        columns[measure.column(unit)] = values_of(found, measure)
    if found.kind == LABELS and not found.asked.by_class:
        for place, name in enumerate(_objects(found)):
            columns[name] = numbers([None if row.is_failed else row.sizes[place] for row in rows])
    columns[EMPTY] = texts(empty_of(found, row) for row in rows)
    if failures:
        columns[ERROR] = texts("" if not row.is_failed else row.errors[0].code for row in rows)
        columns[MESSAGE] = texts("; ".join(map(reason_of, row.errors)) for row in rows)
    lengths = [m.column(unit) for m in found.measures if m.is_length] if unit != "px" else []
    return Table(columns, dict.fromkeys(lengths, unit))


def _objects(found: Compared) -> list[str]:
    return [f"objects_{name}" for name in found.asked.names]


def reason_of(error: Diagnostic) -> str:
    """What is wrong with a pair, and the way out."""
    return f"{error.message}; {error.hint}" if error.hint else error.message


def empty_of(found: Compared, row: Row) -> str:
    """Which of the two has nothing in it: "both", the name of one, or ""."""
    if row.is_failed or all(row.sizes):
        return ""
    own, others = found.asked.names
    return "both" if not any(row.sizes) else others if row.sizes[0] else own


def values_of(found: Compared, measure: Measure) -> Column:
    """What was measured; nan, or None beside whole numbers, where a pair failed."""
    return numbers([row.values.get(measure.name) for row in found.rows])


# --- over all pairs --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Summary:
    """What is said of a measure over all pairs, or of those of one class.

    Attributes
    ----------
    measure, number
        What was measured, and of which class; None where all is one.
    values
        How many there are that are numbers, inf too.
    undefined, infinite
        How many are nan, and how many inf.
    mean, deviation
        Of the finite ones; the deviation with n - 1, and None of fewer than two.
    median
        Of all but nan.
    worst, row
        The value farthest from that of two that are equal, and where it is among the rows, the first of several; None
        if no value is better than another.
    """

    measure: Measure
    number: int | None
    values: int
    undefined: int
    infinite: int
    mean: float
    deviation: float | None
    median: float
    worst: float | None
    row: int | None


def summaries(found: Compared) -> list[Summary]:
    """Of each measure; by class of each class, and of all of them last where there are several."""
    numbers = sorted({row.number for row in found.rows if row.number is not None})
    groups: list[int | None] = [*numbers, *([None] if len(numbers) != 1 else [])]
    return [_summary(found, measure, number) for number in groups for measure in found.measures]


def _summary(found: Compared, measure: Measure, number: int | None) -> Summary:
    at = [i for i, row in enumerate(found.rows) if not row.is_failed and number in (None, row.number)]
    given = {i: float(found.rows[i].values[measure.name]) for i in at}
    values = {i: value for i, value in given.items() if not math.isnan(value)}
    finite = [value for value in values.values() if math.isfinite(value)]
    mean = _mean(finite)
    worst, row = None, None
    if measure.best is not None and values:
        best = measure.best
        row = max(values, key=lambda i: (abs(values[i] - best), -i))
        worst = values[row]
    return Summary(measure, number, len(values), len(given) - len(values), len(values) - len(finite), mean,
                   _deviation(finite, mean), _median([*values.values()]), worst, row)  # fmt: skip


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else math.nan


def _deviation(values: Sequence[float], mean: float) -> float | None:
    if len(values) < 2:
        return None
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def _median(values: list[float]) -> float:
    if not values:
        return math.nan
    values.sort()
    low, high = values[(len(values) - 1) // 2], values[len(values) // 2]
    return low if low == high else (low + high) / 2


_FIGURES: tuple[tuple[str, Callable[[Summary], Any]], ...] = (
    ("mean", lambda s: s.mean),
    ("sd", lambda s: s.deviation),
    ("median", lambda s: s.median),
    ("worst", lambda s: s.worst),
)


def figures_of(summary: Summary) -> dict[str, float | None]:
    """The numbers of a summary by the names of their columns."""
    return {name: figure(summary) for name, figure in _FIGURES}


def summary_table(found: Compared, names: Sequence[Sequence[str]]) -> Table:
    """The summaries as a table: for other programs."""
    said = summaries(found)
    columns: dict[str, Column] = {"measure": texts(s.measure.column(found.asked.unit) for s in said)}
    if found.asked.by_class:
        columns[CLASS] = numbers([s.number for s in said])
    for name, count in (("values", "values"), ("nan", "undefined"), ("inf", "infinite")):
        columns[name] = numbers([getattr(s, count) for s in said])
    for name in figures_of(said[0]) if said else ():
        columns[name] = numbers([figures_of(s)[name] for s in said])
    columns["worst_in"] = texts("" if s.row is None else names[found.rows[s.row].index][0] for s in said)
    return Table(columns)
