"""Connected regions of whole masks, by way of their runs."""

import functools
import math
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np

from maskexpr.kernels import packed
from maskexpr.kernels import regions as kernel
from maskexpr.kernels.counts import chosen_by_count
from maskexpr.kernels.distances import PART
from maskexpr.kernels.runs import RegionsOfRuns, find_regions
from maskexpr.kernels.spans import OfRuns
from maskexpr.library.morphology import geodesic
from maskexpr.library.operators import compare
from maskexpr.library.regions import components as meaning
from maskexpr.library.regions import distances, keeping, measuring
from maskexpr.library.thresholds import hysteresis as two_levels
from maskexpr.planner.methods.bodies import by_body, takes
from maskexpr.planner.methods.method import Bytes, Method, Place, estimated, per_pixel, runs
from maskexpr.program.steps import Step

_COST = 5.0  # of real images, whose regions have long runs
_OF_LINES = 36.0  # of lines, each other pixel of which may be a region, and volumes, whose runs may touch many others
_OF_HOLES = 34.0  # of holes that are measured, which are regions of the background beside those of what is around
_MEMORY = 17.0  # of the worst ones: as many runs as are still taken, or pixels labelled one by one and counted
_FEW = 2**13  # pixels up to which bytes are numbered by the plain body, whose calls are fewer
_OF_PYTHON = 64.0  # of squares of values that no type of NumPy's holds
_OF_SQUARES = 40.0  # of lengths of 64 bits
_WORD = "by runs of pixels"


_OF_ONE_MASK: dict[Any, Any] = {
    meaning.label.record: kernel.label,  # type: ignore[attr-defined]
    meaning.count.record: kernel.count,  # type: ignore[attr-defined]
}


@runs(*_OF_ONE_MASK)
def of_one_mask(step: Step) -> Method | None:
    operation = _OF_ONE_MASK[step.function]
    made = _by_runs(step, lambda words, shape, connectivity, axes: operation(words, shape, connectivity, axes))
    if made is None or math.prod(step.operands["m"].kind.shape or ()) > _FEW:
        return made
    return replace(made, plain=by_body(step).plain)


@runs(meaning.clear_border)
def clear_border(step: Step) -> Method | None:
    shape, axes = step.kind.shape or (), step.settings["axes"]
    reaches = meaning.margins(step.settings["margin"], axes, shape)
    if "within" not in step.operands:
        return _by_runs(
            step, functools.partial(kernel.clear_border, reaches=reaches if any(reaches.values()) else None)
        )
    if any(reaches.values()):
        return None

    def run(words: Any, shape: Any, connectivity: int, axes: Any, within: Any) -> Any:
        return kernel.keep_unhit(words, packed.complement(within, shape[-1]), shape, connectivity, axes)

    return _by_runs(step, run)


@runs(meaning.keep_largest)
def keep_largest(step: Step) -> Method | None:
    check = _bounds(step, "k")

    def run(words: Any, shape: Any, connectivity: int, axes: Any, k: Any) -> Any:
        return kernel.keep_largest(words, shape, connectivity, int(check(k)), axes)

    return _by_runs(step, run)


@runs(meaning.remove_small)
def remove_small(step: Step) -> Method | None:
    return _by_size(step, ">=")


@runs(meaning.remove_large)
def remove_large(step: Step) -> Method | None:
    return _by_size(step, "<=")


def _by_size(step: Step, symbol: str) -> Method | None:
    check = _bounds(step, "size")
    if step.operands["m"].kind.name == "labels":
        return _labels_by_size(step, symbol, check)

    def run(words: Any, shape: Any, connectivity: int, axes: Any, size: Any) -> Any:
        return kernel.keep_sizes(words, shape, connectivity, _compared(symbol, check(size)), axes)

    return _by_runs(step, run)


def _labels_by_size(step: Step, symbol: str, check: Any) -> Method | None:
    """Numbers are counted along the rows. None for those of slices; high ones are counted by the plain body."""
    body = by_body(step)
    if step.settings["axes"] is not None:
        return None

    def run(given: Any, out: Any, place: Place) -> Any:
        labels, size = given
        if labels.max() > labels.size:
            assert body.plain is not None
            return body.plain(given, out, place)
        return chosen_by_count(labels, _compared(symbol, check(size)))

    return replace(body, plain=run, word="counted by runs")


