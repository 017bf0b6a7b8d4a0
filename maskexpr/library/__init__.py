"""What each function of the language means: one declaration each, by subject. Importing this fills the catalogue."""

from maskexpr.builtin import CATALOGUE
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

__all__ = ["CATALOGUE", "OPERATORS", "colour", "filters", "measures", "morphology", "pixelwise", "regions", "shapes"]
__all__ += ["stacks", "thresholds"]

OPERATORS = operators.OPERATORS
