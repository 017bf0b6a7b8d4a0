"""Numbers of params in exact decimals, as they are written and read: 0.1..0.3:0.1 are three of them."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from maskexpr.checker.params import literal
from maskexpr.kinds.quantity import MILLIMETRES, Quantity

_SIZE = re.compile(r"(nm|um|mm|cm|m)([23]?)$")
_PIXELS = re.compile(r"px[23]?$")
_LONGEST = 30  # of a number as a program may write it, digits and point
_FINEST = -1074  # floating numbers have no more digits behind the point


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number counts: nothing, or a length or size, of which `per` millimetres to a power are one."""

    text: str = ""
    per: Fraction = Fraction(1)
    power: int = 0

    def value(self, number: Fraction, *, whole: bool) -> Any:
        """The value of a param that so many of it are."""
        if self.power:
            return Quantity(number * self.per, self.power)
        return int(number) if whole else float(number)

    def written(self, number: Fraction, *, whole: bool) -> str:
        """How a program writes it: a number that is not whole by its declaration keeps its point."""
        text = decimal_text(number)
        if len(text) > _LONGEST and not self.power and not whole:
            return repr(float(number))
        return text + ("" if self.text or whole or "." in text else ".0") + self.text


PLAIN = Unit()


def read(text: str) -> tuple[Fraction, Unit]:
    """A number as the language writes it, exactly; ValueError if the text is none."""
    value = literal(text)
    if isinstance(value, Quantity):
        found = _SIZE.search(text)
        if found is None:  # pixels, which are plain numbers
            raise ValueError(text)
        unit = Unit(found[0], MILLIMETRES[found[1]] ** value.power, value.power)
        return value.value / unit.per, unit
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(text)
    if isinstance(value, int):
        return Fraction(value), PLAIN
    decimal = Decimal(_PIXELS.sub("", text))
    if value == 0 or int(decimal.as_tuple().exponent) < _FINEST:  # so many digits that none of them counts
        return Fraction(value), PLAIN
    return Fraction(decimal), PLAIN


def of(value: Any) -> tuple[Fraction, Unit]:
    """A number or length that a param has, with as few digits as it is told by."""
    if isinstance(value, Quantity):
        return value.value, Unit("mm" + (str(value.power) if value.power > 1 else ""), Fraction(1), value.power)
    return (Fraction(Decimal(repr(value))) if isinstance(value, float) else Fraction(value)), PLAIN


def decimal_text(number: Fraction) -> str:
    """All digits of a number; of one whose decimals do not end as many as tell it from others."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return format(Decimal(repr(float(number))), "f")
    places, tens = 0, number
    while tens.denominator != 1:
        places, tens = places + 1, tens * 10
    digits = str(abs(tens.numerator)).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return ("-" if number < 0 else "") + text
