"""Tables -> files: CSV, TSV, JSON and Parquet, each read back as what it was, and written whole or not at all.

Floating numbers are written with as few digits as give the same number of their type again. What is nan is an empty
cell in CSV and TSV and null in JSON; inf is inf in the first two, and null in JSON, which has no word for it.
"""

import importlib
import os
from collections.abc import Callable

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError
from maskexpr.files.decoding.naming import shown
from maskexpr.files.images import ending_of
from maskexpr.files.images.replacing import deliver
from maskexpr.kinds.table import Table

__all__ = ["ENDINGS", "PLAINEST", "encode", "is_of_tables", "read", "read_text", "write"]

# By the endings of their names the module and the function that makes the bytes of a file with a table, and with a text
# about it where there is room. Most commands write no table.
_FORMATS = {
    ".csv": ("delimited", "as_csv"),
    ".tsv": ("delimited", "as_tsv"),
    ".json": ("documents", "as_json"),
    ".parquet": ("parquet", "as_parquet"),
}
PLAINEST = ".csv"
ENDINGS = ", ".join(list(_FORMATS)[:-1]) + f" or {list(_FORMATS)[-1]}"


def is_of_tables(ending: str) -> bool:
    """Whether files whose names end so hold tables."""
    return ending in _FORMATS


def read(path: str | os.PathLike[str]) -> Table:
    """A table from a file; see `reading`."""
    from maskexpr.files.tables import reading

    return reading.read(path)


def read_text(path: str | os.PathLike[str]) -> str | None:
    """What a file says of how it was made; see `reading`."""
    from maskexpr.files.tables import reading

    return reading.read_text(path)


def write(path: str | os.PathLike[str], table: Table, *, text: str = "") -> None:
    """Write a table to a file, whole or not at all; its ending picks the format. Parquet carries the text, too.

    Raises
    ------
    FileError
        The ending is of no format of tables, a package is missing, or the file cannot be written.
    """
    name, ending = shown(path), ending_of(os.fsdecode(path))

    def encoded(as_it_is: bool) -> list[bytes]:
        return [encode(table, ending or PLAINEST if as_it_is else ending, name=name, text=text)]

    deliver(path, encoded)


def encode(table: Table, ending: str, *, name: str = "standard output", text: str = "") -> bytes:
    """The bytes of a file in the format of an ending; `name` is for messages."""
    if not is_of_tables(ending):
        raise FileError(messages.FILE_NO_TABLE.anywhere(path=name, endings=ENDINGS))
    module, function = _FORMATS[ending]
    encoded: Callable[[Table, str], bytes] = getattr(importlib.import_module(f"{__name__}.{module}"), function)
    try:
        return encoded(table, text)
    except ImportError:
        raise FileError(messages.FILE_NEEDS_TABLES.anywhere(path=name, ending=ending)) from None
    except OverflowError:  # of a number beyond 64 bits
        what = "whole numbers beyond 64 bits"
        raise FileError(messages.FILE_CANNOT_HOLD.anywhere(path=name, suffix=ending, what=what, able=".csv")) from None
