"""Tables read back, of those formats that are written: for pictures by their columns. Programs take no tables."""

import csv
import io
import json
import os
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError
from maskexpr.files.decoding.naming import reason, shown
from maskexpr.files.images import ending_of
from maskexpr.files.images.opening import open_file
from maskexpr.files.tables import parquet
from maskexpr.kinds.table import LABEL, Table

_Found = TypeVar("_Found")

_MOST_BYTES = 2**28
_TRUTHS = {"true": True, "false": False}


def read(path: str | os.PathLike[str]) -> Table:
    """A table of regions from a file whose ending names its format; what is no number is an error.

    Raises
    ------
    FileError
        The file cannot be read, is too large, or holds no table of regions.
    """
    table = _decoded(path, _READERS[ending_of(os.fsdecode(path))])
    if LABEL not in table or table[LABEL].dtype.kind not in "iu" or table[LABEL].ndim > 1:
        raise FileError(messages.FILE_NOT_TABLE.anywhere(path=shown(path)))
    return table


def read_text(path: str | os.PathLike[str]) -> str | None:
    """What a file says of how it was made: of those formats only Parquet has room for that."""
    return _decoded(path, parquet.text_of) if ending_of(os.fsdecode(path)) == ".parquet" else None


def _decoded(path: str | os.PathLike[str], decode: Callable[[bytes], _Found]) -> _Found:
    """What is made of the bytes of a file."""
    name = shown(path)
    try:
        with open_file(path) as stream:
            data = stream.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise FileError(messages.FILE_MISSING.anywhere(path=name)) from None
    except OSError as error:
        raise FileError(messages.FILE_REFUSED.anywhere(path=name, reason=reason(error))) from None
    if len(data) > _MOST_BYTES:
        fields = {"limit": f"{_MOST_BYTES:,}", "what": "bytes", "way_out": "write fewer rows"}
        raise FileError(messages.FILE_TOO_LARGE.anywhere(path=name, **fields))
    try:
        return decode(data)
    except ImportError:
        ending = ending_of(os.fsdecode(path))
        raise FileError(messages.FILE_NEEDS_TABLES.anywhere(path=name, ending=ending)) from None
    except (ValueError, TypeError, OSError, OverflowError, RecursionError, csv.Error):  # pyarrow's are some of these
        raise FileError(messages.FILE_NOT_TABLE.anywhere(path=name)) from None


def _delimited(data: bytes, delimiter: str) -> Table:
    head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter, strict=True)
    if len(set(head)) < len(head):
        raise ValueError("a name is there twice")
    cells = [*zip(*rows, strict=True)] if rows else [()] * len(head)
    return Table({name: _column(map(_number, texts)) for name, texts in zip(head, cells, strict=True)})


def _number(text: str) -> Any:
    if not text:
        return float("nan")
    if text in _TRUTHS:
        return _TRUTHS[text]
    try:
        return int(text)
    except ValueError:
        return float(text)


def _document(data: bytes) -> Table:
    content = json.loads(data)
    if not isinstance(content, dict) or not all(isinstance(values, list) for values in content.values()):
        raise ValueError("no columns")
    return Table({n: _column(float("nan") if v is None else v for v in values) for n, values in content.items()})


def _column(values: Iterable[Any]) -> np.ndarray[Any, Any]:
    numbers = [*values]
    if any(isinstance(number, float) for number in numbers):
        return np.array(numbers, np.float64)
    if not all(isinstance(number, bool) for number in numbers) or not numbers:
        return np.array(numbers, np.int64)
    return np.array(numbers, bool)


def _parquet(data: bytes) -> Table:
    import pyarrow
    from pyarrow.parquet import read_table

    found = read_table(pyarrow.BufferReader(data))
    columns = {name: found[name].to_numpy() for name in found.column_names}
    if any(values.dtype.kind not in "biuf" for values in columns.values()):
        raise ValueError("no numbers")
    return Table(columns)


_READERS: dict[str, Callable[[bytes], Table]] = {
    ".csv": lambda data: _delimited(data, ","),
    ".tsv": lambda data: _delimited(data, "\t"),
    ".json": _document,
    ".parquet": _parquet,
}
