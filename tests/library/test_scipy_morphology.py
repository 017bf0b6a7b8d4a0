"""SciPy's own tests of binary morphology pass with maskexpr in SciPy's place."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import scipy
from helpers import scipy_by_maskexpr as plugin
from helpers.places import TESTS

pytestmark = pytest.mark.slow

MODULE = "scipy.ndimage.tests.test_morphology"


def test_scipys_tests_pass_with_maskexpr_in_its_place(tmp_path: Path) -> None:
    if importlib.util.find_spec("scipy.ndimage.tests") is None or importlib.util.find_spec(MODULE) is None:
        pytest.skip("this SciPy was installed without its tests")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")  # not this project's settings
    options = ["-q", "-p", plugin.__name__, "-p", "no:cacheprovider", "-c", "pytest.ini"]
    paths = [str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--pyargs", MODULE],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stdout[-5000:] + run.stderr[-2000:]
    line = next(line for line in run.stdout.splitlines() if line.startswith(plugin.ANSWERS))
    answers = json.loads(line.removeprefix(plugin.ANSWERS))
    # Were the adapters to leave everything to SciPy, this test would test nothing. Older ones have fewer tests.
    least = {"dilation": 150, "erosion": 80, "opening": 25, "fill_holes": 6}
    if scipy.__version__.startswith(("1.13.", "1.14.")):
        least |= {"erosion": 75, "opening": 20, "fill_holes": 3}
    for name, number in least.items():
        assert answers.get(f"binary_{name}", 0) >= number, answers
