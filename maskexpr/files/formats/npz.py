"""NumPy's .npz: a zip file, read where there is one array in it."""

import io
import zipfile
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.files.formats import npy
from maskexpr.files.formats.format import Format, OpenFile, Pixels, Writing, native
from maskexpr.files.formats.naming import printable

_MOST_NAMES = 5


def _decode(file: OpenFile, kind: str | None) -> Pixels:
    with file.decoding(), zipfile.ZipFile(file.stream) as archive:
        member = _only_array(file, archive)
        packing = "stored" if member.compress_type == zipfile.ZIP_STORED else "deflate"
        with archive.open(member) as stream:
            npy.check_header(file, stream, member.compress_size, packing)
        with archive.open(member) as stream:
            array = npy.read_array(stream)
            if stream.read(1):  # also makes zipfile check the sum over the whole member
                raise file.broken()
            return Pixels(native(array), colour=None)


def _only_array(file: OpenFile, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [m for m in archive.infolist() if m.filename.endswith(".npy")]
    if len(members) == 1:
        return members[0]
    names = [printable(m.filename.removesuffix(".npy")) for m in members]
    if not names:
        raise file.wrong(messages.FILE_NO_ARRAY)
    more = ", ..." if len(names) > _MOST_NAMES else ""
    raise file.wrong(messages.FILE_MANY_ARRAYS, count=len(names), names=", ".join(names[:_MOST_NAMES]) + more)


def _encode(array: np.ndarray, kind: str) -> bytes:
    stream = io.BytesIO()
    arrays: dict[str, Any] = {kind: array}  # `allow_pickle` is an array to NumPy 2.0; numbers are never pickled
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


FORMAT = Format(
    "NPZ",
    begins=lambda head: head.startswith((b"PK\3\4", b"PK\5\6")),
    decode=_decode,
    writing=Writing(lambda array, kind: True, _encode, on=1),
    listed=".npz",
)
