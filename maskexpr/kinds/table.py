"""A table of regions as a value: columns of one length, by name."""

import shutil
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from maskexpr.diagnostics import messages
from maskexpr.kinds import tabulated

if TYPE_CHECKING:
    from pandas import DataFrame

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
    >>> table
    table, 2 rows, 2 columns
    label  area
        1    12
        2    40
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

    @property
    def nbytes(self) -> int:
        """How much memory the columns take."""
        return sum(values.nbytes for values in self._columns.values())

    def to_pandas(self) -> "DataFrame":
        """A DataFrame of the same columns, which are copies; its index counts from 0.

        Raises
        ------
        ImportError
            pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            raise ImportError(messages.TABLE_NEEDS_PANDAS.anywhere().render()) from None
        return pandas.DataFrame({name: values.copy() for name, values in self._columns.items()})

    def to_rows(self) -> list[dict[str, Any]]:
        """A dict for each row, of Python's own numbers.

        >>> Table({"label": np.array([1, 2]), "solidity": np.array([0.5, 1])}).to_rows()
        [{'label': 1, 'solidity': 0.5}, {'label': 2, 'solidity': 1.0}]
        """
        values = (column.tolist() for column in self._columns.values())
        return [dict(zip(self._columns, row, strict=True)) for row in zip(*values, strict=True)]

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

    def __repr__(self) -> str:
        room = tabulated.Room(*shutil.get_terminal_size())
        grid = tabulated.text_of(self._columns, self.units, room)
        return f"table, {tabulated.size_text(self._columns)}\n{grid}".rstrip()

    def _repr_html_(self) -> str:
        return tabulated.html_of(self._columns, self.units)

    def __reduce__(self) -> Any:
        return (Table, (self._columns, self.units))  # through which copies cannot be written to either


def _are_equal(a: Column, b: Column) -> bool:
    return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