@runs(meaning.fill_holes)
def fill_holes(step: Step) -> Method | None:
    check = _bounds(step, "max_size")

    def run(words: Any, shape: Any, connectivity: int, axes: Any, max_size: Any = None) -> Any:
        choose = None if max_size is None else _compared("<=", check(max_size))
        return kernel.fill_holes(words, shape, connectivity, axes, choose)

    return _by_runs(step, run)


def _compared(symbol: str, limit: Any) -> Any:
    """Which numbers of pixels fit a limit."""
    return lambda sizes: np.asarray(compare(symbol, sizes, limit), bool)


@runs(meaning.at)
def at(step: Step) -> Method | None:
    def run(words: Any, shape: Any, connectivity: int, axes: Any, y: Any, x: Any, z: Any = None) -> Any:
        place = meaning.pixel_at(shape, (y, x) if z is None else (z, y, x))
        if place is None:
            return np.zeros_like(words)
        return kernel.keep_hit(words, kernel.lone_pixel(place, shape), shape, connectivity, axes)

    return _by_runs(step, run)


@runs(two_levels.hysteresis)
def hysteresis(step: Step) -> Method | None:
    """Both comparisons on whole images; their masks are only bits. None where the work is not along rows."""
    shape, connectivity, axes = step.kind.shape or (), step.settings["connectivity"], step.settings["axes"]
    if axes is not None and len(shape) - 1 not in axes:
        return None

    def run(im: Any, low: Any, high: Any) -> Any:
        two_levels.check_order(low, high)
        strong = packed.pack(compare(">", im, high))
        weak = packed.pack(compare(">", im, low)) | strong
        return kernel.keep_hit(weak, strong, shape, connectivity, axes)

    return _whole(run)


@runs(geodesic.reconstruct)
def reconstruct(step: Step) -> Method | None:
    """Of masks the regions that a seed hits, however far they reach; SciPy grows the seed pixel by pixel."""
    return _held(step) if step.kind.name == "mask" else None


@runs(geodesic.grow)
def grow(step: Step) -> Method | None:
    return _held(step) if step.settings["n"] is None else None


def _held(step: Step) -> Method | None:
    """The regions of `within` that hold a pixel of `seed`."""

    def run(words: Any, shape: Any, connectivity: int, axes: Any, seed: Any) -> Any:
        return kernel.keep_hit(words, seed, shape, connectivity, axes)

    return _by_runs(step, run, "within")


@runs(keeping.keep)
def keep(step: Step) -> Method | None:
    """The regions found by runs; their properties are measured on the numbers of pixels, as the plain body does."""
    names, predicate = tuple(step.operands), step.settings["predicate"]
    taken = _bytes_of_measuring(step, predicate.measured)
    if not _is_along_rows(step):
        return replace(by_body(step), memory=taken)
    find = _finder(step)

    def run(*values: Any) -> Any:
        given = dict(zip(names, values, strict=True))
        words, image, to, parent = (given.pop(name, None) for name in ("m", "of", "to", "parent"))
        found, regions = find(words, image, to, parent, "area" in predicate.measured)
        return found.kept(predicate.holds(regions, [*given.values()])) if found.count else words

    return replace(_whole(run), memory=taken, cost=_cost_of_measuring(step, predicate.asked))


@runs(measuring.measure)
def measure(step: Step) -> Method | None:
    """The same for a table of what is measured on them."""
    names, properties = tuple(step.operands), step.settings["properties"]
    taken = _bytes_of_measuring(step, {one.name for one in properties.asked})
    if not _is_along_rows(step):
        return replace(by_body(step), memory=taken)
    find = _finder(step)
    is_counted = any(one.name == "area" for one in properties.asked)

    def run(*values: Any) -> Any:
        given = dict(zip(names, values, strict=True))
        words, to, parent = (given.pop(name, None) for name in ("m", "to", "parent"))
        _, regions = find(words, None, to, parent, is_counted)
        return measuring.tabulated(regions, properties, [*given.values()], None)

    return replace(_whole(run), memory=taken, cost=_cost_of_measuring(step, {one.name for one in properties.asked}))


