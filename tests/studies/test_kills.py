"""A study that is ended at any moment, and what others do to its folder meanwhile: it goes on to what it would have
been without."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest

from maskexpr.studies import journal, locking

pytestmark = pytest.mark.slow

resource = pytest.importorskip("resource")  # signals and limits of POSIX

PROGRAM = """
t = otsu(im)
output m = im > t
output n = area(m)
output share = fraction(m)
output cells = measure(label(m), area, centroid)
"""
COUNT, BROKEN = 30, (4, 11, 27)
FLAGS = ("--keep-going", "--table", "areas.csv", "--table", "all-cells.json")


def make_images(folder: Path) -> None:
    """Three of thirty are broken; one has blanks and braces in its name."""
    rng = np.random.default_rng(7)
    (folder / "scans/of a {day}").mkdir(parents=True)
    for index in range(COUNT):
        path = folder / "scans" / (f"of a {{day}}/s {{{index}}}.png" if index % 5 == 0 else f"s{index:02}.png")
        iio.imwrite(path, rng.integers(0, 255, (40 + index, 300), dtype=np.uint8))
        if index in BROKEN:
            path.write_bytes(path.read_bytes()[:200])
    (folder / "seg.mask").write_text(PROGRAM)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a study leaves that nobody disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    make_images(folder)
    done = run(folder)
    assert done.returncode == 1
    return digests(folder)


def command(folder: Path, *flags: str) -> list[str]:
    start = [sys.executable, "-m", "maskexpr", "run", "seg.mask", "im=scans/**/*.png"]
    return [*start, "-o", "out/{im.parent}/{im.stem}-{output}", *FLAGS, *flags]


def run(folder: Path, *flags: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(folder, *flags), cwd=folder, capture_output=True, text=True, timeout=120, **more)  # type: ignore[call-overload,no-any-return]


def digests(folder: Path) -> dict[str, str]:
    """All files by their bytes, but for the journal, which says how long all took."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != journal.NAME)
    return {os.fspath(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "out" / journal.NAME).read_text().splitlines()]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_killed_three_times_and_gone_on_with(tmp_path: Path, whole: dict[str, str], jobs: str) -> None:
    make_images(tmp_path)
    chance = random.Random(int(jobs))
    for _ in range(3):
        known = size(tmp_path)
        process = subprocess.Popen(
            command(tmp_path, "--jobs", jobs, "--resume"),
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda known=known: size(tmp_path) > known + chance.randrange(20_000))
        time.sleep(chance.random() / 20)
        process.kill()
        process.wait()
    assert size(tmp_path) > 0
    done = run(tmp_path, "--jobs", jobs, "--resume")
    assert done.returncode == 1
    assert digests(tmp_path) == whole


def size(folder: Path) -> int:
    path = folder / "out" / journal.NAME
    return path.stat().st_size if path.exists() else 0


def wait_for(said: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not said() and time.monotonic() < end:
        time.sleep(0.01)


def test_killed_while_a_line_is_written(tmp_path: Path, whole: dict[str, str]) -> None:
    """The journal cut at any byte: what is cut is done again, and nothing else."""
    make_images(tmp_path)
    assert run(tmp_path).returncode == 1
    path = tmp_path / "out" / journal.NAME
    content = path.read_bytes()
    for cut in (1, len(content) // 3, len(content) - 1):
        path.write_bytes(content[:cut])
        done = run(tmp_path, "--resume")
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        again = sum(line.get("outcome") == "done" for line in lines(tmp_path)) - content[:cut].count(b'"done"')
        assert again <= COUNT - len(BROKEN) - content[:cut].count(b'"outcome": "done"') + 1
        assert digests(tmp_path) == whole


def test_two_at_once(tmp_path: Path, whole: dict[str, str]) -> None:
    make_images(tmp_path)
    first = subprocess.Popen(command(tmp_path), cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: size(tmp_path) > 0)
    second = run(tmp_path)
    assert second.returncode == 2
    assert f"out is in use: process {first.pid} has run a study there since" in second.stderr
    assert second.stdout == ""
    assert first.wait(60) == 1
    assert digests(tmp_path) == whole


def test_several_take_over_from_one_that_died(tmp_path: Path) -> None:
    """Ten processes find the lock of one that is gone: at no time do two of them hold it."""
    code = (
        "import sys, time, os; from pathlib import Path; from maskexpr.studies import locking\n"
        "from maskexpr.diagnostics.errors import MaskError\n"
        "folder = Path(sys.argv[1]); end = time.monotonic() + 20\n"
        "while time.monotonic() < end:\n"
        "    try:\n"
        "        with locking.locked(folder) as lock:\n"
        "            fd = os.open(folder / 'inside', os.O_CREAT | os.O_EXCL)\n"
        "            time.sleep(0.02); lock.check(); os.close(fd); os.unlink(folder / 'inside')\n"
        "            if len(sys.argv) > 2: os._exit(9)\n"
        "        print('held'); break\n"
        "    except MaskError: time.sleep(0.001)\n"
    )
    died = subprocess.run([sys.executable, "-c", code, tmp_path, "die"], check=False, timeout=60)
    assert died.returncode == 9
    assert (tmp_path / locking.NAME).exists()
    many = [subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE) for _ in range(6)]
    assert [process.communicate(timeout=60)[0] for process in many] == [b"held\n"] * 6
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_interrupted(tmp_path: Path, whole: dict[str, str], name: str) -> None:
    """What was done is in the table; it goes on from there."""
    make_images(tmp_path)
    process = subprocess.Popen(
        command(tmp_path),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    path = tmp_path / "out" / journal.NAME
    wait_for(lambda: path.exists() and path.read_bytes().count(b"\n") > 3)
    if name == "SIGINT":
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to the workers, too
    else:
        process.terminate()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted: " in err
    assert "Traceback" not in err
    assert 3 <= len((tmp_path / "areas.csv").read_text().splitlines()) <= COUNT
    assert not (tmp_path / "out" / locking.NAME).exists()
    assert run(tmp_path, "--resume").returncode == 1
    assert digests(tmp_path) == whole


def test_a_full_disk(tmp_path: Path, whole: dict[str, str]) -> None:
    """No file may become larger than some bytes: the journal is the first that would."""
    make_images(tmp_path)
    most = 12_000
    done = run(tmp_path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
    assert done.returncode == 1
    assert f"cannot write out/{journal.NAME}: file too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert 0 < sum("image" in line for line in lines(tmp_path)) < COUNT
    assert run(tmp_path, "--resume").returncode == 1
    assert digests(tmp_path) == whole
