"""A soak in small, and what finds failures finds them."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fuzz import trying
from helpers.searches import try_seeds

from maskexpr.functions import MASK, Mask, function
from maskexpr.testing import Example

FUZZ = Path(__file__).parent


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_soak_in_small() -> None:
    def try_case(number: int) -> None:
        failure = trying.failure_at(0, number)
        assert failure is None, str(failure)

    try_seeds(120, try_case)


@function(gives=MASK, halo=0, cost=1, memory=1)
def crashing(m: Mask) -> Any:
    raise KeyError("no")


@function(gives=MASK, halo=0, cost=1, memory=1)
def by_the_row(m: Mask) -> Any:
    return m ^ (len(m) % 2 == 1)


@function(gives=MASK, halo="whole", cost=1, memory=1)
def greedy(m: Mask) -> Any:
    return np.ones((*m.shape, 40)).sum(-1) > m


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("crashing(m)", "no error of ours:\nTraceback"),
        ("by_the_row(m)", "by 1 threads in strips of 1 rows it gives"),
        ("greedy(m)", "by 1 threads it holds"),
        ("dilate(m)", ""),
        ("dilate(m, 1 / 0)", ""),
        ("dilate(m", ""),
    ],
)
def test_failures_are_found(text: str, what: str) -> None:
    example = Example(text, {"m": np.ones((120, 120), bool)}, (crashing, by_the_row, greedy))
    failure = trying.failure_of(example, rows=1)
    assert (failure.what if failure else "").startswith(what)
    assert (failure is None) == (not what)


def test_cases_are_the_same_each_time() -> None:
    one, two = (trying.example_of(3, 5) for _ in range(2))
    assert (one.text, repr(one)) == (two.text, repr(two))
    texts = {trying.example_of(3, number).text for number in range(12)}
    assert len(texts) > 10
    assert all(re.search(r"^output", text, re.MULTILINE) for text in texts)


@pytest.mark.slow
def test_a_hang_is_reported_and_the_soak_goes_on() -> None:
    """Of cases that may take no time each one hangs."""
    command = [sys.executable, str(FUZZ), "--minutes", "0.1", "--seconds", "0.0001"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert run.returncode == 1
    assert run.stdout.count("Timeout (0:00:00") > 0, run.stdout + run.stderr
    assert "case 1: " in run.stdout
