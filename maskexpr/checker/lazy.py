"""What is no memory yet: arrays that are computed, or read from a file, once somebody asks for their numbers.

To make an array of one may take any time and any memory, and run what whoever made it left in it. So that is asked for,
by `Image(x, compute=True)`, and never done for a program's sake.
"""

import contextlib
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused

# Libraries of arrays that lie in files or on servers: each reads when an array is made of one of its objects.
_STORES = frozenset({"h5py", "netCDF4", "tables", "tensorstore", "tiledb", "zarr"})

_PLAIN = (type(None), bool, int, float, str, list, tuple, np.ndarray, np.generic)


def refuse(value: Any) -> None:
    """Refuse what is computed or read to make an array of it."""
    if isinstance(value, _PLAIN):
        return
    if _is_computed(value):
        raise Refused(messages.INPUT_LAZY, found=type(value).__name__)
    if any(kind.__module__.partition(".")[0] in _STORES for kind in type(value).__mro__):
        raise Refused(messages.INPUT_STORED, found=type(value).__name__)


def _is_computed(value: Any) -> bool:
    """By Dask's protocol, which xarray has as well; by what xarray knows of its own arrays, which may lie in files; by
    the method that libraries like these have."""
    with contextlib.suppress(Exception):  # of objects that raise whatever they are asked, which are not these
        graph = getattr(value, "__dask_graph__", None)
        if callable(graph) and graph() is not None:
            return True
        is_in_memory = getattr(getattr(value, "variable", value), "_in_memory", None)
        if isinstance(is_in_memory, bool):
            return not is_in_memory
    return callable(getattr(type(value), "compute", None))
