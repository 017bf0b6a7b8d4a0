"""Files <-> arrays: what a picture file holds, exactly, and results written whole or not at all.

A file's format is told from its first bytes, never from its name, and only the formats listed in `opening` are
decoded. What a decoder would change on the way (palettes, alpha, 16-bit colour, signed TIFFs) is undone, said in the
notes, or an error; it is never silent.
"""

from maskexpr.files.formats.opening import Picture
from maskexpr.files.formats.reading import read
from maskexpr.files.formats.texts import MOST_TEXT, read_text
from maskexpr.files.formats.writing import encode, put, suffix_for, write

__all__ = ["MOST_TEXT", "Picture", "encode", "put", "read", "read_text", "suffix_for", "write"]
