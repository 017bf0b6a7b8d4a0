"""Kernels are kept compiled, and run for what they were compiled for alone."""

import importlib

import numpy as np
import pytest

from maskexpr.kernels import choosing, keeping
from maskexpr.kernels.choosing import NotCompiled

pytestmark = pytest.mark.slow
pytest.importorskip("numba")
building = importlib.import_module("maskexpr.kernels.compiled.building")


def total(values):
    found = 0.0
    for value in values:
        found += value
    return found


def made():
    from numba import types

    return building.kernel((types.Array(types.float64, 1, "C", True),))(total)


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    monkeypatch.setattr(building, "_kernels", [])
    keeping.made(keeping.folder())


def build(monkeypatch):
    kernel = made()
    monkeypatch.setattr(building, "_compiling", [None])
    kernel.compile(building._kernels[-1].types[0])
    monkeypatch.setattr(building, "_compiling", [])
    return kernel


def test_what_was_compiled_is_found_again(monkeypatch):
    values = np.arange(9.0)
    with pytest.raises(NotCompiled):
        made()(values)
    build(monkeypatch)
    again = made()
    values.flags.writeable = False
    assert again(values) == 36
    assert again(np.arange(5.0)) == 10  # one that may be written to, too
    with monkeypatch.context() as patch:
        patch.setattr(keeping, "read", lambda path: pytest.fail("it was loaded before"))
        assert (again(values), again(np.arange(5.0))) == (36, 10)
    for others in (np.arange(9), np.arange(9.0)[::2], np.zeros((2, 2))):
        with pytest.raises(NotCompiled):
            again(others)
    assert made()(np.arange(3.0)) == 3
    assert [path.stat().st_mode & 0o077 for path in (keeping.folder(), keeping.folder().parent)] == [0, 0]


def test_a_damaged_file_is_none(monkeypatch):
    build(monkeypatch)
    (path,) = keeping.folder().glob("test_building.total.*")
    content = path.read_bytes()
    for damaged in (b"", content[: len(content) // 2], b"cos\nsystem\n(S'exit 3'\ntR"[:9]):
        keeping.write(path, damaged)
        with pytest.raises(NotCompiled):
            made()(np.arange(3.0))


def test_what_others_may_look_into_is_not_run(monkeypatch):
    build(monkeypatch)
    keeping.folder().chmod(0o755)
    try:
        with pytest.raises(NotCompiled):
            made()(np.arange(3.0))
    finally:
        keeping.folder().chmod(0o700)
    assert made()(np.arange(3.0)) == 3
    assert choosing.is_worth(0.0)
