"""Parquet, by pyarrow, an extra: types are kept, nan stays nan, what is missing is null, and a column says what it is
in."""

from maskexpr.files.tables.numbers import has_texts
from maskexpr.kinds.table import Table

_KEY = b"maskexpr"  # of the text among what the file says of itself
_UNIT = b"unit"


def as_parquet(table: Table, text: str = "") -> bytes:
    """A file with the text among its metadata; an ImportError where pyarrow is missing."""
    import pyarrow
    from pyarrow.parquet import write_table

    arrays = [pyarrow.array(values, pyarrow.string() if has_texts(values) else None) for values in table.values()]
    fields = [
        pyarrow.field(name, array.type, nullable=array.null_count > 0, metadata=_unit_of(table, name))
        for name, array in zip(table, arrays, strict=True)
    ]
    schema = pyarrow.schema(fields, metadata={_KEY: text.encode()} if text else None)
    stream = pyarrow.BufferOutputStream()
    write_table(pyarrow.table(arrays, schema=schema), stream)
    return bytes(stream.getvalue())


def text_of(data: bytes) -> str | None:
    """The text that a file carries, None if it does not; no row is decoded for it."""
    import pyarrow
    from pyarrow.parquet import read_schema

    found = (read_schema(pyarrow.BufferReader(data)).metadata or {}).get(_KEY)
    return None if found is None else found.decode()


def _unit_of(table: Table, name: str) -> dict[bytes, bytes] | None:
    return {_UNIT: table.units[name].encode()} if name in table.units else None
