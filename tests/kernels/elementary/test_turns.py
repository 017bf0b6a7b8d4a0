"""What is left of angles when steps and turns are taken off, against mpmath."""

import numpy as np
from helpers.correct_rounding import EXACTLY
from helpers.each import each

from maskexpr.kernels.elementary import blocks, turns

HARD = [6381956970095103 * 2.0**797, 5319372648326541.0, 6411027962775774 * 2.0**-47, 1.7976931348623157e308]


def reduced(x):
    with np.errstate(all="ignore"):
        return tuple(part.copy() for part in turns.reduced(blocks.new_work().first(x.size), x))


@each("largest", [2.0**-9, 4.0, 255.9, 2.0**20 - 1, 2.0**31, 1e300])
def test_steps_and_rest(largest):
    """The number of steps is the nearest; j steps, r + e and whole turns are the angle."""
    random = np.random.default_rng(0)
    x = np.concatenate(
        [random.uniform(-largest, largest, 600), np.rint(random.uniform(0, largest / 2, 300)) * np.pi / 2]
    )
    if largest > 2.0**20:
        x = np.concatenate([x, HARD, np.negative(HARD), random.uniform(-9, 9, 50)])
    j, r, e = reduced(x)
    assert j.min() >= 0
    assert j.max() < turns.STEPS
    step = EXACTLY.pi / (turns.STEPS // 2)
    assert np.abs(r).max() <= float(step) * 0.5000001
    with EXACTLY.workprec(1400):
        step = EXACTLY.pi / (turns.STEPS // 2)
        for value, steps, rest, low in zip(*(part.tolist() for part in (x, j, r, e)), strict=True):
            left = (EXACTLY.mpf(value) - rest - low) / step - steps
            off = left - EXACTLY.nint(left / turns.STEPS) * turns.STEPS
            assert abs(off) * step < EXACTLY.mpf(2) ** -106, (value, steps, rest, low)


def test_each_angle_is_reduced_by_itself():
    """Wherever it stands, and whatever else is in the block, up to the last bits that count."""
    x = np.array([3.0, -200.0, 5e5, -1e6, 2.0**20, -(2.0**60), 1e300])
    together = reduced(x)
    for place in range(x.size):
        alone = reduced(x[place : place + 1])
        assert alone[0] == together[0][place]
        assert abs((alone[1] - together[1][place]) + (alone[2] - together[2][place])) < 2.0**-105


def test_no_angle():
    _, r, _ = reduced(np.array([np.inf, -np.inf, np.nan, 1.0]))
    np.testing.assert_array_equal(np.isnan(r), [True, True, True, False])
