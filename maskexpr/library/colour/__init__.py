"""Colour images to images: their channels, how bright and how colourful they are, and what stains them."""

from maskexpr.library.colour import channels, spaces, stains

__all__ = ["channels", "spaces", "stains"]
