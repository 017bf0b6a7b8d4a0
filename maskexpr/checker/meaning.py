"""What a program says, told apart from how it says it: a digest that is equal only where the same is computed.

Names that are given on the way, and defs, are put in place by what they stand for; comments, layout and brackets that
change nothing are not there any more in what was parsed.
"""

import hashlib
from collections import ChainMap
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any

from maskexpr.checker.params import constant
from maskexpr.diagnostics.source import Source
from maskexpr.functions.record import Function
from maskexpr.kinds.table import LABEL
from maskexpr.language import nodes
from maskexpr.language.limits import Limits
from maskexpr.language.parser import parse
from maskexpr.library import PROPERTIES
from maskexpr.program.declared import Declared
from maskexpr.program.identity import of_value
from maskexpr.program.steps import InputInfo, ParamInfo

_ANY_ORDER = frozenset({"&", "|", "^", "and", "or", "xor"})
_SEVERAL = "several inputs, or another place"  # no name is like it
_AXES = ("x", "y", "z", "frame", "axis")  # how names of columns begin, beside properties


@dataclass(frozen=True, slots=True)
class Said:
    """A value by what it stands for, and the one input that it depends on and lies where that does: "" for none."""

    digest: bytes
    input: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Def:
    node: nodes.Def
    order: int
    constants: Mapping[str, Said]


@dataclass(frozen=True, slots=True, eq=False)
class _Sight:
    """The names in sight. `among` says whether names of properties and columns may be meant there, which win."""

    values: MutableMapping[str, Said]
    inside: _Def | None = None
    among: bool = False


def digest(
    module: nodes.Module,
    inputs: Iterable[InputInfo],
    params: Iterable[ParamInfo],
    catalogue: Mapping[str, Function],
    own: Declared,
) -> bytes:
    """What a program says that has no mistakes: its inputs and params with all that they declare, its outputs and
    asserts."""
    constants = {name: _constant(value) for name, value in own.constants.items()}
    reading = _Reading(catalogue, constants, dict(own.used), own.limits)
    declared = [(i.name, i.kind, i.default, i.doc) for i in inputs]
    tuned = [(p.name, *map(of_value, (p.default, p.low, p.high)), p.choices, p.doc) for p in params]
    return _digest("program", declared, tuned, *reading.read(module))


def _digest(*parts: object) -> bytes:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).digest()


def _constant(value: Any) -> Said:
    return Said(_digest("constant", of_value(value)))


def _input(name: str) -> Said:
    """An input, or what the catalogue has by that name: no mistake is left that it could be."""
    return Said(_digest("name", name), name)


def _said(*parts: object, of: Iterable[Said] = ()) -> Said:
    """What is made of some values."""
    values = tuple(of)
    inputs = {value.input for value in values} - {""}
    name = next(iter(inputs), "") if len(inputs) < 2 else _SEVERAL
    return Said(_digest(*parts, *(value.digest for value in values)), name)


