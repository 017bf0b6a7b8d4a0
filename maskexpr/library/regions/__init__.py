"""Connected regions of masks: found, numbered, chosen, parted, and distances in them."""

from maskexpr.library.regions import components, distances

__all__ = ["components", "distances"]
