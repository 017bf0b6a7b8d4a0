"""Lengths and sizes as values, in millimetres and exact."""

import decimal
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

MILLIMETRES = {
    "nm": Fraction(1, 10**6),
    "um": Fraction(1, 1000),
    "mm": Fraction(1),
    "cm": Fraction(10),
    "m": Fraction(1000),
}

DIGITS = 400  # more than a number has that a program may write, however small its unit


@dataclass(frozen=True, slots=True, order=True)
class Quantity:
    """A length (power 1) or a size (2, 3) in millimetres."""

    value: Fraction
    power: int

    @property
    def unit(self) -> str:
        """What it is counted in: "mm", "mm2" or "mm3"."""
        return "mm" + (str(self.power) if self.power > 1 else "")

    @property
    def number(self) -> str:
        """How many of its unit it is, with all of its digits if they end."""
        with decimal.localcontext(prec=DIGITS):
            return format(Decimal(self.value.numerator) / Decimal(self.value.denominator), "f")

    @property
    def text(self) -> str:
        """The quantity as a program writes it, exactly."""
        return self.number + self.unit

    def __str__(self) -> str:
        return f"{float(self.value):g}{self.unit}"
