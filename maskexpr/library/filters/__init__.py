"""Filters of grey images: each pixel from those around it, the image reflected at its border."""

from maskexpr.library.filters import (
    background,
    contrast,
    derivatives,
    edges,
    kernels,
    lines,
    local_contrast,
    ranks,
    resampling,
    smoothing,
)

__all__ = ["background", "contrast", "derivatives", "edges", "kernels", "lines", "local_contrast", "resampling"]
__all__ += ["ranks", "smoothing"]
