"""Filters of grey images: each pixel from those around it, the image reflected at its border."""

from maskexpr.library.filters import edges, smoothing

__all__ = ["edges", "smoothing"]
