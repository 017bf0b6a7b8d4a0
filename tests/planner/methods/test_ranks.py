"""Medians and other ranks by their methods: networks of minima and maxima, counts, OpenCV."""

import numpy as np
import pytest
from helpers.both_ways import expect_same, grey, helpers
from helpers.each import each
from helpers.one_step import expect_body, method

from maskexpr.kernels import opencv
from maskexpr.kernels import ranks as kernel
from maskexpr.planner.methods import ranks
from maskexpr.testing.pixels import DTYPES, random_array


@pytest.fixture(autouse=True)
def _unasked(monkeypatch):
    """As where no one has imported OpenCV yet."""
    monkeypatch.setattr(kernel, "opencv_is_there", lambda: False)


@each("dtype", ["uint8", "int16", "uint64", "float16", "float32", "float64"])
@each("shape", [(1,), (65,), (1, 1), (1, 70), (40, 1), (13, 64), (4, 5, 6)])
def test_methods_give_what_bodies_give(shape, dtype):
    im = grey(random_array(np.random.default_rng(6), shape, dtype, "any"))
    calls = ["median_filter(im)", 'median_filter(im, 2, "diamond")', 'median_filter(im, 4, axes="x")']
    calls += ['rank_filter(im, -2, 2, "diamond")', "rank_filter(im, 1)", 'rank_filter(im, 0, 3, "disk")']
    for call in [*calls, *(["rank_filter(im, 200, 12)", 'median_filter(im, 14, "disk")'] if len(shape) == 2 else [])]:
        expect_body(call, "plain", im=im)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("median_filter(im, 1)", "a network of minima and maxima"),
        ("median_filter(im, 4)", "a network of minima and maxima"),
        ("rank_filter(im, -1, 2)", "a network of minima and maxima"),
        ('median_filter(im, 9, "disk")', "a network of minima and maxima"),
        ('median_filter(im, 10, "disk")', "plain body"),
        ('median_filter(im, 20, "disk")', "pixels of windows counted"),
        ("rank_filter(im, 7, 20)", "pixels of windows counted"),
        ('median_filter(im, 1, "010/111/010")', "plain body"),
        ('median_filter(im, 1, border="ignore")', "plain body"),
    ],
)
def test_how_it_is_said_to_be_done(text, word):
    assert method(text, im=np.zeros((30, 40), np.uint16)).word == word


def test_medians_of_large_planes_are_opencvs(monkeypatch):
    """Where it is installed, and of small ones where it is imported; large windows too, which no network pays for."""
    pytest.importorskip("cv2")
    im = np.random.default_rng(7).integers(0, 256, (40, 50), np.uint8)
    assert method("median_filter(im, 1)", im=im).word == "a network of minima and maxima"
    assert method("median_filter(im, 6)", im=im).word == "OpenCV"
    monkeypatch.setattr(ranks, "_WORTH_OPENCV", im.size)
    stack = {"im": im.reshape(2, 20, 50)}
    for text in ("median_filter(im, 1)", "median_filter(im, 5)"):
        assert method(text, im=im).word == "OpenCV"
        expect_same(text, {"im": im}, None, 7)
        assert method(text.replace(")", ', axes="yx")'), **stack).word == "OpenCV"
        expect_same(text.replace(")", ', axes="yx")'), stack, None, 1)
    for other in (im[:-1], im.astype(np.int16)):
        assert method("median_filter(im, 1)", im=other).word == "a network of minima and maxima"
    assert method("rank_filter(im, 4)", im=im).word == "a network of minima and maxima"
    monkeypatch.setattr(kernel, "opencv_is_there", lambda: True)
    assert method("median_filter(im, 1)", im=im[:-1]).word == "OpenCV"
    monkeypatch.setattr(opencv, "usable", lambda: None)
    assert method("median_filter(im, 1)", im=im).word == "a network of minima and maxima"
    assert method("median_filter(im, 6)", im=im).word == "pixels of windows counted"


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES[1:])
def test_ranks(dtype: str) -> None:
    rng = np.random.default_rng(5)
    calls = ["median_filter(im)", 'median_filter(im, 1, "disk")', 'median_filter(im, 6, axes="y")']
    calls += ["median_filter(im, 5)", 'median_filter(im, 1, "010/111/010")', "rank_filter(im, 3)"]
    text = "\n".join(f"output r{i} = {call}" for i, call in enumerate(calls))
    fills = {(1, 1): ["edges"], (1, 70): ["any"], (19, 1): ["edges"], (23, 66): ["any", "edges"]}
    for shape, fill in ((shape, fill) for shape, several in fills.items() for fill in several):
        with helpers(2):
            expect_same(text, {"im": random_array(rng, shape, dtype, fill)}, 5 if fill == "any" else 1, None)
