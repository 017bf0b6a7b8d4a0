"""DICOM by pydicom: one file, or the files of a series. It is only read: its results are written as other formats."""

import re
from collections.abc import Sequence
from contextlib import nullcontext

from maskexpr.files.decoding.format import Format, OpenFile, Opening, Source

_MAGIC = 128
# Without the preamble that each file should have: one of the first elements that there can be, and what it begins with.
_BARE = re.compile(
    rb"(?:[\2\10]\0[\0-\x18]\0(?:UL|OB|CS|DA|UI|LO|TM|[\0-\x40]\0\0\0)|\0[\2\10]\0[\0-\x18](?:UL|OB|CS|DA|UI|LO|TM))"
)


def _begins(head: bytes) -> bool:
    return head[_MAGIC : _MAGIC + 4] == b"DICM" or _BARE.match(head) is not None


def _open(file: OpenFile, kind: str | None) -> Source:
    return _series(file.name, [lambda: nullcontext(file)], kind)


def _series(name: str, openings: Sequence[Opening], kind: str | None) -> Source:
    from maskexpr.files.formats.dicom import series  # every format is imported to tell files apart

    return series.opened(name, openings, kind)


def _member_of(file: OpenFile) -> str | None:
    from maskexpr.files.formats.dicom import headers

    return headers.series_of(file)


FORMAT = Format("DICOM", (".dcm", ".dicom", ".ima"), _begins, _open, series=_series, member_of=_member_of)
