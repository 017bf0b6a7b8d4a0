"""The letters that pictures are written on with."""

import functools
import unicodedata
from typing import Any


@functools.cache
def font(height: int) -> Any:
    """Letters of so many pixels."""
    from PIL import ImageFont

    try:
        return ImageFont.load_default(height)
    except TypeError:  # before Pillow 10.1 there is one size of it
        return ImageFont.load_default()


def spelled(text: str) -> str:
    """A text in letters that the font has, which are those of ASCII: without accents, and ? for other scripts."""
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFKD", text)
    return "".join(c if c.isascii() else "?" for c in parts if not unicodedata.combining(c))
