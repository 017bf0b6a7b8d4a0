"""What Pillow does for several formats: it decodes their frames, through imageio, and encodes one.

What would be changed on the way, of palettes, alpha and orientation, is undone here, or said in the notes.
"""

import io
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.files.decoding import bounds
from maskexpr.files.decoding.format import OpenFile, Pixels, Source, native, not_read

_OLDEST = (10, 1)
"""The Pillow that reads what these modules say. Older ones mistake signed TIFFs, and have no letters for plots."""
_BARE_NUMBERS = ("labels", "image")


@dataclass(frozen=True, slots=True)
class Layout:
    """What a file's own header says of its pixels, beyond what Pillow tells."""

    bits: int | None = None
    dtype: np.dtype | None = None
    frames: Sequence[int] = (0,)
    animated: bool = False  # whether frames are drawn over those before, and so have no palette of their own
    orientation: int | None = None
    """EXIF orientation which the decoder applies itself (0: none was set); None where it is for this module to do."""
    alpha: bool = False
    """Whether that of colours stays as their last channel."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One page: its samples, shape (M, N), or (M, N, channels) with 3 colours, an alpha, or both; notes on the way."""

    array: np.ndarray
    palette: bool = False
    notes: tuple[str, ...] = ()


def open_reader(stream: BinaryIO) -> Any:
    """imageio's reader over Pillow. It takes the stream, and closes it when done."""
    import imageio.v3
    import PIL.Image

    # Pillow's own limit, an error at twice this, would stop large radiographs; ours is tested before decoding.
    PIL.Image.MAX_IMAGE_PIXELS = bounds.PIXELS.most // 2
    keep_quiet("PIL")
    return imageio.v3.imopen(stream, "r", plugin="pillow")


def _refuse_old(file: OpenFile) -> None:
    """imageio goes with a Pillow of any age, and pip leaves alone one that is there."""
    import PIL

    if tuple(int(number) for number in re.findall(r"\d+", PIL.__version__)[:2]) < _OLDEST:
        raise file.wrong(messages.FILE_NEEDS_PILLOW, found=PIL.__version__, oldest="{}.{}".format(*_OLDEST))


def has_codec(name: str) -> bool:
    """Whether Pillow was built with a library, from the name of what decodes or encodes by it: "libtiff_decoder"."""
    import PIL.Image

    return hasattr(PIL.Image.core, name)  # type: ignore[attr-defined]  # its own modules ask so


def keep_quiet(logger: str) -> None:
    """Without a handler of its own, a library's complaints about damaged files would land on stderr."""
    log = logging.getLogger(logger)
    if not log.handlers:
        log.addHandler(logging.NullHandler())


def wide_grey(stream: BinaryIO) -> np.ndarray:
    """The samples of a 16-bit grey PNG."""
    with open_reader(stream) as reader:
        array: np.ndarray = reader.read(index=0, mode="I;16", writeable_output=False)
        return array


def decode(file: OpenFile, kind: str | None, layout: Layout, notes: Sequence[str] = ()) -> Pixels:
    """Decode with Pillow; `layout` comes from the format's own header where that says more."""
    _refuse_old(file)
    with file.decoding("Pillow"), open_reader(file.stream) as reader:
        rows, columns = reader.properties(index=0).shape[:2]
        file.check(rows * columns, bounds.PIXELS)
        frames = [_frame(file, reader, index, kind, layout) for index in layout.frames]
        return assembled(frames, kind, layout, notes)


def glance(file: OpenFile, kind: str | None) -> Source:
    """What the header tells of a picture of one frame."""
    _refuse_old(file)
    with file.decoding("Pillow"), open_reader(file.stream) as reader:
        found = reader.metadata(index=0, exclude_applied=False)
        rows, columns = reader.properties(index=0).shape[:2]
        file.check(rows * columns, bounds.PIXELS)
    mode = found["mode"]
    colour = kind not in _BARE_NUMBERS if mode in ("P", "PA") else mode not in ("1", "L", "LA")
    is_turned = found.get("Orientation", 1) in _ON_ITS_SIDE
    shape = (columns, rows) if is_turned else (rows, columns)
    return Source((*shape, 3) if colour else shape, np.dtype(bool if mode == "1" else np.uint8), not_read, colour)


