"""TIFF: pages, stacks and hyperstacks, with what ImageJ, OME and GDAL say in them."""

from maskexpr.files.decoding import bounds, tags, texts
from maskexpr.files.decoding.format import Format, OpenFile
from maskexpr.files.formats.tiff import reading, writing


def _text(file: OpenFile) -> str | None:
    """Where the description is somebody's metadata, the text is where the software has its name."""
    for tag in (tags.DESCRIPTION, tags.SOFTWARE):
        text = texts.told(tags.text(file.stream, tag, bounds.MOST_TEXT))
        if text:  # with tifffile's keys in it, it is tifffile's: metadata that somebody gave it by our name
            return None if texts.keyless(text) != text else texts.with_keys(text)
    return None


FORMAT = Format(
    "TIFF",
    (".tif", ".tiff", ".ome.tif"),
    begins=lambda head: head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    open=reading.opened,
    writing=writing.WRITING,
    text=_text,
)
