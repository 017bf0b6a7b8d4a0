"""The files of a series taken together: which belong to it, and the array that they make."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError
from maskexpr.files.decoding import bounds
from maskexpr.files.decoding.format import Opening, Pixels, Source, Window
from maskexpr.files.formats.dicom import headers as declared
from maskexpr.files.formats.dicom.headers import NoPixels
from maskexpr.files.formats.dicom.pixels import Decoder
from maskexpr.headers.dicom.geometry import Layout, laid_out, ways_alike
from maskexpr.headers.dicom.groups import Plane
from maskexpr.headers.dicom.header import Header
from maskexpr.headers.dicom.values import common_type, nodata_of, pairs_of

Empty = Callable[[int, np.ndarray], None]

_LISTED = 6
_AS_THEY_ARE = ("labels", "image")  # what the indices of a palette are kept for


def opened(name: str, openings: Sequence[Opening], kind: str | None) -> Source:
    """What the files of a series hold together; `name` is what messages call them."""
    found, notes = _headers(openings)
    headers = [header for _, header in found]
    first = headers[0]
    groups = _groups(headers)
    if len(groups) > 1:
        raise _several(name, headers, groups)
    if any(header.segmentation for header in headers):
        _check_segments(name, first)
    planes = [plane for header in headers for plane in header.planes]
    layout = laid_out(name, headers, planes, sparse=bool(first.segmentation))
    reader = _Reader(tuple(opening for opening, _ in found), tuple(headers), layout, kind, tuple(notes))
    shape = reader.shape
    if np.prod(shape, dtype=object) > bounds.PIXELS.most:
        fields = {"limit": f"{bounds.PIXELS.most:,}", "what": bounds.PIXELS.what, "way_out": bounds.PIXELS.way_out}
        raise FileError(messages.FILE_TOO_LARGE.anywhere(path=name, **fields))
    return Source(shape, reader.dtype, reader.read, reader.is_colour, layout.spacing, layout.grid)


# --- which files -----------------------------------------------------------------------------------------------------


def _headers(openings: Sequence[Opening]) -> tuple[list[tuple[Opening, Header]], list[str]]:
    """Those of the images among some files, and what was passed over."""
    found: list[tuple[Opening, Header]] = []
    without: list[str] = []
    for opening in openings:
        with opening() as file:
            try:
                found.append((opening, declared.read(file, len(found))))
            except NoPixels as other:
                if len(openings) == 1:
                    raise file.wrong(other.mistake, what=other.what) from None
                without.append(file.name)
                refused = file.wrong(other.mistake, what=other.what)
    if not found:
        raise refused
    notes = [f"{_names(without)} without pixels passed over"] if without else []
    localizers = [header.name for _, header in found if header.is_localizer]
    if 0 < len(localizers) < len(found):
        kept = [entry for entry in found if not entry[1].is_localizer]
        found = [(opening, _numbered(header, number)) for number, (opening, header) in enumerate(kept)]
        notes.append(f"{_names(localizers)} passed over: localizers")
    return found, notes


def _numbered(header: Header, number: int) -> Header:
    return replace(header, planes=tuple(replace(plane, file=number) for plane in header.planes))


def _names(paths: Sequence[str]) -> str:
    names = [os.path.basename(path) for path in paths]
    return ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")


@dataclass(slots=True)
class _Group:
    """Frames that can make up one array."""

    key: tuple[object, ...]
    planes: list[Plane]


def _groups(headers: Sequence[Header]) -> list[_Group]:
    groups: list[_Group] = []
    latest = None
    for header in headers:
        key = (header.series, header.rows, header.columns, header.samples, header.is_palette, header.allocated == 1)
        for plane in header.planes:
            if latest is None or latest.key != key or not ways_alike(latest.planes[0], plane):
                alike = (g for g in groups if g.key == key and ways_alike(g.planes[0], plane))
                latest = next(alike, None)
            if latest is None:
                latest = _Group(key, [])
                groups.append(latest)
            latest.planes.append(plane)
    return groups


def _several(name: str, headers: Sequence[Header], groups: Sequence[_Group]) -> FileError:
    listed, example = [], ""
    for group in groups[:_LISTED]:
        members = [headers[number] for number in sorted({plane.file for plane in group.planes})]
        header = members[0]
        what = header.description or header.modality or "no description"
        size = f"{len(group.planes)} of {header.columns} x {header.rows}"
        pattern = _pattern(members, headers)
        listed.append(f"{what!r}: {size}, {os.path.basename(pattern or header.name)}")
        example = example or pattern
    if len(groups) > _LISTED:
        listed.append("...")
    different = len({group.key[0] for group in groups})
    count = f"{different} series" if different > 1 else f"{len(groups)} sizes or directions"
    fields = {"count": count, "series": "; ".join(listed), "example": example or "series/"}
    return FileError(messages.DICOM_SEVERAL.anywhere(path=name, **fields))


def _pattern(members: Sequence[Header], headers: Sequence[Header]) -> str:
    """A pattern for the names of some files and no others; "" if they do not begin alike."""
    names = [header.name for header in members]
    prefix = os.path.commonprefix(names)  # noqa: RUF071 - of names, not of folders
    others = [header.name for header in headers if header not in members]
    if len(names) == 1:
        return names[0] if names[0] not in others else ""
    alone = os.path.basename(prefix) and not any(other.startswith(prefix) for other in others)
    return f"{prefix}*" if alone else ""


def _check_segments(name: str, header: Header) -> None:
    if header.segmentation == "FRACTIONAL":
        raise FileError(messages.DICOM_FRACTIONS.anywhere(path=name))
    if header.segmentation == "BINARY" and len(header.segments) > 1:
        fields = {"count": len(header.segments), "segments": _names(header.segments)}
        raise FileError(messages.DICOM_SEGMENTS.anywhere(path=name, **fields))


# --- the array -------------------------------------------------------------------------------------------------------


def _at(indices: Sequence[int], empty: Empty) -> Empty:
    """What is told of the frames of one file, told of the array's."""
    return lambda index, where: empty(indices[index], where)


