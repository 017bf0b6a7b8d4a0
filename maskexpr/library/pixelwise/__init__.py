"""Functions of each pixel by itself. Given only numbers they give a number, given samples they give samples."""

from maskexpr.library.pixelwise import choices, elementary, flags, missing, predicates

__all__ = ["choices", "elementary", "flags", "missing", "predicates"]
