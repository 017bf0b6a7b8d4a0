"""TIFF: Pillow decodes the pages it decodes exactly, tifffile, where installed, the rest."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.files.formats import pixels
from maskexpr.files.formats.opening import OpenFile, Picture
from maskexpr.files.formats.tags import COLOUR, PALETTE, RGB, WHITE_IS_ZERO, Page, read_pages

_SIZES_SHOWN = 3


def decode(file: OpenFile, kind: str | None) -> Picture:
    """The page of a TIFF file, or the stack of its pages; reduced copies of pages are passed over."""
    with file.decoding():
        found = read_pages(file.stream)
        numbers = [number for number, page in enumerate(found) if not page.is_copy] or [0]
        pages = [found[number] for number in numbers]
        _check_declared(file, pages)
        notes = [] if len(pages) == len(found) else ["reduced-size copies skipped"]
        if pages[0].photometric == RGB and len(pages[0].extra) > pages[0].has_alpha:
            notes.append("extra channels ignored")
        if _has_hidden_pages(pages) or not all(page.pillow_is_exact for page in pages):
            return _through_tifffile(file, numbers, pages, kind, notes)
        return _through_pillow(file, numbers, pages[0], kind, notes)


def _check_declared(file: OpenFile, pages: Sequence[Page]) -> None:
    sizes = dict.fromkeys(f"{page.height} x {page.width}" for page in pages)
    if len(sizes) > 1:
        shown = ", ".join([*sizes][:_SIZES_SHOWN]) + (", ..." if len(sizes) > _SIZES_SHOWN else "")
        raise file.wrong(messages.FILE_PAGES_DIFFER, count=len(pages), what=shown)
    types = dict.fromkeys(page.pixel_type for page in pages)
    if len(types) > 1:
        raise file.wrong(messages.FILE_PAGES_DIFFER, count=len(pages), what=", ".join([*types][:_SIZES_SHOWN]))
    if not pages[0].width or not pages[0].height:
        raise file.broken()
    file.check_pixels(sum(page.width * page.height for page in pages))
    file.check_promise(sum(page.stored_bytes for page in pages), file.size, "stored")


def _has_hidden_pages(pages: Sequence[Page]) -> bool:
    """Whether this is an ImageJ stack whose further pages have no tags of their own."""
    images = re.match(rb"ImageJ=[^\0]*?\nimages=(\d+)", pages[0].description)
    return images is not None and int(images[1]) > len(pages)


def _through_pillow(file: OpenFile, numbers: Sequence[int], page: Page, kind: str | None, notes: list[str]) -> Picture:
    # Registered by hand: Pillow would load every decoder it has in search of the one for TIFF.
    import PIL.TiffImagePlugin  # noqa: F401

    if page.photometric == WHITE_IS_ZERO:
        notes.append(f"white-is-zero numbers {'inverted' if page.bits[0] <= 8 else 'kept as stored'}")
    layout = pixels.Layout(
        bits=page.bits[0],
        dtype=None if page.photometric in (*COLOUR, PALETTE) else page.dtype,
        frames=numbers,
        orientation=page.orientation if page.orientation in pixels.TURNS else 0,
    )
    return pixels.decode(file, kind, layout, notes)


def _through_tifffile(
    file: OpenFile, numbers: Sequence[int], pages: Sequence[Page], kind: str | None, notes: list[str]
) -> Picture:
    try:
        import tifffile
    except ImportError:
        raise file.wrong(messages.FILE_NEEDS_TIFFFILE, type=pages[0].pixel_type) from None
    pixels.keep_quiet("tifffile")
    file.stream.seek(0)
    try:
        with tifffile.TiffFile(file.stream) as tiff:
            if _has_hidden_pages(pages):
                return _hidden_stack(file, tiff, notes)
            frames = [_frame(file, tiff.pages[number], page) for number, page in zip(numbers, pages, strict=True)]
    except ValueError as error:
        if "imagecodecs" in str(error):
            raise file.wrong(messages.FILE_NEEDS_CODECS) from error
        raise
    if not pages[0].is_colour and frames[0].array.ndim == 3 and not _is_grey_with_alpha(pages[0]):
        return _bands(file, frames, notes)
    return pixels.assembled(file, frames, kind, pixels.Layout(), notes)


def _hidden_stack(file: OpenFile, tiff: Any, notes: Sequence[str]) -> Picture:
    series = tiff.series[0]
    file.check_pixels(series.size)
    file.check_promise(series.nbytes, file.size, "stored")
    return Picture(_numbers(file, series.asarray()), colour="S" in series.axes, notes=(*notes, "ImageJ stack"))


def _frame(file: OpenFile, page: Any, declared: Page) -> pixels.Frame:
    if declared.is_colour and (declared.photometric != RGB or len(declared.bits) < 3):
        raise file.wrong(messages.FILE_PIXEL_TYPE, type=declared.pixel_type + " other than RGB")
    array = _numbers(file, page.asarray())
    if array.ndim == 3 and page.axes[0] == "S":
        array = np.moveaxis(array, 0, -1)
    if array.shape[:2] != (declared.height, declared.width) or array.ndim > 3:
        raise file.wrong(messages.FILE_PIXEL_TYPE, type=f"pages of {array.ndim} dimensions")
    if declared.is_colour:
        array = array[..., : 3 + declared.has_alpha]
    notes = []
    if declared.photometric == PALETTE:
        notes.append("palette indices kept")
    if declared.photometric == WHITE_IS_ZERO:
        notes.append("white-is-zero numbers kept as stored")
    if declared.orientation in pixels.TURNS:
        array = pixels.upright(array, declared.orientation)
        notes.append(pixels.TURNED)
    return pixels.Frame(array, notes=tuple(notes))


def _is_grey_with_alpha(page: Page) -> bool:
    return len(page.bits) == 2 and page.has_alpha


def _bands(file: OpenFile, frames: Sequence[pixels.Frame], notes: Sequence[str]) -> Picture:
    """Several grey channels, as satellites and microscopes make them, are a stack of images and not a colour."""
    pages = [np.ascontiguousarray(np.moveaxis(frame.array, -1, 0)) for frame in frames]
    array = pages[0] if len(pages) == 1 else np.stack(pages)
    said = dict.fromkeys([*notes, *frames[0].notes, f"{len(pages[0])} bands stacked along the first axis"])
    return Picture(pixels.native(array), colour=False, notes=tuple(said))


def _numbers(file: OpenFile, array: np.ndarray) -> np.ndarray:
    if array.dtype.kind not in "biuf":
        raise file.wrong(messages.FILE_PIXEL_TYPE, type=array.dtype.name)
    return pixels.native(array)
