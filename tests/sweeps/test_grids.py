"""Which values are tried together: all of them in order, or samples that are spread evenly and repeat."""

import itertools

import pytest

import maskexpr
from maskexpr.sweeps.axes import read_axis
from maskexpr.sweeps.grids import grid_of

PROGRAM = maskexpr.compile('param a = 1 in 0..99; param b = 0.5 in 0..1; param s = "x" in "x", "y"; output n = a + b')
INFOS = {info.name: info for info in PROGRAM.params}


def axes(*texts: str, sampled: bool = False):
    return [read_axis(INFOS[text[0]], text[2:], sampled=sampled) for text in texts]


def test_a_grid_is_all_with_all_the_last_changing_soonest() -> None:
    grid = grid_of(axes("a=1..3", "s=x,y", "b=0.5"), 1, samples=None, seed=0)
    assert grid.params == [{"a": a, "s": s, "b": 0.5} for a, s in itertools.product((1, 2, 3), ("x", "y"))]
    assert grid.says == "6 runs: 3 of a x 2 of s"
    assert grid.texts(1) == {"a": "1", "s": '"y"', "b": "0.5"}


@pytest.mark.parametrize("seed", [0, 1, 17])
def test_samples_are_different_even_and_the_same_again(seed: int) -> None:
    tried = axes("a=0..99", "b=0..1", sampled=True)
    grid = grid_of(tried, 1, samples=60, seed=seed)
    assert grid == grid_of(tried, 1, samples=60, seed=seed)
    assert grid != grid_of(tried, 1, samples=60, seed=seed + 1)
    assert len(set(grid.places)) == 60
    for name, width in (("a", 100), ("b", 1)):  # each sixth of each has about a sixth of all: by chance 4 to 17
        counts = [sum(n / 6 <= params[name] / width < (n + 1) / 6 for params in grid.params) for n in range(6)]
        assert min(counts) >= 8, counts
    assert grid.says == "60 runs: samples of a, b"


def test_samples_are_the_same_with_every_version_of_scipy() -> None:
    grid = grid_of(axes("a=0..99", "b=0..1", sampled=True), 1, samples=5, seed=7)
    texts = [("97", "0.952"), ("47", "0.618"), ("72", "0.285"), ("22", "0.729"), ("84", "0.396")]
    assert [tuple(grid.texts(i).values()) for i in range(5)] == texts


def test_nearly_all_may_be_sampled() -> None:
    grid = grid_of(axes("a=0..99", "s=x,y"), 1, samples=199, seed=3)
    assert len(set(grid.places)) == 199


def test_more_samples_than_there_are_values_are_all_of_them() -> None:
    grid = grid_of(axes("a=0..9"), 1, samples=30, seed=0)
    assert [params["a"] for params in grid.params] == [*range(10)]
    (said,) = grid.warnings
    assert said.render() == "warning: there are 10 different values to try, not 30; all of them are tried"


@pytest.mark.parametrize(
    ("images", "samples", "message"),
    [
        (1, None, "these are 20,200 runs on 1 image, more than 10,000 in all; try some of them: --samples 200"),
        (100, None, "these are 2,020,000 runs on 100 images, more than 10,000 in all; try some of them: --samples 100"),
        (100, 200, "these are 20,000 runs on 100 images, more than 10,000 in all; try some of them: --samples 100"),
        (1, 0, "0 are no samples; give a number from 1 to 10,000"),
        (1, 10_001, "10001 are no samples; give a number from 1 to 10,000"),
    ],
)
def test_too_many_runs_are_refused_with_a_way_out(images: int, samples: int | None, message: str) -> None:
    with pytest.raises(maskexpr.InputError) as caught:
        grid_of(axes("a=0..99", "b=0..1:0.01", "s=x,y"), images, samples=samples, seed=0)
    assert str(caught.value) == f"error: {message}"
