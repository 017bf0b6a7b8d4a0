"""Runs a program strip by strip, for tests of functions that look only so far around a pixel."""

from maskexpr import compile
from maskexpr.api import stages
from maskexpr.engine import reference
from maskexpr.engine.run import Engine
from maskexpr.planner.plan import plan


def both_ways(text, rows, **values):
    """The result of a program by its plain meaning, and by the engine in strips of so many rows."""
    program = compile(text)
    bound = stages(program, values)
    checked, arrays = bound.checked, bound.arrays
    (wanted,) = reference.run(checked, arrays).values()
    (found,) = Engine(checked, plan(checked, rows)).run(arrays).values()
    return wanted, found
