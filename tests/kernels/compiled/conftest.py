"""The kernels of the module that a file tests are compiled once, into a folder of the tests; where Numba is there."""

from pathlib import Path

import pytest

from maskexpr.kernels import choosing, keeping


@pytest.fixture(scope="session")
def _caches(tmp_path_factory):
    return tmp_path_factory.mktemp("caches")


@pytest.fixture(autouse=True)
def _kept_here(monkeypatch, _caches):
    monkeypatch.setattr(keeping, "_caches", lambda: _caches)
    monkeypatch.setattr(choosing, "_process", choosing._Process())
    monkeypatch.setenv(choosing.VARIABLE, "1")


@pytest.fixture
def built(request, _kept_here):
    """Compile the kernels of a file's module, those of `test_sweeps.py` in `sweeps`."""
    pytest.importorskip("numba")
    from maskexpr.kernels.compiled import building

    assert keeping.made(keeping.folder())
    *rooms, file = request.path.relative_to(Path(__file__).parent).parts
    return building.built(".".join([*rooms, file.removeprefix("test_").removesuffix(".py")]))
