"""Morphology of all labels at once."""

import numpy as np
import pytest
from helpers.each import each
from helpers.one_step import expect_body, method

from maskexpr import Image

NAMED = [f'{name}(lab, {n}, "{shape}")' for name in ("dilate", "erode", "open", "boundary")
         for n in (0, 1, 2, 3.5, 9) for shape in ("diamond", "square", "disk")]  # fmt: skip


def labels(shape, seed, spacing=None):
    rng = np.random.default_rng(seed)
    blocks = int(rng.integers(1, 5))
    small = rng.integers(0, 4, [-(-n // blocks) for n in shape]) * (rng.random() < 0.9)
    lab = np.kron(small, np.ones((blocks,) * len(shape), int))[tuple(slice(n) for n in shape)]
    return Image(lab.astype(np.int32), kind="labels", spacing=spacing)


@each("shape", [(1, 1), (1, 12), (9, 1), (13, 17), (7, 65), (4, 5, 6)])
def test_labels_at_once_equal_the_bodies(shape):
    for seed, text in enumerate(NAMED):
        expect_body(f"input lab: labels; {text}", "plain", lab=labels(shape, seed))


STRETCHED = ['dilate(lab, 1mm, "disk")', 'erode(lab, 1mm, "disk")', 'erode(lab, 1mm, "square")']
STRETCHED += ['erode(lab, 1mm, "diamond")', 'open(lab, 0.7mm, "disk")', 'boundary(lab, 2, axes="x")']
STRETCHED += ['erode(lab, 1, "disk", axes="x")', 'dilate(lab, 3, axes="y")', 'dilate(lab, 3, "disk", axes="y")']


@pytest.mark.parametrize("text", STRETCHED)
def test_labels_of_stretched_pixels_and_of_lines(text):
    for seed in range(4):
        expect_body(f"input lab: labels; {text}", "plain", lab=labels((13, 11), seed, [0.5, 0.3]))


@pytest.mark.parametrize("options", ["", ', method="zhang"', ', method="lee"', ', axes="yx"'])
def test_labels_that_do_not_touch_are_thinned_together(options):
    for seed, shape in enumerate([(1, 12), (13, 17), (40, 50), (9, 10, 11)]):
        if len(shape) == 3 and "zhang" in options:
            continue
        expect_body(f"input lab: labels; skeleton(lab{options})", "plain", lab=labels(shape, seed))


@pytest.mark.parametrize("text", ['dilate(lab, 2, "010/111/010")', "close(lab, 2)", 'dilate(lab, 1mm, "square")'])
def test_the_rest_is_left_to_the_body(text):
    given = {"lab": labels((9, 8), 1, [0.5, 0.3])}
    assert method(f"input lab: labels; {text}", **given).word == "plain body"
    assert method("dilate(lab > 0, 2)", lab=given["lab"]).word == "64 pixels at once"
