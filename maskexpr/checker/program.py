"""A whole program: its statements checked, and what they add up to for those who plan and run it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from maskexpr.checker.context import Context, Scope, TooLarge
from maskexpr.checker.domain import with_domain
from maskexpr.checker.expressions import RULES
from maskexpr.checker.place import Place
from maskexpr.checker.statements import gather
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.diagnostics.source import Source, Span
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import Kind
from maskexpr.language.limits import Limits
from maskexpr.language.parser import Parsed
from maskexpr.program.steps import Checked


def check(
    parsed: Parsed,
    source: Source,
    catalogue: Mapping[str, Function],
    limits: Limits,
    signature: Mapping[str, Kind] | None = None,
    params: Mapping[str, Any] | None = None,
    resolver: Callable[[str], str] | None = None,
    *,
    supposed: bool = False,
    constants: Mapping[str, Any] = MappingProxyType({}),
    withheld: frozenset[str] = frozenset(),
) -> Checked:
    """Check a parsed program against the kinds of its inputs, or, without a signature, against any it could have; one
    that is only `supposed` says what some of them may be.

    Mistakes and warnings come back in the order of their places, those of the parser among them.
    """
    more: dict[str, Any] = {"supposed": supposed, "constants": constants, "withheld": withheld}
    context = Context(catalogue, limits, signature, RULES, parsed.length, **more)
    start = Place(context, Scope({}, {}, source), Span(0, 1))
    try:
        lines = gather(start, parsed.module, params or {}, resolver)
    except TooLarge:
        start.report(messages.PROGRAM_TOO_LARGE, most=limits.nodes)
        return Checked(diagnostics=_all(parsed, context))
    except RecursionError:
        # The caller left less stack than our own depth limit needs.
        start.report(messages.NO_STACK_LEFT)
        return Checked(diagnostics=_all(parsed, context))
    checked = Checked(
        steps=tuple(context.steps.made),
        outputs=tuple((name, value.step) for name, value in lines.outputs.items()),
        asserts=tuple(lines.asserts),
        bindings=tuple(lines.bindings),
        inputs=tuple(context.inputs.values()),
        params=tuple(lines.params.values()),
        values=dict(params or {}),
        assigned=tuple(lines.assigned),
        uses_grid=context.uses_grid,
        diagnostics=_all(parsed, context),
        finite=context.steps.finite,
        visits=context.visits,
    )
    return with_domain(checked)


def _all(parsed: Parsed, context: Context) -> tuple[Diagnostic, ...]:
    found = [*parsed.diagnostics, *context.diagnostics.values()]
    return tuple(sorted(found, key=lambda d: d.span or Span(0, 0)))
