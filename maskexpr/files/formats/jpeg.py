"""JPEG: read, and never written, since what comes back is not what was put in."""

from maskexpr.files.formats import pillow
from maskexpr.files.formats.format import Format, OpenFile, Pixels


def _decode(file: OpenFile, kind: str | None) -> Pixels:
    return pillow.decode(file, kind, pillow.Layout())


FORMAT = Format("JPEG", begins=lambda head: head.startswith(b"\xff\xd8\xff"), decode=_decode)
