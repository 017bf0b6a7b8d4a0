"""Coordinates and drawn shapes, on the one grid of the program's images. Coordinates count pixels from 0."""

from maskexpr.library.shapes import coordinates, drawn, lines, polygons

__all__ = ["coordinates", "drawn", "lines", "polygons"]
