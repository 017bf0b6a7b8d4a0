"""A program in words: what is computed, with every default in force, and the plan by which it runs."""

from collections.abc import Mapping

from maskexpr.engine.clock import Times
from maskexpr.explain import listing, planned
from maskexpr.explain.listing import kind_text
from maskexpr.planner.plan import Plan
from maskexpr.program.steps import Checked

__all__ = ["Times", "describe", "kind_text"]


def describe(
    checked: Checked, notes: Mapping[str, str] | None = None, plan: Plan | None = None, times: Times | None = None
) -> str:
    """The program line by line, then its plan, or what it takes to have one. `notes` say where an input comes from,
    `times` how long a run took."""
    written = checked.domain.written if checked.domain else checked
    parts = list(listing.sections(written, notes or {}))
    if plan is not None:
        parts.extend(planned.sections(checked, plan, times))
    elif checked.outputs:
        missing = ", ".join(f"{info.name}=..." for info in checked.inputs)
        parts.append(f"plan\n  give the inputs to see it: {missing}")
    return "\n".join(parts)
