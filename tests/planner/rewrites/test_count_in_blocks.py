"""Masks that are counted without being kept."""

import numpy as np
import pytest
from helpers.each import each
from helpers.one_step import last_step
from helpers.reaching import with_inputs
from helpers.rewriting import becomes, expect_values_to_stay, is_applied

import maskexpr
from maskexpr.inside import stages
from maskexpr.kernels import packed
from maskexpr.kernels.scratch import Scratch
from maskexpr.library import PLANNED
from maskexpr.library.measures import masks
from maskexpr.planner.methods import method_of
from maskexpr.planner.methods.method import Place
from maskexpr.planner.rewrites.count_in_blocks import count_in_blocks
from maskexpr.program.running import run_body
from maskexpr.program.steps import Step
from maskexpr.testing.pixels import laid_out
from maskexpr.testing.ways import peak

CASES = {
    "area(im > 3)": "area of pixels",
    "area(3 >= im)": "area of pixels",
    "any(fl == 0.5)": "any of pixels",
    "fraction(s != 3)": "share of pixels",
    "area(u < 2.5)": "area of pixels",
    "area(im > otsu(im))": "area of pixels",
    "area(m & k)": "area of pixels",
    "iou(m, k)": "iou of pixels",
    "dice(m, im > 3)": "dice of pixels",
    "dice(lb, lb)": "",
    "any(m ^ k)": "any of pixels",
    "area(im > 3) + area(im > 4)": "area of pixels",
    "area(im > 3) + fraction(im > 3)": "",  # made once
    'area(sp & sp, "px")': "",
    "area(dilate(m, 1) & k)": "",
    "area(im > s)": "",
    'any(m & k, axes="x")': "",
    "area(~m)": "",
    "area(lb == 2)": "area of pixels",
}


@pytest.mark.parametrize("text", CASES)
def test_counts_stay(text: str) -> None:
    assert is_applied(count_in_blocks, text) == bool(CASES[text])
    after = becomes(text)
    assert CASES[text] in after if CASES[text] else "of pixels" not in after
    expect_values_to_stay(text, count_in_blocks)


@pytest.mark.parametrize("layout", ["C", "Fortran", "reversed", "every second"])
def test_blocks_of_arrays_that_lie_otherwise(layout: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masks, "BLOCK", 50)
    rng = np.random.default_rng(3)
    im, m, k = rng.integers(0, 9, (12, 31)).astype("uint8"), *(rng.random((2, 12, 31)) < 0.3)
    given = {"im": laid_out(im, layout), "m": laid_out(m, layout), "k": k}
    texts = ["area(im > 3)", "area(m & k)", "any(m & k)", "fraction(im == 4)", "dice(m, k)", "iou(m, k)"]
    found = [maskexpr.compile(with_inputs(text))(**given) for text in texts]
    both, either = int((m & k).sum()), int((m | k).sum())
    shares = [(im == 4).mean(), 2 * both / int(m.sum() + k.sum()), both / either]
    assert found == [np.count_nonzero(im > 3), both, True, *shares]


@each("text", ["dice(m, k)", "iou(m, k)"])
def test_agreement_of_bytes_and_of_bits(text):
    rng = np.random.default_rng(3)
    for shape in ((70,), (9, 130), (3, 4, 5)):
        some, others = rng.random((2, *shape)) < 0.4
        for m, k in ((some, others), (some, some), (some, ~some), (~(some | True), ~(some | True))):
            step, _ = last_step(text, {"m": m, "k": k})
            kept = Step(
                step.kind, step.source, step.span, PLANNED[f"{text[: text.index('(')]} of pixels"], step.operands
            )
            given, made = [m, k], method_of(kept)
            wanted = run_body(step, {"a": m, "b": k})
            assert made.run("plain")(given, None, Place(Scratch())) == wanted
            assert made.run("packed")([packed.pack(v) for v in given], None, Place(Scratch())) == wanted


def test_the_mask_is_never_there() -> None:
    im = np.ones((3000, 3000), np.uint8)
    bound = stages(maskexpr.compile("area(im > 3)"), {"im": im})
    assert peak(bound) <= bound.cost().memory < im.nbytes + 2**20
