"""Regions matched with regions: by trying all ways to match them."""

import functools
import itertools

import numpy as np
import pytest
import scipy.optimize
import skimage.data
import skimage.measure
from helpers.searches import try_seeds

import maskexpr
from maskexpr import Image, ProgramError, evaluate
from maskexpr.inside import stages
from maskexpr.library.regions import detection
from maskexpr.testing.ways import peak

NAMES = ("f1", "precision", "recall")
OF_REGIONS = ("matched", "segmentation_quality", "panoptic_quality")


def of(a, b, iou=0.5, names=NAMES):
    given = {"a": Image(np.asarray(a, np.int32), kind="labels"), "b": Image(np.asarray(b, np.int32), kind="labels")}
    outputs = "; ".join(f"output {name} = {name}(a, b, {iou})" for name in names)
    return tuple(evaluate(f"input a: labels; input b: labels; {outputs}", **given).values())


def overlaps_of(a, b, iou):
    """The numbers of both, and by pairs of them the overlaps that are large enough."""
    own, others = np.setdiff1d(a, 0), np.setdiff1d(b, 0)
    found = {}
    for n, k in itertools.product(own, others):
        both = np.count_nonzero((a == n) & (b == k))
        if both and both / np.count_nonzero((a == n) | (b == k)) >= iou:
            found[n, k] = both / np.count_nonzero((a == n) | (b == k))
    return own, others, found


def by_trying(a, b, iou):
    """The most pairs of all ways to give each region one partner, and the largest sum of overlaps of so many."""
    own, others, overlaps = overlaps_of(a, b, iou)

    @functools.cache
    def most(i, taken):
        if i == len(own):
            return 0, 0
        found = [most(i + 1, taken)]
        for k in others:
            if (own[i], k) in overlaps and k not in taken:
                count, total = most(i + 1, taken | {k})
                found.append((count + 1, total + overlaps[own[i], k]))
        return max(found)

    matched, total = most(0, frozenset())
    if not len(own) + len(others):
        return 1, 1, 1, 0, 1, 1
    f1 = 2 * matched / (len(own) + len(others))
    shares = [matched / len(own) if len(own) else 0, matched / len(others) if len(others) else 0]
    return f1, *shares, matched, total / matched if matched else 0, 2 * total / (len(own) + len(others))


def test_as_many_regions_are_matched_as_can_be():
    def check(seed):
        rng = np.random.default_rng(seed)
        shape = [(6, 7), (1, 15), (3, 4, 5)][seed % 3]
        a = np.repeat(rng.integers(0, 6, shape), 2, axis=-1)
        b = np.where(rng.random(a.shape) < 0.7, np.roll(a, 1, -1), rng.integers(0, 6, a.shape)) * (seed % 11 > 0)
        for iou in (0, 0.1, 0.2, 0.3, 0.5, 0.7, 1):
            found, wanted = of(a, b, iou, NAMES + OF_REGIONS), by_trying(a, b, iou)
            assert found[:4] == wanted[:4]
            assert found == pytest.approx(wanted, rel=1e-12)

    try_seeds(60, check)


def by_assignment(a, b, iou):
    """The overlaps of pairs as SciPy assigns them, as many as can be."""
    own, others, overlaps = overlaps_of(a, b, iou)
    table = np.zeros((len(own), len(others)))
    for (n, k), overlap in overlaps.items():
        table[np.searchsorted(own, n), np.searchsorted(others, k)] = overlap
    chosen = table[scipy.optimize.linear_sum_assignment((table > 0) + table / 2 / min(table.shape), maximize=True)]
    return chosen[chosen > 0]


@pytest.mark.slow
def test_regions_of_real_masks_are_matched():
    """As by SciPy's assignment, and as stardist 0.9.2 and torchmetrics 1.9.0 match the regions of these coins."""
    im = skimage.data.coins()
    a, b = (skimage.measure.label(im > t, connectivity=1) for t in (120, 140))
    for iou in (0.05, 0.3, 0.5, 0.7):
        f1, _, _, matched, segmentation, panoptic = of(a, b, iou, NAMES + OF_REGIONS)
        overlaps = by_assignment(a, b, iou)
        assert matched == len(overlaps)
        assert f1 == 2 * len(overlaps) / (a.max() + b.max())
        assert segmentation == pytest.approx(overlaps.mean())
        assert panoptic == pytest.approx(f1 * overlaps.mean())
    assert of(a, b) == of(a, b, "none")
    assert evaluate("f1(label(a), label(b), 0.3)", a=a > 0, b=b > 0) == of(a, b, 0.3)[0]


def test_of_masks_pixels_are_counted():
    def check(seed):
        rng = np.random.default_rng(seed)
        a, b = (rng.random((5, 6)) < rng.choice([0, 0.1, 0.5, 1]) for _ in "ab")
        both, found, wanted = (np.count_nonzero(m) for m in (a & b, a, b))
        of = {name: evaluate(f"{name}(a, b)", a=a, b=b) for name in (*NAMES, "specificity", "volume_difference")}
        assert of["f1"] == evaluate("dice(a, b)", a=a, b=b)
        assert of["precision"] == (both / found if found else wanted == 0)
        assert of["recall"] == (both / wanted if wanted else found == 0)
        assert of["specificity"] == evaluate("recall(~a, ~b)", a=a, b=b)
        assert of["volume_difference"] == ((found - wanted) / wanted if wanted else found and np.inf)

    try_seeds(60, check)


def test_specificity_is_of_pixels_with_data():
    a, b, data = (np.random.default_rng(seed).random((7, 8)) < 0.6 for seed in range(3))
    given = {"a": Image(a, valid=data), "b": Image(b, valid=np.roll(data, 1))}
    counted = data & np.roll(data, 1) & ~b
    assert evaluate("specificity(a, b)", **given) == np.count_nonzero(counted & ~a) / np.count_nonzero(counted)


def test_nothing_to_be_found():
    none, one = [[0, 0]], [[1, 0]]
    assert of(none, none, names=NAMES + OF_REGIONS) == (1, 1, 1, 0, 1, 1)
    assert of(one, none, names=NAMES + OF_REGIONS) == (0, 0, 0, 0, 0, 0)
    assert of(none, one, names=NAMES + OF_REGIONS) == (0, 0, 0, 0, 0, 0)


def test_an_overlap_is_a_share():
    with pytest.raises(ProgramError, match="it must be from 0 to 1"):
        of([[1]], [[1]], 50)


# --- many that might be partners of each other -----------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_a_table_of_all_with_all_is_made_of_few_only(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where regions overlap in a chain through the whole image, the way without a table finds as large a sum."""
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 40, (2, 12, 12), dtype=np.int32)
    wanted = [float(detection._Pairs(a, b, iou).overlap) for iou in (0, 0.1, 0.3)]
    monkeypatch.setattr(detection, "_MOST_IN_A_TABLE", 0)
    found = [float(detection._Pairs(a, b, iou).overlap) for iou in (0, 0.1, 0.3)]
    assert found == pytest.approx(wanted, rel=1e-12)


def test_regions_in_one_chain_take_no_more_than_is_said() -> None:
    """Eight thousand that each overlap four others would be half a gigabyte in a table."""
    y, x = np.indices((270, 270))
    a, b = (((y + d) // 3 * 100 + (x + d) // 3 + 1).astype(np.int32) for d in (0, 1))
    program = maskexpr.compile("input a: labels; input b: labels; panoptic_quality(a, b, 0)")
    bound = stages(program, {"a": a, "b": b})
    assert peak(bound) <= bound.cost().memory
