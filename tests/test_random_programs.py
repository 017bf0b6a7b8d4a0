"""Random programs: those that make sense give the value that plain NumPy gives, all others one of our errors.

MASKEXPR_EXAMPLES sets how many examples each test tries; a soak takes tens of thousands.
"""

import os
import pickle
from typing import Any

import numpy as np
import pytest
from helpers.random_expressions import Term
from helpers.random_programs import Program, programs
from hypothesis import HealthCheck, given, settings

import maskexpr

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("MASKEXPR_EXAMPLES", "0"))


def tried(least: int) -> Any:
    """Settings for a test that tries so many examples, more in a soak."""
    return settings(max_examples=EXAMPLES or least, deadline=None, suppress_health_check=list(HealthCheck))


def expect(found: Any, term: Term) -> None:
    """The value, its type, and nothing but ordinary arrays and Python numbers."""
    value = term.value
    if not value.is_array:
        assert type(found) is type(value.data)
        if term.rough:
            assert found == pytest.approx(value.data, rel=1e-9, nan_ok=True)
        else:
            assert found == value.data or (found != found and value.data != value.data)
        return
    assert type(found) is np.ndarray
    assert found.dtype == value.dtype
    assert found.dtype.isnative
    assert found.flags.writeable
    if term.rough:
        tolerance = {2: 5e-3, 4: 1e-5, 8: 1e-12}[found.dtype.itemsize]
        np.testing.assert_allclose(found, value.data, rtol=tolerance, atol=tolerance)
    elif value.is_whole:
        assert found.shape == value.data.shape
        assert found.tolist() == value.data.tolist()
    else:
        np.testing.assert_array_equal(found, value.data, strict=True)


def as_mapping(program: Program, found: Any) -> dict[str, Any]:
    return found if len(program.outputs) > 1 else {next(iter(program.outputs)): found}


@given(programs())
@tried(500)
def test_programs_give_what_plain_numpy_gives(program: Program) -> None:
    given = {**program.inputs, **program.given}
    before = {name: array.copy() for name, array in program.inputs.items()}
    results = as_mapping(program, maskexpr.evaluate(program.text, **given))
    assert list(results) == list(program.outputs)
    for name, term in program.outputs.items():
        expect(results[name], term)
    arrays = [r for r in results.values() if isinstance(r, np.ndarray)]
    for i, result in enumerate(arrays):
        assert not any(np.shares_memory(result, other) for other in [*program.inputs.values(), *arrays[:i]])
    for name, array in program.inputs.items():
        np.testing.assert_array_equal(array, before[name], strict=True)


@given(programs())
@tried(100)
def test_programs_are_the_same_twice_and_elsewhere(program: Program) -> None:
    compiled = maskexpr.compile(program.text)
    given = {**program.inputs, **program.given}
    first = as_mapping(program, compiled(**given))
    copied = pickle.loads(pickle.dumps(compiled))
    for again in (compiled(**given), copied(**given), maskexpr.compile(program.text)(**given)):
        for name, found in as_mapping(program, again).items():
            if isinstance(found, np.ndarray):
                np.testing.assert_array_equal(found, first[name], strict=True)
            else:
                assert repr(found) == repr(first[name])
    kinds = as_mapping(program, compiled.kind(**given))
    for name, found in first.items():
        if isinstance(found, np.ndarray):
            assert (kinds[name].shape, kinds[name].dtype) == (found.shape, found.dtype)
