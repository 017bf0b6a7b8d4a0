"""What makes choices for those that make programs and arrays: dice here, Hypothesis in `strategies`."""

import random
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

_Option = TypeVar("_Option")
_Made = TypeVar("_Made")


class Chooser(Protocol):
    """Makes choices. What makes failures smaller prefers options that stand first, and numbers near the lowest."""

    def one_of(self, options: Sequence[_Option]) -> _Option: ...

    def number(self, low: int, high: int) -> int: ...

    def part(self, make: Callable[[], _Made]) -> _Made:
        """What is made by choices that belong together: they are left out, or stand for others, as one."""
        ...


class Dice:
    """Makes them by chance, the same ones for a seed."""

    def __init__(self, seed: int | str) -> None:
        self._random = random.Random(seed)

    def one_of(self, options: Sequence[_Option]) -> _Option:
        return self._random.choice(options)

    def number(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def part(self, make: Callable[[], _Made]) -> _Made:
        return make()


def chance(chooser: Chooser, percent: int) -> bool:
    """True in so many cases of a hundred; what makes failures smaller takes it for false."""
    return chooser.number(0, 99) >= 100 - percent
