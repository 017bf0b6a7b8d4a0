"""What stands before square brackets, by what stands in them."""

from typing import Any

import numpy as np
import pytest

import maskexpr
from maskexpr import Image, ProgramError

IM = np.arange(60, dtype=np.uint8).reshape(3, 4, 5)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("1:", np.s_[1:]),
        (":, 1:3", np.s_[:, 1:3]),
        ("::2, :, ::-1", np.s_[::2, :, ::-1]),
        ("-1", np.s_[-1]),
        ("0, -2", np.s_[0, -2]),
        ("2, 3, 4", np.s_[2, 3, 4]),
    ],
)
def test_parts_are_those_of_numpy(text: str, index: Any) -> None:
    assert np.array_equal(maskexpr.evaluate(f"im[{text}]", im=Image(IM, kind="image")), IM[index])


def test_a_part_keeps_the_spacing_of_its_axes_and_a_step_widens_it() -> None:
    program = maskexpr.compile("output v = im[::2, :, 1:]\noutput p = im[1]")
    kinds = program.kind(im=Image(IM, spacing=["3mm", "2mm", "1mm"], kind="image"))
    assert kinds["v"].spacing == (6, 2, 1)
    assert kinds["p"].spacing == (2, 1)


def test_a_pixel_is_a_number_or_a_truth_within_the_range_of_its_image() -> None:
    program = maskexpr.compile("output n = im[0, 0, 0]\noutput t = m[0, 0]\noutput c = col[0, 0]")
    colour = np.zeros((4, 5, 3), np.uint8)
    kinds = program.kind(im=Image(IM, kind="image"), m=np.zeros((2, 2), bool), col=colour)
    assert [kinds[name].name for name in "ntc"] == ["number", "truth", "image"]
    assert kinds["n"].range == (0, 255)
    assert kinds["c"].shape == (3,)


@pytest.mark.parametrize(
    ("text", "value"), [("[1, 2.5, 3][-1]", 3), ("bbox(m)[3]", 2), ('["a", "b"][0] == "b"', False)]
)
def test_one_item_of_a_list(text: str, value: Any) -> None:
    m = np.zeros((3, 3), bool)
    m[1, 1] = True
    given = {"m": m} if "m" in text else {}
    assert maskexpr.evaluate(text, **given) == value


def test_samples_know_what_they_are_of_before_they_are_known() -> None:
    """The hint quotes it, whether the arrays are not given yet or do not fit."""
    with pytest.raises(ProgramError, match=r"write otsu\(im, within=m\)"):
        maskexpr.compile("input im: image; input m: mask; im > otsu(im[m])")
    with pytest.raises(ProgramError) as caught:
        maskexpr.evaluate("im > otsu(im[m])", im=IM[0], m=np.zeros((2, 2), bool))
    assert [d.code for d in caught.value.diagnostics] == ["shape", "kind"]
