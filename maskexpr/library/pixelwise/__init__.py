"""Functions of each pixel by itself. Given only numbers they give a number, given samples they give samples."""

from maskexpr.library.pixelwise import casts, choices, elementary, flags, missing, predicates

__all__ = ["casts", "choices", "elementary", "flags", "missing", "predicates"]
