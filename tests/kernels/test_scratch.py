"""Buffers: one memory a name, whatever the shape, until it has become much."""

import numpy as np

from maskexpr.kernels import scratch as module
from maskexpr.kernels.scratch import Scratch


def test_a_name_gives_the_same_memory_with_the_last_values_in_it():
    scratch = Scratch()
    first = scratch("a", (3, 4), np.uint64)
    first[...] = 7
    assert (first.shape, first.dtype) == ((3, 4), np.uint64)
    again = scratch("a", (3, 4), np.uint64)
    assert again is first
    smaller = scratch("a", (2, 2), np.uint64)
    assert np.shares_memory(smaller, first)
    assert (smaller == 7).all()


def test_other_shapes_and_types_are_views_in_c_order():
    scratch = Scratch()
    scratch("a", (100,), np.uint64)
    for shape, dtype in [((7, 3), np.uint8), ((2, 3, 4), np.float32), ((0, 5), np.int16), ((), np.float64)]:
        view = scratch("a", shape, dtype)
        assert (view.shape, view.dtype) == (shape, dtype)
        assert view.flags.c_contiguous
        assert view.flags.writeable
        assert view.size == 0 or np.shares_memory(view, scratch("a", (100,), np.uint64))


def test_names_share_nothing():
    scratch = Scratch()
    a, b = scratch("a", (50,), bool), scratch("b", (50,), bool)
    a[...], b[...] = True, False
    assert a.all()
    assert not np.shares_memory(a, b)


def test_memory_grows_and_older_views_are_not_given_again():
    scratch = Scratch()
    small = scratch("a", (4,), np.uint64)
    large = scratch("a", (4000,), np.uint64)
    assert not np.shares_memory(small, large)
    again = scratch("a", (4,), np.uint64)
    assert again is not small
    assert np.shares_memory(again, large)


def test_much_memory_is_let_go_of_and_little_is_kept(monkeypatch):
    monkeypatch.setattr(module, "_KEPT_BYTES", 1000)
    scratch = Scratch()
    kept = scratch("a", (900,), np.uint8)
    scratch.trim()
    assert scratch("a", (900,), np.uint8) is kept
    scratch("b", (200,), np.uint8)
    scratch.trim()
    assert not np.shares_memory(scratch("a", (900,), np.uint8), kept)
    # It starts to count anew.
    fresh = scratch("a", (900,), np.uint8)
    scratch.trim()
    assert scratch("a", (900,), np.uint8) is fresh


def test_very_many_views_are_let_go_of():
    scratch = Scratch()
    first = scratch("a", (2000,), np.uint8)
    for n in range(1001):
        scratch("a", (n,), np.uint8)
    scratch.trim()
    assert scratch("a", (2000,), np.uint8) is not first
