"""From expressions to steps."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeGuard

from maskexpr.checker import calls, operators, predicates
from maskexpr.checker.application import apply
from maskexpr.checker.context import Context, Scope, TooLarge, Value
from maskexpr.checker.shapes import agree
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.foreign_names import FOREIGN_VALUES
from maskexpr.diagnostics.messages import Mistake
from maskexpr.diagnostics.source import Span
from maskexpr.kinds.kind import (
    ARRAYS,
    GIVEN,
    LOGICAL,
    NONE,
    NUMERIC,
    SCALARS,
    TRUTH,
    Kind,
    number,
    quantity,
    text,
    unknown,
)
from maskexpr.kinds.quantity import Quantity
from maskexpr.language import nodes
from maskexpr.library import CATALOGUE, OPERATORS
from maskexpr.program.steps import Step


def check(c: Context, scope: Scope, node: nodes.Expression) -> Value:
    """The step for an expression; after a mistake, a stand-in that fits everywhere."""
    if c.depth >= c.limits.depth:
        c.report_once(messages.DEFS_TOO_DEEP, scope, node.span, most=c.limits.depth)
        return c.unknown(scope, node.span)
    if c.calls:
        c.visits += 1
        if c.visits > 2 * c.limits.nodes:
            raise TooLarge
    c.depth += 1
    try:
        return _CHECKS[type(node)](c, scope, node)
    finally:
        c.depth -= 1


def _literal(c: Context, scope: Scope, node: Any) -> Value:
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
    return c.constant(kind, scope, node.span)


def _name(c: Context, scope: Scope, node: nodes.Name) -> Value:
    name = node.text
    if predicates.is_property(scope, name):
        return predicates.named(c, scope, node)
    if name in scope.values:
        c.used.add(name)
        return Value(scope.values[name], node.span)
    function = c.catalogue.get(name)
    if function is not None and function.bare and name not in c.signature:
        return apply(c, scope, function, {}, node.span)
    if scope.inside is not None:
        _unknown_in_def(c, scope, node)
        return c.unknown(scope, node.span)
    if scope.regions is not None and name not in c.inputs:
        c.in_conditions.add(name)
    kind = c.signature.get(name) or unknown(GIVEN)
    return c.input(name, kind, scope, node.span)


def _unknown_in_def(c: Context, scope: Scope, node: nodes.Name) -> None:
    assert scope.inside is not None
    definition = scope.inside.node
    near = FOREIGN_VALUES.get(node.text) or calls.suggestion(c, node.text, scope.values)
    function = definition.name.text
    if near:
        c.report(messages.NAME_UNKNOWN_IN_DEF_NEAR, scope, node.span, name=node.text, function=function, near=near)
    else:
        parameters = ", ".join([*(p.text for p in definition.parameters), node.text])
        fields = {"name": node.text, "function": function, "parameters": parameters}
        c.report(messages.NAME_UNKNOWN_IN_DEF, scope, node.span, **fields)


def _list(c: Context, scope: Scope, node: nodes.List) -> Value:
    items = [check(c, scope, item) for item in node.items]
    if any(item.kind.surely({"mask"}) for item in items):
        return _masks(c, scope, node, items)
    for step, item in zip(items, node.items, strict=True):
        if not step.kind.may_be({"number", "text", "mask", "length"}):
            c.report(messages.LIST_MIXED, scope, item.span, kind=step.kind.word)
            return _unknown_list(scope, node)
        if not step.kind.is_constant:
            if step.kind.is_complete:
                c.report(messages.LIST_NOT_CONSTANT, scope, item.span)
            return _unknown_list(scope, node)
    values = tuple(_item_of(step.kind) for step in items)
    return c.constant(Kind("list", constant=values), scope, node.span)


def _item_of(kind: Kind) -> Any:
    return Quantity(kind.constant, kind.power) if kind.name == "length" else kind.constant


def _unknown_list(scope: Scope, node: nodes.List) -> Value:
    """A list that depends on an input that was not given, or that holds a mistake: not one that depends on pixels."""
    return Value(Step(Kind("unknown", options=frozenset({"list", "masks"})), scope.source, node.span), node.span)


def _masks(c: Context, scope: Scope, node: nodes.List, items: list[Value]) -> Value:
    """A list of masks. No step computes it: what takes one takes its masks."""
    operands = {str(i): item for i, item in enumerate(items)}
    for item in items:
        if not item.kind.may_be({"mask"}):
            c.report(messages.LIST_MIXED, scope, item.span, kind=item.kind.word)
            return _unknown_list(scope, node)
    if not agree(c, scope, operands, node.span) or not all(item.kind.is_complete for item in items):
        return _unknown_list(scope, node)
    steps = {name: item.step for name, item in operands.items()}
    return Value(Step(Kind("masks"), scope.source, node.span, operands=steps), node.span)


def _unary(c: Context, scope: Scope, node: nodes.Unary) -> Value:
    operand = check(c, scope, node.operand)
    rule = operators.complement if node.operator.symbol in ("~", "not") else operators.negative
    return rule(c, scope, node.operator, operand, node.span)


def _chain(c: Context, scope: Scope, node: nodes.Chain) -> Value:
    result = check(c, scope, node.operands[0])
    for i, operator in enumerate(node.operators):
        right_node = node.operands[i + 1]
        right = check(c, scope, right_node)
        span = node.operands[0].span.to(right_node.span)
        if operator.symbol in ("+", "-", "*", "/", "//", "%"):
            result = operators.arithmetic(c, scope, operator, result, right, span)
            continue
        left_node = node.operands[i]
        if _compared_too_early(c, scope, operator, (result, left_node), (right, right_node), span):
            result = c.unknown(scope, span, LOGICAL)
            continue
        result = operators.logical(c, scope, operator, result, right, span)
    return result


def _compared_too_early(
    c: Context,
    scope: Scope,
    operator: nodes.Operator,
    left: tuple[Value, nodes.Expression],
    right: tuple[Value, nodes.Expression],
    whole: Span,
) -> bool:
    """`qa & 8 != 0` compares before it takes the bits: say so, with the brackets where they were meant."""
    (step, node), (other, other_node) = left, right
    if _is_bare_comparison(other_node, scope) and step.kind.surely(NUMERIC):
        meant, comparison = whole.to(other_node.operands[0].span), other_node.operators[0]
    elif _is_bare_comparison(node, scope) and other.kind.surely(NUMERIC):
        meant, comparison = node.operands[-1].span.to(whole), node.operators[-1]
    else:
        return False
    before, behind = Span(whole.start, meant.start), Span(meant.stop, whole.stop)
    parts = scope.source.quote(before), f"({scope.source.quote(meant)})", scope.source.quote(behind)
    suggestion = " ".join(part for part in parts if part)
    fields = {"operator": operator.symbol, "comparison": comparison.symbol, "suggestion": suggestion}
    c.report(messages.AMPERSAND_BEFORE_COMPARISON, scope, whole, **fields)
    return True


def _is_bare_comparison(node: nodes.Expression, scope: Scope) -> TypeGuard[nodes.Compare]:
    return isinstance(node, nodes.Compare) and not _in_brackets(scope, node)


def _in_brackets(scope: Scope, node: nodes.Node) -> bool:
    return scope.source.text[node.span.start] == "("


def _power(c: Context, scope: Scope, node: nodes.Power) -> Value:
    base, exponent = check(c, scope, node.base), check(c, scope, node.exponent)
    return operators.arithmetic(c, scope, node.operator, base, exponent, node.span)


_UPWARD, _DOWNWARD = {"<", "<="}, {">", ">="}


def _compare(c: Context, scope: Scope, node: nodes.Compare) -> Value:
    first, *others = node.operands
    rest = [check(c, scope, operand) for operand in others]
    if isinstance(first, nodes.Unary) and first.operator.symbol == "~" and not _in_brackets(scope, first):
        operand = check(c, scope, first.operand).kind
        of_masks = node.operators[0].symbol in ("==", "!=") and rest[0].kind.may_be(LOGICAL)
        if operand.surely(NUMERIC) or (operand.may_be({"image"}) and not of_masks):
            text_ = scope.source.quote(first.operand.span.to(others[-1].span))
            c.report(messages.NOT_BEFORE_COMPARISON, scope, node.span, operator="~", text=text_)
            return c.unknown(scope, node.span, LOGICAL)
    steps = [check(c, scope, first), *rest]
    if len(node.operators) > 1 and not _chains(c, scope, node):
        return c.unknown(scope, node.span, LOGICAL)
    result: Value | None = None
    for i, operator in enumerate(node.operators):
        span = node.operands[i].span.to(node.operands[i + 1].span)
        if operator.symbol in ("in", "not in"):
            part = _membership(c, scope, operator, steps[i], steps[i + 1], span)
        else:
            part = operators.comparison(c, scope, operator, steps[i], steps[i + 1], span)
        both = nodes.Operator(operator.span, "&")
        result = part if result is None else operators.logical(c, scope, both, result, part, node.span)
    assert result is not None
    return result


def _chains(c: Context, scope: Scope, node: nodes.Compare) -> bool:
    symbols = {o.symbol for o in node.operators}
    if symbols <= _UPWARD or symbols <= _DOWNWARD:
        return True
    single = next((o for o in node.operators if o.symbol not in _UPWARD | _DOWNWARD), None)
    if single:
        c.report(messages.CHAIN_EQUALITY, scope, single.span, operator=single.symbol)
    else:
        first = node.operators[0].symbol in _UPWARD
        turn = next(o for o in node.operators if (o.symbol in _UPWARD) != first)
        c.report(messages.CHAIN_DIRECTION, scope, turn.span)
    return False


def _membership(c: Context, scope: Scope, operator: nodes.Operator, left: Value, right: Value, span: Any) -> Value:
    if not right.kind.may_be({"list"}):
        fields = {"operator": operator.symbol, "kind": right.kind.word, "text": scope.source.quote(left.span)}
        c.report(messages.IN_NEEDS_LIST, scope, right.span, **fields)
        return c.unknown(scope, span, LOGICAL)
    if left.kind.name == "text" and right.kind.is_constant:
        found = left.kind.constant in right.kind.constant
        return c.constant(TRUTH.with_constant(found == (operator.symbol == "in")), scope, span)
    if not left.kind.may_be(NUMERIC):
        operators.refuse_operand(c, scope, operator.symbol, left, "numbers and images")
        return c.unknown(scope, span, LOGICAL)
    found_step = apply(c, scope, CATALOGUE["isin"], {"im": left, "values": right}, span)
    if operator.symbol == "in":
        return found_step
    return operators.complement(c, scope, nodes.Operator(operator.span, "not"), found_step, span)


def _index(c: Context, scope: Scope, node: nodes.Index) -> Value:
    value = check(c, scope, node.value)
    if value.kind.options == predicates.NOT_KNOWN:  # a property of regions that are not known yet
        return c.unknown(scope, node.span, value.kind.options)
    if value.kind.name == "list":
        return _item(c, scope, value, node)
    if not value.kind.may_be(ARRAYS):
        # What is wrong with an item of a list that is not known yet can be said only when it is.
        if not (isinstance(node.value, nodes.Index) and _is_open(value)):
            c.report(messages.INDEX_KIND, scope, node.value.span, kind=value.kind.word)
        return c.unknown(scope, node.span)
    subscripts = [s if isinstance(s, nodes.Slice) else check(c, scope, s) for s in node.subscripts]
    masks = [s for s in subscripts if isinstance(s, Value) and s.kind.surely({"mask"})]
    if masks and len(subscripts) > 1:
        fields = {"text": scope.source.quote(node.value.span), "mask": scope.source.quote(masks[0].span)}
        c.report(messages.INDEX_MASK_WITH_OTHERS, scope, masks[0].span, **fields)
        return c.unknown(scope, node.span)
    if masks:
        return _samples(c, scope, value, masks[0], node)
    if isinstance(subscripts[0], Value) and subscripts[0].kind.name == "unknown" and len(subscripts) == 1:
        return c.unknown(scope, node.span, GIVEN | {"samples"})
    return _crop(c, scope, value, subscripts, node)


def _samples(c: Context, scope: Scope, value: Value, mask: Value, node: nodes.Index) -> Value:
    kind = value.kind
    if kind.name == "colour":
        fields = {"text": scope.source.quote(node.value.span), "mask": scope.source.quote(node.subscripts[0].span)}
        channels, stack = kind.channels or "several", c.or_stack(value)
        c.report(messages.INDEX_COLOUR, scope, node.value.span, channels=channels, stack=stack, **fields)
        return c.unknown(scope, node.span)
    operands = {"value": value, "mask": mask}
    if not agree(c, scope, operands, node.span) or not kind.is_complete or not mask.kind.is_complete:
        return c.unknown(scope, node.span, frozenset({"samples"}))
    samples = Kind("samples", None, kind.dtype, kind.range, origin=kind.origin, spacing=kind.spacing)
    return c.apply(OPERATORS["samples"], operands, samples, scope, node.span)


def _is_open(value: Value) -> bool:
    """Whether a value depends on an input that is not given yet."""
    return value.step.function is None and not value.step.name and not value.kind.is_constant


def _item(c: Context, scope: Scope, value: Value, node: nodes.Index) -> Value:
    """One number of a list: `centroid(m)[0]`."""
    kind, part = value.kind, node.subscripts[0]
    if kind.is_constant:
        kind = replace(kind, shape=(len(kind.constant),))
    if kind.shape is None and _is_open(value):
        return c.unknown(scope, node.span, frozenset({"number"}))
    if kind.shape is None:
        c.report(messages.ITEM_UNKNOWN, scope, node.span, text=scope.source.quote(node.value.span))
        return c.unknown(scope, node.span)
    if len(node.subscripts) > 1 or isinstance(part, nodes.Slice):
        c.report(messages.ITEM_ONE, scope, node.span, text=scope.source.quote(node.value.span))
        return c.unknown(scope, node.span)
    try:
        i = _position(c, scope, check(c, scope, part), part, messages.ITEM_OUTSIDE, 0, kind.shape[0])
    except _BadSubscript:
        return c.unknown(scope, node.span)
    if i is None:
        return c.unknown(scope, node.span, frozenset({"number", "text"}))
    i %= kind.shape[0]
    if c.is_property(value.step):
        return predicates.part(c, scope, value, i, node.span)
    if kind.is_constant:
        item = kind.constant[i]
        if isinstance(item, Quantity):
            return c.constant(quantity(item.value, item.power), scope, node.span)
        return c.constant(text(item) if isinstance(item, str) else number(constant=item), scope, node.span)
    return c.apply(OPERATORS["item"], {"value": value}, number(kind.range), scope, node.span, {"index": i})


class _BadSubscript(Exception):
    pass


def _crop(c: Context, scope: Scope, value: Value, subscripts: list[Value | nodes.Slice], node: nodes.Index) -> Value:
    kind, text_ = value.kind, scope.source.quote(node.value.span)
    if kind.shape is None and kind.is_complete:
        c.report(messages.INDEX_OF_PROPERTY, scope, node.span, text=text_)
        return c.unknown(scope, node.span)
    if kind.ndim is not None and len(subscripts) > kind.ndim:
        mistake = messages.INDEX_CHANNEL if kind.name == "colour" else messages.INDEX_TOO_MANY
        c.report(mistake, scope, node.span, count=len(subscripts), ndim=kind.ndim, text=text_)
        return c.unknown(scope, node.span)
    index: list[slice | int | None] = []
    for axis, (subscript, part) in enumerate(zip(subscripts, node.subscripts, strict=True)):
        length = kind.shape[axis] if kind.shape is not None else None
        try:
            if isinstance(subscript, Value):
                index.append(_position(c, scope, subscript, part, messages.INDEX_OUTSIDE, axis, length))
            else:
                index.append(_slice(c, scope, subscript, axis, length))
        except _BadSubscript:
            return c.unknown(scope, node.span)
    if kind.shape is None or not kind.is_complete or None in index:
        return c.unknown(scope, node.span, _crop_options(kind, subscripts))
    result = _cropped(kind, index)
    settings = {"subscripts": tuple(index)}
    return c.apply(OPERATORS["crop"], {"value": value}, result, scope, node.span, settings)


def _crop_options(kind: Kind, subscripts: list[Value | nodes.Slice]) -> frozenset[str]:
    """What a crop may be while the image is not known: a single pixel too, unless there are slices or axes left."""
    names = frozenset(n for n in ARRAYS if kind.may_be({n}))
    is_part = any(isinstance(s, nodes.Slice) for s in subscripts) or (kind.ndim or 0) > len(subscripts)
    if is_part:
        return names
    pixels = {"truth"} if names == {"mask"} else SCALARS if "mask" in names else {"number"}
    return names | pixels | ({"image"} if "colour" in names else frozenset())


def _whole(c: Context, scope: Scope, step: Value, node: nodes.Node, wrong: Mistake) -> int | None:
    """A subscript that is known before the run; None while it depends on an input that was not given."""
    kind = step.kind
    if not kind.may_be({"number"}):
        c.report(wrong, scope, node.span, kind=kind.word)
        raise _BadSubscript
    if not kind.is_constant:
        if kind.name == "number":
            c.report(messages.NOT_CONSTANT, scope, node.span, what="a subscript")
            raise _BadSubscript
        return None
    if isinstance(kind.constant, float) and kind.constant % 1 != 0:
        c.report(wrong, scope, node.span, kind="fraction")
        raise _BadSubscript
    return int(kind.constant)


def _position(
    c: Context, scope: Scope, step: Value, node: nodes.Node, outside: Mistake, axis: int, length: int | None
) -> int | None:
    i = _whole(c, scope, step, node, messages.INDEX_NOT_WHOLE)
    if i is not None and length is not None and not -length <= i < length:
        fields = {"index": i, "axis": axis, "length": length, "last": length - 1}
        c.report(outside, scope, node.span, **fields)
        raise _BadSubscript
    return i


def _slice(c: Context, scope: Scope, node: nodes.Slice, axis: int, length: int | None) -> slice | None:
    bounds: list[int | None] = []
    known = True
    for part in (node.start, node.stop, node.step):
        value = None if part is None else _whole(c, scope, check(c, scope, part), part, messages.INDEX_BOUND)
        known = known and (part is None or value is not None)
        bounds.append(value)
    if bounds[2] == 0:
        c.report(messages.INDEX_STEP_ZERO, scope, node.span)
        raise _BadSubscript
    if not known or length is None:
        return None
    whole = range(*slice(*bounds).indices(length))
    if not whole:
        c.report(messages.INDEX_EMPTY, scope, node.span, axis=axis, length=length)
        raise _BadSubscript
    return slice(*bounds)


def _cropped(kind: Kind, index: list[Any]) -> Kind:
    assert kind.shape is not None
    shape, spacing = [], []
    for axis, length in enumerate(kind.shape):
        part = index[axis] if axis < len(index) else slice(None)
        if isinstance(part, slice):
            shape.append(len(range(*part.indices(length))))
            if kind.spacing:
                spacing.append(kind.spacing[axis] * abs(part.step or 1))
    if not shape and kind.name == "colour":
        return replace(kind, name="image", shape=(kind.channels,), channels=0, spacing=None)
    if not shape:
        return TRUTH if kind.name == "mask" else number(kind.range)
    return replace(kind, shape=tuple(shape), spacing=tuple(spacing) or None)


def _call(c: Context, scope: Scope, node: nodes.Call) -> Value:
    return calls.call(c, scope, node, check)


_CHECKS: dict[type, Callable[..., Value]] = {
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
    nodes.Index: _index,
    nodes.Call: _call,
}
