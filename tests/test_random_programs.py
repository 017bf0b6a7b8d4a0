"""Random programs: what makes sense gives the value that plain NumPy gives, however it is run: rewritten, in strips of
rows, by threads, transposed, again, and elsewhere.

MASKEXPR_EXAMPLES sets how many examples each test tries; a soak takes tens of thousands.
"""

import pickle
from typing import Any

import numpy as np
import pytest
from helpers.both_ways import FILLS, LAYOUTS, ROWS, THREADS, compiled, expect_same, helpers, in_fortran_order
from helpers.random_expressions import Term
from helpers.random_masks import mask_programs
from helpers.random_programs import Program, programs
from helpers.rewriting import expect_same_rewritten
from helpers.searches import tried
from hypothesis import given
from hypothesis import strategies as st

import maskexpr
from maskexpr.testing.pixels import laid_out, random_array

# What is suspicious in a program is warned of in a run as well; here any program may be.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::maskexpr.MaskWarning")]


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


def expect_each_way(text: str, values: dict[str, Any], rows: int | None, threads: int) -> None:
    """Plain meaning and engine agree to the last bit, and so do the program and what the rewrites make of it."""
    with helpers(threads):
        expect_same(text, values, rows)
    expect_same(text, in_fortran_order(values), rows)
    expect_same_rewritten(text, values)


@given(programs(), ROWS, THREADS)
@tried(220)
def test_programs_give_what_plain_numpy_gives(program: Program, rows: int | None, threads: int) -> None:
    given = {**program.inputs, **program.given}
    before = {name: array.copy() for name, array in program.inputs.items()}
    results = as_mapping(program, compiled(program.text)(**given))
    assert list(results) == list(program.outputs)
    for name, term in program.outputs.items():
        expect(results[name], term)
    arrays = [r for r in results.values() if isinstance(r, np.ndarray)]
    for i, result in enumerate(arrays):
        assert not any(np.shares_memory(result, other) for other in [*program.inputs.values(), *arrays[:i]])
    for name, array in program.inputs.items():
        np.testing.assert_array_equal(array, before[name], strict=True)
    expect_each_way(program.text, given, rows, threads)


@given(programs())
@tried(40)
def test_programs_are_the_same_twice_and_elsewhere(program: Program) -> None:
    made = maskexpr.compile(program.text)
    given = {**program.inputs, **program.given}
    first = as_mapping(program, made(**given))
    copied = pickle.loads(pickle.dumps(made))
    for again in (made(**given), copied(**given)):
        for name, found in as_mapping(program, again).items():
            if isinstance(found, np.ndarray):
                np.testing.assert_array_equal(found, first[name], strict=True)
            else:
                assert repr(found) == repr(first[name])
    kinds = as_mapping(program, made.kind(**given))
    for name, found in first.items():
        if isinstance(found, np.ndarray):
            assert (kinds[name].shape, kinds[name].dtype) == (found.shape, found.dtype)


@given(programs(), ROWS, THREADS, st.integers(0, 2**32 - 1))
@tried(70)
def test_programs_on_larger_images(program: Program, rows: int | None, threads: int, seed: int) -> None:
    """With pixels for which the programs were not made, which some of them cannot take."""
    rng = np.random.default_rng(seed)
    arrays = list(program.inputs.values())
    most = [40, 40, 200] if arrays[0].ndim < 3 else [6, 6, 9, 130]
    shape = tuple(int(rng.integers(n, m + n)) for n, m in zip(arrays[0].shape, most[-arrays[0].ndim :], strict=True))
    larger = {
        name: laid_out(random_array(rng, shape, a.dtype.str, str(rng.choice(FILLS))), str(rng.choice(LAYOUTS)))
        for name, a in program.inputs.items()
    }
    with helpers(threads):
        try:
            expect_same(program.text, {**larger, **program.given}, rows)
        except maskexpr.ProgramError:  # such as too wide a result
            return


@given(mask_programs(), ROWS, THREADS)
@tried(240)
def test_masks_and_errors(example: tuple[str, dict[str, Any]], rows: int | None, threads: int) -> None:
    text, values = example
    try:
        compiled(text).bind(**values)
    except maskexpr.ProgramError:  # such as too wide a result
        return
    expect_each_way(text, values, rows, threads)
