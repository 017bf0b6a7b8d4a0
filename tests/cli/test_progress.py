"""How a study goes, as it is told: in lines where nobody watches, in a bar where somebody does."""

import io
import sys

import pytest

from maskexpr.cli import progress
from maskexpr.diagnostics import messages
from maskexpr.studies.outcome import Outcome
from maskexpr.studies.watching import Ended

WRONG = messages.FILE_EMPTY.anywhere(path="a.png")
ODD = messages.NO_DATA_OFF.anywhere(name="m", off="off", count=3)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def told(stream, outcomes, before=0, drawing=None, jobs=1, end=True):
    with progress.watching(stream, drawing, jobs) as watcher:
        watcher.begins(len(outcomes) + before, before)
        for outcome in outcomes:
            watcher.done(outcome)
        if end:
            watcher.ends(Ended(len(outcomes) + before))
    return stream.getvalue()


def done(count, **wrong):
    return [Outcome(i, f"{i}.png", **{k: v for k, v in wrong.items() if i == 3}) for i in range(count)]


def test_a_file_gets_a_few_lines():
    text = told(io.StringIO(), done(100), before=20)
    lines = text.splitlines()
    assert lines[0] == "120 images, 20 of them done before"
    assert 5 <= len(lines) <= 12
    assert lines[-1].startswith("116 of 120")
    assert "left" in lines[-1]


def test_failures_are_told_at_once_with_their_reason():
    stream = io.StringIO()
    lines = told(stream, [*done(3), Outcome(3, "\x1b[31mred\n.png", errors=(WRONG,))]).splitlines()
    place = next(i for i, line in enumerate(lines) if "\\x1b[31mred\\n.png: error: " in line)
    assert WRONG.message in lines[place]
    assert "1 failed" in lines[-1]


def test_a_warning_that_comes_again_is_told_once():
    lines = told(io.StringIO(), [Outcome(i, f"{i}.png", warnings=(ODD,)) for i in range(9)]).splitlines()
    assert sum(ODD.message in line for line in lines) == 1
    assert lines[-1] == "warnings like these were given 8 more times"


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    return Terminal()


def test_a_terminal_gets_a_bar_and_is_left_clean(terminal):
    pytest.importorskip("rich")
    text = told(terminal, [*done(3), Outcome(3, "a[red]b.png", errors=(WRONG,))], end=False)
    assert "/4" in text
    assert "a[red]b.png" in text  # no markup of rich's
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") > 0
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
    assert "\x1b[31m" in text


def test_a_terminal_is_left_clean_by_an_interrupt(terminal):
    pytest.importorskip("rich")

    def interrupted():
        with progress.watching(terminal) as watcher:
            watcher.begins(9, 0)
            watcher.done(Outcome(0, "a.png"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    text = terminal.getvalue()
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") > 0
    assert text.rindex("\x1b[?25h") > text.rindex("/9")
    assert text.endswith("\x1b[2K")  # the line of the bar is wiped


def test_no_color_is_respected(terminal, monkeypatch):
    pytest.importorskip("rich")
    monkeypatch.setenv("NO_COLOR", "1")
    text = told(terminal, [Outcome(0, "a.png", errors=(WRONG,))])
    assert "\x1b[31m" not in text
    assert WRONG.message in text


@pytest.mark.parametrize("without", ["rich", "escape codes"])
def test_a_terminal_that_knows_no_bars_gets_lines(terminal, monkeypatch, without):
    if without == "rich":
        for name in [name for name in sys.modules if name.partition(".")[0] == "rich"]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "rich", None)
    else:
        monkeypatch.setenv("TERM", "dumb")
    text = told(terminal, done(2))
    assert text.startswith("2 images\n")
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("order", "before", "jobs"), [([2, 0, 1, 3], 0, 2), ([0, 1, 2, 3], 0, 1), ([1, 3, 5], 4, 1), ([3, 1, 5], 4, 2)]
)
def test_results_are_drawn_in_the_order_of_the_images(order, before, jobs):
    drawing = io.StringIO()
    told(io.StringIO(), [Outcome(i, f"{i}.png", drawn=f"<{i}>") for i in order], before, drawing, jobs)
    assert drawing.getvalue().split() == [part for i in sorted(order) for part in (f"{i}.png", f"<{i}>")]


def test_those_drawn_before_wait_for_nothing_that_does_not_come():
    drawing = io.StringIO()
    watcher = progress.Lines(io.StringIO())
    watcher.drawing = progress.Drawings(drawing)
    watcher.begins(10, 5)
    watcher.done(Outcome(5, "5.png", drawn="<5>"))
    assert drawing.getvalue() == "5.png\n<5>\n"


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0:00"), (65, "1:05"), (3723, "1:02:03")])
def test_the_time_that_is_left(seconds, text):
    assert progress._clock(seconds) == text
