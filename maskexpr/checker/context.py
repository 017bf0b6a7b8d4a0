"""What all of the checker shares: the steps made so far, the mistakes found so far, and the names in sight."""

from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.diagnostics.messages import Mistake
from maskexpr.diagnostics.source import Source, Span
from maskexpr.functions.arguments import Refused, Surroundings
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import MEASURES, NAMES, Kind, unknown
from maskexpr.language import nodes
from maskexpr.language.limits import Limits
from maskexpr.program.running import run_body
from maskexpr.program.steps import Step


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


@dataclass(frozen=True, slots=True)
class RegionsInSight:
    """The regions that a condition is about, and the image they are measured on."""

    regions: Kind
    around: Surroundings
    image: Kind | None


@dataclass(slots=True)
class Scope:
    """The names in sight. Outside a `def` a name that is not there is an input; inside, it is a mistake."""

    values: MutableMapping[str, Step]
    functions: dict[str, "Definition | None"]  # None: a def that did not parse
    source: Source
    inside: Definition | None = None
    regions: RegionsInSight | None = None


class Context:
    """Collects steps and diagnostics; steps that do the same to the same operands are made once."""

    def __init__(self, catalogue: Mapping[str, Function], limits: Limits, signature: Mapping[str, Kind] | None) -> None:
        self.catalogue = catalogue
        self.limits = limits
        self.signature = signature or {}
        # Before the arrays are given, what depends on them is left open instead of being called missing.
        self.inputs_are_given = signature is not None
        self.steps: list[Step] = []
        self.diagnostics: dict[tuple[object, ...], Diagnostic] = {}
        self.used: set[str] = set()
        self.inputs: dict[str, Step] = {}
        self.declared: set[str] = set()  # inputs with a line of their own
        self.in_conditions: set[str] = set()  # inputs first named in a condition on regions
        self.units: dict[Step, tuple[Function, str]] = {}  # of values measured in a unit: by which function, in which
        self.later_functions: set[str] = set()  # defs that stand further down
        self.calls: list[tuple[str, str]] = []  # the defs being filled in, and where each was called
        self.uses_grid = False
        self.depth = 0
        self.visits = 0  # of expressions inside defs that are being filled in
        self._made: dict[tuple[object, ...], Step] = {}
        self._properties: dict[tuple[str, Kind], Step] = {}

    def report(self, mistake: Mistake, scope: Scope, span: Span, **fields: object) -> None:
        """Note a mistake, once for each place, however often a def is called."""
        key = (mistake.code, span, id(scope.source))
        if key in self.diagnostics:
            return
        found = mistake.at(scope.source, span, **fields)
        if self.calls and mistake.severity == "error":
            function, place = self.calls[-1]
            message = found.message + messages.IN_CALL.format(function=function, place=place)
            found = Diagnostic(found.code, message, found.hint, span, scope.source)
        self.diagnostics[key] = found

    def report_once(self, mistake: Mistake, scope: Scope, span: Span, **fields: object) -> None:
        """Note a mistake at the first of the places it is found at."""
        if not any(d.code == mistake.code for d in self.diagnostics.values()):
            self.report(mistake, scope, span, **fields)

    def unknown(self, scope: Scope, span: Span, options: frozenset[str] = NAMES) -> Value:
        """A stand-in after a mistake, or for what depends on an input that was not given: it fits everywhere."""
        return Value(Step(unknown(options), scope.source, span), span)

    def constant(self, kind: Kind, scope: Scope, span: Span) -> Value:
        value = kind.constant
        key = ("constant", kind.name, type(value), repr(value), kind.range, kind.power)
        return self._made_once(key, Step(kind, scope.source, span))

    def input(self, name: str, kind: Kind, scope: Scope, span: Span) -> Value:
        step = self._made_once(("input", name), Step(kind, scope.source, span, name=name))
        self.inputs[name] = step.step
        return step

    def or_stack(self, value: Value) -> str:
        """What to add to a hint on a colour image that was only taken for one, by its shape."""
        name = value.step.name
        return messages.OR_STACK.format(name=name) if name and name not in self.declared else ""

    def property(self, name: str, kind: Kind, scope: Scope, span: Span) -> Value:
        """A property of regions in a condition on them; no step of the program."""
        step = self._properties.setdefault((name, kind), Step(kind, scope.source, span, name=name))
        return Value(step, span)

    def is_property(self, step: Step) -> bool:
        return self._properties.get((step.name, step.kind)) is step

    def apply(
        self,
        function: Function,
        operands: Mapping[str, Value],
        kind: Kind,
        scope: Scope,
        span: Span,
        settings: Mapping[str, Any] | None = None,
    ) -> Value:
        """A function applied to values; computed at once where all of them are constants."""
        settings = settings or {}
        steps = {name: value.step for name, value in operands.items()}
        step = Step(kind, scope.source, span, function, steps, settings)
        foldable = kind.name in MEASURES | {"text"} and function.name != "assert"
        if foldable and operands and all(o.kind.is_constant for o in operands.values()):
            try:
                constant = run_body(step, {n: o.kind.constant for n, o in operands.items()})
            except Refused as refused:
                blamed = operands.get(refused.argument)
                fields = {"name": refused.argument, **refused.fields}
                self.report(refused.mistake, scope, blamed.span if blamed else span, **fields)
                return self.unknown(scope, span)
            return self.constant(kind.with_constant(constant), scope, span)
        operand_ids = tuple((n, id(o)) for n, o in steps.items())
        key = (id(function), operand_ids, tuple((n, repr(v)) for n, v in settings.items()))
        return self._made_once(key, step)

    def _made_once(self, key: tuple[object, ...], step: Step) -> Value:
        if key not in self._made:
            if len(self.steps) >= self.limits.nodes:
                raise TooLarge
            self.steps.append(step)
            self._made[key] = step
        return Value(self._made[key], step.span)
