"""Rows of one buffer: what is taken there, and how results are given back."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def test_bits_there_and_back(built, monkeypatch):
    from maskexpr.kernels.compiled import building
    from maskexpr.kernels.compiled.elementary import rows

    monkeypatch.setattr(building, "_compiling", [None])
    assert rows.upper(np.pi) == np.float64(np.pi).view(np.int64).__and__(-(2**27)).view(np.float64)
    work, out, doubts = np.zeros(2 * rows.PITCH), np.zeros(9), np.zeros(9, np.uint8)
    rows.load(np.arange(9.0), 2, 7, work, 0)
    rows.load(np.array([1.0]), 0, 2, work, rows.PITCH)
    work[rows.PITCH] = rows.UNUSUAL
    assert rows.give(work, 0, rows.PITCH, 2, 7, out, doubts) == 3
    np.testing.assert_array_equal(out, [0, 0, 2, 3, 4, 5, 6, 7, 8])
    np.testing.assert_array_equal(doubts, [0, 0, 2, 1, 0, 0, 0, 0, 0])


def test_singles_next_to_the_middle_are_in_doubt(built, monkeypatch):
    from maskexpr.kernels.compiled import building
    from maskexpr.kernels.compiled.elementary import rows

    monkeypatch.setattr(building, "_compiling", [None])
    work, out, doubts = np.zeros(2 * rows.PITCH), np.zeros(5, np.float32), np.zeros(5, np.uint8)
    work[:5] = 1, 1 + 2.0**-24 + 2.0**-50, 1 + 2.0**-24 + 2.0**-30, np.inf, np.nan
    assert rows.give_singles(work, 0, rows.PITCH, 0, 5, out, doubts) == 1
    np.testing.assert_array_equal(doubts, [0, 1, 0, 0, 0])
    np.testing.assert_array_equal(out[[0, 2, 3, 4]], np.float32([1, 1 + 2.0**-23, np.inf, np.nan]))
