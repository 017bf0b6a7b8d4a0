"""Bounds on what a program may ask for."""

import math
import numbers
import sys
from dataclasses import dataclass, fields

_OF_TEXTS = ("source_bytes", "tokens", "depth", "nodes")
_OF_RUNS = ("axes", "pixels", "memory", "operations", "seconds", "output_bytes")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on programs and their runs: what is over one is an error, before work starts where that can be told.

    Parameters
    ----------
    source_bytes : int
        Longest program text, in bytes of UTF-8, with the files that it uses.
    tokens : int
        Most words, numbers, texts, signs and line breaks of a program, with the files that it uses. They are counted
        before anything is made of them.
    depth : int
        Deepest nesting of operators and calls, calls of `def`s included. Chains such as `a & b & c` count once.
    nodes : int
        Most steps a program may have once its `def`s are filled in.
    axes : float
        Most axes of an array, beside channels; more than 8 are not taken in any case.
    pixels : float
        Most pixels of an array, be it given or made on the way; most rows of a table, and most samples.
    memory : float
        Most bytes that a run may hold at once, inputs included: `Bound.cost().memory` before it.
    operations : float
        Most elementary operations of a run: `Bound.cost().operations`.
    seconds : float
        Longest time that a run may take. It is not even begun where `Bound.cost().seconds` is over three times that,
        as estimates are good to that factor; else the clock stops it.
    output_bytes : float
        Most bytes of all results together.

    The first four are whole numbers from 1 on; the others may be any number above 0, `math.inf` for no bound.

    With the defaults no text takes longer than a second to compile, nor more than some 100 MB. Those of runs stop what
    nobody waits for, and leave alone what anybody has: a slide of 100,000 x 100,000 pixels in colour and a volume of
    1000 x 1000 x 1000 are below them, with tables that might have a row for every pixel; what would take half a day is
    answered at once. What memory the machine has is not asked for: what a run takes is estimated from above, at times
    far. A host that runs the programs of strangers gives its own: `Limits(seconds=10, memory=2e9, pixels=5e7)`, say.

    Raises
    ------
    TypeError, ValueError
        A bound is no number, or none that can be one.

    >>> maskexpr.compile("gaussian(im, 9)", limits=Limits(pixels=1e6))(im=np.zeros((2000, 2000)))
    Traceback (most recent call last):
    maskexpr.diagnostics.errors.LimitError: ...
    """

    source_bytes: int = 1_000_000
    tokens: int = 20_000
    depth: int = 100
    nodes: int = 20_000
    axes: float = 8
    pixels: float = 2.0**40
    memory: float = 2.0**42
    operations: float = 1e15
    seconds: float = 4 * 3600.0
    output_bytes: float = 2.0**40

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, numbers.Integral) and not isinstance(value, bool):  # NumPy's whole numbers, too
                whole = int(value)
                value = math.inf if field.name in _OF_RUNS and whole > sys.float_info.max else whole
                object.__setattr__(self, field.name, value)
            _check(field.name, value)


def limits_or_defaults(limits: Limits | None) -> Limits:
    """What a host gives as limits; a mapping of them is none."""
    if limits is not None and not isinstance(limits, Limits):
        raise TypeError(f"limits must be maskexpr.Limits(...), with seconds=10 say, not {type(limits).__name__}")
    return limits or Limits()


def bounds_of_runs() -> tuple[str, ...]:
    """The names of the bounds on runs, which may be infinite."""
    return _OF_RUNS


def bounds() -> tuple[str, ...]:
    """The names of all bounds."""
    return _OF_TEXTS + _OF_RUNS


def _check(name: str, value: object) -> None:
    """Refuse a bound that bounds nothing as it is meant."""
    whole = name in _OF_TEXTS
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        wanted = "a whole number" if whole else "a number"
        raise TypeError(f"the limit {name} must be {wanted}, not {value!r}")
    if whole and value < 1:
        raise ValueError(f"the limit {name} must be 1 or more, not {value!r}")
    if not value > 0:  # nor is nan
        raise ValueError(f"the limit {name} must be above 0, math.inf for no bound, not {value!r}")
