"""Mathematical morphology of masks and grey images.

A mask lies on an infinite plane that is empty outside the image; grey morphology ignores the outside.
"""

from maskexpr.library.morphology import elementary, geodesic, hulls, patterns, residues, skeletons

__all__ = ["elementary", "geodesic", "hulls", "patterns", "residues", "skeletons"]
