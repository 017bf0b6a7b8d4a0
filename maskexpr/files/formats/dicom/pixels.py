"""The pixels of frames: decoded as they are stored, then turned into the numbers that they stand for."""

import functools
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.files.decoding.format import OpenFile
from maskexpr.files.formats.dicom.headers import DECODER, dataset
from maskexpr.headers.dicom.groups import Plane
from maskexpr.headers.dicom.header import Header
from maskexpr.headers.dicom.values import padded, stored_type, to_values

if TYPE_CHECKING:
    from pydicom import Dataset

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

    def _finish(self, plane: Plane, stored: np.ndarray, out: np.ndarray, empty: Callable[[np.ndarray], None]) -> None:
        """Turn stored samples into the numbers that they stand for; the two arrays may be one."""
        where = padded(self.header, stored) if self.marks_empty else None
        if where is not None:
            empty(where)
        to_values(self.header, plane, stored, out)


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
