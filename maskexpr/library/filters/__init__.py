"""Filters of grey images: each pixel from those around it, the image reflected at its border."""

from maskexpr.library.filters import contrast, derivatives, edges, kernels, lines, resampling, smoothing

__all__ = ["contrast", "derivatives", "edges", "kernels", "lines", "resampling", "smoothing"]
