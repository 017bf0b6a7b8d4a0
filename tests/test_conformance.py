"""What programs mean: the cases of `conformance/`, each an expression, its inputs, and the value or the whole error."""

import math

import numpy as np
import pytest
from helpers.conformance import CASES, given, numbers

import maskexpr


def check(found, expected, tolerance):
    if "dtype" in expected:
        wanted = np.array(numbers(expected["value"]), expected["dtype"])
        assert isinstance(found, np.ndarray)
        assert (found.shape, str(found.dtype)) == (wanted.shape, expected["dtype"])
        np.testing.assert_allclose(found, wanted, tolerance, tolerance) if tolerance else (
            np.testing.assert_array_equal(found, wanted)
        )
        return
    check_plain(found, numbers(expected["value"]), tolerance)


def check_plain(found, wanted, tolerance):
    assert type(found) is type(wanted), f"{found!r} is no {type(wanted).__name__}"
    if isinstance(wanted, list):
        assert len(found) == len(wanted)
        for a, b in zip(found, wanted, strict=True):
            check_plain(a, b, tolerance)
    elif isinstance(wanted, float):
        both_nan = math.isnan(found) and math.isnan(wanted)
        assert both_nan or found == wanted or math.isclose(found, wanted, rel_tol=tolerance, abs_tol=tolerance)
    else:
        assert found == wanted


@pytest.mark.parametrize("subject", dict(CASES))
def test_cases(subject):
    wrong = []
    for of, case in CASES:
        try:
            if of == subject:
                check_case(case)
        except (AssertionError, maskexpr.MaskError) as error:
            wrong.append(f"{case['about']}: {error}")
    assert not wrong, "\n\n".join(wrong)


def check_case(case):
    files = case.get("files")
    inputs = {name: given(value) for name, value in {**case.get("inputs", {}), **case.get("params", {})}.items()}
    resolver = files.__getitem__ if files else None
    if "error" in case:
        with pytest.raises(maskexpr.MaskError) as caught:
            maskexpr.compile(case["expression"], resolver=resolver)(**inputs)
        assert str(caught.value) == case["error"]
        return
    program = maskexpr.compile(case["expression"], resolver=resolver)
    found, tolerance = program(**inputs), case.get("tolerance", 0)
    if "kind" in case:
        assert program.kind(**inputs).name == case["kind"]
    if "outputs" not in case:
        check(found, case, tolerance)
        return
    assert list(found) == list(case["outputs"])
    for name, expected in case["outputs"].items():
        check(found[name], expected, tolerance)


def test_each_case_is_said_once():
    names = [(subject, case["about"]) for subject, case in CASES]
    assert len(set(names)) == len(names)
    assert len(CASES) >= 220
