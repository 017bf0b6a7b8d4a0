"""The memory of sums, ranks and thresholds: by the type of the values, and how many of them there can be."""

from typing import Any

import numpy as np
import pytest

import maskexpr
from maskexpr.inside import stages
from maskexpr.testing.ways import peak

LARGE = (4096, 4096)


def bytes_beside(text: str, dtype: str) -> int:
    """What a run takes beside its image."""
    return maskexpr.compile(text).cost(im=(LARGE, dtype)).memory - np.dtype(dtype).itemsize * 4096**2


@pytest.mark.parametrize("call", ["sum(im)", "mean(im)", "std(im)", "mean_threshold(im)"])
def test_sums_go_block_by_block(call: str) -> None:
    record = 13 * 4096**2 if "threshold" in call else 4096**2
    assert bytes_beside(call, "int64") - record < 2**22
    assert bytes_beside(call, "uint8") < bytes_beside(call, "int64")


@pytest.mark.parametrize("call", ["otsu(im)", "li(im)", "triangle(im)", "median(im)", "histogram(im, 9)"])
def test_few_values_are_counted(call: str) -> None:
    assert bytes_beside(call, "uint8") < 2**22
    assert bytes_beside(call, "uint16") < 2**25
    assert bytes_beside(call, "int32") > 4096**2  # these are sorted


@pytest.mark.slow
@pytest.mark.parametrize(
    ("dtype", "side"),
    [*((t, side) for t in ("uint8", "int16", "uint16", "int32", "int64") for side in (10, 80)), ("uint16", 260)],
)
def test_images_of_as_many_values_as_there_can_be(dtype: Any, side: int) -> None:
    limits = np.iinfo(dtype)
    low, high = max(limits.min, -(10**5)), min(limits.max, 10**5)
    im = np.random.default_rng(0).integers(low, high, (side, side), endpoint=True).astype(dtype)
    m = im > np.median(im)
    too_low = {}
    for call in ("otsu", "yen", "isodata", "li", "triangle", "median", "equalize", "sum", "std", "mean_threshold"):
        of_some = f"{call}(im[m])" if call in ("median", "sum", "std") else f"{call}(im, within=m)"
        for text, given in ((f"{call}(im)", {"im": im}), (of_some, {"im": im, "m": m})):
            bound = stages(maskexpr.compile(text), given)
            said, seen = bound.cost().memory, peak(bound)
            if said < seen:
                too_low[text] = (said, seen)
    assert too_low == {}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("side", [10, 80, 300])
def test_floats_whose_sums_are_open_to_the_last(dtype: Any, side: int) -> None:
    """Of all exponents, and cancelling: those take the most."""
    wild = np.ldexp(np.random.default_rng(0).normal(size=side * side), np.arange(side * side) % 240 - 120)
    im = np.append(wild, -wild).reshape(2, side, side).astype(dtype)
    for order in ("C", "F"):
        calls = ("sum(im)", "std(im)", "mean_threshold(im)", "mean_threshold(im, within=im > -9)", "sum(im[im > 0])")
        for text in (*calls, 'sum(im, axes="z")', 'std(im, axes="x")'):
            given = maskexpr.Image(np.asarray(im, order=order), kind="image")  # type: ignore[call-overload]
            bound = stages(maskexpr.compile(text), {"im": given})
            assert bound.cost().memory >= peak(bound), (text, order)


@pytest.mark.parametrize("dtype", ["uint8", "float16", "int64", "uint64"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_values_of_all_sizes_within_masks_and_along_axes(dtype: Any, order: Any) -> None:
    rng = np.random.default_rng(8)
    whole = dtype.endswith("64")
    ends = (np.iinfo(dtype).min, np.iinfo(dtype).max) if whole else (0, 200)
    im = np.asarray(rng.integers(*ends, (40, 50, 60), dtype=dtype if whole else "int64"), dtype, order)
    m = rng.random(im.shape) < 0.6
    along = ('mean(im, axes="y")', 'std(im, axes="x")', 'std(im, axes="y")')
    for text in ("mean_threshold(im, within=m)", "keep(m, std_intensity > 0, of=im)", *along):
        given = {"im": maskexpr.Image(im, kind="image")} | ({} if text in along else {"m": m})
        bound = stages(maskexpr.compile(text), given)
        assert bound.cost().memory >= peak(bound), text
