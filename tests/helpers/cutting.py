"""Runs a program strip by strip, for tests of functions that look only so far around a pixel."""

from maskexpr import compile
from maskexpr.engine import reference
from maskexpr.engine.run import Engine
from maskexpr.planner.plan import plan


def both_ways(text, rows, **values):
    """The result of a program by its plain meaning, and by the engine in strips of so many rows."""
    program = compile(text)
    arrays, signature, params = program._bind(values, run=True)
    checked = program._check(signature, params)
    (wanted,) = reference.run(checked, arrays).values()
    (found,) = Engine(checked, plan(checked, rows)).run(arrays).values()
    return wanted, found
