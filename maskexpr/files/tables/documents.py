"""JSON: one object with an array for each column, by its name: {"label": [1, 2], "area": [12, 40]}."""

import json
import math
from typing import Any

from maskexpr.files.tables.numbers import python_values
from maskexpr.kinds.table import Column, Table


def as_json(table: Table, text: str = "") -> bytes:
    """A line of ASCII. There is no room for the text."""
    return (json.dumps(as_data(table), allow_nan=False) + "\n").encode()


def as_data(table: Table) -> dict[str, list[Any]]:
    """The columns as JSON has them."""
    return {name: _plain(values) for name, values in table.items()}


def _plain(values: Column) -> list[Any]:
    return [plain_number(value) for value in python_values(values)]


def plain_number(value: Any) -> Any:
    """A number as JSON has it: null for nan and inf."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
