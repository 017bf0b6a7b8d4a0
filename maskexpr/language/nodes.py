"""The syntax of a program as immutable nodes, each with the exact span it was read from."""

from collections.abc import Iterable, Iterator
from dataclasses import FrozenInstanceError, dataclass
from fractions import Fraction
from typing import Any, ClassVar, Self, dataclass_transform

from maskexpr.diagnostics.source import Span


@dataclass_transform(frozen_default=True)
class _Parts:
    """Something that consists of the parts that its class lists, given in their order, and never changes.

    That nodes are no dataclasses saves every start the time in which Python writes, compiles and runs the methods of
    thirty of them.
    """

    names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls.names = (*cls.names, *cls.__annotations__)
        type.__setattr__(cls, "__match_args__", cls.names)

    def __init__(self, *parts: Any) -> None:
        self.__dict__.update(zip(self.names, parts, strict=True))

    def __setattr__(self, name: str, value: Any) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")


class Node(_Parts):
    """A piece of syntax; `span` covers it with its brackets."""

    span: Span

    def with_span(self, span: Span) -> Self:
        """The same in another place."""
        return type(self)(span, *self.parts[1:])

    @property
    def parts(self) -> tuple[Any, ...]:
        """The span and what the node consists of."""
        return tuple(self.__dict__.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and type(self) is type(other) and self.parts == other.parts

    def __hash__(self) -> int:
        return hash((type(self), *self.parts))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.parts))})"


# --- expressions -----------------------------------------------------------------------------------------------------


class Name(Node):
    """A name where a value is meant, or where one is given."""

    text: str


class Number(Node):
    """A number; pixels where a length or size is meant."""

    value: int | float


class Quantity(Node):
    """A length (power 1), area (2) or volume (3) in millimetres to that power."""

    value: Fraction
    power: int


class Text(Node):
    """A text in quotes."""

    value: str


class Truth(Node):
    """`true` or `false`."""

    value: bool


class Nothing(Node):
    """The literal `none`."""


class List(Node):
    """Values in square brackets."""

    items: tuple["Expression", ...]


class Operator(Node):
    """An operator where it stands; `symbol` is as written, with `not in` as one."""

    symbol: str


class Unary(Node):
    """An operator before its operand."""

    operator: Operator
    operand: "Expression"


class Chain(Node):
    """Operands joined by operators of one precedence, applied from the left: `a - b + c`."""

    operands: tuple["Expression", ...]
    operators: tuple[Operator, ...]


class Compare(Node):
    """A comparison, chained as in Python: `32 < im <= 64`."""

    operands: tuple["Expression", ...]
    operators: tuple[Operator, ...]


class Power(Node):
    """`base ** exponent`."""

    base: "Expression"
    operator: Operator
    exponent: "Expression"


class Keyword(Node):
    """A keyword argument of a call."""

    name: Name
    value: "Expression"


class Call(Node):
    """A call; `x.f(a)` is read as `f(x, a)`."""

    function: Name
    arguments: tuple["Expression | Keyword", ...]


class Slice(Node):
    """`start:stop:step`, each of which may be missing."""

    start: "Expression | None"
    stop: "Expression | None"
    step: "Expression | None"


class Index(Node):
    """`value[subscripts]`: samples where the subscript is a mask, else a crop."""

    value: "Expression"
    subscripts: tuple["Expression | Slice", ...]


Expression = Name | Number | Quantity | Text | Truth | Nothing | List | Unary | Chain | Compare | Power | Call | Index

# --- statements ------------------------------------------------------------------------------------------------------


class Input(Node):
    """`input NAME: KIND = "FILE" "DOC"`."""

    name: Name
    kind: Name | None
    default: Text | None
    doc: Text | None


Constant = Number | Quantity | Text | Truth


class Param(Node):
    """`param NAME = VALUE in LOW..HIGH "DOC"`."""

    name: Name
    value: Constant
    interval: tuple[Constant, Constant] | None
    choices: tuple[Text, ...] | None
    doc: Text | None


class Def(Node):
    """`def NAME(PARAMETERS) = EXPRESSION`."""

    name: Name
    parameters: tuple[Name, ...]
    body: Expression


class Use(Node):
    """`use "FILE"`."""

    path: Text


class Assert(Node):
    """`assert CONDITION, "MESSAGE"`."""

    condition: Expression
    message: Text | None


class Output(Node):
    """`output NAME`, or `output NAME = EXPRESSION`."""

    name: Name
    value: Expression | None


class Assignment(Node):
    """`NAME = EXPRESSION`."""

    name: Name
    value: Expression


class Bare(Node):
    """An expression on a line of its own."""

    value: Expression


class Broken(Node):
    """A statement that did not parse; `keyword` and `name` are what it would have introduced, if that is known."""

    keyword: str
    name: Name | None


Statement = Input | Param | Def | Use | Assert | Output | Assignment | Bare | Broken


@dataclass(frozen=True, slots=True)
class Module:
    """A parsed program text."""

    statements: tuple[Statement, ...]


def inside(parts: Iterable[object]) -> Iterator[Node]:
    """Pieces of syntax and all that they consist of, outer ones first, in their order."""
    stack = [*parts][::-1]
    while stack:
        node = stack.pop()
        if isinstance(node, Node):
            yield node
            stack.extend(reversed(node.parts[1:]))
        elif isinstance(node, tuple) and not isinstance(node, Span):
            stack.extend(reversed(node))


def is_alike(first: object, second: object) -> bool:
    """Whether two pieces of syntax, or tuples of them, say the same wherever they stand."""
    pairs = [(first, second)]
    while pairs:
        a, b = pairs.pop()
        if type(a) is not type(b):
            return False
        if isinstance(a, Node) and isinstance(b, Node):
            pairs.extend(zip(a.parts[1:], b.parts[1:], strict=True))
        elif isinstance(a, tuple) and isinstance(b, tuple):
            if len(a) != len(b):
                return False
            pairs.extend(zip(a, b, strict=True))
        elif a != b:
            return False
    return True
