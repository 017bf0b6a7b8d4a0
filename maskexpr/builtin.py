"""The old name of `maskexpr.function`, and of what stands in `maskexpr.functions`; it goes with the next release."""

import warnings
from typing import Any

from maskexpr import functions

_BEFORE = {"builtin": "function", "Builtin": "Function"}


def __getattr__(name: str) -> Any:
    new = _BEFORE.get(name, name)
    if new not in functions.__all__:
        raise AttributeError(f"module 'maskexpr.builtin' has no attribute {name!r}")
    now = f"maskexpr.{new}" if new == "function" else f"maskexpr.functions.{new}"
    warnings.warn(f"maskexpr.builtin.{name} is now {now}", DeprecationWarning, stacklevel=2)
    return getattr(functions, new)
