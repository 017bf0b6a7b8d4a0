"""Connected regions of masks: found, numbered, chosen, parted, and distances in them."""

from maskexpr.library.regions import (
    areas,
    components,
    detection,
    distances,
    extremes,
    keeping,
    measuring,
    numbers,
    peaks,
    properties,
    watersheds,
)

__all__ = ["areas", "components", "detection", "distances", "extremes", "keeping", "measuring", "numbers"]
__all__ += ["peaks", "properties", "watersheds"]
