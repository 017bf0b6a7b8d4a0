"""Reading TIFF: tifffile decodes; Pillow what only it unpacks without further packages, and what is no plain number."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, FileError
from maskexpr.files.decoding import bounds, pillow, tags
from maskexpr.files.decoding.format import OpenFile, Pixels, Source, Window, native
from maskexpr.files.decoding.tags import COLOUR, MAYBE_LIBTIFFS, PALETTE, PILLOWS_OWN, RGB, WHITE_IS_ZERO, YCBCR, Page
from maskexpr.files.formats.tiff import missing, structure
from maskexpr.files.formats.tiff.structure import Structure
from maskexpr.kinds.grid import Grid

_SIZES_SHOWN = 3
_TIFFFILES_OWN = (1, 8, 32946, 32773, 34925)  # compressions that tifffile unpacks without imagecodecs
_SIZED = (8, 16, 32, 64)  # bits of numbers that it takes as they are
_RGB_NAMES = ("red", "green", "blue")

Planes = Callable[[Sequence[int]], Sequence[np.ndarray]]
"""The pages of some numbers, decoded: each of shape (M, N), or (M, N, samples)."""


def opened(file: OpenFile, kind: str | None) -> Source:
    """What a TIFF file holds: its first image of full size."""
    with file.scanning():
        pages = tags.read_pages(file.stream)
        found = structure.found(file, pages)
        used = [pages[0 if found.hidden else number] for number in found.planes]
        _check_declared(file, used)
    if used[0].planes > len(used):
        raise file.wrong(messages.FILE_PIXEL_TYPE, type=f"a MetaMorph stack of {used[0].planes} planes")
    if _is_for_pillow(file, pages, used) and not found.hidden:
        return _through_pillow(file, found, used, kind)
    return _through_tifffile(file, found, used)


def _check_declared(file: OpenFile, pages: Sequence[Page]) -> None:
    sizes = dict.fromkeys(f"{page.height} x {page.width}" for page in pages)
    if len(sizes) > 1:
        shown = ", ".join([*sizes][:_SIZES_SHOWN]) + (", ..." if len(sizes) > _SIZES_SHOWN else "")
        raise file.wrong(messages.FILE_PAGES_DIFFER, count=len(pages), what=shown)
    types = dict.fromkeys(page.pixel_type for page in pages)
    if len(types) > 1:
        raise file.wrong(messages.FILE_PAGES_DIFFER, count=len(pages), what=", ".join([*types][:_SIZES_SHOWN]))
    if not pages[0].width or not pages[0].height or any(page.is_cut for page in pages):
        raise file.broken()
    file.check(sum(page.pixels * -(-len(page.bits) // 4) for page in pages), bounds.PIXELS)
    promised = Counter[str]()
    for page in pages:
        size, packing = page.promise
        promised[packing] += size
    for packing, size in promised.items():
        file.check_promise(size, file.size, packing)
    if any(page.shares_chroma for page in pages):
        raise file.wrong(messages.FILE_PIXEL_TYPE, type="YCbCr colours that pixels share, without compression")
    if pages[0].depth > 1 and len(pages) > 1:
        raise file.wrong(messages.FILE_PIXEL_TYPE, type=f"{len(pages)} pages of {pages[0].depth} planes each")


# --- which decoder ---------------------------------------------------------------------------------------------------


def _is_for_pillow(file: OpenFile, pages: Sequence[Page], used: Sequence[Page]) -> bool:
    """Whether the pages are palettes or colours that have to be turned into RGB, or only Pillow can unpack them."""
    if used[0].depth > 1 or not all(page.pillow_is_exact for page in used):
        return False
    turned = used[0].photometric == PALETTE or (used[0].is_colour and used[0].photometric != RGB)
    small = min(used[0].bits) in (2, 4)
    if used[0].photometric == RGB and len(used[0].bits) > 3 and used[0].extra != (tags.UNASSOCIATED,):
        return False  # it takes what says nothing for an alpha, or divides by one
    if not (turned or small or _only_pillow_unpacks(used)):
        return False
    strange = next((page.compression for page in used if not _pillow_knows(page)), 0)
    if strange:
        if turned or small:
            raise file.not_decoded("Pillow", f"compression {strange}")
        return False
    if len(pages) > bounds.PILLOWS_PAGES.most and not (turned or small):
        return False
    file.check(len(pages), bounds.PILLOWS_PAGES)
    return True


def _only_pillow_unpacks(pages: Sequence[Page]) -> bool:
    if all(page.compression in _TIFFFILES_OWN for page in pages) or _has_codecs():
        return False
    return pillow.has_codec("libtiff_decoder") or all(page.compression in PILLOWS_OWN for page in pages)


def _pillow_knows(page: Page) -> bool:
    """Whether the compression is one that Pillow has a name for: the others it takes for damage."""
    from PIL.TiffImagePlugin import COMPRESSION_INFO

    return page.compression in COMPRESSION_INFO


def _has_codecs() -> bool:
    """Whether tifffile can unpack all that it knows: it is tried, as it may be an empty folder or for another NumPy."""
    try:
        import imagecodecs
        import tifffile

        return all(hasattr(*use) for use in ((tifffile, "TiffFile"), (imagecodecs, "webp_decode")))
    except Exception:  # whatever a package that cannot be used does when it is imported
        return False


# --- Pillow ----------------------------------------------------------------------------------------------------------


def _through_pillow(file: OpenFile, found: Structure, used: Sequence[Page], kind: str | None) -> Source:
    """All pages at once: what a palette is follows from all of them."""
    # Registered by hand: Pillow would load every decoder it has in search of the one for TIFF.
    import PIL.TiffImagePlugin  # noqa: F401

    page = used[0]
    layout = pillow.Layout(
        bits=page.bits[0],
        dtype=None if page.photometric in (*COLOUR, PALETTE) else page.dtype,
        frames=found.planes,
        orientation=page.orientation if page.orientation in pillow.TURNS else 0,
        alpha=True,
    )
    try:
        pixels = pillow.decode(file, kind, layout)
    except FileError as error:
        if error.code == messages.FILE_BROKEN.code and page.compression in MAYBE_LIBTIFFS and not _has_codecs():
            raise file.wrong(messages.FILE_NEEDS_CODECS, compression=_name_of(page)) from error
        if page.photometric != YCBCR or page.compressed or error.code != messages.FILE_BROKEN.code:
            raise
        # All samples are in the file, that was checked: Pillow before 13 takes them for others.
        raise file.not_decoded("Pillow", "YCbCr colours without compression") from error
    array = pixels.array
    notes = [note for note in pixels.notes if not note.endswith(" stacked") and (page.has_alpha or "alpha" not in note)]
    if page.photometric == WHITE_IS_ZERO and page.bits[0] <= 8:  # which Pillow inverts
        array = ~array if array.dtype == bool else _most(page, kind) - array
    planes = array if len(used) > 1 else array[None]
    image = _Image(file, found, page, planes.shape[1:], array.dtype, lambda numbers: [planes[i] for i in numbers])
    return image.source(tuple(notes), numbered=True)


def _most(page: Page, kind: str | None) -> np.uint8:
    """What Pillow subtracts from, for greys of few bits as they are decoded here."""
    bare = page.bits[0] in (2, 4) and kind in ("labels", "image")
    return np.uint8(2 ** page.bits[0] - 1 if bare else 255)


# --- tifffile --------------------------------------------------------------------------------------------------------


def _through_tifffile(file: OpenFile, found: Structure, used: Sequence[Page]) -> Source:
    page = used[0]
    if page.is_colour and (page.photometric != RGB or len(page.bits) < 3):
        raise file.wrong(messages.FILE_PIXEL_TYPE, type=page.pixel_type + " other than RGB")
    tifffile = _tifffile(file, page.pixel_type)
    pillow.keep_quiet("tifffile")
    file.stream.seek(0)
    with file.decoding("tifffile"):
        tiff = tifffile.TiffFile(file.stream)
        first = tiff.pages[0 if found.hidden else found.planes[0]]
        dtype = np.dtype(first.dtype)
    if dtype.kind not in "biuf":
        raise file.wrong(messages.FILE_PIXEL_TYPE, type=dtype.name)
    samples = (len(page.bits),) if len(page.bits) > 1 else ()
    shape = (*((page.depth,) if page.depth > 1 else ()), page.height, page.width, *samples)

    def paged(numbers: Sequence[int]) -> Iterator[np.ndarray]:
        for number in numbers:
            yield _page(file, tiff, number, page)

    def behind(numbers: Sequence[int]) -> Iterator[np.ndarray]:
        return _hidden(file, first, dtype.newbyteorder(tiff.byteorder), shape, numbers)

    if page.orientation in pillow.TURNS and page.orientation > 4:
        shape = (shape[1], shape[0], *shape[2:])
    notes = []
    if page.photometric == PALETTE:
        notes.append("palette indices kept")
    if page.orientation in pillow.TURNS:
        notes.append(pillow.TURNED)
    image = _Image(file, found, page, shape, dtype.newbyteorder("="), behind if found.hidden else paged)
    return image.source(tuple(notes))


def _page(file: OpenFile, tiff: Any, number: int, declared: Page) -> np.ndarray:
    with file.decoding("tifffile"):
        page = tiff.pages[number]
        read = (page.imagewidth, page.imagelength, page.imagedepth, page.samplesperpixel)
    if read != (declared.width, declared.height, declared.depth, len(declared.bits)):
        raise file.broken()  # it takes a damaged tag for another number than the one that was checked
    with file.decoding("tifffile"), _naming_codecs(file, declared):
        array: np.ndarray = page.asarray()
    samples, depth = len(declared.bits) > 1, declared.depth > 1
    if array.ndim == 2 + samples + depth and samples and page.axes[0] == "S":
        array = np.moveaxis(array, 0, -1)
    sides = (declared.depth, declared.height, declared.width)[1 - depth :]
    if array.shape != (*sides, *([len(declared.bits)] if samples else [])):
        raise file.wrong(messages.FILE_PIXEL_TYPE, type=f"pages of {array.ndim} dimensions")
    return pillow.upright(array, declared.orientation) if not depth else array


def _hidden(
    file: OpenFile, page: Any, dtype: np.dtype, shape: tuple[int, ...], numbers: Sequence[int]
) -> Iterator[np.ndarray]:
    """Planes that lie bare behind those of the first page, which alone has a directory."""
    start = page.dataoffsets[0] if page.dataoffsets else 0
    size = int(np.prod(shape)) * dtype.itemsize
    if page.compression != 1 or page.is_tiled or not page.is_contiguous or dtype.kind == "b":
        raise file.wrong(messages.FILE_PIXEL_TYPE, type="a stack without pages, compressed or of 1 bit")
    for number in numbers:
        with file.scanning():
            file.stream.seek(start + number * size)
            data = file.stream.read(size)
        if len(data) < size:
            raise file.broken()
        yield np.frombuffer(data, dtype).reshape(shape)


@contextmanager
def _naming_codecs(file: OpenFile, page: Page) -> Iterator[None]:
    """Run tifffile: what it cannot unpack itself is told from what is wrong."""
    try:
        yield
    except (ValueError, ImportError) as error:  # the latter where it looks for a module of a later Python
        if "imagecodecs" in str(error) or isinstance(error, ImportError):
            raise file.wrong(messages.FILE_NEEDS_CODECS, compression=_name_of(page)) from error
        raise


def _name_of(page: Page) -> str:
    return tags.NAMES.get(page.compression, f"number {page.compression}")


def _tifffile(file: OpenFile, pixel_type: str) -> Any:
    """The package, where it can be used: it may be for another NumPy, or a folder of its name."""
    try:
        import tifffile

        tifffile.TiffFile  # noqa: B018 - a folder without code has none
    except Exception as error:  # whatever a package that cannot be used does when it is imported
        why = " ".join(f"{type(error).__name__}: {error}".split())
        raise file.wrong(messages.FILE_TIFFFILE_UNUSABLE, type=pixel_type, why=why) from None
    return tifffile


# --- planes to an array ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Image:
    """Planes that are one image: what shape it has, and how it is read."""

    file: OpenFile
    found: Structure
    page: Page
    shape: tuple[int, ...]
    """Of one plane as it is decoded, upright."""
    dtype: np.dtype
    planes: "Callable[[Sequence[int]], Any]"

    def source(self, notes: tuple[str, ...], *, numbered: bool = False) -> Source:
        """`numbered`: the planes are asked for by their places among those used, not by their pages."""
        t, z, c = self.found.counts
        samples = self._samples
        outer = [n for n in (t, z) if n > 1]
        channels = c * (samples or 1)
        shape = (*outer, *self._sides, *((channels,) if channels > 1 else ()))
        dtype = np.dtype(np.uint8) if channels > 1 and self.dtype == bool else self.dtype
        spacing, said = self._spacing()
        grid = self._grid(channels)
        told = self._notes(notes, said)

        def read(window: Window | None) -> Pixels:
            array = self._read(window, numbered)
            said = list(told)
            array = self._without_grey_alpha(array, said)
            valid, nodata, note = missing.of_tag(self.page.nodata, array, channels > 1)
            warned: tuple[Diagnostic, ...] = ()
            if self.page.photometric == WHITE_IS_ZERO:
                warned = (messages.FILE_WHITE_IS_ZERO.anywhere(path=self.file.name, way_out=_inverted(self.page)),)
            notes = tuple(dict.fromkeys([*said, *([note] if note else [])]))
            return Pixels(array, channels > 1, notes, spacing, grid, valid, nodata, warned)

        return Source(shape, dtype, read, channels > 1, spacing, grid)

    @property
    def _has_grey_alpha(self) -> bool:
        has_two = len(self.shape) > len(self._sides) and self.shape[-1] == 2
        return has_two and self.page.has_alpha and not self.page.is_colour

    @property
    def _samples(self) -> int:
        """Of a pixel, alpha of a grey one aside; 0 where there is one."""
        return self.shape[-1] if len(self.shape) > len(self._sides) and not self._has_grey_alpha else 0

    @property
    def _sides(self) -> tuple[int, ...]:
        return self.shape[: 2 + (self.page.depth > 1)]

    def _read(self, window: Window | None, numbered: bool) -> np.ndarray:
        t, z, c = self.found.counts
        numbers: np.ndarray[Any, Any] = np.arange(t * z * c).reshape(t, z, c)
        parts = list(window or ())
        for axis, length in enumerate((t, z)):
            if length > 1 and parts:
                numbers = numbers[(slice(None),) * axis + (parts.pop(0),)]
        pages = [number if numbered else self.found.planes[number] for number in numbers.ravel().tolist()]
        array = self._stacked(pages).reshape(*numbers.shape, *self.shape)
        last = 2 + len(self._sides)
        if c > 1:  # behind the sides, in front of its samples
            array = np.moveaxis(array, 2, last)
            array = array.reshape(*array.shape[:last], -1) if self._samples else array
        else:
            array = array[:, :, 0]
        array = array[tuple(slice(None) if n > 1 else 0 for n in (t, z))]
        if parts:
            outer = (slice(None),) * ((t > 1) + (z > 1))
            array = array[(*outer, *parts)]
        return native(array.astype(np.uint8) if array.dtype == bool and (c > 1 or self._samples) else array)

    def _stacked(self, pages: Sequence[int]) -> np.ndarray:
        if len(pages) == 1:
            (plane,) = self.planes(pages)
            return np.asarray(plane)[None]
        array = np.empty((len(pages), *self.shape), self.dtype)
        for place, plane in enumerate(self.planes(pages)):
            array[place] = plane
        return array

    def _without_grey_alpha(self, array: np.ndarray, said: list[str]) -> np.ndarray:
        """That of a grey picture, which is a picture for all that."""
        return pillow.without_alpha(array, said) if self._has_grey_alpha else array

    def _grid(self, channels: int) -> Grid | None:
        t, z, c = self.found.counts
        names = self.found.channels if len(self.found.channels) == channels > 1 else ()
        if not names and c == 1 and self.page.is_colour and channels > 3:
            fourth = "alpha" if self.page.has_alpha else "channel 4"  # near infrared, say: the file does not say
            names = (*_RGB_NAMES, fourth, *(f"channel {number}" for number in range(5, channels + 1)))
        axes = ""
        if self.found.named or self.page.depth > 1:
            axes = "t" * (t > 1) + "z" * (z > 1 or self.page.depth > 1) + "yx"
        grid = Grid(axes=axes, channels=names)
        return None if grid == Grid() else grid

    def _spacing(self) -> "tuple[tuple[Any, ...] | None, str]":
        """Of all axes or none, and what is to be said where some have no size."""
        sizes = dict(self.found.sizes)
        if not {"y", "x"} <= set(sizes):
            return None, ""
        if self.page.orientation in pillow.TURNS and self.page.orientation > 4:
            sizes["y"], sizes["x"] = sizes["x"], sizes["y"]
        t, z, _ = self.found.counts
        has_z = z > 1 or self.page.depth > 1
        if has_z and "z" not in sizes:
            y, x = (f"{float(sizes[axis]):g}" for axis in "yx")
            return None, f"pixels of {y} x {x} mm, and no distance of planes: no spacing"
        return tuple(([1] if t > 1 else []) + ([sizes["z"]] if has_z else []) + [sizes["y"], sizes["x"]]), ""

    def _notes(self, notes: tuple[str, ...], said: str) -> tuple[str, ...]:
        t, z, c = self.found.counts
        found = [*self.found.notes, *notes]
        if self.found.named:
            many = [f"{n} {what}" for n, what in ((t, "times"), (z, "slices"), (c, "channels")) if n > 1]
            found += [", ".join(many)] if many else []
        elif z > 1:
            found.append(f"{z} pages stacked")
        return tuple(dict.fromkeys([*found, *([said] if said else [])]))


def _inverted(page: Page) -> str:
    """How to have white as the largest number."""
    if page.bits[0] == 1:
        return "write ~im where white is meant"
    most = f"{2 ** page.bits[0] - 1} " if page.sample_format == tags.UNSIGNED else ""
    return f"write {most}- im where white is meant"
