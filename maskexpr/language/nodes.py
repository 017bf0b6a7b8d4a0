"""The syntax of a program as immutable nodes, each with the exact span it was read from."""

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any, TypeVar, dataclass_transform

from maskexpr.diagnostics.source import Span

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def node(cls: type[T]) -> type[T]:
    """A frozen dataclass that takes `==`, `hash` and `repr` from `Node`: generating them for each of so many classes
    would cost every start some milliseconds."""
    return dataclass(frozen=True, slots=True, eq=False, repr=False)(cls)


@node
class Node:
    """A piece of syntax; `span` covers it with its brackets."""

    span: Span

    def _values(self) -> list[Any]:
        return [getattr(self, field.name) for field in fields(self)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and type(self) is type(other) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), *self._values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self._values()))})"


# --- expressions -----------------------------------------------------------------------------------------------------


@node
class Name(Node):
    """A name where a value is meant, or where one is given."""

    text: str


@node
class Number(Node):
    """A number; pixels where a length or size is meant."""

    value: int | float


@node
class Quantity(Node):
    """A length (power 1), area (2) or volume (3) in millimetres to that power."""

    value: Fraction
    power: int


@node
class Text(Node):
    """A text in quotes."""

    value: str


@node
class Truth(Node):
    """`true` or `false`."""

    value: bool


@node
class Nothing(Node):
    """The literal `none`."""


@node
class List(Node):
    """Values in square brackets."""

    items: tuple["Expression", ...]


@node
class Operator(Node):
    """An operator where it stands; `symbol` is as written, with `not in` as one."""

    symbol: str


@node
class Unary(Node):
    """An operator before its operand."""

    operator: Operator
    operand: "Expression"


@node
class Chain(Node):
    """Operands joined by operators of one precedence, applied from the left: `a - b + c`."""

    operands: tuple["Expression", ...]
    operators: tuple[Operator, ...]


@node
class Compare(Node):
    """A comparison, chained as in Python: `32 < im <= 64`."""

    operands: tuple["Expression", ...]
    operators: tuple[Operator, ...]


@node
class Power(Node):
    """`base ** exponent`."""

    base: "Expression"
    operator: Operator
    exponent: "Expression"


@node
class Keyword(Node):
    """A keyword argument of a call."""

    name: Name
    value: "Expression"


@node
class Call(Node):
    """A call; `x.f(a)` is read as `f(x, a)`."""

    function: Name
    arguments: tuple["Expression | Keyword", ...]


@node
class Slice(Node):
    """`start:stop:step`, each of which may be missing."""

    start: "Expression | None"
    stop: "Expression | None"
    step: "Expression | None"


@node
class Index(Node):
    """`value[subscripts]`: samples where the subscript is a mask, else a crop."""

    value: "Expression"
    subscripts: tuple["Expression | Slice", ...]


Expression = Name | Number | Quantity | Text | Truth | Nothing | List | Unary | Chain | Compare | Power | Call | Index

# --- statements ------------------------------------------------------------------------------------------------------


@node
class Input(Node):
    """`input NAME: KIND = "FILE" "DOC"`."""

    name: Name
    kind: Name | None
    default: Text | None
    doc: Text | None


Constant = Number | Quantity | Text | Truth


@node
class Param(Node):
    """`param NAME = VALUE in LOW..HIGH "DOC"`."""

    name: Name
    value: Constant
    interval: tuple[Constant, Constant] | None
    choices: tuple[Text, ...] | None
    doc: Text | None


@node
class Def(Node):
    """`def NAME(PARAMETERS) = EXPRESSION`."""

    name: Name
    parameters: tuple[Name, ...]
    body: Expression


@node
class Use(Node):
    """`use "FILE"`."""

    path: Text


@node
class Assert(Node):
    """`assert CONDITION, "MESSAGE"`."""

    condition: Expression
    message: Text | None


@node
class Output(Node):
    """`output NAME`, or `output NAME = EXPRESSION`."""

    name: Name
    value: Expression | None


@node
class Assignment(Node):
    """`NAME = EXPRESSION`."""

    name: Name
    value: Expression


@node
class Bare(Node):
    """An expression on a line of its own."""

    value: Expression


@node
class Broken(Node):
    """A statement that did not parse; `keyword` and `name` are what it would have introduced, if that is known."""

    keyword: str
    name: Name | None


Statement = Input | Param | Def | Use | Assert | Output | Assignment | Bare | Broken


@node
class Module:
    """A parsed program text."""

    statements: tuple[Statement, ...]
