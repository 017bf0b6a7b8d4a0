"""How kernels are compiled."""

from collections.abc import Callable
from typing import Any

import numba


def kernel(*signatures: str) -> Callable[[Callable[..., Any]], Any]:
    """A loop over numbers as a compiled function, without the interpreter's lock."""

    def compiled(function: Callable[..., Any]) -> Any:
        return numba.njit(nogil=True, error_model="numpy", fastmath=False, boundscheck=False)(function)

    return compiled
