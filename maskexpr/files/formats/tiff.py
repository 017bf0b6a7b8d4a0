"""TIFF: Pillow decodes the pages it decodes exactly, tifffile, where installed, the rest."""

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError
from maskexpr.files.decoding import bounds, pillow, tags, texts
from maskexpr.files.decoding.format import Format, OpenFile, Pixels, Raster, Writing, native, whole
from maskexpr.files.decoding.tags import (
    COLOUR,
    MAYBE_LIBTIFFS,
    PALETTE,
    PILLOWS_OWN,
    RGB,
    WHITE_IS_ZERO,
    YCBCR,
    Page,
    read_pages,
)

_SIZES_SHOWN = 3
_GREYS = ("uint8", "uint16", "int32", "float32")  # that Pillow writes
_BIG = 2**32 - 2**25  # bytes; beyond, the 32-bit offsets of a plain TIFF run out, tags and all


def _decode(file: OpenFile, kind: str | None) -> Pixels:
    """The page of a TIFF file, or the stack of its pages; reduced copies of pages are passed over."""
    with file.scanning():
        found = read_pages(file.stream)
        numbers = [number for number, page in enumerate(found) if not page.is_copy] or [0]
        pages = [found[number] for number in numbers]
        _check_declared(file, pages)
    notes = [] if len(pages) == len(found) else ["reduced-size copies skipped"]
    if pages[0].photometric == RGB and len(pages[0].bits) > 3 + pages[0].has_alpha:
        notes.append("extra channels ignored")
    if _is_for_tifffile(file, len(found), pages):
        return _through_tifffile(file, numbers, pages, kind, notes)
    return _through_pillow(file, numbers, pages[0], kind, notes)


def _is_for_tifffile(file: OpenFile, found: int, pages: Sequence[Page]) -> bool:
    """Whether Pillow would change a sample, or cannot unpack the pages, or takes long for so many."""
    if _has_hidden_pages(pages) or not all(page.pillow_is_exact for page in pages):
        return True
    strange = next((page.compression for page in pages if not _pillow_knows(page)), 0)
    if not all(page.tifffile_is_alike for page in pages):
        if strange:
            raise file.not_decoded("Pillow", f"compression {strange}")
        file.check(found, bounds.PILLOWS_PAGES)
        return False
    return bool(strange) or found > bounds.PILLOWS_PAGES.most or not _pillow_unpacks(pages)


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
    file.check(sum(page.width * page.height for page in pages), bounds.PIXELS)
    promised = Counter[str]()
    for page in pages:
        size, packing = page.promise
        promised[packing] += size
    for packing, size in promised.items():
        file.check_promise(size, file.size, packing)
    if any(page.shares_chroma for page in pages):
        raise file.wrong(messages.FILE_PIXEL_TYPE, type="YCbCr colours that pixels share, without compression")


def _pillow_knows(page: Page) -> bool:
    """Whether the compression is one that Pillow has a name for: the others it takes for damage."""
    from PIL.TiffImagePlugin import COMPRESSION_INFO

    return page.compression in COMPRESSION_INFO


def _pillow_unpacks(pages: Sequence[Page]) -> bool:
    if any(page.compression in MAYBE_LIBTIFFS for page in pages) and _has_codecs():
        return False
    return pillow.has_codec("libtiff_decoder") or all(page.compression in PILLOWS_OWN for page in pages)


def _has_codecs() -> bool:
    """Whether tifffile can unpack all that it knows: it is tried, as it may be an empty folder or for another NumPy."""
    try:
        import imagecodecs
        import tifffile

        return all(hasattr(*use) for use in ((tifffile, "TiffFile"), (imagecodecs, "webp_decode")))
    except Exception:  # whatever a package that cannot be used does when it is imported
        return False


def _has_hidden_pages(pages: Sequence[Page]) -> bool:
    """Whether this is an ImageJ stack whose further pages have no tags of their own."""
    images = re.match(rb"ImageJ=[^\0]*?\nimages=(\d+)", pages[0].description)
    return images is not None and int(images[1]) > len(pages)


def _through_pillow(file: OpenFile, numbers: Sequence[int], page: Page, kind: str | None, notes: list[str]) -> Pixels:
    # Registered by hand: Pillow would load every decoder it has in search of the one for TIFF.
    import PIL.TiffImagePlugin  # noqa: F401

    if page.photometric == WHITE_IS_ZERO:
        notes.append(f"white-is-zero numbers {'inverted' if page.bits[0] <= 8 else 'kept as stored'}")
    layout = pillow.Layout(
        bits=page.bits[0],
        dtype=None if page.photometric in (*COLOUR, PALETTE) else page.dtype,
        frames=numbers,
        orientation=page.orientation if page.orientation in pillow.TURNS else 0,
    )
    try:
        pixels = pillow.decode(file, kind, layout, notes)
    except FileError as error:
        if error.code == messages.FILE_BROKEN.code and page.compression in MAYBE_LIBTIFFS and not _has_codecs():
            raise file.wrong(messages.FILE_NEEDS_CODECS) from error
        if page.photometric != YCBCR or page.compressed or error.code != messages.FILE_BROKEN.code:
            raise
        # All samples are in the file, that was checked: Pillow before 13 takes them for others.
        raise file.not_decoded("Pillow", "YCbCr colours without compression") from error
    if not page.has_alpha:  # Pillow takes one that nothing is said of for an alpha, and before 11 any
        return replace(pixels, notes=tuple(note for note in pixels.notes if not note.startswith("alpha ")))
    return pixels


