"""NumPy's .npz: a zip file, read where there is one array in it."""

import io
import zipfile
from typing import Any, BinaryIO

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.printing import printable
from maskexpr.files.decoding import bounds
from maskexpr.files.decoding.format import Format, OpenFile, Pixels, Raster, TooMany, Writing, native, whole
from maskexpr.files.formats import npy

_MOST_NAMES = 5
_PACKINGS = {zipfile.ZIP_STORED: "stored", zipfile.ZIP_DEFLATED: "deflate"}
_ENCRYPTED = 1


def _decode(file: OpenFile, kind: str | None) -> Pixels:
    stream: Any = _ShortReads(file.stream)
    with file.scanning(), zipfile.ZipFile(stream) as archive:
        member = _only_array(file, archive)
        packing = _PACKINGS.get(member.compress_type)
        if packing is None or member.flag_bits & _ENCRYPTED:
            how = "encrypted" if packing else "packed in a way that NumPy does not write"
            raise file.wrong(messages.FILE_PACKING, packing=how)
        with archive.open(member) as stream:
            npy.check_header(file, stream, min(member.compress_size, file.size), packing)
        with archive.open(member) as stream:
            array = npy.read_array(stream)
            if stream.read(1):  # also makes zipfile check the sum over the whole member
                raise file.broken()
            return Pixels(native(array), colour=None)


class _ShortReads:
    """A file whose directory and headers cannot be long: zipfile reads each whole, however long it says it is."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        if size > bounds.ZIP_READ.most:
            raise TooMany(bounds.ZIP_READ)
        return self._stream.read(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _only_array(file: OpenFile, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [m for m in archive.infolist() if m.filename.endswith(".npy")]
    if len(members) == 1:
        return members[0]
    names = [printable(m.filename.removesuffix(".npy")) for m in members]
    if not names:
        raise file.wrong(messages.FILE_NO_ARRAY)
    more = ", ..." if len(names) > _MOST_NAMES else ""
    raise file.wrong(messages.FILE_MANY_ARRAYS, count=len(names), names=", ".join(names[:_MOST_NAMES]) + more)


def _encode(raster: Raster) -> bytes:
    stream = io.BytesIO()
    arrays: dict[str, Any] = {raster.kind: raster.array}
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


FORMAT = Format(
    "NPZ",
    (".npz",),
    begins=lambda head: head.startswith((b"PK\3\4", b"PK\5\6")),
    open=whole(_decode),
    writing=Writing(lambda raster: True, _encode, on=1),
    listed=".npz",
)
