"""What each function of the language means: one declaration each, by subject. Importing this fills the catalogue."""

from maskexpr.functions.record import CATALOGUE
from maskexpr.library import (
    colour,
    filters,
    measures,
    morphology,
    operators,
    pixelwise,
    regions,
    shapes,
    stacks,
    thresholds,
)
from maskexpr.library.regions.records import PROPERTIES

__all__ = ["CATALOGUE", "OPERATORS", "PLANNED", "PROPERTIES", "SUBJECTS", "colour", "filters", "measures", "morphology"]
__all__ += ["pixelwise", "regions", "shapes", "stacks", "thresholds"]

OPERATORS = operators.OPERATORS
PLANNED = operators.PLANNED
SUBJECTS = (
    "pixelwise",
    "colour",
    "thresholds",
    "morphology",
    "regions",
    "filters",
    "shapes",
    "stacks",
    "measures",
)
