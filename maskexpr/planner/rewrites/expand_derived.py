"""`tophat(m)` is `m & ~open(m)`."""

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from maskexpr.diagnostics.source import Source
from maskexpr.functions.arguments import Parameter, Refused, Surroundings
from maskexpr.functions.gives import grid_of
from maskexpr.functions.record import Function
from maskexpr.functions.settling import default_of
from maskexpr.kinds.kind import NONE, SEGMENTATIONS, Kind, number, text
from maskexpr.language import nodes
from maskexpr.language.limits import Limits
from maskexpr.language.parser import parse
from maskexpr.library import CATALOGUE, OPERATORS
from maskexpr.planner.rewrites.facts import Facts
from maskexpr.program.steps import Step

_NONE: Mapping[str, Any] = {}
_WORDS = {"and": "&", "or": "|", "xor": "^"}


def expand_derived(step: Step, facts: Facts) -> Step | None:
    """A function that is declared as an expression of others is that expression."""
    function = step.function
    if function is None or not function.derived or step.kind.dtype == np.float16:
        return None  # float16: bodies compute these in a wider type, from end to end
    if any(operand.kind.name == "labels" for operand in step.operands.values() if _takes_masks(function)):
        return None  # the expression is one of masks
    expression = function.expression(step.kind, step.settings)
    try:
        return _Expression(step).made(_parsed(expression)) if expression else None
    except Refused:
        return None  # what lies between would fit no type
    except _Malformed as malformed:
        raise TypeError(_wrong(function, expression, malformed)) from None


def _takes_masks(function: Function) -> bool:
    return any(parameter.takes.kinds >= SEGMENTATIONS for parameter in function.parameters)


def refuse_malformed(function: Function) -> None:
    """A TypeError for a function whose expression can be seen to be none, before it meets a program."""
    if callable(function.derived) or not function.derived:
        return
    try:
        _refuse_unknown(_parsed(function.derived), {p.name for p in function.parameters})
    except _Malformed as malformed:
        raise TypeError(_wrong(function, function.derived, malformed)) from None


class _Malformed(Exception):
    """What is wrong with an expression, in words."""


def _wrong(function: Function, expression: object, malformed: _Malformed) -> str:
    return f"{function.name} is declared with derived={expression!r}, where {malformed}"


@functools.cache
def _parsed(expression: str) -> nodes.Expression:
    if not isinstance(expression, str):
        raise _Malformed("a text is wanted")
    parsed = parse(Source(expression), Limits())
    statements = parsed.module.statements
    if parsed.diagnostics or len(statements) != 1 or not isinstance(statements[0], nodes.Bare):
        reason = parsed.diagnostics[0].message if parsed.diagnostics else "that is not one expression"
        raise _Malformed(reason)
    if not isinstance(statements[0].value, nodes.Chain | nodes.Call | nodes.Unary):
        raise _Malformed("that is no call, nor operators between operands")
    return statements[0].value


def _refuse_unknown(node: nodes.Expression, names: set[str]) -> None:
    """Refuse what is no parameter, no function of the library, no argument of it, or another form of expression."""
    match node:
        case nodes.Name(text=name) if name not in names:
            raise _Malformed(f"{name} is none of its parameters")
        case nodes.Name() | nodes.Number() | nodes.Text() | nodes.Truth() | nodes.Nothing():
            return
        case nodes.Unary(operand=operand):
            parts: Iterable[nodes.Expression] = (operand,)
        case nodes.Chain(operands=operands):
            parts = operands
        case nodes.Call():
            parts = _by_parameter(_called(node), node.arguments).values()
        case _:
            raise _Malformed(f"a {type(node).__name__.lower()} cannot stand")
    for part in parts:
        _refuse_unknown(part, names)


def _called(node: nodes.Call) -> Function:
    function = CATALOGUE.get(node.function.text)
    if function is None or function.bare:
        raise _Malformed(f"{node.function.text} is no function of the library")
    return function


def _by_parameter(
    function: Function, arguments: Sequence[nodes.Expression | nodes.Keyword]
) -> dict[str, nodes.Expression]:
    """The arguments of a call by the parameters that take them."""
    names = [parameter.name for parameter in function.parameters]
    given: dict[str, nodes.Expression] = {}
    for i, argument in enumerate(arguments):
        if isinstance(argument, nodes.Keyword):
            name, argument = function.aliases.get(argument.name.text, argument.name.text), argument.value
        else:
            name = names[i] if i < len(names) else f"argument number {i + 1}"
        if name not in names or name in given:
            raise _Malformed(f"{function.name} has no {name}, or has it already")
        given[name] = argument
    for parameter in function.parameters:
        if parameter.required and parameter.name not in given:
            raise _Malformed(f"{function.name} is not given its {parameter.name}")
    return given


