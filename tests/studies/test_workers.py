"""Workers do all cases, whatever becomes of them: they are killed, a library ends them, nobody listens any more."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.obeying import Ahead, Obeying, Untakable

import maskexpr
from maskexpr.processes import child
from maskexpr.studies import sharing
from maskexpr.studies.case import Case
from maskexpr.studies.crew import Crew, Lost
from maskexpr.studies.one import perform
from maskexpr.studies.task import Task
from maskexpr.studies.workers import performed

linux = pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes where Linux has them")


def answered(items, work=None, jobs=2):
    """The answers in the order of the items, of which a worker takes some ahead."""
    with Crew(work or Obeying(), items, jobs) as crew:
        crew._seconds = 0
        return [value.error if isinstance(value, Lost) else value for _, _, value in crew.in_order()]


def is_there(pid):
    """Whether a process lives: one that ended and that nobody has asked for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(is_so, seconds=30):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.slow
def test_an_item_that_ends_its_worker_is_lost_and_no_other_is():
    items = [0, "abort", 2, "print", "leave", 5, "nothing to pickle", lambda: None, np.arange(3), 9, 10]
    found = answered(items)
    assert [found[i] for i in (0, 2, 3, 5, 9, 10)] == [0, 2, "print", 5, 9, 10]
    assert found[8].tolist() == [0, 1, 2]
    found[8][0] = 4  # can be written to
    assert found[1].message == (
        "the process that worked on it ended by itself (SIGABRT, it was all too much): a library gave up on it"
    )
    assert "exit status 3" in found[4].message
    assert "cannot give this result back" in found[6].message
    assert "another process cannot take this" in found[7].message


@pytest.mark.slow
def test_of_several_that_were_begun_the_one_is_found_that_a_worker_dies_of():
    found = answered([0, 1, "abort", 3, 4], Ahead(), jobs=1)
    assert [f if isinstance(f, int) else f.code for f in found] == [0, 1, "worker-ended", 3, 4]


@linux
@pytest.mark.slow
def test_a_worker_that_is_killed_loses_the_item_that_it_is_at():
    with Crew(Obeying(), ["pid", "sleep", "pid", "pid"], jobs=1) as crew:
        answers = crew.in_order()
        pid = next(answers).value
        wait_until(lambda: not crew._events.empty())  # it has begun
        os.kill(pid, signal.SIGKILL)
        lost, *others = (answer.value for answer in answers)
    assert "killed (SIGKILL), perhaps for want of memory" in lost.error.message
    assert len({pid, *others}) == 2


@linux
@pytest.mark.slow
def test_closing_ends_the_workers_in_the_middle_of_their_work():
    def items():
        yield "pid"
        while True:
            yield "sleep"

    began = time.monotonic()
    with Crew(Obeying(), items(), jobs=2) as crew:
        pid = next(crew.answers()).value
        assert is_there(pid)
    assert not is_there(pid)
    assert time.monotonic() - began < 30


SCRIPT = """
import sys
from helpers.obeying import Obeying
from maskexpr.studies.crew import Crew
with Crew(Obeying(), ["pid", "sleep", "sleep", "sleep"], 1) as crew:
    for answer in crew.answers():
        print(answer.value, flush=True)
"""


@linux
@pytest.mark.slow
@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT"])
def test_workers_end_with_the_one_that_started_them(how):
    """Whether it is killed, or Ctrl-C comes to all of them; only it says something of that."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", SCRIPT]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=environment, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    ) as script:
        pid = int(script.stdout.readline())
        (os.killpg if how == "SIGINT" else os.kill)(script.pid, getattr(signal, how))
        wait_until(lambda: not is_there(pid))
        assert script.stderr.read().count("Traceback") == (1 if how == "SIGINT" else 0)


@pytest.mark.slow
def test_workers_that_cannot_start_are_one_error(monkeypatch):
    with pytest.raises(maskexpr.RunError, match="another process cannot take this: KeyError: 'nobody knows it'"):
        answered([1, 2], Untakable())
    monkeypatch.setattr(child, "_START", "raise SystemExit('no room')")
    with pytest.raises(maskexpr.RunError, match="no process could be started to do the work: no room"):
        answered([1, 2])
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(maskexpr.RunError, match="No such file"):
        answered([1, 2])


@pytest.mark.slow
def test_items_are_taken_as_they_are_needed_and_no_more():
    taken = []

    def items():
        for i in range(10_000):
            taken.append(i)
            yield i

    with Crew(Obeying(), items(), jobs=2) as crew:
        answers = crew.in_order()
        assert [next(answers).value for _ in range(50)] == [*range(50)]
        assert len(taken) < 70


# --- studies ---------------------------------------------------------------------------------------------------------

PROGRAM = """
g = otsu(im)
m = im > g
output n = count(m)
output m
"""


def study(folder, count=8, broken=(3,), text=PROGRAM):
    (folder / "out").mkdir()
    rng = np.random.default_rng(0)
    cases = []
    for i in range(count):
        path = folder / f"im {i}.png"
        maskexpr.write(path, rng.integers(0, 255, (40, 50), np.uint8))
        if i in broken:
            path.write_bytes(path.read_bytes()[:900])
        cases.append(Case(i, str(path), {"im": str(path)}))
    return Task(maskexpr.compile(text), outputs=(str(folder / "out") + "/{stem}-{output}.png",)), cases


def timeless(outcomes):
    return sorted((replace(outcome, seconds=0) for outcome in outcomes), key=lambda outcome: outcome.index)


@pytest.mark.slow
@pytest.mark.parametrize(("jobs", "threads"), [(2, 1), (1, 1), (1, 3)])
def test_workers_do_what_is_done_here(tmp_path, monkeypatch, jobs, threads):
    monkeypatch.setenv("MASKEXPR_THREADS", str(threads))
    monkeypatch.setattr(sharing, "cores", lambda: 4)
    task, cases = study(tmp_path)
    here = [perform(task, case) for case in cases]
    assert [outcome.is_failed for outcome in here] == [i == 3 for i in range(8)]
    there = timeless(performed(task, cases, jobs=jobs))
    assert there == timeless(here)


@pytest.mark.slow
def test_nothing_is_begun_after_the_one_that_stops_it(tmp_path):
    task, cases = study(tmp_path, count=60, broken=(2,))
    outcomes = [*performed(task, cases, jobs=1, stop=lambda outcome: outcome.is_failed)]
    assert [outcome.index for outcome in outcomes if outcome.is_failed] == [2]
    assert len(outcomes) < 10
    done = {outcome.index for outcome in outcomes}
    assert {int(path.stem.split()[1].partition("-")[0]) for path in (tmp_path / "out").iterdir()} == done - {2}
