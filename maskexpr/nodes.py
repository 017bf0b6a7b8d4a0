"""The syntax of a program as immutable nodes, each with the exact span it was read from."""

from dataclasses import dataclass
from fractions import Fraction

from maskexpr.source import Span


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of syntax; `span` covers it with its brackets."""

    span: Span


# --- expressions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name where a value is meant, or where one is given."""

    text: str


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number; pixels where a length or size is meant."""

    value: int | float


@dataclass(frozen=True, slots=True)
class Quantity(Node):
    """A length (power 1), area (2) or volume (3) in millimetres to that power."""

    value: Fraction
    power: int


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A text in quotes."""

    value: str


@dataclass(frozen=True, slots=True)
class Truth(Node):
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Nothing(Node):
    """The literal `none`."""


@dataclass(frozen=True, slots=True)
class List(Node):
    """Values in square brackets."""

    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Operator(Node):
    """An operator where it stands; `symbol` is as written, with `not in` as one."""

    symbol: str


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """An operator before its operand."""

    operator: Operator
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """Operands joined by operators of one precedence, applied from the left: `a - b + c`."""

    operands: tuple["Expression", ...]
    operators: tuple[Operator, ...]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """A comparison, chained as in Python: `32 < im <= 64`."""

    operands: tuple["Expression", ...]
    operators: tuple[Operator, ...]


@dataclass(frozen=True, slots=True)
class Power(Node):
    """`base ** exponent`."""

    base: "Expression"
    operator: Operator
    exponent: "Expression"


@dataclass(frozen=True, slots=True)
class Keyword(Node):
    """A keyword argument of a call."""

    name: Name
    value: "Expression"


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A call; `x.f(a)` is read as `f(x, a)`."""

    function: Name
    arguments: tuple["Expression | Keyword", ...]


@dataclass(frozen=True, slots=True)
class Slice(Node):
    """`start:stop:step`, each of which may be missing."""

    start: "Expression | None"
    stop: "Expression | None"
    step: "Expression | None"


@dataclass(frozen=True, slots=True)
class Index(Node):
    """`value[subscripts]`: samples where the subscript is a mask, else a crop."""

    value: "Expression"
    subscripts: tuple["Expression | Slice", ...]


Expression = Name | Number | Quantity | Text | Truth | Nothing | List | Unary | Chain | Compare | Power | Call | Index

# --- statements ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Input(Node):
    """`input NAME: KIND = "FILE" "DOC"`."""

    name: Name
    kind: Name | None
    default: Text | None
    doc: Text | None


Constant = Number | Quantity | Text | Truth


@dataclass(frozen=True, slots=True)
class Param(Node):
    """`param NAME = VALUE in LOW..HIGH "DOC"`."""

    name: Name
    value: Constant
    interval: tuple[Constant, Constant] | None
    choices: tuple[Text, ...] | None
    doc: Text | None


@dataclass(frozen=True, slots=True)
class Def(Node):
    """`def NAME(PARAMETERS) = EXPRESSION`."""

    name: Name
    parameters: tuple[Name, ...]
    body: Expression


@dataclass(frozen=True, slots=True)
class Use(Node):
    """`use "FILE"`."""

    path: Text


@dataclass(frozen=True, slots=True)
class Assert(Node):
    """`assert CONDITION, "MESSAGE"`."""

    condition: Expression
    message: Text | None


@dataclass(frozen=True, slots=True)
class Output(Node):
    """`output NAME`, or `output NAME = EXPRESSION`."""

    name: Name
    value: Expression | None


@dataclass(frozen=True, slots=True)
class Assignment(Node):
    """`NAME = EXPRESSION`."""

    name: Name
    value: Expression


@dataclass(frozen=True, slots=True)
class Bare(Node):
    """An expression on a line of its own."""

    value: Expression


@dataclass(frozen=True, slots=True)
class Broken(Node):
    """A statement that did not parse; `keyword` and `name` are what it would have introduced, if that is known."""

    keyword: str
    name: Name | None


Statement = Input | Param | Def | Use | Assert | Output | Assignment | Bare | Broken


@dataclass(frozen=True, slots=True)
class Module:
    """A parsed program text."""

    statements: tuple[Statement, ...]