class _Expression:
    """The expression of a derived function in the place of a step: the function's parameters are the step's operands
    and settings, settled as they are."""

    def __init__(self, place: Step) -> None:
        self._place = place
        grid = grid_of({name: operand.kind for name, operand in place.operands.items()})
        time = grid.grid.time if grid and grid.grid else None
        self._around = Surroundings(grid.ndim, grid.spacing, time=time) if grid else Surroundings(None, None)
        self._filled_in = {"spacing": self._around.spacing, "grid": grid.shape if grid else None}

    def made(self, node: nodes.Expression) -> Step:
        """The whole of it, of the kind that the checker gave to the function's own result: a difference that is never
        negative is of an unsigned type, say."""
        kind = self._place.kind
        match node:
            case nodes.Chain(operands=(*before, last), operators=(*operators, operator)):
                left = self._chain(before, operators)
                return self._operation(operator.symbol, {"a": left, "b": self._value(last)}, kind)
            case nodes.Unary():
                return self._unary(node, kind)
            case nodes.Call():
                return self._call(node, kind)
        raise _Malformed("that is no call, nor operators between operands")

    def _step(
        self,
        kind: Kind,
        function: Function | None = None,
        operands: Mapping[str, Step] = _NONE,
        settings: Mapping[str, Any] = _NONE,
    ) -> Step:
        return Step(kind, self._place.source, self._place.span, function, operands, settings)

    def _value(self, node: nodes.Expression) -> Any:
        """A step, or what a setting is."""
        match node:
            case nodes.Name(text=name):
                for known in (self._place.operands, self._place.settings):
                    if name in known:
                        return known[name]
                raise _Malformed(f"{name} is none of its parameters")
            case nodes.Number(value=value) | nodes.Text(value=value) | nodes.Truth(value=value):
                return value
            case nodes.Nothing():
                return None
            case nodes.Unary():
                return self._unary(node)
            case nodes.Chain(operands=operands, operators=operators):
                return self._chain(operands, operators)
            case nodes.Call():
                return self._call(node)
        raise _Malformed(f"a {type(node).__name__.lower()} cannot stand")

    def _chain(self, operands: Sequence[nodes.Expression], operators: Sequence[nodes.Operator]) -> Any:
        """From the left; operands without operators, if there is one alone."""
        value = self._value(operands[0])
        for operator, node in zip(operators, operands[1:], strict=True):
            other = self._value(node)
            if isinstance(other, tuple) and operator.symbol == "*":  # a setting with a number for each axis
                value = tuple(value * number for number in other)
            else:
                value = self._operation(operator.symbol, {"a": value, "b": other})
        return value

    def _unary(self, node: nodes.Unary, wanted: Kind | None = None) -> Step:
        symbol = {"-": "negate", "not": "~"}.get(node.operator.symbol, node.operator.symbol)
        return self._operation(symbol, {"a": self._value(node.operand)}, wanted)

    def _operation(self, symbol: str, values: Mapping[str, Any], wanted: Kind | None = None) -> Step:
        function = OPERATORS.get(_WORDS.get(symbol, symbol))
        if function is None:
            raise _Malformed(f"{symbol} cannot stand")
        operands = {name: self._as_step(value) for name, value in values.items()}
        for parameter in function.parameters:
            _refuse_other_kind(parameter, operands[parameter.name], function)
        return self._result(function, operands, {}, wanted)

    def _as_step(self, value: Any) -> Step:
        return value if isinstance(value, Step) else self._step(_kind_of(value))

    def _call(self, node: nodes.Call, wanted: Kind | None = None) -> Step:
        function = _called(node)
        given = _by_parameter(function, node.arguments)
        operands: dict[str, Step] = {}
        settings = {name: value for name, value in self._filled_in.items() if name in function.filled_in}
        for parameter in function.parameters:
            value = self._argument(parameter, given.get(parameter.name), function)
            if parameter.takes.settle is not None or value is None:
                settings[parameter.name] = value
            else:
                operands[parameter.name] = self._as_step(value)
                _refuse_other_kind(parameter, operands[parameter.name], function)
        return self._result(function, operands, settings, wanted)

    def _argument(self, parameter: Parameter, node: nodes.Expression | None, function: Function) -> Any:
        if node is None:
            return default_of(parameter.default, parameter.takes, self._around)
        value = self._value(node)
        if isinstance(value, Step) and parameter.takes.settle is not None:
            raise _Malformed(f"the {parameter.name} of {function.name} must be a parameter of the same type")
        is_literal = isinstance(node, nodes.Number | nodes.Text)
        return default_of(value, parameter.takes, self._around) if is_literal else value

    def _result(
        self, function: Function, operands: Mapping[str, Step], settings: Mapping[str, Any], wanted: Kind | None
    ) -> Step:
        """A function applied; where it is the whole, what it gives must be what the place wants, but for its range."""
        kinds = {name: operand.kind for name, operand in operands.items()}
        kinds.update({name: _kind_of(value) for name, value in settings.items() if function.parameter(name)})
        try:
            kind = function.gives.rule(kinds)
        except Refused:
            if wanted is None:
                raise
            kind = wanted  # wider than any type: it is known to be narrower
        if wanted is not None and (kind.name, kind.shape) != (wanted.name, wanted.shape):
            raise _Malformed(f"that gives {kind}, not {wanted}")
        return self._step(wanted or kind, function, operands, settings)


def _refuse_other_kind(parameter: Parameter, operand: Step, function: Function) -> None:
    if not operand.kind.may_be(parameter.takes.kinds):
        raise _Malformed(f"{function.name} takes {parameter.takes.noun}, not {operand.kind.word}")


def _kind_of(value: Any) -> Kind:
    """The kind of a constant, or of a setting as it is settled."""
    if value is None:
        return NONE
    if isinstance(value, str):
        return text(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(constant=value)
    return Kind("list", constant=value)
