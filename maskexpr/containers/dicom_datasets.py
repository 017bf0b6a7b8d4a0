"""Datasets of pydicom: the numbers that samples stand for, as from a file. Results come back as plain arrays."""

import sys
from typing import Any

import numpy as np

from maskexpr.containers.container import Given, Library, Made
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError
from maskexpr.functions.arguments import Refused
from maskexpr.headers.dicom.geometry import Layout, laid_out
from maskexpr.headers.dicom.header import COLOURS, GREYS, Header, element_of, header_of
from maskexpr.headers.dicom.values import nodata_of, padded, pairs_of, stored_type, to_values, value_type

_AS_THEY_ARE = ("labels", "image")  # what the indices of a palette are kept for
_NAME = "the dataset"


def _holds(value: Any) -> bool:
    dataset = getattr(sys.modules.get("pydicom.dataset"), "Dataset", None)
    return dataset is not None and isinstance(value, dataset)


def _taken(value: Any, declared: str | None) -> Given:
    if element_of(value) not in value:
        raise Refused(messages.INPUT_DATASET, found="it has no pixels")
    meta = getattr(value, "file_meta", {})
    header = header_of(value, _NAME, 0, str(meta.get("TransferSyntaxUID") or ""))
    layout = _layout(header)
    as_colours = header.is_palette and declared not in _AS_THEY_ARE and not header.segmentation
    frames = _decoded(value, header, as_colours)
    if header.samples > 1 or as_colours:
        array = np.stack([frames[plane.frame] for plane in layout.planes if plane is not None])
        shape = (*layout.lead, *array.shape[1:])
        return Given(array.reshape(shape), layout.spacing, "colour", grid=layout.grid)
    array = np.zeros((len(layout.planes), header.rows, header.columns), value_type(header, pairs_of([header])))
    nodata = nodata_of([header])
    valid = None if nodata is not None or header.padding is None else np.ones(array.shape, bool)
    for index, plane in enumerate(layout.planes):
        if plane is None:
            continue
        stored = frames[plane.frame].astype(stored_type(header))  # a copy, as it is worked on
        if valid is not None and (where := padded(header, stored)) is not None:
            valid[index] = ~where
        if header.allocated == 1:
            array[index] = stored != header.is_inverted
        else:
            to_values(header, plane, stored, array[index])
    shape = (*layout.lead, header.rows, header.columns)
    kind = None if array.dtype == bool else "image"
    valid = None if valid is None else valid.reshape(shape)
    return Given(array.reshape(shape), layout.spacing, kind, grid=layout.grid, valid=valid, nodata=nodata)


def _layout(header: Header) -> Layout:
    """How its frames make up an array; what is not understood is refused."""
    known = (*GREYS, "PALETTE COLOR") if header.samples == 1 else COLOURS
    if header.samples not in (1, 3) or header.photometric not in known:
        raise Refused(messages.INPUT_DATASET, found=f"its pixels are {header.samples} of {header.photometric}")
    if header.segmentation == "FRACTIONAL" or (header.segmentation == "BINARY" and len(header.segments) > 1):
        raise Refused(messages.INPUT_DATASET, found="it is a segmentation of fractions or of several segments")
    try:
        return laid_out(_NAME, [header], header.planes, sparse=bool(header.segmentation))
    except FileError as error:
        raise Refused(messages.INPUT_DATASET, found=str(error.diagnostics[0].message)) from None


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


LIBRARY = Library(_holds, _taken, _given_back)
