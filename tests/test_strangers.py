"""Programs and arrays of strangers, each in a process of its own: a value or one of our errors, in little memory.

All of them, and how long each takes, are told by `python -m helpers.strangers`; here some, and only that they end.
"""

import sys

import pytest
from helpers import strangers
from helpers.each import each

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="what a process held at most is not told there"),
]


@each("name", strangers.NAMES[::12])
def test_a_value_or_an_error_of_ours(name: str) -> None:
    found = strangers.run(name, seconds=600)
    assert found["came"] not in ("crash", "no end"), found["said"]
    assert found["is_visible"], found["said"]
    assert found["megabytes"] <= strangers.MEGABYTES


def test_strangers_are_many_and_differ() -> None:
    assert len(strangers.NAMES) == len(set(strangers.NAMES)) >= 150
