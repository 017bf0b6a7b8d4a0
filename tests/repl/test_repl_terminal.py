"""The REPL in a terminal of its own: keys are typed, and what comes out is waited for."""

import os
import re
import shutil
import signal
import sys
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from helpers.places import ANKLE, EXAMPLES

from maskexpr.cli import main

pytestmark = pytest.mark.slow

pexpect = pytest.importorskip("pexpect")
if not hasattr(pexpect, "spawn"):
    pytest.skip("there are no pseudo-terminals here", allow_module_level=True)

LIMIT = 120  # seconds to wait for what comes at once on a machine that does nothing else
CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")
PASTED, TAKEN, SHOWN = "\x1b[?2004h", "\x1b[?2004l", "\x1b[?25h"  # a prompt begins, ends, and is drawn with its cursor
UP, RIGHT, ALT_ENTER, CTRL_C, CTRL_D, CTRL_R = "\x1b[A", "\x1b[C", "\x1b\r", "\x03", "\x04", "\x12"
WITHOUT = """
import sys
sys.modules["prompt_toolkit"] = None
from maskexpr.__main__ import run
run()
"""


class Terminal:
    """A window with the REPL in it."""

    def __init__(
        self, folder, *arguments, columns=100, lines=24, start=("-m", "maskexpr"), prompt=(PASTED, TAKEN), variables=()
    ):
        known = {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH", "VIRTUAL_ENV")}
        environment = {
            **known,
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "HOME": str(folder),
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
            "MASKEXPR_PICTURES": "text",
            **dict(variables),
        }
        self._ready, self._taken = prompt
        self._child = pexpect.spawn(
            *(sys.executable, [*start, *arguments]), env=environment, dimensions=(lines, columns), encoding="utf-8",
            timeout=LIMIT, echo=True, cwd=folder,
            # It is ignored where a shell started these tests beside other work, as `pytest &` does.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
        self._child.delaybeforesend = None
        self.greeting = self.ready()

    def _await(self, *wanted, timeout=LIMIT):
        """The first of some texts that comes, None if none does; meanwhile the terminal answers where its cursor is.
        What came before is added up."""
        self.before = ""
        while True:
            found = self._child.expect_exact([*wanted, "\x1b[6n", pexpect.TIMEOUT], timeout=timeout)
            self.before += self._child.before
            if found != len(wanted):
                return wanted[found] if found < len(wanted) else None
            self._child.send("\x1b[1;1R")

    def ready(self):
        """Wait for a prompt; what was printed before it."""
        assert self._await(self._ready), CODES.sub("", self.before)
        before = self.before
        if self._ready == PASTED:
            assert self._await(SHOWN)
        return CODES.sub("", before)

    def type(self, keys):
        self._child.send(keys)

    def enter(self, text):
        """Type a line that is done; what is printed for it."""
        self.type(text + "\r")
        assert self._await(self._taken), self.before
        return self.ready()

    def shows(self, text):
        """Wait for a text."""
        assert self._await(text), self.before

    def interrupt(self, text):
        """Enter a line that runs long, and press Ctrl-C until it is heard.

        One that falls on the line itself, or between the line and its run, gives a prompt, and then it is entered
        again; one that is lost as the terminal turns from one to the other is pressed again a moment later.
        """
        for _ in range(10):
            self.type(text + "\r")
            assert self._await(self._taken), self.before
            for _ in range(4 * LIMIT):
                self._child.sendintr()
                heard = self._await("interrupted", self._ready, timeout=0.25)
                if heard == "interrupted":
                    return
                if heard:
                    break
            else:
                pytest.fail("it runs on")
        pytest.fail("it never runs")

    def leave(self):
        """Press Ctrl-D on an empty line; what is printed, once it has ended well."""
        self.type(CTRL_D)
        self._child.expect(pexpect.EOF)
        self._child.close()
        assert (self._child.exitstatus, self._child.signalstatus) == (0, None)
        return CODES.sub("", self._child.before)


@pytest.fixture
def open_terminal(folder):
    pytest.importorskip("prompt_toolkit")
    pytest.importorskip("pygments")
    return lambda *arguments, **more: Terminal(folder, *arguments, **more)


@pytest.fixture(scope="module")
def window(tmp_path_factory):
    """A window for all who need no more than a prompt, as it takes long to open: each leaves it at an empty line."""
    pytest.importorskip("prompt_toolkit")
    pytest.importorskip("pygments")
    folder = tmp_path_factory.mktemp("window")
    shutil.copy(ANKLE, folder / "leg.png")
    terminal = Terminal(folder, "repl", "im=leg.png")
    yield terminal
    terminal.leave()


def test_lines_are_typed_and_results_shown(open_terminal):
    terminal = open_terminal("repl", "im=leg.png")
    assert "93181" in terminal.enter("area(im > 64)")
    shown = terminal.enter("bone = im > 64")
    assert "bone: mask 880x380, 27.9% on (93,181 pixels), 66 regions, largest 92,468" in shown
    assert "█" in shown
    assert "did you mean bone?" in terminal.enter("bon")
    assert "undone: bone = im > 64" in terminal.enter(":undo")
    assert "done again: bone = im > 64" in terminal.enter(":redo")
    assert "not kept: bone; :script FILE.mask" in terminal.leave()


def test_a_greeting_says_what_is_loaded_and_how_to_go_on(folder, open_terminal):
    terminal = open_terminal()
    assert ":load im FILE opens an image, :help says more, Ctrl-D leaves" in terminal.greeting
    assert "880x380" in terminal.enter(":load im leg.png")
    assert "not kept" not in terminal.leave()
    terminal = open_terminal("repl", "im=leg.png", str(EXAMPLES / "tissue.mask"))
    assert "im: image 880x380 uint8, values 0 to 115" in terminal.greeting
    assert "low = 32" in terminal.greeting
    assert "░" in terminal.greeting or "█" in terminal.greeting
    assert "not kept" not in terminal.leave()


def test_tab_completes_and_the_bar_shows_the_call(window):
    window.type("keep_l\t")
    window.shows("k=1, connectivity=1, axes=none")  # of its signature
    window.type("im > 64, con\t")
    window.shows("connectivity=")
    window.type("2)")
    assert "mask 880x380" in window.enter("")
    window.type(":sc\t")
    window.shows("Write, or alone print, the lines that led here")
    window.type(CTRL_C)
    window.ready()
    window.type(":load two le\t")
    window.shows("g.png")
    assert "two: image 880x380" in window.enter("")


def test_a_menu_is_chosen_from_with_enter(window):
    window.type('dilate(im > 64, 2, "')
    window.type("\t")
    window.shows("square")  # in the menu alone: diamond, the default, is in the signature below it from the start
    window.type("\t")
    window.type("\r")  # takes it
    window.type('")')
    assert "mask 880x380" in window.enter("")


def test_lines_of_earlier_sessions_come_back(open_terminal):
    terminal = open_terminal()
    assert "low = 77" in terminal.enter("low = 77")
    terminal.type("wide = [1,\r")
    terminal.shows("...")
    assert "wide = [1, 2]\n" in terminal.enter("2]")
    terminal.leave()
    terminal = open_terminal()
    terminal.type("lo")
    terminal.shows("w = 77")  # suggested
    assert "low = 77\n" in terminal.enter(RIGHT)
    terminal.type(UP)
    terminal.shows("77")
    terminal.type(CTRL_R + "wid")
    terminal.shows("e = [")  # the rest, in another colour than what was looked for
    terminal.type("\r")
    assert "wide = [1, 2]\n" in terminal.enter("")
    terminal.leave()


def test_an_open_bracket_goes_on_and_an_empty_line_ends_it(window):
    window.type("area(\r")
    window.shows("...")
    assert "93181" in window.enter("im > 64)")
    window.type("area(\r")
    window.shows("...")
    assert "this ( is never closed" in window.enter("")
    window.type("area(" + ALT_ENTER)
    assert "this ( is never closed" in window.ready()
    window.type("\x1b[200~a = (1 +\n 2)\nb = a * 2\x1b[201~")  # pasted
    assert "a = 3\nb = 6\n" in window.enter("")


def test_ctrl_c_clears_a_line_and_stops_a_run(open_terminal):
    terminal = open_terminal("repl", "im=leg.png")
    assert "low = 32" in terminal.enter("low = 32")
    terminal.type("nonsense (((" + CTRL_C)
    terminal.ready()
    assert "64\n" in terminal.enter("low * 2")
    terminal.interrupt("slow = rank_filter(im, 7, 150, 'disk')")
    terminal.type("low * 3\r")
    terminal.shows("96\r\n")
    terminal.ready()
    assert "no slow was given" in terminal.enter("slow")
    terminal.leave()


def test_what_was_tuned_runs_as_a_script(folder, open_terminal):
    terminal = open_terminal("repl", "im=leg.png")
    for line in ("low = 32", "detour = im > 3", "body = keep_largest(im > low)", "detour = 1"):
        assert "error" not in terminal.enter(line)
    shown = terminal.enter(":set low 40")
    assert "low = 40\n" in shown
    assert "body: mask 880x380" in shown
    assert "detour" not in shown
    terminal.enter(":save body kept.png")
    assert "leg.mask  gives body" in terminal.enter(":script leg.mask")
    assert "not kept" not in terminal.leave()
    assert "detour" not in Path("leg.mask").read_text("utf-8")
    assert main(["run", "leg.mask", "-o", "again.png"]) == 0
    np.testing.assert_array_equal(iio.imread("again.png"), iio.imread("kept.png"))


def test_letters_of_all_kinds_and_lines_of_any_length(window):
    assert "write ete, say" in window.enter("été = 3")
    assert "3\n" in window.enter("1 + 2  # 画像 é \U0001f600")
    window.type("\x1b[200~" + "1 + " * 3000 + "1\x1b[201~")
    window.type("\r")
    window.shows("3001\r\n")
    window.ready()


def test_a_narrow_window(open_terminal):
    terminal = open_terminal("repl", "im=leg.png", columns=40)
    shown = terminal.enter("bone = im > 64").splitlines()
    printed = shown[next(i for i, line in enumerate(shown) if line.startswith("bone:")) :]
    assert printed[0] == "bone: mask 880x380, 27.9% on (93,181"
    assert all(len(line) < 40 for line in printed)
    assert len(printed) < 24
    assert "body.mask" in terminal.enter(":help")
    terminal.type("difference_of_gaussians(im, ")
    terminal.shows("...")  # of the signature, which does not fit
    terminal.type(CTRL_C)
    terminal.ready()
    terminal.leave()


def test_a_folder_that_cannot_be_written_keeps_no_history_and_says_nothing(folder, open_terminal):
    (folder / "state").touch()
    terminal = open_terminal()
    assert "4\n" in terminal.enter("2 + 2")
    terminal.leave()


def test_a_session_without_prompt_toolkit(folder):
    pytest.importorskip("readline")

    def plain():
        return Terminal(folder, "repl", "im=leg.png", start=("-c", WITHOUT), prompt=("\n> ", "\n"))

    terminal = plain()
    assert "93181" in terminal.enter("area(im > 64)")
    terminal.type("keep_l\t")
    terminal.shows("keep_largest(")
    assert "mask 880x380" in terminal.enter("im > 64)")
    terminal.type("area(\r")
    terminal.shows("...")
    assert "93181" in terminal.enter("im > 64)")
    terminal.interrupt("slow = gaussian(im, 3000)")
    terminal.type("low = 70 + 7\r")
    terminal.shows("low = 77")
    terminal.ready()
    assert "not kept: low" in terminal.leave()
    terminal = plain()
    terminal.type(UP)
    terminal.shows("low = 70 + 7")
    assert "low = 77" in terminal.enter("")
    terminal.leave()


@pytest.mark.parametrize("columns", [80, 30])
def test_a_menu_in_a_short_window(open_terminal, columns):
    terminal = open_terminal("repl", "im=leg.png", columns=columns, lines=10)
    terminal.type("dilate(\t")
    terminal.shows("gray(im)")
    terminal.type(CTRL_C)
    terminal.ready()
    terminal.leave()


def test_no_colours_where_none_are_wanted(open_terminal):
    terminal = open_terminal("repl", "im=leg.png", variables={"NO_COLOR": "1"})
    terminal.type("3 * dilate(\t")
    terminal.shows("gray(im)")
    plain, underlined, reversed_ = "0", "0;4", "0;7"
    assert set(re.findall(r"\x1b\[([0-9;]*)m", terminal.before)) <= {plain, underlined, reversed_}
    terminal.type(CTRL_C)
    terminal.ready()
    terminal.leave()
