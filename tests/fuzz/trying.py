"""One case of a soak, by its number: a program of random calls, some with illegal arguments, run every way there is."""

import traceback
from dataclasses import dataclass
from typing import Any

import numpy as np

import maskexpr
from maskexpr.testing import ways
from maskexpr.testing.choosing import Dice, chance
from maskexpr.testing.pixels import SHAPES, image_of, without_some
from maskexpr.testing.writing import Example, Writer

_LARGER: tuple[tuple[int, ...], ...] = ((70, 65), (1, 200), (300, 2), (130, 130), (6, 30, 40), (2000,))
_INPUTS = {"im": "image", "other": "image", "m": "mask", "k": "mask", "lab": "labels", "rgb": "colour"}
_HEIGHTS = (1, 2, 3, 7, 40, None)


@dataclass(frozen=True)
class Failure:
    """What is wrong, and with which program."""

    what: str
    example: Example

    def __str__(self) -> str:
        return f"{self.what}\n{self.example}"


def example_of(seed: int, number: int) -> Example:
    """The program of a number, and its inputs."""
    dice = Dice(f"{seed} {number}")
    shape = dice.one_of((*SHAPES, *_LARGER))
    given = {name: image_of(dice, kind, shape) for name, kind in _INPUTS.items()}
    if chance(dice, 10):
        given = {name: without_some(dice, image) for name, image in given.items()}
    hostile = dice.one_of((0, 0, 5, 40))
    return Writer(dice, given, hostile=hostile).example(lines=2, depth=dice.number(1, 2))


def failure_of(example: Example, rows: int | None = None, *, memory: bool = True) -> Failure | None:
    """What is wrong with a program: an exception that is none of ours, engine and plain evaluation that differ, results
    that are not what was said of them, inputs that change, and more memory than was said."""
    try:
        fault = _fault(example, rows, memory)
    except maskexpr.MaskError as error:
        fault = "" if error.diagnostics and str(error) else f"an error without a text: {error!r}"
    except Exception:
        fault = f"no error of ours:\n{traceback.format_exc()}"
    return Failure(fault, example) if fault else None


def _fault(example: Example, rows: int | None, memory: bool) -> str:
    bound = ways.bound(example.program, example.given)
    before = {name: a.tobytes() for name, a in bound.arrays.items() if isinstance(a, np.ndarray)}
    wanted = ways.plainly(bound.checked, bound.arrays)
    for count in (1, 2):
        with ways.helpers(count):
            for height in (None, rows):
                found = ways.by_engine(bound.checked, bound.arrays, height)
                if fault := ways.difference(found, wanted):
                    return f"by {count} threads in strips of {height} rows it gives {fault}"
            if memory and not isinstance(wanted, str) and (fault := _excess(bound)):
                return f"by {count} threads {fault}"
    for name, array in bound.arrays.items():
        if name in before and array.tobytes() != before[name]:
            return f"it changes {name}"
    return _strays(bound, wanted)


def _strays(bound: Any, wanted: ways.Outcome) -> str:
    if isinstance(wanted, str):
        return ""
    kinds = {name: step.kind for name, step in bound.checked.outputs}
    found = {name: ways.strays(value, kinds[name]) for name, value in wanted.items()}
    return next((f"{name} is {stray}" for name, stray in found.items() if stray), "")


def _excess(bound: Any) -> str:
    said, seen = bound.cost().memory, ways.peak(bound)
    return f"it holds {seen} bytes, and is said to hold {said} at most" if seen > said else ""


def failure_at(seed: int, number: int, *, memory: bool = True) -> Failure | None:
    return failure_of(example_of(seed, number), Dice(f"{seed} {number} rows").one_of(_HEIGHTS), memory=memory)
