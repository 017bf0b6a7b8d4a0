"""Regions chosen by what is measured on them."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import SAME_REGIONS
from maskexpr.functions.parameters import (
    Array,
    Axes,
    Connectivity,
    ImageOrNone,
    MaskOrLabels,
    MaskOrLabelsOrNone,
    MaskOrNone,
    Masks,
    OuterNumbers,
    RegionPredicate,
)
from maskexpr.functions.record import WHOLE, Settings, function
from maskexpr.kernels.spans import Numbered
from maskexpr.kernels.stopping import pause
from maskexpr.library.lazy import scipy
from maskexpr.library.operators import PLANNED
from maskexpr.library.regions.components import OUTSIDE_EMPTY, components, kept, neighbours, numbered_regions
from maskexpr.library.regions.pixels import Regions
from maskexpr.library.regions.records import values_of
from maskexpr.program.identity import Composed
from maskexpr.program.running import run_body
from maskexpr.program.steps import Step


@dataclass(frozen=True, slots=True, eq=False)
class Predicate(Composed):
    """A condition on regions: steps that compute with one number for each region.

    Attributes
    ----------
    text
        As it was written.
    steps
        In an order in which operands come before their use; the last is the condition. Steps without a function are
        constants, or properties by their name.
    numbers
        Steps of the program around it that depend on pixels; the condition is given their values.
    spacing
        The length of a pixel along each axis that is worked on, in millimetres, where it is known.
    """

    text: str
    steps: tuple[Step, ...]
    numbers: tuple[Step, ...]
    spacing: tuple[Fraction, ...] | None = None

    @property
    def measured(self) -> set[str]:
        """The names of the properties that it goes by."""
        return {name_of(step.name) for step in self.steps if step.function is None and not step.kind.is_constant}

    @property
    def asked(self) -> list[str]:
        """The same, once for each argument that they are asked for with."""
        names = [step.name for step in self.steps if step.function is None and not step.kind.is_constant]
        return [name for name, _ in {_parts_of(name)[:2] for name in names}]

    def holds(self, regions: Regions, numbers: Sequence[Any]) -> Masks:
        """For which regions it is true."""
        values: dict[Step, Any] = dict(zip(self.numbers, numbers, strict=True))
        last_uses = {operand: i for i, step in enumerate(self.steps) for operand in step.operands.values()}
        for i, step in enumerate(self.steps):
            pause()
            if step.function is not None:
                operands = {name: values[operand] for name, operand in step.operands.items()}
                values[step] = _run(step, operands, regions.count)
                for operand in step.operands.values():
                    if last_uses[operand] == i:
                        values.pop(operand, None)
            else:
                values[step] = step.kind.constant if step.kind.is_constant else self._property(step.name, regions)
        return np.broadcast_to(values[self.steps[-1]], regions.count)

    def _property(self, written: str, regions: Regions) -> Array:
        """The values of a property, or of one of its parts."""
        name, argument, part, unit = _parts_of(written)
        values = values_of(name, regions.with_steps(self.spacing) if unit else regions, argument)
        return values if part is None else np.asarray(values[part])

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Predicate({self.text!r})"


# --- properties as steps name them -----------------------------------------------------------------------------------

_WRITTEN = re.compile(r"(\w+)(?:\((.+)\))?(?:\[(\d+)\])?( in mm)?")


def written(name: str, argument: float | None = None, part: int | None = None, *, in_units: bool = False) -> str:
    """A property as a step names it: `centroid[0]`, `percentile_intensity(90)`, `feret_max in mm`."""
    called = name if argument is None else f"{name}({argument!r})"
    return called + ("" if part is None else f"[{part}]") + (" in mm" if in_units else "")


def name_of(text: str) -> str:
    """The name of the property that a step names so."""
    return _parts_of(text)[0]


def _parts_of(text: str) -> tuple[str, float | None, int | None, bool]:
    found = _WRITTEN.fullmatch(text)
    assert found is not None
    name, argument, part, unit = found.groups()
    number = None if argument is None else float(argument) if set(argument) & set(".en") else int(argument)
    return name, number, None if part is None else int(part), unit is not None


# --- steps of a condition --------------------------------------------------------------------------------------------


def _run(step: Step, operands: dict[str, Any], count: int) -> Any:
    kind = replace(step.kind, shape=(count,)) if step.kind.is_array else step.kind
    values = [value for value in operands.values() if isinstance(value, np.ndarray)]
    if kind.range is not None and any(value.dtype.kind == "f" for value in values):  # nan, where nothing is measured
        kind = replace(kind, dtype=np.dtype(np.float64) if kind.is_array else None, range=None)
    try:
        return run_body(replace(step, kind=kind), operands)
    except Refused as refused:  # the argument it blames is none of `keep`
        raise Refused(refused.mistake, "", **{"name": refused.argument, **refused.fields}) from None


# Bytes a pixel where each pixel is a region of its own: of most properties, and of some that take more.
_MOST = 230.0
_OF_SOME = {
    **dict.fromkeys(("feret_max", "feret_min"), 400.0),
    **dict.fromkeys(("equivalent_diameter", "surface_area", "mesh_volume", "sphericity"), 450.0),
    "max_diameter": 1600.0,
}
# Of many regions some are measured at a time: then this many bytes, and for each pixel what is kept of all of them.
_AT_A_TIME = 32 * 2**20
_FOR_ALL = 40.0
_OF_ROWS = frozenset({"solidity", "convex_area", "feret_max", "feret_min", "max_diameter"})
_FOR_ROWS = 80.0  # more, as each pixel of labels may be a row of its region


# Operations a pixel to measure a property, beside those that find the regions; of what is not here less than one. What
# several need, as the outline of a region, is done for the first of them.
_COSTS = {
    **dict.fromkeys(("major_axis", "minor_axis", "eccentricity", "orientation"), 4.0),
    **dict.fromkeys(("mean_intensity", "sum_intensity", "min_intensity", "max_intensity"), 5.0),
    **dict.fromkeys(("perimeter", "circularity", "roundness", "std_intensity"), 10.0),
    **dict.fromkeys(("convex_area", "solidity", "aspect_ratio", "max_diameter"), 12.0),
    **dict.fromkeys(("feret_max", "feret_min", "median_intensity", "percentile_intensity"), 18.0),
    **dict.fromkeys(("surface_area", "mesh_volume", "sphericity"), 80.0),
    "weighted_centroid": 20.0,
    "euler_number": 5.0,
    "parent": 8.0,
    "distance_to": 50.0,
}
_HULLS, _FOR_HULLS = frozenset({"convex_area", "solidity"}), 400.0  # in volumes, more


def cost_of(measured: Collection[str], ndim: int) -> float:
    """The operations a pixel of measuring some properties."""
    hulls = _FOR_HULLS if ndim > 2 and _HULLS.intersection(measured) else 0.0
    return hulls + sum(_COSTS.get(name, 0.5) for name in measured)


def _cost(settings: Settings, ndim: int) -> float:
    return 15 + cost_of(settings["predicate"].asked, ndim)


def _memory(settings: Settings, ndim: int) -> float:
    return memory_of(settings["predicate"].measured, ndim)


def memory_of(measured: Collection[str], ndim: int) -> float:
    """The bytes a pixel for measuring properties, where each pixel may be a region of its own."""
    return max([_MOST, *(_OF_SOME.get(name, 0) for name in measured)]) + _for_distances(measured, ndim)


def most_bytes(measured: Collection[str], ndim: int, pixels: int) -> float:
    """The same of an image of so many pixels: of many regions some are measured at a time."""
    for_all = _FOR_ALL + (_FOR_ROWS if _OF_ROWS.intersection(measured) else 0) + _for_distances(measured, ndim)
    return min(memory_of(measured, ndim) * pixels, _AT_A_TIME + for_all * pixels)


def _for_distances(measured: Collection[str], ndim: int) -> float:
    return 4.0 * ndim + 12 if "distance_to" in measured else 0.0


@function(gives=SAME_REGIONS, halo=WHOLE, cost=_cost, memory=_memory, border=OUTSIDE_EMPTY, without_data="measured")
def keep(
    m: MaskOrLabels,
    predicate: RegionPredicate,
    of: ImageOrNone = None,
    connectivity: Connectivity = 1,
    axes: Axes = None,
    *,
    to: MaskOrNone = None,
    parent: MaskOrLabelsOrNone = None,
    numbers: OuterNumbers,
) -> Array:
    """The regions for which a condition on their properties holds: `keep(m, area >= 50 & solidity > 0.8)`.

    The condition is an expression in which the names of properties stand for each region's own value; `maskexpr
    functions properties` lists them. Beside them it takes numbers (`area > 0.1 * max(area)`, params, `otsu(im)`), the
    operators, pixelwise functions and statistics over the regions such as `mean(area)`. What is measured on grey
    values (`mean_intensity`) needs an image: `of=im`; `distance_to` a mask: `to=other`; `parent` labels or a mask:
    `parent=cells`. Lists of a property are taken apart: `centroid[0]` is a region's
    position along the first axis (the row in a plane), `bbox[1]` where it begins along the second; with `axes` only
    those axes count. Sizes, lengths and positions have units where the spacing is known (`area >= 20mm2`,
    `centroid[0] < 5mm`); plain numbers are pixels.

    Of labels the regions are the pixels of one number; the result has the same numbers, and `connectivity` has no
    effect. `axes="yx"` measures each slice of a stack by itself. A comparison with nan is false, so that a region whose
    property is nan goes. `connectivity` as for `label`.

    Border: outside the image the mask is empty, so a region that the border cuts counts with what is inside.
    Errors: a condition without a property, or with an image in it; a property that the number of axes does not have;
    grey values without `of`; a size or length where the spacing is unknown; a connectivity that the number of axes does
    not have.
    Source: properties as those of skimage.measure.regionprops; skimage.measure.label, which finds the regions for it,
    joins by corners unless told otherwise.

    >>> evaluate("keep(im > 0, area >= 2 & extent == 1)", im=[[1, 0, 1, 1], [1, 0, 0, 1]]).astype(int)
    array([[1, 0, 0, 0],
           [1, 0, 0, 0]])
    """
    return _kept(m, predicate, Beside(of, None, to, parent), connectivity, axes, numbers)


@function(name="keep by measured", gives=SAME_REGIONS, halo=WHOLE, cost=_cost, memory=_memory, catalogue=PLANNED)
def keep_by_measured(
    m: MaskOrLabels,
    predicate: RegionPredicate,
    of: ImageOrNone,
    connectivity: Connectivity,
    axes: Axes,
    *,
    to: MaskOrNone = None,
    parent: MaskOrLabelsOrNone = None,
    measured: MaskOrNone = None,
    data: MaskOrNone = None,
    numbers: OuterNumbers,
) -> Array:
    """The same, where grey values are those inside a mask, and regions lie among the pixels of another."""
    return _kept(m, predicate, Beside(of, measured, to, parent, data), connectivity, axes, numbers)


@dataclass(frozen=True, slots=True)
class Beside:
    """What regions are measured on: grey values, where these are known, a mask, and regions that may cover them; and
    where there are pixels at all."""

    image: Array | None = None
    known: Masks | None = None
    to: Masks | None = None
    parent: Array | None = None
    data: Masks | None = None


def _kept(
    m: Array,
    predicate: Predicate,
    beside: Beside,
    connectivity: int,
    axes: tuple[int, ...] | None,
    numbers: Sequence[Any],
) -> Array:
    labels, count, own = numbered_regions(m, connectivity, axes)
    chosen = np.zeros(count + 1, bool)
    if count:
        regions = regions_of(labels, count, beside, connectivity, axes, own)
        chosen[1:] = predicate.holds(regions, numbers)
    return kept(m, labels, chosen)


def regions_of(
    labels: Array | Numbered,
    count: int,
    beside: Beside,
    connectivity: int,
    axes: tuple[int, ...] | None,
    numbers: Array | None = None,
) -> Regions:
    """Regions and what they are measured on."""
    parent = beside.parent
    if parent is not None and parent.dtype == bool:
        parent, _ = components(parent, connectivity, axes)
    ends = None
    if beside.data is not None:  # labels know no connectivity: they touch by their faces
        joined = neighbours(1 if numbers is not None else connectivity, axes, beside.data.ndim)
        ends = scipy.ndimage.binary_dilation(~beside.data, joined)
    return Regions(
        labels, count, beside.image, axes, beside.known, to=beside.to, parent=parent, ends=ends, numbers=numbers
    )
