"""Blocks of arrays: all values, each once, however they lie, in blocks that are read in a row."""

import numpy as np
from helpers.both_ways import LAYOUTS
from helpers.each import each

from maskexpr.kernels import blocks
from maskexpr.testing.pixels import laid_out


@each("shape", [(0,), (3, 0, 4), (), (5,), (2, 3), (40, 50, 60), (3, 1, 50_000), (100_000, 2)])
@each("dtype", ["uint8", ">i2", "float64", ">f8"])
def test_each_value_comes_once(dtype, shape):
    values = np.arange(np.prod(shape, dtype=int)).astype(dtype).reshape(shape)
    for layout in sorted(set(LAYOUTS)) if values.ndim else ["C"]:
        found = []
        for block in blocks.blocks(laid_out(values.copy(), layout)):
            assert block.flags.c_contiguous
            assert block.dtype.isnative
            assert block.ndim == 1
            assert 0 < block.size <= blocks.BLOCK
            found.extend(block.tolist())
        assert sorted(found) == sorted(values.ravel().tolist())


def test_nothing_is_copied_that_lies_in_one_piece():
    values = np.arange(60.0).reshape(3, 4, 5)
    for view in (values, values.T, values[::-1], values.transpose(1, 2, 0)[:, ::-1]):
        assert all(np.shares_memory(block, values) for block in blocks.blocks(view))
