"""Calls: which function is meant, which argument goes where, and whether each one fits."""

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from maskexpr import messages, nodes
from maskexpr.arguments import default_of
from maskexpr.builtin import Builtin, Parameter, Refused, Surroundings, grid_of
from maskexpr.checker.context import Context, Function, Scope, Value
from maskexpr.checker.shapes import agree
from maskexpr.errors import MOST_SHOWN
from maskexpr.kinds import Kind, number, shape_text
from maskexpr.source import Span

Check = Callable[[Context, Scope, nodes.Expression], Value]
Given = Mapping[str, tuple[Value, Span]]
_PIXELWISE_TWINS = {"min": "minimum", "max": "maximum"}
_OF_MASKS = {"mean": ("the share of pixels", "fraction"), "sum": ("the number of pixels", "area")}
_WORDS = {"and", "or", "xor", "not", "in"}
_MOST_COMPARED = 300
_MODULES = {"np", "numpy", "math", "scipy", "ndi", "ndimage", "skimage", "cv2"}


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like this one, "" if none is; a single letter is like no other name."""
    import difflib  # only mistakes need it, and a start should not pay for it

    best, near = 0.6, ""
    matcher = difflib.SequenceMatcher(b=name, autojunk=False)
    for other in itertools.islice(known, _MOST_COMPARED):
        if other.lower() == name.lower():
            return other
        matcher.set_seq1(other)
        if min(len(name), len(other)) > 1 and matcher.quick_ratio() > best and matcher.ratio() > best:
            best, near = matcher.ratio(), other
    return near


def suggestion(c: Context, name: str, *known: Iterable[str]) -> str:
    """The known name most like this one; none after more mistakes than are shown, as looking takes long."""
    return nearest(name, itertools.chain(*known)) if len(c.diagnostics) < MOST_SHOWN else ""


def call(c: Context, scope: Scope, node: nodes.Call, check: Check) -> Value:
    """A call of a `def` in sight, else of a function of the catalogue."""
    name = node.function.text
    if _is_module_prefix(c, scope, node):
        module = node.arguments[0].span
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
    if function is None or name in ("x", "y", "z"):
        _unknown_function(c, scope, node)
        _check_all(c, scope, node, check)
        return c.unknown(scope, node.span)
    given = _bind(c, scope, node, [p.name for p in function.parameters], function, check)
    if given is None:
        return c.unknown(scope, node.span, function.gives.names)
    return call_builtin(c, scope, function, given, node.span, node.function.span)


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
    near = suggestion(c, name, scope.functions, (n for n in c.catalogue if n not in "xyz"))
    if name.lower() in _WORDS:
        c.report(messages.OPERATOR_FOREIGN, scope, span, found=name, meant=name.lower())
    elif name in c.later_functions:
        c.report(messages.FUNCTION_LATER, scope, span, name=name)
    elif name in scope.values or name in c.signature or name in c.inputs or name in ("x", "y", "z"):
        c.report(messages.FUNCTION_IS_VALUE, scope, span, name=name)
    elif near:
        c.report(messages.FUNCTION_UNKNOWN, scope, span, name=name, near=near)
    else:
        c.report(messages.FUNCTION_UNKNOWN_FAR, scope, span, name=name)


def _may_call(c: Context, scope: Scope, node: nodes.Call, definition: Function) -> bool:
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


def _call_def(c: Context, scope: Scope, node: nodes.Call, definition: Function, check: Check) -> Value:
    names = [p.text for p in definition.node.parameters]
    given = _bind(c, scope, node, names, definition, check)
    if given is None:
        return c.unknown(scope, node.span)
    values = {name: value for name, (value, _) in given.items()}
    line, column = scope.source.position(node.span.start)
    return fill_in(c, definition, values, node.span, f"{scope.source.name}:{line}:{column}", check)


def fill_in(
    c: Context, definition: Function, values: Mapping[str, Value], span: Span, place: str, check: Check
) -> Value:
    """The body of a `def` with its parameters given; done once for the same values."""
    key = tuple(id(v.step) for v in values.values())
    if key not in definition.results:
        inner = Scope(
            {**definition.scope.values, **{n: v.step for n, v in values.items()}},
            definition.scope.functions,
            definition.source,
            definition,
        )
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
    c: Context, scope: Scope, node: nodes.Call, names: list[str], function: Builtin | Function, check: Check
) -> Given | None:
    """Arguments by parameter name, each with the span of the whole argument; None if they do not fit."""
    aliases: Mapping[str, str] = function.aliases if isinstance(function, Builtin) else {}
    given: dict[str, tuple[Value, Span]] = {}
    title, signature = node.function.text, _signature(function)
    fits, named = True, False
    for i, argument in enumerate(node.arguments):
        if isinstance(argument, nodes.Keyword):
            named = True
            name = aliases.get(argument.name.text, argument.name.text)
            value = check(c, scope, argument.value)
            if name not in names:
                near = suggestion(c, name, names, aliases)
                far = messages.ARGUMENT_UNKNOWN_FAR if given else messages.ARGUMENT_COMPARED
                mistake = messages.ARGUMENT_UNKNOWN if near else far
                fields = {"function": title, "name": name, "near": near, "signature": signature}
                c.report(mistake, scope, argument.name.span, **fields)
                fits = False
            elif name in given:
                c.report(messages.ARGUMENT_TWICE, scope, argument.span, name=name)
                fits = False
            else:
                given[name] = (value, argument.span)
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
            given[names[i]] = (value, argument.span)
    missing = [n for n in names if n not in given and _is_required(function, n)]
    if fits and missing:
        c.report(messages.ARGUMENT_MISSING, scope, node.span, function=title, name=missing[0], signature=signature)
    if not fits or missing:
        return None
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


def _signature(function: Builtin | Function) -> str:
    if isinstance(function, Builtin):
        return function.signature
    return f"{function.node.name.text}({', '.join(p.text for p in function.node.parameters)})"


def _is_required(function: Builtin | Function, name: str) -> bool:
    if isinstance(function, Function):
        return True
    parameter = function.parameter(name)
    return parameter is None or parameter.required


# --- whether each argument fits --------------------------------------------------------------------------------------


def call_builtin(c: Context, scope: Scope, function: Builtin, given: Given, span: Span, name_span: Span) -> Value:
    """A function of the catalogue applied to arguments that were bound to its parameters."""
    arrays = {n: v.kind for n, (v, _) in given.items() if v.kind.is_array or v.kind.name == "samples"}
    operands: dict[str, Value] = {}
    settings: dict[str, Any] = {}
    fits = _fill_in_grid(c, scope, function, settings, arrays, name_span)
    around = _surroundings(arrays)
    for parameter in function.parameters:
        if parameter.name not in given:
            _take_default(c, scope, parameter, operands, settings, around, span)
            continue
        value, place = given[parameter.name]
        try:
            if not _kind_fits(c, scope, function, parameter, value):
                fits = False
            elif parameter.takes.settle is not None:
                settings[parameter.name] = _settled(parameter, value.kind, around)
            else:
                operands[parameter.name] = _operand(c, scope, parameter, value, around)
        except Refused as refused:
            fields = {"name": parameter.name, **refused.fields}
            c.report(refused.mistake, scope, value.span if place else span, **fields)
            fits = False
    if not fits or not agree(c, scope, operands, span):
        return c.unknown(scope, span, function.gives.names)
    return _applied(c, scope, function, given, operands, settings, around, span)


def _applied(
    c: Context,
    scope: Scope,
    function: Builtin,
    given: Given,
    operands: dict[str, Value],
    settings: dict[str, Any],
    around: Surroundings,
    span: Span,
) -> Value:
    kinds = {n: v.kind for n, v in operands.items()}
    kinds.update({n: v.kind for n, (v, _) in given.items() if n in settings})
    if "grid" in settings:
        if settings["grid"] is _UNKNOWN:
            return c.unknown(scope, span, function.gives.names)
        kinds["grid"] = Kind("image", settings["grid"], np.dtype(np.uint8), spacing=around.spacing)
    try:
        known = all(s is not _UNKNOWN for s in settings.values())
        if function.check is not None and known:
            function.check(settings, around)
        kind = function.gives(kinds)
    except Refused as refused:
        blamed = given.get(refused.argument)
        fields = {"name": refused.argument, **refused.fields}
        c.report(refused.mistake, scope, blamed[0].span if blamed else span, **fields)
        return c.unknown(scope, span, function.gives.names)
    if not known or not kind.is_complete or not all(k.is_complete for k in kinds.values()):
        return c.unknown(scope, span, kind.options or frozenset({kind.name}))
    return c.apply(function, operands, kind, scope, span, settings)


class _Unknown:
    """Stands for a setting that depends on an input that was not given."""


_UNKNOWN = _Unknown()


def _surroundings(arrays: Mapping[str, Kind]) -> Surroundings:
    grid = grid_of(arrays) or next(iter(arrays.values()), None)
    return Surroundings(grid.ndim, grid.spacing) if grid else Surroundings(None, None)


def _fill_in_grid(
    c: Context, scope: Scope, function: Builtin, settings: dict[str, Any], arrays: dict[str, Kind], span: Span
) -> bool:
    """What drawn shapes and coordinates take from the program's images, and physical measures from the call's."""
    if "grid" in function.filled_in:
        c.uses_grid = True
        images = [k for k in c.signature.values() if k.is_array]
        other = next((k for k in images if k.shape != images[0].shape), None)
        if other is not None:
            fields = {"left": images[0].origin, "right": other.origin}
            shapes = {"left_shape": _shape(images[0]), "right_shape": _shape(other)}
            c.report(messages.GRID_SEVERAL, scope, span, name=function.name, **fields, **shapes)
            return False
        if not images:
            if c.inputs_are_given:
                c.report(messages.GRID_MISSING, scope, span, name=function.name)
                return False
            settings["grid"] = _UNKNOWN
            return True
        settings["grid"] = images[0].shape
        arrays["grid"] = next((k for k in images if k.spacing), images[0])
    if "spacing" in function.filled_in:
        settings["spacing"] = _surroundings(arrays).spacing
    return True


def _shape(kind: Kind) -> str:
    return shape_text(kind.shape or ())


def _take_default(
    c: Context,
    scope: Scope,
    parameter: Parameter,
    operands: dict[str, Value],
    settings: dict[str, Any],
    around: Surroundings,
    span: Span,
) -> None:
    if parameter.takes.settle is not None:
        settings[parameter.name] = default_of(parameter.default, parameter.takes, around)
    elif parameter.default is None:
        settings[parameter.name] = None
    else:
        operands[parameter.name] = c.constant(number(constant=parameter.default), scope, span)


def _settled(parameter: Parameter, kind: Kind, around: Surroundings) -> Any:
    if not kind.is_constant:
        if kind.name == "unknown":
            return _UNKNOWN
        raise Refused(messages.NOT_CONSTANT, what=parameter.name)
    if kind.name == "number":
        parameter.takes.check_number(kind.constant)
    assert parameter.takes.settle is not None
    return parameter.takes.settle(kind, around)


def _operand(c: Context, scope: Scope, parameter: Parameter, value: Value, around: Surroundings) -> Value:
    takes = parameter.takes
    if takes.quantity is not None and value.kind.name in ("length", "size"):
        pixels = takes.quantity(value.kind, around)
        return c.constant(Kind("number", constant=pixels), scope, value.span)
    if value.kind.name == "number" and value.kind.is_constant:
        takes.check_number(value.kind.constant)
    return value


def _kind_fits(c: Context, scope: Scope, function: Builtin, parameter: Parameter, value: Value) -> bool:
    """Whether the argument is of a kind the parameter takes; if not, say what was probably meant."""
    kind, wanted = value.kind, parameter.takes.kinds
    if kind.may_be(wanted):
        return True
    text = scope.source.quote(value.span)
    fields = {"function": function.name, "name": parameter.name, "wanted": parameter.takes.noun, "text": text}
    name = kind.name
    if name == "colour":
        mistake, more = messages.ARGUMENT_COLOUR, {"channels": kind.channels or "several"}
    elif wanted == {"colour"}:
        mistake, more = messages.ARGUMENT_COLOUR_WANTED, {}
    elif "mask" in wanted and name in ("image", "labels"):
        mistake, more = messages.ARGUMENT_MASK_WANTED, {}
    elif name == "mask" and function.name in _OF_MASKS:
        what, other = _OF_MASKS[function.name]
        mistake, more = messages.ARGUMENT_SPREAD_WANTED, {"what": what, "other": other}
    elif "image" in wanted and name == "mask":
        mistake, more = messages.ARGUMENT_IMAGE_WANTED, {}
    elif name in ("length", "size") and "number" in wanted and not wanted & {"length", "size"}:
        mistake, more = messages.ARGUMENT_QUANTITY, {}
    else:
        mistake, more = messages.ARGUMENT_KIND, {"signature": function.signature}
    c.report(mistake, scope, value.span, kind=kind.word, **fields, **more)
    return False