@dataclass(slots=True)
class _Reading:
    """One program while it is read."""

    catalogue: Mapping[str, Function]
    constants: Mapping[str, Said]
    used: Mapping[str, str]
    limits: Limits
    defs: dict[str, _Def] = field(default_factory=dict)
    results: dict[tuple[_Def, tuple[bytes, ...]], Said] = field(default_factory=dict)
    chains: dict[bytes, tuple[str, tuple[Said, ...]]] = field(default_factory=dict)  # those in any order, by digest

    def read(self, module: nodes.Module) -> tuple[object, object]:
        """What it gives, by name, and what it asserts."""
        constants = self._params(module, is_own=True)
        inputs = [node.name.text for node in module.statements if isinstance(node, nodes.Input)]
        sight = _Sight({**{name: _input(name) for name in inputs}, **constants})
        outputs: dict[str, bytes] = {}
        asserts, last = [], ("", b"")
        for node in module.statements:
            match node:
                case nodes.Assignment():
                    sight.values[node.name.text] = value = self._value(node.value, sight)
                    last = (node.name.text, value.digest)
                case nodes.Bare():
                    last = ("result", self._value(node.value, sight).digest)
                case nodes.Output():
                    value = self._value(node.value or node.name, sight)
                    if node.value is not None:
                        sight.values[node.name.text] = value
                    outputs[node.name.text] = value.digest
                case nodes.Assert():
                    message = node.message.value if node.message else ""
                    asserts.append((self._value(node.condition, sight).digest, message))
                case _:
                    self._define(node, constants)
        return list(outputs.items()) or [last], asserts

    def _params(self, module: nodes.Module, *, is_own: bool) -> dict[str, Said]:
        """The params of a text: of another file's, what they are by default."""
        found = {}
        for node in module.statements:
            if isinstance(node, nodes.Param):
                name = node.name.text
                found[name] = Said(_digest("param", name)) if is_own else _constant(constant(node.value))
        return found

    def _define(self, node: nodes.Statement, constants: Mapping[str, Said]) -> None:
        if isinstance(node, nodes.Def):
            self.defs[node.name.text] = _Def(node, len(self.defs), constants)
        elif isinstance(node, nodes.Use):
            path = node.path.value
            module = parse(Source(self.used[path], path), self.limits).module
            others = self._params(module, is_own=False)
            for statement in module.statements:
                self._define(statement, others)

    # --- expressions ---

    def _value(self, node: nodes.Expression, sight: _Sight) -> Said:
        match node:
            case nodes.Name():
                return self._name(node.text, sight)
            case nodes.Call():
                return self._call(node, sight)
            case nodes.Chain():
                return self._chain(node, sight)
            case nodes.Compare():
                symbols = [operator.symbol for operator in node.operators]
                return _said("compare", symbols, of=self._all(node.operands, sight))
            case nodes.Unary():
                return _said("unary", node.operator.symbol, of=[self._value(node.operand, sight)])
            case nodes.Power():
                return _said("power", of=self._all((node.base, node.exponent), sight))
            case nodes.List():
                return _said("list", of=self._all(node.items, sight))
            case nodes.Index():
                return self._index(node, sight)
            case nodes.Nothing():
                return Said(_digest("none"))
            case _:
                return _constant(constant(node))

    def _all(self, parts: Iterable[nodes.Expression], sight: _Sight) -> list[Said]:
        return [self._value(part, sight) for part in parts]

    def _name(self, name: str, sight: _Sight) -> Said:
        found = sight.values.get(name) or self.constants.get(name) or _input(name)
        return _said("among", name, of=[found]) if sight.among and _may_be_column(name) else found

    def _index(self, node: nodes.Index, sight: _Sight) -> Said:
        parts, inner = [self._value(node.value, sight)], _Sight(sight.values, sight.inside, among=True)
        form = []
        for part in node.subscripts:
            ends = (part.start, part.stop, part.step) if isinstance(part, nodes.Slice) else (part,)
            form.append((isinstance(part, nodes.Slice), [end is not None for end in ends]))
            parts += self._all((end for end in ends if end is not None), inner)
        return replace(_said("index", form, of=parts), input=_SEVERAL)

    def _chain(self, node: nodes.Chain, sight: _Sight) -> Said:
        result = self._value(node.operands[0], sight)
        for operator, operand in zip(node.operators, node.operands[1:], strict=True):
            result = self._joined(operator.symbol, result, self._value(operand, sight))
        return result

    def _joined(self, symbol: str, left: Said, right: Said) -> Said:
        """Two values with an operator between them: in any order where that is all the same, and both are of one input,
        so that nothing else can come of the one before the other."""
        if symbol not in _ANY_ORDER or not (left.input == right.input or "" in (left.input, right.input)):
            return _said("chain", symbol, of=(left, right))
        if _SEVERAL in (left.input, right.input):
            return _said("chain", symbol, of=(left, right))
        parts = sorted((*self._parts(symbol, left), *self._parts(symbol, right)), key=lambda part: part.digest)
        found = _said("chain in any order", symbol, of=parts)
        self.chains[found.digest] = symbol, tuple(parts)
        return found

    def _parts(self, symbol: str, value: Said) -> tuple[Said, ...]:
        known, parts = self.chains.get(value.digest, ("", ()))
        return parts if known == symbol else (value,)

    # --- calls ---

    def _call(self, node: nodes.Call, sight: _Sight) -> Said:
        name = node.function.text
        definition = self.defs.get(name)
        is_property = sight.among and name in PROPERTIES
        if definition is not None and not is_property and _is_before(definition, sight.inside):
            return self._filled_in(definition, node, sight)
        function = self.catalogue.get(name)
        kinds = frozenset[str]().union(*(p.takes.kinds for p in function.parameters)) if function else frozenset[str]()
        among = sight.among or not kinds.isdisjoint({"predicate", "properties"})
        inner = _Sight(sight.values, sight.inside, among)
        parts, form = [], []
        for argument in node.arguments:
            value = argument.value if isinstance(argument, nodes.Keyword) else argument
            items = value.items if isinstance(value, nodes.List) and "images" in kinds else ()
            names = [item.text for item in items if isinstance(item, nodes.Name)]  # of columns: `of=[dapi, gfp]`
            form.append((argument.name.text if isinstance(argument, nodes.Keyword) else "", names))
            parts.append(self._value(value, inner))
        found = _said("call", name, form, of=parts)
        stays = function is not None and function.parts != "whole"
        return found if stays else replace(found, input=_SEVERAL)

    def _filled_in(self, definition: _Def, node: nodes.Call, sight: _Sight) -> Said:
        """The body of a def with its parameters given; done once for the same values."""
        names, given = [p.text for p in definition.node.parameters], dict[str, Said]()
        for name, argument in zip(names, node.arguments, strict=True):
            if isinstance(argument, nodes.Keyword):
                given[argument.name.text] = self._value(argument.value, sight)
            else:
                given[name] = self._value(argument, sight)
        key = definition, tuple(given[name].digest for name in names)
        if key not in self.results:
            values = ChainMap(given, dict(definition.constants))
            self.results[key] = self._value(definition.node.body, _Sight(values, definition))
        return self.results[key]


def _is_before(definition: _Def, inside: _Def | None) -> bool:
    """Whether a def may be called there: from the lines, or from defs behind it."""
    return inside is None or definition.order < inside.order


def _may_be_column(name: str) -> bool:
    """Whether a name may be that of a property or of a column of a table, between brackets or in a condition."""
    begins = (LABEL, *_AXES, *PROPERTIES)
    return name in begins or any(name.startswith(f"{begin}_") for begin in begins) or name.startswith("axis")
