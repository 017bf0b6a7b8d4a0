"""The numbers of an image as pages show them: those that have names, and how many rows its tables have."""

from typing import Any

from maskexpr.studies.outcome import Outcome
from maskexpr.studies.reports.thumbnails import Kept

_DIGITS = 6


def numbers_of(outcome: Outcome, kept: Kept) -> dict[str, float]:
    """By name, in the order of the program; a truth is a bool."""
    found = {name: value for name, value in outcome.numbers.items() if isinstance(value, bool | int | float)}
    return {**found, **{f"rows of {name}": rows for name, rows in kept.rows.items()}}


def text_of(value: Any) -> str:
    """A number with the digits that tell; `repr` has all of them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:,}"
    if 10 ** (_DIGITS - 1) <= abs(value) < 1e15:
        return f"{value:,.0f}"
    return f"{value:,.{_DIGITS}g}"
