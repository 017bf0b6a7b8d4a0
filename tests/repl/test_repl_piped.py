"""Sessions through a pipe, and what a session starts from."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from maskexpr.cli import main

# --- through a pipe --------------------------------------------------------------------------------------------------


@pytest.fixture
def piped(folder, monkeypatch, capsys):
    """Lines through a pipe to a session in this process; its exit code, and what it prints."""

    def run(lines, *arguments):
        given = lines if isinstance(lines, bytes) else lines.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), "utf-8"))
        code = main([*arguments])
        return code, *capsys.readouterr()

    return run


def process(lines, *arguments):
    """The same in a process of its own."""
    command = [sys.executable, "-m", "maskexpr", *arguments]
    done = subprocess.run(command, input=lines.encode(), capture_output=True, timeout=120, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_a_piped_session_prints_results_alone(folder):
    lines = "bone = im > 64\narea(\n\n  bone)\n:set bone im > 65\n:undo\n"
    code, out, err = process(lines, "repl", "im=leg.png", "t=32")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "bone: mask 880x380, 27.9% on (93,181 pixels), 66 regions, largest 92,468",
        "93181",
        "bone: mask 880x380, 26.6% on (88,808 pixels), 100 regions, largest 88,020",
        "undone: :set bone im > 65",
        "bone: mask 880x380, 27.9% on (93,181 pixels), 66 regions, largest 92,468",
    ]


def test_a_piped_session_goes_on_after_mistakes_and_says_so_in_the_end(piped):
    code, out, err = piped("1 +\n2 + 2\n:nix\nf(1,\n:time off\nx = (\n", "repl")
    assert code == 1
    assert out == "4\n"
    assert err.count("error: ") == 4
    assert "Traceback" not in err
    assert "\x1b" not in out + err


def test_maskexpr_alone_is_a_session(piped):
    assert process("1 + 1\n") == piped("1 + 1\n") == (0, "2\n", "")
    assert piped("") == (0, "", "")
    assert piped("1\n:quit\n2\n") == (0, "1\n", "")


def test_a_session_starts_from_files_numbers_and_programs(piped):
    Path("p.mask").write_text("param low = 32 in 0..255\ninput t: number\nm = im > low\nn = area(m) + t\n", "utf-8")
    Path("q.mask").write_text("param low = 32 in 0..255\nn = area(im > low)\n", "utf-8")
    assert piped("n\nt", "repl", "im=leg.png", "q.mask", "t=5") == (0, "170706\n5\n", "")
    assert piped("n", "repl", "im=leg.png", "q.mask", "-p", "low=64") == (0, "93181\n", "")
    assert piped("area(im > 64, 'mm2')", "repl", "im=leg.png", "--spacing", "0.5mm") == (0, "23295.25\n", "")
    assert piped("gaussian(im, 2) > 20", "repl", "im=leg.png", "--fast")[0] == 0


def test_bytes_of_all_kinds_may_come_through_the_pipe(piped):
    code, out, err = piped("\ufeff1 + 1\r\n# one line\n2 * (\r\n3)")
    assert (code, out, err) == (0, "2\n6\n", "")
    code, _, err = piped(Path("leg.png").read_bytes()[:5000])
    assert code == 1
    assert "error" in err
    assert "Traceback" not in err
    assert "fault" not in err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["im=no.png"], 2, "error: cannot read no.png: there is no such file; check the path\n"),
        (["leg.png"], 2, "error: leg.png is neither name=FILE nor a program; write im=leg.png\n"),
        (["im=leg.png", "im=leg.png"], 2, "error: im is given twice; delete one of the two\n"),
        (["q.mask", "im=leg.png", "low=3"], 2, "error: low is a param, not an input; write -p low=3\n"),
        (["im=leg.png", "q.mask", "-p", "low=256"], 2, "error: low cannot be 256; it is a whole number in 0..255\n"),
        (["im=leg.png", "q.mask", "-p", "lo=2"], 2, "error: there is no lo here; did you mean low?\n"),
        (["wrong.mask"], 1, "wrong.mask:1:3: error"),
        (["no.mask"], 2, "error: cannot read no.mask: there is no such file; check the path\n"),
    ],
)
def test_a_start_that_cannot_be(folder, capsys, arguments, code, message):
    Path("q.mask").write_text("param low = 32 in 0..255\nn = area(im > low)\n", "utf-8")
    Path("wrong.mask").write_text("1 +\n", "utf-8")
    assert main(["repl", *arguments]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(message)


@pytest.mark.slow
def test_a_reader_that_has_gone_is_no_fault(folder):
    lines = "1\n" * 20_000
    process = subprocess.Popen(
        [sys.executable, "-m", "maskexpr"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    _, err = process.communicate(lines.encode(), timeout=60)
    assert process.returncode == 1
    assert err == b""
