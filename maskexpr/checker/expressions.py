"""From expressions to values: one rule for each type of node."""

from typing import Any, TypeGuard

from maskexpr.checker import calls, columns, foreign, operators, predicates
from maskexpr.checker.application import apply
from maskexpr.checker.context import Definition, Rules, Value
from maskexpr.checker.params import constant_kind
from maskexpr.checker.place import Place
from maskexpr.checker.shapes import agree
from maskexpr.checker.subscripts import index
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.foreign_names.properties import FOREIGN_VALUES
from maskexpr.diagnostics.source import Span
from maskexpr.kinds.kind import GIVEN, LOGICAL, NONE, NUMERIC, TRUTH, Kind, number, quantity, text, unknown
from maskexpr.kinds.quantity import Quantity
from maskexpr.language import nodes
from maskexpr.library import CATALOGUE

_BARE = frozenset(function.name for function in CATALOGUE.values() if function.bare)


def _literal(here: Place, node: Any) -> Value:
    if isinstance(node, nodes.Number):
        kind = number(constant=node.value)
    elif isinstance(node, nodes.Quantity):
        kind = quantity(node.value, node.power)
    elif isinstance(node, nodes.Text):
        kind = text(node.value)
    elif isinstance(node, nodes.Truth):
        kind = TRUTH.with_constant(node.value)
    else:
        kind = NONE
    return here.constant(kind)


# --- names -----------------------------------------------------------------------------------------------------------


def _name(here: Place, node: nodes.Name) -> Value:
    context, scope, name = here.context, here.scope, node.text
    found = columns.named(here, name)
    if found is not None:
        return found
    if predicates.is_property(scope, name):
        return predicates.named(here, name)
    if name in scope.values:
        context.used.add(name)
        return Value(scope.values[name], here.span)
    if "." in name:
        foreign.report_value(here, name)
        return here.unknown()
    if name in context.constants:
        return here.constant(constant_kind(context.constants[name]))
    function = context.catalogue.get(name)
    if function is not None and function.bare and name not in context.signature:
        return apply(here, function, {})
    if name in context.withheld and name in _BARE and name not in context.signature:
        calls.report_withheld(here, name)
        return here.unknown()
    if scope.inside is not None:
        _unknown_in_def(here, name, scope.inside)
        return here.unknown()
    return here.input(name, context.signature.get(name) or unknown(GIVEN))


def _unknown_in_def(here: Place, name: str, definition: Definition) -> None:
    near = FOREIGN_VALUES.get(name) or calls.suggestion(here.context, name, here.scope.values)
    function = definition.node.name.text
    if near:
        instead = near if near.isidentifier() else ""
        here.report(messages.NAME_UNKNOWN_IN_DEF_NEAR, name=name, function=function, near=near, instead=instead)
    else:
        parameters = ", ".join([*(p.text for p in definition.node.parameters), name])
        here.report(messages.NAME_UNKNOWN_IN_DEF, name=name, function=function, parameters=parameters)


# --- lists -----------------------------------------------------------------------------------------------------------


def _list(here: Place, node: nodes.List) -> Value:
    items = [here.value(item) for item in node.items]
    if any(item.kind.surely({"mask"}) for item in items):
        return _masks(here, items)
    rows = bool(items) and items[0].kind.surely({"list", "masks"})
    wanted = frozenset({"list"}) if rows else frozenset({"number", "text", "mask", "length"})
    for item, written in zip(items, node.items, strict=True):
        if not item.kind.may_be(wanted):
            here.at(written).report(messages.LIST_MIXED, kind=item.kind.word)
            return _unknown_list(here)
        if not item.kind.is_constant:
            if item.kind.is_complete:
                here.at(written).report(messages.LIST_NOT_CONSTANT)
            return _unknown_list(here)
    return here.constant(Kind("list", constant=tuple(_item_of(item.kind) for item in items)))


def _item_of(kind: Kind) -> Any:
    return Quantity(kind.constant, kind.power) if kind.name == "length" else kind.constant


def _unknown_list(here: Place) -> Value:
    """A list that depends on an input that was not given, or that holds a mistake: not one that depends on pixels."""
    return here.alone(Kind("unknown", options=frozenset({"list", "masks"})))


def _masks(here: Place, items: list[Value]) -> Value:
    """A list of masks. No step computes it: what takes one takes its masks."""
    operands = {str(i): item for i, item in enumerate(items)}
    for item in items:
        if not item.kind.may_be({"mask"}):
            here.at(item).report(messages.LIST_MIXED, kind=item.kind.word)
            return _unknown_list(here)
    if not agree(here, operands) or not all(item.kind.is_complete for item in items):
        return _unknown_list(here)
    return here.alone(Kind("masks"), {name: item.step for name, item in operands.items()})


# --- operators -------------------------------------------------------------------------------------------------------


def _unary(here: Place, node: nodes.Unary) -> Value:
    rule = operators.complement if node.operator.symbol in ("~", "not") else operators.negative
    return rule(here, node.operator, here.value(node.operand))


def _power(here: Place, node: nodes.Power) -> Value:
    base, exponent = here.value(node.base), here.value(node.exponent)
    return operators.arithmetic(here, node.operator, base, exponent)


def _chain(here: Place, node: nodes.Chain) -> Value:
    result = here.value(node.operands[0])
    for i, operator in enumerate(node.operators):
        left_node, right_node = node.operands[i], node.operands[i + 1]
        right = here.value(right_node)
        there = here.at(node.operands[0].span.to(right_node.span))
        if operator.symbol in ("+", "-", "*", "/", "//", "%"):
            result = operators.arithmetic(there, operator, result, right)
        elif _compared_too_early(there, operator, (result, left_node), (right, right_node)):
            result = there.unknown(LOGICAL)
        else:
            result = operators.logical(there, operator, result, right)
    return result


