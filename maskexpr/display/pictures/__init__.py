"""Values as pictures: RGB rasters of what a person should see. They know arrays only, and nothing of terminals."""

from maskexpr.display.pictures.colouring import Colouring
from maskexpr.display.pictures.distributions import SCALES, distribution
from maskexpr.display.pictures.planes import middle
from maskexpr.display.pictures.plots import histogram
from maskexpr.display.pictures.rendering import MODES, png, render

__all__ = ["MODES", "SCALES", "Colouring", "distribution", "histogram", "middle", "png", "render"]
