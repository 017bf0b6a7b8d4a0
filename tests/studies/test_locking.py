"""One study in a folder; what is left of one that ended in any way stands in nobody's way."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from maskexpr.diagnostics.errors import FileError, InputError
from maskexpr.studies import locking


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "_PATIENCE", 0.1)


def left(folder: Path, **changed: object) -> None:
    """A lock as this process would have made it, but for what is changed."""
    with locking.locked(folder):
        content = json.loads((folder / locking.NAME).read_text())
    (folder / locking.NAME).write_text(json.dumps({**content, **changed}))


def test_nobody_else_holds_it_meanwhile(tmp_path: Path) -> None:
    with locking.locked(tmp_path) as lock:
        with pytest.raises(InputError) as caught, locking.locked(tmp_path):
            pass
        assert str(caught.value).startswith(f"error: {tmp_path} is in use: process {os.getpid()} has run a study there")
        lock.check()
    assert [*tmp_path.iterdir()] == []


def ended() -> int:
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_one_left_that_is_no_more_is_taken_over(tmp_path: Path) -> None:
    for changed in ({"pid": ended()}, {"began": "1"}, {"boot": "before"}):
        left(tmp_path, **changed)
        with locking.locked(tmp_path) as lock:
            lock.check()
            with pytest.raises(InputError, match="in use"), locking.locked(tmp_path):
                pass
        assert [*tmp_path.iterdir()] == []


def test_one_after_another_is_killed(tmp_path: Path) -> None:
    """Each that takes over may be killed itself."""
    for word in ("a", "b", "c"):
        name = locking.NAME if word == "a" else f"{locking.NAME}.{chr(ord(word) - 1)}"
        left(tmp_path / ".." / tmp_path.name, pid=ended(), word=word)
        if name != locking.NAME:
            (tmp_path / locking.NAME).rename(tmp_path / name)
            (tmp_path / "kept").rename(tmp_path / locking.NAME)
        if word != "c":
            (tmp_path / locking.NAME).rename(tmp_path / "kept")
    assert {path.name for path in tmp_path.iterdir()} == {locking.NAME, f"{locking.NAME}.a", f"{locking.NAME}.b"}
    with locking.locked(tmp_path) as lock:
        lock.check()
        assert (tmp_path / f"{locking.NAME}.c").exists()
    assert [*tmp_path.iterdir()] == []


def test_a_chain_that_is_gone_is_no_chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between seeing that one is gone and taking its place another took it, was done, and a third began."""
    left(tmp_path, pid=ended(), word="w")
    wait, third = locking._waited_for, []

    def overtaken(path: Path) -> object:
        found = wait(path)
        if not third:
            monkeypatch.setattr(locking, "_waited_for", wait)
            with locking.locked(tmp_path):
                pass
            third.append(locking._taken(tmp_path))
        return found

    monkeypatch.setattr(locking, "_waited_for", overtaken)
    with pytest.raises(InputError, match="is in use"), locking.locked(tmp_path):
        pass
    third[0].check()
    assert [path.name for path in tmp_path.iterdir()] == [locking.NAME]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', "[" * 9000])
def test_a_lock_that_was_never_written_is_nobodys(tmp_path: Path, content: str) -> None:
    (tmp_path / locking.NAME).write_text(content)
    with locking.locked(tmp_path) as lock:
        lock.check()
    assert [*tmp_path.iterdir()] == []


def test_what_cannot_be_known_is_respected(tmp_path: Path) -> None:
    """A process of another machine, or one that another container counts."""
    left(tmp_path, host="elsewhere", pid=4)
    with pytest.raises(InputError) as caught, locking.locked(tmp_path):
        pass
    assert "process 4 on elsewhere has run a study there since" in caught.value.message
    assert caught.value.hint == (
        f"wait for it, or write to another folder; if it has ended, delete {tmp_path / locking.NAME}"
    )
    for name, changed in {"b": {"space": "pid:[1]"}, "c": {"began": ""}}.items():
        (tmp_path / name).mkdir()
        left(tmp_path / name, pid=ended(), **changed)
        with pytest.raises(InputError, match="if it has ended, delete"), locking.locked(tmp_path / name):
            pass


def test_a_lock_that_may_not_be_read_is_somebodys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left(tmp_path, pid=ended())

    def refuse(path: Path) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    with locking.locked(tmp_path / "..") as lock:
        monkeypatch.setattr(locking, "_holder_of", refuse)
        with pytest.raises(FileError, match="permission denied"), locking.locked(tmp_path):
            pass
        with pytest.raises(FileError, match="the lock on"):
            lock.check()
        monkeypatch.undo()


def test_a_lock_that_is_lost_is_noticed(tmp_path: Path) -> None:
    with locking.locked(tmp_path) as lock:
        (tmp_path / locking.NAME).unlink()
        with pytest.raises(FileError, match="was deleted, or another process took it"):
            lock.check()
        with locking.locked(tmp_path) as other:
            with pytest.raises(FileError):
                lock.check()
            lock.release()  # of what is not its own any more it leaves the hands
            other.check()


def test_a_full_disk_leaves_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(FileError, match="the disk is full"), locking.locked(tmp_path):
        pass
    assert [*tmp_path.iterdir()] == []
