"""How random tests are drawn, the arrays that many tests go through, and what tests of sessions begin with."""

import gc
import os
import shutil
import tempfile

import imageio.v3
import numpy as np
import pytest
from helpers.arrays import IMAGES, MASKS
from helpers.places import ANKLE, DATA
from hypothesis import settings

# No deadline: machines are shared, and nothing here depends on time. The same examples each time, so that a commit
# passes or fails for what it changed; MASKEXPR_EXAMPLES=20000 draws that many new ones.
settings.register_profile("maskexpr", deadline=None, derandomize="MASKEXPR_EXAMPLES" not in os.environ)
settings.load_profile("maskexpr")

# What `maskexpr warm` left with whoever runs the tests is not taken, nor by the processes that they start.
_CACHES = tempfile.TemporaryDirectory(prefix="maskexpr-caches-")
os.environ["XDG_CACHE_HOME"] = os.environ["LOCALAPPDATA"] = _CACHES.name


def pytest_collection_modifyitems(items):
    """`-m quick`: the heart of the suite, all that is not marked as slow."""
    for item in items:
        if item.get_closest_marker("slow") is None:
            item.add_marker(pytest.mark.quick)


def pytest_collection_finish():
    """The tests themselves are kept until the end, so no collection of garbage need look at them, nor come as often."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(params=MASKS.values(), ids=MASKS)
def mask(request):
    return request.param


@pytest.fixture(params=IMAGES.values(), ids=IMAGES)
def im(request):
    return request.param


@pytest.fixture(scope="session")
def ankle():
    return imageio.v3.imread(ANKLE)


@pytest.fixture(scope="session")
def brain():
    """A volume."""
    return imageio.v3.imread(DATA / "brain.tif")


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of its own to work in, with a radiograph."""
    shutil.copy(ANKLE, tmp_path / "leg.png")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def typing(folder):
    """A session to type into, with the radiograph."""
    from helpers.repl_typing import Typing

    t = Typing()
    t(":load im leg.png")
    return t
