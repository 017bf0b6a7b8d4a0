"""Terminals: what they can do, and pictures and charts as their characters. Of values they know arrays only."""

from maskexpr.display.terminal.charts import draw_histogram, draw_legend, sparkline
from maskexpr.display.terminal.detection import PROTOCOLS, VARIABLE, Abilities, abilities, resized
from maskexpr.display.terminal.protocols import draw, room

__all__ = [
    "PROTOCOLS",
    "VARIABLE",
    "Abilities",
    "abilities",
    "draw",
    "draw_histogram",
    "draw_legend",
    "resized",
    "room",
    "sparkline",
]
