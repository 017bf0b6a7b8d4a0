"""What a rule may know of the program around its step: what can fail, and what is used more than once."""

from collections import Counter

from maskexpr.functions.record import Function
from maskexpr.library import CATALOGUE, OPERATORS
from maskexpr.program.steps import Step

# Functions that have an answer for any pixels: their bodies refuse nothing, the checker has seen all their settings,
# and no operand of theirs is a number with bounds. What is not listed can fail, functions of a host's own among them.
_SURE_OPERATORS = ("+", "-", "*", "/", "**", "negate", "&", "|", "^", "~", "<", "<=", ">", ">=", "==", "!=")
_SURE_FUNCTIONS = (
    *("where", "between", "clip", "abs", "sign", "sqrt", "exp", "log", "log2", "log10", "sin", "cos", "tan"),
    *("arctan2", "hypot", "floor", "ceil", "round", "minimum", "maximum", "isnan", "isfinite", "isin", "bit", "bits"),
    *("gray", "red", "green", "blue", "channel", "hue", "saturation", "value"),
    *("dilate", "erode", "boundary", "hit_or_miss", "grow", "reconstruct", "skeleton", "hull"),
    *("label", "count", "clear_border", "distance", "signed_distance", "peaks", "split"),
    *("gaussian", "mean_filter", "median_filter", "rank_filter", "unsharp"),
    *("sobel", "laplace", "difference_of_gaussians", "local_mean", "niblack"),
    *("x", "y", "z", "empty", "full", "rectangle", "circle", "ellipse", "sphere", "polygon", "vote"),
    *("area", "volume", "perimeter", "any", "all"),
)
_SURE: frozenset[Function] = frozenset(
    [OPERATORS[s] for s in (*_SURE_OPERATORS, "samples", "crop")] + [CATALOGUE[n] for n in _SURE_FUNCTIONS]
)
_DIVISIONS = frozenset([OPERATORS["//"], OPERATORS["%"]])


class Facts:
    """What is known of the steps that one walk has made."""

    def __init__(self) -> None:
        self.uses: Counter[Step] = Counter()
        self._sure: set[Step] = set()

    def add(self, step: Step) -> None:
        """Note a step, after its operands."""
        if _never_refuses(step) and self._sure.issuperset(step.operands.values()):
            self._sure.add(step)

    def is_shared(self, step: Step) -> bool:
        """Whether a step is used elsewhere too: it is computed anyway, so that taking it apart costs instead of
        saving."""
        return self.uses[step] > 1

    def cannot_fail(self, step: Step) -> bool:
        """Whether neither a step nor anything it depends on can be refused in the run: it may be left out unnoticed."""
        return step in self._sure


def _never_refuses(step: Step) -> bool:
    """Whether a step has a result for whatever its operands are."""
    if step.function is None or step.function in _SURE:
        return True
    return step.function in _DIVISIONS and (step.kind.range is None or not _may_be_zero(step.operands["b"]))


def _may_be_zero(divisor: Step) -> bool:
    kind = divisor.kind
    if kind.is_constant:
        return bool(kind.constant == 0)
    return kind.range is None or kind.range.low <= 0 <= kind.range.high
