"""Arrays of one operation have one shape and one spacing; both sides are named where they do not."""

import numpy as np
import pytest
from helpers.checking import kind_of, remarks

import maskexpr
from maskexpr import Image, ProgramError


@pytest.mark.parametrize(
    "text",
    [
        "m & (small > 3)",
        "im + small",
        "im < small",
        "where(m, small, 0)",
        "vote([m, small > 3])",
        "m & (st > 3)",
        "c == im",
        "im[1:] + im[:2]",
    ],
)
def test_other_shapes_are_a_mistake_of_the_whole_operation(text: str) -> None:
    code = "colour" if text == "c == im" else "shape"
    about = {"c == im": "c", "vote([m, small > 3])": "[m, small > 3]"}.get(text, text)
    assert remarks(text) == [(code, about)]


@pytest.mark.parametrize("text", ["half + sp", "(half > 3) & (sp > 3)", "where(half > 1, sp, 0)"])
def test_other_spacings_are_a_mistake_too(text: str) -> None:
    assert remarks(text) == [("spacing", text)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("im + s", "image 4x5 int32"),
        ("half + im", "image 4x5 uint16"),  # one that says nothing of its spacing goes with any
        ("im[1:] + im[:3]", "image 3x5 uint16"),
        ("where(m, c, 0)", "colour 4x5x3 uint8"),  # a mask spreads over channels
        ("im + 3", "image 4x5 uint16"),
        ("small + area(m)", "image 2x3 uint16"),
    ],
)
def test_what_goes_together(text: str, kind: str) -> None:
    assert str(kind_of(text)) == kind


def test_the_spacing_that_one_side_knows_is_that_of_the_result() -> None:
    assert kind_of("half + im").spacing == kind_of("half").spacing
    assert kind_of("im + half").spacing == kind_of("half").spacing
    assert kind_of("im + s").spacing is None


def test_both_sides_are_named_with_where_their_shapes_come_from() -> None:
    given = {"im": np.zeros((4, 5)), "other": np.zeros((2, 3))}
    with pytest.raises(ProgramError) as caught:
        maskexpr.evaluate("dilate(im > 3) & ~(other > 2)", **given)
    message = str(caught.value)
    for part in ("dilate(im > 3) (from im)", "4x5", "~(other > 2) (from other)", "2x3"):
        assert part in message
    with pytest.raises(ProgramError) as caught:
        maskexpr.evaluate("a + b", a=Image(np.zeros((2, 2)), spacing=0.5), b=Image(np.zeros((2, 2)), spacing=[1, 0.25]))
    assert "0.5 x 0.5" in str(caught.value)
    assert "1 x 0.25" in str(caught.value)
