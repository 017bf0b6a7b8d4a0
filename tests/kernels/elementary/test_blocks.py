"""Blocks, types, layouts and `out`: what a value gives depends on that value alone."""

import contextlib
import threading

import numpy as np
from helpers.each import each

from maskexpr.kernels.elementary import blocks
from maskexpr.kernels.elementary.blocks import BLOCK, Function, apply


def _half_block(work, x, out):
    """Half of x, done in buffers; multiples of 1000 are left to the exact stage."""
    buffer, mask = work.floats[0], work.flags[0]
    np.multiply(x, 0.5, out=buffer)
    np.copyto(out, buffer)
    return np.equal(np.fmod(x, 1000, out=buffer), 0, out=mask)


HALF = Function(_half_block, lambda x: -x)
DIFFERENCE = Function(lambda work, a, b, out: np.subtract(a, b, out=out) is None or None)
LONG = np.arange(300_001.0)


def expected(x):
    x = np.asarray(x)
    return np.where(x % 1000 == 0, -x, x / 2).astype(x.dtype)


@each("size", [0, 1, 999, BLOCK - 1, BLOCK, BLOCK + 1, 300_001])
def test_every_length(size):
    np.testing.assert_array_equal(apply(HALF, (LONG[:size],)), expected(LONG[:size]))


@each("dtype", ["f2", "f4", "f8"])
def test_types_and_layouts(dtype):
    x = (LONG[:60_000] % 2048).astype(dtype)
    grid = x.reshape(200, 300)
    cube = np.asfortranarray(x.reshape(20, 30, 100))
    for a in (x[::-1], x[3::7], grid.T, grid[::-2, 5:90], cube, cube[:, ::3], np.broadcast_to(x[:9], (4, 9)), x[5]):
        found = apply(HALF, (a,))
        assert found.dtype == dtype
        assert found.shape == a.shape
        np.testing.assert_array_equal(found, expected(a))
    assert apply(HALF, (grid.T,)).flags.f_contiguous


def test_scalars_give_scalars():
    for kind in (np.float16, np.float32, np.float64):
        assert apply(HALF, (kind(3),)) == 1.5
        assert apply(HALF, (np.array(3, kind),), np.empty((), kind)) == 1.5
        assert apply(DIFFERENCE, (kind(3), np.array(1, kind))) == 2
    assert type(apply(HALF, (np.float32(3),))) is np.float32
    assert type(apply(HALF, (3.0,))) is np.float64
    assert type(apply(HALF, (np.array(3.0),))) is np.float64
    given = np.array(0.0)
    assert apply(HALF, (3.0,), given) is given
    assert given == 1.5


@each("view", [np.s_[:], np.s_[::-1], np.s_[::3], np.s_[5:-5]])
def test_out_may_be_an_operand_or_overlap_it(view):
    memory = LONG.copy()
    want = expected(LONG[view])
    assert apply(HALF, (memory[view],), memory[view]) is not None
    np.testing.assert_array_equal(memory[view], want)
    memory = LONG.copy()
    apply(HALF, (memory[:-1],), memory[1:])
    np.testing.assert_array_equal(memory[1:], expected(LONG[:-1]))
    memory = LONG.copy()
    apply(DIFFERENCE, (memory[view], memory[view][::-1]), memory[view][::-1])
    np.testing.assert_array_equal(memory[view][::-1], LONG[view] - LONG[view][::-1])


def test_operands_are_broadcast():
    a, b = LONG[:500, None], LONG[None, :70].astype(np.float64)
    np.testing.assert_array_equal(apply(DIFFERENCE, (a, b)), a - b)
    np.testing.assert_array_equal(apply(DIFFERENCE, (a, 2.0)), a - 2)
    narrow = apply(DIFFERENCE, (a.astype("f4"), np.float32(2)))
    assert narrow.dtype == np.float32


def test_nothing_warns():
    huge = np.array([1e300, -1e300, np.inf, np.nan, 5e-324])
    apply(HALF, (huge,), np.empty(5, np.float32))
    apply(DIFFERENCE, (huge, huge))


def test_threads_have_buffers_of_their_own():
    """Each block waits till the other thread is in the midst of its own."""
    both = threading.Barrier(2, timeout=20)

    def slow_block(work, x, out):
        np.multiply(x, 0.5, out=work.floats[0])
        both.wait()
        np.copyto(out, work.floats[0])

    found = {}

    def run(sign):
        found[sign] = apply(Function(slow_block), (sign * LONG,))

    threads = [threading.Thread(target=run, args=(sign,)) for sign in (1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal(found[1], LONG / 2)
    np.testing.assert_array_equal(found[-1], LONG / -2)


def test_buffers_of_small_arrays_are_short(monkeypatch):
    """Long ones, where they are kept, serve them too, and stay when too many are given back."""
    monkeypatch.setattr(blocks, "_kept", [])
    apply(HALF, (LONG[:70],))
    (short,) = blocks._kept
    assert short.length < BLOCK // 8
    apply(HALF, (LONG,))
    assert [buffers.length for buffers in blocks._kept] == [short.length, BLOCK]
    blocks._kept.remove(short)
    apply(HALF, (LONG[:70],))
    assert [buffers.length for buffers in blocks._kept] == [BLOCK]
    with contextlib.ExitStack() as stack:
        for size in [BLOCK] * 3 + [70] * 20:
            stack.enter_context(blocks._borrowed(size))
    lengths = [buffers.length for buffers in blocks._kept]
    assert len(lengths) == 16
    assert lengths.count(BLOCK) == 3
