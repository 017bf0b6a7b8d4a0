"""The command line."""

from maskexpr.cli.dispatch import main

__all__ = ["main"]
