"""CSV as RFC 4180 has it, and tab-separated values: a head with the names of the columns, then a line for each row.

Spreadsheets run a text that begins as a formula does, whoever wrote it: such a text has an apostrophe before it, which
they take for "this is a text".
"""

import csv
import io
from typing import Any

from maskexpr.files.tables.numbers import python_values
from maskexpr.kinds.table import Table

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""How texts begin that a spreadsheet takes for formulas."""


def as_csv(table: Table, text: str = "") -> bytes:
    """Commas between, lines that end in CR LF, points in numbers. There is no room for the text."""
    return _delimited(table, ",", "\r\n")


def as_tsv(table: Table, text: str = "") -> bytes:
    """Tabs between, and lines that end in LF."""
    return _delimited(table, "\t", "\n")


def _delimited(table: Table, delimiter: str, end: str) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end)
    writer.writerow(table)
    columns = [[_cell(value) for value in python_values(values)] for values in table.values()]
    writer.writerows(zip(*columns, strict=True))
    return stream.getvalue().encode()


def _cell(value: Any) -> str:
    """Nothing for nan and None: readers take that for a number that is missing, and keep the column one of numbers."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULAS) else value
    return "" if value is None or value != value else repr(value)
