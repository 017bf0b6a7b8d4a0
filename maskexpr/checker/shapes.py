"""Whether the arrays of one operation fit together: one shape, one spacing."""

from collections.abc import Mapping

from maskexpr.checker.context import Value
from maskexpr.checker.place import Place
from maskexpr.diagnostics import messages
from maskexpr.kinds.kind import Kind, shape_text


def agree(here: Place, operands: Mapping[str, Value]) -> bool:
    """Report arrays of different shapes or spacings, naming both and where they come from."""
    arrays = [v for v in operands.values() if v.kind.shape is not None]
    for right in arrays[1:]:
        left = arrays[0]
        if left.kind.shape != right.kind.shape:
            shapes = {"left_shape": _shape(left.kind), "right_shape": _shape(right.kind)}
            here.report(messages.SHAPE_MISMATCH, left=_origin(here, left), right=_origin(here, right), **shapes)
            return False
        if left.kind.spacing and right.kind.spacing and left.kind.spacing != right.kind.spacing:
            spacings = {"left_spacing": _spacing(left.kind), "right_spacing": _spacing(right.kind)}
            here.report(messages.SPACING_MISMATCH, left=_origin(here, left), right=_origin(here, right), **spacings)
            return False
    return True


def _shape(kind: Kind) -> str:
    return shape_text(kind.shape or ())


def _spacing(kind: Kind) -> str:
    return " x ".join(f"{float(s):g}" for s in kind.spacing or ())


def _origin(here: Place, value: Value) -> str:
    """What was written, and the input its shape comes from where that is another name."""
    text, origin = here.quote(value), value.kind.origin
    return text if not origin or origin == text else f"{text} (from {origin})"
