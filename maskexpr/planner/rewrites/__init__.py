"""A checked program in fewer or cheaper steps, before it is planned: one rewrite a file, in one order."""

from collections.abc import Sequence

from maskexpr.planner.rewrites.count_in_blocks import count_in_blocks
from maskexpr.planner.rewrites.count_regions import count_regions
from maskexpr.planner.rewrites.count_votes import count_votes
from maskexpr.planner.rewrites.dilate_to_distances import dilate_to_distances
from maskexpr.planner.rewrites.drop_double_negations import drop_double_negations
from maskexpr.planner.rewrites.drop_neutral import drop_neutral
from maskexpr.planner.rewrites.expand_derived import expand_derived
from maskexpr.planner.rewrites.flip_negations import flip_negations
from maskexpr.planner.rewrites.join_differences import join_differences
from maskexpr.planner.rewrites.join_ranges import join_ranges
from maskexpr.planner.rewrites.leave_samples import leave_samples
from maskexpr.planner.rewrites.merge_reaches import merge_reaches
from maskexpr.planner.rewrites.narrow_tests import narrow_tests
from maskexpr.planner.rewrites.settle_comparisons import settle_comparisons
from maskexpr.planner.rewrites.skip_idle_morphology import skip_idle_morphology
from maskexpr.planner.rewrites.take_branches import take_branches
from maskexpr.planner.rewrites.walk import Rewritten, Rule, walk
from maskexpr.program.steps import Checked

__all__ = ["RULES", "Rewritten", "Rule", "rewrite"]

# Each gets one step whose operands are rewritten already, with the facts of the walk, and gives the step that replaces
# it, or None. A replacement has the same kind, gives the same bits, and leaves out nothing that can fail.
RULES: tuple[Rule, ...] = (
    settle_comparisons,
    narrow_tests,
    drop_double_negations,
    flip_negations,
    drop_neutral,
    take_branches,
    join_ranges,
    join_differences,
    count_regions,
    count_votes,
    dilate_to_distances,
    skip_idle_morphology,
    merge_reaches,
    count_in_blocks,
    expand_derived,
    leave_samples,
)


def rewrite(checked: Checked, rules: Sequence[Rule] = RULES) -> Rewritten:
    """Apply the rules to all that the outputs and asserts of a program need, until none applies.

    Values and their kinds stay what they are, and so does whether the pixels make a run impossible; where that is said
    to be is for the program as it was written.
    """
    return walk(checked, rules)
