"""Connected regions of masks: found, numbered, chosen, parted, and distances in them."""

from maskexpr.library.regions import (
    components,
    detection,
    distances,
    extremes,
    keeping,
    numbers,
    peaks,
    properties,
    watersheds,
)

__all__ = ["components", "detection", "distances", "extremes", "keeping", "numbers", "peaks"]
__all__ += ["properties", "watersheds"]
