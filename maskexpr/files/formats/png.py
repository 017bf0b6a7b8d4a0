"""PNG beyond what Pillow gives: the header, the checksums, and 16-bit colour, which Pillow cuts to 8 bits."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from maskexpr.files.formats import pixels
from maskexpr.files.formats.opening import OpenFile, Picture

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


@dataclass(frozen=True, slots=True)
class _Header:
    width: int
    height: int
    depth: int
    channels: int
    interlaced: bool

    @property
    def passes(self) -> list[tuple[int, int]]:
        """Rows and columns of each pass the samples are stored in."""
        if not self.interlaced:
            return [(self.height, self.width)]
        sizes = [(-(-(self.height - y) // dy), -(-(self.width - x) // dx)) for x, y, dx, dy in _ADAM7]
        return [(rows, columns) for rows, columns in sizes if rows > 0 and columns > 0]

    @property
    def stored_bytes(self) -> int:
        bits = self.depth * self.channels
        return sum(rows * (1 + -(-columns * bits // 8)) for rows, columns in self.passes)


def decode(file: OpenFile, kind: str | None) -> Picture:
    """The picture in a PNG file; of an animated one, its first frame."""
    with file.decoding():
        header, packed, frames = _scan(file)
        file.check_pixels(header.width * header.height)
        file.check_promise(header.stored_bytes, file.size, "deflate")
        notes = [f"first of {frames} frames"] if frames > 1 else []
        if header.depth == 16 and header.channels > 1:
            frame = pixels.Frame(_wide_samples(file, header, packed))
            return pixels.assembled(file, [frame], kind, pixels.Layout(), notes)
        file.stream.seek(0)
        return pixels.decode(file, kind, pixels.Layout(bits=header.depth), notes)


def _scan(file: OpenFile) -> tuple[_Header, bytes, int]:
    """The header, the packed samples where they will be needed, and the number of frames; every checksum is tested."""
    header: _Header | None = None
    packed: list[bytes] = []
    frames, ended = 1, False
    for name, data in chunks(file, lambda name, length: name[:1].isupper() or name == b"acTL"):
        if name == b"IHDR" and header is None:
            width, height, depth, colour, *_, interlace = struct.unpack(">IIBBBBB", data)
            header = _Header(width, height, depth, _CHANNELS[colour], bool(interlace))
        elif name == b"IDAT" and header is not None and header.depth == 16 and header.channels > 1:
            packed.append(data)
        elif name == b"acTL":
            frames = int.from_bytes(data[:4], "big")
        ended = name == b"IEND"
    if header is None or not ended or not header.width or not header.height:
        raise file.broken()
    return header, b"".join(packed), frames


def chunks(file: OpenFile, wanted: Callable[[bytes, int], bool]) -> Iterator[tuple[bytes, bytes]]:
    """The chunks whose names and lengths are wanted, their checksums tested; others are passed over unread."""
    name, place = b"", len(_SIGNATURE)
    while name != b"IEND":
        file.stream.seek(place)
        length, name = struct.unpack(">I4s", file.stream.read(8))
        place += length + 12
        if place > file.size:
            raise ValueError("cut short")
        if wanted(name, length):
            data = file.stream.read(length)
            if zlib.crc32(data, zlib.crc32(name)) != int.from_bytes(file.stream.read(4), "big"):
                raise ValueError(name)
            yield name, data


def _wide_samples(file: OpenFile, header: _Header, packed: bytes) -> np.ndarray:
    """16-bit samples of several channels, shape (M, N, channels).

    PNG's row filters mix each byte only with the same byte of the neighbouring pixels. So the rows of one channel, its
    filter bytes kept, are the rows of a 16-bit grey PNG, which Pillow decodes exactly.
    """
    inflate = zlib.decompressobj()
    raw = np.frombuffer(inflate.decompress(packed, header.stored_bytes + 1), np.uint8)
    if len(raw) != header.stored_bytes or not inflate.eof:
        raise file.broken()
    planes: list[list[bytes]] = [[] for _ in range(header.channels)]
    start = 0
    for rows, columns in header.passes:
        stop = start + rows * (1 + columns * header.channels * 2)
        block = raw[start:stop].reshape(rows, -1)
        samples = block[:, 1:].reshape(rows, columns, header.channels, 2)
        for channel, plane in enumerate(planes):
            plane.append(np.hstack([block[:, :1], samples[:, :, channel].reshape(rows, -1)]).tobytes())
        start = stop
    grey = struct.pack(">IIBBBBB", header.width, header.height, 16, 0, 0, 0, header.interlaced)
    files = (io.BytesIO(_png(grey, zlib.compress(b"".join(plane), 0))) for plane in planes)
    return np.stack([pixels.wide_grey(stream) for stream in files], axis=-1)


def wide_colour(array: np.ndarray) -> bytes:
    """A PNG file of 16-bit colour: `array` is uint16 of shape (M, N, 3) or (M, N, 4)."""
    rows, columns, channels = array.shape
    samples = np.ascontiguousarray(array, ">u2").view(np.uint8).reshape(rows, -1)
    filtered = np.full((rows, samples.shape[1] + 1), 2, np.uint8)  # each row as its difference to the row above
    filtered[0, 1:] = samples[0]
    np.subtract(samples[1:], samples[:-1], out=filtered[1:, 1:])
    header = struct.pack(">IIBBBBB", columns, rows, 16, 2 if channels == 3 else 6, 0, 0, 0)
    return _png(header, zlib.compress(filtered.data, 6))


def with_chunk(file: bytes, name: bytes, data: bytes) -> bytes:
    """The bytes of a PNG file with one more chunk, right behind its header."""
    start = len(_SIGNATURE) + 12 + int.from_bytes(file[len(_SIGNATURE) : len(_SIGNATURE) + 4], "big")
    return b"".join((file[:start], _chunk(name, data), memoryview(file)[start:]))


def _png(header: bytes, packed: bytes) -> bytes:
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(name)))
