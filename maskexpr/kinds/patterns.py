"""Regular expressions for decimal numbers in an interval: what JSON Schema can say of a number that is part of a text.

They keep to what ECMAScript and Python read alike. A number is written as `-2.50`: no exponent, no zeros before others,
as many digits as are said here.
"""

from fractions import Fraction

DIGITS = 12
"""Most that are written before the point, and behind it beyond those of the interval's end."""
_ANY = f"(?:\\.[0-9]{{1,{DIGITS}}})?"


def between(low: Fraction | None, high: Fraction | None) -> str:
    """A pattern of the numbers from low to high, which have an end themselves; None for no end. Not anchored."""
    below = []
    if low is None or low < 0:
        below = _of_sizes(max(Fraction(0), -high) if high is not None else Fraction(0), None if low is None else -low)
    above = _of_sizes(max(Fraction(0), low) if low is not None else Fraction(0), high)
    return _one_of([*(f"-(?:{one})" for one in below), *above])


def _of_sizes(low: Fraction, high: Fraction | None) -> list[str]:
    """Patterns of the numbers without a sign from low, at least 0, to high."""
    if high is not None and high < low:
        return []
    first, last = len(_whole(low)), DIGITS if high is None else min(DIGITS, len(_whole(high)))
    found = []
    open_from = open_to = 0
    for count in range(first, last + 1):
        is_first = count == first and low > (10 ** (count - 1) if count > 1 else 0)
        is_last = high is not None and count == len(_whole(high))
        if is_first or is_last:
            found.append(_of_length(count, low if is_first else None, high if is_last else None))
        else:
            open_from, open_to = open_from or count, count
    if open_from:
        found.append(_of_any(open_from, open_to))
    return found


def _of_any(shortest: int, longest: int) -> str:
    """All numbers of so many digits before the point."""
    many = f"[1-9][0-9]{{{max(0, shortest - 1)},{longest - 1}}}"
    return (f"(?:0|{many})" if shortest == 1 else many) + _ANY


def _of_length(count: int, low: Fraction | None, high: Fraction | None) -> str:
    """Numbers of so many digits before the point, from low to high; None for no end."""
    ends = [None if end is None else _digits(end, count) for end in (low, high)]
    length = max(len(end or "") for end in ends)
    least, most = (None if end is None else end.ljust(length, "0") for end in ends)
    return _from(count, least, most, 0, count == 1)


def _from(count: int, least: str | None, most: str | None, at: int, zero: bool) -> str:
    """The rest of a number from a digit on, at the place `at`; None for no bound any more. `zero`: whether the first
    digit before the point may be one."""
    length = len(least or most or "")
    if at >= length and most is not None:  # as much as the most: nothing but zeros may follow
        return f"0{{0,{DIGITS}}}" if at > count else f"(?:\\.0{{1,{DIGITS}}})?"
    if at >= length or (least is None and most is None):
        return _free(count, at)
    if at >= count and least is not None and set(least[at:]) == {"0"}:
        least = None  # whatever follows is above it
        if most is None:
            return _free(count, at)
    low = int(least[at]) if least is not None else 0 if at or zero else 1
    high = int(most[at]) if most is not None else 9
    choices = []
    if low == high:
        choices.append(str(low) + _from(count, least, most, at + 1, zero))
    else:
        inner_low, inner_high = low, high
        if least is not None:
            choices.append(str(low) + _from(count, least, None, at + 1, zero))
            inner_low += 1
        if most is not None:
            choices.append(str(high) + _from(count, None, most, at + 1, zero))
            inner_high -= 1
        if inner_low <= inner_high:
            choices.append(f"[{inner_low}-{inner_high}]" + _free(count, at + 1))
    return _with_point(count, least, at, _one_of(choices))


def _with_point(count: int, least: str | None, at: int, rest: str) -> str:
    """What stands before the first decimal; a number may end there, or behind it, where zeros are enough."""
    if at < count:
        return rest
    rest = ("\\." if at == count else "") + rest
    return f"(?:{rest})?" if least is None or set(least[at:]) <= {"0"} else rest


def _free(count: int, at: int) -> str:
    """Any digits from a place on."""
    if at > count:
        return f"[0-9]{{0,{DIGITS}}}"
    return (f"[0-9]{{{count - at}}}" if at < count else "") + _ANY


def _one_of(patterns: list[str]) -> str:
    """Any of some patterns; of none, what nothing matches."""
    if not patterns:
        return "(?!)"
    return patterns[0] if len(patterns) == 1 else f"(?:{'|'.join(patterns)})"


def _whole(number: Fraction) -> str:
    return str(int(number))


def _digits(number: Fraction, count: int) -> str:
    """All digits of a number without its point, so many of them before that."""
    text, rest = _whole(number).rjust(count, "0"), number - int(number)
    while rest:
        rest *= 10
        text += str(int(rest))
        rest -= int(rest)
    return text
