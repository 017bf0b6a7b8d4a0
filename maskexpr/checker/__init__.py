"""Names, kinds, shapes, ranges and units of a program, before a pixel is touched; all mistakes at once."""

from maskexpr.checker.params import param_kind
from maskexpr.checker.program import check

__all__ = ["check", "param_kind"]
