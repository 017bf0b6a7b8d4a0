"""Bounds on programs and runs are numbers that can be one."""

import math
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from maskexpr import Limits
from maskexpr.language.limits import bounds, bounds_of_runs


def test_all_bounds_are_named() -> None:
    assert bounds() == tuple(field.name for field in fields(Limits))
    assert bounds()[-len(bounds_of_runs()) :] == bounds_of_runs()


@pytest.mark.parametrize("name", bounds())
@pytest.mark.parametrize("value", [None, True, "9", 1 + 2j, [9]])
def test_what_is_no_number_is_refused(name: str, value: Any) -> None:
    with pytest.raises(TypeError, match=rf"the limit {name} must be a (whole )?number, not "):
        Limits(**{name: value})


@pytest.mark.parametrize("name", bounds())
@pytest.mark.parametrize("value", [0, -1, -math.inf, math.nan])
def test_what_bounds_nothing_is_refused(name: str, value: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=f"the limit {name} must be "):
        Limits(**{name: value})


def test_texts_have_whole_bounds_and_runs_may_have_none() -> None:
    for name in bounds():
        if name in bounds_of_runs():
            assert getattr(Limits(**{name: math.inf}), name) == math.inf
            assert getattr(Limits(**{name: 0.5}), name) == 0.5
        else:
            with pytest.raises(TypeError, match="whole"):
                Limits(**{name: 1.0})


@pytest.mark.parametrize("name", bounds())
def test_whole_numbers_of_numpy_are_such(name: str) -> None:
    found = getattr(Limits(**{name: np.int64(5000)}), name)
    assert found == 5000
    assert type(found) is int


@pytest.mark.parametrize("name", bounds_of_runs())
def test_what_no_float_holds_is_no_bound(name: str) -> None:
    assert getattr(Limits(**{name: 10**400}), name) == math.inf
    with pytest.raises(ValueError, match="above 0"):
        Limits(**{name: -(10**400)})
