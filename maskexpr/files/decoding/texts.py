"""A text that PNG and TIFF files carry beside their pixels, read back without decoding one.

What the text says is not known here. It is ASCII, begins with `PREFIX`, by which it is told from the descriptions that
other programs write, and is a JSON object, so that blanks between its parts do not matter.
"""

from maskexpr.files.decoding.bounds import MOST_TEXT

PREFIX = '{"maskexpr"'
NAME = b"maskexpr"
"""Under what key, or as what software, it is put into a file."""

# tifffile takes a description with such a key for its own, and fails if it is not.
_SHAPE, _SHAPE_APART = '"shape":', '"shape" :'


def refuse_unreadable(text: str) -> None:
    """A ValueError for a text that could not be read back."""
    if not text.startswith(PREFIX) or not text.isascii() or "\0" in text:
        raise ValueError(f"the text must be a JSON object in ASCII that begins with {PREFIX}")
    if len(keyless(text)) > MOST_TEXT:
        raise ValueError(f"the text is longer than {MOST_TEXT} bytes")


def keyless(text: str) -> str:
    """The text with no key in it that tifffile would take for its own."""
    return text.replace(_SHAPE, _SHAPE_APART)


def with_keys(text: str) -> str:
    """The text as it was, from a keyless one."""
    return text.replace(_SHAPE_APART, _SHAPE)


def told(text: bytes) -> str | None:
    """The text if it is one of ours."""
    return text.decode("ascii") if text.startswith(PREFIX.encode()) else None
