"""Samples that are added up where they lie."""

import numpy as np
import pytest
from helpers.memory import peak
from helpers.rewriting import becomes, expect_values_to_stay, is_applied

import maskexpr
from maskexpr.api import stages
from maskexpr.planner.rewrites.leave_samples import leave_samples

CASES = {
    "mean(im[m])": True,
    "sum(fl[im > 3])": True,
    "std(im[m]) + mean(fl[m])": True,
    "mean(im[m]) - std(im[m])": False,  # taken once
    "sum(im[m][im[m] > 3])": False,
    "sum(im[m] * 2)": False,
    "max(im[m])": False,
    "median(im[m])": False,
}


@pytest.mark.parametrize("text", CASES)
def test_sums_of_samples_keep_their_bits(text: str) -> None:
    assert is_applied(leave_samples, text) == CASES[text]
    assert ("samples in place" in becomes(text)) == CASES[text]
    expect_values_to_stay(text, leave_samples)


@pytest.mark.parametrize("text", ["mean(im[m])", "sum(im[m])", "std(im[m])"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_what_the_mask_leaves_out_does_not_count(text: str, order: str) -> None:
    rng = np.random.default_rng(5)
    m = np.asarray(rng.random((90, 110)) < 0.4, order=order)  # type: ignore[call-overload]
    im = np.where(m, rng.normal(size=m.shape), np.resize([np.nan, np.inf, -np.inf, 1e308], m.shape))
    found = maskexpr.evaluate(text, im=im, m=m)
    assert found == maskexpr.evaluate(text.replace("im[m]", "im"), im=im[m])


def test_they_are_not_held() -> None:
    im, m = np.ones((1000, 1000)), np.ones((1000, 1000), bool)
    bound = stages(maskexpr.compile("mean(im[m])"), {"im": im, "m": m})
    assert peak(bound) <= bound.cost().memory < im.nbytes * 1.5


def test_no_samples_are_refused_as_ever() -> None:
    with pytest.raises(maskexpr.MaskError, match="samples"):
        maskexpr.evaluate("mean(im[m])", im=np.ones((3, 4)), m=np.zeros((3, 4), bool))
