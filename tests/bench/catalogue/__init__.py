"""Every function of the language beside what the users of other libraries write for it: rows, and how they are timed.

`python tests/bench --catalogue` runs it. A row is an entry in one of the tables of `pixelwise`, `colour`, `statistics`,
`filters`, `morphology` and `regions`, `others` adds the ways of further libraries; `scenes` has the inputs by their
names.
"""

from . import colour, filters, morphology, others, pixelwise, regions, statistics
from .rows import Row

_TABLES = (pixelwise, colour, statistics, filters, morphology, regions)
ROWS: tuple[Row, ...] = tuple(others.with_others(row) for table in _TABLES for row in table.ROWS)
