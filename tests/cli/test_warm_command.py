"""maskexpr warm: kernels are compiled once, into a folder of one's own."""

import sys
from pathlib import Path

import pytest
from helpers.command_shell import Shell

from maskexpr.kernels import keeping


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setattr(keeping, "_caches", lambda: tmp_path / "caches")
    return Shell(tmp_path, capsys)


def test_kernels_are_compiled_once(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    from maskexpr.kernels.compiled import building

    ends = iter([building.Built("sweeps", 3, 3), building.Built("flooding", 1, 1), building.Built("sweeps", 4, 0)])
    monkeypatch.setattr(building, "build", lambda: [next(ends), next(ends)] if keeping.folder().exists() else [])
    code, out, _ = shell("warm")
    folder = keeping.folder()
    assert code == 0
    assert out.splitlines() == [
        "sweeps: 3 kernels compiled",
        "flooding: 1 kernel compiled",
        f"4 kernels compiled, 0 there already: {folder}",
    ]
    monkeypatch.setattr(building, "build", lambda: ends)
    assert shell("warm")[1] == f"0 kernels compiled, 4 there already: {folder}\n"


def test_a_folder_that_others_may_look_into_is_refused(shell: Shell, tmp_path: Path) -> None:
    pytest.importorskip("numba")
    (tmp_path / "caches").write_text("a file")
    code, _, err = shell("warm")
    assert code == 2
    assert "cannot keep compiled kernels in" in err


def test_without_numba_it_says_what_to_install(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.delitem(sys.modules, "maskexpr.kernels.compiled.building", raising=False)
    monkeypatch.delattr("maskexpr.kernels.compiled.building", raising=False)
    code, _, err = shell("warm")
    assert code == 2
    assert "pip install 'maskexpr[fast]'" in err


def test_its_help_says_what_it_is_for(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        shell("warm", "--help")
    assert "Compile all kernels with Numba" in capsys.readouterr().out
