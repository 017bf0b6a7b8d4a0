"""The pixels of frames: decoded as they are stored, then turned into the numbers that they stand for."""

import functools
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.files.decoding.format import OpenFile
from maskexpr.files.formats.dicom.groups import Plane
from maskexpr.files.formats.dicom.headers import DECODER, Header, dataset

if TYPE_CHECKING:
    from pydicom import Dataset

Pair = tuple[float, float]  # slope and intercept

_EXACT_IN_32_BITS = 2**24
_PACKAGES = {
    "1.2.840.10008.1.2.4.80": "pyjpegls",
    "1.2.840.10008.1.2.4.81": "pyjpegls",
    "1.2.840.10008.1.2.4.90": "pylibjpeg-openjpeg",
    "1.2.840.10008.1.2.4.91": "pylibjpeg-openjpeg",
    "1.2.840.10008.1.2.4.201": "pylibjpeg-openjpeg",
    "1.2.840.10008.1.2.4.202": "pylibjpeg-openjpeg",
    "1.2.840.10008.1.2.4.203": "pylibjpeg-openjpeg",
}
_EXTENDED = "1.2.840.10008.1.2.4.51"
_SIZE_OF_J2K = b"\xff\x4f\xff\x51"  # a codestream begins so
_FRAME_HEADERS = {*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC}  # markers of JPEG and JPEG-LS
_FIRST, _SCAN = 0xC0, 0xDA
_SEARCHED = 4096


def stored_type(header: Header) -> np.dtype[Any]:
    """Of samples as they are stored."""
    if header.is_floating:
        return np.dtype(f"f{header.allocated // 8}")
    if header.allocated == 1:
        return np.dtype(bool)
    return np.dtype(f"{'i' if header.is_signed else 'u'}{header.allocated // 8}")


def value_type(header: Header, pairs: set[Pair]) -> np.dtype[Any]:
    """Of the numbers that samples stand for: the smallest that holds all that there can be, exactly."""
    dtype = stored_type(header)
    if pairs == {(1.0, 0.0)} or header.allocated == 1 or header.samples > 1:
        return dtype
    if header.is_floating:
        return np.dtype(np.float64)
    exact = [(Fraction(slope), Fraction(intercept)) for slope, intercept in pairs]
    ends = _ends(header, pairs)
    if all(part.denominator == 1 for pair in exact for part in pair):
        return _whole_type(ends)
    unit = max(part.denominator for pair in exact for part in pair)
    return np.dtype(np.float32 if max(map(abs, ends)) * unit <= _EXACT_IN_32_BITS else np.float64)


def common_type(found: Sequence[tuple[Header, set[Pair]]]) -> np.dtype[Any]:
    """Of the numbers that samples of several files stand for. Whole ones of 12 bits that differ by an intercept come to
    int16, where the types of the two would to int32."""
    types = {value_type(header, pairs) for header, pairs in found}
    if len(types) > 1 and all(dtype.kind in "iu" for dtype in types):
        return _whole_type([end for header, pairs in found for end in _ends(header, pairs)])
    return np.result_type(*types)


def _ends(header: Header, pairs: set[Pair]) -> list[Fraction]:
    """Among them are the least and the greatest number that samples can stand for."""
    return [Fraction(slope) * end + Fraction(intercept) for slope, intercept in pairs for end in range_of(header)]


def _whole_type(ends: Sequence[Fraction]) -> np.dtype[Any]:
    """The smallest type that holds whole numbers up to some ends."""
    for bits in (8, 16, 32, 64):
        for letter in "ui":
            info = np.iinfo(f"{letter}{bits // 8}")
            if info.min <= min(ends) and max(ends) <= info.max:
                return np.dtype(info.dtype)
    return np.dtype(np.float64)


def range_of(header: Header) -> tuple[int, int]:
    """The least and the greatest number that can be stored."""
    if header.is_signed:
        return -(2 ** (header.stored - 1)), 2 ** (header.stored - 1) - 1
    return 0, 2**header.stored - 1


def value_of(header: Header, pair: Pair, stored: float) -> float:
    """The number that a stored one stands for."""
    if header.is_inverted:
        stored = sum(range_of(header)) - stored
    value = Fraction(pair[0]) * Fraction(stored) + Fraction(pair[1])
    return int(value) if value.denominator == 1 else float(value)


