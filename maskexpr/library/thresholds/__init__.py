"""Thresholds: levels found in an image, and masks by more than one level."""

from maskexpr.library.thresholds import hysteresis, levels

__all__ = ["hysteresis", "levels"]
