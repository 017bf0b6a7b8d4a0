"""Statements: declarations first, then the lines in order, each seeing the names of those before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from maskexpr.checker import calls
from maskexpr.checker.context import Definition, Scope, Value
from maskexpr.checker.params import constant, param_kind
from maskexpr.checker.place import Place
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.source import Source, Span
from maskexpr.kinds.kind import DECLARED, GIVEN, RESULTS, SAMPLES, TRUTH, Kind, unknown
from maskexpr.kinds.quantity import Quantity
from maskexpr.language import nodes
from maskexpr.language.parser import parse
from maskexpr.library import OPERATORS
from maskexpr.program.steps import InputInfo, ParamInfo, Step

Resolver = Callable[[str], str]


@dataclass(slots=True)
class Lines:
    """What the statements of a text add up to; `here` sees the names they gave so far."""

    here: Place
    constants: dict[str, Step] = field(default_factory=dict)  # the params, which `def`s see too
    params: dict[str, ParamInfo] = field(default_factory=dict)
    outputs: dict[str, Value] = field(default_factory=dict)
    asserts: list[Step] = field(default_factory=list)
    bindings: list[tuple[str, Step]] = field(default_factory=list)
    last: tuple[str, Value] | None = None
    assigned: dict[str, Span] = field(default_factory=dict)
    broken: bool = False

    @property
    def scope(self) -> Scope:
        return self.here.scope


def gather(here: Place, module: nodes.Module, params: Mapping[str, Any], resolver: Resolver | None) -> Lines:
    """Take in all statements of a program."""
    lines, statements = Lines(here), module.statements
    for node in statements:
        if isinstance(node, nodes.Input):
            _declare_input(lines, node)
        elif isinstance(node, nodes.Param):
            _declare_param(lines, node, params)
    definitions = _Definitions(resolver, [here.source.name])
    here.context.later_functions.update(n.name.text for n in statements if isinstance(n, nodes.Def))
    for i, node in enumerate(statements):
        match node:
            case nodes.Def():
                definitions.define(node, lines)
            case nodes.Use():
                definitions.use(node, here)
            case nodes.Broken():
                _expect(lines, node)
            case nodes.Input() | nodes.Param():
                pass
            case _:
                _line(lines, node, is_last=i == len(statements) - 1)
    _choose_result(lines)
    _warn_unused(lines, module)
    return lines


# --- declarations ----------------------------------------------------------------------------------------------------


def _declare_input(lines: Lines, node: nodes.Input) -> None:
    name, there, context = node.name.text, lines.here.at(node.name), lines.here.context
    if name in lines.scope.values:
        there.report(messages.DUPLICATE, what="input", name=name)
        return
    kind = node.kind.text if node.kind else None
    if node.kind and kind not in DECLARED:
        mistake = messages.TABLE_NOT_GIVEN if kind == "table" else messages.INPUT_KIND_UNKNOWN
        there.at(node.kind).report(mistake, kind=kind, name=name)
        kind = None
    default = node.default.value if node.default else None
    if node.default and "://" in node.default.value:
        there.at(node.default).report(messages.INPUT_SCHEME, path=default)
    context.inputs[name] = InputInfo(name, kind, default, _doc(node), there.source, there.span)
    context.declared.add(name)
    lines.scope.values[name] = there.input(name, context.signature.get(name) or _open(kind)).step


def _open(kind: str | None) -> Kind:
    """An input that is not given yet. A number will be known before the run, unlike one that depends on pixels."""
    if kind == "number":
        return Kind("unknown", options=frozenset({"number"}))
    return unknown(frozenset({kind}) if kind else GIVEN)


def _declare_param(lines: Lines, node: nodes.Param, given: Mapping[str, Any]) -> None:
    name, there, context = node.name.text, lines.here.at(node.name), lines.here.context
    if name in lines.scope.values:
        there.report(messages.DUPLICATE, what="param", name=name)
        return
    found = len(context.diagnostics)
    info = lines.params[name] = _param_info(there, node)
    if len(context.diagnostics) > found:
        value = there.unknown()
    else:
        kind = param_kind(info, given.get(name, info.default))
        told = context.is_traced or not kind.is_constant
        value = there.told_in_the_run(name, kind) if told else there.constant(kind)
    lines.scope.values[name] = lines.constants[name] = value.step


def _param_info(here: Place, node: nodes.Param) -> ParamInfo:
    name, value = node.name.text, constant(node.value)
    low = high = choices = None
    if node.interval and _holds(here, node, value, *map(constant, node.interval)):
        low, high = map(constant, node.interval)
    elif node.choices:
        choices = tuple(t.value for t in node.choices)
        if value not in choices:
            here.at(node.value).report(messages.PARAM_CHOICE, value=value, choices=", ".join(choices))
    return ParamInfo(name, value, low, high, choices, _doc(node), here.source, here.span)


def _doc(node: nodes.Input | nodes.Param) -> str:
    return node.doc.value if node.doc else ""


def _holds(here: Place, node: nodes.Param, value: Any, low: Any, high: Any) -> bool:
    """Whether the interval of a param makes sense and holds its default."""
    assert node.interval is not None
    there = here.at(node.interval[0].span.to(node.interval[1].span))
    family, families = _family(value), [_family(low), _family(high)]
    if isinstance(value, str | bool):
        there.report(messages.PARAM_NO_INTERVAL)
    elif families != [family, family]:
        found = next(f for f in families if f != family)
        there.report(messages.PARAM_KIND, what="interval", found=found, wanted=family, name=node.name.text)
    elif not low <= high:
        there.report(messages.PARAM_INTERVAL, low=low, high=high)
    elif not low <= value <= high:
        here.at(node.value).report(messages.PARAM_OUTSIDE, value=value, low=low, high=high)
    else:
        return True
    return False


def _family(value: Any) -> str:
    if isinstance(value, Quantity):
        return "length" if value.power == 1 else f"size in mm{value.power}"
    return {bool: "truth", str: "text"}.get(type(value), "number")


# --- defs ------------------------------------------------------------------------------------------------------------


class _Definitions:
    """Takes `def`s one after another, those of used files in the place of the `use`."""

    def __init__(self, resolver: Resolver | None, path: list[str]) -> None:
        self.resolver, self.path = resolver, path
        self.count = 0

    def define(self, node: nodes.Def, lines: Lines) -> None:
        name, here, functions = node.name.text, lines.here, lines.scope.functions
        if name in functions:
            here.at(node.name).report(messages.DUPLICATE, what="def", name=name)
            return
        seen = set[str]()
        for parameter in node.parameters:
            if parameter.text in seen:
                here.at(parameter).report(messages.DUPLICATE_PARAMETER, name=parameter.text)
            seen.add(parameter.text)
        self.count += 1
        here.context.later_functions.discard(name)
        function = Definition(node, self.count, Scope(lines.constants, functions, here.source))
        functions[name] = function
        # The body is checked even if nothing calls it: its parameters may be anything.
        anything = {p.text: here.at(p).unknown().step for p in node.parameters}
        here.within(function.inside(anything)).value(node.body)

    def use(self, node: nodes.Use, here: Place) -> None:
        path, there = node.path.value, here.at(node.path)
        if self.resolver is None:
            here.at(node).report(messages.USE_NOT_POSSIBLE)
            return
        if path in self.path:
            there.report(messages.USE_CYCLE, path=path)
            return
        try:
            source = Source(self.resolver(path), path)
        except LookupError:
            there.report(messages.USE_MISSING, path=path)
            return
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error) or "not found"
            there.report(messages.USE_NOT_FOUND, path=path, reason=reason)
            return
        parsed = parse(source, here.context.limits, here.context.length)
        here.context.length = parsed.length
        for diagnostic in parsed.diagnostics:
            here.context.diagnostics[diagnostic.code, diagnostic.span, path] = diagnostic
        self._take_defs(parsed.module, there.within(Scope({}, here.scope.functions, source)))

    def _take_defs(self, module: nodes.Module, here: Place) -> None:
        """The `def`s of another file, which see that file's params but nothing of this program's values."""
        lines = Lines(here)
        self.path.append(here.source.name)
        for node in module.statements:
            match node:
                case nodes.Param():
                    _declare_param(lines, node, {})
                case nodes.Def():
                    self.define(node, lines)
                case nodes.Use():
                    self.use(node, here)
                case nodes.Broken(keyword="def", name=nodes.Name(text=name)):
                    here.scope.functions.setdefault(name, None)
                case _:
                    pass
        self.path.pop()


def _expect(lines: Lines, node: nodes.Broken) -> None:
    """A line that did not parse still introduces its name, so that uses of it are not reported as well."""
    lines.broken = True
    if node.name is None:
        return
    name = node.name.text
    if node.keyword in ("", "def"):  # `f(m) = ...` and `f = lambda ...` are meant as functions
        lines.scope.functions.setdefault(name, None)
    if node.keyword in ("", "input", "param", "output"):
        lines.scope.values[name] = lines.here.at(node.name).unknown().step


# --- lines -----------------------------------------------------------------------------------------------------------


def _line(lines: Lines, node: nodes.Statement, *, is_last: bool) -> None:
    here = lines.here
    match node:
        case nodes.Assignment():
            _assign(lines, node.name, here.value(node.value))
        case nodes.Bare():
            value = here.value(node.value)
            lines.bindings.append(("", value.step))
            lines.last = ("result", value)
            if not is_last:
                here.at(node).report(messages.UNUSED_VALUE)
        case nodes.Assert():
            _assert(lines, node)
        case nodes.Output():
            _output(lines, node)


def _assign(lines: Lines, name: nodes.Name, value: Value) -> None:
    lines.scope.values[name.text] = value.step
    lines.assigned.setdefault(name.text, name.span)
    lines.bindings.append((name.text, value.step))
    lines.last = (name.text, value)


def _assert(lines: Lines, node: nodes.Assert) -> None:
    there = lines.here.at(node.condition)
    condition, text = there.value(node.condition), _in_a_line(there)
    if not condition.kind.may_be({"truth"}):
        mistake = _ASSERTED.get(condition.kind.name, messages.ASSERT_KIND)
        there.report(mistake, kind=condition.kind.word, text=text)
        return
    if condition.kind.name != "truth":
        return
    settings = {"message": node.message.value if node.message else "", "text": text}
    step = there.apply(OPERATORS["assert"], {"condition": condition}, TRUTH, settings).step
    lines.asserts.append(step)
    lines.bindings.append(("", step))


def _in_a_line(there: Place) -> str:
    """What is written there, however it is laid out in lines."""
    if "\n" not in there.source.slice(there.span):
        return there.quote()
    from maskexpr.language.formatting import on_one_line  # only here: most starts go without it

    return on_one_line(there.source, there.span)


_ASSERTED = {
    "mask": messages.ASSERT_OF_MASK,
    "mask samples": messages.ASSERT_OF_MASK,
    "table": messages.ASSERT_OF_TABLE,
}


def _output(lines: Lines, node: nodes.Output) -> None:
    name, here, known = node.name.text, lines.here, lines.scope.values
    there, context = here.at(node.name), here.context
    if node.value is not None:
        value = here.value(node.value)
        _assign(lines, node.name, value)
    elif name in known or name in context.inputs:
        value = here.value(node.name)
    else:
        near = calls.suggestion(context, name, known, context.inputs)
        there.report(messages.OUTPUT_UNKNOWN if near else messages.OUTPUT_UNKNOWN_FAR, name=name, near=near)
        value = there.unknown()
    context.used.add(name)
    if name in lines.outputs:
        there.report(messages.DUPLICATE, what="output", name=name)
        return
    _refuse_no_result(here, value)
    lines.outputs[name] = value


def _refuse_no_result(here: Place, value: Value) -> None:
    """Report what cannot be given to the caller."""
    kind, there = value.kind, here.at(value)
    if kind.surely(SAMPLES) and not kind.is_of_rows:
        statistic = "fraction" if kind.name == "mask samples" else "mean"
        there.report(messages.OUTPUT_SAMPLES, text=there.quote(value), statistic=statistic)
    elif kind.name == "list" and kind.is_constant and any(isinstance(item, Quantity) for item in kind.constant):
        there.report(messages.OUTPUT_KIND, kind="length")
    elif not kind.may_be(RESULTS | SAMPLES):
        there.report(messages.OUTPUT_KIND, kind=kind.word)


def _choose_result(lines: Lines) -> None:
    """Without an `output` the last expression or assignment is the result."""
    if lines.outputs or lines.last is None:
        return
    name, value = lines.last
    lines.here.context.used.add(name)
    _refuse_no_result(lines.here, value)
    lines.outputs[name] = value


def _warn_unused(lines: Lines, module: nodes.Module) -> None:
    if lines.broken:
        return
    here, context = lines.here, lines.here.context
    for name, span in lines.assigned.items():
        if name not in context.used:
            here.at(span).report(messages.UNUSED_NAME, name=name)
    if all(isinstance(n, nodes.Def | nodes.Param | nodes.Use) for n in module.statements):
        return  # a file of `def`s, for others to use
    inputs = {name: info for name, info in context.inputs.items() if name in context.declared}
    for declared, mistake in ((lines.params, messages.UNUSED_PARAM), (inputs, messages.UNUSED_INPUT)):
        for info in declared.values():
            if info.name not in context.used and info.span:
                here.at(info.span).report(mistake, name=info.name)
