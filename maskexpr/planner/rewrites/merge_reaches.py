"""`dilate(dilate(m, 1), 2)` is `dilate(m, 3)`."""

from dataclasses import replace

from maskexpr.functions.settling import Distance
from maskexpr.library import CATALOGUE, elements
from maskexpr.planner.rewrites.facts import Facts
from maskexpr.program.steps import Step

_MERGED = frozenset([CATALOGUE["dilate"], CATALOGUE["erode"]])


def merge_reaches(step: Step, facts: Facts) -> Step | None:
    """A dilation of a dilation, or an erosion of an erosion, reaches as far as both together."""
    inner = step.operands.get("m")
    if step.function not in _MERGED or inner is None or inner.function is not step.function or facts.is_shared(inner):
        return None
    # Floats are left alone: in another order another one of two equal zeros may come out.
    if step.kind.name != "mask" and step.kind.range is None:
        return None
    outer_n, inner_n = step.settings["n"], inner.settings["n"]
    if any(step.settings.get(name) != inner.settings.get(name) for name in ("shape", "axes", "border")):
        return None
    if outer_n.spacing != inner_n.spacing or not (_is_repeated(step) and _is_repeated(inner)):
        return None
    settings = {**step.settings, "n": Distance(outer_n.radius + inner_n.radius, outer_n.spacing)}
    return replace(step, operands=inner.operands, settings=settings)


def _is_repeated(step: Step) -> bool:
    """Whether a step is its unit diamond or square applied n times over, so that a and b times are a + b times.

    So is the result cropped to the image each time, as the shortest paths between two pixels of a rectangle that these
    shapes count, by faces or by corners, need not leave it. Disks are not made of smaller ones, and of a fraction of a
    pixel, or of a pixel that is longer along one axis, each step would leave out its own rest.
    """
    if step.kind.ndim is None or step.settings["shape"] not in ("diamond", "square"):
        return False
    n = elements.in_pixels(step.settings["n"], elements.worked_axes(step.settings["axes"], step.kind.ndim))
    return n.spacing is None and n.radius.denominator == 1
