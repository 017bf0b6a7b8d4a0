"""What was done holds as long as nothing that it depends on has changed, byte by byte."""

import os
from pathlib import Path

import numpy as np
import pytest

import maskexpr
from maskexpr.studies import one
from maskexpr.studies.case import Case
from maskexpr.studies.one import perform
from maskexpr.studies.standing import Standing
from maskexpr.studies.task import Task


@pytest.fixture
def done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An image, a number, and a file that is the program's own, with another that this names."""
    monkeypatch.chdir(tmp_path)
    np.save("im.npy", np.arange(12, dtype=np.uint8).reshape(3, 4))
    (tmp_path / "atlas.nhdr").write_text(
        "NRRD0004\ntype: uint8\ndimension: 2\nsizes: 4 3\nencoding: raw\ndata file: atlas.raw\n"
    )
    (tmp_path / "atlas.raw").write_bytes(bytes(range(12)))
    program = maskexpr.compile('input atlas = "atlas.nhdr"\noutput m = im > atlas - t\noutput k = label(m)')
    task, case = Task(program, outputs=("out/",)), Case(0, "im.npy", {"im": "im.npy", "t": "3"})
    outcome = perform(task, case)
    assert outcome.errors == ()
    return task, case, outcome


def changed(path: str) -> bytes:
    """Change one byte of a file so that neither its size nor its time says so."""
    content, status = Path(path).read_bytes(), os.stat(path)
    Path(path).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    return content


def test_what_it_depends_on(done) -> None:
    task, case, outcome = done
    assert {os.path.basename(name) for name in outcome.inputs} == {"im", "atlas", "atlas.raw"}
    assert Standing(task).holds(case, outcome)
    files = ["im.npy", "atlas.nhdr", "atlas.raw", *outcome.written]
    assert len(files) == 5
    for path in files:
        content = changed(path)
        assert not Standing(task).holds(case, outcome), path
        Path(path).unlink()
        assert not Standing(task).holds(case, outcome), path
        Path(path).write_bytes(content)
        assert Standing(task).holds(case, outcome)


def test_what_is_another_input_now(done) -> None:
    task, case, outcome = done
    Path("3").write_bytes(Path("im.npy").read_bytes())  # t is a file now, and was a number
    assert not Standing(task).holds(case, outcome)


def test_an_image_that_changes_while_it_is_done(done, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between its hash and its pixels: it is done again, whichever were taken."""
    task, case, _ = done
    load = one.load_inputs

    def slowly(*arguments, **more):
        changed("im.npy")
        return load(*arguments, **more)

    monkeypatch.setattr(one, "load_inputs", slowly)
    outcome = perform(task, case)
    assert outcome.errors == ()
    assert not Standing(task).holds(case, outcome)
