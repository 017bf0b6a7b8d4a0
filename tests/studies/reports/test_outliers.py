"""Which images are unlike the others, and what is said of it."""

import math

import numpy as np
import pytest

from maskexpr.studies.reports import outliers

NAN = float("nan")
USUAL = [100.0, 101.0, 99.0, 102.0, 98.0, 100.5]


def odd(values):
    rows = [{"area": value} for value in values]
    among = outliers.spreads(rows)
    return {i: [o.reason for o in outliers.outliers(row, among)] for i, row in enumerate(rows)}


def test_scores_are_those_of_numpy(rng):
    values = rng.normal(50, 3, 101)
    spread = outliers.Spread.of(values.tolist())
    mad = np.median(np.abs(values - np.median(values)))
    np.testing.assert_allclose(spread.score(70.0), abs(70 - np.median(values)) / (1.4826 * mad), rtol=1e-12)
    assert (spread.count, spread.least, spread.largest) == (101, values.min(), values.max())


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (320.0, "area 3.2x the median"),
        (4000, "area 40x the median"),
        (12.0, "area 0.12x the median"),
        (0.0, "area 0, the median is 100"),
        (-5, "area -5, the median is 100"),
        (math.inf, "area is inf, the median is 100.25"),
        (NAN, "area is nan, the median is 100.25"),
    ],
)
def test_a_value_far_off_is_named_with_the_median(value, reason):
    found = odd([*USUAL, value])
    assert found.pop(len(USUAL)) == [reason]
    assert not any(found.values())


def test_what_is_the_same_nearly_everywhere():
    """The median of what lies off is 0 then, and says nothing."""
    assert odd([3] * 9 + [4])[9] == ["area 1.3x the median"]
    assert odd([True] * 9 + [False])[9] == ["area is false, unlike most"]
    assert not any(odd([3] * 9).values())
    assert not any(odd([0, 1] * 5).values())


def test_of_a_few_none_is_odd():
    assert not any(odd([1.0, 1.0, 1.0, 900.0]).values())
    assert not any(odd([NAN] * 9).values())


def test_the_oddest_number_is_named_first():
    rows = [{"a": v, "b": v} for v in USUAL] + [{"a": 130.0, "b": 9000.0}]
    assert [o.name for o in outliers.outliers(rows[-1], outliers.spreads(rows))] == ["b", "a"]
