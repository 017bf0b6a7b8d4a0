"""The kinds of operators: what each takes, what it gives, and what was meant where it does not fit."""

import math
from fractions import Fraction

from maskexpr.checker import comparisons, predicates
from maskexpr.checker.context import Value
from maskexpr.checker.place import Place
from maskexpr.checker.shapes import agree
from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import spread
from maskexpr.functions.settling import measured_in_pixels
from maskexpr.kinds.kind import ARITHMETIC, LOGICAL, NUMERIC, QUANTITIES, Kind, number, quantity
from maskexpr.kinds.quantity import MILLIMETRES
from maskexpr.language import nodes
from maskexpr.library import OPERATORS

_TEXT = frozenset({"text"})
_UNORDERED = (LOGICAL, _TEXT)
_NEVER_COMPARED = {"colour", "none", "masks", "list", "table"}
_OF_MASKS = {"+": messages.PLUS_OF_MASKS, "-": messages.MINUS_OF_MASKS, "*": messages.TIMES_OF_MASKS}
_MOST_QUANTITY_BITS = 256  # above and below the line: some 77 digits
_WORDS = {"and": "&", "or": "|", "xor": "^", "not": "~"}


def arithmetic(here: Place, operator: nodes.Operator, left: Value, right: Value) -> Value:
    """`+ - * / // % **` of numbers and images, and of lengths and sizes."""
    symbol = operator.symbol
    if left.kind.surely(QUANTITIES) or right.kind.surely(QUANTITIES):
        return _of_quantities(here, operator, left, right)
    if symbol in _OF_MASKS and left.kind.surely(LOGICAL) and right.kind.surely(LOGICAL):
        names = {"left": here.bracketed(left), "right": here.bracketed(right)}
        here.at(operator).report(_OF_MASKS[symbol], whole=here.span, **names)
        return here.unknown()
    if symbol == "*" and left.kind.surely(LOGICAL) != right.kind.surely(LOGICAL):
        mask, other = (left, right) if left.kind.surely(LOGICAL) else (right, left)
        names = {"mask": here.quote(mask), "other": here.quote(other)}
        here.at(mask).report(messages.MASK_TIMES_IMAGE, whole=here.span, **names)
        return here.unknown(frozenset({"image"}))
    if not (_numeric(here, operator, left) and _numeric(here, operator, right)):
        return here.unknown(ARITHMETIC)
    operands = {"a": left, "b": right}
    if not agree(here, operands):
        return here.unknown()
    divides = symbol in ("/", "//", "%")
    if divides and right.kind.is_constant and right.kind.constant == 0:
        here.at(right).report(messages.DIVISION_BY_ZERO_CONSTANT)
        return here.unknown()
    return _step(here, symbol, operands, ARITHMETIC)


def _step(here: Place, symbol: str, operands: dict[str, Value], options: frozenset[str]) -> Value:
    """An operator applied to operands that fit; its record says what it gives, of the `options` that there are."""
    kinds = {n: o.kind for n, o in operands.items()}
    if not all(k.is_complete for k in kinds.values()):
        return here.unknown(spread(options, kinds.values()))
    try:
        kind = OPERATORS[symbol].gives.rule(kinds)
    except Refused as refused:
        here.refuse(refused)
        return here.unknown()
    return here.apply(OPERATORS[symbol], operands, kind)


def _numeric(here: Place, operator: nodes.Operator, value: Value) -> bool:
    kind, symbol = value.kind, operator.symbol
    if kind.may_be(NUMERIC):
        return True
    if kind.surely(LOGICAL):
        mistake = messages.ARITHMETIC_ON_TRUTH if kind.name == "truth" else messages.ARITHMETIC_ON_MASK
        here.at(value).report(mistake, operator=symbol, text=here.quote(value))
    else:
        refuse_operand(here, symbol, value, "numbers and images")
    return False


def refuse_operand(here: Place, symbol: str, value: Value, wanted: str) -> None:
    """Say why a colour image, a text, a list... cannot stand beside this operator."""
    kind, text = value.kind, here.quote(value)
    if kind.name == "colour":
        mistake, fields = here.context.of_colour(messages.COLOUR_IN_OPERATOR, value)
        here.at(value).report(mistake, text=text, operator=symbol, **fields)
    elif kind.name == "table":
        column = kind.columns[1].name if len(kind.columns) > 1 else "area"
        here.at(value).report(messages.TABLE_IN_OPERATOR, operator=symbol, text=here.bracketed(value), column=column)
    else:
        here.at(value).report(messages.OPERAND_KIND, operator=symbol, kind=kind.word, wanted=wanted)