def _through_tifffile(
    file: OpenFile, numbers: Sequence[int], pages: Sequence[Page], kind: str | None, notes: list[str]
) -> Pixels:
    many = f"{len(pages):,} pages" if len(pages) > bounds.PILLOWS_PAGES.most else pages[0].pixel_type
    tifffile = _tifffile(file, many)
    pillow.keep_quiet("tifffile")
    file.stream.seek(0)
    with file.decoding("tifffile"), _naming_codecs(file), tifffile.TiffFile(file.stream) as tiff:
        if _has_hidden_pages(pages):
            return _hidden_stack(file, tiff, notes)
        frames = [_frame(file, tiff.pages[number], page) for number, page in zip(numbers, pages, strict=True)]
    if not pages[0].is_colour and frames[0].array.ndim == 3 and not _is_grey_with_alpha(pages[0]):
        return _bands(frames, notes)
    return pillow.assembled(frames, kind, pillow.Layout(), notes)


@contextmanager
def _naming_codecs(file: OpenFile) -> Iterator[None]:
    """Run tifffile: what it cannot unpack itself is told from what is wrong."""
    try:
        yield
    except (ValueError, ImportError) as error:  # the latter where it looks for a module of a later Python
        if "imagecodecs" in str(error) or isinstance(error, ImportError):
            raise file.wrong(messages.FILE_NEEDS_CODECS) from error
        raise


def _tifffile(file: OpenFile, pixel_type: str) -> Any:
    """The package, where it can be used: it may not be there, or be for another NumPy, or a folder of its name."""
    try:
        import tifffile

        tifffile.TiffFile  # noqa: B018 - a folder without code has none
    except ModuleNotFoundError:
        raise file.wrong(messages.FILE_NEEDS_TIFFFILE, type=pixel_type) from None
    except Exception as error:  # whatever a package that cannot be used does when it is imported
        why = " ".join(f"{type(error).__name__}: {error}".split())
        raise file.wrong(messages.FILE_TIFFFILE_UNUSABLE, type=pixel_type, why=why) from None
    return tifffile


def _hidden_stack(file: OpenFile, tiff: Any, notes: Sequence[str]) -> Pixels:
    series = tiff.series[0]
    file.check(series.size, bounds.PIXELS)
    file.check_promise(series.nbytes, file.size, "stored")
    return Pixels(_numbers(file, series.asarray()), colour="S" in series.axes, notes=(*notes, "ImageJ stack"))


def _frame(file: OpenFile, page: Any, declared: Page) -> pillow.Frame:
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
    if declared.orientation in pillow.TURNS:
        array = pillow.upright(array, declared.orientation)
        notes.append(pillow.TURNED)
    return pillow.Frame(array, notes=tuple(notes))


def _is_grey_with_alpha(page: Page) -> bool:
    return len(page.bits) == 2 and page.has_alpha


def _bands(frames: Sequence[pillow.Frame], notes: Sequence[str]) -> Pixels:
    """Several grey channels, as satellites and microscopes make them, are a stack of images and not a colour."""
    pages = [np.ascontiguousarray(np.moveaxis(frame.array, -1, 0)) for frame in frames]
    array = pages[0] if len(pages) == 1 else np.stack(pages)
    said = dict.fromkeys([*notes, *frames[0].notes, f"{len(pages[0])} bands stacked along the first axis"])
    return Pixels(native(array), colour=False, notes=tuple(said))


def _numbers(file: OpenFile, array: np.ndarray) -> np.ndarray:
    if array.dtype.kind not in "biuf":
        raise file.wrong(messages.FILE_PIXEL_TYPE, type=array.dtype.name)
    return native(array)


# --- writing ---------------------------------------------------------------------------------------------------------


def _holds(raster: Raster) -> bool:
    array, kind = raster.array, raster.kind
    colour = kind == "colour"
    axes = array.ndim - colour
    is_plane_or_stack = axes == 2 or (axes == 3 and len(array) > 1)
    return is_plane_or_stack and array.size > 0 and array.dtype.name in (("uint8",) if colour else _GREYS)


def _encode(raster: Raster) -> bytes:
    array, kind = raster.array, raster.kind
    import PIL.Image
    import PIL.TiffImagePlugin  # registered by hand, or Pillow would load all its formats

    stack = array if array.ndim - (kind == "colour") == 3 else array[None]
    first, *others = (PIL.Image.fromarray(page) for page in stack)
    more = {"save_all": True, "append_images": others} if others else {}
    stream = io.BytesIO()
    compression = "tiff_adobe_deflate" if pillow.has_codec("libtiff_encoder") else None
    first.save(stream, "TIFF", compression=compression, big_tiff=array.nbytes > _BIG, **more)
    return stream.getvalue()


def _with_text(file: bytes, text: str) -> bytes:
    return tags.with_texts(file, {tags.DESCRIPTION: texts.keyless(text).encode("ascii"), tags.SOFTWARE: texts.NAME})


def _text(file: OpenFile) -> str | None:
    text = texts.told(tags.description(file.stream, bounds.MOST_TEXT))
    if text and texts.keyless(text) != text:
        return None  # tifffile's: metadata that somebody gave it by our name, and the shape behind
    return text and texts.with_keys(text)


FORMAT = Format(
    "TIFF",
    (".tif", ".tiff"),
    begins=lambda head: head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    open=whole(_decode),
    writing=Writing(_holds, _encode, with_text=_with_text),
    text=_text,
)
