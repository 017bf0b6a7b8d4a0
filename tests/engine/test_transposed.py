"""Inputs in Fortran order are run transposed where nothing depends on the order of the axes, and give the same bits."""

import numpy as np
import pytest
from helpers.both_ways import bound, expect_same
from helpers.each import each

import maskexpr
from maskexpr.engine.transposed import transposed

RNG = np.random.default_rng(5)
SHAPES = [(9, 70), (70, 9), (1, 65), (6, 7, 66), (66, 5, 3, 4)]
# Each is run so; those of morphology with axes, lengths on pixels that are no cubes, and squares that are stretched.
TRANSPOSED = [
    "dilate(im > 90, 2)",
    "erode(im > 20, 3, 'square', axes=0)",
    "close(im > 120, 1.6mm, 'disk')",
    "open(im > 20, 1.6mm, 'square')",
    "boundary(im > 50, 1.6mm, axes=[0, 1])",
    "dilate(im, 2, 'square')",
    "erode(im, 2, axes=1)",
    "median_filter(im, 1, axes=[0, 1])",
    "where(im > otsu(im), im - 40, 0) % 7",
    "fill_holes(remove_small(im > 60, 3)) ^ clear_border(im > 60)",
    "hysteresis(im, 40, 120) | full()",
    'assert area(im > 3) > 1, "none"\noutput n = count(im > 90)\noutput f = fraction(im > 90)',
]
# These go by scan order, sum floating values axis by axis, or say where a pixel is.
STAYING = [
    "label(im > 90)",
    "keep_largest(im > 90)",
    "gaussian(im, 1)",
    "sobel(im)",
    "mean(im / 3)",
    "im[:1]",
    "im > x",
    "dilate(im > 90, 1, '010/110/000', axes=[0, 1])",
]


@pytest.mark.slow
@each("shape", SHAPES)
@pytest.mark.parametrize("text", TRANSPOSED + STAYING)
def test_programs_in_fortran_order(text: str, shape: tuple[int, ...]) -> None:
    array = np.asfortranarray(RNG.integers(0, 160, shape, dtype=np.uint8))
    im = maskexpr.Image(array, spacing=[1, 0.5, 0.25, 2][: len(shape)], kind="image")
    expect_same(text, {"im": im}, None, 1, 4)


@pytest.mark.parametrize("text", TRANSPOSED)
def test_what_is_transposed(text: str) -> None:
    checked, _ = bound(maskexpr.compile(text), {"im": maskexpr.Image(np.zeros((5, 6), np.uint8), spacing=[1, 0.5])})
    after = transposed(checked)
    assert after is not None
    for (_, step), (_, before) in zip(after.outputs, checked.outputs, strict=True):
        assert step.kind.shape == (before.kind.shape and before.kind.shape[::-1])


@pytest.mark.parametrize("text", STAYING)
def test_what_is_not(text: str) -> None:
    checked, _ = bound(maskexpr.compile(text), {"im": np.zeros((5, 6), np.uint8)})
    assert transposed(checked) is None


def test_results_are_in_the_order_of_the_inputs_and_their_own() -> None:
    im = np.asfortranarray(RNG.integers(0, 160, (30, 20, 25), dtype=np.uint8))
    program = maskexpr.compile("dilate(im > 100)")
    first = program(im=im)
    kept = first.copy()
    second = program(im=im)
    assert first.flags.f_contiguous
    assert first.flags.writeable
    assert not np.shares_memory(first, second)
    first[...] = False
    np.testing.assert_array_equal(second, kept)
    np.testing.assert_array_equal(program(im=np.ascontiguousarray(im)), kept)


def test_errors_are_the_same() -> None:
    im = np.asfortranarray(RNG.integers(0, 3, (8, 9), dtype=np.uint8))
    expect_same("im // im > 0", {"im": im}, None, 1)
    expect_same('assert area(im > 5) > 0, "none"\nim > 1', {"im": im}, None)
