"""What is in a column as Python's own.

Columns of objects have texts; or whole numbers or truths beside None, which is one that is missing.
"""

from typing import Any

from maskexpr.kinds.table import Column


def python_values(values: Column) -> list[Any]:
    """Those of a column; of a narrow floating type the shortest that round to the same there: 0.1, not
    0.10000000149011612."""
    if values.dtype.kind == "f" and values.dtype.itemsize < 8:
        return [float(str(value)) for value in values]
    found: list[Any] = values.tolist()
    return found


def has_texts(values: Column) -> bool:
    """Whether a column is one of texts; one of objects that is empty is."""
    return values.dtype.kind == "O" and all(isinstance(value, str) for value in values)
