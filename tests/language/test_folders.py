"""Folders of a person's own: where the XDG specification says, and none rather than a wrong one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from maskexpr.language import folders

BOTH = [("XDG_CACHE_HOME", folders.cache_folder), ("XDG_STATE_HOME", folders.state_folder)]


@pytest.mark.parametrize(("variable", "folder"), BOTH)
@pytest.mark.parametrize("given", ["relative", "~/below", "./here", "", None])
def test_a_path_that_is_not_absolute_counts_as_none(monkeypatch, tmp_path, variable, folder, given) -> None:
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setenv("USERPROFILE" if sys.platform == "win32" else "HOME", str(tmp_path))
    monkeypatch.delenv(variable, raising=False)
    usual = folder()
    assert usual.is_relative_to(tmp_path)
    if given is not None:
        monkeypatch.setenv(variable, given)
    assert folder() == usual
    monkeypatch.setenv(variable, str(tmp_path / "told"))
    assert folder() == tmp_path / "told"


@pytest.mark.skipif(os.name != "posix", reason="homes are told otherwise")
@pytest.mark.parametrize(("variable", "folder"), BOTH)
@pytest.mark.parametrize("home", ["", "relative", "~", None])
def test_without_a_home_there_is_none(monkeypatch, variable, folder, home) -> None:
    monkeypatch.delenv(variable, raising=False)
    if home is None:  # nor an entry of the user
        monkeypatch.setattr("os.path.expanduser", lambda path: path)
    else:
        monkeypatch.setenv("HOME", home)
    assert folder() is None


NOBODY = """
import pwd
def of_nobody(number):
    raise KeyError(number)
pwd.getpwuid = of_nobody
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="homes are told otherwise")
@pytest.mark.parametrize("home", [None, "relative", "", "/proc/no/home", "a file"])
def test_a_program_runs_whatever_the_home_is(tmp_path: Path, home: str | None) -> None:
    """As in a container, for a number that no name belongs to: nothing is kept, nothing is left lying about."""
    (tmp_path / "a file").touch()
    given = {n: v for n, v in os.environ.items() if n not in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")}
    given |= {"XDG_CACHE_HOME": "~/cache", "XDG_STATE_HOME": "state"}
    if home is not None:
        given["HOME"] = str(tmp_path / home) if home == "a file" else home
    text = NOBODY + "from maskexpr.repl.history import kept_file; assert kept_file('history') is None\n"
    text += "import maskexpr; print(maskexpr.evaluate('1 + 2'))"
    run = subprocess.run([sys.executable, "-c", text], cwd=tmp_path, env=given, capture_output=True, text=True)
    assert (run.stdout, run.stderr) == ("3\n", "")
    assert [path.name for path in tmp_path.iterdir()] == ["a file"]
