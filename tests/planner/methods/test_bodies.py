"""What plain bodies, and methods, say they take beside operands and result: no less than what they are seen to take."""

from typing import Any

import numpy as np
import pytest
from helpers.properties import condition_on

import maskexpr
from maskexpr.inside import stages
from maskexpr.library import PROPERTIES
from maskexpr.planner.methods.bodies import by_body
from maskexpr.program.steps import Step
from maskexpr.testing.ways import peak

RNG = np.random.default_rng(3)
NOISE = RNG.integers(0, 255, (90, 110)).astype(np.uint8)  # the worst for what works by regions, or by runs
SMOOTH = (120 + 80 * np.sin(np.arange(90) / 9)[:, np.newaxis] * np.cos(np.arange(110) / 11)).astype(np.uint8)
BOARD = (np.indices((90, 110)).sum(0) % 2 * 200).astype(np.uint8)  # each pixel a region
ALIKE = [
    *("im + 1", "im - jm", "im / 3", "im // 7", "im ** 2", "-im", "im & 3", "im == jm", "im < 7.5", "20 < im <= 99"),
    *("~m", "m & k", "m == k", "where(m, im, 0)", "where(m, im, jm)", "where(m, im, 0.5)", "where(im > 5, k, m)"),
    *("between(im, 20, 90)", "clip(im, 20, 90)", "abs(im - 100)", "sign(im - 100)", "sqrt(im)", "hypot(im, jm)"),
    *("round(im / 3)", "minimum(im, jm)", "isnan(im / 1.0)", "im in [3, 5, 90]", "otsu(im)", "li(im, within=m)"),
    *("yen(im)", "isodata(im)", "triangle(im)", "mean_threshold(im)", "multiotsu(im, 3)", "hysteresis(im, 90, 150)"),
    *("local_mean(im, 5)", "niblack(im, 5)", "sauvola(im, 5, r=128)", "dilate(m, 2)", "dilate(m, 20)", "erode(m, 3)"),
    *(
        'dilate(m, 5, "disk")',
        'dilate(m, 100, "square")',
        "open(m, 3)",
        'close(m, 20, "square")',
        'close(m, 9, "disk")',
    ),
    *("boundary(m, 2)", 'open(m, 2, "010/111/110")', "dilate(im, 2)", 'dilate(im, 5, "disk")', 'open(im, 3, "disk")'),
    *('dilate(im, 3, "010/111/110")', 'blackhat(im, 3, "disk")', "tophat(m, 3)", "grow(m & k, m, 5)"),
    *("reconstruct(k, m)", "reconstruct(im - 20, im)", "hull(m)", 'hit_or_miss(m, "010/111/010")', "skeleton(m)"),
    *("label(m)", "count(m)", "keep_largest(m, 5)", "remove_small(m, 30)", "remove_large(label(m), 9)"),
    *("area_open(im, 9)", "area_close(im, 9, 2)"),
    *("clear_border(m)", "fill_holes(m)", "fill_holes(m, max_size=5)", "at(m, 5, 5)", "distance(m)"),
    *("measure(m, area, centroid, mean_intensity, of=im)", "measure(label(m), bbox, max_intensity, of=[im, jm])"),
    *('median(measure(m, area, extent)[area >= 1]["extent"])', 'paint(label(m), measure(m, area), "area")'),
    *("signed_distance(m)", "keep(m, solidity > 0.5)", "keep(m, mean_intensity > 100, of=im)", "peaks(im, 3)"),
    *("watershed(im, label(k))", "split(m)", "gaussian(im, 2)", "gaussian(im, 20)", "mean_filter(im, 2)"),
    *("median_filter(im, 1)", "median_filter(im, 4)", 'median_filter(im, 3, "disk")', "rank_filter(im, 3, 2)"),
    *("fill(median_filter(im, 2, within=m), 0)", "mean_filter(im, 2, within=m)", "percentile_filter(im, 20, 2)"),
    *('rank_filter(im, 3, 3, "disk", within=m) > 9', 'mean_filter(im, 3, "disk", border="ignore")'),
    *("entropy(uint8(im), 2, within=m)", 'entropy(int16(im), 4, "disk", border="ignore")'),
    *(
        "unsharp(im, 2)",
        "normalize(im)",
        "equalize(im)",
        "sobel(im)",
        "laplace(im)",
        "difference_of_gaussians(im, 1, 3)",
    ),
    *("x + 0 * im", "rectangle(3, 3, 90, 90) & m", "circle(50, 50, 30) & m", "vote([m, k, ~m])", "sum(im)", "std(im)"),
    *("max(im)", "percentile(im, 30)", "histogram(im, 16)", "area(m)", "perimeter(m)", "centroid(m)", "bbox(m)"),
    *("iou(m, k)", "hausdorff(m, k)", "mean(im[m])", "median(im[m])", "im[10:80, 3:]", "gaussian(im, 2)[3] + 1", "im"),
]
COLOURED = ["gray(c)", "red(c)", "hue(c)", "saturation(c)", "where(m, c, 0)", "where(m, c, im)", "c"]


