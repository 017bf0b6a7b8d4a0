"""The REPL: a session in a terminal, or through a pipe."""

from maskexpr.repl.conversation import converse

__all__ = ["converse"]
