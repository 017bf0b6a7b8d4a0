"""How each function is written, by subject; importing this fills the table of forms."""

from maskexpr.exporting.rendering import (  # noqa: F401 - they fill the table
    colour,
    distances,
    filters,
    labels,
    measures,
    morphology,
    operators,
    pixelwise,
    regions,
    shapes,
    surfaces,
    tables,
    thresholds,
)
