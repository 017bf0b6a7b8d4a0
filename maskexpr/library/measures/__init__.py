"""Numbers measured on a whole image, on labels, on masks, or on samples such as im[mask]."""

from maskexpr.library.measures import agreement, lines, masks, statistics, surfaces

__all__ = ["agreement", "lines", "masks", "statistics", "surfaces"]
