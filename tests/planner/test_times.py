"""Estimated seconds, beside those that runs take; tests/bench/costing.py shows the worst, and measures paces anew."""

import contextlib
import functools
import warnings
from typing import Any

import costing
import numpy as np
import pytest
from helpers import random_programs
from helpers.each import each
from hypothesis import HealthCheck, Phase, given, seed, settings

import maskexpr
from maskexpr import MaskError
from maskexpr.functions.gives import Gives
from maskexpr.functions.parameters import Image as Im
from maskexpr.functions.record import function
from maskexpr.inside import stages
from maskexpr.kernels import threads
from maskexpr.planner import times
from maskexpr.planner.plan import Pass, tasks_of

HEALTH = list(HealthCheck)


def seconds(text: str, shape: tuple[int, ...] = (1024, 1024), dtype: str = "uint8", **given: Any) -> float:
    program = maskexpr.compile(text)
    return program.cost(**{info.name: (shape, dtype) for info in program.inputs}, **given).seconds


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKEXPR_THREADS", "1")


# --- what is declared ------------------------------------------------------------------------------------------------


def test_the_seconds_of_steps_are_those_of_the_run() -> None:
    bound = maskexpr.compile("m = gaussian(im, 2) > otsu(im); n = dilate(m, 3); keep_largest(n)").bind(
        im=((512, 512), "uint8")
    )
    assert bound.cost().seconds == pytest.approx(times.RUN + sum(times.seconds_of(bound.plan).values()))
    task, longest = times.longest_call(bound.plan)
    assert task is not None
    assert task.step in times.seconds_of(bound.plan)
    assert 0 < longest == bound.cost().longest < bound.cost().seconds


@each("side", [1024, 4096])
def test_of_strips_the_longest_call_is_one_of_them(side: int) -> None:
    """With its part of the memory that a large result needs anew."""
    bound = maskexpr.compile("sqrt(im)").bind(im=((side, side), "float64"))
    (stage,) = bound.plan.stages
    assert isinstance(stage, Pass)
    assert len(tasks_of(stage)) == 1
    assert bound.cost().longest == pytest.approx(bound.cost().seconds / len(stage.strips), rel=0.05)


@each(
    "less, more",
    [
        ("im > 3", "gaussian(im, 2)"),
        ("gaussian(im, 2)", "gaussian(im, 20)"),
        ("dilate(im, 2)", "dilate(im, 200)"),
        ('dilate(im > 3, 2, "disk")', 'dilate(im > 3, 40, "disk")'),
        ("median_filter(im, 1)", "median_filter(im, 5)"),
        ("measure(im > 3, area)", "measure(im > 3, area, feret_max)"),
        ("watershed(im)", "watershed(im, line=true)"),
    ],
)
def test_what_is_more_work_takes_longer(less: str, more: str) -> None:
    assert 0 < seconds(less) < seconds(more) < 1000 * seconds(less)
    assert seconds(more, (256, 256)) < seconds(more)


def test_threads_share_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = seconds("gaussian(im, 2)", (4096, 4096))
    monkeypatch.setenv("MASKEXPR_THREADS", "4")
    assert threads.threads() == 4
    assert alone / 4 < seconds("gaussian(im, 2)", (4096, 4096)) < alone / 2


def test_functions_of_hosts_take_what_they_declare() -> None:
    """Whatever they are called."""

    @function(gives=Gives(frozenset({"image"}), lambda kinds: kinds["im"]), halo=0, cost=100, memory=8, name="gaussian")
    def mine(im: Im) -> Any:
        return np.array(im)

    program = maskexpr.compile("gaussian(im)", functions=[mine])
    assert program.cost(im=((1000, 1000), "float64")).seconds == pytest.approx(100e6 * 1e-9, rel=0.2)


# --- beside what is measured -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_declared_and_measured_seconds_agree_over_the_catalogue() -> None:
    """Most are within a factor of 3; this allows for machines of other kinds, and for what else they do."""
    worlds = [world for world in costing.WORLDS if world[0] in ("64 uint8", "256 uint8", "12x48x48 float32")]
    rows = [row for row in costing.found("", worlds, enough=0.0, most=2, every=5) if not row.more]
    assert len(rows) > 300
    median = float(np.median([row.ratio for row in rows]))
    assert 1 / 4 < median < 4  # how fast the machine is
    near = [1 / 3 <= row.ratio / median <= 3 for row in rows]
    assert sum(near) / len(near) >= 0.8, sorted((row.ratio, row.text) for row in rows)[:20]
    assert all(1 / 60 < row.ratio / median < 60 for row in rows)


@pytest.mark.slow
def test_declared_and_measured_seconds_agree_on_real_images() -> None:
    """Noise is not what users have: paces that fit its masks are far too high for theirs."""
    rows = [row for row in costing.usually_found("", "^(coins|brain)$", enough=0.0, most=2) if not row.more]
    assert len(rows) > 150
    median = float(np.median([row.ratio for row in rows]))
    assert 1 / 4 < median < 4
    near = [1 / 3 <= row.ratio / median <= 3 for row in rows]
    assert sum(near) / len(near) >= 0.9, sorted((row.ratio, row.text) for row in rows)


@pytest.mark.slow
def test_declared_and_measured_seconds_agree_over_random_programs() -> None:
    """Their images are tiny: what calls take is nearly all."""
    ratios: list[float] = []

    @seed(1)
    @settings(max_examples=60, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=HEALTH)
    @given(random_programs.programs())
    def measure(program: random_programs.Program) -> None:
        with contextlib.suppress(MaskError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            bound = stages(maskexpr.compile(program.text), {**program.inputs, **program.given})
            bound.results()
            run = functools.partial(bound.prepared.engine.run, bound.arrays)
            ratios.append(bound.cost().seconds / costing.best_of(run, enough=0.0, most=2))

    measure()
    assert len(ratios) > 30
    median = float(np.median(ratios))
    assert 1 / 4 < median < 4
    near = [1 / 3 <= ratio / median <= 3 for ratio in ratios]
    assert sum(near) / len(near) >= 0.8, sorted(ratios)
