"""`between(im, 0, 9)` on 8 bits is `im <= 9`, and `labels in [2, 3, 4]` is `between(labels, 2, 4)`."""

from maskexpr.planner.rewrites.facts import Facts
from maskexpr.planner.rewrites.intervals import spelled, test_of
from maskexpr.planner.rewrites.patterns import BETWEEN, ISIN
from maskexpr.program.steps import Step


def narrow_tests(step: Step, facts: Facts) -> Step | None:
    """A test against two bounds or a list is one against fewer numbers, where it is the same for an integer image."""
    if step.function not in (BETWEEN, ISIN):
        return None
    test = test_of(step)
    narrowed = test and spelled(test, test.passing, step, facts)
    return narrowed if narrowed and narrowed.function is not step.function else None
