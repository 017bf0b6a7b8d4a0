"""Files <-> arrays: what a picture file holds, exactly, and results written whole or not at all.

A file's format is told from its first bytes, never from its name alone, and only the formats of the table are decoded,
each by the module of its name in `formats`. What a decoder would change on the way (palettes, alpha, 16-bit colour,
signed TIFFs) is undone, said in the notes, or an error; it is never silent. A further format is a module there that
declares a FORMAT.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maskexpr.files.decoding.bounds import MOST_TEXT
    from maskexpr.files.decoding.format import Pixels, Raster, Source
    from maskexpr.files.images.blank import read_blank
    from maskexpr.files.images.reading import read, read_text
    from maskexpr.files.images.replacing import put
    from maskexpr.files.images.several import files_of, is_several, series_of
    from maskexpr.files.images.table import ending_of, is_ending
    from maskexpr.files.images.writing import check_ending, encode, suffix_for, write

__all__ = [
    "MOST_TEXT",
    "Pixels",
    "Raster",
    "Source",
    "check_ending",
    "encode",
    "ending_of",
    "files_of",
    "is_ending",
    "is_several",
    "put",
    "read",
    "read_blank",
    "read_text",
    "series_of",
    "suffix_for",
    "write",
]

_MODULES = {
    "maskexpr.files.decoding.bounds": ("MOST_TEXT",),
    "maskexpr.files.decoding.format": ("Pixels", "Raster", "Source"),
    f"{__name__}.blank": ("read_blank",),
    f"{__name__}.reading": ("read", "read_text"),
    f"{__name__}.replacing": ("put",),
    f"{__name__}.several": ("files_of", "is_several", "series_of"),
    f"{__name__}.table": ("ending_of", "is_ending"),
    f"{__name__}.writing": ("check_ending", "encode", "suffix_for", "write"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Imported when first asked for: most commands write nothing, and some read nothing."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(_MODULE_OF[name]), name)
    return value
