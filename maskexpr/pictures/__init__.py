"""Values as pictures: RGB rasters of what a person should see. They know arrays only, and nothing of terminals."""

from maskexpr.pictures.distributions import SCALES, distribution
from maskexpr.pictures.planes import middle
from maskexpr.pictures.plots import histogram
from maskexpr.pictures.pngs import png
from maskexpr.pictures.views import MODES, view

__all__ = ["MODES", "SCALES", "distribution", "histogram", "middle", "png", "view"]
