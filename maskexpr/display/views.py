"""A value as a picture with its summary: what `maskexpr.view` gives to notebooks and commands write to files."""

import base64
import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from maskexpr.api import evaluate
from maskexpr.checker import binding
from maskexpr.checker.binding import Image
from maskexpr.checker.image import in_order_of
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import InputError
from maskexpr.display import pictures, results
from maskexpr.kinds.kind import INTENSITIES, SEGMENTATIONS, Kind, shape_text
from maskexpr.kinds.table import LABEL, Table
from maskexpr.program.steps import InputInfo

Array = np.ndarray[Any, Any]

_ROOM = (560, 840)  # of a picture in a notebook


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A mask, labels or an image as a picture with a summary; a number as itself.

    A notebook shows it by itself, `png()` gives the bytes of a file, `numpy.asarray` and programs take its value.

    Attributes
    ----------
    value, kind
        What is shown.
    on, ground
        The image it is shown on and its kind, if there is one.
    mode : {"overlay", "contour", "mask", "side"}
    plane : int or tuple of int, optional
        Which plane of a stack; without it the one in the middle of what is on.
    valid : ndarray of bool, optional
        Where the value has data; everywhere without it.
    by : optional
        The values that regions get their colours from, with a legend below the picture.
    """

    value: Any
    kind: Kind
    on: Array | None = None
    ground: Kind | None = None
    mode: str = "overlay"
    plane: int | tuple[int, ...] | None = None
    valid: Array | None = None
    by: pictures.Colouring | None = None

    @property
    def summary(self) -> str:
        """One line about the value."""
        words = results.summary(self.value, self.kind, self.valid)
        return f"{words}, {results.by_text(self.by)}" if self.by is not None else words

    @property
    def below(self) -> tuple[Array, Kind] | None:
        """The image that it is shown on, with its kind."""
        return (self.on, self.ground) if self.on is not None and self.ground is not None else None

    def png(self, room: tuple[int, int] | None = None) -> bytes:
        """A PNG file of the picture, in the size of the image, or no larger than `room` of (height, width)."""
        return pictures.png(self.raster(room))

    def raster(self, room: tuple[int, int] | None = None) -> Array:
        """The picture as uint8 of shape (height, width, 3). One with room is made smaller or larger to fill it, and as
        high and wide as its pixels are; one without has a pixel for each of the image. A legend is below it."""
        if self.by is None:
            return self.bare(room)
        return self.by.with_legend(self.bare(room and (max(1, room[0] - self.by.legend_height()), room[1])))

    def bare(self, room: tuple[int, int] | None = None) -> Array:
        """The picture without a legend."""
        shape = self.kind.shape or ()
        size = (shape[-2] if len(shape) > 1 else 16, 2 * shape[-1] + 8)  # two beside each other and a gap
        return pictures.render(
            results.darkened(self.value, self.kind, self.valid),
            self.kind.name,
            self.on,
            self.ground.name if self.ground else "image",
            self.mode,
            room or size,
            plane=self.plane,
            zoom=room is not None,
            sides=self.kind.sides if room is not None else (1, 1),
            by=self.by,
        )

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.value, dtype, copy=copy)

    def __repr__(self) -> str:
        return self.summary

    def _repr_png_(self) -> bytes | None:
        return self.png(_ROOM) if self.kind.is_array else None

    def _repr_html_(self) -> str | None:
        if not self.kind.is_array:
            return None
        data = base64.b64encode(self.png(_ROOM)).decode()
        title, *numbers = (html.escape(part, quote=True) for part in self.summary.split(", "))
        words = "".join(f'<span style="margin-right:1.5em">{part}</span>' for part in (title, *numbers))
        image = f'<img alt="{title}" src="data:image/png;base64,{data}" style="max-width:100%">'
        cells = (f'<td style="text-align:left;padding:0 0 0.4em 0">{part}</td>' for part in (image, words))
        rows = "".join(f'<tr style="background:none">{cell}</tr>' for cell in cells)
        return f'<table style="border-collapse:collapse;margin:0">{rows}</table>'


def view(
    value: Any,
    /,
    on: Any = None,
    mode: str = "overlay",
    *,
    kind: str | None = None,
    spacing: Any = None,
    plane: int | tuple[int, ...] | None = None,
    by: tuple[Table, str] | None = None,
) -> View:
    """A mask, labels or an image as a picture for a notebook, with a summary.

    Parameters
    ----------
    value : array_like or maskexpr.Image
        Of bools it is a mask, of int32 without negative values labels, as programs give them; else an image, in colour
        if it looks like one. A number stays a number.
    on : array_like or maskexpr.Image, optional
        The image that the mask or labels came from, of the same shape.
    mode : {"overlay", "contour", "mask", "side"}
        A mask as a tint on its image, as an outline, alone, or beside the image.
    kind : {"mask", "labels", "image", "colour"}, optional
        What the value is, where its type does not say it.
    spacing : number, text such as "0.5mm", or a sequence of them, optional
        The size of a pixel, as in `maskexpr.Image`.
    plane : int or tuple of int, optional
        Which plane of a stack, one number for each axis before the last two; without it one in the middle.
    by : (maskexpr.Table, str), optional
        A table of the regions and the name of a column of it: labels, or the regions of a mask, are coloured by the
        numbers there. Regions that are not in the table are left out, those whose number is nan are red.

    Raises
    ------
    InputError
        The value or the image is neither, they differ in shape, there is no such mode or plane, or the table is not of
        these regions.

    >>> maskexpr.view(np.array([[40, 90, 10, 70]]) > 32)
    mask 1x4, 75.0% on (3 pixels), 2 regions, largest 2
    >>> table = maskexpr.Table({"label": np.array([1, 2]), "area": np.array([2, 1])})
    >>> maskexpr.view(np.array([[1, 1, 0, 2]], np.int32), by=(table, "area"))
    labels 1x4, 2 labels, coloured by area from 1 to 2
    """
    if isinstance(value, Table):
        raise InputError(messages.VIEW_TABLE.anywhere())
    if isinstance(value, Mapping):
        raise InputError(messages.VIEW_SEVERAL.anywhere(names=", ".join(map(str, value))))
    array, found = with_kind(in_order_of(value, on), "the value", kind, spacing)
    ground = with_kind(on, "the image", spacing=spacing) if on is not None else None
    shown = view_of(array, found, ground, mode, plane)
    return shown if by is None else coloured(shown, *_column(by))


def _column(by: Any) -> tuple[Table, str]:
    if not (isinstance(by, tuple | list) and len(by) == 2 and isinstance(by[0], Table) and isinstance(by[1], str)):
        raise InputError(messages.VIEW_BY_FORM.anywhere())
    return by[0], by[1]


def coloured(view: View, table: Table, column: str) -> View:
    """A view of labels, or of a mask, whose regions have the colours of a column of their table."""
    if view.kind.name not in SEGMENTATIONS:
        raise InputError(messages.VIEW_BY_KIND.anywhere(kind=view.kind.word))
    if column not in table or LABEL not in table:
        missing = column if column not in table else LABEL
        raise InputError(messages.VIEW_BY_COLUMN.anywhere(name=missing, names=", ".join(table)))
    if view.kind.name == "mask":
        labels = evaluate("label(m)", m=view.value)
        view = replace(view, value=labels, kind=replace(view.kind, name="labels", dtype=labels.dtype))
    order = np.argsort(table[LABEL], kind="stable")
    numbers = table[LABEL][order]
    unknown = numbers[~np.isin(numbers, view.value)]
    if unknown.size:
        raise InputError(messages.VIEW_BY_OTHERS.anywhere(label=int(unknown[0])))
    unit = table.units.get(column, "")
    name = column if not unit or column.endswith(f"_{unit}") else f"{column} ({unit})"
    return replace(view, by=pictures.Colouring(numbers, table[column][order], name))


def with_kind(value: Any, name: str, kind: str | None = None, spacing: Any = None) -> tuple[Any, Kind]:
    """A value and its kind, the value as programs keep it."""
    if isinstance(value, View):
        return value.value, value.kind
    image = value if isinstance(value, Image) else Image(value)
    image = replace(image, kind=kind or image.kind, spacing=image.spacing if spacing is None else spacing)
    array, found = binding.taken(image, name, kind)
    if image.kind is None and found.name == "image" and found.dtype == np.int32 and array.min() >= 0:
        return binding.taken(replace(image, kind="labels"), name, kind)
    return array, found


def view_of(
    value: Any,
    kind: Kind,
    ground: tuple[Array, Kind] | None,
    mode: str = "overlay",
    plane: int | tuple[int, ...] | None = None,
) -> View:
    """A view of a value that is known, with all that can be wrong with it checked."""
    check_mode(mode)
    shape = kind.shape or ()
    if ground is not None and kind.is_array and ground[1].shape != shape:
        below = ground[1]
        fields = {
            "name": kind.input_name,
            "shape": _written(kind),
            "image": below.input_name,
            "ground": _written(below),
        }
        raise InputError(messages.VIEW_SHAPES.anywhere(**fields))
    if plane is not None and kind.is_array:
        plane = tuple(plane) if isinstance(plane, tuple | list) else (plane,)
        planes = shape[:-2]
        if len(plane) != len(planes) or not all(-n <= i < n for i, n in zip(plane, planes, strict=True)):
            raise InputError(_no_plane(plane, planes))
    on, on_kind = ground if ground is not None else (None, None)
    return View(value, kind, on, on_kind, mode, plane)


def check_mode(mode: str) -> None:
    if mode not in pictures.MODES:
        raise InputError(messages.VIEW_MODE.anywhere(mode=mode, modes=", ".join(pictures.MODES)))


def _written(kind: Kind) -> str:
    return shape_text(kind.shape or ())


def _no_plane(index: tuple[int, ...], planes: tuple[int, ...]) -> Any:
    if not planes:
        return messages.VIEW_FLAT.anywhere()
    return messages.VIEW_PLANE.anywhere(plane=", ".join(map(str, index)), last=", ".join(str(n - 1) for n in planes))


def ground_of(kind: Kind, given: Mapping[str, Any], declared: Iterable[InputInfo]) -> tuple[Array, Kind] | None:
    """Of what a program was given the image to show a result on: the one its shape comes from, else the first of that
    shape. None if there is none."""
    kinds = {info.name: info.kind for info in declared}
    names = sorted(given, key=lambda name: name != kind.input_name)
    for name in names:
        if kinds.get(name) in SEGMENTATIONS or isinstance(given[name], bool | int | float | str):
            continue
        array, found = binding.taken(given[name], name, kinds.get(name))
        if found.name in INTENSITIES and found.shape == kind.shape:
            return array, found
    return None
