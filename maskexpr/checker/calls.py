"""Calls: which function is meant, and which argument goes where."""

import itertools
from collections.abc import Callable, Iterable, Mapping

from maskexpr.checker import predicates
from maskexpr.checker.application import Given, apply
from maskexpr.checker.context import Context, Definition, Scope, Value
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import MOST_SHOWN
from maskexpr.diagnostics.foreign_names import FOREIGN_FUNCTIONS
from maskexpr.diagnostics.nearest import nearest
from maskexpr.diagnostics.source import Span
from maskexpr.functions.record import Function
from maskexpr.language import nodes

Check = Callable[[Context, Scope, nodes.Expression], Value]
_PIXELWISE_TWINS = {"min": "minimum", "max": "maximum"}
_WORDS = {"and", "or", "xor", "not", "in"}
_MODULES = {"np", "numpy", "math", "scipy", "ndi", "ndimage", "skimage", "cv2"}


def suggestion(c: Context, name: str, *known: Iterable[str]) -> str:
    """The known name most like this one; none after more mistakes than are shown, as looking takes long."""
    return nearest(name, itertools.chain(*known)) if len(c.diagnostics) < MOST_SHOWN else ""


def call(c: Context, scope: Scope, node: nodes.Call, check: Check) -> Value:
    """A call of a `def` in sight, else of a function of the catalogue."""
    name = node.function.text
    if _is_module_prefix(c, scope, node):
        module = node.arguments[0].span
        if name not in c.catalogue and name in FOREIGN_FUNCTIONS:
            _unknown_function(c, scope, node)
            return c.unknown(scope, node.span)
        span = module.to(node.function.span)
        c.report(messages.MODULE_PREFIX, scope, span, module=scope.source.quote(module), function=name)
        return c.unknown(scope, node.span)
    definition = scope.functions.get(name)
    if definition is not None and not _may_call(c, scope, node, definition):
        definition = None
        if name not in c.catalogue:
            _check_all(c, scope, node, check)
            return c.unknown(scope, node.span)
    if definition is not None:
        return _call_def(c, scope, node, definition, check)
    if name in scope.functions and name not in c.catalogue:
        _check_all(c, scope, node, check)
        return c.unknown(scope, node.span)
    function = c.catalogue.get(name)
    if function is None or function.bare:
        _unknown_function(c, scope, node)
        _check_all(c, scope, node, check)
        return c.unknown(scope, node.span)
    given = _bind(c, scope, node, [p.name for p in function.parameters], function, check)
    if given is None:
        return c.unknown(scope, node.span, function.gives.names)
    return apply(c, scope, function, given, node.span)


def _is_module_prefix(c: Context, scope: Scope, node: nodes.Call) -> bool:
    """`np.where(...)` reads as `where(np, ...)`."""
    first = next(iter(node.arguments), None)
    if not isinstance(first, nodes.Name) or first.text not in _MODULES or first.span.start > node.function.span.start:
        return False
    return first.text not in scope.values and first.text not in c.signature


def _check_all(c: Context, scope: Scope, node: nodes.Call, check: Check) -> None:
    """Find the mistakes in the arguments although the call itself makes no sense."""
    for argument in node.arguments:
        check(c, scope, argument.value if isinstance(argument, nodes.Keyword) else argument)


def _unknown_function(c: Context, scope: Scope, node: nodes.Call) -> None:
    name, span = node.function.text, node.function.span
    near = suggestion(c, name, scope.functions, (n for n, f in c.catalogue.items() if not f.bare))
    if name.lower() in _WORDS:
        c.report(messages.OPERATOR_FOREIGN, scope, span, found=name, meant=name.lower())
    elif name in c.later_functions:
        c.report(messages.FUNCTION_LATER, scope, span, name=name)
    elif name in scope.values or name in c.signature or name in c.inputs or name in c.catalogue:
        c.report(messages.FUNCTION_IS_VALUE, scope, span, name=name)
    elif name in FOREIGN_FUNCTIONS:
        c.report(messages.FUNCTION_FOREIGN, scope, span, name=name, meant=FOREIGN_FUNCTIONS[name])
    elif near:
        c.report(messages.FUNCTION_UNKNOWN, scope, span, name=name, near=near)
    else:
        c.report(messages.FUNCTION_UNKNOWN_FAR, scope, span, name=name)


def _may_call(c: Context, scope: Scope, node: nodes.Call, definition: Definition) -> bool:
    """A `def` may call earlier ones only, so that every program ends."""
    inside = scope.inside
    if inside is None or definition.order < inside.order:
        return True
    name = node.function.text
    if name in c.catalogue:
        return False
    mistake = messages.FUNCTION_CALLS_ITSELF if definition is inside else messages.FUNCTION_LATER
    c.report(mistake, scope, node.function.span, name=name)
    return False


