"""How each function runs fast: which kernel does it, on which form of a mask. Importing this fills the table.

What is not in the table runs by its plain body from `library`: on blocks of rows if it says how far it looks, else on
whole arrays.
"""

from maskexpr.planner.methods import (
    compiled,
    elementary,
    filters,
    labels,
    measures,
    morphology,
    opencv,
    pixelwise,
    projections,
    regions,
    shapes,
    statistics,
)
from maskexpr.planner.methods.bodies import by_body
from maskexpr.planner.methods.method import MAKERS, Form, Method, Place
from maskexpr.program.steps import Step

__all__ = [
    "Form",
    "Method",
    "Place",
    "compiled",
    "elementary",
    "filters",
    "labels",
    "measures",
    "method_of",
    "morphology",
    "opencv",
]
__all__ += ["pixelwise", "projections", "regions", "shapes", "statistics"]


def method_of(step: Step, fast: bool = False) -> Method:
    """How a step runs; `fast` lets the last bits of floating results differ."""
    assert step.function is not None
    method = opencv.nearly(step) if fast else None
    if method:
        return method
    maker = MAKERS.get(step.function)
    method = maker(step) if maker else None
    return compiled.with_compiled(step, method or by_body(step))
