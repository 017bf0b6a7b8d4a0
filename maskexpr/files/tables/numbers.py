"""The numbers of a column as Python's own."""

from typing import Any

from maskexpr.kinds.table import Column


def python_values(values: Column) -> list[Any]:
    """Those of a column; of a narrow floating type the shortest that round to the same there: 0.1, not
    0.10000000149011612."""
    if values.dtype.kind == "f" and values.dtype.itemsize < 8:
        return [float(str(value)) for value in values]
    found: list[Any] = values.tolist()
    return found
