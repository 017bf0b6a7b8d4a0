"""Buffers that are used again from block to block, so that no memory is asked for, and cleared, in between."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_KEPT_BYTES = 64 * 2**20
_MOST_VIEWS = 1000


class Scratch:
    """Named buffers of one thread. A name gives the same memory each time, whatever the shape: the last user's values
    are still in it."""

    def __init__(self) -> None:
        self._memory: dict[str, Array] = {}
        self._bytes = 0
        self._views: dict[tuple[str, tuple[int, ...], Any], Array] = {}

    def __call__(self, name: str, shape: tuple[int, ...], dtype: Any) -> Array:
        """An array for scratch values, C-contiguous, not cleared."""
        key = (name, shape, dtype)
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = self._view(name, shape, np.dtype(dtype))
        return view

    def _view(self, name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        size = dtype.itemsize
        for n in shape:
            size *= n
        memory = self._memory.get(name)
        if memory is None or memory.nbytes < size:
            self._bytes += size - (0 if memory is None else memory.nbytes)
            # What is too small goes first, so that never both are held.
            self._views = {key: view for key, view in self._views.items() if key[0] != name}
            memory = self._memory[name] = np.empty(0, np.uint64)
            memory = self._memory[name] = np.empty(-(-size // 8), np.uint64)
        return memory.view(np.uint8)[:size].view(dtype).reshape(shape)

    def trim(self) -> None:
        """Let go of the memory if it has become much, and of views, by shapes, if they are many."""
        if self._bytes > _KEPT_BYTES:
            self._memory.clear()
            self._bytes = 0
        elif len(self._views) <= _MOST_VIEWS:
            return
        self._views.clear()