def _compared_too_early(
    here: Place,
    operator: nodes.Operator,
    left: tuple[Value, nodes.Expression],
    right: tuple[Value, nodes.Expression],
) -> bool:
    """`qa & 8 != 0` compares before it takes the bits: say so, with the brackets where they were meant."""
    (value, node), (other, other_node), whole = left, right, here.span
    if _is_bare_comparison(other_node, here) and value.kind.surely(NUMERIC):
        meant, comparison = whole.to(other_node.operands[0].span), other_node.operators[0]
    elif _is_bare_comparison(node, here) and other.kind.surely(NUMERIC):
        meant, comparison = node.operands[-1].span.to(whole), node.operators[-1]
    else:
        return False
    before, behind = Span(whole.start, meant.start), Span(meant.stop, whole.stop)
    parts = here.quote(before), f"({here.quote(meant)})", here.quote(behind)
    suggestion = " ".join(part for part in parts if part)
    if operator.symbol in ("or", "and") and isinstance(node, nodes.Compare) and other.kind.is_constant:
        again = f"{here.quote(node.operands[0])} {node.operators[-1].symbol} {here.quote(other_node)}"
        suggestion = f"{here.quote(node)} {operator.symbol} {again}"
    fields = {"operator": operator.symbol, "comparison": comparison.symbol, "suggestion": suggestion}
    here.report(messages.AMPERSAND_BEFORE_COMPARISON, **fields)
    return True


def _is_bare_comparison(node: nodes.Expression, here: Place) -> TypeGuard[nodes.Compare]:
    return isinstance(node, nodes.Compare) and not _in_brackets(node, here)


def _in_brackets(node: nodes.Node, here: Place) -> bool:
    return here.source.text[node.span.start] == "("


# --- comparisons -----------------------------------------------------------------------------------------------------

_UPWARD, _DOWNWARD = {"<", "<="}, {">", ">="}


def _compare(here: Place, node: nodes.Compare) -> Value:
    first, *others = node.operands
    rest = [here.value(operand) for operand in others]
    if isinstance(first, nodes.Unary) and first.operator.symbol == "~" and not _in_brackets(first, here):
        operand = here.value(first.operand).kind
        of_masks = node.operators[0].symbol in ("==", "!=") and rest[0].kind.may_be(LOGICAL)
        if operand.surely(NUMERIC) or (operand.may_be({"image"}) and not of_masks):
            meant = here.quote(first.operand.span.to(others[-1].span))
            here.report(messages.NOT_BEFORE_COMPARISON, operator="~", text=meant)
            return here.unknown(LOGICAL)
    values = [here.value(first), *rest]
    if len(node.operators) > 1 and not _chains(here, node):
        return here.unknown(LOGICAL)
    result: Value | None = None
    for i, operator in enumerate(node.operators):
        there = here.at(node.operands[i].span.to(node.operands[i + 1].span))
        rule = _membership if operator.symbol in ("in", "not in") else operators.comparison
        part = rule(there, operator, values[i], values[i + 1])
        both = nodes.Operator(operator.span, "&")
        result = part if result is None else operators.logical(here, both, result, part)
    assert result is not None
    return result


def _chains(here: Place, node: nodes.Compare) -> bool:
    symbols = {o.symbol for o in node.operators}
    if symbols <= _UPWARD or symbols <= _DOWNWARD:
        return True
    single = next((o for o in node.operators if o.symbol not in _UPWARD | _DOWNWARD), None)
    if single:
        here.at(single).report(messages.CHAIN_EQUALITY, operator=single.symbol)
    else:
        first = node.operators[0].symbol in _UPWARD
        turn = next(o for o in node.operators if (o.symbol in _UPWARD) != first)
        here.at(turn).report(messages.CHAIN_DIRECTION)
    return False


def _membership(here: Place, operator: nodes.Operator, left: Value, right: Value) -> Value:
    if not right.kind.may_be({"list"}):
        fields = {"operator": operator.symbol, "kind": right.kind.word, "text": here.quote(left)}
        selection = here.context.steps.selections.get(right.step) if right.kind.is_of_rows else None
        if selection is not None:
            here.at(right).report(
                messages.ROWS_AS_LIST, operator=operator.symbol, regions=here.quote(left), table=selection.text
            )
        else:
            here.at(right).report(messages.IN_NEEDS_LIST, **fields)
        return here.unknown(LOGICAL)
    if left.kind.name == "text" and right.kind.is_constant:
        found = left.kind.constant in right.kind.constant
        return here.constant(TRUTH.with_constant(found == (operator.symbol == "in")))
    if not left.kind.may_be(NUMERIC):
        operators.refuse_operand(here, operator.symbol, left, "numbers and images")
        return here.unknown(LOGICAL)
    among = apply(here, CATALOGUE["isin"], {"im": left, "values": right})
    if operator.symbol == "in":
        return among
    return operators.complement(here, nodes.Operator(operator.span, "not"), among)


RULES: Rules = {
    nodes.Name: _name,
    nodes.Number: _literal,
    nodes.Quantity: _literal,
    nodes.Text: _literal,
    nodes.Truth: _literal,
    nodes.Nothing: _literal,
    nodes.List: _list,
    nodes.Unary: _unary,
    nodes.Chain: _chain,
    nodes.Compare: _compare,
    nodes.Power: _power,
    nodes.Index: index,
    nodes.Call: calls.call,
}
