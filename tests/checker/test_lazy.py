"""What is computed, or read from a file, to make an array of it; tests/test_security.py asks programs for it."""

from typing import Any

import numpy as np
import pytest

from maskexpr.checker import lazy
from maskexpr.functions.arguments import Refused


class Graph:
    """Dask's protocol: a graph, or none where all is there, as of xarray on NumPy."""

    def __init__(self, graph: Any) -> None:
        self.graph = graph

    def __dask_graph__(self) -> Any:
        return self.graph


class Loaded(Graph):
    """As xarray's arrays are: what they hold may lie in a file."""

    def __init__(self, is_in_memory: bool) -> None:
        super().__init__(None)
        self.variable = type("Variable", (), {"_in_memory": is_in_memory})()

    def compute(self) -> Any:
        return self


class Raises:
    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


STORED = type("Dataset", (), {"__module__": "h5py._hl.dataset"})
COMPUTED = type("Array", (), {"compute": lambda self: None})


@pytest.mark.parametrize("value", [Graph({"a": 1}), Loaded(False), COMPUTED(), STORED(), type("Own", (STORED,), {})()])
def test_what_is_refused(value: Any) -> None:
    with pytest.raises(Refused):
        lazy.refuse(value)


@pytest.mark.parametrize(
    "value", [Graph(None), Loaded(True), np.zeros(3), np.ma.zeros(3), [1], None, "text", object(), STORED]
)
def test_what_is_there(value: Any) -> None:
    lazy.refuse(value)


def test_objects_that_raise_are_left_to_what_asks_them() -> None:
    lazy.refuse(Raises())