def _of_quantities(here: Place, operator: nodes.Operator, left: Value, right: Value) -> Value:
    """Lengths and sizes: sums of the same power, products and quotients that give a length, a size or a number."""
    for value in (left, right):
        if not value.kind.may_be(QUANTITIES | {"number"}):
            if value.kind.surely(NUMERIC):
                _refuse_mix(here, operator, left, right)
            else:
                refuse_operand(here, operator.symbol, value, "numbers, lengths and sizes")
            return here.unknown()
        if not value.kind.is_constant:
            if value.step in here.context.steps.units:
                _refuse_mix(here, operator, left, right)
            elif value.kind.is_complete:
                here.at(value).report(messages.NOT_CONSTANT, what="a factor of a length or size")
            return here.unknown(QUANTITIES | {"number"})
        if value.kind.name == "number" and not math.isfinite(value.kind.constant):
            fields = {"text": here.quote(value), "value": value.kind.constant}
            here.at(value).report(messages.QUANTITY_NOT_FINITE, **fields)
            return here.unknown(QUANTITIES | {"number"})
    rule = _sum_of_quantities if operator.symbol in "+-" else _product_of_quantities
    return rule(here, operator, left, right)


def _exact(kind: Kind) -> Fraction:
    return Fraction(repr(kind.constant)) if isinstance(kind.constant, int | float) else kind.constant


def _quantity(here: Place, value: Fraction, power: int) -> Value:
    """A length or size; they are exact, and so could grow with each step without end."""
    if max(abs(value.numerator), value.denominator).bit_length() > _MOST_QUANTITY_BITS:
        here.report(messages.QUANTITY_TOO_LONG)
        return here.unknown(QUANTITIES)
    return here.constant(quantity(value, power))


def _sum_of_quantities(here: Place, operator: nodes.Operator, left: Value, right: Value) -> Value:
    a, b = left.kind, right.kind
    if a.power != b.power:
        _refuse_mix(here, operator, left, right)
        return here.unknown()
    x, y = _exact(a), _exact(b)
    return _quantity(here, x + y if operator.symbol == "+" else x - y, a.power)


def _product_of_quantities(here: Place, operator: nodes.Operator, left: Value, right: Value) -> Value:
    a, b, symbol = left.kind, right.kind, operator.symbol
    x, y = _exact(a), _exact(b)
    if symbol == "/" and y == 0:
        here.at(right).report(messages.DIVISION_BY_ZERO_CONSTANT)
        return here.unknown()
    power = a.power + b.power if symbol == "*" else a.power - b.power
    if symbol not in "*/" or not 0 <= power <= 3:
        here.report(messages.LENGTH_POWERS, operator=symbol, left=_measure(a), right=_measure(b))
        return here.unknown()
    value = x * y if symbol == "*" else x / y
    return _quantity(here, value, power) if power else here.constant(number(constant=float(value)))


def _refuse_mix(here: Place, operator: nodes.Operator, left: Value, right: Value) -> None:
    a, b, symbol = left.kind, right.kind, operator.symbol
    mistake = messages.LENGTH_WITH_SIZE if a.power and b.power else messages.LENGTH_WITH_NUMBER
    fields = {"operator": symbol, "left": _measure(a), "right": _measure(b)}
    measured, length = (right, left) if a.surely(QUANTITIES) else (left, right)
    units = here.context.steps.units
    if measured.step in units and length.kind.is_constant:
        function, unit = units[measured.step]
        power = "" if length.kind.power == 1 else str(length.kind.power)
        if unit == "px":
            mistake, wanted = messages.LENGTH_WITH_PIXELS, f"mm{power}"
            text = _with_unit(here.quote(measured), function.name, wanted)
        else:
            mistake, wanted = messages.LENGTH_WITH_MEASURED, unit.rstrip("23") + power
            text = here.quote(measured)
        parameter = function.parameter("unit")
        if wanted == unit or (unit == "px" and parameter and wanted in parameter.takes.choices):
            value = float(length.kind.constant / MILLIMETRES[wanted.rstrip("23")] ** length.kind.power)
            number_ = str(int(value)) if value.is_integer() else repr(value)
            sides = (text, number_) if measured is left else (number_, text)
            suggestion = f"{sides[0]} {symbol} {sides[1]}"
            here.report(mistake, suggestion=suggestion, unit=unit, **fields)
            return
        mistake = messages.LENGTH_WITH_SIZE
    here.report(mistake, **fields)


