"""The properties of regions that `keep` chooses by and `measure` lists: what each one means.

A property gives one number a region. It is measured in pixels, not in units of the spacing unless these are asked for,
and over the axes that are worked on. What is computed from counts, moments and sums of whole numbers, which are exact,
is rounded at the end; a sum of floating grey values is the exact sum, rounded once.
"""

from maskexpr.library.regions.properties import size  # isort: skip  # the order in which they are listed
from maskexpr.library.regions.properties import form, grey, place

__all__ = ["form", "grey", "place", "size"]
