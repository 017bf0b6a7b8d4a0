"""Compiled calipers are the NumPy kernels', to the last bit."""

import pytest
from helpers.region_rows import rows_of_regions

from maskexpr.kernels import calipers
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("weights", [(1.0, 1.0), (1.7, 1.0), (1.0, 3.1)])
def test_calipers_are_the_same(weights, rng, built, monkeypatch):
    from maskexpr.kernels.compiled import calipers as compiled

    for at_once in (1, 2**24):
        monkeypatch.setattr(compiled, "_AT_ONCE", at_once)
        for owner, places, first, last, count in rows_of_regions(rng):
            for name in ("longest", "narrowest"):
                given = owner, places[0], first, last, count, weights
                found, expected = getattr(compiled, name)(*given), plain(getattr(calipers, name))(*given)
                assert found.tobytes() == expected.tobytes()
