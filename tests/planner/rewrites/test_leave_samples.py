"""Samples that are added up where they lie."""

import numpy as np
import pytest
from helpers.rewriting import becomes, expect_values_to_stay, is_applied

import maskexpr
from maskexpr.inside import stages
from maskexpr.planner.rewrites.leave_samples import leave_samples
from maskexpr.testing.ways import peak

CASES = {
    "mean(im[m])": "in place",
    "sum(fl[im > 3])": "in place",
    "std(im[m])": "in place",
    "std(fl[m])": "in any order",  # the mean first, then the distances from it
    "max(im[m])": "in any order",
    "percentile(fl[m], 30)": "in any order",
    "median(im[m])": "in any order",
    "mean(im[m]) - std(im[m])": "",  # taken once
    "sum(im[m][im[m] > 3])": "",
    "sum(im[m] * 2)": "",
}


@pytest.mark.parametrize("text", CASES)
def test_sums_of_samples_keep_their_bits(text: str) -> None:
    assert is_applied(leave_samples, text) == bool(CASES[text])
    after = becomes(text)
    assert f"samples {CASES[text]}" in after if CASES[text] else "samples in" not in after
    expect_values_to_stay(text, leave_samples)


@pytest.mark.parametrize("share", [0.001, 0.3, 1])
@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "float64"])
def test_what_they_take_is_what_was_said(dtype: str, share: float) -> None:
    rng = np.random.default_rng(6)
    im, noise = rng.integers(0, 99, (700, 900)).astype(dtype), rng.random((700, 900)) < share
    for m in (noise, np.sort(noise), np.asarray(noise, order="F"), np.repeat(noise, 2, axis=1)[:, ::2]):
        for text in ("mean(im[m])", "std(im[m])", "max(im[m])"):
            bound = stages(maskexpr.compile(text), {"im": im, "m": m})
            assert peak(bound) <= bound.cost().memory, text


@pytest.mark.parametrize("text", ["mean(im[m])", "sum(im[m])", "std(im[m])", "median(im[m])"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_what_the_mask_leaves_out_does_not_count(text: str, order: str) -> None:
    rng = np.random.default_rng(5)
    m = np.asarray(rng.random((90, 110)) < 0.4, order=order)  # type: ignore[call-overload]
    im = np.where(m, rng.normal(size=m.shape), np.resize([np.nan, np.inf, -np.inf, 1e308], m.shape))
    found = maskexpr.evaluate(text, im=im, m=m)
    assert found == maskexpr.evaluate(text.replace("im[m]", "im"), im=im[m])


def test_they_are_not_held() -> None:
    im, m = np.ones((2000, 2000)), np.ones((2000, 2000), bool)
    bound = stages(maskexpr.compile("mean(im[m])"), {"im": im, "m": m})
    assert peak(bound) <= bound.cost().memory < im.nbytes * 1.5


def test_no_samples_are_refused_as_ever() -> None:
    with pytest.raises(maskexpr.MaskError, match="samples"):
        maskexpr.evaluate("mean(im[m])", im=np.ones((3, 4)), m=np.zeros((3, 4), bool))
