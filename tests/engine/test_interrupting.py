"""Ctrl-C stops a run soon, whatever filter it is in and however many threads help."""

import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

import maskexpr
from maskexpr.engine import run

CHILD = """
import signal
import sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's `pytest &` has it ignored
import numpy as np
import maskexpr

program = maskexpr.compile(sys.argv[1])
im = np.random.default_rng(0).integers(0, 60000, (2000, 2000)).astype(sys.argv[2])
program(im=im[:9, :9])
print("running", flush=True)
try:
    program(im=im)
except KeyboardInterrupt:
    print("stopped", flush=True)
"""
# Each would take many minutes.
LONG = [
    ("median_filter(im, 200)", "uint16"),
    ("median_filter(im, 200)", "float32"),
    ('rank_filter(im, 7, 200, "disk") > 9', "uint8"),
    ('mean_filter(im, 300, "disk")', "float64"),
]
# Each is for the most part one call of another library.
CALLS = ["distance(im > 200)", "signed_distance(im > 200)", "hausdorff(im > 200, im > 300)", "label(im > 30000)"]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
@pytest.mark.parametrize("threads", ["1", "3"])
@pytest.mark.parametrize(("text", "dtype"), LONG, ids=[f"{text} of {dtype}" for text, dtype in LONG])
def test_an_interrupt_stops_a_run(text: str, dtype: str, threads: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, text, dtype],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "MASKEXPR_THREADS": threads},
    ) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "running\n"
            with pytest.raises(subprocess.TimeoutExpired):
                child.wait(1)  # by then it is at work
            child.send_signal(signal.SIGINT)
            assert child.communicate(timeout=60) == ("stopped\n", "")
        finally:
            child.kill()


@pytest.mark.slow
@pytest.mark.parametrize("text", CALLS)
def test_long_runs_are_apart_from_the_main_thread(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that Ctrl-C does not wait for the call they are in."""
    at_work = []
    monkeypatch.setattr(run, "_LONG", 1e5)
    monkeypatch.setattr(run.Engine, "_run", lambda *given: at_work.append(threading.current_thread()) or {})
    im = np.zeros((300, 300), np.uint16)
    maskexpr.compile(f"output m = {text}; output n = area(im > 1)").bind(im=im)._stages.prepared.engine.run({"im": im})
    assert at_work != [threading.main_thread()]


def test_functions_of_a_host_run_in_the_thread_that_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    at_work = []

    @maskexpr.function(gives=maskexpr.functions.MASK, halo=0, cost=1, memory=0)
    def mine(m: maskexpr.functions.Mask) -> maskexpr.functions.Masks:
        """The mask itself."""
        at_work.append(threading.current_thread())
        return m

    monkeypatch.setattr(run, "_LONG", 0)
    monkeypatch.setenv("MASKEXPR_THREADS", "1")
    maskexpr.compile("mine(im > 1)", functions=[mine])(im=np.ones((3, 4)))
    assert at_work == [threading.main_thread()]