PATTERNS = {"noise": NOISE, "smooth": SMOOTH, "board": BOARD}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "dtype"),
    [
        *(("noise", dtype) for dtype in ("uint8", "uint16", "int64", "float32", "float64")),
        *((pattern, dtype) for pattern in ("smooth", "board") for dtype in ("uint8", "float64")),
    ],
)
def test_each_function_says_what_it_takes(pattern: str, dtype: str) -> None:
    values = PATTERNS[pattern]
    im = values.astype(dtype)
    every = {"im": im, "jm": im[::-1].copy(), "m": values > 128, "k": values > 150}
    every["c"] = np.stack([im, im[::-1], im[:, ::-1]], -1)
    low, refused = {}, []
    for text in ALIKE if dtype == "int64" else [*ALIKE, *COLOURED]:
        program = maskexpr.compile(text)
        try:
            bound = stages(program, {info.name: every[info.name] for info in program.inputs})
        except maskexpr.ProgramError:
            refused.append(text)
            continue
        said, seen = bound.cost().memory, peak(bound)
        if said < seen:
            low[text] = (said, seen)
    assert low == {}
    assert refused == (["im & 3"] if "float" in dtype else [])


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(90, 110), (9, 11, 13)])
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_each_property_of_regions_that_are_as_many_as_there_can_be(shape: tuple[int, ...], share: float) -> None:
    m = (np.indices(shape).sum(0) % 2 == 0) | (RNG.random(shape) < share)
    low, tried = {}, 0
    for name in PROPERTIES:
        text = f"keep(m, {condition_on(name, '>= 0')}, of=im, to=k, parent=m)"
        program = maskexpr.compile(f"input im: image; input m: mask; {text}")
        try:
            bound = stages(program, {"im": m * 9.0, "m": m, "k": np.eye(*shape[-2:], dtype=bool) & m})
        except maskexpr.ProgramError:
            continue  # of planes, or of volumes
        tried += 1
        if bound.cost().memory < peak(bound):
            low[name] = (bound.cost().memory, peak(bound))
    assert low == {}
    assert tried > 10


def step(text: str, **given: Any) -> Step:
    """The last step of a program."""
    return stages(maskexpr.compile(text), given).checked.outputs[0][1]


def test_python_takes_integers_that_no_type_holds() -> None:
    small, large = np.array([-1, 1]), np.array([1, 2**63], np.uint64)
    wide = by_body(step("a + b", a=small, b=large))
    assert wide.memory is not None
    assert wide.memory((10, 10)) > 80 * 100
    assert by_body(step("a + b", a=small, b=small)).memory is None  # as its record says


def test_comparisons_of_what_numpy_would_round_take_both_in_both_types() -> None:
    floats, whole, short = np.ones(3), np.ones(3, np.int64), np.ones(3, np.int16)
    sizes = []
    for other in (whole, short):
        memory = by_body(step("a < b", a=floats, b=other)).memory
        assert memory is not None
        sizes.append(memory((100,)))
    assert sizes[0] > 10 * sizes[1]
