"""Ctrl-C stops a run soon, whatever filter it is in and however many threads help."""

import os
import signal
import subprocess
import sys

import pytest

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
