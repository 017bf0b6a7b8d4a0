"""`dilate(m, 0)` is `m`, and nothing grows from an empty mask."""

from maskexpr.library import CATALOGUE, elements
from maskexpr.planner.rewrites.facts import Facts
from maskexpr.planner.rewrites.patterns import is_known, known_mask, same_kind
from maskexpr.program.steps import Step

_DILATE, _ERODE, _OPEN, _CLOSE, _BOUNDARY = (CATALOGUE[n] for n in ("dilate", "erode", "open", "close", "boundary"))
_OF_ELEMENTS = (_DILATE, _ERODE, _OPEN, _CLOSE, _BOUNDARY)


def skip_idle_morphology(step: Step, facts: Facts) -> Step | None:
    """What a mask keeps: one that is not reached beyond, one that is empty, one that is full and only grows."""
    m = step.operands.get("m")
    if m is None or not same_kind(m.kind, step.kind) or m.kind.ndim is None:
        return None
    if step.function in _OF_ELEMENTS and not any(elements.halo(step.settings, m.kind.ndim)):
        return _unreached(step, m, facts)
    function = step.function
    if function is None or not function.never_refuses({name: o.kind for name, o in step.operands.items()}):
        return None
    if not all(facts.cannot_fail(operand) for operand in step.operands.values() if operand is not m):
        return None
    if function.is_kept_empty(step.settings) and is_known(m, False):
        return m
    return m if function.is_extensive(step.settings) and is_known(m, True) else None


def _unreached(step: Step, m: Step, facts: Facts) -> Step | None:
    """A reach of no pixel, by itself: what is within it is the pixel."""
    if step.function is _BOUNDARY:
        return known_mask(step, False) if facts.cannot_fail(m) else None
    # A float may come out of a filter with other bits for the same zero or nan.
    return m if m.kind.name == "mask" or m.kind.range is not None else None
