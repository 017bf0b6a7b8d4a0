"""Names, kinds, shapes, ranges and units of a program, before a pixel is touched; all mistakes at once."""

from collections.abc import Callable, Mapping
from typing import Any

from maskexpr.checker import statements
from maskexpr.checker.context import Context, TooLarge
from maskexpr.checker.params import param_kind
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.diagnostics.source import Source, Span
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import Kind
from maskexpr.language.limits import Limits
from maskexpr.language.parser import Parsed
from maskexpr.program.steps import Checked, InputInfo

__all__ = ["check", "param_kind"]


def check(
    parsed: Parsed,
    source: Source,
    catalogue: Mapping[str, Function],
    limits: Limits,
    signature: Mapping[str, Kind] | None = None,
    params: Mapping[str, Any] | None = None,
    resolver: Callable[[str], str] | None = None,
) -> Checked:
    """Check a parsed program against the kinds of its inputs, or, without a signature, against any it could have.

    Mistakes and warnings come back in the order of their places, those of the parser among them.
    """
    c = Context(catalogue, limits, signature)
    try:
        lines = statements.check(c, parsed.module, source, params or {}, resolver)
    except TooLarge:
        return _stopped(c, parsed, messages.PROGRAM_TOO_LARGE.at(source, Span(0, 1), most=limits.nodes))
    except RecursionError:
        # The caller left less stack than our own depth limit needs.
        return _stopped(c, parsed, messages.NO_STACK_LEFT.at(source, Span(0, 1)))
    inputs = dict(lines.inputs)
    for name, step in c.inputs.items():
        meant = name in c.in_conditions
        inputs.setdefault(name, InputInfo(name, source=step.source, span=step.span, in_condition=meant))
    return Checked(
        steps=tuple(c.steps),
        outputs=tuple((name, value.step) for name, value in lines.outputs.items()),
        asserts=tuple(lines.asserts),
        bindings=tuple(lines.bindings),
        inputs=tuple(inputs.values()),
        params=tuple(lines.params.values()),
        values=dict(params or {}),
        assigned=tuple(lines.assigned),
        uses_grid=c.uses_grid,
        diagnostics=_sorted([*parsed.diagnostics, *c.diagnostics.values()]),
    )


def _stopped(c: Context, parsed: Parsed, reason: Diagnostic) -> Checked:
    return Checked(diagnostics=_sorted([*parsed.diagnostics, *c.diagnostics.values(), reason]))


def _sorted(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(diagnostics, key=lambda d: d.span or Span(0, 0)))
