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
    MaskOrLabelsOrNone,
    MaskOrNone,
    Masks,
    Properties,
    SeveralMasksOrNone,
    TableOfRegions,
)
from maskexpr.functions.record import WHOLE, Settings, function
from maskexpr.kernels.blocks import looked_up
from maskexpr.kinds.kind import Column, Kind
from maskexpr.kinds.ranges import Range, union
from maskexpr.kinds.table import LABEL, Table
from maskexpr.library.measures.masks import LengthUnit
from maskexpr.library.numbering import slices
from maskexpr.library.operators import PLANNED
from maskexpr.library.regions.components import OUTSIDE_EMPTY, numbered_regions
from maskexpr.library.regions.keeping import Beside, cost_of, memory_of, regions_of
from maskexpr.library.regions.pixels import Regions
from maskexpr.library.regions.records import values_of


@dataclass(frozen=True, slots=True)
class Measurement:
    """One property as it is asked for.

    Attributes
    ----------
    name, argument
        That of the property, and what it is called with.
    columns
        What it gives: one column, or one for each of its parts.
    image
        On which of the images it is measured; None for those that need none.
    """

    name: str
    argument: float | None
    columns: tuple[Column, ...]
    image: int | None


@dataclass(frozen=True, slots=True)
class Measurements:
    """What a table is made of: the columns that tell the regions apart, and the properties in their order.

    `positions` are the axes that are not worked on, along which each slice has regions of its own; `steps` the length
    of a pixel along the others, in the unit that lengths and sizes are told in, none for pixels.
    """

    text: str
    keys: tuple[Column, ...]
    positions: tuple[int, ...]
    asked: tuple[Measurement, ...]
    steps: tuple[Fraction, ...] | None

    @property
    def columns(self) -> tuple[Column, ...]:
        return (*self.keys, *(column for one in self.asked for column in one.columns))

    def __str__(self) -> str:
        return self.text


def _cost(settings: Settings, ndim: int) -> float:
    return 15 + cost_of({one.name for one in settings["properties"].asked}, ndim)


def _memory(settings: Settings, ndim: int) -> float:
    return memory_of({one.name for one in settings["properties"].asked}, ndim)


def _table(kinds: Kinds) -> Kind:
    regions = kinds["m"]
    most = int(np.prod(regions.shape or (), dtype=object))
    return Kind("table", columns=kinds["properties"].constant.columns, most=most)


_TABLE = Gives(frozenset({"table"}), _table)


