"""`vote([a, b, c]) > 0.5` is whether at least 2 of the masks are on."""

from maskexpr.library import OPERATORS
from maskexpr.library.operators import COMPARISONS, SWAPPED, compare
from maskexpr.planner.rewrites.facts import Facts
from maskexpr.planner.rewrites.patterns import VOTE, VOTES, applied, whole_number
from maskexpr.program.steps import Step


def count_votes(step: Step, facts: Facts) -> Step | None:
    """A share of masks that is compared with a number is as good as their count: which counts pass is found before the
    run, by the same division."""
    function = step.function
    if function is None or function.name not in COMPARISONS or OPERATORS[function.name] is not function:
        return None
    a, b, symbol = step.operands["a"], step.operands["b"], function.name
    if b.function is VOTE:
        a, b, symbol = b, a, SWAPPED[symbol]
    if a.function is not VOTE or b.function is not None or not b.kind.is_constant or facts.is_shared(a):
        return None
    most = len(a.operands)
    passing = [n for n in range(most + 1) if compare(symbol, n / most, b.kind.constant)]
    first = passing[0] if passing else most + 1
    others = next((n for n in range(most + 1) if n not in passing), most + 1)
    counted = Step(VOTES.gives.rule({n: o.kind for n, o in a.operands.items()}), a.source, a.span, VOTES, a.operands)
    test, number = {
        ">": (">=", first),
        ">=": (">=", first),
        "<": ("<", len(passing)),
        "<=": ("<", len(passing)),
        "==": ("==", first),
        "!=": ("!=", others),
    }[symbol]
    return applied(OPERATORS[test], {"a": counted, "b": whole_number(number, step)}, step)
