"""OpenCV, where there is one that works: imported once, and looked at before anything is asked of it."""

import contextlib
import functools
import importlib
import io
from typing import Any

import numpy as np


@functools.cache
def usable() -> Any:
    """The module, or None: it may not be there, be built for another NumPy, lack a library of the system, be a folder
    or a stand-in that bears its name. Then all runs as it does without it."""
    try:
        with contextlib.redirect_stderr(io.StringIO()):  # a build for another NumPy prints pages before it fails
            cv2: Any = importlib.import_module("cv2")
        return cv2 if _does_what_is_asked(cv2) else None
    except Exception:  # whatever a package that cannot be used does when it is imported or called: all of it says no
        return None


def _does_what_is_asked(cv2: Any) -> bool:
    """Whether all that is used of it gives what it should."""
    im = np.full((5, 5), 7, np.uint8)
    im[2, 2] = 0
    level = np.ones((5, 5))
    blurred = cv2.GaussianBlur(level, (5, 5), 1.0, dst=np.empty_like(level), sigmaY=1.0, borderType=cv2.BORDER_REFLECT)
    far = cv2.distanceTransform(im, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return bool((cv2.medianBlur(im, 3) == 7).all() and np.allclose(blurred, 1) and far[0, 2] == 2)
