"""Tables of regions: what is measured on each, and what is done with such tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.nearest import nearest
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import Gives, Kinds, like_grid
from maskexpr.functions.parameters import (
    Array,
    Axes,
    AxisNames,
    ColumnName,
    Connectivity,
    Images,
    Labels,
    MaskOrLabels,
    Masks,
    Properties,
    SeveralMasks,
    TableOfRegions,
)
from maskexpr.functions.record import WHOLE, Settings, function
from maskexpr.kinds.kind import Column, Kind
from maskexpr.kinds.ranges import Range, union
from maskexpr.kinds.table import LABEL, Table
from maskexpr.library.measures.masks import LengthUnit
from maskexpr.library.operators import PLANNED
from maskexpr.library.regions.components import OUTSIDE_EMPTY, components, slices
from maskexpr.library.regions.keeping import memory_of
from maskexpr.library.regions.pixels import Regions
from maskexpr.library.regions.records import values_of

_EXACT = 2**53  # up to this float64 holds every whole number


@dataclass(frozen=True, slots=True)
class Measurement:
    """One property as it is asked for.

    Attributes
    ----------
    name
        That of the property.
    columns
        What it gives: one column, or one for each of its parts.
    image
        On which of the images it is measured; None for those that need none.
    factors
        What turns pixels into the unit of each column.
    """

    name: str
    columns: tuple[Column, ...]
    image: int | None = None
    factors: tuple[Fraction, ...] = ()


@dataclass(frozen=True, slots=True)
class Measurements:
    """What a table is made of: the columns that tell the regions apart, and the properties in their order.

    `positions` are the axes that are not worked on, along which each slice has regions of its own.
    """

    text: str
    keys: tuple[Column, ...]
    positions: tuple[int, ...]
    asked: tuple[Measurement, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        return (*self.keys, *(column for one in self.asked for column in one.columns))

    def __str__(self) -> str:
        return self.text


def _memory(settings: Settings, ndim: int) -> float:
    return memory_of({one.name for one in settings["properties"].asked}, ndim)


def _table(kinds: Kinds) -> Kind:
    regions = kinds["m"]
    most = int(np.prod(regions.shape or (), dtype=object))
    return Kind("table", columns=kinds["properties"].constant.columns, most=most)


_TABLE = Gives(frozenset({"table"}), _table)


@function(gives=_TABLE, halo=WHOLE, cost=80, memory=_memory, border=OUTSIDE_EMPTY, without_data="measured")
def measure(
    m: MaskOrLabels,
    properties: Properties,
    *,
    of: Images = None,
    connectivity: Connectivity = 1,
    axes: Axes = None,
    unit: LengthUnit = "px",
) -> Table:
    """A table of regions, one row each, with what is measured on them: `measure(m, area, centroid)`.

    Behind the first argument stand names of properties; `maskexpr functions properties` lists them. The first column is
    `label`, the number of the region: of a mask the one that `label(m)` gives it, of labels its own, in rising order,
    one row for each number that occurs. Then come the properties as they are written. One with a part for each axis has
    as many columns: `centroid_y`, `centroid_x`, in a volume `centroid_z` before them; `bbox_y0`, `bbox_x0` where the
    box starts, `bbox_y1`, `bbox_x1` behind its end.

    Grey values are measured on an image, `of=im`, or on several by their names: `of=[dapi, gfp]` gives
    `mean_intensity_dapi` and `mean_intensity_gfp`. Lengths, areas and positions count pixels; `unit` "mm", "um" or "cm"
    turns them into floating numbers in it, and says so in their names: `area_mm2`, `centroid_y_mm`. Columns and their
    types do not depend on the pixels; a table of no regions has no rows.

    `t["area"]` is a column: a list of numbers for statistics (`median(t["area"])`) and comparisons, or a result.
    `t[area > 50]` has the rows for which a condition holds, `count(t)` is their number, and `paint(labels, t, "area")`
    an image of a column. A table can be a result.

    `connectivity` as for `label`; on labels it has no effect. `axes="yx"` measures each slice of a stack by itself, as
    is done with frames where time is named: then a column says in which a region lies, `z`, or `frame` along time, and
    labels have a row for each slice they occur in, slice by slice. Of grey values without data none counts; a region
    that has no others is nan, and whole numbers are floating then.

    Border: outside the image the mask is empty, so a region that the border cuts counts with what is inside.
    Errors: no property, an unknown one, or the same twice; a property that the number of axes does not have; grey
    values without `of`; a unit where the spacing is unknown; lengths in a unit where pixels are not as high as wide; a
    connectivity that the number of axes does not have.
    Source: as skimage.measure.regionprops_table, whose columns are called centroid-0 and intensity_mean;
    skimage.measure.label, which finds the regions for it, joins by corners unless told otherwise.

    >>> evaluate('measure(im > 0, area, mean_intensity, of=im)["area"]', im=[[1, 0, 2, 4], [1, 0, 0, 3]])
    array([2, 3])
    """
    return _measured(m, properties, of, None, connectivity, axes)


@function(name="measure by measured", gives=_TABLE, halo=WHOLE, cost=80, memory=_memory, catalogue=PLANNED)
def measure_by_measured(
    m: MaskOrLabels,
    properties: Properties,
    of: Images,
    measured: SeveralMasks,
    connectivity: Connectivity,
    axes: Axes,
    unit: LengthUnit,
) -> Table:
    """The same, where the grey values of each image are those inside a mask."""
    return _measured(m, properties, of, measured, connectivity, axes)


def _measured(
    m: Array,
    properties: Measurements,
    images: Sequence[Array] | None,
    measured: Sequence[Masks] | None,
    connectivity: int,
    axes: tuple[int, ...] | None,
) -> Table:
    labels, count = components(m, connectivity, axes)
    return tabulated(m, labels, count, properties, images or (), measured, axes)


def tabulated(
    m: Array,
    labels: Array,
    count: int,
    properties: Measurements,
    images: Sequence[Array],
    measured: Sequence[Masks] | None,
    axes: tuple[int, ...] | None,
) -> Table:
    """The table of regions that were found: `labels` numbers those of `m` from 1 to `count`."""
    masks: Sequence[Masks | None] = measured or [None] * len(images)
    own = Regions(labels, count, None, axes)
    of = [Regions(labels, count, image, axes, mask) for image, mask in zip(images, masks, strict=True)]
    values = [*_keys(m, own, properties)]
    for one in properties.asked:
        values += _values(one, own if one.image is None else of[one.image])
    columns = properties.columns
    units = {column.name: column.unit for column in columns if column.unit}
    return Table({c.name: _typed(v, c.kind) for c, v in zip(columns, values, strict=True)}, units)


def _typed(values: Array, kind: Kind) -> Array:
    return np.ascontiguousarray(values, kind.dtype)


def _keys(m: Array, regions: Regions, properties: Measurements) -> Iterable[Array]:
    """The number of each region, and where it lies along the axes that are not worked on."""
    labels, count = regions.labels, regions.count
    yield np.arange(1, count + 1) if m.dtype == bool else _of_any_pixel(labels, count, m)
    if properties.positions:
        at = _of_any_pixel(labels, count, slices(labels.shape, regions.axes))
        places = np.unravel_index(at, [labels.shape[axis] for axis in properties.positions])
        yield from map(np.asarray, places)


def _of_any_pixel(labels: Array, count: int, values: Array) -> Array:
    """What all pixels of a region have alike."""
    found = np.zeros(count + 1, values.dtype)
    found[labels] = values
    return found[1:]


def _values(one: Measurement, regions: Regions) -> Iterable[Array]:
    """The values of a property in its columns."""
    if not regions.count:
        return [np.zeros(0)] * len(one.columns)
    values = values_of(one.name, regions)
    parts = list(values) if values.ndim > 1 else [values]
    return [_scaled(part, factor) for part, factor in zip(parts, one.factors, strict=True)] if one.factors else parts


def _scaled(values: Array, factor: Fraction) -> Array:
    """Numbers of pixels in a unit; whole ones rounded once."""
    over, under = factor.numerator, factor.denominator
    if values.dtype.kind == "f":
        return np.asarray(values * float(factor))
    most = max(abs(int(values.min())), abs(int(values.max()))) if values.size else 0
    if most * over < _EXACT and under < _EXACT:
        return np.asarray(values * over / under)
    return np.array([float(value * factor) for value in values.tolist()], np.float64)


# --- what is done with tables ----------------------------------------------------------------------------------------


def column_of(table: Kind, name: str) -> Column:
    """A column of a table whose columns are known, or what to say where it has none of that name."""
    found = next((one for one in table.columns if one.name == name), None)
    if found is not None:
        return found
    names = [one.name for one in table.columns]
    near = nearest(name, names)
    mistake = messages.COLUMN_UNKNOWN_NEAR if near else messages.COLUMN_UNKNOWN
    raise Refused(mistake, "column", column=name, near=near, names=", ".join(names))


def _painted(kinds: Kinds) -> Kind:
    values = column_of(kinds["table"], kinds["column"].constant).kind
    kind = like_grid("mask" if values.name == "mask" else "image", kinds, values.dtype)
    return kind if values.range is None else replace(kind, range=union(values.range, Range(0, 0)))


@function(gives=Gives(frozenset({"image", "mask"}), _painted), halo=WHOLE, cost=20, memory=40, without_data="painted")
def paint(labels: Labels, table: TableOfRegions, column: ColumnName, *, names: AxisNames) -> Array:
    """An image in which each region has its value of a column: `paint(labels, t, "mean_intensity")`.

    Rows are joined to regions by `label`, and by the slice or frame they lie in where the table has a column for that.
    The image has the column's own type. Where there is no row, and in the background, it is 0; in a column of floating
    numbers nan, with which no comparison is true; for true and false the result is a mask, off there. Rows of numbers
    that do not occur are left out.

    Errors: a mask in the place of labels: write paint(label(m), t, ...), as its regions are numbered for `measure`; a
    column that the table does not have; several rows of one region.
    Source: as skimage.util.map_array, which has 0 for all that is not mapped.

    >>> evaluate('paint(label(m), measure(m, area), "area")', m=np.array([[1, 0, 1, 1], [1, 0, 0, 1]], bool))
    array([[2, 0, 3, 3],
           [2, 0, 0, 3]])
    """
    values = table[column]
    background = np.nan if values.dtype.kind == "f" else 0
    keys, found = _joined(labels, table, names)
    if np.unique(keys).size < keys.size:
        raise Refused(messages.PAINT_SEVERAL, "table")
    order = np.argsort(keys, stable=True)
    at = np.minimum(np.searchsorted(keys, found, sorter=order), max(keys.size - 1, 0))
    if not keys.size:
        return np.full(labels.shape, background, values.dtype)
    rows = order[at]
    return np.where((keys[rows] == found) & (labels != 0), values[rows], values.dtype.type(background))


def _joined(labels: Array, table: Table, names: tuple[str, ...]) -> tuple[Array, Array]:
    """Keys of rows, and of pixels: the numbers, those of each slice apart where the table tells slices apart."""
    keys, found = table[LABEL].astype(np.int64), labels.astype(np.int64)
    span = 1 + max(int(keys.max(initial=0)), int(found.max(initial=0)))
    for axis, name in enumerate(names):
        if name in table:
            place = np.arange(labels.shape[axis]).reshape([-1 if a == axis else 1 for a in range(labels.ndim)])
            keys, found = table[name] * span + keys, place * span + found
            span *= labels.shape[axis]
    return keys, found
