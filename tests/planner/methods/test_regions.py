"""Regions by way of their runs."""

import numpy as np
import pytest
from helpers.both_ways import LAYOUTS, expect_same
from helpers.each import each
from helpers.one_step import expect_body, method
from helpers.reaching import SHAPES

import maskexpr
from maskexpr import Image
from maskexpr.testing.pixels import laid_out, random_array

OF_MASKS = [
    *["label(m)", "count(m)", "clear_border(m)", "fill_holes(m)", "fill_holes(m, 2)", "keep_largest(m)"],
    *["keep_largest(m, 3)", "remove_small(m, 3)", "remove_large(m, 3)", "remove_small(m, 2.5)", "remove_large(m, 0)"],
]


def forms_of(text):
    """Few pixels are numbered as bytes, too."""
    return ("plain", "packed") if text in ("label(m)", "count(m)") else ("packed",)


@pytest.mark.parametrize(("side", "is_few"), [(90, True), (91, False)])
def test_few_pixels_are_numbered_in_the_form_they_come_in(side, is_few):
    for text in ("label(m)", "count(m)"):
        assert (method(text, m=np.zeros((side, side), bool)).plain is not None) is is_few


@each("text", OF_MASKS)
def test_regions_of_packed_masks(mask, text):
    for connectivity in range(1, mask.ndim + 1):
        call = f"{text[:-1]}, connectivity={connectivity})"
        expect_body(call, *forms_of(text), m=mask)
    made = method(text, m=mask)
    assert made.whole
    assert made.word == "by runs of pixels"


@pytest.mark.parametrize("text", OF_MASKS)
def test_regions_of_slices_go_along_rows(text):
    stack = np.random.default_rng(2).random((4, 5, 66)) < 0.5
    for axes in ('"x"', '"yx"', "[0, 2]"):
        expect_body(f"{text[:-1]}, axes={axes})", *forms_of(text), m=stack)
    for axes in ('"y"', '"zy"', "[0]"):
        assert method(f"{text[:-1]}, axes={axes})", m=stack).word == "plain body"


@pytest.mark.parametrize("text", ["keep_largest(l)", "clear_border(l)", 'remove_small(l, 2, axes="x")'])
def test_labels_have_no_runs(text):
    labels = Image(np.arange(20, dtype=np.int32).reshape(4, 5) // 3, kind="labels")
    assert method(f"input l: labels; {text}", l=labels).word == "plain body"


def test_what_a_seed_holds():
    """Also where it lies outside of what it grows in."""
    rng = np.random.default_rng(9)
    for shape in [(70,), (1, 70), (40, 1), (12, 65), (3, 4, 64)]:
        given = {"seed": rng.random(shape) < 0.1, "m": rng.random(shape) < 0.6}
        for connectivity in range(1, len(shape) + 1):
            for call in ("reconstruct(seed, m", "grow(seed, m, none", "reconstruct(m, seed"):
                expect_body(f"{call}, {connectivity})", "packed", **given)
    for axes, word in (('"yx"', "by runs of pixels"), ('"x"', "by runs of pixels"), ('"zy"', "plain body")):
        made = method(f"reconstruct(seed, m, axes={axes})", **given)
        assert made.word == word
        expect_body(f"reconstruct(seed, m, axes={axes})", "plain" if made.packed is None else "packed", **given)
    assert method("grow(seed, m, 3)", **given).word == "plain body"


def test_labels_chosen_by_size(rng):
    for shape in [(1,), (9,), (40, 3), (300, 301), (3, 4, 5)]:
        for high in (1, 4, 10**6):
            numbers = rng.integers(0, high, shape, np.int32, endpoint=True)
            for labels in (numbers, np.repeat(numbers, 3, axis=-1)[..., ::2], np.zeros_like(numbers)):
                for call in ("remove_small(l, 2)", "remove_large(l, 3.5)", "remove_small(l, max(l))"):
                    expect_body(f"input l: labels; {call}", "plain", l=Image(labels, kind="labels"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("keep_largest(m, area(k) - 9)", "k is 0"),
        ("keep_largest(m, area(k) / 2)", "k is 4.5"),
        ("remove_small(m, area(k) - 10)", "size is -1"),
        ("remove_large(m, area(k) - 10)", "size is -1"),
        ("fill_holes(m, area(k) - 10)", "max_size is -1"),
    ],
)
def test_numbers_that_pixels_make_too_small_are_refused(text, message):
    with pytest.raises(maskexpr.RunError, match=message):
        maskexpr.evaluate(text, m=np.eye(4, dtype=bool), k=np.ones((3, 3), bool))


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "float64", "uint64"])
def test_two_levels(dtype):
    rng = np.random.default_rng(4)
    for shape in [(1, 70), (40, 1), (12, 65), (3, 4, 64)]:
        im = random_array(rng, shape, dtype, "few")
        for more in ("", ", connectivity=2", ', axes="x"'):
            expect_body(f"hysteresis(im, 1, 2{more})", "packed", im=Image(im, kind="image"))
    stack = Image(rng.integers(0, 4, (3, 4, 5)), kind="image")
    assert method('hysteresis(im, 1, 2, axes="zy")', im=stack).word == "plain body"


@pytest.mark.slow
@pytest.mark.parametrize("shape", [s for s in SHAPES if len(s) in (2, 3)])
def test_the_region_at_a_point(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(7)
    for fill in ("any", "few", "near"):
        given = {"m": laid_out(random_array(rng, shape, "bool", fill), str(rng.choice(LAYOUTS)))}
        points = [[int(rng.integers(size)) for size in shape] for _ in range(3)]
        points += [[-1] * len(shape), list(shape), [0.5] * len(shape)]
        calls = [f"at(m, {', '.join(map(str, point))}" for point in points]
        calls = [f"{call}, connectivity={c})" for call in calls for c in (1, 2)]
        calls += [calls[0][:-1].replace("connectivity=1", 'axes="x")')]
        expect_same("\n".join(f"output r{i} = {call}" for i, call in enumerate(calls)), given)
