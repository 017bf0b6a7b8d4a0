"""`tophat(m)` is `m & ~open(m)`."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from maskexpr.diagnostics.source import Source
from maskexpr.functions.arguments import Parameter, Refused, Surroundings
from maskexpr.functions.gives import grid_of
from maskexpr.functions.parameters import default_of
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import NONE, Kind, number, text
from maskexpr.language import nodes
from maskexpr.language.limits import Limits
from maskexpr.language.parser import parse
from maskexpr.library import CATALOGUE, OPERATORS
from maskexpr.planner.rewrites.facts import Facts
from maskexpr.program.steps import Step

_NONE: Mapping[str, Any] = {}


def expand_derived(step: Step, facts: Facts) -> Step | None:
    """A function that is declared as an expression of others is that expression."""
    function = step.function
    if function is None or step.kind.dtype == np.float16:  # bodies compute these in a wider type, from end to end
        return None
    expression = function.expression(step.kind, step.settings)
    try:
        return _Expression(step).made(_parsed(expression)) if expression else None
    except Refused:
        return None  # what lies between would fit no type


@functools.cache
def _parsed(expression: str) -> nodes.Expression:
    (statement,) = parse(Source(expression), Limits()).module.statements
    assert isinstance(statement, nodes.Bare), expression
    return statement.value


class _Expression:
    """The expression of a derived function in the place of a step: the function's parameters are the step's operands
    and settings, settled as they are. The declaration is the library's own, so that nothing in it need be checked."""

    def __init__(self, place: Step) -> None:
        self._place = place
        grid = grid_of({name: operand.kind for name, operand in place.operands.items()})
        self._around = Surroundings(grid.ndim, grid.spacing) if grid else Surroundings(None, None)

    def made(self, node: nodes.Expression) -> Step:
        """The whole of it, of the kind that the checker gave to the function's own result: a difference that is never
        negative is of an unsigned type, say."""
        match node:
            case nodes.Chain(operands=(*before, last), operators=(*operators, operator)):
                left = self._chain(before, operators)
                return self._operation(operator.symbol, {"a": left, "b": self._value(last)}, self._place.kind)
            case nodes.Call():
                return self._call(node, self._place.kind)
        raise NotImplementedError(type(node).__name__)

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
                return self._place.operands[name] if name in self._place.operands else self._place.settings[name]
            case nodes.Number(value=value) | nodes.Text(value=value) | nodes.Truth(value=value):
                return value
            case nodes.Nothing():
                return None
            case nodes.Unary(operator=operator, operand=operand):
                symbol = "negate" if operator.symbol == "-" else operator.symbol
                return self._operation(symbol, {"a": self._value(operand)})
            case nodes.Chain(operands=operands, operators=operators):
                return self._chain(operands, operators)
            case nodes.Call():
                return self._call(node)
        raise NotImplementedError(type(node).__name__)

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

    def _operation(self, symbol: str, values: Mapping[str, Any], kind: Kind | None = None) -> Step:
        operands = {name: self._as_step(value) for name, value in values.items()}
        function = OPERATORS[symbol]
        kind = kind or function.gives.rule({name: o.kind for name, o in operands.items()})
        return self._step(kind, function, operands)

    def _as_step(self, value: Any) -> Step:
        return value if isinstance(value, Step) else self._step(_kind_of(value))

    def _call(self, node: nodes.Call, kind: Kind | None = None) -> Step:
        function = CATALOGUE[node.function.text]
        given = dict(zip((p.name for p in function.parameters), node.arguments, strict=False))
        given = {a.name.text if isinstance(a, nodes.Keyword) else name: a for name, a in given.items()}
        operands: dict[str, Step] = {}
        settings = {"spacing": self._around.spacing} if "spacing" in function.filled_in else {}
        for parameter in function.parameters:
            value = self._argument(parameter, given.get(parameter.name))
            if parameter.takes.settle is not None or value is None:
                settings[parameter.name] = value
            else:
                operands[parameter.name] = self._as_step(value)
        kinds = {name: operand.kind for name, operand in operands.items()}
        kinds.update({name: _kind_of(value) for name, value in settings.items() if function.parameter(name)})
        return self._step(kind or function.gives.rule(kinds), function, operands, settings)

    def _argument(self, parameter: Parameter, node: nodes.Expression | nodes.Keyword | None) -> Any:
        if isinstance(node, nodes.Keyword):
            node = node.value
        if node is None:
            return default_of(parameter.default, parameter.takes, self._around)
        value = self._value(node)
        is_literal = isinstance(node, nodes.Number | nodes.Text)
        return default_of(value, parameter.takes, self._around) if is_literal else value


def _kind_of(value: Any) -> Kind:
    """The kind of a constant, or of a setting as it is settled."""
    if value is None:
        return NONE
    if isinstance(value, str):
        return text(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(constant=value)
    return Kind("list", constant=value)
