"""Steps for pixels without data: where there are some, and nowhere else."""

import numpy as np
import pytest

import maskexpr
from maskexpr.functions import MASK, Masks
from maskexpr.functions import Image as TakenImage
from maskexpr.inside import stages

IMAGE = np.arange(20, dtype=np.uint8).reshape(4, 5)
PROGRAM = "m = dilate(im > 3, 2) & ~(im > otsu(im)); output m; output mean(im[m]); output gaussian(im, 1)"


def test_nothing_is_added_where_all_pixels_have_data():
    """Neither steps nor a plan of another form, whatever was declared."""
    program = maskexpr.compile("m = dilate(im > 3, 2) & ~(im > otsu(im)); output m; output g = gaussian(im, 1)")

    def made(im):
        bound = stages(program, {"im": im})
        steps = [(s.function and s.function.name, s.name) for s in bound.checked.steps]
        tasks = [(s.function and s.function.name, s.name) for s in bound.plan.rewritten.steps]
        return steps, tasks, bound.prepared

    plain = made(IMAGE)
    for whole in (maskexpr.Image(IMAGE, nodata=99), np.ma.array(IMAGE), maskexpr.Image(IMAGE, valid=IMAGE >= 0)):
        assert made(whole) == plain, "one program is kept for both"
    assert len(made(maskexpr.Image(IMAGE, nodata=7))[0]) > len(plain[0])


def test_a_program_is_kept_apart_for_images_that_lack_data():
    program = maskexpr.compile("sum(im)")
    assert [program(im=IMAGE), program(im=maskexpr.Image(IMAGE, nodata=7)), program(im=IMAGE)] == [190, 183, 190]


def test_a_shape_and_a_type_declare_none():
    bound = maskexpr.compile("im > 3").bind(im=maskexpr.Image(((4, 5), "uint8"), nodata=7))
    assert "valid" not in bound.explain()


def test_explain_shows_the_program_as_written_and_the_plan_with_its_steps():
    text = maskexpr.compile("m = dilate(im > 3, 2)").explain(im=maskexpr.Image(IMAGE, nodata=7))
    lines, plan = text.split("\nplan")
    assert "valid(im)" not in lines
    assert "valid(im)" in plan


@pytest.mark.parametrize("text", ["valid(im)", "fill(im, 7) == im", "stored(im) == im", 'fill(im, "nearest") == im'])
def test_inputs_that_declare_none_have_data_everywhere(text):
    assert maskexpr.evaluate(text, im=IMAGE).all()
    assert not isinstance(maskexpr.evaluate(text, im=IMAGE), np.ma.MaskedArray)


def test_a_warning_counts_what_a_filter_lost():
    bound = maskexpr.compile('output g = gaussian(fill(im, "nearest"), 1); output m = median_filter(im)')
    bound = bound.bind(im=maskexpr.Image(IMAGE, nodata=7))
    with pytest.warns(maskexpr.MaskWarning, match="leaves 8 pixels without data"):
        bound.run()
    assert len(bound.warnings) == 1


@maskexpr.function(gives=MASK, halo=1, cost=1, memory=1)
def beside(im: TakenImage) -> Masks:
    """Where an image is not 0, by a window."""
    return im != 0


def test_it_names_the_filter_whose_mask_is_cut_after():
    bound = maskexpr.compile("beside(im)", functions=[beside]).bind(im=maskexpr.Image(IMAGE, nodata=7))
    bound.run()
    assert bound.warnings[0].message.startswith("beside leaves 8 pixels without data")


def test_another_text_to_fill_by_is_refused_where_it_stands():
    with pytest.raises(maskexpr.ProgramError, match=r"1:10: error: value cannot be 'near'\n"):
        maskexpr.evaluate("fill(im, 'near')", im=IMAGE)
