import numpy as np
import pytest

import maskexpr
from maskexpr import ProgramError, evaluate


def test_vote_is_the_mean_of_the_masks(mask, rng):
    masks = [mask, ~mask, rng.random(mask.shape) < 0.5]
    result = evaluate("vote([a, b, c])", a=masks[0], b=masks[1], c=masks[2])
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result, np.mean(masks, axis=0))


@pytest.mark.parametrize("count", [1, 2, 7, 10, 300])
def test_a_share_that_is_written_is_reached_exactly(count):
    """k of n masks give k / n as the language rounds it, so that >= compares as it reads."""
    for k in (1, count // 2, count):
        flags = ", ".join("m" if i < k else "~m" for i in range(count))
        assert evaluate(f"all(vote([{flags}]) == {k} / {count})", m=np.ones((2, 3), bool))


def test_a_list_of_masks_may_have_a_name(ankle):
    program = "votes = [im > otsu(im), im > 32, im > 64]; vote(votes) > 0.5"
    t = evaluate("otsu(im)", im=ankle)
    expected = ((ankle > t).astype(int) + (ankle > 32) + (ankle > 64)) >= 2
    np.testing.assert_array_equal(evaluate(program, im=ankle), expected)


def test_masks_of_a_def_are_taken(rng):
    im = rng.integers(0, 9, (5, 6))
    program = "def both(a, b) = vote([a, b]) == 1; both(im > 2, im < 7)"
    np.testing.assert_array_equal(evaluate(program, im=im), (im > 2) & (im < 7))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("vote([])", "takes a list of masks, this list"),
        ("vote([1, 2])", "this list holds none"),
        ("vote(im > 1)", "takes a list of masks, not a mask"),
        ("vote([im > 1, im])", "numbers, lengths, texts or masks, not an image"),
        ("vote([im > 1, im[1:] > 1])", "and im\\[1:\\]"),
        ("[im > 1, im > 2]", "a list of masks cannot be an output"),
        ("dilate([im > 1])", "dilate takes a mask, labels or an image"),
        ("[im > 1] & (im > 2)", "& does not take a list"),
        ("im in [im > 1]", "looks into a list, not into a list of masks"),
    ],
)
def test_what_is_no_list_of_masks_is_an_error(text, cause):
    with pytest.raises(ProgramError, match=cause):
        maskexpr.compile(text)(im=np.zeros((3, 3), np.uint8))
