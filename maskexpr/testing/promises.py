"""What a function's declarations promise, each with a check that says how a call breaks it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from maskexpr.api import Image
from maskexpr.diagnostics.errors import MaskError
from maskexpr.engine.prepared import Stages
from maskexpr.engine.transposed import transposed
from maskexpr.functions.record import WHOLE
from maskexpr.testing import ways
from maskexpr.testing.pixels import LAYOUTS, laid_out
from maskexpr.testing.trials import Array, Trial, larger
from maskexpr.testing.ways import difference, differs, strays
from maskexpr.testing.writing import Example

Check = Callable[[Trial], str]
"""How a call breaks a promise; "" if it does not."""

_HEIGHTS = (1, 2, 3, 7, 64)
_THREADS = (1, 2, 3)
_FAST, _MANY = 0.02, 40_000  # seconds of a call that is tried on so many pixels
_PLACES = 4  # of a result, beyond whose reach pixels are changed


@dataclass(frozen=True)
class Broken:
    """A promise that a function breaks: which, how, and by which call."""

    promise: str
    fault: str
    example: Example

    def __str__(self) -> str:
        lines = str(self.example).splitlines()
        return "\n".join([f"{self.promise}: {self.fault}", *(f"    {line}" for line in lines)])


class BrokenPromises(AssertionError):
    """A function does not keep what it declares; `broken` lists each promise with the smallest call that was found."""

    def __init__(self, name: str, broken: tuple[Broken, ...]) -> None:
        self.broken = broken
        super().__init__("\n".join([f"{name} does not keep what it declares:", *map(str, broken)]))


# --- what it gives ---------------------------------------------------------------------------------------------------


def gives(trial: Trial) -> str:
    """The result is of the kind, type and shape declared, its values where they are declared to be."""
    stray = "" if trial.result is None else strays(trial.result, trial.stages.checked.outputs[0][1].kind)
    return f"it gives {stray}" if stray else ""


def again(trial: Trial) -> str:
    """The same call gives the same bits, whatever lay in memory before."""
    rubbish = [np.full(a.size + 64, 0xAB, np.uint8) for a in trial.arrays.values()]
    del rubbish
    found = difference(trial.plainly({}), trial.wanted)
    return f"called again it gives {found}" if found else ""


def reads_only(trial: Trial) -> str:
    """What it is given stays as it was."""
    before = {name: array.copy() for name, array in trial.arrays.items()}
    given = {name: np.array(array) for name, array in trial.arrays.items()}
    trial.plainly(given)
    changed = [name for name, array in given.items() if array.tobytes() != before[name].tobytes()]
    return f"it writes to {', '.join(changed)}" if changed else ""


def refuses(trial: Trial) -> str:
    """What is declared to have a result for any pixels has one."""
    kinds = {name: operand.kind for name, operand in trial.step.operands.items()}
    if trial.result is not None or not trial.record.never_refuses(kinds):
        return ""
    return f"it is declared total, and refuses: {str(trial.wanted).splitlines()[0]}"


# --- how it may be run -----------------------------------------------------------------------------------------------


def strips(trial: Trial) -> str:
    """The engine gives what the body gives, in strips of any height and by any number of threads."""
    checked, arrays = trial.stages.checked, trial.stages.arrays
    for count in _THREADS:
        with ways.helpers(count):
            for rows in _HEIGHTS:
                if found := difference(ways.by_engine(checked, arrays, rows), trial.wanted):
                    where = f"in strips of {rows} rows, by {count} thread{'s' * (count > 1)}"
                    return f"{where}, it gives {found}, which the body on whole arrays gives"
    return ""


def layouts(trial: Trial) -> str:
    """Arrays that lie otherwise in memory give the same."""
    for layout in LAYOUTS:
        given = {name: laid_out(array.copy(), layout) for name, array in trial.arrays.items()}
        arrays = {**trial.stages.arrays, **given}
        found = difference(ways.by_engine(trial.stages.checked, arrays), trial.wanted)
        if found:
            return f"for arrays that lie in memory as {layout} it gives {found}"
    return ""


def halo(trial: Trial) -> str:
    """Pixels beyond the declared reach do not matter."""
    looks = trial.record.looks(trial.step.settings, len(trial.step.kind.shape or ()))
    if trial.record.parts == "whole" or looks == WHOLE or not trial.is_of_one_grid or trial.result is None:
        return ""
    rng = np.random.default_rng(trial.seed)
    shape = trial.step.kind.shape or ()
    for _ in range(_PLACES):
        place = tuple(int(rng.integers(n)) for n in shape)
        window = tuple(slice(max(0, i - reach), i + reach + 1) for i, reach in zip(place, looks, strict=True))
        changed = {name: _changed(rng, array, window, len(shape)) for name, array in trial.arrays.items()}
        found = trial.plainly(changed)
        if isinstance(found, str):
            continue  # of pixels elsewhere
        fault = differs(next(iter(found.values()))[place], trial.result[place])
        if fault:
            return (
                f"its reach is {looks}, and the pixel at {list(place)} becomes {fault}, as pixels farther away change"
            )
    return ""


def _changed(rng: np.random.Generator, array: Array, window: tuple[slice, ...], ndim: int) -> Array:
    """Other values outside a window: of those that there are, as others might be of another type."""
    values = array.reshape(math.prod(array.shape[:ndim]), *array.shape[ndim:])
    other = values[rng.integers(len(values), size=len(values))].reshape(array.shape)
    if array.dtype == bool:
        other[...] = rng.random(array.shape) < 0.5
    other[window] = array[window]
    return other


def axes(trial: Trial) -> str:
    """With some axes, slices along the others are taken one by one: what is in one does not matter to another."""
    worked, kind = trial.step.settings.get("axes"), trial.step.kind
    if not worked or not trial.is_of_one_grid or trial.result is None or kind.name == "labels" or kind.channels:
        return ""
    rng = np.random.default_rng(trial.seed)
    others = sorted(set(range(len(kind.shape or ()))) - set(worked))
    for number, axis in enumerate(others * _PLACES):
        i = int(rng.integers((kind.shape or ())[axis]))
        part = (*(slice(None),) * axis, slice(i, i + 1))
        # Every other time of other pixels: a slice that is all but empty may stay so whatever is beside it.
        first = {name: _changed(rng, a, (slice(0),), a.ndim) for name, a in trial.arrays.items()} if number % 2 else {}
        wanted = trial.plainly(first) if first else trial.wanted
        arrays = {**trial.arrays, **first}
        found = trial.plainly({name: _changed(rng, a, part, a.ndim) for name, a in arrays.items()})
        if isinstance(found, str) or isinstance(wanted, str):
            continue
        if fault := differs(next(iter(found.values()))[part], next(iter(wanted.values()))[part]):
            return f"with axes {list(worked)}, slice {i} along axis {axis} becomes {fault}, as other slices change"
    return ""


def transposes(trial: Trial) -> str:
    """Arrays with their axes in reverse give the result with its axes in reverse."""
    if not trial.record.transposes:
        return ""
    turned = transposed(trial.stages.checked)
    if turned is None:
        return ""
    arrays = {name: a.T if isinstance(a, np.ndarray) else a for name, a in trial.stages.arrays.items()}
    found = ways.plainly(turned, arrays)
    if not isinstance(found, str):
        found = {name: np.ascontiguousarray(v.T) if isinstance(v, np.ndarray) else v for name, v in found.items()}
    fault = difference(found, trial.wanted) if isinstance(found, str) == isinstance(trial.wanted, str) else "an error"
    if isinstance(found, str) and isinstance(trial.wanted, str):
        fault = ""  # errors name places
    return f"it is declared to transpose, and gives {fault}, for its arrays with their axes in reverse" if fault else ""


# --- what else it says -----------------------------------------------------------------------------------------------


def keeps_empty(trial: Trial) -> str:
    """A mask that is off everywhere stays so, where that is declared."""
    name = trial.input_of("m")
    if not name or trial.step.operands["m"].kind.name != "mask" or trial.step.kind.name not in ("mask", "labels"):
        return ""
    if not trial.record.is_kept_empty(trial.step.settings):
        return ""
    found = trial.plainly({name: np.zeros_like(trial.arrays[name])})
    on = 0 if isinstance(found, str) else int(np.count_nonzero(next(iter(found.values()))))
    return f"it is declared to keep empty masks, and turns {on} pixels of one on" if on else ""


def extensive(trial: Trial) -> str:
    """What is on in the mask is on in the result, where that is declared."""
    name = trial.input_of("m")
    if not name or trial.step.kind.name != "mask" or trial.step.operands["m"].kind.name != "mask":
        return ""
    if trial.result is None or not trial.record.is_extensive(trial.step.settings):
        return ""
    lost = int(np.count_nonzero(trial.arrays[name] & ~trial.result))
    return f"it is declared extensive, and turns {lost} pixels off" if lost else ""


def without_data(trial: Trial) -> str:
    """What is stored in pixels without data reaches nothing, and what is made of them is the same by the engine."""
    rng = np.random.default_rng(trial.seed)
    given = trial.example.given
    ndim = len(next((k.shape for k in trial.stages.kinds.values() if k.shape), ()) or ())
    valid = rng.random(next(iter(trial.arrays.values())).shape[:ndim]) < 0.7 if trial.arrays else None
    is_of_one_shape = len({array.shape[:ndim] for array in trial.arrays.values()}) == 1
    if valid is None or not is_of_one_shape or not all(isinstance(given[name], Image) for name in trial.arrays):
        return ""
    outcomes = []
    for _ in range(2):
        masked = {}
        for name, array in trial.arrays.items():
            holes = ~valid if array.ndim == ndim else np.broadcast_to(~valid[..., np.newaxis], array.shape)
            other = array.ravel()[rng.integers(array.size, size=array.size)].reshape(array.shape)
            masked[name] = replace(given[name], array=np.where(holes, other, array), valid=valid)
        try:
            bound = ways.bound(trial.example.program, {**given, **masked})
        except MaskError:
            return ""  # it takes none that lack data
        found = ways.plainly(bound.checked, bound.arrays)
        if fault := difference(ways.by_engine(bound.checked, bound.arrays, 2), found):
            return f"for pixels without data, in strips of 2 rows, it gives {fault}"
        outcomes.append(ways.outcome(lambda bound=bound: {n: r.value for n, r in bound.results().items()}))  # type: ignore[misc]
    fault = difference(*outcomes)
    return f"what pixels without data hold matters: it gives {fault}" if fault else ""


def memory(trial: Trial) -> str:
    """A run holds no more than the declared bytes make of it; on larger images too, of which a pixel counts."""
    if trial.result is None:
        return ""
    fault = _excess(trial.stages)
    if fault or trial.seconds > _FAST or not trial.arrays:
        return fault
    example = larger(trial.example, _MANY)
    try:
        bound = ways.bound(example.program, example.given)
        fault = _excess(bound)
    except MaskError:
        return ""  # it has no answer for these
    shape = next(array.shape for array in bound.arrays.values() if isinstance(array, np.ndarray))
    return f"with these images repeated to {'x'.join(map(str, shape))}, {fault}" if fault else ""


def _excess(bound: Stages) -> str:
    said, seen = bound.cost().memory, ways.peak(bound)
    if said >= seen:
        return ""
    pixels = max((a.size for a in bound.arrays.values() if isinstance(a, np.ndarray)), default=1)
    more = f"{(seen - said) / pixels:.1f} bytes a pixel more than it declares"
    return f"a run holds {seen} bytes, and is said to hold {said} at most: {more}"


def cost(trial: Trial) -> str:
    """What it takes is a number."""
    found = trial.stages.cost()
    fits = all(math.isfinite(v) and v >= 0 for v in (found.operations, found.memory))
    return "" if fits else f"its estimates are {found.operations} operations and {found.memory} bytes"


PROMISES: Mapping[str, Check] = {
    "gives": gives,
    "the same again": again,
    "reads only": reads_only,
    "total": refuses,
    "cost": cost,
    "halo": halo,
    "axes": axes,
    "transposes": transposes,
    "keeps_empty": keeps_empty,
    "extensive": extensive,
    "strips": strips,
    "layouts": layouts,
    "without_data": without_data,
    "memory": memory,
}
"""By the word that a report has for it."""


def faults(trial: Trial, but: Any = ()) -> dict[str, str]:
    """How a call breaks each promise that it breaks, but for some of them."""
    return {name: fault for name, check in PROMISES.items() if name not in but and (fault := check(trial))}
