"""Values as pictures: RGB rasters of what a person should see. They know arrays only, and nothing of terminals."""

from maskexpr.display.pictures.colouring import Colouring
from maskexpr.display.pictures.compressed import jpeg
from maskexpr.display.pictures.contact import Tile, contact_sheet, tiles_on
from maskexpr.display.pictures.distributions import SCALES, distribution
from maskexpr.display.pictures.planes import middle, most_outlined
from maskexpr.display.pictures.plots import histogram
from maskexpr.display.pictures.rendering import MODES, png, render

__all__ = [
    "MODES",
    "SCALES",
    "Colouring",
    "Tile",
    "contact_sheet",
    "distribution",
    "histogram",
    "jpeg",
    "middle",
    "most_outlined",
    "png",
    "render",
    "tiles_on",
]
