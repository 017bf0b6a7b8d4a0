"""Arrays in memory of two processes: where they lie, and when that memory is free again."""

import gc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from maskexpr.sandbox.process import _Memory
from maskexpr.sandbox.segments import Lease, Place, Segment, lease_of, packed, place_of, within


@st.composite
def views(draw):
    """An array, and a view of it that may be turned, cut or repeated."""
    shapes = arrays.array_shapes(max_dims=4, max_side=5)
    whole = draw(arrays.arrays(draw(st.sampled_from(["u1", "?", "i2", "f8"])), draw(shapes)))
    view = whole.transpose(draw(st.permutations(range(whole.ndim))))
    steps = st.sampled_from([slice(None), slice(None, None, -1), slice(0, None, 2)])
    view = view[tuple(draw(steps) for _ in view.shape)]
    return np.broadcast_to(view[None], (3, *view.shape)) if draw(st.booleans()) else view


@given(views())
def test_what_is_copied_there_is_what_was_given(array):
    memory = _Memory()
    (place,) = memory._copied({"im": array}).values()
    found = within(memory._input.memory, place)
    np.testing.assert_array_equal(found, array)
    assert (found.shape, found.dtype) == (array.shape, array.dtype)


@given(views())
def test_views_of_what_lies_there_are_found_there(array):
    lease = Lease(Segment(array.nbytes + 64))
    (place,), _ = packed([array])
    there = lease.array(place)
    there[...] = array
    assert lease_of(there) is lease
    view = there[..., ::-1]
    assert lease_of(view) is lease
    np.testing.assert_array_equal(within(lease.segment.memory, place_of(view, lease)), array[..., ::-1])
    assert lease_of(array) is None


def test_memory_is_free_when_the_last_array_in_it_is_gone():
    ended = []
    array = Lease(Segment(100), ended.append).array(Place(1, 0, (10, 10), "|u1"))
    view = array[2:, ::3].T
    del array
    gc.collect()
    assert ended == []
    view[...] = 1
    del view
    gc.collect()
    assert len(ended) == 1


@pytest.mark.parametrize("size", [0, 1, 2**16, 2**16 + 1, 10**7])
def test_segments_have_room(size):
    segment = Segment(size)
    assert size <= segment.size <= max(2**16, 1.125 * size + 2**12)
    assert not segment.memory.any()
