"""Spans that are found, taken and painted by compiled kernels are the NumPy kernels'."""

import numpy as np
import pytest
from helpers.biting import SHAPES, TYPES, strided

from maskexpr.kernels import spans
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow


def test_spans_are_the_same(rng, built):
    from maskexpr.kernels.compiled.spans import paint, spans_in, values_at

    for shape in ((0, 5), (5, 0), (1, 1), (9, 130), *((3, width) for width in (63, 64, 65))):
        for labels in (rng.integers(0, 3, shape), rng.integers(0, 2, shape) * 2**31 - 1, np.zeros(shape)):
            rows = np.maximum(labels, 0).astype(np.int32)
            found, expected = spans_in(rows, 7, 7 + len(rows)), plain(spans.spans_in)(rows, 7, 7 + len(rows))
            for name in ("first", "last", "row", "start", "stop", "owner"):
                np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
                assert np.asarray(getattr(found, name)).dtype == np.asarray(getattr(expected, name)).dtype
            begin, lengths = (found.row - 7) * shape[1] + found.start, found.lengths
            for dtype in TYPES:
                flat = rng.integers(0, 99, rows.size).astype(dtype)
                values = values_at(flat, begin, lengths)
                assert values.dtype == flat.dtype
                np.testing.assert_array_equal(values, plain(spans.values_at)(flat, begin, lengths))
            again, wanted = np.zeros((2, rows.size), np.int32)
            paint(again, begin, lengths, found.owner + 1)
            plain(spans.paint)(wanted, begin, lengths, found.owner + 1)
            np.testing.assert_array_equal(again, wanted)
            np.testing.assert_array_equal(again, rows.reshape(-1))


def test_what_lies_apart_or_is_of_another_type_is_left(rng, built):
    from maskexpr.kernels.compiled.spans import spans_in, values_at

    assert spans_in(rng.integers(0, 3, SHAPES[5]), 0, 23) is NotImplemented
    assert spans_in(strided(rng.integers(0, 3, (4, 9)).astype(np.int32)), 0, 4) is NotImplemented
    assert values_at(np.zeros(9)[::2], np.array([0]), np.array([3])) is NotImplemented
