"""What a program asks for: its inputs and params, as a form would show them."""

import decimal
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.diagnostics.printing import printable
from maskexpr.diagnostics.source import Source, Span
from maskexpr.functions.arguments import value_text
from maskexpr.kinds.kind import ARRAYS, GIVEN
from maskexpr.kinds.quantity import DIGITS, Quantity

ParamKind = Literal["number", "whole number", "truth", "text", "length", "size"]

TAKEN = ("image", "mask", "labels", "colour", "number", "truth")
"""What an input may be, as lists show them."""
_POSITIONS = 100  # of a slider, at least


@dataclass(frozen=True, slots=True, repr=False)
class InputInfo:
    """An input of a program.

    Attributes
    ----------
    name, doc
        What it is called, and what the program says of it.
    kind
        What it is declared to be; None where the program leaves it open.
    default
        The name of a file as it is written; nothing opens that by itself.
    takes
        What may be given for it: some of image, mask, labels, colour, number and truth.
    source, span
        Where it is first named.
    in_condition
        Whether that is in a condition on regions.
    meant
        What is wrong if it is no input after all.
    """

    name: str
    kind: str | None = None
    default: str | None = None
    doc: str = ""
    source: Source | None = None
    span: Span | None = None
    in_condition: bool = False
    meant: Diagnostic | None = None
    supposed: frozenset[str] = GIVEN

    @property
    def takes(self) -> tuple[str, ...]:
        return tuple(name for name in TAKEN if name in ({self.kind} if self.kind else self.supposed))

    @property
    def takes_arrays(self) -> bool:
        """Whether it may be an array: an image, a mask, labels, a colour image."""
        return not ARRAYS.isdisjoint(self.takes)

    @property
    def takes_numbers(self) -> bool:
        """Whether one number, or true or false, may be given for it."""
        return not ARRAYS.issuperset(self.takes)

    def __repr__(self) -> str:
        default = "" if self.default is None else f" = {value_text(self.default)}"
        return _in_brackets(f"input {self.name}: {self.kind or ' or '.join(self.takes)}{default}", self.doc)


@dataclass(frozen=True, slots=True, repr=False)
class ParamInfo:
    """A parameter of a program: its default, and the interval or the choices it is held to.

    A length or size is a `Quantity` in millimetres; all else are plain Python values.
    """

    name: str
    default: Any
    low: Any = None
    high: Any = None
    choices: tuple[str, ...] | None = None
    doc: str = ""
    source: Source | None = None
    span: Span | None = None

    @property
    def whole(self) -> bool:
        """Whether the parameter is declared with whole numbers alone, and so takes only those."""
        given = [v for v in (self.default, self.low, self.high) if v is not None]
        return all(isinstance(v, int) and not isinstance(v, bool) for v in given)

    @property
    def kind(self) -> ParamKind:
        """What it takes."""
        if isinstance(self.default, Quantity):
            return "length" if self.default.power == 1 else "size"
        if isinstance(self.default, bool):
            return "truth"
        if isinstance(self.default, str):
            return "text"
        return "whole number" if self.whole else "number"

    @property
    def unit(self) -> str:
        """What a length or size is counted in: "mm", "mm2" or "mm3"; "" for all else."""
        return self.default.unit if isinstance(self.default, Quantity) else ""

    @property
    def step(self) -> Decimal | None:
        """How far a form goes at once, exactly: 1 for whole numbers, else a power of ten that has the decimals that the
        param is written with, and divides its interval into 100 parts or more; None for truths and texts.

        Of a length or size in its unit. Values between two steps are taken just as well.
        """
        if self.kind in ("truth", "text"):
            return None
        if self.whole:
            return Decimal(1)
        given = [_decimal(value) for value in (self.default, self.low, self.high) if value is not None]
        power = min(0, *(_exponent(value) for value in given))
        if self.low is not None and self.low < self.high:
            with decimal.localcontext(prec=DIGITS):
                power = min(power, ((given[2] - given[1]) / _POSITIONS).adjusted())
        return Decimal((0, (1,), power)) if power else Decimal(1)

    def __repr__(self) -> str:
        within = "" if self.low is None else f" in {self.low}..{self.high}"
        if self.choices is not None:
            within = " in " + ", ".join(map(value_text, self.choices))
        return _in_brackets(f"param {self.name}: {self.kind} = {value_text(self.default)}{within}", self.doc)


def _decimal(value: Any) -> Decimal:
    """A number as it is written, a quantity in its unit."""
    return Decimal(value.number if isinstance(value, Quantity) else repr(value))


def _exponent(value: Decimal) -> int:
    """The place of its last decimal: -2 of 0.25."""
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # no number that can be written is inf or nan
    return exponent


def _in_brackets(text: str, doc: str) -> str:
    return printable(f"<{text}{f', {value_text(doc)}' if doc else ''}>")
