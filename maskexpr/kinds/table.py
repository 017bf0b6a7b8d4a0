"""A table of regions as a value: columns of one length, by name."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]

LABEL = "label"
"""The first column of every table: the number of each region. Tables are joined to labels by it."""


class Table(Mapping[str, Column]):
    """A table of regions: a mapping of columns, each an array with one value a region.

    The first column, `label`, has the numbers of the regions. Columns cannot be written to. What a column is in, where
    that is not pixels or the grey values of the image, is among the `units`: `{"area_mm2": "mm2"}`.

    >>> table = Table({"label": np.array([1, 2]), "area": np.array([12, 40])})
    >>> table.rows, list(table), table["area"].max()
    (2, ['label', 'area'], np.int64(40))
    """

    __slots__ = ("_columns", "units")

    def __init__(self, columns: Mapping[str, Column], units: Mapping[str, str] | None = None) -> None:
        self._columns: dict[str, Column] = {}
        for name, values in columns.items():
            view = np.asarray(values).view()
            view.flags.writeable = False
            self._columns[name] = view
        self.units = dict(units or {})
        if len({values.shape for values in self._columns.values()}) > 1:
            raise ValueError("the columns of a table have one length")

    @property
    def rows(self) -> int:
        """How many regions there are."""
        return next((len(values) for values in self._columns.values()), 0)

    def chosen(self, rows: NDArray[np.bool_]) -> "Table":
        """The rows for which that is true."""
        return Table({name: values[rows] for name, values in self._columns.items()}, self.units)

    def __getitem__(self, name: str) -> Column:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        """The number of columns, as of any mapping."""
        return len(self._columns)

    def __eq__(self, other: object) -> bool:
        """Whether the columns are the same, in the same order; nan is nan."""
        if not isinstance(other, Table):
            return NotImplemented
        return list(self) == list(other) and all(_are_equal(self[name], other[name]) for name in self)

    __hash__ = None  # type: ignore[assignment]  # as an array has none


def _are_equal(a: Column, b: Column) -> bool:
    return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
