"""The same program for images with their axes in reverse: how arrays in Fortran order, as medical files give them, are
run without being copied into C order first."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from maskexpr.functions.settling import NAMED_SHAPES, Distance
from maskexpr.kinds.kind import Kind
from maskexpr.program.steps import Checked, Step


def transposed(checked: Checked) -> Checked | None:
    """The program for transposed inputs, which gives transposed outputs; None if its results depend on the order."""
    became: dict[Step, Step] = {}
    for step in checked.needed():
        if step.kind.channels or not _is_transposable(step):
            return None
        operands = {name: became[operand] for name, operand in step.operands.items()}
        settings = _transposed_settings(step.settings, step)
        became[step] = replace(step, kind=_transposed_kind(step.kind), operands=operands, settings=settings)
    return replace(
        checked,
        steps=tuple(became.values()),
        outputs=tuple((name, became[step]) for name, step in checked.outputs),
        asserts=tuple(became[step] for step in checked.asserts),
    )


def _is_transposable(step: Step) -> bool:
    if step.function is None:
        return True
    shape = step.settings.get("shape", NAMED_SHAPES[0])  # a pattern would have to be turned
    return step.function.transposes and shape in NAMED_SHAPES


def _transposed_kind(kind: Kind) -> Kind:
    return replace(kind, shape=_reversed(kind.shape), spacing=_reversed(kind.spacing), grid=None)


def _transposed_settings(settings: Mapping[str, Any], step: Step) -> dict[str, Any]:
    found = dict(settings)
    for name, value in settings.items():
        if isinstance(value, Distance):
            found[name] = Distance(value.radius, _reversed(value.spacing))
        elif name in ("grid", "spacing"):
            found[name] = _reversed(value)
        elif name == "axes" and value is not None:
            ndim = max(s.kind.ndim or 0 for s in (step, *step.operands.values()))  # the result may have fewer
            found[name] = tuple(sorted(ndim - 1 - axis for axis in value))
    return found


def _reversed(values: Any) -> Any:
    return None if values is None else tuple(reversed(values))
