"""NIfTI packed by gzip, as most of it is kept."""

import zlib
from dataclasses import replace

from maskexpr.files.decoding.format import Writing
from maskexpr.files.formats import nii
from maskexpr.files.formats.nii.encoding import encode_packed, holds
from maskexpr.files.formats.nii.headers import begins_header

_LENGTH = 4  # bytes of a header that say how long it is


def _begins(head: bytes) -> bool:
    """Whether what is packed begins as a header does."""
    if not head.startswith(b"\x1f\x8b"):
        return False
    try:
        return begins_header(zlib.decompressobj(31).decompress(head, _LENGTH))
    except zlib.error:
        return False


FORMAT = replace(
    nii.FORMAT,
    endings=(".nii.gz", ".hdr.gz"),
    begins=_begins,
    writing=Writing(holds, encode_packed, on=1, is_medical=True),
    listed=".nii.gz",
)
