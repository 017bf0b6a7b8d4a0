"""No more workers than cores and memory allow; what is changed is said."""

import numpy as np
import pytest

import maskexpr
from maskexpr.processes import cores as shared_cores
from maskexpr.processes.cores import threads_of_each
from maskexpr.studies import sharing
from maskexpr.studies.case import Case
from maskexpr.studies.sharing import share_for
from maskexpr.studies.task import Task


@pytest.fixture
def machine(monkeypatch):
    def machine(cores, free):
        monkeypatch.setattr(sharing, "cores", lambda: cores)
        monkeypatch.setattr(sharing, "available", lambda: free)

    monkeypatch.delenv("MASKEXPR_THREADS", raising=False)
    return machine


@pytest.fixture
def cases(tmp_path):
    for i, size in enumerate((10, 2000, 30)):
        maskexpr.write(tmp_path / f"{i}.png", np.zeros((size, size), np.uint8))
    return [Case(i, f"case {i}", {"im": f"{tmp_path}/{i}.png"}) for i in range(3)] + [
        Case(3, "none", {"im": "none.png"})
    ]


def shared(cases, jobs, text="gaussian(im, 2) > 3"):
    jobs, said = share_for(Task(maskexpr.compile(text)), cases, jobs)
    return jobs, [d.code for d in said], " ".join(d.message for d in said)


def test_as_many_as_are_asked_for(machine, cases):
    machine(8, 1e12)
    assert shared(cases, 3) == (3, [], "")
    assert shared(cases, 7) == (4, [], "")  # there are no more images
    machine(8, None)
    assert shared(cases, 3) == (3, [], "")


def test_no_more_than_cores(machine, cases):
    machine(2, 1e12)
    assert shared(cases, 3) == (2, ["jobs"], "there are 2 cores: of 3 jobs only so many are started")


def test_no_more_than_memory_holds(machine, cases):
    text = "label(im > 3)"  # 90 MB for 2000 x 2000 pixels, and a worker has 150
    machine(4, 500e6)
    jobs, codes, said = shared(cases, 4, text)
    assert (jobs, codes) == (2, ["memory"])
    assert "500 MB are free: of 4 jobs only 2 are started" in said
    machine(4, 60e6)
    jobs, codes, text = shared(cases, 4)
    assert (jobs, codes) == (1, ["memory", "memory"])
    assert text.startswith("case 1 takes about ")
    machine(4, 60e6)
    assert shared(cases, 1)[:2] == (1, ["memory"])


def test_what_does_not_fit_the_program_is_guessed(machine, cases):
    machine(4, 330e6)
    assert shared(cases, 2, "gray(im) > 3")[0] == 1
    assert shared(cases[3:], 2)[0] == 1  # no file: it is told later


@pytest.mark.parametrize(
    ("cores", "given", "jobs", "each"), [(8, "", 2, 4), (8, "1", 2, 1), (8, "3", 2, 3), (8, "8", 3, 2), (2, "", 5, 1)]
)
def test_threads_times_jobs_are_no_more_than_cores(monkeypatch, cores, given, jobs, each):
    monkeypatch.setattr(shared_cores, "cores", lambda: cores)
    monkeypatch.setattr(shared_cores, "threads", lambda: int(given or cores))
    assert threads_of_each(jobs) == each
