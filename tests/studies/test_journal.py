"""A journal says again what was put down, and notices what was done to it."""

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import maskexpr
from maskexpr.diagnostics.errors import Diagnostic, FileError, InputError
from maskexpr.files.runs import Pictures
from maskexpr.kinds.table import Table
from maskexpr.studies import journal
from maskexpr.studies.case import Case
from maskexpr.studies.journal import Journal
from maskexpr.studies.locking import locked
from maskexpr.studies.outcome import Outcome
from maskexpr.studies.task import Task

TASK = Task(maskexpr.compile("param t = 3; im > t"), {"t": 4}, outputs=("out/{im.stem}.png",))
TABLE = Table(
    {
        "label": np.arange(3, dtype=np.int32),
        "narrow": np.array([0.1, np.nan, -0.0], np.float32),
        "wide": np.array([np.inf, 5e-324, 0.1]),
        "on": np.array([True, False, True]),
    },
    {"wide": "mm2"},
)
CASE = Case(0, "scans/a {b}\n\udc80.png", {"im": "scans/a {b}\n\udc80.png"}, {"im.stem": "a", "stem": "a"})
OUTCOME = Outcome(
    0,
    CASE.name,
    {"n": 2**70, "share": 0.1 + 0.2, "none": float("nan"), "far": float("-inf"), "on": True},
    {"cells": TABLE},
    {"m": "out/a.png"},
    {"im": "00"},
    {"out/a.png": "11"},
    (Diagnostic("w", "it is odd", severity="warning"),),
    (),
    0.25,
)


@contextmanager
def opened(folder: Path, task: Task = TASK, *, tables: bool = True) -> Iterator[Journal]:
    with locked(folder) as lock:
        found = Journal(folder / journal.NAME, task, lock, tables=tables)
        try:
            yield found
        finally:
            found.close()


def put_down(folder: Path, count: int = 1) -> list[Case]:
    cases = [replace(CASE, index=i, name=f"{i}.png", given={"im": f"{i}.png"}) for i in range(count)]
    with opened(folder) as found:
        for case in cases:
            found.add(case, replace(OUTCOME, index=case.index, name=case.name))
    return cases


def test_what_was_put_down_is_said_again_to_the_bit(tmp_path: Path) -> None:
    with opened(tmp_path) as found:
        found.add(CASE, OUTCOME)
    with opened(tmp_path) as found:
        entry = found.entry(CASE)
    assert entry is not None
    again = entry.outcome
    assert repr(again.numbers) == repr(OUTCOME.numbers)
    assert again.tables["cells"].units == TABLE.units
    for name, values in TABLE.items():
        assert again.tables["cells"][name].dtype == values.dtype
        assert again.tables["cells"][name].tobytes() == values.tobytes()
    same = replace(again, index=0, numbers=OUTCOME.numbers, tables=OUTCOME.tables)
    assert same == OUTCOME
    with opened(tmp_path, tables=False) as found:
        assert found.entries[entry.key].outcome.tables == {}


def test_each_line_is_json(tmp_path: Path) -> None:
    put_down(tmp_path, 2)

    def refuse(text: str) -> None:
        raise AssertionError(text)

    lines = (tmp_path / journal.NAME).read_text().splitlines()
    first, *others = [json.loads(line, parse_constant=refuse) for line in lines]
    assert (first["params"], first["output"]) == ({"t": 4}, ["out/{im.stem}.png"])
    assert [entry["image"] for entry in others] == ["0.png", "1.png"]
    assert others[0]["numbers"] == {"n": 2**70, "share": 0.1 + 0.2, "none": "nan", "far": "-inf", "on": True}


def test_places_in_programs_are_kept_in_words(tmp_path: Path) -> None:
    error = maskexpr.compile("assert 1 > 2; im", name="p.mask").warnings
    with pytest.raises(maskexpr.MaskError) as caught:
        maskexpr.compile("assert max(im) > 9\nim", name="p.mask")(im=np.zeros((2, 2)))
    with opened(tmp_path) as found:
        found.add(CASE, Outcome(0, CASE.name, errors=caught.value.diagnostics, warnings=error))
    with opened(tmp_path) as found:
        entry = found.entry(CASE)
    assert entry is not None
    assert entry.outcome.is_failed
    assert entry.outcome.errors[0].message.startswith("p.mask:1:8: ")
    assert entry.outcome.errors[0].code == "assert-failed"


# --- damaged ---------------------------------------------------------------------------------------------------------


def test_any_changed_byte_is_noticed(tmp_path: Path) -> None:
    """Of all lines but the last, which may be one that was cut short; what other lines say stays."""
    cases = put_down(tmp_path, 2)
    path = tmp_path / journal.NAME
    content = path.read_bytes()
    starts = [0, content.index(b"\n") + 1]
    starts.append(content.index(b"\n", starts[1]) + 1)
    for place in range(starts[1], starts[2] - 1, 7):
        damaged = bytearray(content)
        damaged[place] ^= 1
        path.write_bytes(damaged)
        with opened(tmp_path) as found:
            if damaged[place] == ord("\n"):
                continue
            assert [d.code for d in found.warnings] == ["journal"], place
            assert "damaged in 1 line, the first of them line 2" in found.warnings[0].message
            assert [found.entry(case) is None for case in cases] == [True, False]
        with opened(tmp_path) as found:  # what cannot be read is gone
            assert found.warnings == []
            assert found.entry(cases[1]) is not None


