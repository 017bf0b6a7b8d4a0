"""The letters that pictures are written on with."""

import functools
from typing import Any


@functools.cache
def font(height: int) -> Any:
    """Letters of so many pixels."""
    from PIL import ImageFont

    try:
        return ImageFont.load_default(height)
    except TypeError:  # before Pillow 10.1 there is one size of it
        return ImageFont.load_default()
