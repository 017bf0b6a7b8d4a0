"""Surfaces of masks and how far they are apart, by definition and as others measure it."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
import scipy.ndimage
import skimage.data
from helpers.searches import try_seeds

from maskexpr import Image, evaluate
from maskexpr.kernels.surfels import sizes, surfels

# --- as others have it -----------------------------------------------------------------------------------------------

FIXED = {
    "MONAI 1.6.1": (
        'hausdorff(a, b, 95, "mm", "monai")',
        'hausdorff(a, b, 70, "mm", "monai")',
        'surface_distance(a, b, "mm")',
        "surface_dice(a, b, 1mm)",
    ),
    "medpy 0.5.2": (
        'hausdorff(a, b, 95, "mm", "medpy")',
        'hausdorff(a, b, 100, "mm", "medpy")',
        'surface_distance(a, b, "mm", "medpy")',
    ),
    "medpy 0.4.0": ('surface_distance(a, b, "mm", "medpy-0.4")',),
    "SimpleITK 2.5.7": ('surface_distance(a, b, "mm", "simpleitk")',),
    "surface-distance 0.1": (
        'hausdorff(a, b, 95, "mm", "surface-distance")',
        'hausdorff(a, b, 70, "mm", "surface-distance")',
        'surface_distance(a, b, "mm", "surface-distance")',
        'surface_dice(a, b, 1mm, "surface-distance")',
    ),
}
BALLS = {
    (1, (24, 31), (1, 1)): (
        *(4.0, 2.0, 1.47507810593, 0.455128192902, 4.0, 5.38516480713, 1.47507810593, 1.47481309961, 0.285802296105),
        *(4.24264068712, 2.0, 1.37973664921, 0.519705156013),
    ),
    (2, (24, 31), (0.5, 1.25)): (
        *(2.72141218185, 1.37703275681, 0.945175051689, 0.662420392036, 2.59862479981, 5.59016994375, 0.945175179023),
        *(0.93313402511, 0.20778863408, 3.0, 1.34629120178, 0.8825875109, 0.691218902034),
    ),
    (3, (9, 12, 14), (1, 1, 1)): (
        *(2.23606801033, 1.41421353817, 1.01164054871, 0.662468492985, 2.2360679775, 5.38516480713, 1.01164060487),
        *(0.979254332205, 0.597553842896, 2.0, 1.0, 0.651291622304, 0.822505631713),
    ),
    (4, (9, 12, 14), (2.5, 0.75, 0.5)): (
        *(2.95803999901, 1.58113884926, 1.04327201843, 0.637305676937, 2.70126819334, 3.90512483795, 1.04327192175),
        *(1.00825969342, 0.624451270417, 2.5, 0.901387818866, 0.61733952485, 0.821239675988),
    ),
}


def balls(seed, shape):
    """Two balls apart by a pixel along each axis, of other sizes, with noise over all of the image."""
    rng = np.random.default_rng(seed)
    at = np.indices(shape) - (np.array(shape).reshape(-1, *[1] * len(shape)) - 1) / 2
    found = []
    for moved in (0, 1):
        radii = 0.3 * np.array(shape) + moved
        away = sum(((a + moved) / r) ** 2 for a, r in zip(at, radii, strict=True))
        found.append((away <= 1) ^ (rng.random(shape) < 0.03))
    return found


@pytest.mark.parametrize("case", BALLS)
def test_numbers_of_others(case):
    seed, shape, steps = case
    a, b = (Image(m, spacing=[f"{step}mm" for step in steps]) for m in balls(seed, shape))
    texts = [text for group in FIXED.values() for text in group]
    for text, wanted in zip(texts, BALLS[case], strict=True):
        assert evaluate(text, a=a, b=b) == pytest.approx(wanted, rel=5e-7), text  # MONAI's are of float32


@pytest.mark.parametrize("shape", [(23, 31), (9, 12, 8)])
def test_the_average_over_pixels_is_simpleitks(shape, rng):
    sitk = pytest.importorskip("SimpleITK")
    filter_ = sitk.HausdorffDistanceImageFilter()
    for share in (0.04, 0.5, 0.9):
        masks = [rng.random(shape) < share for _ in "ab"]
        steps = rng.integers(1, 40, len(shape)) / 8
        images = [sitk.GetImageFromArray(m.astype(np.uint8)) for m in masks]
        for image in images:
            image.SetSpacing(steps[::-1].tolist())
        filter_.Execute(*images)
        a, b = (Image(m, spacing=[f"{s}mm" for s in steps]) for m in masks)
        wanted = pytest.approx(filter_.GetAverageHausdorffDistance(), rel=1e-6)  # float32 inside
        assert evaluate('surface_distance(a, b, "mm", "simpleitk")', a=a, b=b) == wanted


# --- by definition ---------------------------------------------------------------------------------------------------


def surface(m):
    return m & ~scipy.ndimage.binary_erosion(m)


def ways(a, b, steps):
    """The distances from each point to the nearest of the others, both ways, by looking at all pairs."""
    apart = [[math.dist(np.multiply(p, steps), np.multiply(q, steps)) for q in b] for p in a]
    return np.array([min(row) for row in apart]), np.array([min(column) for column in zip(*apart, strict=True)])


def some_masks(seed):
    """Noise, lone pixels, blocks that touch the border, and equal ones."""
    rng = np.random.default_rng(seed)
    shape = [(7, 9), (4, 3, 5), (1, 12), (13,), (2, 3, 2, 3)][seed % 5]
    if seed % 4 == 0:
        a, b = (rng.random(shape) < rng.choice([0.1, 0.6]) for _ in "ab")
    elif seed % 4 == 1:
        a, b = np.zeros((2, *shape), bool)
    else:
        a = np.zeros(shape, bool)
        a[tuple(slice(*sorted(rng.integers(0, n + 1, 2))) for n in shape)] = True
        b = a.copy() if seed % 8 == 2 else np.roll(a, 1, -1)
    for m in (a, b):
        m[tuple(rng.integers(0, n) for n in shape)] = True
    return a, b, [float(step) for step in rng.choice([0.5, 1, 1.75, 3], len(shape))]


def test_distances_of_surfaces_by_definition():
    def check(seed):
        a, b, steps = some_masks(seed)
        there, back = ways(np.argwhere(surface(a)), np.argwhere(surface(b)), steps)
        both = np.concatenate([there, back])
        of = [evaluate(text, **spaced(a, b, steps)) for text in (
            'hausdorff(a, b, 80, "mm", "monai")', 'hausdorff(boundary(a), boundary(b), 80, "mm")',
            'hausdorff(a, b, 80, "mm", "medpy")', 'surface_distance(a, b, "mm")',
            'surface_distance(b, a, "mm", "medpy-0.4")', "surface_dice(a, b, 1.75mm)",
        )]  # fmt: skip
        assert of[0] == of[1] == pytest.approx(max(np.percentile(way, 80) for way in (there, back)))
        assert of[2:] == pytest.approx(
            [np.percentile(both, 80), both.mean(), (there.mean() + back.mean()) / 2, (both <= 1.75).mean()]
        )

    try_seeds(60, check)


def test_distances_of_elements_by_definition():
    def check(seed):
        a, b, steps = some_masks(seed)
        if a.ndim not in (2, 3):
            return
        (places, kinds), (others, other_kinds) = surfels(a), surfels(b)
        of = np.array([float(size) for size in sizes([Fraction(step) for step in steps])])
        both = [ways(places.T, others.T, steps), (of[kinds], of[other_kinds])]
        percentiles, within, total = [], 0, 0
        for distances, weights in zip(*both, strict=True):
            order = np.argsort(distances, kind="stable")
            reached = np.cumsum(weights[order]) / weights.sum()
            percentiles.append(distances[order][np.flatnonzero(reached > 0.7123)[0]])
            within += weights[distances <= 1.75].sum()
            total += weights.sum()
        given = spaced(a, b, steps)
        assert evaluate('hausdorff(a, b, 71.23, "mm", "surface-distance")', **given) == pytest.approx(max(percentiles))
        assert evaluate('surface_dice(a, b, 1.75mm, "surface-distance")', **given) == pytest.approx(within / total)
        means = [(d * w).sum() / w.sum() for d, w in zip(*both, strict=True)]
        assert evaluate('surface_distance(a, b, "mm", "surface-distance")', **given) == pytest.approx(sum(means) / 2)
        assert evaluate('hausdorff(a, b, 100, "mm", "surface-distance")', **given) == pytest.approx(
            max(way.max() for way in both[0])
        )

    try_seeds(60, check)


def spaced(a, b, steps):
    return {name: Image(m, spacing=[f"{step}mm" for step in steps]) for name, m in (("a", a), ("b", b))}


def test_real_masks_are_measured_as_in_their_own_part_of_the_image():
    im = skimage.data.coins()
    a, b = im > 120, im > 130
    far = [np.pad(m[60:200, 40:300], [(0, 500), (300, 0)]) for m in (a, b)]
    for text in ('hausdorff(a, b, 95, method="medpy")', "surface_distance(a, b)", "surface_dice(a, b, 1.5)"):
        assert evaluate(text, a=far[0], b=far[1]) == evaluate(text, a=a[60:200, 40:300], b=b[60:200, 40:300])
    there, back = (
        scipy.ndimage.distance_transform_edt(~surface(m))[surface(other)] for m, other in itertools.permutations((b, a))
    )
    both = np.concatenate([there, back])
    assert evaluate("surface_distance(a, b)", a=a, b=b) == pytest.approx(both.mean())
    assert evaluate("surface_dice(a, b, 1)", a=a, b=b) == np.count_nonzero(both <= 1) / both.size


def test_a_tolerance_is_exact():
    """Three pixels of 0.1 mm are 0.3 mm away; as floats they are more."""
    row = np.arange(12) == 2
    given = {"a": Image(row, spacing="0.1mm"), "b": Image(np.roll(row, 3), spacing="0.1mm")}
    for text, wanted in (("0.3mm", 1), ("0.29999mm", 0), ("3", 1), ("2.999", 0)):
        assert evaluate(f"surface_dice(a, b, {text})", **given) == wanted


METHODS = {
    "hausdorff(a, b": ("pixels", "monai", "medpy", "surface-distance"),
    "surface_distance(a, b": ("monai", "medpy", "medpy-0.4", "simpleitk", "surface-distance"),
    "surface_dice(a, b, 1": ("monai", "surface-distance"),
}


@pytest.mark.parametrize("call", METHODS)
def test_empty_and_equal_masks(call):
    empty, full = np.zeros((3, 4), bool), np.ones((3, 4), bool)
    is_share = call.startswith("surface_dice")
    for method in METHODS[call]:
        text = f'{call}, method="{method}")'
        assert evaluate(text, a=empty, b=empty) == evaluate(text, a=full, b=full) == is_share
        assert evaluate(text, a=full, b=empty) == evaluate(text, a=empty, b=full) == (0 if is_share else math.inf)
