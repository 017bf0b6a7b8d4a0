"""Statements: declarations first, then the lines in order, each seeing the names of those before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from maskexpr.checker import calls, expressions
from maskexpr.checker.context import Context, Definition, Scope, Value
from maskexpr.checker.params import constant, param_kind
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.source import Source, Span
from maskexpr.kinds.kind import DECLARED, GIVEN, NAMES, RESULTS, TRUTH, Kind, unknown
from maskexpr.kinds.quantity import Quantity
from maskexpr.language import nodes
from maskexpr.language.parser import parse
from maskexpr.library import OPERATORS
from maskexpr.program.steps import InputInfo, ParamInfo, Step

Resolver = Callable[[str], str]


@dataclass(slots=True)
class Lines:
    """What the statements of a program add up to."""

    scope: Scope
    constants: dict[str, Step] = field(default_factory=dict)  # the params, which `def`s see too
    inputs: dict[str, InputInfo] = field(default_factory=dict)
    params: dict[str, ParamInfo] = field(default_factory=dict)
    outputs: dict[str, Value] = field(default_factory=dict)
    asserts: list[Step] = field(default_factory=list)
    bindings: list[tuple[str, Step]] = field(default_factory=list)
    last: tuple[str, Value] | None = None
    assigned: dict[str, Span] = field(default_factory=dict)
    broken: bool = False


def check(
    c: Context, module: nodes.Module, source: Source, params: Mapping[str, Any], resolver: Resolver | None
) -> Lines:
    """Check a whole program."""
    lines = Lines(Scope({}, {}, source))
    for node in module.statements:
        if isinstance(node, nodes.Input):
            _declare_input(c, lines, node)
        elif isinstance(node, nodes.Param):
            _declare_param(c, lines, node, params)
    order = _Order(c, resolver, [source.name])
    statements = module.statements
    c.later_functions.update(n.name.text for n in statements if isinstance(n, nodes.Def))
    for i, node in enumerate(statements):
        match node:
            case nodes.Def():
                order.define(node, lines)
            case nodes.Use():
                order.use(node, lines.scope)
            case nodes.Broken():
                _expect(c, lines, node)
            case nodes.Input() | nodes.Param():
                pass
            case _:
                _line(c, lines, node, is_last=i == len(statements) - 1)
    _choose_result(c, lines)
    _warn_unused(c, lines, module)
    return lines


# --- declarations ----------------------------------------------------------------------------------------------------


def _declare_input(c: Context, lines: Lines, node: nodes.Input) -> None:
    name, scope = node.name.text, lines.scope
    if name in lines.inputs or name in lines.params:
        c.report(messages.DUPLICATE, scope, node.name.span, what="input", name=name)
        return
    kind = node.kind.text if node.kind else None
    if node.kind and kind not in DECLARED:
        c.report(messages.INPUT_KIND_UNKNOWN, scope, node.kind.span, kind=kind)
        kind = None
    default = node.default.value if node.default else None
    if node.default and "://" in node.default.value:
        c.report(messages.INPUT_SCHEME, scope, node.default.span, path=default)
    doc = node.doc.value if node.doc else ""
    lines.inputs[name] = InputInfo(name, kind, default, doc, scope.source, node.name.span)
    c.declared.add(name)
    known = c.signature.get(name) or _open(kind)
    scope.values[name] = c.input(name, known, scope, node.name.span).step


def _open(kind: str | None) -> Kind:
    """An input that is not given yet. A number will be known before the run, unlike one that depends on pixels."""
    if kind == "number":
        return Kind("unknown", options=frozenset({"number"}))
    return unknown(frozenset({kind}) if kind else GIVEN)


def _declare_param(c: Context, lines: Lines, node: nodes.Param, given: Mapping[str, Any]) -> None:
    name, scope = node.name.text, lines.scope
    if name in lines.inputs or name in lines.params:
        c.report(messages.DUPLICATE, scope, node.name.span, what="param", name=name)
        return
    found = len(c.diagnostics)
    info = _param_info(c, scope, node)
    lines.params[name] = info
    if len(c.diagnostics) > found:
        value = c.unknown(scope, node.name.span)
    else:
        value = c.constant(param_kind(info, given.get(name, info.default)), scope, node.name.span)
    scope.values[name] = lines.constants[name] = value.step


def _param_info(c: Context, scope: Scope, node: nodes.Param) -> ParamInfo:
    name, value = node.name.text, constant(node.value)
    low = high = choices = None
    if node.interval:
        low, high = (constant(bound) for bound in node.interval)
        span = node.interval[0].span.to(node.interval[1].span)
        if not _orderable(value):
            c.report(messages.PARAM_NO_INTERVAL, scope, span)
        elif _family(low) != _family(value) or _family(high) != _family(value):
            found = low if _family(low) != _family(value) else high
            fields = {"what": "interval", "found": _family(found), "wanted": _family(value)}
            c.report(messages.PARAM_KIND, scope, span, name=name, **fields)
        elif not low <= high:
            c.report(messages.PARAM_INTERVAL, scope, span, low=low, high=high)
        elif not low <= value <= high:
            c.report(messages.PARAM_OUTSIDE, scope, node.value.span, value=value, low=low, high=high)
        else:
            return ParamInfo(name, value, low, high, None, _doc(node), scope.source, node.name.span)
        low = high = None
    if node.choices:
        choices = tuple(t.value for t in node.choices)
        if value not in choices:
            listed = ", ".join(choices)
            c.report(messages.PARAM_CHOICE, scope, node.value.span, value=value, choices=listed)
    return ParamInfo(name, value, low, high, choices, _doc(node), scope.source, node.name.span)


def _doc(node: nodes.Param) -> str:
    return node.doc.value if node.doc else ""


def _orderable(value: Any) -> bool:
    return isinstance(value, int | float | Quantity) and not isinstance(value, bool)


def _family(value: Any) -> str:
    if isinstance(value, Quantity):
        return "length" if value.power == 1 else f"size in mm{value.power}"
    return {bool: "truth", str: "text"}.get(type(value), "number")


# --- defs ------------------------------------------------------------------------------------------------------------


class _Order:
    """Takes `def`s one after another, those of used files in the place of the `use`."""

    def __init__(self, c: Context, resolver: Resolver | None, path: list[str]) -> None:
        self.c, self.resolver, self.path = c, resolver, path
        self.count = 0

    def define(self, node: nodes.Def, lines: Lines) -> None:
        name, scope = node.name.text, lines.scope
        if name in scope.functions:
            self.c.report(messages.DUPLICATE, scope, node.name.span, what="def", name=name)
            return
        seen = set[str]()
        for parameter in node.parameters:
            if parameter.text in seen:
                self.c.report(messages.DUPLICATE_PARAMETER, scope, parameter.span, name=parameter.text)
            seen.add(parameter.text)
        self.count += 1
        self.c.later_functions.discard(name)
        function = Definition(node, self.count, Scope(lines.constants, scope.functions, scope.source))
        scope.functions[name] = function
        # The body is checked even if nothing calls it: its parameters may be anything.
        anything = {p.text: self.c.unknown(scope, p.span, NAMES).step for p in node.parameters}
        expressions.check(self.c, function.inside(anything), node.body)

    def use(self, node: nodes.Use, scope: Scope) -> None:
        c, path = self.c, node.path.value
        if self.resolver is None:
            c.report(messages.USE_NOT_POSSIBLE, scope, node.span)
            return
        if path in self.path:
            c.report(messages.USE_CYCLE, scope, node.path.span, path=path)
            return
        try:
            source = Source(self.resolver(path), path)
        except LookupError:
            c.report(messages.USE_MISSING, scope, node.path.span, path=path)
            return
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error) or "not found"
            c.report(messages.USE_NOT_FOUND, scope, node.path.span, path=path, reason=reason)
            return
        parsed = parse(source, c.limits)
        for diagnostic in parsed.diagnostics:
            c.diagnostics[diagnostic.code, diagnostic.span, path] = diagnostic
        self._take_defs(parsed.module, source, scope)

    def _take_defs(self, module: nodes.Module, source: Source, scope: Scope) -> None:
        """The `def`s of another file, which see that file's params but nothing of this program's values."""
        c, lines = self.c, Lines(Scope({}, scope.functions, source))
        self.path.append(source.name)
        for node in module.statements:
            match node:
                case nodes.Param():
                    _declare_param(c, lines, node, {})
                case nodes.Def():
                    self.define(node, lines)
                case nodes.Use():
                    self.use(node, lines.scope)
                case nodes.Broken(keyword="def", name=nodes.Name(text=name)):
                    scope.functions.setdefault(name, None)
                case _:
                    pass
        self.path.pop()


def _expect(c: Context, lines: Lines, node: nodes.Broken) -> None:
    """A line that did not parse still introduces its name, so that uses of it are not reported as well."""
    lines.broken = True
    if node.name is None:
        return
    name = node.name.text
    if node.keyword in ("", "def"):  # `f(m) = ...` and `f = lambda ...` are meant as functions
        lines.scope.functions.setdefault(name, None)
    if node.keyword in ("", "input", "param", "output"):
        lines.scope.values[name] = c.unknown(lines.scope, node.name.span).step


# --- lines -----------------------------------------------------------------------------------------------------------


def _line(c: Context, lines: Lines, node: nodes.Statement, *, is_last: bool) -> None:
    scope = lines.scope
    match node:
        case nodes.Assignment():
            value = expressions.check(c, scope, node.value)
            _assign(lines, node.name, value)
        case nodes.Bare():
            value = expressions.check(c, scope, node.value)
            lines.bindings.append(("", value.step))
            lines.last = ("result", value)
            if not is_last:
                c.report(messages.UNUSED_VALUE, scope, node.span)
        case nodes.Assert():
            _assert(c, lines, node)
        case nodes.Output():
            _output(c, lines, node)


def _assign(lines: Lines, name: nodes.Name, value: Value) -> None:
    lines.scope.values[name.text] = value.step
    lines.assigned.setdefault(name.text, name.span)
    lines.bindings.append((name.text, value.step))
    lines.last = (name.text, value)


def _assert(c: Context, lines: Lines, node: nodes.Assert) -> None:
    scope = lines.scope
    condition = expressions.check(c, scope, node.condition)
    if not condition.kind.may_be({"truth"}):
        fields = {"kind": condition.kind.word, "text": scope.source.quote(node.condition.span)}
        mistake = messages.ASSERT_OF_MASK if condition.kind.name == "mask" else messages.ASSERT_KIND
        c.report(mistake, scope, node.condition.span, **fields)
        return
    if condition.kind.name != "truth":
        return
    settings = {"message": node.message.value if node.message else "", "text": scope.source.quote(node.condition.span)}
    step = c.apply(OPERATORS["assert"], {"condition": condition}, TRUTH, scope, node.condition.span, settings)
    lines.asserts.append(step.step)
    lines.bindings.append(("", step.step))


def _output(c: Context, lines: Lines, node: nodes.Output) -> None:
    name, scope = node.name.text, lines.scope
    if node.value is not None:
        value = expressions.check(c, scope, node.value)
        _assign(lines, node.name, value)
    elif name in scope.values or name in c.inputs:
        value = expressions.check(c, scope, node.name)
    else:
        near = calls.suggestion(c, name, scope.values, c.inputs)
        mistake = messages.OUTPUT_UNKNOWN if near else messages.OUTPUT_UNKNOWN_FAR
        c.report(mistake, scope, node.name.span, name=name, near=near)
        value = c.unknown(scope, node.name.span)
    c.used.add(name)
    if name in lines.outputs:
        c.report(messages.DUPLICATE, scope, node.name.span, what="output", name=name)
        return
    _check_result(c, scope, value)
    lines.outputs[name] = value


def _check_result(c: Context, scope: Scope, value: Value) -> None:
    if value.kind.name == "samples":
        c.report(messages.OUTPUT_SAMPLES, scope, value.span, text=scope.source.quote(value.span))
    elif (
        value.kind.name == "list"
        and value.kind.is_constant
        and any(isinstance(item, Quantity) for item in value.kind.constant)
    ):
        c.report(messages.OUTPUT_KIND, scope, value.span, kind="length")
    elif not value.kind.may_be(RESULTS):
        c.report(messages.OUTPUT_KIND, scope, value.span, kind=value.kind.word)


def _choose_result(c: Context, lines: Lines) -> None:
    """Without an `output` the last expression or assignment is the result."""
    if lines.outputs or lines.last is None:
        return
    name, value = lines.last
    c.used.add(name)
    _check_result(c, lines.scope, value)
    lines.outputs[name] = value


def _warn_unused(c: Context, lines: Lines, module: nodes.Module) -> None:
    if lines.broken:
        return
    defs_only = all(isinstance(n, nodes.Def | nodes.Param | nodes.Use) for n in module.statements)
    for name, span in lines.assigned.items():
        if name not in c.used:
            c.report(messages.UNUSED_NAME, lines.scope, span, name=name)
    for declared, mistake in ((lines.params, messages.UNUSED_PARAM), (lines.inputs, messages.UNUSED_INPUT)):
        for info in declared.values():
            if info.name not in c.used and not defs_only and info.span:
                c.report(mistake, lines.scope, info.span, name=info.name)
