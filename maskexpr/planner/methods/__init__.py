"""How each function runs fast: which kernel does it, on which form of a mask. Importing this fills the table.

What is not in the table runs by its plain body from `library`: on blocks of rows if it says how far it looks, else on
whole arrays.
"""

from maskexpr.planner.methods import (
    colour,
    compiled,
    contrast,
    elementary,
    filters,
    integers,
    labels,
    measures,
    morphology,
    opencv,
    peaks,
    pixelwise,
    projections,
    ranks,
    regions,
    shapes,
    stacks,
    statistics,
    types,
)
from maskexpr.planner.methods.bodies import by_body
from maskexpr.planner.methods.method import MAKERS, Form, Method, Place
from maskexpr.program.declared import USUAL, Means
from maskexpr.program.steps import Step

__all__ = [
    "Form",
    "Method",
    "Place",
    "colour",
    "compiled",
    "contrast",
    "elementary",
    "filters",
    "integers",
    "labels",
    "measures",
    "method_of",
    "morphology",
    "opencv",
]
__all__ += ["peaks", "pixelwise", "projections", "ranks", "regions", "shapes", "stacks", "statistics", "types"]


def method_of(step: Step, means: Means = USUAL) -> Method:
    """How a step runs, by some means."""
    assert step.function is not None
    method = opencv.nearly(step) if means.fast else None
    if method:
        return method
    maker = MAKERS.get(step.function)
    method = maker(step) if maker else None
    method = method or by_body(step)
    return compiled.with_compiled(step, method) if means.compiled else method
