"""Connected regions of masks: found, numbered, chosen, parted, and distances in them."""

from maskexpr.library.regions import components, distances, keeping, measuring, peaks, properties, watersheds

__all__ = ["components", "distances", "keeping", "measuring", "peaks", "properties", "watersheds"]
