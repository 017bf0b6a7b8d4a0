"""BMP, by Pillow."""

import numpy as np

from maskexpr.files.formats import pillow
from maskexpr.files.formats.format import Format, OpenFile, Pixels, Writing

_HEADERS = (12, 40, 52, 56, 64, 108, 124)  # the lengths they may have


def _begins(head: bytes) -> bool:
    return head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _HEADERS


def _decode(file: OpenFile, kind: str | None) -> Pixels:
    return pillow.decode(file, kind, pillow.Layout())


def _holds(array: np.ndarray, kind: str) -> bool:
    fits = array.ndim == 3 and array.shape[2] in (1, 3) if kind == "colour" else array.ndim == 2
    return fits and array.size > 0 and array.dtype == np.uint8


def _encode(array: np.ndarray, kind: str) -> bytes:
    return pillow.encode_frame(array, "BMP")


FORMAT = Format("BMP", _begins, _decode, Writing(_holds, _encode))
