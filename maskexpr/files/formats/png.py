"""PNG: by Pillow, beside the header, the checksums, texts, and 16-bit colour, which Pillow cuts to 8 bits."""

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from maskexpr.files.decoding import bounds, pillow, texts
from maskexpr.files.decoding.format import Format, OpenFile, Pixels, Raster, Source, Writing, not_read, whole
from maskexpr.kernels import png_chunks
from maskexpr.kernels.png_chunks import SIGNATURE

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PALETTE = 3
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))

_FRAME_DATA = b"fdAT"  # of an animation, whose later frames are not looked at
_LENGTHS = {b"IHDR": 13, b"acTL": 8}
_BLOCK = 2**20

_KEYWORD = texts.NAME + b"\0"
_COMPRESSED = range(2048, 2**20)  # Pillow refuses a PNG with a compressed text that is longer
_MOST_PACKED = bounds.MOST_TEXT + 2**16  # what does not get smaller grows a little


@dataclass(frozen=True, slots=True)
class _Header:
    width: int
    height: int
    depth: int
    channels: int
    interlaced: bool
    has_palette: bool = False

    @property
    def is_wide_colour(self) -> bool:
        """Whether there is more in a sample than Pillow keeps."""
        return self.depth == 16 and self.channels > 1

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


def _decode(file: OpenFile, kind: str | None) -> Pixels:
    """The picture in a PNG file; of an animated one, its first frame."""
    with file.scanning():
        header, packed, frames = _scan(file)
        notes = [f"first of {frames} frames"] if frames > 1 else []
        if header.is_wide_colour:
            frame = pillow.Frame(_wide_samples(file, header, packed))
            return pillow.assembled([frame], kind, pillow.Layout(), notes)
        file.stream.seek(0)
    dtype = np.dtype(np.uint16) if header.depth == 16 else None  # in int32 before Pillow 10.3
    return pillow.decode(file, kind, pillow.Layout(bits=header.depth, dtype=dtype), notes)


def _scan(file: OpenFile) -> tuple[_Header, bytes, int]:
    """The header, the packed samples where they will be needed, and the number of frames; every checksum is tested."""
    header: _Header | None = None
    packed: list[bytes] = []
    frames, beside, name = 1, 0, b""
    for name, length in _chunks(file):
        if name in _LENGTHS and length != _LENGTHS[name]:
            raise file.broken()
        if name == b"IHDR" and header is None:
            header = _header(file, _data(file, name, length))
        elif name == b"IDAT" and header is not None and header.is_wide_colour:
            packed.append(_data(file, name, length))
        elif name == b"acTL":
            frames = int.from_bytes(_data(file, name, length)[:4], "big")
        elif name[:1].isupper():
            _test(file, name, length)
        elif name != _FRAME_DATA:
            beside += length
            file.check(beside, bounds.METADATA)
            if name == b"eXIf":
                from maskexpr.files.decoding import tags  # only here: most have none

                tags.check(io.BytesIO(file.stream.read(length)))
    if header is None or name != b"IEND":
        raise file.broken()
    return header, b"".join(packed), frames


def _glance(file: OpenFile, kind: str | None) -> Source:
    header, palette = None, b""
    with file.scanning():
        for name, length in _chunks(file):
            if name == b"IHDR":
                header = _header(file, _data(file, name, length))
            elif name == b"PLTE":
                palette = _data(file, name, length)
            elif name == b"IDAT":
                break
        if header is None:
            raise file.broken()
    shape, dtype = (header.height, header.width), np.dtype(np.uint16 if header.depth == 16 else np.uint8)
    greys = palette[::3] if palette[::3] == palette[1::3] == palette[2::3] else None
    colour = header.channels > 2 or (header.has_palette and kind not in ("labels", "image"))
    if colour and header.has_palette and kind != "colour":
        colour = greys is None
    is_bits = header.depth == 1 and (not header.has_palette or (not colour and set(greys or ()) <= {0, 255}))
    if is_bits and (not header.has_palette or kind not in ("labels", "image")):
        dtype = np.dtype(bool)
    return Source((*shape, 3) if colour else shape, dtype, not_read, colour)


def _header(file: OpenFile, data: bytes) -> _Header:
    width, height, depth, colour, *_, interlace = struct.unpack(">IIBBBBB", data)
    header = _Header(width, height, depth, _CHANNELS[colour], bool(interlace), colour == _PALETTE)
    if not width or not height:
        raise file.broken()
    file.check(width * height, bounds.PIXELS)
    file.check_promise(header.stored_bytes, file.size, "deflate")
    return header


