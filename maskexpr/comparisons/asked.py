"""What a comparison is asked for, and the program that finds it out."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import Any

import numpy as np

from maskexpr.api import Program, compile
from maskexpr.comparisons.measures import LABELS, MASK, MEASURES, METHOD, TOLERANT, USUAL, Measure
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, InputError, ProgramError
from maskexpr.kinds.quantity import MILLIMETRES
from maskexpr.language.limits import Limits

UNITS = ("px", "mm", "um", "cm")  # of distances
_NAME = "the comparison"


@dataclass(frozen=True, slots=True)
class Asked:
    """What two masks or label images are compared by.

    Attributes
    ----------
    names
        What the two are called, the truth second.
    measures
        Those that are asked for; without any the usual ones of the kind.
    kind
        "mask" or "labels"; None for what the files turn out to hold.
    by_class
        Whether each number in label images is one class, compared by itself.
    unit, method, tolerance, iou
        As the functions of the language take them; the tolerance as it is written there, "1mm" or "2".
    limits
        What measuring one pair may take.
    """

    names: tuple[str, str] = ("a", "b")
    measures: tuple[Measure, ...] = ()
    kind: str | None = None
    by_class: bool = False
    unit: str = "px"
    method: str = METHOD
    tolerance: str | None = None
    iou: float | None = None
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise InputError(messages.COMPARE_UNIT.anywhere(unit=self.unit, units=", ".join(UNITS)))
        if self.iou is not None and not (isinstance(self.iou, Real) and 0 <= self.iou <= 1):
            raise InputError(messages.COMPARE_IOU.anywhere(iou=self.iou))
        self.check_method(self.measures or self.measures_of(self.kind or MASK))
        if self.tolerance is None and MEASURES[TOLERANT] in self.measures:
            raise InputError(messages.COMPARE_NO_TOLERANCE.anywhere())

    def check_method(self, measures: Iterable[Measure]) -> None:
        """Refuse a method that some measure does not have: none is taken for another."""
        for measure in measures:
            if measure.methods and self.method not in measure.methods:
                fields = {"measure": measure.name, "method": self.method, "methods": ", ".join(measure.methods)}
                raise InputError(messages.COMPARE_METHOD.anywhere(**fields))

    def measures_of(self, kind: str) -> tuple[Measure, ...]:
        """What is measured of files of a kind."""
        if self.measures:
            return self.measures
        names = list(USUAL[kind])
        if self.tolerance is not None and kind == MASK:
            names.append(TOLERANT)
        return tuple(MEASURES[name] for name in names)

    @property
    def options(self) -> dict[str, str]:
        """What expressions of measures are filled in with."""
        return {
            "unit": f', unit="{self.unit}"' if self.unit != "px" else "",
            "method": f', method="{self.method}"',
            "iou": f", iou={_digits(self.iou)}" if self.iou is not None else "",
            "tolerance": self.tolerance or "",
        }


@dataclass(frozen=True, slots=True)
class Part:
    """What one program measures of a pair once: all of it, or one class; `outputs` are named in the order of the
    measures, `sizes` of the two, which are 0 where there is nothing."""

    outputs: tuple[str, ...]
    sizes: tuple[str, str]
    number: int | None = None


def program_of(asked: Asked, kind: str) -> tuple[Program, Part]:
    """The program that compares two files of a kind."""
    a, b = asked.names
    size = "count" if kind == LABELS else "area"
    lines, part = _part(asked, kind, a, b, (f"{size}({a})", f"{size}({b})"))
    return _compiled(asked, kind, lines), part


def program_by_class(asked: Asked, numbers: tuple[int, ...]) -> tuple[Program, list[Part]]:
    """The program that compares two label images class by class."""
    a, b = asked.names
    lines, parts = list[str](), list[Part]()
    for number in numbers:
        own, others = f"({a} == {number})", f"({b} == {number})"
        more, part = _part(asked, MASK, own, others, (f"area({own})", f"area({others})"), number)
        lines += more
        parts.append(part)
    return _compiled(asked, LABELS, lines), parts


def program_of_numbers(asked: Asked) -> tuple[Program, tuple[str, str]]:
    """The program that says which numbers occur in two label images, and what its two tables are called."""
    prefix = _free(asked.names, "numbers")
    outputs = (f"{prefix}_1", f"{prefix}_2")
    lines = [f"output {out} = measure({name}, area)" for out, name in zip(outputs, asked.names, strict=True)]
    return _compiled(asked, LABELS, lines), outputs


def _part(
    asked: Asked, kind: str, a: str, b: str, sizes: tuple[str, str], number: int | None = None
) -> tuple[list[str], Part]:
    measured = [measure.expression(kind, a, b, asked.options) for measure in asked.measures_of(kind)]
    prefix = _free(asked.names, "found" if number is None else f"found_{number}")
    names = [f"{prefix}_{i}" for i in range(len(measured) + 2)]
    lines = [f"output {name} = {text}" for name, text in zip(names, [*measured, *sizes], strict=True)]
    return lines, Part(tuple(names[:-2]), (names[-2], names[-1]), number)


def _compiled(asked: Asked, kind: str, lines: list[str]) -> Program:
    """A program that first has the two meet as they are: where they do not fit, that is said of them, and not of what
    is made of them."""
    a, b = asked.names
    meet = f"iou({a}, {b})" if kind == MASK else f"all({a} == {b})"
    first = f"output {_free(asked.names, 'meet')} = {meet}"
    declared = [f"input {name}: {kind}" for name in asked.names]
    try:
        return compile("\n".join([*declared, first, *lines]), name=_NAME, limits=asked.limits)
    except ProgramError as error:
        about_names = [d for d in error.diagnostics if d.span and d.span.start < len("\n".join(declared))]
        raise InputError(dict.fromkeys(map(placeless, about_names or error.diagnostics))) from None


def placeless(said: Diagnostic) -> Diagnostic:
    """What is said of our program, which nobody has written."""
    return replace(said, span=None, source=None)


def _free(names: tuple[str, str], prefix: str) -> str:
    """How names begin that are none of the inputs'."""
    while any(name.startswith(prefix) for name in names):
        prefix += "_"
    return prefix


def _digits(value: Any) -> str:
    """A number as the language writes it, without an exponent."""
    return str(np.format_float_positional(float(value), trim="0"))


def tolerance_text(value: Any) -> str:
    """A tolerance as the language writes it: a number of pixels or a length."""
    is_number = isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
    text = _digits(value) if is_number else str(value).replace(" ", "")
    unit = text.lstrip("0123456789.")
    digits = text.removesuffix(unit)
    try:
        is_one = float(digits) >= 0 and (not unit or unit in MILLIMETRES)
    except ValueError:
        is_one = False
    if not is_one:
        raise InputError(messages.COMPARE_TOLERANCE.anywhere(text=value))
    if digits.startswith(".") or digits.endswith("."):
        digits = repr(float(digits))  # the language has digits on both sides of a point
    return digits + unit
