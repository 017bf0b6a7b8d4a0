"""maskexpr: a small, pure language for image masks.

>>> import maskexpr, numpy as np
>>> maskexpr.evaluate("dilate((im > 32) & ~(im > 64))", im=np.array([[0, 40, 90, 0]]))
array([[ True,  True,  True, False]])
"""

from typing import TYPE_CHECKING, Any

from maskexpr.api import Image, Program, compile, evaluate
from maskexpr.diagnostics.errors import Diagnostic, FileError, InputError, MaskError, ProgramError, RunError
from maskexpr.functions.record import function
from maskexpr.language.limits import Limits

if TYPE_CHECKING:
    from maskexpr.display.views import View, view

__version__ = "0.1.0"

__all__ = [
    "Diagnostic",
    "FileError",
    "Image",
    "InputError",
    "Limits",
    "MaskError",
    "Program",
    "ProgramError",
    "RunError",
    "View",
    "__version__",
    "compile",
    "evaluate",
    "function",
    "view",
]


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext maskexpr` does: add `%%mask` cells and `%mask` lines."""
    from maskexpr.notebook import register

    register(shell)


def __dir__() -> list[str]:
    """The public names alone; the rooms of the package are for those who work in it."""
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    """Pictures are imported when they are first asked for."""
    if name in ("View", "view"):
        from maskexpr.display import views

        return getattr(views, name)
    raise AttributeError(f"module 'maskexpr' has no attribute {name!r}")