def test_a_last_line_that_was_cut_short_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    cases = put_down(tmp_path, 2)
    path = tmp_path / journal.NAME
    content = path.read_bytes()
    last = content.rindex(b"\n", 0, -1) + 1
    for cut in (last, last + 1, (last + len(content)) // 2, len(content) - 1):
        for rest in (b"", b"\0" * 100):
            path.write_bytes(content[:cut] + rest)
            with opened(tmp_path) as found:
                assert found.warnings == []
                assert [found.entry(case) is None for case in cases] == [False, True]
                found.add(cases[1], OUTCOME)
            with opened(tmp_path) as found:
                assert [found.entry(case) is None for case in cases] == [False, False]


def test_a_later_line_goes_before_an_earlier_one_and_the_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    for number in range(60):
        with opened(tmp_path) as found:
            found.add(CASE, replace(OUTCOME, numbers={"n": number}))
    with opened(tmp_path) as found:
        assert [entry.outcome.numbers for entry in found.entries.values()] == [{"n": 59}]
    assert (tmp_path / journal.NAME).read_text().count("\n") < 30


@pytest.mark.parametrize("content", ["no journal\n", '{"image": 1}\n', "\n\n", "\xff\n", "[" * 100_000 + "\n"])
def test_another_file_of_that_name_is_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / journal.NAME
    path.write_text(content, "latin-1")
    with pytest.raises(InputError, match="is no journal of a study"), opened(tmp_path):
        pass
    assert path.read_text("latin-1") == content


def test_a_line_that_is_sealed_but_says_nothing_is_damaged(tmp_path: Path) -> None:
    put_down(tmp_path)
    path = tmp_path / journal.NAME
    column = {"rows": 10**9, "units": {}, "columns": {"a": ["<f8", "eJwDAAAAAAE="]}}
    good = json.loads(path.read_text().splitlines()[1])
    del good["check"]
    for change in ({"given": 3}, {"numbers": {"n": "many"}}, {"tables": {"cells": column}}, {"errors": [{}]}):
        with path.open("ab") as stream:
            stream.write(journal._sealed({**good, **change}))
        with opened(tmp_path) as found:
            assert "damaged" in found.warnings[0].message
            assert len(found.entries) == 1


# --- not written -----------------------------------------------------------------------------------------------------


def test_a_full_disk_leaves_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write

    def half(descriptor: int, data: memoryview) -> int:
        if len(data) < 100:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(descriptor, data[: len(data) // 2])

    with opened(tmp_path) as found:
        found.add(CASE, OUTCOME)
        before = (tmp_path / journal.NAME).read_bytes()
        monkeypatch.setattr(os, "write", half)
        with pytest.raises(FileError, match="the disk is full"):
            found.add(replace(CASE, name="b.png"), OUTCOME)
        assert (tmp_path / journal.NAME).read_bytes() == before


def test_a_journal_that_is_deleted_meanwhile_is_missed(tmp_path: Path) -> None:
    with opened(tmp_path) as found:
        (tmp_path / journal.NAME).unlink()
        with pytest.raises(FileError, match="was deleted while the study ran"):
            found.add(CASE, OUTCOME)


def test_nothing_is_put_down_without_the_lock(tmp_path: Path) -> None:
    with opened(tmp_path) as found:
        (tmp_path / "maskexpr.lock").unlink()
        with pytest.raises(FileError, match="the lock on"):
            found.add(CASE, OUTCOME)


# --- what is done ----------------------------------------------------------------------------------------------------


def test_all_that_results_depend_on_tells_tasks_apart() -> None:
    used = {"a.mask": "def f(m) = ~m"}
    program = 'use "a.mask"; param t = 3; f(im > t)'
    tasks = [
        TASK,
        replace(TASK, params={"t": 5}),
        replace(TASK, params={"t": "4"}),
        replace(TASK, program=maskexpr.compile("param t = 3; im >= t")),
        replace(TASK, program=maskexpr.compile(program, resolver=used.__getitem__)),
        replace(TASK, program=maskexpr.compile(program, resolver={"a.mask": "def f(m) = m"}.__getitem__)),
        replace(TASK, program=maskexpr.compile("param t = 3; im > t", fast=True)),
        replace(TASK, spacings=("0.5mm",)),
        replace(TASK, nodata=("0.5mm",)),
        replace(TASK, outputs=("b/{im.stem}.png",)),
        replace(TASK, writes=False),
        replace(TASK, pictures=Pictures(overlay="qc/")),
        replace(TASK, pictures=Pictures(hist="qc/")),
    ]
    assert len({journal.identity(task) for task in tasks}) == len(tasks)
    assert journal.identity(replace(TASK, folder=Path("elsewhere"))) == journal.identity(TASK)
    assert journal.identity(replace(TASK, params={})) == journal.identity(replace(TASK, params={"t": 3}))
