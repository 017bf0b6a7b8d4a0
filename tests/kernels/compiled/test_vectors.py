"""Vectors are taken from anywhere and put anywhere."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def test_numbers_side_by_side():
    numba = pytest.importorskip("numba")
    from llvmlite import ir
    from numba.extending import intrinsic

    from maskexpr.kernels.compiled.vectors import DOUBLE, load, pointer, spread, store

    @intrinsic
    def add_to_five(typing, values, at, more, into, to):
        def generate(context, builder, signature, given):
            array, at, more, found, to = given
            vector = ir.VectorType(DOUBLE, 5)
            some = load(builder, pointer(context, builder, values, array), at, vector)
            sums = builder.fadd(some, spread(builder, more, vector))
            store(builder, sums, pointer(context, builder, into, found), to)
            return context.get_dummy_value()

        return numba.types.void(values, at, more, into, to), generate

    @numba.njit
    def add(values, at, more, into, to):
        add_to_five(values, at, more, into, to)

    found = np.zeros(9)
    add(np.arange(12.0), 6, 0.5, found, 3)
    np.testing.assert_array_equal(found, [0, 0, 0, 6.5, 7.5, 8.5, 9.5, 10.5, 0])