def _chunks(file: OpenFile) -> Iterator[tuple[bytes, int]]:
    """The names and lengths of the chunks; the stream is where the data of each begin."""
    name, place, count = b"", len(SIGNATURE), 0
    most = bounds.CHUNKS.most + file.size // bounds.CHUNK_BYTES
    while name != b"IEND":
        file.stream.seek(place)
        length, name = struct.unpack(">I4s", file.stream.read(8))
        place, count = place + length + 12, count + 1
        if count > most:
            raise file.too_many(bounds.CHUNKS, most)
        if place > file.size:
            raise ValueError("cut short")
        yield name, length


def _data(file: OpenFile, name: bytes, length: int) -> bytes:
    """What a chunk holds, its checksum tested."""
    data = file.stream.read(length)
    if zlib.crc32(data, zlib.crc32(name)) != int.from_bytes(file.stream.read(4), "big"):
        raise ValueError(name)
    return data


def _test(file: OpenFile, name: bytes, length: int) -> None:
    """Test the checksum of a chunk that may be as long as the file."""
    found = zlib.crc32(name)
    while length:
        data = file.stream.read(min(length, _BLOCK))
        found, length = zlib.crc32(data, found), length - len(data)
    if found != int.from_bytes(file.stream.read(4), "big"):
        raise ValueError(name)


def _wide_samples(file: OpenFile, header: _Header, packed: bytes) -> np.ndarray:
    """16-bit samples of several channels, shape (M, N, channels).

    PNG's row filters mix each byte only with the same byte of the neighbouring pillow. So the rows of one channel, its
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
    grey = png_chunks.header(header.width, header.height, 16, 0, header.interlaced)
    files = (io.BytesIO(png_chunks.file_of(grey, zlib.compress(b"".join(plane), 0))) for plane in planes)
    return np.stack([pillow.wide_grey(stream) for stream in files], axis=-1)


def _holds(raster: Raster) -> bool:
    array, kind = raster.array, raster.kind
    return array.ndim - (kind == "colour") == 2 and array.size > 0 and array.dtype in (np.uint8, np.uint16)


def _encode(raster: Raster) -> bytes:
    array, kind = raster.array, raster.kind
    if kind == "colour" and array.dtype == np.uint16:
        return png_chunks.encode_colours(array)
    if kind in ("mask", "labels"):
        return png_chunks.encode_regions(array)
    return pillow.encode_frame(array, "PNG")


# --- the text in a file ----------------------------------------------------------------------------------------------


def _with_text(file: bytes, text: str) -> bytes:
    """The bytes of a PNG file with one more chunk, right behind its header."""
    length = int.from_bytes(file[len(SIGNATURE) : len(SIGNATURE) + 4], "big")
    start = len(SIGNATURE) + 12 + length
    return b"".join((file[:start], png_chunks.chunk(b"iTXt", _packed(text.encode("ascii"))), memoryview(file)[start:]))


def _text(file: OpenFile) -> str | None:
    for name, length in _chunks(file):
        if name == b"iTXt" and length <= _MOST_PACKED:
            data = _data(file, name, length)
            if data.startswith(_KEYWORD):
                return texts.told(_unpacked(data))
    return None


def _packed(text: bytes) -> bytes:
    """What an iTXt chunk holds: keyword, whether it is compressed and how, no language and no keyword in it, text."""
    compressed = len(text) in _COMPRESSED
    return _KEYWORD + bytes([compressed, 0]) + b"\0\0" + (zlib.compress(text, 9) if compressed else text)


def _unpacked(data: bytes) -> bytes:
    compressed, method = data[len(_KEYWORD) : len(_KEYWORD) + 2]
    _language, _keyword, text = data[len(_KEYWORD) + 2 :].split(b"\0", 2)
    if compressed:
        inflate = zlib.decompressobj()
        text = inflate.decompress(text, bounds.MOST_TEXT + 1)
        if method or not inflate.eof:
            raise ValueError("cut short")
    if len(text) > bounds.MOST_TEXT:
        raise ValueError("too long")
    return text


FORMAT = Format(
    "PNG",
    (".png",),
    begins=lambda head: head.startswith(SIGNATURE),
    open=whole(_decode),
    writing=Writing(_holds, _encode, with_text=_with_text),
    text=_text,
    glance=_glance,
)
