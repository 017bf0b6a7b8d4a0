"""Text to nodes."""

from maskexpr.language.parser.parsing import NOTHING, Length, Parsed, parse

__all__ = ["NOTHING", "Length", "Parsed", "parse"]
