"""Datasets of pydicom, one or those of a series: the numbers that samples stand for, as from files.

Results come back as plain arrays.
"""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from maskexpr.containers.container import Given, Library, Made
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError
from maskexpr.functions.arguments import Refused
from maskexpr.headers.dicom.geometry import Layout, laid_out, ways_alike
from maskexpr.headers.dicom.groups import Plane
from maskexpr.headers.dicom.header import COLOURS, GREYS, Header, element_of, header_of
from maskexpr.headers.dicom.values import nodata_of, padded, pairs_of, stored_type, to_values, value_type

_AS_THEY_ARE = ("labels", "image")  # what the indices of a palette are kept for
_NAME = "the dataset"


def _holds(value: Any) -> bool:
    dataset = getattr(sys.modules.get("pydicom.dataset"), "Dataset", None)
    return dataset is not None and isinstance(value, dataset)


def _taken(value: Any, declared: str | None) -> Given:
    return _together([value], declared)


def _together(values: Sequence[Any], declared: str | None) -> Given:
    """The datasets of one series, in the order that they lie in."""
    headers = [_header(value, number) for number, value in enumerate(values)]
    layout = _layout(headers)
    planes, first = layout.planes, headers[0]
    as_colours = first.is_palette and declared not in _AS_THEY_ARE and not first.segmentation
    frames = [_decoded(value, header, as_colours) for value, header in zip(values, headers, strict=True)]
    if first.samples > 1 or as_colours:
        array = np.stack([frames[plane.file][plane.frame] for plane in planes if plane is not None])
        return Given(array.reshape(*layout.lead, *array.shape[1:]), layout.spacing, "colour", grid=layout.grid)
    types = {value_type(header, pairs_of([header])) for header in headers}
    array = np.zeros((len(planes), first.rows, first.columns), np.result_type(*types))
    nodata = nodata_of(headers)
    valid = np.ones(array.shape, bool)
    for index, plane in enumerate(planes):
        if plane is not None:
            stored = frames[plane.file][plane.frame].astype(stored_type(headers[plane.file]))  # a copy, to be worked on
            valid[index] = _filled(headers[plane.file], plane, stored, array[index])
    shape = (*layout.lead, first.rows, first.columns)
    kind = None if array.dtype == bool else "image"
    holes = None if nodata is not None or valid.all() else valid.reshape(shape)
    return Given(array.reshape(shape), layout.spacing, kind, grid=layout.grid, valid=holes, nodata=nodata)


def _filled(header: Header, plane: Plane, stored: Any, out: Any) -> Any:
    """Put the numbers that samples stand for into an array; where they are data."""
    where = padded(header, stored)
    if header.allocated == 1:
        out[...] = stored != header.is_inverted
    else:
        to_values(header, plane, stored, out)
    return True if where is None else ~where


def _header(value: Any, number: int) -> Header:
    """What a dataset says, which is so many of a series; what is not understood is refused."""
    if not _holds(value) or element_of(value) not in value:
        raise Refused(messages.INPUT_DATASET, found="it has no pixels")
    meta = getattr(value, "file_meta", {})
    header = header_of(value, f"dataset {number + 1}", number, str(meta.get("TransferSyntaxUID") or ""))
    known = (*GREYS, "PALETTE COLOR") if header.samples == 1 else COLOURS
    if header.samples not in (1, 3) or header.photometric not in known:
        raise Refused(messages.INPUT_DATASET, found=f"its pixels are {header.samples} of {header.photometric}")
    if header.segmentation == "FRACTIONAL" or (header.segmentation == "BINARY" and len(header.segments) > 1):
        raise Refused(messages.INPUT_DATASET, found="it is a segmentation of fractions or of several segments")
    return header


def _layout(headers: Sequence[Header]) -> Layout:
    """How the frames make up an array, in the order that they were given in."""
    first, planes = headers[0], [plane for header in headers for plane in header.planes]
    keys = {(h.series, h.rows, h.columns, h.samples, h.is_palette, h.allocated == 1) for h in headers}
    if len(keys) > 1 or not all(ways_alike(planes[0], plane) for plane in planes):
        raise Refused(messages.INPUT_DATASET, found="its images are of several series, sizes or directions")
    try:
        layout = laid_out(_NAME, headers, planes, sparse=bool(first.segmentation))
    except FileError as error:
        raise Refused(messages.INPUT_DATASET, found=error.diagnostics[0].message) from None
    order = [plane.file for plane in layout.planes if plane is not None]
    if len(headers) > 1 and order != sorted(order):
        raise Refused(messages.INPUT_SLICES)
    return layout


def _decoded(value: Any, header: Header, as_colours: bool) -> Any:
    """Its frames, decoded by pydicom; colours are RGB."""
    from pydicom.pixels.processing import apply_color_lut  # which is there, as a value of its library is
    from pydicom.pixels.utils import pixel_array

    array = pixel_array(value)
    if as_colours:
        array = np.asarray(apply_color_lut(array, value)[..., :3])
    return array if header.frames > 1 else array[np.newaxis]


def _given_back(value: Any, made: Made) -> Any:
    return None


LIBRARY = Library(_holds, _taken, _given_back, _together)
