"""What all of the checker shares: the names in sight, the steps made so far, and the mistakes found so far."""

import re
from collections import ChainMap
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.diagnostics.messages import Mistake
from maskexpr.diagnostics.source import Source, Span
from maskexpr.functions.arguments import Parameter, Surroundings, Takes, value_text
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import NAMES, Kind
from maskexpr.language import nodes
from maskexpr.language.limits import Limits
from maskexpr.language.parser import NOTHING, Length
from maskexpr.program import identity
from maskexpr.program.steps import InputInfo, Step

_WORD = re.compile(r"\w+")
_ANYTHING = Takes(NAMES - {"predicate", "properties", "images"}, "a value")

Rules = Mapping[type[nodes.Node], "Callable[..., Value]"]


class TooLarge(Exception):
    """Stops the check of a program that grows beyond its limits."""


@dataclass(frozen=True, slots=True)
class Value:
    """A step as it is used in one place of the text; messages about the use point there."""

    step: Step
    span: Span

    @property
    def kind(self) -> Kind:
        return self.step.kind


@dataclass(frozen=True, slots=True)
class Selection:
    """The mask, or samples of one, that took samples, and how it was written. Samples that were taken by one step are
    of the same pixels in the same order. Those of a table are of its rows."""

    mask: Step
    text: str


# --- names -----------------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Definition:
    """A `def`: its place among the others, and the names it sees beside its parameters."""

    node: nodes.Def
    order: int
    scope: "Scope"
    results: dict[tuple[int, ...], Step] = field(default_factory=dict)
    kept: list[Step] = field(default_factory=list)

    def inside(self, parameters: dict[str, Step]) -> "Scope":
        """The names its body sees once its parameters have values."""
        # Chained, not copied: a file may have very many params and defs.
        return Scope(ChainMap(parameters, self.scope.values), self.scope.functions, self.scope.source, self)

    # What a function of the catalogue says of its parameters, too: arguments are sorted alike for both.

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return tuple(Parameter(p.text, _ANYTHING) for p in self.node.parameters)

    def in_order(self, count: int) -> list[str]:
        return [p.text for p in self.node.parameters]

    @property
    def signature(self) -> str:
        return f"{self.node.name.text}({', '.join(p.text for p in self.node.parameters)})"

    @property
    def aliases(self) -> Mapping[str, str]:
        return {}


@dataclass(frozen=True, slots=True)
class RegionsInSight:
    """The regions that a condition is about, the image they are measured on, and the names of what else is given."""

    regions: Kind
    around: Surroundings
    image: Kind | None
    given: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TableInSight:
    """The table whose columns are in sight, and how it was written."""

    table: Step
    text: str


@dataclass(slots=True)
class Scope:
    """The names in sight. Outside a `def` a name that is not there is an input; inside, it is a mistake."""

    values: MutableMapping[str, Step]
    functions: dict[str, "Definition | None"]  # None: a def that did not parse
    source: Source
    inside: Definition | None = None
    regions: RegionsInSight | None = None
    columns: TableInSight | None = None


# --- what is found and made ------------------------------------------------------------------------------------------


class Steps:
    """The steps of a program; those that do the same to the same operands are made once."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.made: list[Step] = []
        self.units: dict[Step, tuple[Function, str]] = {}  # of values measured in a unit: by which function, in which
        self.selections: dict[Step, Selection] = {}  # of samples: what took them
        self.open_columns: dict[Step, Sequence[str]] = {}  # of tables that are not known yet: what they may have
        self.finite: dict[Step, str] = {}  # statistics, as they are written of finite values alone
        self._made: dict[identity.Key, Step] = {}
        self._properties: dict[tuple[str, Kind], Step] = {}

    def made_once(self, step: Step) -> Step:
        key = identity.of_step(step)
        if key not in self._made:
            if len(self.made) >= self.most:
                raise TooLarge
            self.made.append(step)
            self._made[key] = step
        return self._made[key]

    def property(self, step: Step) -> Step:
        """A property of regions in a condition on them; no step of the program."""
        return self._properties.setdefault((step.name, step.kind), step)

    def is_property(self, step: Step) -> bool:
        return self._properties.get((step.name, step.kind)) is step


class Context:
    """What the check of one program is given, and what it finds and makes on the way."""

    def __init__(
        self,
        catalogue: Mapping[str, Function],
        limits: Limits,
        signature: Mapping[str, Kind] | None,
        rules: Rules,
        length: Length = NOTHING,
        *,
        supposed: bool = False,
        constants: Mapping[str, Any] = MappingProxyType({}),
        withheld: frozenset[str] = frozenset(),
    ) -> None:
        self.catalogue = catalogue
        self.constants = constants  # of the host's, which all else of their name hides
        self.withheld = withheld  # names of functions that there are, but not here
        self.limits = limits
        self.signature = signature or {}
        # Before the arrays are given, what depends on them is left open instead of being called missing.
        self.inputs_are_given = signature is not None and not supposed
        self.rules = rules  # what gives an expression its value, by the type of its node
        self.length = length  # of the texts that were parsed

        self.steps = Steps(limits.nodes)
        self.diagnostics: dict[tuple[object, ...], Diagnostic] = {}
        self.inputs: dict[str, InputInfo] = {}  # those declared, then free names in the order they are met in
        self.declared: set[str] = set()  # inputs with a line of their own
        self.used: set[str] = set()
        self.uses_grid = False

        # Calls of other software: what is said of each, and those that the advice on a call around them answers, too.
        self.ways: dict[tuple[int, Span], str] = {}
        self.answered: set[tuple[int, Span]] = set()
        self.later_functions: set[str] = set()  # defs that stand further down
        self.calls: list[tuple[str, str]] = []  # the defs being filled in, and where each was called
        self.depth = 0
        self.visits = 0  # of expressions, and uses of functions, inside defs that are being filled in

    def report(self, mistake: Mistake, source: Source, span: Span, fields: Mapping[str, object]) -> None:
        """Note a mistake, once for each place, however often a def is called."""
        key = (mistake.code, span, id(source))
        if key in self.diagnostics:
            return
        found = mistake.at(source, span, **fields)
        if found.change is not None and not self.withheld.isdisjoint(_WORD.findall(found.change.text)):
            found = replace(found, change=None)  # what mends it elsewhere is not offered here
        if self.calls and mistake.severity == "error":
            function, place = self.calls[-1]
            message = found.message + messages.IN_CALL.format(function=function, place=place)
            found = Diagnostic(found.code, message, found.hint, span, source)
        self.diagnostics[key] = found

    def has(self, mistake: Mistake) -> bool:
        """Whether a mistake was found anywhere yet."""
        return any(d.code == mistake.code for d in self.diagnostics.values())

    def or_stack(self, value: Value) -> str:
        """What to add to a hint on a colour image that was only taken for one, by its shape."""
        name = value.step.name
        return messages.OR_STACK.format(name=name) if name and name not in self.declared else ""

    def of_colour(self, mistake: Mistake, value: Value) -> tuple[Mistake, dict[str, object]]:
        """A mistake made with a colour image, with what its channels are; where they are no red, green and blue, its
        way out is one of them."""
        kind = value.kind
        fields: dict[str, object] = {"channels": kind.channels or "several", "stack": self.or_stack(value), "mask": ""}
        if kind.is_rgb or not kind.channels:
            return mistake, fields
        names = kind.channel_names
        listed = ", ".join(names) if names else f"0 to {kind.channels - 1}"
        return replace(mistake, hint=messages.CHANNEL_WANTED), {
            **fields,
            "which": value_text(names[0]) if names else "0",
            "listed": listed,
        }
