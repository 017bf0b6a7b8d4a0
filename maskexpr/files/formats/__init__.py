"""Files <-> arrays: what a picture file holds, exactly, and results written whole or not at all.

A file's format is told from its first bytes, never from its name alone, and only the formats of the table are decoded,
each by the module of its name. What a decoder would change on the way (palettes, alpha, 16-bit colour, signed TIFFs) is
undone, said in the notes, or an error; it is never silent. A further format is a module that declares a FORMAT, and a
line of the table.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maskexpr.files.formats.bounds import MOST_TEXT
    from maskexpr.files.formats.format import Pixels
    from maskexpr.files.formats.reading import read, read_text
    from maskexpr.files.formats.replacing import put
    from maskexpr.files.formats.table import ENDINGS
    from maskexpr.files.formats.writing import encode, suffix_for, write

__all__ = ["ENDINGS", "MOST_TEXT", "Pixels", "encode", "put", "read", "read_text", "suffix_for", "write"]

_MODULES = {
    "bounds": ("MOST_TEXT",),
    "format": ("Pixels",),
    "reading": ("read", "read_text"),
    "replacing": ("put",),
    "table": ("ENDINGS",),
    "writing": ("encode", "suffix_for", "write"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Imported when first asked for: most commands write nothing, and some read nothing."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    return value
