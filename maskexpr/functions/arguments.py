"""What an argument may be, and what a constant one becomes before a run."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.messages import Mistake
from maskexpr.kinds.kind import Kind


class Refused(Exception):
    """Raised by a rule or a body that cannot go on; whoever knows the place makes it a diagnostic.

    `argument` names the parameter to blame, "" the whole call.
    """

    def __init__(self, mistake: Mistake, argument: str = "", **fields: object) -> None:
        super().__init__(mistake, argument, fields)
        self.mistake, self.argument, self.fields = mistake, argument, fields


def refusal(cause: str, way: str, *, argument: str = "") -> Refused:
    """What a function of a host's own raises, in its body or its `check`, where it cannot go on: the cause, and one way
    out, in a few words each. `argument` names the parameter to blame.

    >>> from maskexpr.functions import MASK, Mask, Number, function, refusal
    >>> @function(gives=MASK, halo=0, cost=1, memory=0)
    ... def picky(m: Mask, n: Number = 1):
    ...     if n > 9:
    ...         raise refusal(f"n is {n}", "give at most 9", argument="n")
    ...     return m
    >>> try:
    ...     maskexpr.compile("picky(im > 2, 12)", functions=[picky])(im=np.array([[1, 2, 3]]))
    ... except maskexpr.RunError as error:
    ...     print(error)
    expression:1:15: error: n is 12
        picky(im > 2, 12)
                      ^^
      give at most 9
    """
    for name, text in (("cause", cause), ("way", way)):
        if not isinstance(text, str) or not text.strip():
            raise TypeError(f"refusal() takes a text as its {name}, not {text!r}")
    return Refused(messages.HOST_REFUSES, argument, cause=cause, way=way)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a constant argument may depend on: the arrays of the same call, and the axes that are worked on. None where
    they are not known yet, or all are. `time` is the number of the axis of time, where one is named."""

    ndim: int | None
    spacing: tuple[Fraction, ...] | None
    axes: tuple[int, ...] | None = None
    time: int | None = None

    @property
    def in_time(self) -> bool:
        """Whether time is worked along: there is no length along it."""
        return self.time is not None and self.time in (self.worked or ())

    @property
    def axis_names(self) -> tuple[str, ...]:
        """What each axis is called in names of columns."""
        names = [f"axis{axis}" for axis in range(self.ndim or 0)]
        space = [axis for axis in range(self.ndim or 0) if axis != self.time]
        for name, axis in zip("xyz", reversed(space), strict=False):
            names[axis] = name
        if self.time is not None:
            names[self.time] = "frame"
        return tuple(names)

    @property
    def worked(self) -> tuple[int, ...] | None:
        """The numbers of the axes that are worked on."""
        if self.ndim is None:
            return None
        return tuple(range(self.ndim)) if self.axes is None else self.axes


@dataclass(frozen=True, slots=True)
class Takes:
    """What a parameter accepts.

    `settle` marks an argument that must be known before the run (a reach, axes, a choice): it turns the constant into
    what the body receives. `low` and `high` bound a number; `whole` asks for one without a fraction. `several` marks a
    list of values that depend on pixels: each is an operand of its own, named by `part_name`. `choices` are the texts
    that it can be, as far as they can be listed.
    """

    kinds: frozenset[str]
    noun: str
    settle: "Callable[[Kind, Surroundings], Any] | None" = None
    low: float = -np.inf
    high: float = np.inf
    whole: bool = False
    quantity: "Callable[[Kind, Surroundings], Any] | None" = None  # turns a size into a number of pixels
    several: bool = False
    choices: tuple[str, ...] = ()

    @property
    def is_bounded(self) -> bool:
        """Whether not every number will do."""
        return self.whole or self.low > -np.inf or self.high < np.inf

    def check_number(self, value: Any) -> None:
        """Refuse a number that is out of bounds; arrays are let through."""
        if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
            return
        if not self.is_bounded:
            return  # nan included
        if self.whole and value != value // 1:
            raise Refused(messages.ARGUMENT_NOT_WHOLE, value=_plain(value))
        if not self.low <= value <= self.high:
            raise Refused(messages.ARGUMENT_OUT_OF_RANGE, value=_plain(value), wanted=self._bounds(value))

    def _bounds(self, value: float | Fraction) -> str:
        if self.high >= 2**31:
            return f"at least {_plain(self.low)}" if value < self.low else f"at most {_plain(self.high)}"
        return f"from {_plain(self.low)} to {_plain(self.high)}"


def part_name(parameter: str, i: int) -> str:
    """The name of an operand that is one of several of a parameter."""
    return f"{parameter}[{i}]"


def _plain(value: float | Fraction) -> str:
    return str(value) if isinstance(value, int) else f"{float(value):g}"


class FromChecker:
    """Marks a body parameter the user cannot write: the checker or the evaluation fills it in.

    `kind` is the result's kind, `work` a type that holds operands and result, `grid` the shape of the program's images,
    `spacing` the spacing of the call's arrays, `numbers` what a condition on regions takes from around it,
    `names` what columns of tables call each axis, `ways` how the grid of one operand lies in that of the other.
    """


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a function; `default` is `inspect.Parameter.empty` where the caller must give it, `named` says
    that its name must be written."""

    name: str
    takes: Takes
    default: Any = inspect.Parameter.empty
    named: bool = False

    @property
    def required(self) -> bool:
        return self.default is inspect.Parameter.empty

    @property
    def text(self) -> str:
        if self.takes.kinds == {"properties"}:
            return f"{self.name}..."
        return self.name if self.required else f"{self.name}={value_text(self.default)}"


def value_text(value: Any) -> str:
    """A constant as the language writes it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, tuple | list):
        return "[" + ", ".join(value_text(v) for v in value) + "]"
    return str(value)
