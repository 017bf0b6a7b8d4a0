"""What is said to work in pieces does: it pauses as often as that needs."""

import numpy as np
import pytest
from helpers.each import each

import maskexpr
from maskexpr.kernels import stopping
from maskexpr.library import CATALOGUE
from maskexpr.library.filters import smoothing
from maskexpr.planner import times
from maskexpr.planner.pauses import SHARES

CALLS = {
    "gaussian": "gaussian(im, 40)",
    "mean_filter": 'mean_filter(im, 12, "disk")',
    "local_mean": "local_mean(im, 40) > 3",
    "niblack": "niblack(im, 40)",
    "sauvola": "sauvola(im, 40)",
    "median_filter": 'median_filter(im, 9, "disk")',
    "rank_filter": "rank_filter(im, 3, 6)",
    "percentile_filter": "percentile_filter(im, 30, 6)",
    "entropy": "entropy(im, 6)",
    "correlate": f"correlate(im, {[[1] * 9] * 9})",
    "area_open": "area_open(im, 9)",
    "area_close": "area_close(im, 9)",
    "watershed": "watershed(im)",
    "split": "split(im > 90)",
    "medial_axis": "medial_axis(im > 90)",
    "reconstruct": "reconstruct(im - 20, im)",
    "skeleton": "skeleton(im > 90)",
    "nearest": "nearest(label(im > 240))",
    "h_maxima": "h_maxima(im, 20)",
    "h_minima": "h_minima(im, 20)",
    "hull": "hull(im > 90)",
}


class Counter:
    """Stands for what a thread is wanted for, and counts how often it is asked."""

    wish = noted = None
    asked = 0

    @property
    def given_up(self) -> tuple[()]:
        self.asked += 1
        return ()


@each("name", [name for name, f in CATALOGUE.items() if f in SHARES])
def test_it_pauses(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKEXPR_THREADS", "1")
    monkeypatch.setattr(smoothing, "_MOST_OF_SCIPY", 0)  # what is done in no time is left to it
    im = np.random.default_rng(0).integers(0, 250, (300, 300)).astype(np.uint8)
    engine = maskexpr.compile(CALLS[name]).bind(im=im)._stages.prepared.engine
    counter = Counter()
    monkeypatch.setattr(stopping, "_here", counter)
    engine.run_here({"im": im})
    assert counter.asked > 8


def test_all_else_is_one_call() -> None:
    plan = maskexpr.compile("distance(rank_filter(im, 3, 10) > 9)").bind(im=((2048, 2048), "uint8")).plan
    task, seconds = times.longest_call(plan)
    assert task is not None
    assert task.step.function is CATALOGUE["distance"]
    assert seconds > 0.01
