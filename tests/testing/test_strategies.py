"""Strategies make what they say, and shrink to the simplest of it."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from helpers.searches import tried
from hypothesis import find, given, settings
from hypothesis import strategies as st

import maskexpr
from maskexpr import testing
from maskexpr.functions import MASK, Mask, function

pytestmark = pytest.mark.filterwarnings("ignore::maskexpr.MaskWarning")


@function(gives=MASK, halo=0, cost=1, memory=1)
def opposite(m: Mask) -> Any:
    return ~m


def smallest(strategy: st.SearchStrategy[Any], condition: Any) -> Any:
    return find(strategy, condition, settings=settings(max_examples=400, database=None, deadline=None))


@given(testing.programs())
@tried(60)
def test_programs_give_results_or_our_errors_of_pixels(example: testing.Example) -> None:
    try:
        results = example.run()
    except maskexpr.RunError:
        return
    assert list(results) == list(example.program.outputs)


@given(testing.programs({"a": "mask"}, functions=["dilate", opposite], lines=1))
@tried(40)
def test_of_some_functions(example: testing.Example) -> None:
    assert list(example.given) == ["a"]
    assert example.given["a"].array.dtype == bool
    assert not {"erode", "label", "gaussian"} & {*example.text.replace("(", " ").split()}
    example.run()


@given(testing.programs({"im": np.arange(6).reshape(2, 3), "m": testing.images("mask", shapes=[(2, 3)])}))
@tried(20)
def test_with_inputs_of_ones_own(example: testing.Example) -> None:
    for value in example.given.values():
        assert np.shape(value) == (2, 3)


def test_names_of_no_function() -> None:
    with pytest.raises(TypeError, match="'nosuch' is no function"):
        testing.programs(functions=["nosuch"])


@pytest.mark.parametrize(
    "seen",
    [
        lambda a: a.dtype == np.dtype(">f4"),
        lambda a: a.size == 1,
        lambda a: not a.flags.writeable,
        lambda a: a.ndim > 1 and a.strides[0] < 0,
        lambda a: a.ndim > 1 and a.flags.f_contiguous and not a.flags.c_contiguous,
        lambda a: a.dtype.kind == "f" and np.isnan(a).any(),
        lambda a: a.dtype.kind == "f" and np.isinf(a).any(),
        lambda a: a.ndim == 4,
    ],
)
def test_arrays_are_odd(seen: Any) -> None:
    assert seen(smallest(testing.arrays(), seen))


def test_masked_ones() -> None:
    found = smallest(testing.arrays(is_masked=True), lambda a: np.ma.getmaskarray(a).any())
    assert isinstance(found, np.ma.MaskedArray)
    holed = smallest(testing.images(without_some=True), lambda im: im.valid is not None and not im.valid.all())
    assert holed.kind == "image"


def test_without_pixels_if_asked_for() -> None:
    assert smallest(testing.arrays(shapes=[(0, 3), (2,)]), lambda a: a.size == 0).shape == (0, 3)


@pytest.mark.parametrize("kind", ["image", "mask", "labels", "colour"])
def test_images_are_of_their_kind(kind: str) -> None:
    image = smallest(testing.images(kind), lambda im: True)
    assert image.kind == kind
    maskexpr.compile("output a = im").bind(im=image)


@pytest.mark.slow
def test_they_shrink() -> None:
    assert smallest(testing.arrays(), lambda a: True).tolist() == [False]
    found = smallest(testing.arrays(dtypes=["uint8"]), lambda a: a.max() > 6)
    assert found.size == 1  # of 7, or of what a seed gives
    example = smallest(testing.programs(depth=1), lambda e: "(" in e.text)
    assert len(example.text) < 40
    assert sum(np.size(v) for v in example.given.values()) < 20
    assert len(smallest(testing.texts(), lambda text: "(" in text)) == 1


@given(testing.texts())
@tried(80)
def test_texts_give_programs_or_our_errors(text: str) -> None:
    try:
        maskexpr.compile(text)
    except maskexpr.ProgramError as error:
        assert error.diagnostics  # noqa: PT017 - most texts give none


def test_an_example_shows_itself() -> None:
    example = testing.Example("area(m)", {"m": maskexpr.Image(np.eye(2, dtype=bool), kind="mask")})
    assert repr(example) == "area(m)\n  m = bool (2, 2), mask: [[True, False], [False, True]]"
    assert example.run() == {"result": 2}


def test_only_strategies_need_hypothesis() -> None:
    script = """
import sys
sys.modules["hypothesis"] = None  # not to be imported
from maskexpr import testing
testing.check_function, testing.Example
try:
    testing.programs
except ImportError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "strategies are made with Hypothesis, which is not installed: pip install hypothesis\n"
