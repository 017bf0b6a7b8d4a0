"""Filters of grey images: each pixel from those around it, the image reflected at its border."""

from maskexpr.library.filters import background, contrast, edges, local_contrast, resampling, smoothing

__all__ = ["background", "contrast", "edges", "local_contrast", "resampling", "smoothing"]