@dataclass(frozen=True, slots=True)
class Decoder:
    """Reads frames of one file.

    Attributes
    ----------
    as_colours
        Whether the indices of a palette become its colours.
    marks_empty
        Whether to tell where there are no data.
    """

    file: OpenFile
    header: Header
    as_colours: bool
    marks_empty: bool

    def fill(
        self, planes: Sequence[Plane], outs: Sequence[np.ndarray], empty: Callable[[int, np.ndarray], None]
    ) -> None:
        """Read frames into arrays for them; `empty` is told which of the arrays have no data where."""
        header = self.header
        if self._lies_open:
            with self.file.scanning():
                for index, (plane, out) in enumerate(zip(planes, outs, strict=True)):
                    self._finish(plane, self._read(plane, out), out, functools.partial(empty, index))
            return
        for index, (stored, plane, out) in enumerate(zip(self._decoded(planes), planes, outs, strict=True)):
            if stored.shape != out.shape:
                raise self.file.broken()
            if out.ndim == 3 or header.allocated == 1:
                out[...] = stored if not header.is_inverted else stored == 0
                continue
            numbers = stored.astype(stored_type(header), copy=not stored.flags.writeable)
            self._finish(plane, numbers, out, functools.partial(empty, index))

    # --- as they are stored ------------------------------------------------------------------------------------------

    @property
    def _lies_open(self) -> bool:
        """Whether samples lie in the file as they are in memory, but for the order of bytes."""
        header = self.header
        whole = header.samples == 1 and header.allocated in (8, 16, 32) and not self.as_colours
        swapped = header.is_big_endian and header.allocated == 8
        return whole and header.is_native and header.place is not None and not swapped

    def _read(self, plane: Plane, out: np.ndarray) -> np.ndarray:
        """A frame as it is stored, in the very place that it is for, if it fits in there."""
        dtype, header = stored_type(self.header), self.header
        fits = out.dtype.itemsize == dtype.itemsize and out.flags.c_contiguous and out.dtype.kind != "b"
        stored = out.view(dtype) if fits else np.empty(out.shape, dtype)
        assert header.place is not None
        self.file.stream.seek(header.place + plane.frame * header.frame_bytes)
        room = memoryview(stored.view(np.uint8).data).cast("B")
        if self.file.stream.readinto(room) != len(room):  # type: ignore[attr-defined]
            raise self.file.broken()
        if header.is_big_endian == np.little_endian:
            stored.byteswap(inplace=True)
        return stored

    def _decoded(self, planes: Sequence[Plane]) -> Iterator[np.ndarray]:
        """Frames as pydicom decodes them, colours as RGB."""
        from pydicom.pixels.decoders.base import get_decoder
        from pydicom.pixels.utils import as_pixel_options
        from pydicom.uid import UID, RLELossless

        with self.file.decoding(DECODER):
            found = dataset(self.file, pixels=True)
            syntax = UID(self.header.syntax)
            try:
                decoder = get_decoder(syntax)
            except NotImplementedError:
                raise self.file.wrong(messages.DICOM_SYNTAX, syntax=syntax.name) from None
            if not decoder.is_available or self._is_beyond(decoder.available_plugins):
                package = _PACKAGES.get(self.header.syntax, "python-gdcm")
                fields = {"syntax": syntax.name, "package": package, "way_out": f"pip install {package}"}
                raise self.file.wrong(messages.DICOM_NEEDS_DECODER, **fields)
            if not self.header.is_native:
                self._check_claims(found)
            options = as_pixel_options(found)
            if syntax == RLELossless:  # of damage, the decoder in Rust tells the terminal
                options["decoding_plugin"] = "pydicom"
            if self.header.allocated == 1 or self.header.frames == 1:
                frames = decoder.as_array(found, **options)[0]
                frames = frames.reshape(self.header.frames, *frames.shape[self.header.frames > 1 :])
                decoded = iter([frames[plane.frame] for plane in planes])
            else:
                indices = [plane.frame for plane in planes]
                decoded = (array for array, _ in decoder.iter_array(found, indices=indices, **options))
            for array in decoded:
                yield self._coloured(array, found) if self.as_colours else array

    def _is_beyond(self, plugins: tuple[str, ...]) -> bool:
        """Whether no decoder that is there takes 12 bits of JPEG: Pillow takes the syntax, and 8 of them."""
        return self.header.syntax == _EXTENDED and self.header.stored > 8 and set(plugins) <= {"pillow"}

    def _coloured(self, array: np.ndarray, found: "Dataset") -> np.ndarray:
        from pydicom.pixels.processing import apply_color_lut

        return np.asarray(apply_color_lut(array, found)[..., :3])

    def _check_claims(self, found: "Dataset") -> None:
        """Refuse frames that unpack to other sizes than the file says: they are checked for theirs."""
        from pydicom.encaps import generate_frames

        size = (self.header.rows, self.header.columns)
        for frame in generate_frames(found.PixelData, number_of_frames=self.header.frames):
            claimed = _claimed(frame, self.header.samples)
            if claimed is not None and claimed != size:
                raise self.file.broken()

    # --- what they stand for -----------------------------------------------------------------------------------------

    def _finish(self, plane: Plane, stored: np.ndarray, out: np.ndarray, empty: Callable[[np.ndarray], None]) -> None:
        """Turn stored samples into the numbers that they stand for; the two arrays may be one."""
        header = self.header
        if header.padding is not None and self.marks_empty:
            low, high = header.padding
            where = stored == low if low == high else (stored >= low) & (stored <= high)
            if where.any():
                empty(where)
        if not header.is_floating:
            _clean(stored, header)
        if header.is_inverted:
            np.bitwise_xor(stored, stored.dtype.type(-1 if header.is_signed else 2**header.stored - 1), out=stored)
        if out.dtype.kind == "f":
            _scale_floats(plane, stored, out)
        else:
            _scale_whole(plane, stored, out)


