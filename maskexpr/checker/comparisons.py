"""What is suspicious in a comparison: that it never holds or always does, and numbers from 0 to 1 for an image of
integers."""

import math

from maskexpr.checker.context import Value
from maskexpr.checker.place import Place
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.messages import Mistake
from maskexpr.kinds.kind import NUMERIC, Kind, number
from maskexpr.kinds.ranges import Bounds, of_type

_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def look_at(here: Place, symbol: str, left: Value, right: Value, *, is_part: bool = False) -> None:
    """Warn of a comparison of two values whose kinds are complete; of one that is a part of a function's, not that it
    always holds."""
    if not (left.kind.surely(NUMERIC) and right.kind.surely(NUMERIC)):
        return
    if _told_by_pixels(right.kind) > _told_by_pixels(left.kind):
        left, right, symbol = right, left, _TURNED[symbol]
    if not _told_by_pixels(left.kind):
        return
    if _is_nan(right.kind):
        mistake = messages.COMPARED_NAN_UNEQUAL if symbol == "!=" else messages.COMPARED_NAN
        here.report(mistake, value=here.quote(right))
    elif not _settled(here, symbol, left, right, is_part=is_part):
        _between_0_and_1(here, symbol, left, right)


def look_among(here: Place, left: Value, listed: Value) -> None:
    """Warn of a list of numbers none of which the values can be."""
    numbers = listed.kind.constant if listed.kind.is_constant and _told_by_pixels(left.kind) else ()
    kinds = [number(constant=value) for value in numbers]
    never = [_decided("==", left.kind, left.kind.limits, kind, _limits(kind, left.kind)) for kind in kinds]
    if never and all(never):
        limits = _described(left.kind, left.kind.limits)
        here.report(messages.NEVER_AMONG, left=here.quote(left), range=limits)


def _told_by_pixels(kind: Kind) -> int:
    """How much of it the pixels tell: everything of an image, nothing of a constant, a number that is found in them."""
    return 2 if kind.holds_pixels else int(not kind.is_constant)


def _is_nan(kind: Kind) -> bool:
    return kind.name == "number" and kind.is_constant and bool(kind.constant != kind.constant)


def _settled(here: Place, symbol: str, left: Value, right: Value, *, is_part: bool) -> bool:
    """Warn where what is known of both sides alone decides."""
    a, b = _limits(left.kind, right.kind), _limits(right.kind, left.kind)
    mistake = _decided(symbol, left.kind, a, right.kind, b)
    if mistake is None or (is_part and mistake.code == "always-true"):
        return False
    fields = {"left": here.quote(left), "value": here.quote(right), "range": _described(left.kind, a)}
    here.report(mistake, **fields)
    return True


def _decided(symbol: str, left: Kind, a: Bounds, right: Kind, b: Bounds) -> Mistake | None:
    if symbol in ("==", "!=") and left.range is not None and _is_fraction(right):
        return messages.NEVER_EQUAL if symbol == "==" else messages.ALWAYS_UNEQUAL
    if holds(symbol, a, b)[0]:
        return messages.NEVER_TRUE
    # The most that a number can be often comes from the size of the image alone: a program may be meant for others.
    if not holds(symbol, a if left.holds_pixels else a._replace(high=math.inf), b)[1]:
        return None
    return messages.ALWAYS_TRUE_BUT_NAN if (a.nan or b.nan) and symbol != "!=" else messages.ALWAYS_TRUE


def holds(symbol: str, a: Bounds, b: Bounds) -> tuple[bool, bool]:
    """Whether a comparison never holds, and whether it always does, but for nan."""
    never = {
        "<": a.low >= b.high,
        "<=": a.low > b.high,
        ">": a.high <= b.low,
        ">=": a.high < b.low,
        "==": a.high < b.low or a.low > b.high,
        "!=": False,
    }
    always = {
        "<": a.high < b.low,
        "<=": a.high <= b.low,
        ">": a.low > b.high,
        ">=": a.low >= b.high,
        "==": False,
        "!=": never["=="],
    }
    return never[symbol], always[symbol]


def _limits(kind: Kind, other: Kind) -> Bounds:
    """Where values lie; of numbers as they are rounded beside a floating image."""
    return kind.limits if kind.holds_pixels or not other.holds_pixels else kind.limits.held(other.dtype)


def _described(kind: Kind, limits: Bounds) -> str:
    return f"{kind.dtype}, {kind.range}" if kind.holds_pixels and kind.range is not None else str(kind.range or limits)


def _is_fraction(kind: Kind) -> bool:
    return kind.is_constant and isinstance(kind.constant, float) and kind.constant % 1 != 0


def _between_0_and_1(here: Place, symbol: str, left: Value, right: Value) -> None:
    """Warn of a number between 0 and 1 for an image of integers, which are whole: it was meant for one of 0..1."""
    kind, other = left.kind, right.kind
    if not (kind.holds_pixels and other.is_constant and 0 < other.constant < 1):
        return
    if kind.range is None or kind.range.high <= 1:
        return
    text, value = here.bracketed(left), here.bracketed(right)
    same = f"{text} > 0" if symbol in (">", ">=") else f"{text} <= 0"
    fields = {"left": here.quote(left), "range": _described(kind, kind.limits), "same": same}
    if kind.dtype is not None and kind.dtype.kind == "u" and kind.range == of_type(kind.dtype):
        share = f"{text} / {kind.range.high} {symbol} {value}"
        here.report(messages.COMPARED_SHARE, share=share, **fields)
    else:
        here.report(messages.COMPARED_FRACTION, **fields)
