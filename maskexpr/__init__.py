"""maskexpr: a small, pure language for image masks.

>>> import maskexpr, numpy as np
>>> maskexpr.evaluate("dilate((im > 32) & ~(im > 64))", im=np.array([[0, 40, 90, 0]]))
array([[ True,  True,  True, False]])
"""

from maskexpr.api import Image, Program, compile, evaluate
from maskexpr.errors import Diagnostic, FileError, InputError, MaskError, ProgramError, RunError
from maskexpr.limits import Limits

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
    "__version__",
    "compile",
    "evaluate",
]
