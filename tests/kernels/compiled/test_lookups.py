"""Tables looked up without widened numbers, against NumPy: all types, ends, and numbers beyond them."""

import numpy as np
import pytest

from maskexpr.kernels import lookups
from maskexpr.kernels.choosing import plain
from maskexpr.kernels.scratch import Scratch

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16"])
@pytest.mark.parametrize("held", ["float32", "float64", "uint32", "int64"])
def test_the_numpy_kernels_bits(dtype, held, rng, built, monkeypatch):
    from maskexpr.kernels.compiled import lookups as compiled

    monkeypatch.setattr(compiled, "_AT_ONCE", 1000)
    ends = np.iinfo(dtype)
    for low, count in ((ends.min, 2 ** (8 * ends.bits // 8)), (max(ends.min, -3), 40), (100, 1)):
        table = rng.integers(0, 2**32, count).astype(held)
        table.flags.writeable = False
        for shape in ((0,), (1, 1), (3, 65), (50, 71)):
            numbers = rng.integers(low, low + count, shape).astype(dtype)
            numbers.flags.writeable = False
            found = np.zeros(shape, held)
            assert compiled.look_up(table, numbers, int(low), found, Scratch()) is found
            np.testing.assert_array_equal(found, table[numbers.astype(np.int64) - low])
            expected = plain(lookups.look_up)(table, numbers, int(low), np.zeros(shape, held), Scratch())
            np.testing.assert_array_equal(found, expected)


def test_numbers_beyond_the_table_read_nothing_else(built):
    from maskexpr.kernels.compiled.lookups import look_up

    table, numbers = np.array([5.0, 6.0]), np.array([0, 3, 5, 255], np.uint8)
    assert set(look_up(table, numbers, 3, np.zeros(4), Scratch())) <= {5.0, 6.0}


def test_what_is_left_to_numpy(built):
    from maskexpr.kernels.compiled.lookups import look_up

    table, numbers, out = np.arange(9.0), np.ones((4, 6), np.uint8), np.ones((4, 6))
    others = [(table, numbers.astype(np.int32), out), (table, numbers[:, ::2], out[:, ::2]), (table, numbers, out[0])]
    others += [(table.astype(np.uint8), numbers, numbers.copy()), (table.astype(">f8"), numbers, out)]
    others += [(table, numbers.astype(">u2"), out), (table, numbers[:2], out[::2]), (table, numbers, out.view("i8"))]
    for given in others[:2] + others[3:]:
        assert look_up(given[0], given[1], 0, given[2], Scratch()) is NotImplemented
