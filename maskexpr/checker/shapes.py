"""Whether the arrays of one operation fit together: one shape, one spacing."""

from collections.abc import Mapping

from maskexpr.checker.context import Context, Scope, Value
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.source import Span
from maskexpr.kinds.kind import Kind, shape_text


def agree(c: Context, scope: Scope, operands: Mapping[str, Value], span: Span) -> bool:
    """Report arrays of different shapes or spacings, naming both and where they come from."""
    arrays = [s for s in operands.values() if s.kind.shape is not None]
    for other in arrays[1:]:
        first = arrays[0]
        if first.kind.shape != other.kind.shape:
            names = {"left": _source_of(scope, first), "right": _source_of(scope, other)}
            shapes = {"left_shape": _shape(first.kind), "right_shape": _shape(other.kind)}
            c.report(messages.SHAPE_MISMATCH, scope, span, **names, **shapes)
            return False
        if first.kind.spacing and other.kind.spacing and first.kind.spacing != other.kind.spacing:
            names = {"left": _source_of(scope, first), "right": _source_of(scope, other)}
            spacings = {"left_spacing": _spacing(first.kind), "right_spacing": _spacing(other.kind)}
            c.report(messages.SPACING_MISMATCH, scope, span, **names, **spacings)
            return False
    return True


def _shape(kind: Kind) -> str:
    return shape_text(kind.shape or ())


def _spacing(kind: Kind) -> str:
    return " x ".join(f"{float(s):g}" for s in kind.spacing or ())


def _source_of(scope: Scope, step: Value) -> str:
    """What was written, and the input its shape comes from where that is another name."""
    text = scope.source.quote(step.span)
    origin = step.kind.origin
    return text if not origin or origin == text else f"{text} (from {origin})"
