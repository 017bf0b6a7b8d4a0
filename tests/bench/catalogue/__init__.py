"""Every function of the language beside what the users of other libraries write for it: rows, and how they are timed.

`python tests/bench --catalogue` runs it. A row is an entry in one of the tables of `pixelwise`, `colour`, `statistics`,
`filters`, `morphology` and `regions`; `scenes` has the inputs by their names.
"""

from . import colour, filters, morphology, pixelwise, regions, statistics
from .rows import Row

ROWS: tuple[Row, ...] = (
    *pixelwise.ROWS,
    *colour.ROWS,
    *statistics.ROWS,
    *filters.ROWS,
    *morphology.ROWS,
    *regions.ROWS,
)
