"""BMP, by Pillow."""

import struct

import numpy as np

from maskexpr.files.decoding import bounds, pillow
from maskexpr.files.decoding.format import Format, OpenFile, Pixels, Raster, Writing, whole

_HEADERS = (12, 40, 52, 56, 64, 108, 124)  # the lengths they may have
_RUN_LENGTHS = (1, 2)


def _begins(head: bytes) -> bool:
    return head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _HEADERS


def _decode(file: OpenFile, kind: str | None) -> Pixels:
    with file.scanning():
        columns, rows, bits, compression = _header(file)
        file.check(columns * rows, bounds.PIXELS)
        if compression in _RUN_LENGTHS:
            file.check_promise(columns * rows, file.size, "RLE")
        else:
            file.check_promise((columns * bits + 7) // 8 * rows, file.size, "stored")
        file.stream.seek(0)
    return pillow.decode(file, kind, pillow.Layout())


def _header(file: OpenFile) -> tuple[int, int, int, int]:
    """Columns, rows, bits of a pixel, and how they are packed."""
    head = file.stream.read(14 + 20)
    if head[14] == _HEADERS[0]:
        columns, rows, _, bits = struct.unpack_from("<HHHH", head, 18)
        return columns, rows, bits, 0
    columns, rows, _, bits, compression = struct.unpack_from("<IiHHI", head, 18)
    return columns, abs(rows), bits, compression  # counted down where the rows go up


def _holds(raster: Raster) -> bool:
    array, kind = raster.array, raster.kind
    fits = array.ndim == 3 and array.shape[2] in (1, 3) if kind == "colour" else array.ndim == 2
    return fits and array.size > 0 and array.dtype == np.uint8


def _encode(raster: Raster) -> bytes:
    return pillow.encode_frame(raster.array, "BMP")


FORMAT = Format("BMP", (".bmp",), _begins, whole(_decode), Writing(_holds, _encode), glance=pillow.glance)
