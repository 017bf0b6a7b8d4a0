"""The bytes that a run is said to hold at most are never exceeded, as Python traces them and as the system sees the
process; nor are they so many that a limit on them is of no use."""

import json
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from helpers.every_result import programs
from helpers.outside import images
from helpers.places import TESTS

import maskexpr
from maskexpr.inside import stages
from maskexpr.testing.ways import helpers, peak

pytestmark = pytest.mark.slow

# What a process takes for itself beside arrays: its allocator's room, threads' stacks.
OF_THE_PROCESS = 4 * 2**20


def ratios(shape: tuple[int, ...], dtype: str, every: int) -> dict[str, float]:
    """What was said by what is traced."""
    given, found = images(shape, dtype), {}
    for text in programs()[::every]:
        program = maskexpr.compile(text)
        try:
            bound = stages(program, {info.name: given[info.name] for info in program.inputs})
            found[text] = bound.cost().memory / peak(bound)
        except maskexpr.MaskError:
            continue  # it has no answer for these
    return found


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize(
    ("shape", "dtype", "every"),
    [
        *[((1, 1), "uint8", 7), ((9, 1), "float32", 7), ((300, 2), "uint8", 7), ((2, 300), "float64", 11)],
        *[((90, 110), "uint16", 11), ((6, 20, 30), "float64", 13), ((300, 400), "uint8", 23)],
    ],
)
def test_no_run_holds_more_than_is_said(shape: tuple[int, ...], dtype: str, every: int, count: int) -> None:
    with helpers(count), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = ratios(shape, dtype, every)
    assert len(found) > 10
    assert {text: ratio for text, ratio in found.items() if ratio < 1} == {}
    if shape == (300, 400):
        assert np.median([*found.values()]) < 3


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="where the system counts it")
@pytest.mark.parametrize(("shape", "dtype", "every"), [("1000x1100", "uint8", 13), ("700x800", "float64", 17)])
def test_no_process_grows_by_more_than_is_said(shape: str, dtype: str, every: int) -> None:
    command = [sys.executable, "-m", "helpers.outside", shape, dtype, str(every)]
    run = subprocess.run(command, cwd=TESTS, capture_output=True, text=True, check=True)
    found = json.loads(run.stdout)
    assert len(found) > 20
    assert {text: (said, seen) for text, (said, seen) in found.items() if seen > said + OF_THE_PROCESS} == {}
    assert np.median([said / (seen + OF_THE_PROCESS) for said, seen in found.values()]) < 3
