"""PNG files of colours, made without a library: each row as its difference to the one above, deflated."""

import struct
import zlib
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGB, _RGBA = 2, 6


def encode_colours(samples: Array, level: int = 6, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> bytes:
    """A PNG file of samples of shape (M, N, 3) or (M, N, 4) and type uint8 or uint16.

    Rows of pictures are much like those above them, so that even the quickest packing makes smaller files of the
    differences than a thorough one does of the samples.
    """
    rows, columns, channels = samples.shape
    depth = 8 * samples.dtype.itemsize
    data = np.ascontiguousarray(samples, samples.dtype.newbyteorder(">")).view(np.uint8).reshape(rows, -1)
    filtered = np.full((rows, data.shape[1] + 1), 2, np.uint8)  # 2 says that a row is a difference to the one above
    filtered[0, 1:] = data[0]
    np.subtract(data[1:], data[:-1], out=filtered[1:, 1:])
    packer = zlib.compressobj(level, strategy=strategy)
    packed = packer.compress(filtered.data) + packer.flush()
    return file_of(header(columns, rows, depth, _RGB if channels == 3 else _RGBA), packed)


def header(columns: int, rows: int, depth: int, colour: int, interlaced: bool = False) -> bytes:
    """What the first chunk of a file holds."""
    return struct.pack(">IIBBBBB", columns, rows, depth, colour, 0, 0, interlaced)


def file_of(head: bytes, packed: bytes) -> bytes:
    """A whole file from what its header and its data hold."""
    return SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def chunk(name: bytes, data: bytes) -> bytes:
    """One chunk: its length, its name, what it holds, and the checksum of both."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(name)))
