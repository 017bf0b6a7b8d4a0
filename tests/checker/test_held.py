"""What rules write with."""

import numpy as np

from maskexpr.checker.held import Held, Writing
from maskexpr.diagnostics.source import Source, Span
from maskexpr.kinds.kind import Kind, mask_of
from maskexpr.kinds.ranges import Range
from maskexpr.program.steps import Step

IMAGE = Step(Kind("image", (3, 4), np.dtype(np.uint8), Range(3, 9)), Source("im"), Span(0, 2), name="im")
MASK = Step(mask_of(IMAGE.kind), Source("im"), Span(0, 2), name="valid(im)")


def writing(**held: Held) -> Writing:
    return Writing(IMAGE, held, lambda step: step)


def test_a_mask_is_on_where_all_are_and_none_stands_for_everywhere() -> None:
    at = writing(a=Held(IMAGE, MASK), b=Held(IMAGE, MASK), c=Held(IMAGE))
    assert at.everywhere_all is MASK
    assert writing(c=Held(IMAGE)).everywhere_all is None


def test_the_range_holds_what_an_image_is_filled_with() -> None:
    at = writing(a=Held(IMAGE, MASK))
    assert at.filled(IMAGE, MASK, 0).kind.range == (0, 9)
    assert at.filled(IMAGE, MASK, 5).kind.range == (3, 9)
    assert at.filled(IMAGE, MASK, 0).kind.dtype == np.uint8


def test_masks_and_labels_are_cut_and_images_are_not() -> None:
    at, labels = writing(), Step(Kind("labels", (3, 4), np.dtype(np.int32)), IMAGE.source, IMAGE.span, name="l")
    for value, function in ((MASK, "&"), (labels, "where")):
        found = at.cut(value, MASK).step.function
        assert found is not None
        assert found.name == function
    assert at.cut(IMAGE, MASK).step is IMAGE
    assert at.cut(labels, None).step is labels
