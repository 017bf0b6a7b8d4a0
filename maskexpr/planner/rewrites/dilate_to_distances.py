"""`distance(m) > 5` is `~dilate(~m, 5, "disk")`."""

import math
from fractions import Fraction
from typing import Any

from maskexpr.functions.settling import Distance
from maskexpr.library import CATALOGUE, OPERATORS, elements
from maskexpr.planner.rewrites.facts import Facts
from maskexpr.planner.rewrites.patterns import NOT
from maskexpr.program.steps import Step

_DISTANCE, _DILATE, _ERODE = (CATALOGUE[name] for name in ("distance", "dilate", "erode"))
_SHAPES = {"euclidean": "disk", "city-block": "diamond", "chessboard": "square"}
_SWAPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_MOST_LINES = 1000  # of an element: with more the distances themselves take less
_LONGEST = 2**15  # pixels
_FINE = 2**40  # parts of a pixel, by one of which a root is rounded up


def dilate_to_distances(step: Step, facts: Facts) -> Step | None:
    """Which distances to what is off are at most a number is what a dilation of it reaches; with what is off outside
    of the image too, what an erosion takes away. Distances that are there anyway are compared sooner."""
    found = _comparison(step)
    if found is None:
        return None
    distance, symbol, limit = found
    if facts.is_shared(distance) or distance.settings["unit"] != "px" or not limit <= _LONGEST:
        return None
    m, settings = distance.operands["m"], distance.settings
    shape, is_strict = _SHAPES[settings["metric"]], symbol in ("<", ">=")
    reach = _reach_of_disk(limit, is_strict) if shape == "disk" else _reach_of_steps(limit, is_strict)
    worked = elements.worked_axes(settings["axes"], m.kind.ndim or 0)
    if reach is None or (2 * int(reach) + 1) ** max(0, len(worked) - 1) > _MOST_LINES:
        return None
    element = {"n": Distance(reach), "shape": shape, "axes": settings["axes"]}
    if settings["border"] == "empty":
        far = _made(step, _ERODE, m, {**element, "border": "empty"})
        return far if symbol in (">", ">=") else _made(step, NOT, far)
    near = _made(step, _DILATE, _made(step, NOT, m), element)
    return near if symbol in ("<", "<=") else _made(step, NOT, near)


def _comparison(step: Step) -> tuple[Step, str, Any] | None:
    """The distances, how they are compared, and the number that is known before the run."""
    if step.kind.name != "mask" or step.function is None or step.function is not OPERATORS.get(step.function.name):
        return None
    symbol = step.function.name
    if symbol not in _SWAPPED:
        return None
    a, b = step.operands["a"], step.operands["b"]
    if b.function is _DISTANCE:
        a, b, symbol = b, a, _SWAPPED[symbol]
    if a.function is not _DISTANCE or b.kind.name != "number" or not b.kind.is_constant:
        return None
    return a, symbol, b.kind.constant


def _reach_of_disk(limit: Any, is_strict: bool) -> Fraction | None:
    """The radius of a disk that has the offsets whose lengths, as they are rounded, are at most a number, or below it;
    None if it has none."""
    square = math.floor(Fraction(limit) ** 2) + 2 if limit >= 0 else -1
    while square >= 0 and (math.sqrt(square) > limit or (is_strict and math.sqrt(square) == limit)):
        square -= 1
    if square < 0:
        return None
    root = math.isqrt(square)
    return Fraction(root) if root * root == square else Fraction(math.isqrt(square * _FINE**2) + 1, _FINE)


def _reach_of_steps(limit: Any, is_strict: bool) -> Fraction | None:
    """The same of whole lengths."""
    most = math.ceil(limit) - 1 if is_strict else math.floor(limit)
    return Fraction(most) if most >= 0 else None


def _made(place: Step, function: Any, m: Step, settings: dict[str, Any] | None = None) -> Step:
    """A mask made of another, in the place of a step."""
    operand = "a" if function is NOT else "m"
    return Step(place.kind, place.source, place.span, function, {operand: m}, settings or {})
