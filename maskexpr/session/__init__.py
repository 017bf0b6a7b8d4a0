"""Statements entered one after another, the files they work on, and the values they gave; no terminal in it."""

from maskexpr.session.session import Session
from maskexpr.session.states import Outcome

__all__ = ["Outcome", "Session"]
