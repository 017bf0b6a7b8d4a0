"""Columns as text and as HTML: aligned, with the digits that tell, and with the rows and columns there is room for."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maskexpr.diagnostics.messages import counted

Columns = Mapping[str, NDArray[Any]]
Units = Mapping[str, str]
Paint = Callable[[str], str]

_DIGITS, _LEAST_DIGITS = 5, 2  # of the largest number of a column, and of its smallest
_MOST_DECIMALS = 6
_LARGEST = 10  # digits before the point
_MOST_ROWS, _LEAST_ROWS = 24, 6  # of a table that is shortened
_MOST_ROWS_OF_HTML = 40
_NARROWEST = 8  # a name is not cut shorter
_GAP = "  "


def plainly(text: str) -> str:
    """A text without colours."""
    return text


@dataclass(frozen=True, slots=True)
class Room:
    """How much of a table is shown: lines of so many characters and about so many lines; None for all of it. Names of
    columns and what is said of the table are painted."""

    columns: int | None = None
    lines: int | None = None
    head: Paint = plainly
    quiet: Paint = plainly


def size_text(columns: Columns) -> str:
    """How large a table is: "24 rows, 5 columns"."""
    rows = len(next(iter(columns.values()), ()))
    return f"{counted(rows, 'row')}, {counted(len(columns), 'column')}"


def text_of(columns: Columns, units: Units, room: Room) -> str:
    """A table in lines: the names, what they are in where something is in a unit, and the rows.

    What is too wide goes on below, each part with the first column again; what has too many rows is shortened in the
    middle, where a line says how many are left out.
    """
    if not columns:
        return ""
    rows = len(next(iter(columns.values())))
    parts = 1
    while True:  # fewer rows may be narrower, and fewer parts leave more lines for each
        shown = _shown(rows, _most_rows(room.lines, parts, bool(units)))
        blocks = _blocks([_Column.of(name, values[shown], units) for name, values in columns.items()], room.columns)
        if len(blocks) <= parts:
            break
        parts = len(blocks)
    cut = len(shown) // 2 if len(shown) < rows else None
    left_out = [f"... {rows - len(shown):,} more rows ...", *["..."] * (len(blocks) - 1)]
    return "\n\n".join(_written(block, room, cut, said) for block, said in zip(blocks, left_out, strict=True))


def html_of(columns: Columns, units: Units) -> str:
    """A table for a notebook, shortened in the middle where it is long."""
    from html import escape  # only here: it makes a table of thousands of names

    rows = len(next(iter(columns.values()), ()))
    shown = _shown(rows, _MOST_ROWS_OF_HTML)
    cells = [_Column.of(name, values[shown], units) for name, values in columns.items()]
    heads = "".join(f"<th>{escape(column.name)}</th>" for column in cells)
    lines = [f"<tr>{heads}</tr>"]
    if units:
        lines.append("<tr>" + "".join(f"<td><em>{escape(column.unit)}</em></td>" for column in cells) + "</tr>")
    body = ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in _rows(cells)]
    if len(shown) < rows:
        said = f"... {rows - len(shown):,} more rows ..."
        body.insert(len(shown) // 2, f'<tr><td colspan="{len(cells)}" style="text-align:center">{said}</td></tr>')
    table = f"<table><thead>{''.join(lines)}</thead><tbody>{''.join(body)}</tbody></table>"
    return f"<div>{table}<p>table, {size_text(columns)}</p></div>"


# --- which rows and columns ------------------------------------------------------------------------------------------


def _most_rows(lines: int | None, parts: int, has_units: bool) -> int | None:
    """How many rows each part may show, that all of them fit into so many lines."""
    if lines is None:
        return None
    around = 3 + has_units  # the names, what is left out, a blank line
    return max(_LEAST_ROWS, min(_MOST_ROWS, lines // parts - around))


def _shown(rows: int, most: int | None) -> NDArray[np.intp]:
    """The rows that are shown: the first and the last of many. One row is never left out for a line that says so."""
    numbers = np.arange(rows)
    if most is None or rows <= most + 1:
        return numbers
    return np.concatenate([numbers[: most // 2], numbers[rows - (most - most // 2) :]])


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    unit: str
    cells: Sequence[str]
    is_text: bool = False

    @classmethod
    def of(cls, name: str, values: NDArray[Any], units: Units) -> "_Column":
        return cls(name, units.get(name, ""), cell_texts(values), values.dtype.kind == "U")

    @property
    def width(self) -> int:
        return max(len(self.name), len(self.unit), self.needed)

    @property
    def needed(self) -> int:
        """The width of its cells."""
        return max(map(len, self.cells), default=0)

    def narrowed(self, width: int) -> "_Column":
        """With its name cut to a width, where it is longer."""
        if len(self.name) <= width:
            return self
        return replace(self, name=f"{self.name[: width - 2]}..")


def _blocks(columns: Sequence[_Column], most: int | None) -> list[list[_Column]]:
    """The columns in parts that are so narrow; each begins with the first of all."""
    if most is None:
        return [list(columns)]
    first, *others = columns
    blocks, room = [[first]], most - first.width
    for column in others:
        fitting = column.narrowed(max(_NARROWEST, column.needed, most - first.width - len(_GAP)))
        if room < fitting.width + len(_GAP) and len(blocks[-1]) > 1:
            blocks.append([first])
            room = most - first.width
        blocks[-1].append(fitting)
        room -= fitting.width + len(_GAP)
    return blocks


def _written(block: Sequence[_Column], room: Room, cut: int | None, left_out: str) -> str:
    aligned = [f"{'<' if column.is_text else '>'}{column.width}" for column in block]

    def line(texts: Sequence[str]) -> str:
        return _GAP.join(f"{text:{how}}" for text, how in zip(texts, aligned, strict=True)).rstrip()

    lines = [room.head(line([column.name for column in block]))]
    if any(column.unit for column in block):
        lines.append(room.quiet(line([column.unit for column in block])))
    rows = [line(row) for row in _rows(block)]
    if cut is not None:
        rows.insert(cut, room.quiet(left_out))
    return "\n".join([*lines, *rows])


def _rows(columns: Sequence[_Column]) -> Iterator[tuple[str, ...]]:
    return zip(*(column.cells for column in columns), strict=True)


# --- numbers ---------------------------------------------------------------------------------------------------------


def cell_texts(values: NDArray[Any]) -> list[str]:
    """Some values of a column as they stand below each other: floating ones with as many decimals each, so that the
    largest has five digits and the smallest two; those that would take too many decimals with an exponent."""
    if values.dtype.kind == "b":
        return ["true" if value else "false" for value in values.tolist()]
    if values.dtype.kind == "O":  # texts, or numbers of which some are missing
        return ["" if value is None else str(value) for value in values.tolist()]
    if values.dtype.kind != "f":
        return [str(value) for value in values.tolist()]
    numbers: list[float] = values.tolist()
    sizes = [abs(number) for number in numbers if number and math.isfinite(number)]
    if not sizes:
        return [_plain(number, 1) for number in numbers]
    largest, smallest = _exponent(max(sizes)), _exponent(min(sizes))
    digits = _DIGITS if largest >= 0 else _DIGITS - 1  # 0.9752
    decimals = max(1, min(digits - 1 - largest, _MOST_DECIMALS), _LEAST_DIGITS - 1 - smallest)
    if decimals > _MOST_DECIMALS or largest >= _LARGEST:
        return [f"{number:.3e}" if number and math.isfinite(number) else _plain(number, 1) for number in numbers]
    texts = [_plain(number, decimals) for number in numbers]
    spare = min(len(text) - len(text.rstrip("0")) for text in texts if "." in text)
    return [text[: len(text) - min(spare, decimals - 1)] if "." in text else text for text in texts]


def _plain(number: float, decimals: int) -> str:
    return f"{number:.{decimals}f}" if math.isfinite(number) else str(number)


def _exponent(number: float) -> int:
    """Of ten: 1 of 12.5."""
    return int(f"{number:e}".partition("e")[2])
