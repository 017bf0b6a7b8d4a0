"""What a rule may know of the program around its step: what can fail, and what is used more than once."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from maskexpr.builtin import Builtin
from maskexpr.library import CATALOGUE, OPERATORS
from maskexpr.steps import Step


@dataclass(frozen=True, slots=True)
class _Facts:
    """Kept for one walk, so that a long program is not walked again for each step. The keys keep steps alive."""

    failing: dict[Step, bool] = field(default_factory=dict)
    uses: Counter[Step] = field(default_factory=Counter)


# Not an argument of the rules, which are functions of a step; a program may be rewritten in several threads.
_current: ContextVar[_Facts] = ContextVar("facts")


@contextmanager
def of_one_walk() -> Iterator[Counter[Step]]:
    """Remember facts while a program is rewritten; the walk fills in how often each rewritten step is used."""
    facts = _Facts()
    token = _current.set(facts)
    try:
        yield facts.uses
    finally:
        _current.reset(token)


def is_shared(step: Step) -> bool:
    """Whether a step is used elsewhere too: it is computed anyway, so that taking it apart costs instead of saving."""
    return _current.get(_Facts()).uses[step] > 1


# --- failure ---------------------------------------------------------------------------------------------------------

# Functions that have an answer for any pixels: their bodies refuse nothing, the checker has seen all their settings,
# and no operand of theirs is a number with bounds. What is not listed can fail, functions of a host's own among them.
_SURE_OPERATORS = ("+", "-", "*", "/", "**", "negate", "&", "|", "^", "~", "<", "<=", ">", ">=", "==", "!=")
_SURE_FUNCTIONS = (
    *("where", "between", "clip", "abs", "sign", "sqrt", "exp", "log", "log2", "log10", "sin", "cos", "tan"),
    *("arctan2", "hypot", "floor", "ceil", "round", "minimum", "maximum", "isnan", "isfinite", "isin", "bit", "bits"),
    *("gray", "red", "green", "blue", "channel", "hue", "saturation", "value"),
    *("dilate", "erode", "boundary", "label", "count", "fill_holes", "clear_border"),
    *("gaussian", "median_filter", "sobel"),
    *("x", "y", "z", "rectangle", "circle", "empty", "full"),
    *("area", "any", "all"),
)
_SURE: frozenset[Builtin] = frozenset(
    [OPERATORS[s] for s in (*_SURE_OPERATORS, "samples", "crop")] + [CATALOGUE[n] for n in _SURE_FUNCTIONS]
)
_DIVISIONS = frozenset([OPERATORS["//"], OPERATORS["%"]])


def never_refuses(step: Step) -> bool:
    """Whether a step has a result for whatever its operands are."""
    if step.function is None or step.function in _SURE:
        return True
    return step.function in _DIVISIONS and (step.kind.range is None or not _may_be_zero(step.operands["b"]))


def _may_be_zero(divisor: Step) -> bool:
    kind = divisor.kind
    if kind.is_constant:
        return bool(kind.constant == 0)
    return kind.range is None or kind.range.low <= 0 <= kind.range.high


def cannot_fail(step: Step) -> bool:
    """Whether neither a step nor anything it depends on can be refused in the run: it may be left out unnoticed."""
    failing = _current.get(_Facts()).failing
    stack = [step]
    while stack:
        current = stack[-1]
        unknown = [] if current in failing else [o for o in current.operands.values() if o not in failing]
        if unknown and never_refuses(current):
            stack.extend(unknown)
            continue
        if current not in failing:
            failing[current] = not never_refuses(current) or any(failing[o] for o in current.operands.values())
        stack.pop()
    return not failing[step]
