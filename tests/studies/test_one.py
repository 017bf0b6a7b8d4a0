"""One case of a study: what is found, hashed and said of it."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

import maskexpr
from maskexpr.studies import one
from maskexpr.studies.case import Case
from maskexpr.studies.one import perform
from maskexpr.studies.task import Task

IMAGE = np.array([[0, 9, 9], [0, 0, 7]], np.uint8)


@pytest.fixture
def case(tmp_path):
    maskexpr.write(tmp_path / "a.png", IMAGE)
    return Case(4, "a", {"im": str(tmp_path / "a.png")})


def task(text, folder, **more):
    return Task(maskexpr.compile(text), outputs=(f"{folder}/{{stem}}-{{output}}.png",), **more)


def test_numbers_by_name_outputs_first(case, tmp_path):
    text = """
    param low = 3
    g = max(im) - low
    unused = area(im > low)
    place = centroid(im > low)
    output m = im > g
    output any_on = any(m)
    output g
    """
    outcome = perform(task(text, tmp_path), case)
    assert outcome.errors == ()
    assert outcome.numbers == {"any_on": True, "g": 6, "unused": 3, "place_0": 1 / 3, "place_1": 5 / 3}
    assert list(outcome.numbers)[:2] == ["any_on", "g"]
    assert (outcome.index, outcome.name) == (4, "a")


def test_a_number_for_nothing_else_keeps_no_result_back(case, tmp_path):
    text = "m = im > 3; lost = max(im[im > 200]); output n = area(m); output m"
    outcome = perform(task(text, tmp_path), case)
    assert (outcome.errors, outcome.numbers, list(outcome.files)) == ((), {"n": 3}, ["m"])
    assert [(found.severity, found.message) for found in outcome.warnings] == [
        ("warning", "there are no samples to measure")
    ]
    assert perform(task(text.replace("lost", "output lost"), tmp_path), case).errors[0].severity == "error"


def test_all_files_are_hashed(case, tmp_path):
    outcome = perform(task("param big = 1; output m = im > big; output all_on = ~m", tmp_path, params={"big": 3}), case)
    digests = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in tmp_path.iterdir()}
    assert outcome.inputs == {"im": digests["a.png"]}
    assert {Path(path).name: digest for path, digest in outcome.written.items()} == {
        name: digest for name, digest in digests.items() if name != "a.png"
    }
    assert outcome.files == {name: f"{tmp_path}/a-{name}.png" for name in ("m", "all_on")}


def test_tables_are_kept(case, tmp_path):
    outcome = perform(Task(maskexpr.compile("measure(im > 3, area)"), writes=False), case)
    assert outcome.tables["result"]["area"].tolist() == [3]
    assert (outcome.files, outcome.written) == ({}, {})


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (KeyError("odd"), "something that nobody foresaw: KeyError: 'odd'"),
        (RecursionError(), "something that nobody foresaw: RecursionError"),
        (MemoryError(), "there is not enough memory for it"),
    ],
)
@pytest.mark.parametrize("part", ["load", "compute", "finish"])
def test_whatever_is_raised_is_said_in_short(case, tmp_path, monkeypatch, part, raised, said):
    def fail(*_):
        raise raised

    monkeypatch.setattr(one, part, fail)
    outcome = perform(task("im > 3", tmp_path), case)
    assert [d.message for d in outcome.errors] == [said]
    assert (outcome.numbers, outcome.files, outcome.written) == ({}, {}, {})


def test_a_plan_is_made_once(case, tmp_path, monkeypatch):
    from maskexpr.engine import prepared

    made, plan = [], prepared.plan

    def counted(*given, **more):
        made.append(1)
        return plan(*given, **more)

    monkeypatch.setattr(prepared, "plan", counted)
    todo = task("g = otsu(im); output m = im > g", tmp_path)
    for _ in range(3):
        assert not perform(todo, case).errors
    assert len(made) == 1
