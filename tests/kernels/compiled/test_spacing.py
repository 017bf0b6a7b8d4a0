"""Compiled spacing takes the pixels that are taken one by one."""

from fractions import Fraction

import numpy as np
import pytest
from helpers.biting import SHAPES

from maskexpr.functions.settling import Distance
from maskexpr.library.regions.peaks import apart
from maskexpr.library.regions.peaks import spaced as one_by_one

pytestmark = pytest.mark.slow


def test_pixels_keep_their_distance(rng, monkeypatch, built):
    from maskexpr.kernels.compiled.spacing import spaced

    monkeypatch.setattr("maskexpr.kernels.compiled.spacing._AT_ONCE", 200)
    for shape in SHAPES:
        for share in (0.05, 0.5, 1.0):
            m = rng.random(shape) < share
            for n in (2, 3, 50):
                for form in ("square", "disk"):
                    reach = Distance(Fraction(n)), form, None
                    expected = one_by_one(m, *reach)
                    np.testing.assert_array_equal(spaced(m, apart(*reach, shape)), expected)
