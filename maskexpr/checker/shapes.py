"""Whether the arrays of one operation fit together: one shape, one spacing; and samples: one mask."""

import contextlib
import itertools
from collections.abc import Mapping

from maskexpr.checker.context import Selection, Value
from maskexpr.checker.moving import ways
from maskexpr.checker.place import Place, in_brackets
from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.kinds.kind import ARRAYS, SAMPLES, Kind, shape_text

_MANY_AXES = 8  # among which parts are not looked for


def agree(here: Place, operands: Mapping[str, Value]) -> bool:
    """Report arrays of different shapes or spacings, naming both and where they come from; and samples beside what is
    not of the same pixels."""
    samples = next((v for v in operands.values() if v.kind.surely(SAMPLES)), None)
    if samples is not None:
        return all(_of_same_pixels(here, samples, other) for other in operands.values())
    arrays = [v for v in operands.values() if v.kind.shape is not None]
    for right in arrays[1:]:
        left = arrays[0]
        if left.kind.shape != right.kind.shape:
            shapes = {"left_shape": _shape(left.kind), "right_shape": _shape(right.kind)}
            part = _part_like(here, left, right) or _part_like(here, right, left)
            mistake = messages.SHAPE_OF_PART if part else messages.SHAPE_MISMATCH
            here.report(mistake, part=part, **_texts(here, left, right), **shapes)
            return False
        if left.kind.spacing and right.kind.spacing and left.kind.spacing != right.kind.spacing:
            spacings = {"left_spacing": _spacing(left.kind), "right_spacing": _spacing(right.kind)}
            here.report(messages.SPACING_MISMATCH, **_texts(here, left, right), **spacings)
            return False
        difference = apart(left.kind, right.kind)
        if difference:
            here.report(messages.GRID_MISMATCH, difference=difference, **_texts(here, left, right))
            return False
    return True


def _texts(here: Place, left: Value, right: Value) -> dict[str, str]:
    """Two arrays as messages name them, and as they are written."""
    written = {"left_text": here.quote(left), "right_text": here.quote(right), "resampled": ""}
    with contextlib.suppress(Refused):
        ways(right.kind, left.kind)
        written["resampled"] = f": resample({written['right_text']}, like={written['left_text']})"
    return {"left": _origin(here, left), "right": _origin(here, right), **written}


def apart(left: Kind, right: Kind) -> str:
    """How the grids of two arrays of one shape differ, in words; "" if they do not."""
    if left.spacing and right.spacing and left.spacing != right.spacing:
        return f"their pixels are {_spacing(left)} and {_spacing(right)} mm"
    if left.grid is None or right.grid is None or left.grid == right.grid or left.shape is None:
        return ""
    return left.grid.difference(right.grid, left.shape)


def _of_same_pixels(here: Place, samples: Value, other: Value) -> bool:
    """Report an array beside samples, or samples that another mask took, with the subscripts that make them alike."""
    selections = here.context.steps.selections
    first, second = selections.get(samples.step), selections.get(other.step)
    if other.kind.surely(ARRAYS):
        _refuse_array(here, samples, other, first)
        return False
    if first is None or second is None or first.mask is second.mask:
        return True
    if not (first.mask.kind.is_complete and second.mask.kind.is_complete):
        return True  # steps are made once only when all they depend on is known
    fields = {"left": here.quote(samples), "right": here.quote(other)}
    if "table" in (first.mask.kind.name, second.mask.kind.name):
        here.report(messages.ROWS_OF_OTHERS, table=first.text, **fields)
        return False
    for few, many, value in ((first, second, samples), (second, first, other)):
        more = _subscripts(here, few, many)
        if more is not None:
            here.report(messages.SAMPLES_OF_FEWER, text=here.bracketed(value), mask="".join(more), **fields)
            return False
    here.report(messages.SAMPLES_OF_OTHERS, first=in_brackets(first.text), second=in_brackets(second.text), **fields)
    return False


def _refuse_array(here: Place, samples: Value, other: Value, selection: Selection | None) -> None:
    text, kind = here.quote(samples), other.kind
    if kind.shape is None and kind.is_complete:  # a property of regions
        here.at(samples).report(messages.PREDICATE_OUTER, text=text, kind=samples.kind.word)
        return
    if selection is not None and selection.mask.kind.name == "table":
        here.report(messages.COLUMN_WITH_ARRAY, samples=text, other=here.quote(other), kind=kind.word,
                    table=selection.text)  # fmt: skip
        return
    mask = "".join(_subscripts(here, None, selection) or ["[mask]"])
    same = f"gray({here.quote(other)})" if kind.name == "colour" else here.bracketed(other)
    fields = {"samples": text, "other": here.quote(other), "kind": kind.word}
    here.report(messages.SAMPLES_WITH_ARRAY, text=same, mask=mask, **fields)


def _subscripts(here: Place, few: Selection | None, many: Selection | None) -> list[str] | None:
    """What takes the pixels of one selection from those of another, of which it is a part, or from an array; None where
    it is no part."""
    found: list[str] = []
    while many is not None and (few is None or many.mask is not few.mask):
        found.insert(0, f"[{many.text}]")
        many = here.context.steps.selections.get(many.mask)
    return None if many is None and few is not None else found


def _part_like(here: Place, large: Value, small: Value) -> str:
    """What of an array of more axes has the shape of another, a projection of it say; "" if nothing has."""
    shape, wanted = large.kind.shape or (), small.kind.shape or ()
    if not len(wanted) < len(shape) < _MANY_AXES:
        return ""
    for kept in itertools.combinations(range(len(shape)), len(wanted)):
        if tuple(shape[axis] for axis in kept) == wanted:
            dropped = max(axis for axis in range(len(shape)) if axis not in kept)
            return f"{here.bracketed(large)}[{', '.join(':' if a in kept else '0' for a in range(dropped + 1))}]"
    return ""


def _shape(kind: Kind) -> str:
    return shape_text(kind.shape or ())


def _spacing(kind: Kind) -> str:
    return " x ".join(f"{float(s):g}" for s in kind.spacing or ())


def _origin(here: Place, value: Value) -> str:
    """What was written, and the input its shape comes from where that is another name."""
    text, origin = here.quote(value), value.kind.origin
    if not origin or origin == text:
        return text
    if value.kind.input_name == text:
        return sourced(origin)
    return f"{text} (from {origin})"


def sourced(origin: str) -> str:
    """An input with its file."""
    name, _, file = origin.partition(", ")
    return f"{name} ({file})" if file else name
