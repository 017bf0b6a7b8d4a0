"""Thresholds: levels found in an image, and masks by more than one level."""

from maskexpr.library.thresholds import classes, histograms, hysteresis, levels, local

__all__ = ["classes", "histograms", "hysteresis", "levels", "local"]
