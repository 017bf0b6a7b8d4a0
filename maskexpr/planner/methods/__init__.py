"""How each function runs fast: which kernel does it, on which form of a mask. Importing this fills the table.

What is not in the table runs by its plain body from `library`: on blocks of rows if it says how far it looks, else on
whole arrays.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from maskexpr.planner.methods import filters, measures, morphology, opencv, pixelwise, regions, shapes
from maskexpr.planner.methods.method import MAKERS, Form, Method, Place
from maskexpr.program.running import run_body
from maskexpr.program.steps import Step

__all__ = ["Form", "Method", "Place", "filters", "measures", "method_of", "morphology", "opencv", "pixelwise"]
__all__ += ["regions", "shapes"]


def method_of(step: Step, fast: bool = False) -> Method:
    """How a step runs; `fast` lets the last bits of floating results differ."""
    assert step.function is not None
    method = opencv.nearly(step) if fast else None
    if method:
        return method
    maker = MAKERS.get(step.function)
    method = maker(step) if maker else None
    return method or _by_body(step)


def _by_body(step: Step) -> Method:
    names, local = tuple(step.operands), _is_local(step)

    def run(given: Any, out: Any, place: Place) -> Any:
        result = run_body(_of_rows(step, given) if local else step, dict(zip(names, given, strict=True)))
        if local and any(np.may_share_memory(result, v) for v in given if isinstance(v, np.ndarray)):
            return result.copy()  # the operand's memory will be used again
        return result

    return Method(run, whole=not local, fresh=True, word="plain body")


def _of_rows(step: Step, given: Any) -> Step:
    """The step as it is for the rows of a block: a body may look at the shape of its result."""
    shape = step.kind.shape
    rows = next(len(v) for v in given if isinstance(v, np.ndarray))
    if not shape or rows == shape[0]:
        return step
    return replace(step, kind=replace(step.kind, shape=(rows, *shape[1:])))


def _is_local(step: Step) -> bool:
    """Whether the body gives the rows of a block from the same rows, and those within its halo, of its operands."""
    function = step.function
    assert function is not None
    arrays = [o.kind for o in step.operands.values() if o.kind.is_array]
    return (
        function.parts != "whole"
        and bool(step.kind.is_array and step.kind.shape and arrays)
        and all(k.shape == step.kind.shape for k in arrays)
    )