# --- defs ------------------------------------------------------------------------------------------------------------


def _call_def(c: Context, scope: Scope, node: nodes.Call, definition: Definition, check: Check) -> Value:
    names = [p.text for p in definition.node.parameters]
    given = _bind(c, scope, node, names, definition, check)
    if given is None:
        return c.unknown(scope, node.span)
    line, column = scope.source.position(node.span.start)
    return fill_in(c, definition, given, node.span, f"{scope.source.name}:{line}:{column}", check)


def fill_in(
    c: Context, definition: Definition, values: Mapping[str, Value], span: Span, place: str, check: Check
) -> Value:
    """The body of a `def` with its parameters given; done once for the same values."""
    key = tuple(id(v.step) for v in values.values())
    if key not in definition.results:
        inner = definition.inside({n: v.step for n, v in values.items()})
        c.calls.append((definition.node.name.text, place))
        try:
            definition.results[key] = check(c, inner, definition.node.body).step
        finally:
            c.calls.pop()
        # Steps are compared by identity: keep the operands alive, or another could take their place in the key.
        definition.kept.extend(v.step for v in values.values())
    return Value(definition.results[key], span)


# --- which argument goes where ---------------------------------------------------------------------------------------


def _bind(
    c: Context, scope: Scope, node: nodes.Call, names: list[str], function: Function | Definition, check: Check
) -> Given | None:
    """Arguments by parameter name, each with the span of the whole argument; None if they do not fit."""
    aliases: Mapping[str, str] = function.aliases if isinstance(function, Function) else {}
    given: dict[str, Value] = {}
    later: dict[str, nodes.Expression] = {}  # a condition on regions, which are to be known first
    title, signature = node.function.text, _signature(function)
    fits, named = True, False
    for i, argument in enumerate(node.arguments):
        if isinstance(argument, nodes.Keyword):
            named = True
            name = aliases.get(argument.name.text, argument.name.text)
            if _is_condition(function, name) and name not in {**given, **later}:
                later[name] = argument.value
                continue
            value = check(c, scope, argument.value)
            if name not in names:
                near = suggestion(c, name, names, aliases)
                far = messages.ARGUMENT_UNKNOWN_FAR if given else messages.ARGUMENT_COMPARED
                mistake = messages.ARGUMENT_UNKNOWN if near else far
                fields = {"function": title, "name": name, "near": near, "signature": signature}
                c.report(mistake, scope, argument.name.span, **fields)
                fits = False
            elif name in given or name in later:
                c.report(messages.ARGUMENT_TWICE, scope, argument.span, name=name)
                fits = False
            else:
                given[name] = value
            continue
        if not named and i < len(names) and _is_condition(function, names[i]):
            later[names[i]] = argument
            continue
        value = check(c, scope, argument)
        if named:
            c.report(messages.ARGUMENT_ORDER, scope, argument.span)
            fits = False
        elif i >= len(names):
            if fits:
                _too_many(c, scope, node, argument, len(names), signature)
            fits = False
        else:
            given[names[i]] = value
    missing = [n for n in names if n not in given and n not in later and _is_required(function, n)]
    if fits and missing:
        c.report(messages.ARGUMENT_MISSING, scope, node.span, function=title, name=missing[0], signature=signature)
    if not fits or missing:
        return None
    if isinstance(function, Function):
        for name, condition in later.items():
            given[name] = predicates.check(c, scope, condition, function, given, check)
    return {name: given[name] for name in names if name in given}


def _too_many(
    c: Context, scope: Scope, node: nodes.Call, argument: nodes.Expression, most: int, signature: str
) -> None:
    name = node.function.text
    if name in _PIXELWISE_TWINS and len(node.arguments) == 2:
        c.report(messages.ARGUMENT_TOO_MANY_TWO, scope, argument.span, function=name, other=_PIXELWISE_TWINS[name])
        return
    fields = {"function": name, "most": most, "count": len(node.arguments), "signature": signature}
    c.report(messages.ARGUMENT_TOO_MANY, scope, argument.span, **fields)


def _signature(function: Function | Definition) -> str:
    if isinstance(function, Function):
        return function.signature
    return f"{function.node.name.text}({', '.join(p.text for p in function.node.parameters)})"


def _is_condition(function: Function | Definition, name: str) -> bool:
    parameter = function.parameter(name) if isinstance(function, Function) else None
    return parameter is not None and "predicate" in parameter.takes.kinds


def _is_required(function: Function | Definition, name: str) -> bool:
    if isinstance(function, Definition):
        return True
    parameter = function.parameter(name)
    return parameter is None or parameter.required
