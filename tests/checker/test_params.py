"""The value of a param: what may be given, what a text says, and the kind that the program sees."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from maskexpr.checker.params import literal, param_kind, param_value, written_value
from maskexpr.functions.arguments import Refused
from maskexpr.kinds.quantity import Quantity
from maskexpr.program.steps import ParamInfo

WHOLE = ParamInfo("n", 3, 0, 9)
FLOAT = ParamInfo("t", 0.5)
LENGTH = ParamInfo("r", Quantity(Fraction(2), 1), Quantity(Fraction(1), 1), Quantity(Fraction(3), 1))
CHOICE = ParamInfo("shape", "disk", choices=("disk", "square"))
TRUTH = ParamInfo("on", True)


@pytest.mark.parametrize(
    ("info", "given", "value"),
    [
        (WHOLE, 4, 4),
        (WHOLE, 4.0, 4),
        (WHOLE, np.int16(4), 4),
        (WHOLE, np.array(4), 4),
        (FLOAT, 2, 2.0),
        (FLOAT, np.float32(0.25), 0.25),
        (LENGTH, "1.5mm", Quantity(Fraction(3, 2), 1)),
        (CHOICE, "square", "square"),
        (TRUTH, np.bool_(False), False),
    ],
)
def test_what_fits_becomes_a_value_of_the_params_own_type(info: ParamInfo, given: Any, value: Any) -> None:
    found = param_value(info, given)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("info", "given"),
    [
        *((WHOLE, given) for given in (10, -1, 2.5, True, "3", None, float("nan"), [3], np.array([3]))),
        *((FLOAT, given) for given in (float("nan"), True, "0.5", 10**400)),
        *((LENGTH, given) for given in ("4mm", "2mm2", "2", 2, "two")),
        *((CHOICE, given) for given in ("round", "", 1)),
        *((TRUTH, given) for given in (1, "true")),
    ],
)
def test_what_does_not_fit_is_refused(info: ParamInfo, given: Any) -> None:
    with pytest.raises(Refused):
        param_value(info, given)


def test_what_cannot_even_be_shown_is_refused() -> None:
    class Silent:
        def __repr__(self) -> str:
            raise LookupError

    nested: list[Any] = []
    for _ in range(10_000):
        nested = [nested]
    for given in (nested, Silent(), [Silent()]):
        with pytest.raises(Refused):
            param_value(WHOLE, given)


def test_a_written_text_is_bare_where_a_text_is_wanted() -> None:
    assert written_value(CHOICE, "square") == "square"
    assert written_value(WHOLE, "0x4") == 4
    assert written_value(TRUTH, "false") is False
    with pytest.raises(Refused):
        written_value(WHOLE, "square")


@pytest.mark.parametrize("text", ["1; im", "im", "1 in 0..9; 2", "", "- - 1", "[1]", "none"])
def test_a_text_that_is_no_literal(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        literal(text)


def test_types_follow_the_interval_and_not_the_value() -> None:
    assert param_kind(WHOLE, 3).range == (0, 9)
    assert param_kind(ParamInfo("n", 3), 5).range == (5, 5)
    assert param_kind(ParamInfo("t", 3, 0, 9.5), 3).range is None
    assert param_kind(LENGTH, LENGTH.default).name == "length"
