"""A place in the program that is checked: what is said and made there, and where to go on from there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from maskexpr.checker.context import Context, Scope, TooLarge, Value
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.messages import Mistake
from maskexpr.diagnostics.printing import printable
from maskexpr.diagnostics.source import Source, Span
from maskexpr.functions.arguments import Refused
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import MEASURES, NAMES, Kind, unknown
from maskexpr.language import nodes
from maskexpr.program.running import run_body
from maskexpr.program.steps import InputInfo, Step

_FOLDED = MEASURES | {"text"}


def in_brackets(text: str) -> str:
    """A text in brackets, unless no operator beside it could tear it apart."""
    return text if _is_one(text) else f"({text})"


def _is_one(text: str) -> bool:
    """Whether a text is a name, a number, or calls and subscripts of such."""
    while text.endswith((")", "]")):
        depth, start = 0, len(text)
        while start:
            start -= 1
            depth += (text[start] in ")]") - (text[start] in "([")
            if not depth:
                break
        text = text[:start]
        if not text:
            return True  # all of it was in brackets
    return text.replace("_", "a").replace(".", "a").isalnum()


class Spanned(Protocol):
    """What stands somewhere in the text: a node, a value, another place."""

    @property
    def span(self) -> Span: ...


@dataclass(slots=True, eq=False)  # never changed, but frozen it would take three times as long to make, at every node
class Place:
    """A span of the text, with the names in sight there, in the check of one program.

    Mistakes are reported here, values are made here. `at` goes to another span of the same text, `within` to where
    other names are in sight.
    """

    context: Context
    scope: Scope
    span: Span

    def at(self, part: Span | Spanned) -> "Place":
        return Place(self.context, self.scope, part if isinstance(part, Span) else part.span)

    def within(self, scope: Scope) -> "Place":
        return Place(self.context, scope, self.span)

    @property
    def source(self) -> Source:
        return self.scope.source

    def quote(self, part: Span | Spanned | None = None) -> str:
        """What is written here, or in another part of the text, for a message."""
        part = self if part is None else part
        return self.source.quote(part if isinstance(part, Span) else part.span)

    def bracketed(self, part: Span | Spanned) -> str:
        """What is written in a part, in brackets where an operator beside it would tear it apart."""
        return in_brackets(self.quote(part))

    def __str__(self) -> str:
        line, column = self.source.position(self.span.start)
        return f"{printable(self.source.name)}:{line}:{column}"

    # --- mistakes ---

    def report(self, mistake: Mistake, **fields: object) -> None:
        """Note a mistake, once for each place, however often a def is called."""
        self.context.report(mistake, self.source, self.span, fields)

    def refuse(self, refused: Refused, arguments: Mapping[str, Value] | None = None) -> None:
        """Note what a rule or a body refuses: at the argument it blames where that was written, else here."""
        arguments = arguments or {}
        blamed = arguments.get(refused.argument, self)
        texts = {f"{name}_text": self.quote(value) for name, value in arguments.items()}
        self.at(blamed).report(
            refused.mistake,
            **{"name": refused.argument, "text": self.quote(blamed), "whole": self.span, **texts, **refused.fields},
        )

    # --- values ---

    def value(self, node: nodes.Expression) -> Value:
        """The value of an expression that stands here; after a mistake, a stand-in that fits everywhere."""
        context, here = self.context, Place(self.context, self.scope, node.span)
        if context.depth >= context.limits.depth:
            if not context.has(messages.DEFS_TOO_DEEP):
                here.report(messages.DEFS_TOO_DEEP, most=context.limits.depth)
            return here.unknown()
        self._count()
        context.depth += 1
        try:
            return context.rules[type(node)](here, node)
        finally:
            context.depth -= 1

    def _count(self) -> None:
        """Count what is looked at and computed inside defs that are being filled in: that is done again for each call,
        and may leave no step behind."""
        context = self.context
        if context.calls:
            context.visits += 1
            if context.visits > 2 * context.limits.nodes:
                raise TooLarge

    def unknown(self, options: frozenset[str] = NAMES) -> Value:
        """A stand-in after a mistake, or for what depends on an input that was not given: it fits everywhere."""
        return self.alone(unknown(options))

    def alone(self, kind: Kind, operands: Mapping[str, Step] | None = None) -> Value:
        """A value that is no step of the program: nothing computes it, but others may be made of it."""
        return Value(Step(kind, self.source, self.span, operands=operands or {}), self.span)

    def constant(self, kind: Kind) -> Value:
        return self._step(Step(kind, self.source, self.span))

    def told_in_the_run(self, name: str, kind: Kind) -> Value:
        """A param without a value, which is given by its name as an input is."""
        return self._step(Step(kind, self.source, self.span, name=name))

    def input(self, name: str, kind: Kind) -> Value:
        """The input of that name, which is declared here, or a free name that is used here."""
        value = self._step(Step(kind, self.source, self.span, name=name))
        if name not in self.context.inputs:
            in_condition = self.scope.regions is not None
            info = InputInfo(name, source=self.source, span=self.span, in_condition=in_condition)
            self.context.inputs[name] = info
        return value

    def property(self, name: str, kind: Kind) -> Value:
        """A property of regions in a condition on them."""
        return Value(self.context.steps.property(Step(kind, self.source, self.span, name=name)), self.span)

    def apply(
        self, function: Function, operands: Mapping[str, Value], kind: Kind, settings: Mapping[str, Any] | None = None
    ) -> Value:
        """A function applied to values; computed at once where all of them are constants."""
        self._count()
        steps = {name: value.step for name, value in operands.items()}
        step = Step(kind, self.source, self.span, function, steps, settings or {})
        if kind.is_samples:
            return self._samples(step)
        foldable = kind.name in _FOLDED and function.name != "assert"
        if not (foldable and steps and all(s.kind.is_constant for s in steps.values())):
            return self._step(step)
        try:
            constant = run_body(step, {name: s.kind.constant for name, s in steps.items()})
        except Refused as refused:
            self.refuse(refused, operands)
            return self.unknown()
        return self.constant(kind.with_constant(constant))

    def _samples(self, step: Step) -> Value:
        """Samples that were made of others are those of the same pixels; those just taken say so themselves."""
        value, selections = self._step(step), self.context.steps.selections
        for operand in step.operands.values():
            if operand in selections:
                selections.setdefault(value.step, selections[operand])
                break
        return value

    def _step(self, step: Step) -> Value:
        """A step of the program, which may have been made elsewhere."""
        return Value(self.context.steps.made_once(step), self.span)