@dataclass(frozen=True, slots=True)
class _Reader:
    openings: tuple[Opening, ...]
    headers: tuple[Header, ...]
    layout: Layout
    kind: str | None
    notes: tuple[str, ...]

    @property
    def header(self) -> Header:
        return self.headers[0]

    @property
    def is_colour(self) -> bool:
        return self.header.samples > 1 or self.as_colours

    @property
    def as_colours(self) -> bool:
        return self.header.is_palette and self.kind not in _AS_THEY_ARE and not self.header.segmentation

    @property
    def shape(self) -> tuple[int, ...]:
        channels = (3,) if self.is_colour else ()
        return (*self.layout.lead, self.header.rows, self.header.columns, *channels)

    @property
    def dtype(self) -> "np.dtype":
        if self.as_colours:
            return np.dtype(f"u{self.header.palette_bits // 8}")
        found = [(header, {(plane.slope, plane.intercept) for plane in header.planes}) for header in self.headers]
        return common_type(found)

    def read(self, window: Window | None) -> Pixels:
        """The slices that a window takes are read, and it is cut out of them."""
        header, lead = self.header, len(self.layout.lead)
        order = np.arange(len(self.layout.planes)).reshape(self.layout.lead)
        wanted = order if window is None else order[window[:lead]]
        channels = (3,) if self.is_colour else ()
        flat = wanted.ravel()
        planes = [self.layout.planes[index] for index in flat]
        make = np.zeros if None in planes else np.empty
        array = make((len(planes), header.rows, header.columns, *channels), self.dtype)
        valid: list[np.ndarray] = []

        def empty(index: int, where: np.ndarray) -> None:
            if not valid:
                valid.append(np.ones(array.shape[:3], bool))
            valid[0][index] &= ~where

        nodata = nodata_of(self.headers)
        self._fill(planes, array, empty, marks_empty=nodata is None)
        array = array.reshape(*wanted.shape, *array.shape[1:])
        mask = valid[0].reshape(*wanted.shape, *array.shape[lead : lead + 2]) if valid else None
        if window is not None:
            part = (slice(None),) * lead + tuple(window[lead:])
            array, mask = array[part].copy(), None if mask is None else mask[part]
        return Pixels(array, self.is_colour, self._said(), self.layout.spacing, self.layout.grid, mask, nodata)

    def _fill(self, planes: Sequence[Plane | None], array: np.ndarray, empty: Empty, *, marks_empty: bool) -> None:
        of_files: dict[int, list[int]] = {}
        for index, plane in enumerate(planes):
            if plane is not None:
                of_files.setdefault(plane.file, []).append(index)
        for number, indices in of_files.items():
            with self.openings[number]() as file:
                decoder = Decoder(file, self.headers[number], self.as_colours, marks_empty)
                frames = [plane for plane in (planes[index] for index in indices) if plane is not None]
                decoder.fill(frames, [array[index] for index in indices], _at(indices, empty))

    def _said(self) -> tuple[str, ...]:
        """What was done to the pixels on the way."""
        header, notes = self.header, list(self.notes)
        if header.is_inverted:
            notes.append("MONOCHROME1 turned so that high is bright")
        if self.as_colours:
            notes.append("palette turned into RGB")
        elif header.photometric.startswith("YBR"):
            notes.append(f"{header.photometric} turned into RGB")
        if self.dtype != bool and not self.is_colour and pairs_of(self.headers) != {(1.0, 0.0)}:
            notes.append(self._rescaled())
        if header.spacing is not None:
            notes.append(f"pixel spacing from {header.spacing_from}")
        else:
            notes.append("no pixel spacing is stated")
        if any(header.padding for header in self.headers):
            notes.append("padded pixels are without data")
        return (*notes, *header.notes, *self.layout.notes)

    def _rescaled(self) -> str:
        pairs = pairs_of(self.headers)
        if len(pairs) > 1:
            return "the slope and intercept of each slice applied"
        slope, intercept = next(iter(pairs))
        return f"slope {slope:g} and intercept {intercept:g} applied"
