"""Regions matched with regions: by trying all ways to match them."""

import functools

import numpy as np
import pytest
import skimage.data
import skimage.measure
from helpers.searches import try_seeds

from maskexpr import Image, ProgramError, evaluate

NAMES = ("f1", "precision", "recall")


def of(a, b, iou=0.5):
    given = {"a": Image(np.asarray(a, np.int32), kind="labels"), "b": Image(np.asarray(b, np.int32), kind="labels")}
    outputs = "; ".join(f"output {name} = {name}(a, b, {iou})" for name in NAMES)
    return tuple(evaluate(f"input a: labels; input b: labels; {outputs}", **given).values())


def by_trying(a, b, iou):
    """The most pairs of all ways to give each region one partner."""
    own, others = np.setdiff1d(a, 0), np.setdiff1d(b, 0)
    pairs = {
        n: [k for k in others if np.count_nonzero((a == n) & (b == k))
            and np.count_nonzero((a == n) & (b == k)) / np.count_nonzero((a == n) | (b == k)) >= iou]
        for n in own
    }  # fmt: skip

    @functools.cache
    def most(i, taken):
        if i == len(own):
            return 0
        return max([most(i + 1, taken), *(1 + most(i + 1, taken | {k}) for k in pairs[own[i]] if k not in taken)])

    matched = most(0, frozenset())
    if not len(own) + len(others):
        return 1, 1, 1
    f1 = 2 * matched / (len(own) + len(others))
    return f1, matched / len(own) if len(own) else 0, matched / len(others) if len(others) else 0


def test_as_many_regions_are_matched_as_can_be():
    def check(seed):
        rng = np.random.default_rng(seed)
        shape = [(6, 7), (1, 15), (3, 4, 5)][seed % 3]
        a = np.repeat(rng.integers(0, 6, shape), 2, axis=-1)
        b = np.where(rng.random(a.shape) < 0.7, np.roll(a, 1, -1), rng.integers(0, 6, a.shape)) * (seed % 11 > 0)
        for iou in (0, 0.1, 0.2, 0.3, 0.5, 0.7, 1):
            assert of(a, b, iou) == by_trying(a, b, iou)

    try_seeds(60, check)


def test_regions_of_real_masks_are_matched():
    """What stardist 0.9.2's matching gives for these coins."""
    im = skimage.data.coins()
    given = {"a": im > 120, "b": im > 130}
    for iou in (0.3, 0.5, 0.7):
        lab = [skimage.measure.label(m, connectivity=1) for m in given.values()]
        for name, wanted in zip(NAMES, of(*lab, iou), strict=True):
            assert evaluate(f"{name}(a, b, {iou})", **given) == wanted
            assert (
                evaluate(
                    f"input b: labels; {name}(a, b, {iou})",
                    a=given["a"],
                    b=Image(lab[1].astype(np.int32), kind="labels"),
                )
                == wanted
            )
    corners = [skimage.measure.label(m, connectivity=2) for m in given.values()]
    assert evaluate("f1(a, b, connectivity=2)", **given) == of(*corners)[0]


def test_nothing_to_be_found():
    none, one = [[0, 0]], [[1, 0]]
    assert of(none, none) == (1, 1, 1)
    assert of(one, none) == (0, 0, 0)
    assert of(none, one) == (0, 0, 0)


def test_an_overlap_is_a_share():
    with pytest.raises(ProgramError, match="it must be from 0 to 1"):
        of([[1]], [[1]], 50)
