"""What was measured is of functions that there are, and tells how long each of them takes."""

from maskexpr.library import CATALOGUE, OPERATORS, PLANNED
from maskexpr.planner.measured import MEASURED


def test_what_is_measured_is_of_the_catalogue() -> None:
    names = [f"{name} / " for name in (*CATALOGUE, *OPERATORS, *PLANNED)]
    assert [key for key in MEASURED if not key.startswith(tuple(names))] == []


def test_most_functions_are_measured() -> None:
    found = [name for name in CATALOGUE if any(key.startswith(f"{name} / ") for key in MEASURED)]
    assert len(found) > 0.7 * len(CATALOGUE)  # others are expressions of these


def test_all_take_some_time() -> None:
    for pace in MEASURED.values():
        assert len(pace.nanoseconds) == 5
        assert min(*pace.nanoseconds, pace.call) > 0
        assert min(pace.call_of_operation, pace.more_operations) >= 0
