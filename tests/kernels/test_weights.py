"""The weights of Gaussians are the exact ones rounded once, by a library of numbers of any precision."""

import decimal

import mpmath
import numpy as np
import pytest
from helpers.searches import tried
from hypothesis import given
from hypothesis import strategies as st

from maskexpr import ProgramError, evaluate
from maskexpr.kernels import borders, weights
from maskexpr.kernels.weights import gaussian_reach, gaussian_weights, line_reach, line_weights
from maskexpr.library.filters import smoothing


def exact(sigma: float, places: range) -> list[float]:
    """The weights at some places."""
    with mpmath.workdps(60):
        narrowness = 1 / (2 * mpmath.mpf(sigma) ** 2)
        every = [mpmath.exp(-(i * i) * narrowness) for i in range(int(4 * sigma + 0.5) + 1)]
        total = 2 * mpmath.fsum(every) - 1
        return [float(every[i] / total) for i in places]


@pytest.mark.parametrize("sigma", [1e-300, 0.1, 0.124, 0.125, 0.13, 0.5, 1.0, 1.6, 2.0, 10 / 3, 20.0, 333.3, 1024.5])
def test_the_exact_ones(sigma: float) -> None:
    found = gaussian_weights(sigma)
    assert found.dtype == np.float64
    assert found.tolist() == exact(sigma, range(int(4 * sigma + 0.5) + 1))


@tried(100)
@given(st.floats(0.125, 60.0))
def test_of_any_sigma(sigma: float) -> None:
    found = gaussian_weights(sigma)
    assert len(found) == gaussian_reach(sigma) + 1
    assert found.tolist() == exact(sigma, range(len(found)))


@pytest.mark.parametrize("length", [1, 2, 3, 40, 129])
@pytest.mark.parametrize("order", [0, 1, 2, 3])
@pytest.mark.parametrize("mode", borders.MODES)
def test_those_far_beyond_a_line_are_added_up(mode: str, order: int, length: int) -> None:
    """So that the sums are the same but for their rounding."""
    sigma = 530.0
    line = np.random.default_rng(length).normal(size=length)
    every, few = gaussian_weights(sigma, order), line_weights(sigma, order, length, mode)
    assert len(few) <= length + 1
    sums = [smoothing._weighed(line[None], found, 1, bool(order % 2), mode) for found in (every, few)]
    np.testing.assert_allclose(sums[1], sums[0], rtol=0, atol=1e-14 * np.abs(every).sum() * np.abs(line).max() + 1e-300)


def test_those_of_ordinary_lines_are_not() -> None:
    for sigma, length in ((500.0, 3), (1000.0, 2000), (7.0, 1)):
        assert line_weights(sigma, 0, length, "reflect").tolist() == gaussian_weights(sigma).tolist()
        assert line_reach(sigma, length) == gaussian_reach(sigma)


def test_of_the_widest() -> None:
    """Poisson's formula gives the sum of all exponentials; what lies beyond the reach is little and quickly summed."""
    sigma = 131071.0
    found = gaussian_weights(sigma)
    with mpmath.workdps(60):
        width = mpmath.mpf(sigma)
        tail = mpmath.sumem(lambda i: mpmath.exp(-i * i / (2 * width**2)), [len(found), mpmath.inf], tol=1e-40)
        total = width * mpmath.sqrt(2 * mpmath.pi) - 2 * tail
        for place in [*range(0, len(found), 9973), len(found) - 1]:
            assert found[place] == float(mpmath.exp(-(mpmath.mpf(place) ** 2) / (2 * width**2)) / total)


def test_sigmas_beyond_all_images_reach_that_far() -> None:
    assert gaussian_reach(4.5e307) == gaussian_reach(float("inf")) > 2**900
    with pytest.raises(ProgramError, match="sigma"):
        evaluate("param s = 1.0; gaussian(im, s)", im=np.ones((3, 4)), s=1e308)


def test_they_are_found_once_and_cannot_be_changed() -> None:
    found = gaussian_weights(7.25)
    assert gaussian_weights(7.25) is found
    assert not found.flags.writeable
    assert gaussian_weights(1024.25) is not gaussian_weights(1024.25)  # 32 KiB of each of many would be much


def test_no_setting_of_decimals_changes_them() -> None:
    with decimal.localcontext() as context:
        context.prec, context.rounding, context.traps[decimal.Inexact] = 3, decimal.ROUND_UP, True
        np.testing.assert_array_equal(weights._weights(2.5), exact(2.5, range(11)))
