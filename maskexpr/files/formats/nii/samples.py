"""The samples of a NIfTI file: mapped where they are stored as they are taken, unpacked and scaled where not."""

import zlib
from typing import BinaryIO

import numpy as np

from maskexpr.files.decoding import raw
from maskexpr.files.decoding.format import native
from maskexpr.files.formats.nii.headers import Header

_PIECE = 2**20  # bytes that are unpacked or scaled at once
_REST = 2**24  # bytes behind the samples that are unpacked, for the sum at their end


class Unpacked:
    """What a gzip file unpacks to, from its beginning on; its sums are checked."""

    def __init__(self, stream: BinaryIO) -> None:
        stream.seek(0)
        self._stream = stream
        self._unpacker = zlib.decompressobj(31)
        self._packed = b""

    def read(self, size: int) -> bytes:
        """So many bytes, or fewer at the end."""
        parts, left = [], size
        while left and (part := self._some(min(left, _PIECE))):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def skip(self, size: int) -> None:
        while size:
            part = self._some(min(size, _PIECE))
            if not part:
                raise EOFError
            size -= len(part)

    def read_into(self, view: memoryview) -> None:
        """Fill a buffer, or raise an EOFError."""
        place = 0
        while place < len(view):
            part = self._some(min(len(view) - place, _PIECE))
            if not part:
                raise EOFError
            view[place : place + len(part)] = part
            place += len(part)

    def finish(self) -> None:
        """Read on to the end where it is near, so that the sum there is checked."""
        left = _REST
        while left > 0 and (part := self._some(_PIECE)):
            left -= len(part)

    def _some(self, size: int) -> bytes:
        while True:
            if self._unpacker.eof:
                rest = self._unpacker.unused_data or self._stream.read(_PIECE)
                if not rest.startswith(b"\x1f\x8b"):  # what is padded behind it
                    return b""
                self._unpacker, self._packed = zlib.decompressobj(31), rest
            if not self._packed:
                self._packed = self._stream.read(_PIECE)
                if not self._packed:
                    raise EOFError
            part = self._unpacker.decompress(self._packed, size)
            self._packed = self._unpacker.unconsumed_tail
            if part:
                return part


def taken_type(header: Header) -> np.dtype:
    """The type that the samples are taken as: the stored one where nothing is scaled; where whole numbers become whole
    numbers, the smallest that holds all that the stored type can become; else float64, as nibabel has it."""
    stored = header.stored.newbyteorder("=")
    slope, inter = header.slope, header.inter
    if (slope, inter) == (1, 0):
        return stored
    if stored.kind in "iu" and slope == int(slope) and inter == int(inter):
        kind = np.iinfo(stored)
        ends = [int(kind.min) * int(slope) + int(inter), int(kind.max) * int(slope) + int(inter)]
        for name in ("uint8", "int8", "uint16", "int16", "uint32", "int32", "int64", "uint64"):
            if all(np.iinfo(name).min <= end <= np.iinfo(name).max for end in ends):
                return np.dtype(name)
    return np.dtype(np.float64)


def note_of(header: Header) -> tuple[str, ...]:
    """What is to be said of the type."""
    if (header.slope, header.inter) == (1, 0):
        return ()
    how = f"times {header.slope:.9g}" + (f" plus {header.inter:.9g}" if header.inter else "")
    return (f"stored as {header.stored.name}, scaled as its header says ({how}) and taken as {taken_type(header)}",)


def in_order(flat: np.ndarray, header: Header) -> np.ndarray:
    """Samples as they follow one another, as an array of the axes t, z, y, x that are kept, and channels."""
    kept = header.kept[::-1]
    if header.colours:
        return flat.reshape(*kept, header.colours)
    if header.vector == 1:
        return flat.reshape(kept)
    return np.moveaxis(flat.reshape(header.vector, *kept), 0, -1)


def mapped(stream: BinaryIO, header: Header) -> np.ndarray:
    """The stored samples of a file that is not packed, without reading them, one after another."""
    return raw.mapped(stream, header.stored, header.bytes // header.stored.itemsize, header.offset)


def unmapped(array: np.ndarray, header: Header) -> np.ndarray:
    """Mapped samples, or some of them, as they are taken: themselves where they can be."""
    if (header.slope, header.inter) == (1, 0):
        return np.require(native(array), requirements="A")
    made = np.empty(array.shape, taken_type(header))
    lines = max(1, _PIECE * len(array) // max(array.nbytes, 1))
    for start in range(0, len(array), lines):
        made[start : start + lines] = _scaled(array[start : start + lines], header)
    return made


def unpacked(stream: Unpacked, header: Header) -> np.ndarray:
    """The samples that a packed file goes on with, as they are taken, one after another."""
    count, made = header.bytes // header.stored.itemsize, taken_type(header)
    if (header.slope, header.inter) == (1, 0):
        whole = np.empty(count, header.stored)
        stream.read_into(whole.view(np.uint8).data)
        if not whole.dtype.isnative:
            whole = whole.byteswap(inplace=True).view(made)
    else:
        whole = np.empty(count, made)
        piece = np.empty(_PIECE // header.stored.itemsize, header.stored)
        for start in range(0, count, len(piece)):
            some = piece[: count - start]
            stream.read_into(some.view(np.uint8).data)
            whole[start : start + len(some)] = _scaled(some, header)
    stream.finish()
    return whole


def _scaled(samples: np.ndarray, header: Header) -> np.ndarray:
    made = taken_type(header)
    if made.kind == "f":
        from nibabel.volumeutils import apply_read_scaling

        with np.errstate(all="ignore"):  # what overflows is inf, as nibabel has it
            scaled: np.ndarray = apply_read_scaling(samples, header.slope, header.inter)
        return scaled
    if made.itemsize == 8:  # a product may pass through what the type does not hold, and comes back
        slope, inter = (
            np.array([int(value) % 2**64], np.uint64).astype(made) for value in (header.slope, header.inter)
        )
    else:
        slope, inter = (np.array([int(value)], np.int64) for value in (header.slope, header.inter))
    whole: np.ndarray = samples.astype(slope.dtype) * slope + inter
    return whole
