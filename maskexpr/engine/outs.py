"""Arrays of a host that results are written into: what they must be, and the results in them."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, InputError
from maskexpr.kinds.kind import Kind, shape_text
from maskexpr.planner.methods.method import array_shape

Array = np.ndarray[Any, Any]
Outs = Mapping[str, Array]  # by output name
NO_OUTS: Outs = {}

# What NumPy may look at to tell whether two arrays share an element; they do, where it cannot tell by then.
_MOST_LOOKED: Any = 10_000


def taken(out: Any, kinds: Mapping[str, Kind], inputs: Iterable[Any]) -> Outs:
    """The arrays that are given for outputs of such kinds; every mistake is reported at once."""
    found: list[Diagnostic] = []
    if isinstance(out, np.ndarray) and len(kinds) == 1:
        out = {next(iter(kinds)): out}
    if not isinstance(out, Mapping):
        names = ", ".join(f"{name!r}: ..." for name in kinds)
        said = f"an array, for {len(kinds)} outputs" if isinstance(out, np.ndarray) else f"of type {_type_name(out)}"
        raise InputError([messages.OUT_NOT_BY_NAME.anywhere(found=said, names=names)])
    others = [("an input", array) for array in inputs if isinstance(array, np.ndarray)]
    for name, array in out.items():
        if name not in kinds:
            found.append(messages.OUT_UNKNOWN.anywhere(name=str(name), names=", ".join(kinds)))
            continue
        mistake = _mistake(name, array, kinds[name])
        shared = None if mistake else next((said for said, other in others if _share(array, other)), None)
        if shared is not None:
            wanted = _wanted(kinds[name])
            mistake = messages.OUT_SHARED.anywhere(name=name, other=shared, wanted=wanted)
        if mistake is not None:
            found.append(mistake)
        else:
            others.append((f"the one for {name}", array))
    if found:
        raise InputError(found)
    return dict(out)


def _mistake(name: str, array: Any, kind: Kind) -> Diagnostic | None:
    """Why a result of a kind cannot be written into it."""
    if not kind.is_array:
        return messages.OUT_NOT_ARRAY.anywhere(name=name, kind=kind.name)
    wanted = _wanted(kind)
    if type(array) not in (np.ndarray, np.memmap):
        return messages.OUT_TYPE.anywhere(name=name, found=f"of type {_type_name(array)}", wanted=wanted)
    if array.dtype != kind.dtype:
        return messages.OUT_TYPE.anywhere(name=name, found=str(array.dtype), wanted=wanted)
    if array.shape != array_shape(kind):
        return messages.OUT_SHAPE.anywhere(name=name, found=shape_text(array.shape) or "()", wanted=wanted)
    if not array.flags.writeable:
        return messages.OUT_READ_ONLY.anywhere(name=name, wanted=wanted)
    if _repeats(array):
        return messages.OUT_SHARED.anywhere(name=name, other="itself", wanted=wanted)
    return None


def _wanted(kind: Kind) -> str:
    return f"np.empty({array_shape(kind)}, np.{'bool_' if kind.dtype == bool else kind.dtype})"


def _type_name(value: Any) -> str:
    return type(value).__name__


def _repeats(array: Array) -> bool:
    """Whether some of its elements may lie in one place of memory."""
    reach = array.itemsize
    for stride, n in sorted((abs(stride), n) for stride, n in zip(array.strides, array.shape, strict=True) if n > 1):
        if stride < reach:
            return True
        reach += stride * (n - 1)
    return False


def _share(array: Array, other: Array) -> bool:
    try:
        return bool(np.shares_memory(array, other, max_work=_MOST_LOOKED))
    except (np.exceptions.TooHardError, OverflowError):
        return True


def written(value: Any, out: Array) -> Array:
    """An array with a result in it: written there now, if it was not on the way."""
    if value is not out:
        np.copyto(out, value, casting="no")
    return out
