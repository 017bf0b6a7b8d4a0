"""Whatever becomes of workers, and of the process they work for: one error, no remains, and the next call works."""

import gc
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from helpers import obeying_hosts as hosts

import maskexpr
from maskexpr.processes import child

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes where Linux has them"),
]
IM = np.arange(60, dtype=np.uint8).reshape(6, 10)
MASK = IM > 3


@pytest.fixture(scope="module")
def box():
    limits = maskexpr.Limits(seconds=2, memory=2e8)
    with maskexpr.Sandbox(workers=1, functions=[hosts.obey], limits=limits) as box:
        yield box


@pytest.fixture
def obey(box):
    program = box.compile("obey(im)")
    yield program
    assert program(im=hosts.order(hosts.nothing)).all()


def wait_until(is_so, seconds=30):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_there(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    ("deed", "error", "said"),
    [
        (hosts.abort, "worker-died", "ended by itself (SIGABRT, it was all too much)"),
        (hosts.leave, "worker-died", "ended by itself (exit status 3)"),
        (hosts.interrupt, "worker-died", "ended by itself (exit status 1, KeyboardInterrupt"),
        (hosts.fail, "host-function", "KeyError: 'nobody knows it'"),
        (hosts.recurse, "host-function", "RecursionError"),
        (hosts.write_a_file, "host-function", "File too large"),
        (hosts.sleep, "limit-seconds", "2 s that Limits allow, and was ended"),
        (hosts.spin, "limit-seconds", "2 s that Limits allow, and was ended"),
        (hosts.devour, "out-of-memory", "there is not enough memory for this step, which asks for 16.8 MB"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_a_function_does_to_its_process_is_one_error(obey, deed, error, said):
    with pytest.raises(maskexpr.MaskError) as found:
        obey(im=hosts.order(deed))
    assert (found.value.code, len(found.value.diagnostics)) == (error, 1)
    assert said in f"{found.value.message}; {found.value.__cause__}"
    assert "obey(im)" in str(found.value)


def test_a_worker_has_little(obey):
    assert obey(im=hosts.order(hosts.dump_core)).all()


@pytest.mark.parametrize("name", hosts.NONSENSE)
def test_a_worker_that_answers_nonsense_is_ended(obey, name):
    with pytest.raises(maskexpr.WorkerError) as found:
        obey(im=hosts.nonsense(name))
    assert found.value.code == "worker-nonsense"
    assert not Path("/tmp/maskexpr-was-here").exists()


def test_memory_that_runs_out_in_a_step_is_one_error():
    with maskexpr.Sandbox(workers=1, limits=maskexpr.Limits(memory=1e8)) as box:
        program = box.compile("gaussian(im / 3, 2) + gaussian(im / 7, 3)")
        assert program(im=IM).shape == IM.shape
        with pytest.raises(maskexpr.MaskError) as found:
            program(im=np.zeros((4000, 4000), np.uint8))
        assert found.value.code in ("limit-memory", "out-of-memory")
        assert program(im=IM).shape == IM.shape


def test_workers_killed_at_any_moment_are_errors_of_ours_and_results_are_right():
    """Callers on 24 threads get the right mask or a WorkerError, and all of them an answer."""
    with maskexpr.Sandbox(workers=2) as box:
        small, large = box.compile("im > 3"), box.compile("dilate(im > 3, 2)")
        picture = np.random.default_rng(1).integers(0, 9, (600, 600), np.uint8)
        expected = maskexpr.evaluate("dilate(im > 3, 2)", im=picture)
        right, died, wrong = [], [], []
        end, done = time.monotonic() + 3, threading.Event()

        def call():
            while not done.is_set():
                try:
                    is_right = (small(im=IM) == MASK).all() and (large(im=picture) == expected).all()
                    (right if is_right else wrong).append(1)
                except maskexpr.WorkerError as error:
                    (died if error.code == "worker-died" else wrong).append(error)

        threads = [threading.Thread(target=call) for _ in range(24)]
        for thread in threads:
            thread.start()
        rng = random.Random(7)
        # A worker may be between two calls each time: on until one was in the middle of one, or a minute is over.
        while time.monotonic() < end or (not died and time.monotonic() < end + 60):
            time.sleep(rng.random() * 0.3)
            for pid in box._crew.processes()[:1]:
                os.kill(pid, rng.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV]))
        done.set()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()
        assert not wrong
        assert right
        assert died
        assert (small(im=IM) == MASK).all()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
def test_workers_killed_while_they_wait_cost_no_call(number):
    """Be it seen that they are gone, or do they go with the request before them: one that is stopped reads none."""
    with maskexpr.Sandbox(workers=2) as box:
        program = box.compile("im > 3")
        for _ in range(5):
            assert (program(im=IM) == MASK).all()
            pids = box._crew.processes()
            for pid in pids:
                os.kill(pid, number)
            if number == signal.SIGSTOP:
                threading.Timer(0.2, _kill, [pids]).start()


def _kill(pids):
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_calls_leave_nothing_behind():
    """Neither descriptors nor memory grow, here or in the worker, nor is anything left where memory has names."""
    named = set(os.listdir("/dev/shm")) if Path("/dev/shm").exists() else set()
    with maskexpr.Sandbox(workers=1) as box:
        program = box.compile("im + 1")
        large = np.zeros((700, 700), np.uint8)
        results = []

        def calls(count):
            for i in range(count):
                results.append(program(im=large if i % 4 == 0 else IM))
                box.array((300, 300))[0] = 1
                if len(results) > 100:
                    results.clear()
            results.clear()
            gc.collect()
            program(im=large)
            (worker,) = box._crew.processes()
            return [(len(os.listdir(f"/proc/{pid}/fd")), _resident(pid)) for pid in (os.getpid(), worker)]

        calls(300)
        before = calls(100)
        after = calls(1000)
        for (files, memory), (files_then, memory_then) in zip(before, after, strict=True):
            assert files_then <= files + 2
            assert memory_then <= memory + 2**23
    assert set(os.listdir("/dev/shm")) <= named if named else True


def _resident(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


SCRIPT = """
import sys, time, threading
import numpy as np
import maskexpr
box = maskexpr.Sandbox(workers=2)
program = box.compile("im > 3")
program(im=np.arange(9).reshape(3, 3))
while len(box._crew.processes()) < 2: time.sleep(0.01)
slow = box.compile("median_filter(im, 40)")
kept = [box.array((1000, 1000)), program(im=np.zeros((2000, 2000)))]
{more}
print(*box._crew.processes(), flush=True)
{then}
"""


@pytest.mark.parametrize("as_file", [True, False])
@pytest.mark.parametrize(
    ("more", "then", "how"),
    [
        ("", "", None),
        ("", "raise SystemExit(3)", None),
        ("", "slow(im=np.random.random((3000, 3000)))", signal.SIGKILL),
        ("", "slow(im=np.random.random((3000, 3000)))", signal.SIGINT),
        ("threading.Thread(target=slow, kwargs={'im': np.random.random((3000, 3000))}, daemon=True).start()", "", None),
    ],
)
def test_workers_end_with_a_host_however_that_ends(tmp_path, as_file, more, then, how):
    """A script without a guard, or no file at all; it is killed, interrupted, or just ends."""
    text = SCRIPT.format(more=more, then=then)
    script = tmp_path / "script.py"
    script.write_text(text)
    command = [sys.executable, str(script)] if as_file else [sys.executable, "-c", text]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=environment, stdout=pipe, stderr=pipe, text=True, cwd=tmp_path, preexec_fn=_hears_interrupts
    ) as host:
        pids = [int(word) for word in host.stdout.readline().split()]
        assert len(pids) == 2
        if how is not None:
            time.sleep(0.3)
            os.kill(host.pid, how)
        wait_until(lambda: not any(map(is_there, pids)))
        said = host.stderr.read()
        assert said.count("Traceback") == (1 if how == signal.SIGINT else 0), said
        assert "KeyboardInterrupt" in said if how == signal.SIGINT else True


def _hears_interrupts():
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_a_host_may_have_closed_its_streams(tmp_path):
    said = tmp_path / "said"
    text = f"""
import os, pathlib, numpy as np, maskexpr
os.closerange(0, 3)
with maskexpr.Sandbox(workers=1) as box:
    found = box.compile("area(im > 3)")(im=np.arange(9))
pathlib.Path({str(said)!r}).write_text(str(found))
"""
    subprocess.run([sys.executable, "-c", text], timeout=120, check=False)
    assert said.read_text() == "5"


def test_a_fork_has_workers_of_its_own():
    with maskexpr.Sandbox(workers=1) as box:
        program = box.compile("im > 3")
        program(im=IM)
        (worker,) = box._crew.processes()
        pid = os.fork()
        if pid == 0:
            is_right = (program(im=IM) == MASK).all() and box._crew.processes() != [worker]
            box.close()
            os._exit(0 if is_right else 1)
        assert os.waitpid(pid, 0)[1] == 0
        assert box._crew.processes() == [worker]
        assert (program(im=IM) == MASK).all()


def test_functions_that_no_other_process_finds_are_refused():
    @maskexpr.function(gives=hosts.MASK, halo=0, cost=1, memory=0)
    def own(im: hosts.Image) -> hosts.Masks:
        """Where it is not 0."""
        return im != 0

    with pytest.raises(maskexpr.InputError, match="do not find the function own"):
        maskexpr.Sandbox(functions=[own])
    own.__module__, own.__qualname__ = "nowhere_to_be_found", "own"
    with maskexpr.Sandbox(workers=1, functions=[own]) as box, pytest.raises(maskexpr.InputError) as found:
        box.compile("own(im)")(im=IM)
    assert found.value.code == "worker-refuses"


def test_workers_that_cannot_start_are_one_error(monkeypatch):
    monkeypatch.setattr(child, "_START", "raise SystemExit('no room')")
    with maskexpr.Sandbox(workers=2) as box, pytest.raises(maskexpr.WorkerError, match=r"be started .*: no room"):
        box.compile("im > 3")(im=IM)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with maskexpr.Sandbox(workers=2) as box, pytest.raises(maskexpr.WorkerError, match="No such file"):
        box.compile("im > 3")(im=IM)


@pytest.mark.parametrize("given", [{"workers": 0}, {"workers": True}, {"workers": 1.5}, {"threads": 0}])
def test_numbers_of_workers_are_whole(given):
    with pytest.raises(maskexpr.InputError, match="give a whole number"):
        maskexpr.Sandbox(**given)
