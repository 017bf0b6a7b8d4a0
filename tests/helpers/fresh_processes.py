"""A process as it starts, for tests of what is decided once in each."""

import sys

import pytest

from maskexpr.kernels import choosing


def with_compiled_kernels(monkeypatch: pytest.MonkeyPatch) -> choosing._Process:
    """One in which nothing was run, and that has compiled kernels."""
    process = choosing._Process()
    process.is_there = True
    monkeypatch.setattr(choosing, "_process", process)
    monkeypatch.delenv(choosing.VARIABLE, raising=False)
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    return process