def _scale_floats(plane: Plane, stored: np.ndarray, out: np.ndarray) -> None:
    if out.dtype != stored.dtype:
        out[...] = stored
    if plane.slope != 1:
        out *= plane.slope
    if plane.intercept != 0:
        out += plane.intercept


def _scale_whole(plane: Plane, stored: np.ndarray, out: np.ndarray) -> None:
    """Whole numbers that fit in the end: what they pass on the way wraps around and back."""
    bits = out.view(f"u{out.dtype.itemsize}")
    if out.dtype.itemsize != stored.dtype.itemsize:
        out[...] = stored
    elif not np.shares_memory(out, stored):
        bits[...] = stored.view(bits.dtype)
    wrap = 2 ** (8 * out.dtype.itemsize)
    if plane.slope != 1:
        bits *= bits.dtype.type(int(plane.slope) % wrap)
    if plane.intercept != 0:
        bits += bits.dtype.type(int(plane.intercept) % wrap)


def _clean(stored: np.ndarray, header: Header) -> None:
    """Take the bits of the number out of its place: what else is there may be an overlay."""
    above = header.allocated - 1 - header.high
    if above:
        np.left_shift(stored, stored.dtype.type(above), out=stored)
    if header.allocated > header.stored:
        np.right_shift(stored, stored.dtype.type(header.allocated - header.stored), out=stored)


def _claimed(frame: bytes, samples: int) -> tuple[int, int] | None:
    """The rows and columns that a compressed frame says it has; None where it is of another kind."""
    at = frame.find(_SIZE_OF_J2K, 0, _SEARCHED)
    try:
        if at >= 0:
            right, bottom, left, top = struct.unpack_from(">4I", frame, at + 8)
            return bottom - top, right - left
        if frame[:2] == b"\xff\xd8":
            return _claimed_by_jpeg(frame, samples)
    except struct.error:
        return None
    return None


def _claimed_by_jpeg(frame: bytes, samples: int) -> tuple[int, int]:
    """(0, 0) where segments do not follow one another up to the first scan, of so many samples: over what lies between
    them one decoder ends the whole process."""
    at, size = 2, (0, 0)
    while at + 4 <= len(frame) and frame[at] == 0xFF:
        marker = frame[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == _SCAN:
            return size
        if marker < _FIRST or 0xD0 <= marker <= 0xD9:  # none that a segment follows
            break
        if marker in _FRAME_HEADERS:
            rows, columns, found = struct.unpack_from(">HHB", frame, at + 5)
            size = (rows, columns) if found == samples else (0, 0)
        at += 2 + struct.unpack_from(">H", frame, at + 2)[0]
    return 0, 0
