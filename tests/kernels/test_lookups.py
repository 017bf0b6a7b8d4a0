"""Tables looked up block by block."""

import numpy as np
import pytest

from maskexpr.kernels import lookups
from maskexpr.kernels.scratch import Scratch


@pytest.mark.parametrize(("dtype", "low"), [("uint8", 0), ("int16", -40), ("int64", 7)])
def test_numbers_from_a_first_one_on(dtype: str, low: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookups, "BLOCK", 10)
    table = np.random.default_rng(3).random(90)
    places = np.random.default_rng(4).integers(0, 90, (7, 9))
    out = np.zeros(places.shape)
    assert lookups.look_up(table, (places + low).astype(dtype), low, out, Scratch()) is out
    np.testing.assert_array_equal(out, table[places])