@function(gives=_TABLE, halo=WHOLE, cost=_cost, memory=_memory, border=OUTSIDE_EMPTY, without_data="measured")
def measure(
    m: MaskOrLabels,
    properties: Properties,
    *,
    of: Images = None,
    connectivity: Connectivity = 1,
    axes: Axes = None,
    unit: LengthUnit = "px",
    to: MaskOrNone = None,
    parent: MaskOrLabelsOrNone = None,
) -> Table:
    """A table of regions, one row each, with what is measured on them: `measure(m, area, centroid)`.

    Behind the first argument stand names of properties; `maskexpr functions properties` lists them. The first column is
    `label`, the number of the region: of a mask the one that `label(m)` gives it, of labels its own, in rising order,
    one row for each number that occurs. Then come the properties as they are written. One with a part for each axis has
    as many columns: `centroid_y`, `centroid_x`, in a volume `centroid_z` before them; `bbox_y0`, `bbox_x0` where the
    box starts, `bbox_y1`, `bbox_x1` behind its end.

    Grey values are measured on an image, `of=im`, or on several by their names: `of=[dapi, gfp]` gives
    `mean_intensity_dapi` and `mean_intensity_gfp`. Distances are measured to a mask, `to=other`, and `parent` is the
    label that covers most of a region, `parent=cells`. Lengths, areas and positions count pixels; `unit` "mm", "um" or
    "cm" turns them into floating numbers in it, and says so in their names: `area_mm2`, `centroid_y_mm`. With it all
    properties of form see pixels as long and wide as they are. Columns and their types do not depend on the pixels; a
    table of no regions has no rows.

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
    return _measured(m, properties, of, None, Beside(None, None, to, parent), connectivity, axes)


@function(name="measure by measured", gives=_TABLE, halo=WHOLE, cost=_cost, memory=_memory, catalogue=PLANNED)
def measure_by_measured(
    m: MaskOrLabels,
    properties: Properties,
    of: Images,
    connectivity: Connectivity,
    axes: Axes,
    unit: LengthUnit,
    to: MaskOrNone,
    parent: MaskOrLabelsOrNone,
    measured: SeveralMasksOrNone = None,
    data: MaskOrNone = None,
) -> Table:
    """The same, where the grey values of each image are those inside a mask, and regions lie among the pixels of
    another."""
    return _measured(m, properties, of, measured, Beside(None, None, to, parent, data), connectivity, axes)


def _measured(
    m: Array,
    properties: Measurements,
    images: Sequence[Array] | None,
    measured: Sequence[Masks] | None,
    beside: Beside,
    connectivity: int,
    axes: tuple[int, ...] | None,
) -> Table:
    labels, count, numbers = numbered_regions(m, connectivity, axes)
    regions = regions_of(labels, count, beside, connectivity, axes, numbers)
    return tabulated(regions, properties, images or (), measured)


def tabulated(
    regions: Regions, properties: Measurements, images: Sequence[Array], measured: Sequence[Masks] | None
) -> Table:
    """The table of regions that were found; grey values of each image are those inside a mask, if there are such."""
    columns = properties.columns
    units = {column.name: column.unit for column in columns if column.unit}
    if not regions.count:
        return Table({column.name: np.zeros(0, column.kind.dtype) for column in columns}, units)
    masks: Sequence[Masks | None] = measured or [None] * len(images)
    own = regions.with_steps(properties.steps)
    of = [own.of(image, mask) for image, mask in zip(images, masks, strict=True)]
    values = [*_keys(regions, properties.positions)]
    for one in properties.asked:
        values += _values(one, own if one.image is None else of[one.image])
    return Table({c.name: np.asarray(v, c.kind.dtype) for c, v in zip(columns, values, strict=True)}, units)


def _keys(regions: Regions, positions: tuple[int, ...]) -> Iterable[Array]:
    """The number of each region, and where it lies along the axes that are not worked on."""
    yield regions.numbers
    if positions:
        at = np.zeros(regions.count + 1, np.int64)
        at[regions.labels] = slices(regions.shape, regions.axes)
        places = np.unravel_index(at[1:], [regions.shape[axis] for axis in positions])
        yield from map(np.asarray, places)


def _values(one: Measurement, regions: Regions) -> list[Array]:
    """The values of a property in its columns."""
    values = values_of(one.name, regions, one.argument)
    return list(values) if values.ndim > 1 else [values]


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
    most = int(found.max(initial=0))
    if most <= found.size:
        named = np.full(most + 1, background, values.dtype)
        named[keys[keys <= most]] = values[keys <= most]
        named[0] = background
        return looked_up(named, found)
    order = np.argsort(keys, stable=True)
    at = np.minimum(np.searchsorted(keys, found, sorter=order), max(keys.size - 1, 0))
    if not keys.size:
        return np.full(labels.shape, background, values.dtype)
    rows = order[at]
    return np.where((keys[rows] == found) & (labels != 0), values[rows], values.dtype.type(background))


def _joined(labels: Array, table: Table, names: tuple[str, ...]) -> tuple[Array, Array]:
    """Keys of rows, and of pixels: the numbers, those of each slice apart where the table tells slices apart."""
    keys, found = table[LABEL].astype(np.int64), labels
    span = 1 + max(int(keys.max(initial=0)), int(found.max(initial=0)))
    for axis, name in enumerate(names):
        if name in table:
            place = np.arange(labels.shape[axis]).reshape([-1 if a == axis else 1 for a in range(labels.ndim)])
            keys, found = table[name] * span + keys, place * span + found
            span *= labels.shape[axis]
    return keys, found
