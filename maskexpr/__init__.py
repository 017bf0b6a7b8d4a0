"""maskexpr: a small, pure language for image masks.

>>> import maskexpr, numpy as np
>>> maskexpr.evaluate("dilate((im > 32) & ~(im > 64))", im=np.array([[0, 40, 90, 0]]))
array([[ True,  True,  True, False]])
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maskexpr.api import Bound, Image, Program, compile, evaluate
    from maskexpr.comparisons.python import compare
    from maskexpr.diagnostics.codes import ErrorCode, error_codes
    from maskexpr.diagnostics.errors import (
        CancelledError,
        Diagnostic,
        FileError,
        InputError,
        LimitError,
        MaskError,
        MaskWarning,
        ProgramError,
        RunError,
        WorkerError,
    )
    from maskexpr.display.views import View, view
    from maskexpr.files.python import read, write
    from maskexpr.functions.record import function
    from maskexpr.kinds.table import Table
    from maskexpr.language.formatting import format
    from maskexpr.language.limits import Limits
    from maskexpr.sandbox.python import Sandbox
    from maskexpr.studies.mapping import map
    from maskexpr.sweeps.python import sweep
    from maskexpr.sweeps.sweep import Sweep

__version__ = "0.1.0"

__all__ = [
    "Bound",
    "CancelledError",
    "Diagnostic",
    "ErrorCode",
    "FileError",
    "Image",
    "InputError",
    "LimitError",
    "Limits",
    "MaskError",
    "MaskWarning",
    "Program",
    "ProgramError",
    "RunError",
    "Sandbox",
    "Sweep",
    "Table",
    "View",
    "WorkerError",
    "__version__",
    "compare",
    "compile",
    "error_codes",
    "evaluate",
    "format",
    "function",
    "map",
    "read",
    "sweep",
    "view",
    "write",
]

_ROOMS = {
    "maskexpr.api": ("Bound", "Image", "Program", "compile", "evaluate"),
    "maskexpr.comparisons.python": ("compare",),
    "maskexpr.diagnostics.codes": ("ErrorCode", "error_codes"),
    "maskexpr.diagnostics.errors": (
        *("Diagnostic", "MaskError", "MaskWarning", "ProgramError", "InputError", "RunError", "FileError"),
        *("LimitError", "CancelledError", "WorkerError"),
    ),
    "maskexpr.display.views": ("View", "view"),
    "maskexpr.files.python": ("read", "write"),
    "maskexpr.functions.record": ("function",),
    "maskexpr.kinds.table": ("Table",),
    "maskexpr.language.formatting": ("format",),
    "maskexpr.language.limits": ("Limits",),
    "maskexpr.sandbox.python": ("Sandbox",),
    "maskexpr.studies.mapping": ("map",),
    "maskexpr.sweeps.python": ("sweep",),
    "maskexpr.sweeps.sweep": ("Sweep",),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext maskexpr` does: add `%%mask` cells and `%mask` lines."""
    from maskexpr.notebook import register

    register(shell)


def __dir__() -> list[str]:
    """The public names alone; the rooms of the package are for those who work in it."""
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    """What is public is imported when it is first asked for, so that nobody waits for what they do not use."""
    if name not in _ROOM_OF:
        raise AttributeError(f"module 'maskexpr' has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(_ROOM_OF[name]), name)
    return value