def _with_unit(text: str, function: str, unit: str) -> str:
    """A call as it was written, with a unit; only its name where the call is not all of the text."""
    if not text.startswith(f"{function}(") or not text.endswith(")") or "px" in text:
        return f'{function}(..., unit="{unit}")'
    return f'{text[:-1]}, unit="{unit}")'


def _measure(kind: Kind) -> str:
    return {"number": "plain number", "size": "volume" if kind.power == 3 else "area"}.get(kind.name, kind.word)


def negative(here: Place, operator: nodes.Operator, operand: Value) -> Value:
    """Unary `-` and `+`."""
    kind = operand.kind
    if kind.surely(QUANTITIES) and kind.is_constant:
        return here.constant(quantity(-kind.constant if operator.symbol == "-" else kind.constant, kind.power))
    if not _numeric(here, operator, operand):
        return here.unknown(ARITHMETIC)
    if operator.symbol == "+":
        return operand
    return _step(here, "negate", {"a": operand}, ARITHMETIC)


def logical(here: Place, operator: nodes.Operator, left: Value, right: Value) -> Value:
    """`& | ^` and `and or xor` of masks and truths; the symbols also of the bits of integers."""
    kinds = (left.kind, right.kind)
    if all(k.may_be(LOGICAL) for k in kinds) and not all(k.may_be(NUMERIC) for k in kinds):
        return _logical_step(here, operator, left, right)
    if not all(k.may_be(LOGICAL | NUMERIC) for k in kinds):
        value = next(s for s in (left, right) if not s.kind.may_be(LOGICAL | NUMERIC))
        refuse_operand(here, operator.symbol, value, "masks, and integer images bit by bit")
        return here.unknown(LOGICAL)
    if operator.symbol in _WORDS and any(k.surely(NUMERIC) for k in kinds):
        value = next(s for s in (left, right) if s.kind.surely(NUMERIC))
        fields = {"word": operator.symbol, "text": here.bracketed(value), "kind": value.kind.word}
        mistake = messages.WORD_ON_BITS if value.kind.is_constant else messages.WORD_ON_NUMBERS
        here.at(value).report(mistake, symbol=_WORDS[operator.symbol], **fields)
        return here.unknown(LOGICAL)
    if all(k.may_be(NUMERIC) for k in kinds) and any(k.surely(NUMERIC) for k in kinds):
        return _bitwise(here, operator, left, right)
    if any(k.surely(NUMERIC) for k in kinds):
        numeric = left if left.kind.surely(NUMERIC) else right
        fields = {"left": left.kind.word, "right": right.kind.word, "text": here.bracketed(numeric)}
        mistake = messages.AMPERSAND_NUMBER if numeric.kind.is_constant else messages.AMPERSAND_MIXED
        here.at(operator).report(mistake, operator=operator.symbol, **fields)
        return here.unknown(LOGICAL)
    return here.unknown(LOGICAL | ARITHMETIC)


def _logical_step(here: Place, operator: nodes.Operator, left: Value, right: Value) -> Value:
    operands = {"a": left, "b": right}
    if not agree(here, operands):
        return here.unknown(LOGICAL)
    return _step(here, _WORDS.get(operator.symbol, operator.symbol), operands, LOGICAL)


def _bitwise(here: Place, operator: nodes.Operator, left: Value, right: Value) -> Value:
    kinds = (left.kind, right.kind)
    if operator.symbol == "^" and all(k.name == "number" for k in kinds) and right.kind.is_constant:
        here.at(operator).report(messages.POWER_WITH_CARET)
        return here.unknown()
    for value in (left, right):
        if value.kind.is_complete and value.kind.range is None and value.kind.name != "unknown":
            here.at(value).report(messages.BITS_OF_FLOATS)
            return here.unknown(ARITHMETIC)
    operands = {"a": left, "b": right}
    if not agree(here, operands):
        return here.unknown()
    return _step(here, operator.symbol, operands, ARITHMETIC)


