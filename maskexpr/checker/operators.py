"""The kinds of operators: what each takes, what it gives, and what was meant where it does not fit."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from maskexpr.checker.context import Context, Scope, Value
from maskexpr.checker.shapes import agree
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.source import Span
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import like_grid, numeric_result
from maskexpr.functions.parameters import measured_in_pixels
from maskexpr.kinds import ranges
from maskexpr.kinds.kind import ARITHMETIC, ARRAYS, LOGICAL, NUMERIC, TRUTH, Kind, number, quantity
from maskexpr.kinds.quantity import MILLIMETRES
from maskexpr.kinds.ranges import Range
from maskexpr.language import nodes
from maskexpr.library import OPERATORS

QUANTITIES = frozenset({"length", "size"})
_TEXT = frozenset({"text"})
_UNORDERED = (LOGICAL, _TEXT)
_RANGES: dict[str, Callable[[Range, Range], Range | None] | None] = {
    "+": ranges.add,
    "-": ranges.subtract,
    "*": ranges.multiply,
    "/": None,
    "//": ranges.floor_divide,
    "%": ranges.modulo,
    "**": ranges.power,
}
_OF_MASKS = {"+": messages.PLUS_OF_MASKS, "-": messages.MINUS_OF_MASKS, "*": messages.TIMES_OF_MASKS}
_WORDS = {"and": "&", "or": "|", "xor": "^", "not": "~"}


def arithmetic(c: Context, scope: Scope, operator: nodes.Operator, left: Value, right: Value, span: Span) -> Value:
    """`+ - * / // % **` of numbers and images, and of lengths and sizes."""
    symbol = operator.symbol
    if left.kind.surely(QUANTITIES) or right.kind.surely(QUANTITIES):
        return _of_quantities(c, scope, operator, left, right, span)
    if symbol in _OF_MASKS and left.kind.surely(LOGICAL) and right.kind.surely(LOGICAL):
        names = {"left": _text(scope, left), "right": _text(scope, right)}
        c.report(_OF_MASKS[symbol], scope, operator.span, **names)
        return c.unknown(scope, span)
    if symbol == "*" and left.kind.surely(LOGICAL) != right.kind.surely(LOGICAL):
        mask, other = (left, right) if left.kind.surely(LOGICAL) else (right, left)
        names = {"mask": scope.source.quote(mask.span), "other": scope.source.quote(other.span)}
        c.report(messages.MASK_TIMES_IMAGE, scope, mask.span, **names)
        return c.unknown(scope, span, frozenset({"image"}))
    if not (_numeric(c, scope, operator, left) and _numeric(c, scope, operator, right)):
        return c.unknown(scope, span, ARITHMETIC)
    operands = {"a": left, "b": right}
    if not agree(c, scope, operands, span):
        return c.unknown(scope, span)
    divides = symbol in ("/", "//", "%")
    if divides and right.kind.is_constant and right.kind.constant == 0:
        c.report(messages.DIVISION_BY_ZERO_CONSTANT, scope, right.span)
        return c.unknown(scope, span)
    return _numeric_step(c, scope, symbol, operands, _RANGES[symbol], span)


def _numeric_step(
    c: Context,
    scope: Scope,
    symbol: str,
    operands: dict[str, Value],
    range_of: Callable[..., Range | None] | None,
    span: Span,
) -> Value:
    kinds = {n: o.kind for n, o in operands.items()}
    if not all(k.is_complete for k in kinds.values()):
        return c.unknown(scope, span, _partial(kinds, "image", "number"))
    try:
        kind = numeric_result(kinds, range_of)
    except Refused as refused:
        c.report(refused.mistake, scope, span, **refused.fields)
        return c.unknown(scope, span)
    return c.apply(OPERATORS[symbol], operands, kind, scope, span)


def _partial(kinds: dict[str, Kind], array: str, single: str) -> frozenset[str]:
    """What a result may be while an input is not known: surely an array if one operand is."""
    return frozenset({array}) if any(k.surely(ARRAYS) for k in kinds.values()) else frozenset({array, single})


def _numeric(c: Context, scope: Scope, operator: nodes.Operator, step: Value) -> bool:
    kind, symbol = step.kind, operator.symbol
    if kind.may_be(NUMERIC):
        return True
    if kind.surely(LOGICAL):
        mistake = messages.ARITHMETIC_ON_TRUTH if kind.name == "truth" else messages.ARITHMETIC_ON_MASK
        c.report(mistake, scope, step.span, operator=symbol, text=scope.source.quote(step.span))
    else:
        refuse_operand(c, scope, symbol, step, "numbers and images")
    return False


def refuse_operand(c: Context, scope: Scope, symbol: str, step: Value, wanted: str) -> None:
    """Say why a colour image, samples, a text, a list... cannot stand beside this operator."""
    kind, text = step.kind, scope.source.quote(step.span)
    if kind.name == "colour":
        fields = {"text": text, "channels": kind.channels or "several", "operator": symbol, "stack": c.or_stack(step)}
        c.report(messages.COLOUR_IN_OPERATOR, scope, step.span, **fields)
    elif kind.name == "samples":
        c.report(messages.SAMPLES_IN_OPERATOR, scope, step.span, operator=symbol, text=text)
    else:
        c.report(messages.OPERAND_KIND, scope, step.span, operator=symbol, kind=kind.word, wanted=wanted)


def _text(scope: Scope, step: Value) -> str:
    """The step as it was written, in brackets where an operator beside it would tear it apart."""
    text = scope.source.quote(step.span)
    simple = text.replace("_", "a").isalnum() or text.endswith((")", "]"))
    return text if simple else f"({text})"


def _of_quantities(c: Context, scope: Scope, operator: nodes.Operator, left: Value, right: Value, span: Span) -> Value:
    """Lengths and sizes: sums of the same power, products and quotients that give a length, a size or a number."""
    a, b, symbol = left.kind, right.kind, operator.symbol
    for step in (left, right):
        if not step.kind.may_be(QUANTITIES | {"number"}):
            if step.kind.surely(NUMERIC):
                _refuse_mix(c, scope, operator, left, right, span)
            else:
                refuse_operand(c, scope, symbol, step, "numbers, lengths and sizes")
            return c.unknown(scope, span)
        if not step.kind.is_constant:
            if step.step in c.units:
                _refuse_mix(c, scope, operator, left, right, span)
            elif step.kind.is_complete:
                c.report(messages.NOT_CONSTANT, scope, step.span, what="a factor of a length or size")
            return c.unknown(scope, span, QUANTITIES | {"number"})
    powers = (a.power, b.power)
    x, y = (Fraction(repr(v)) if isinstance(v, int | float) else v for v in (a.constant, b.constant))
    if symbol in "+-" and a.power == b.power:
        return c.constant(quantity(x + y if symbol == "+" else x - y, a.power), scope, span)
    if symbol in "+-":
        _refuse_mix(c, scope, operator, left, right, span)
        return c.unknown(scope, span)
    if symbol == "/" and y == 0:
        c.report(messages.DIVISION_BY_ZERO_CONSTANT, scope, right.span)
        return c.unknown(scope, span)
    power = powers[0] + powers[1] if symbol == "*" else powers[0] - powers[1]
    if symbol not in "*/" or not 0 <= power <= 3:
        c.report(messages.LENGTH_POWERS, scope, span, operator=symbol, left=_measure(a), right=_measure(b))
        return c.unknown(scope, span)
    value = x * y if symbol == "*" else x / y
    kind = quantity(value, power) if power else number(constant=float(value))
    return c.constant(kind, scope, span)


def _refuse_mix(c: Context, scope: Scope, operator: nodes.Operator, left: Value, right: Value, span: Span) -> None:
    a, b, symbol = left.kind, right.kind, operator.symbol
    mistake = messages.LENGTH_WITH_SIZE if a.power and b.power else messages.LENGTH_WITH_NUMBER
    fields = {"operator": symbol, "left": _measure(a), "right": _measure(b)}
    measured, length = (right, left) if a.surely(QUANTITIES) else (left, right)
    if measured.step in c.units and length.kind.is_constant:
        function, unit = c.units[measured.step]
        power = "" if length.kind.power == 1 else str(length.kind.power)
        if unit == "px":
            mistake, wanted = messages.LENGTH_WITH_PIXELS, f"mm{power}"
            text = _with_unit(scope.source.quote(measured.span), function.name, wanted)
        else:
            mistake, wanted = messages.LENGTH_WITH_MEASURED, unit.rstrip("23") + power
            text = scope.source.quote(measured.span)
        parameter = function.parameter("unit")
        if wanted == unit or (unit == "px" and parameter and wanted in parameter.takes.choices):
            value = float(length.kind.constant / MILLIMETRES[wanted.rstrip("23")] ** length.kind.power)
            number_ = str(int(value)) if value.is_integer() else repr(value)
            sides = (text, number_) if measured is left else (number_, text)
            suggestion = f"{sides[0]} {symbol} {sides[1]}"
            c.report(mistake, scope, span, suggestion=suggestion, unit=unit, **fields)
            return
        mistake = messages.LENGTH_WITH_SIZE
    c.report(mistake, scope, span, **fields)


def _with_unit(text: str, function: str, unit: str) -> str:
    """A call as it was written, with a unit; only its name where the call is not all of the text."""
    if not text.startswith(f"{function}(") or not text.endswith(")") or "px" in text:
        return f'{function}(..., unit="{unit}")'
    return f'{text[:-1]}, unit="{unit}")'


def _measure(kind: Kind) -> str:
    return {"number": "plain number", "size": "volume" if kind.power == 3 else "area"}.get(kind.name, kind.word)


def negative(c: Context, scope: Scope, operator: nodes.Operator, operand: Value, span: Span) -> Value:
    """Unary `-` and `+`."""
    kind = operand.kind
    if kind.surely(QUANTITIES) and kind.is_constant:
        return c.constant(
            quantity(-kind.constant if operator.symbol == "-" else kind.constant, kind.power), scope, span
        )
    if not _numeric(c, scope, operator, operand):
        return c.unknown(scope, span, ARITHMETIC)
    if operator.symbol == "+":
        return operand
    return _numeric_step(c, scope, "negate", {"a": operand}, ranges.negate, span)


def logical(c: Context, scope: Scope, operator: nodes.Operator, left: Value, right: Value, span: Span) -> Value:
    """`& | ^` and `and or xor` of masks and truths; the symbols also of the bits of integers."""
    kinds = (left.kind, right.kind)
    if all(k.may_be(LOGICAL) for k in kinds) and not all(k.may_be(NUMERIC) for k in kinds):
        return _logical_step(c, scope, operator, left, right, span)
    if not all(k.may_be(LOGICAL | NUMERIC) for k in kinds):
        step = next(s for s in (left, right) if not s.kind.may_be(LOGICAL | NUMERIC))
        refuse_operand(c, scope, operator.symbol, step, "masks, and integer images bit by bit")
        return c.unknown(scope, span, LOGICAL)
    if operator.symbol in _WORDS and any(k.surely(NUMERIC) for k in kinds):
        step = next(s for s in (left, right) if s.kind.surely(NUMERIC))
        fields = {"word": operator.symbol, "text": _text(scope, step), "kind": step.kind.word}
        mistake = messages.WORD_ON_BITS if step.kind.is_constant else messages.WORD_ON_NUMBERS
        c.report(mistake, scope, step.span, symbol=_WORDS[operator.symbol], **fields)
        return c.unknown(scope, span, LOGICAL)
    if all(k.may_be(NUMERIC) for k in kinds) and any(k.surely(NUMERIC) for k in kinds):
        return _bitwise(c, scope, operator, left, right, span)
    if any(k.surely(NUMERIC) for k in kinds):
        numeric = left if left.kind.surely(NUMERIC) else right
        fields = {"left": left.kind.word, "right": right.kind.word, "text": _text(scope, numeric)}
        mistake = messages.AMPERSAND_NUMBER if numeric.kind.is_constant else messages.AMPERSAND_MIXED
        c.report(mistake, scope, operator.span, operator=operator.symbol, **fields)
        return c.unknown(scope, span, LOGICAL)
    return c.unknown(scope, span, LOGICAL | ARITHMETIC)


def _logical_step(c: Context, scope: Scope, operator: nodes.Operator, left: Value, right: Value, span: Span) -> Value:
    operands = {"a": left, "b": right}
    if not agree(c, scope, operands, span):
        return c.unknown(scope, span, LOGICAL)
    kinds = {n: o.kind for n, o in operands.items()}
    if not all(k.is_complete for k in kinds.values()):
        return c.unknown(scope, span, _partial(kinds, "mask", "truth"))
    kind = like_grid("mask", kinds, np.bool_) if any(k.is_array for k in kinds.values()) else TRUTH
    return c.apply(OPERATORS[_WORDS.get(operator.symbol, operator.symbol)], operands, kind, scope, span)


def _bitwise(c: Context, scope: Scope, operator: nodes.Operator, left: Value, right: Value, span: Span) -> Value:
    kinds = (left.kind, right.kind)
    if operator.symbol == "^" and all(k.name == "number" for k in kinds) and right.kind.is_constant:
        c.report(messages.POWER_WITH_CARET, scope, operator.span)
        return c.unknown(scope, span)
    for step in (left, right):
        if step.kind.is_complete and step.kind.range is None and step.kind.name != "unknown":
            c.report(messages.BITS_OF_FLOATS, scope, step.span)
            return c.unknown(scope, span, ARITHMETIC)
    operands = {"a": left, "b": right}
    if not agree(c, scope, operands, span):
        return c.unknown(scope, span)

    def range_of(a: Range, b: Range) -> Range:
        return ranges.bitwise(a, b, both=operator.symbol == "&")

    return _numeric_step(c, scope, operator.symbol, operands, range_of, span)


def complement(c: Context, scope: Scope, operator: nodes.Operator, operand: Value, span: Span) -> Value:
    """`~` and `not` of a mask or a truth."""
    kind = operand.kind
    if not kind.may_be(LOGICAL):
        if kind.surely(NUMERIC):
            prefix = operator.symbol if operator.symbol == "~" else "not "
            fields = {"operator": operator.symbol, "text": _text(scope, operand), "kind": kind.word}
            c.report(messages.NOT_OF_NUMBERS, scope, span, prefix=prefix, **fields)
        else:
            refuse_operand(c, scope, operator.symbol, operand, "masks")
        return c.unknown(scope, span, LOGICAL)
    if not kind.is_complete:
        return c.unknown(scope, span, kind.options & LOGICAL or frozenset({kind.name}))
    result = like_grid("mask", {"a": kind}, np.bool_) if kind.is_array else TRUTH
    return c.apply(OPERATORS["~"], {"a": operand}, result, scope, span)


def comparison(c: Context, scope: Scope, operator: nodes.Operator, left: Value, right: Value, span: Span) -> Value:
    """One comparison of two values."""
    left, right = _in_pixels(c, scope, left, right), _in_pixels(c, scope, right, left)
    kinds, symbol = (left.kind, right.kind), operator.symbol
    result_options = _partial({"a": left.kind, "b": right.kind}, "mask", "truth")
    if not _comparable(c, scope, operator, left, right, span):
        return c.unknown(scope, span, result_options)
    operands = {"a": left, "b": right}
    if not agree(c, scope, operands, span) or not all(k.is_complete for k in kinds):
        return c.unknown(scope, span, result_options)
    kind = TRUTH
    if any(k.is_array for k in kinds):
        kind = like_grid("mask", {"a": left.kind, "b": right.kind}, np.bool_)
        _warn_if_settled(c, scope, symbol, left, right, span)
    return c.apply(OPERATORS[symbol], operands, kind, scope, span)


def _in_pixels(c: Context, scope: Scope, value: Value, other: Value) -> Value:
    """A length or size that is compared with one measured in pixels, as that of a region, in pixels too."""
    kind, measured = value.kind, other.kind
    if not (kind.surely(QUANTITIES) and kind.is_constant and measured.name == "image" and measured.power):
        return value
    try:
        pixels = measured_in_pixels(kind, measured)
    except Refused as refused:
        c.report(refused.mistake, scope, value.span, **refused.fields)
        return c.unknown(scope, value.span)
    return c.constant(Kind("number", constant=pixels), scope, value.span)


def _comparable(c: Context, scope: Scope, operator: nodes.Operator, left: Value, right: Value, span: Span) -> bool:
    a, b, symbol = left.kind, right.kind, operator.symbol
    of_one_power = a.power == b.power or not (a.power and b.power)
    for family in (NUMERIC, *([QUANTITIES] if of_one_power else []), *(_UNORDERED if symbol in ("==", "!=") else [])):
        if a.may_be(family) and b.may_be(family):
            return True
    for step in (left, right):
        if step.kind.name in ("colour", "samples", "none", "masks"):
            refuse_operand(c, scope, symbol, step, "numbers and images")
            return False
        if step.kind.name == "list":
            mistake = messages.ITEM_COMPARED if step.kind.shape else messages.LIST_COMPARED
            c.report(mistake, scope, step.span, operator=symbol, text=scope.source.quote(step.span))
            return False
    if a.surely(QUANTITIES) or b.surely(QUANTITIES):
        _refuse_mix(c, scope, operator, left, right, span)
        return False
    if a.surely(_TEXT) or b.surely(_TEXT):
        text_step = left if a.name == "text" else right
        if symbol in ("==", "!="):
            c.report(messages.TEXT_WITH_OTHER, scope, span, operator=symbol, left=a.word, right=b.word)
            return False
        c.report(messages.TEXT_ORDER, scope, text_step.span, operator=symbol, kind="text")
        return False
    if a.may_be(LOGICAL) and b.may_be(LOGICAL):
        c.report(messages.MASK_ORDER, scope, operator.span, operator=symbol)
        return False
    logical_step, other = (left, right) if a.may_be(LOGICAL) else (right, left)
    if other.kind.surely({"number"}):
        fields = {"text": _text(scope, logical_step), "kind": logical_step.kind.name.replace("unknown", "mask")}
        c.report(messages.MASK_WITH_NUMBER, scope, span, **fields)
    else:
        c.report(messages.MASK_WITH_IMAGE, scope, span, operator=symbol, text=_text(scope, other))
    return False


def _warn_if_settled(c: Context, scope: Scope, symbol: str, left: Value, right: Value, span: Span) -> None:
    """Warn where the ranges alone decide a comparison of an integer image."""
    a, b = _bounds(left.kind), _bounds(right.kind)
    if a is None or b is None:
        return
    never = {
        "<": a[0] >= b[1],
        "<=": a[0] > b[1],
        ">": a[1] <= b[0],
        ">=": a[1] < b[0],
        "==": a[1] < b[0] or a[0] > b[1],
    }
    always = {"<": a[1] < b[0], "<=": a[1] <= b[0], ">": a[0] > b[1], ">=": a[0] >= b[1], "!=": never["=="]}
    image, other = (left, right) if left.kind.is_array else (right, left)
    fields = {"left": scope.source.quote(image.span), "value": scope.source.quote(other.span)}
    fields["range"] = f"{image.kind.dtype}, {image.kind.range}"
    if symbol in ("==", "!=") and _is_fraction(other.kind):
        c.report(messages.NEVER_EQUAL if symbol == "==" else messages.ALWAYS_UNEQUAL, scope, span, **fields)
    elif never.get(symbol):
        c.report(messages.NEVER_TRUE, scope, span, **fields)
    elif always.get(symbol):
        c.report(messages.ALWAYS_TRUE, scope, span, **fields)


def _bounds(kind: Kind) -> tuple[float, float] | None:
    if kind.range is not None:
        return kind.range
    if kind.is_constant and isinstance(kind.constant, float) and kind.constant == kind.constant:
        return (kind.constant, kind.constant)
    return None


def _is_fraction(kind: Kind) -> bool:
    return kind.is_constant and isinstance(kind.constant, float) and kind.constant % 1 != 0
