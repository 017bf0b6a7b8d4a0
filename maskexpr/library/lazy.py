"""Packages that cost a start more than they are worth until a program needs them."""

import importlib
from typing import Any


class _SciPy:
    """SciPy, whose parts are imported when they are first used."""

    def __getattr__(self, name: str) -> Any:
        return importlib.import_module(f"scipy.{name}")


scipy: Any = _SciPy()


def load() -> None:
    """Import what takes long, where nobody waits for it yet."""
    importlib.import_module("scipy.ndimage")