def _frame(file: OpenFile, reader: Any, index: int, kind: str | None, layout: Layout) -> Frame:
    # The orientation is asked for below: imageio looks at palettes too then, and up to Pillow 12.2 that of a BMP is one
    # only when its pixels are loaded.
    meta = reader.metadata(index=index, exclude_applied=True)
    mode, notes = meta["mode"], list[str]()
    # The mode is always asked for: loading a GIF's frame may change it, and Pillow then hands NumPy too short a buffer.
    wanted, indexed = mode, mode in ("P", "PA")
    if mode == "LAB":
        raise file.wrong(messages.FILE_PIXEL_TYPE, type="CIELAB colours")
    if layout.animated:
        wanted, indexed = "RGB", True
    elif mode in ("CMYK", "YCbCr"):
        wanted = "RGB"
        notes.append(f"{mode} turned into RGB")
    elif indexed and kind in _BARE_NUMBERS:
        indexed = False
        notes.append("palette indices kept")
    elif indexed:
        wanted = "RGBA" if mode == "PA" or "transparency" in meta else "RGB"
    elif "transparency" in meta:
        notes.append("transparent colour ignored")
    array = reader.read(index=index, mode=wanted, writeable_output=False)
    if mode == "L" and layout.bits in (2, 4):
        array, note = _small_greys(array, kind, layout.bits)
        notes.append(note)
    orientation = layout.orientation
    if orientation is None:
        orientation = reader.metadata(index=index, exclude_applied=False).get("Orientation", 1)
        array = upright(array, orientation)
    if orientation in TURNS:
        notes.append(TURNED)
    return Frame(_as_declared(array, layout.dtype), indexed, tuple(notes))


TURNED = "EXIF rotation applied"
TURNS: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: np.swapaxes(a, 0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.swapaxes(a[::-1, ::-1], 0, 1),
    8: lambda a: np.rot90(a, 1),
}

_ON_ITS_SIDE = (5, 6, 7, 8)


def upright(array: np.ndarray, orientation: int) -> np.ndarray:
    """The array as a viewer shows it, from the EXIF orientation it was stored with."""
    turn = TURNS.get(orientation)
    return array if turn is None else np.ascontiguousarray(turn(array))


def _as_declared(array: np.ndarray, declared: np.dtype | None) -> np.ndarray:
    """Pillow keeps int8 in uint8, uint32 and int16 in int32: back to the type the file declares, bit for bit. What is
    on in its bools are bytes of 255, where others have 1."""
    if array.dtype == bool:
        return np.asarray(array.view(np.uint8) != 0)
    if declared is None or array.ndim > 2 or array.dtype == declared:
        return array
    array = native(array)
    return array.view(declared) if array.dtype.itemsize == declared.itemsize else array.astype(declared)


def assembled(frames: Sequence[Frame], kind: str | None, layout: Layout, notes: Sequence[str] = ()) -> Pixels:
    """One picture of all frames: alpha dropped, palettes of greys undone, pages stacked along a new first axis."""
    said = [*notes, *(note for frame in frames for note in frame.notes)]
    keeps = layout.alpha and all(frame.array.ndim == 3 for frame in frames)
    pages = [frame.array if keeps else without_alpha(frame.array, said) for frame in frames]
    if len({page.ndim for page in pages}) > 1:
        pages = [page if page.ndim == 3 else np.repeat(page[..., None], 3, axis=2) for page in pages]
    array = pages[0] if len(pages) == 1 else np.stack(pages)
    if len(pages) > 1:
        said.append(f"{len(pages)} {'frames' if layout.animated else 'pages'} stacked")
    colour = pages[0].ndim == 3
    if any(frame.palette for frame in frames):
        colour, array = _without_grey_palette(array, kind, layout, said)
    return Pixels(native(array), colour, tuple(dict.fromkeys(said)))


def without_alpha(array: np.ndarray, said: list[str]) -> np.ndarray:
    """The array with no last channel of alpha, if it has one; what that held is said."""
    if array.ndim == 2 or array.shape[2] == 3:
        return array
    alpha = array[..., -1]
    full = 1 if alpha.dtype.kind == "f" else np.iinfo(alpha.dtype).max
    opaque = bool((alpha == full).all())
    said.append("alpha dropped: all pixels are opaque" if opaque else "alpha ignored")
    return np.ascontiguousarray(array[..., 0] if array.shape[2] == 2 else array[..., :3])


def _without_grey_palette(
    array: np.ndarray, kind: str | None, layout: Layout, said: list[str]
) -> tuple[bool, np.ndarray]:
    grey = array[..., 0]
    if kind == "colour" or (array[..., 1:] != array[..., :1]).any():
        said.append("palette turned into RGB")
        return True, array
    if layout.bits == 1 and np.isin(grey, (0, 255)).all():
        said.append("palette of black and white turned into a mask")
        return False, grey == 255
    said.append("palette of greys turned into grey levels")
    return False, np.ascontiguousarray(grey)


def _small_greys(array: np.ndarray, kind: str | None, bits: int) -> tuple[np.ndarray, str]:
    """Decoders spread 2- and 4-bit greys over 0 to 255, which is right to look at and wrong for labels."""
    if kind not in _BARE_NUMBERS:
        return array, f"{bits}-bit greys spread over 0 to 255"
    bare: np.ndarray = array // (255 // (2**bits - 1))
    return bare, f"{bits}-bit numbers kept"


def encode_frame(array: np.ndarray, format: str) -> bytes:
    """The bytes of a file of one frame, in a format by the name that Pillow has for it."""
    import PIL.Image

    stream = io.BytesIO()
    PIL.Image.fromarray(array).save(stream, format)
    return stream.getvalue()
