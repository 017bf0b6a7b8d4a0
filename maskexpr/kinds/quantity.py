"""Lengths and sizes as values, in millimetres and exact."""

from dataclasses import dataclass
from fractions import Fraction

MILLIMETRES = {
    "nm": Fraction(1, 10**6),
    "um": Fraction(1, 1000),
    "mm": Fraction(1),
    "cm": Fraction(10),
    "m": Fraction(1000),
}


@dataclass(frozen=True, slots=True, order=True)
class Quantity:
    """A length (power 1) or a size (2, 3) in millimetres."""

    value: Fraction
    power: int

    def __str__(self) -> str:
        return f"{float(self.value):g}mm" + (str(self.power) if self.power > 1 else "")