def complement(here: Place, operator: nodes.Operator, operand: Value) -> Value:
    """`~` and `not` of a mask or a truth."""
    kind = operand.kind
    if not kind.may_be(LOGICAL):
        if kind.surely(NUMERIC):
            prefix = operator.symbol if operator.symbol == "~" else "not "
            fields = {"operator": operator.symbol, "text": here.bracketed(operand), "kind": kind.word}
            here.report(messages.NOT_OF_NUMBERS, prefix=prefix, **fields)
        else:
            refuse_operand(here, operator.symbol, operand, "masks")
        return here.unknown(LOGICAL)
    return _step(here, "~", {"a": operand}, kind.options & LOGICAL or frozenset({kind.name}))


def comparison(here: Place, operator: nodes.Operator, left: Value, right: Value) -> Value:
    """One comparison of two values."""
    left, right = predicates.in_units(here, left, right), predicates.in_units(here, right, left)
    left, right = _in_pixels(here, left, right), _in_pixels(here, right, left)
    kinds, symbol = (left.kind, right.kind), operator.symbol
    options = spread(LOGICAL, kinds)
    if not _comparable(symbol, *kinds):
        _refuse_comparison(here, operator, left, right)
        return here.unknown(options)
    operands = {"a": left, "b": right}
    if not agree(here, operands):
        return here.unknown(options)
    if all(k.is_complete for k in kinds):
        comparisons.look_at(here, symbol, left, right)
    return _step(here, symbol, operands, LOGICAL)


def _in_pixels(here: Place, value: Value, other: Value) -> Value:
    """A length or size that is compared with one measured in pixels, as that of a region, in pixels too."""
    kind, measured, there = value.kind, other.kind, here.at(value)
    if not (kind.surely(QUANTITIES) and kind.is_constant and measured.power and measured.name in ("image", "samples")):
        return value
    try:
        pixels = measured_in_pixels(kind, measured)
    except Refused as refused:
        there.refuse(refused)
        return there.unknown()
    return there.constant(Kind("number", constant=pixels))


def _comparable(symbol: str, a: Kind, b: Kind) -> bool:
    families = [NUMERIC]
    if a.power == b.power or not (a.power and b.power):
        families.append(QUANTITIES)
    if symbol in ("==", "!="):
        families += _UNORDERED
    return any(a.may_be(family) and b.may_be(family) for family in families)


def _refuse_comparison(here: Place, operator: nodes.Operator, left: Value, right: Value) -> None:
    a, b, symbol = left.kind, right.kind, operator.symbol
    alone = next((v for v in (left, right) if v.kind.name in _NEVER_COMPARED), None)
    if alone is not None and alone.kind.name == "list":
        mistake = messages.ITEM_COMPARED if alone.kind.shape else messages.LIST_COMPARED
        here.at(alone).report(mistake, operator=symbol, text=here.quote(alone))
    elif alone is not None:
        refuse_operand(here, symbol, alone, "numbers and images")
    elif a.surely(QUANTITIES) or b.surely(QUANTITIES):
        _refuse_mix(here, operator, left, right)
    elif (a.surely(_TEXT) or b.surely(_TEXT)) and symbol in ("==", "!="):
        here.report(messages.TEXT_WITH_OTHER, operator=symbol, left=a.word, right=b.word)
    elif a.surely(_TEXT) or b.surely(_TEXT):
        here.at(left if a.name == "text" else right).report(messages.TEXT_ORDER, operator=symbol, kind="text")
    elif a.may_be(LOGICAL) and b.may_be(LOGICAL):
        here.at(operator).report(messages.MASK_ORDER, operator=symbol)
    else:
        _refuse_logical(here, symbol, *((left, right) if a.may_be(LOGICAL) else (right, left)))


def _refuse_logical(here: Place, symbol: str, logical_: Value, other: Value) -> None:
    if other.kind.surely({"number"}):
        kind = logical_.kind.name.replace("unknown", "mask")
        here.report(messages.MASK_WITH_NUMBER, text=here.bracketed(logical_), kind=kind)
    else:
        here.report(messages.MASK_WITH_IMAGE, operator=symbol, text=here.bracketed(other))