def _cost_of_measuring(step: Step, measured: Collection[str]) -> float:
    return _COST + keeping.cost_of(measured, step.operands["m"].kind.ndim or 0)


def _finder(step: Step) -> Any:
    """What finds the regions of a packed mask, as runs and as what properties are measured on: beside an image, a
    packed mask and parents, and with their sizes if they are wanted."""
    shape, connectivity, axes = (
        step.operands["m"].kind.shape or (),
        step.settings["connectivity"],
        step.settings["axes"],
    )
    parent_is_mask = "parent" in step.operands and step.operands["parent"].kind.name == "mask"

    def find(words: Any, image: Any, to: Any, parent: Any, sized: bool) -> Any:
        found = find_regions(words, shape, connectivity, axes)
        to = None if to is None else packed.unpack(to, shape[-1])
        parent = packed.unpack(parent, shape[-1]) if parent_is_mask else parent
        numbered = OfRuns(found) if isinstance(found, RegionsOfRuns) else found.labelled
        beside = keeping.Beside(image, None, to, parent)
        regions = keeping.regions_of(numbered, found.count, beside, connectivity, axes)
        if sized and found.count:
            regions.sizes = found.sizes()
        return found, regions

    return find


def _bytes_of_measuring(step: Step, measured: set[str]) -> Bytes:
    """What finding regions and measuring them takes."""
    images = [operand.kind.dtype for name, operand in step.operands.items() if name.partition("[")[0] == "of"]
    is_wide = any(dtype is not None and dtype.kind in "iu" and dtype.itemsize == 8 for dtype in images)
    more, ndim = _MEMORY + (_OF_PYTHON if is_wide else 0), step.operands["m"].kind.ndim or 0

    def taken(shape: tuple[int, ...]) -> float:
        pixels = math.prod(shape)
        return more * pixels + keeping.most_bytes(measured, ndim, pixels)

    return taken


@takes(distances.distance)
def distance_by_body(step: Step) -> Bytes:
    """Squares are added up part by part."""
    assert step.function is not None
    of_pixel = estimated(step.function.memory, step)
    return lambda shape: of_pixel * math.prod(shape) + _OF_SQUARES * min(math.prod(shape), PART)


def _by_runs(step: Step, operation: Any, of: str = "m") -> Method | None:
    """An operation on a packed mask, its shape, connectivity and axes, and the step's other operands; None for labels,
    and where the work is not along rows."""
    if not _is_along_rows(step, of):
        return None
    shape, place = step.operands[of].kind.shape or (), [*step.operands].index(of)
    connectivity, axes = step.settings["connectivity"], step.settings["axes"]
    worked = len(axes or shape)
    is_joined = worked > 2 and connectivity > 1
    memory = _OF_LINES if worked == 1 or is_joined else _OF_HOLES if "max_size" in step.operands else _MEMORY

    def run(*given: Any) -> Any:
        return operation(given[place], shape, connectivity, axes, *given[:place], *given[place + 1 :])

    return _whole(run, memory)


def _is_along_rows(step: Step, of: str = "m") -> bool:
    """Whether this is the work on the regions of a mask that runs can be used for."""
    kind, axes = step.operands[of].kind, step.settings["axes"]
    return kind.name == "mask" and (axes is None or len(kind.shape or ()) - 1 in axes)


def _whole(operation: Any, memory: float = _MEMORY) -> Method:
    """An operation on whole arrays."""

    def run(given: Any, out: Any, place: Place) -> Any:
        return operation(*given)

    return Method(packed=run, whole=True, cost=_COST, memory=per_pixel(memory), word=_WORD)


def _bounds(step: Step, name: str) -> Any:
    """A check of a number that may depend on pixels."""
    assert step.function is not None
    parameter = step.function.parameter(name)
    assert parameter is not None

    def check(value: Any) -> Any:
        parameter.takes.check_number(value)
        return value

    return check
