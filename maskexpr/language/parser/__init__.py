"""Text to nodes."""

from maskexpr.language.parser.parsing import Parsed, parse

__all__ = ["Parsed", "parse"]
