"""Terminals: what they can do, and what is written to them, read by small terminals of the tests' own."""

import base64
import io
import os
import re
import subprocess
import sys
import time

import numpy as np
import pytest
from helpers.each import each
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from maskexpr.display.terminal import PROTOCOLS, Abilities, abilities, draw, draw_histogram, resized, room, sparkline
from maskexpr.display.terminal.asking import Answer, understood
from maskexpr.display.terminal.palette_256 import nearest_of_256

MILLIONS = 2**24
RANDOM = np.random.default_rng(0)


class Stream(io.StringIO):
    """A stream that may say that it is a terminal."""

    def __init__(self, terminal=True, encoding="utf-8"):
        super().__init__()
        self._terminal, self._encoding = terminal, encoding

    encoding = property(lambda self: self._encoding)

    def isatty(self):
        return self._terminal


def found(environ, stream=None, ask=None):
    return abilities(stream or Stream(), {"TERM": "xterm-256color", **environ}, ask)


def can(environ, **more):
    result = found(environ, **more)
    return result.protocol, result.colours


# --- what a terminal can do ------------------------------------------------------------------------------------------


@each(
    "environ, expected",
    [
        ({}, ("blocks", 256)),
        ({"COLORTERM": "truecolor"}, ("blocks", MILLIONS)),
        ({"COLORTERM": "24bit", "TERM": "xterm"}, ("blocks", MILLIONS)),
        ({"TERM": "xterm-direct"}, ("blocks", MILLIONS)),
        ({"TERM": "xterm"}, ("text", 16)),
        ({"TERM": "linux"}, ("text", 16)),
        ({"TERM": "vt100"}, ("text", 0)),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, ("text", 0)),
        ({"TERM": ""}, ("text", 0)),
        ({"NO_COLOR": "1", "COLORTERM": "truecolor"}, ("text", 0)),
        ({"NO_COLOR": ""}, ("blocks", 256)),
        ({"NO_COLOR": "1", "KITTY_WINDOW_ID": "1"}, ("text", 0)),
        ({"KITTY_WINDOW_ID": "3", "TERM": "xterm-kitty"}, ("kitty", MILLIONS)),
        ({"TERM": "xterm-kitty"}, ("kitty", MILLIONS)),
        ({"TERM": "xterm-ghostty"}, ("kitty", MILLIONS)),
        ({"TERM_PROGRAM": "ghostty"}, ("kitty", MILLIONS)),
        ({"TERM_PROGRAM": "iTerm.app"}, ("iterm", MILLIONS)),
        ({"TERM_PROGRAM": "WezTerm"}, ("iterm", MILLIONS)),
        ({"LC_TERMINAL": "iTerm2", "COLORTERM": "truecolor"}, ("iterm", MILLIONS)),
        ({"TERM_PROGRAM": "Apple_Terminal"}, ("blocks", 256)),
        # tmux and screen hide the terminal around them, whose variables are still there
        ({"KITTY_WINDOW_ID": "3", "TERM": "tmux-256color", "TMUX": "x"}, ("blocks", 256)),
        ({"LC_TERMINAL": "iTerm2", "TERM": "screen", "TMUX": "x"}, ("blocks", 256)),
        ({"COLORTERM": "truecolor", "TERM": "screen", "TMUX": "x"}, ("blocks", MILLIONS)),
        ({"COLORTERM": "truecolor", "TERM": "screen", "STY": "x"}, ("text", 16)),
        ({"COLORTERM": "truecolor", "TERM": "screen.xterm-256color", "STY": "x"}, ("blocks", 256)),
    ],
)
def test_the_environment_tells(environ, expected):
    assert can(environ) == expected


@pytest.mark.parametrize(
    "environ", [{}, {"KITTY_WINDOW_ID": "1"}, {"MASKEXPR_PICTURES": "kitty"}, {"TERM_PROGRAM": "WezTerm"}]
)
def test_a_pipe_or_file_gets_nothing(environ):
    closed = open(os.devnull)  # noqa: SIM115 - closed is what it should be
    closed.close()
    for stream in (Stream(terminal=False), closed):
        assert can(environ, stream=stream) == ("none", 0)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_variable_picks_the_protocol(protocol):
    for environ in ({}, {"TERM": "dumb"}, {"NO_COLOR": "1"}, {"KITTY_WINDOW_ID": "1", "COLORTERM": "truecolor"}):
        result = found({**environ, "MASKEXPR_PICTURES": protocol.upper()}, ask=pytest.fail)
        assert result.protocol == protocol
        assert result.colours >= {"blocks": 256}.get(protocol, 0)
        if protocol in ("text", "none"):
            assert result.colours == 0
    assert can({"MASKEXPR_PICTURES": "oil"}) == ("blocks", 256)


def test_letters_beyond_ascii_need_an_encoding_that_has_them():
    assert found({}).unicode
    assert can({}, stream=Stream(encoding="latin-1")) == ("text", 256)
    assert not found({}, stream=Stream(encoding="ascii")).unicode


def test_a_terminal_is_asked_where_the_environment_leaves_it_open(monkeypatch):
    monkeypatch.setattr(sys, "stdin", Stream())
    asked = []

    def ask(kitty):
        asked.append(kitty)
        return Answer(kitty=True, sixel=True, cell=(9, 20), typed="im")

    result = found({}, ask=ask)
    assert (result.protocol, result.cell, result.typed) == ("kitty", (9, 20), "im")
    assert can({}, ask=lambda kitty: Answer(sixel=True)) == ("sixel", 256)
    assert can({}, ask=lambda kitty: Answer()) == ("blocks", 256)
    assert can({}, ask=lambda kitty: None) == ("blocks", 256)
    assert asked == [True]
    assert can({"TMUX": "x"}, ask=ask) == ("kitty", 256)
    assert asked == [True, False]  # tmux would take the question for the title of a window
    for environ in ({"TERM_PROGRAM": "WezTerm"}, {"TERM": "linux"}, {"TERM_PROGRAM": "Apple_Terminal"}, {"STY": "1"},
                    {"NO_COLOR": "1"}, {"TERM": "dumb"}):  # fmt: skip
        found(environ, ask=pytest.fail)
    monkeypatch.setattr(sys, "stdin", Stream(terminal=False))
    found({}, ask=pytest.fail)
    found({}, stream=Stream(terminal=False), ask=pytest.fail)


def test_the_size_of_the_window():
    assert (found({}).columns, found({}).lines) == (80, 24)
    result = found({"COLUMNS": "132", "LINES": "50"})
    assert (result.columns, result.lines) == (132, 50)
    later = resized(result, Stream(), {"COLUMNS": "90", "LINES": "-3"})
    assert (later.columns, later.lines, later.protocol) == (90, 24, "blocks")


@pytest.mark.parametrize(
    ("bytes_in", "answer"),
    [
        (b"", Answer()),
        (b"\x1b[?6c", Answer()),
        (b"\x1b[?62;4;22c", Answer(sixel=True)),
        (b"\x1b[?4c", Answer()),  # a VT132, not a list that has it
        (b"\x1b[?64;14;41c", Answer()),
        (b"\x1b_Gi=31;OK\x1b\\\x1b[6;18;9t\x1b[?62;c", Answer(kitty=True, cell=(9, 18))),
        (b"\x1b_Gi=31;ENOTSUPPORTED:no\x1b\\\x1b[?62;4c", Answer(sixel=True)),
        (b"ab\x1b[6;18;9tc\x1b[?62;4cd", Answer(sixel=True, cell=(9, 18), typed="abcd")),
        (b"im\x1b[?62;4", Answer(typed="im")),
    ],
    ids=str,
)
def test_answers_are_understood(bytes_in, answer):
    assert understood(bytes_in) == answer


CHILD = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
before = termios.tcgetattr(0)
from maskexpr.display.terminal import abilities, asking
asking._SECONDS = float(sys.argv[1])
found = abilities()
assert termios.tcgetattr(0) == before
print(repr((found.protocol, found.columns, found.lines, found.cell, found.typed)), flush=True)
print("line", repr(sys.stdin.readline()), flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals")
@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("\x1b[?62;4;22c", ("sixel", 100, 30, (8, 16), "")),
        ("\x1b[6;20;10t\x1b[?62;4;22c", ("sixel", 100, 30, (10, 20), "")),
        ("\x1b_Gi=31;OK\x1b\\\x1b[?62c", ("kitty", 100, 30, (8, 16), "")),
        ("\x1b[?1;2c", ("blocks", 100, 30, (8, 16), "")),
        ("", ("blocks", 100, 30, (8, 16), "")),
    ],
    ids=repr,
)
def test_a_real_terminal_is_asked_and_left_as_it_was(reply, expected):
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("4H", 30, 100, 0, 0))
    environ = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR", "TMUX", "STY")}
    environ |= {"TERM": "xterm-256color", "COLORTERM": "", "TERM_PROGRAM": "", "PYTHONUNBUFFERED": "1"}
    for name in ("KITTY_WINDOW_ID", "LC_TERMINAL", "MASKEXPR_PICTURES"):
        environ.pop(name, None)
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, "60" if reply else "0.1"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environ,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        seen = read_until(ours, b"\x1b[c")
        assert b"a=q" in seen
        os.write(ours, reply.encode())
        read_until(ours, f"{expected!r}\r\n".encode())
        os.write(ours, b"im > 3\n")  # nothing of the answers is left before it
        read_until(ours, b"line 'im > 3\\n'")
        assert child.wait(30) == 0
    finally:
        child.kill()
        child.wait()
        os.close(ours)


def read_until(source, end):
    """What a terminal shows, up to something that must come."""
    import select

    seen, limit = b"", time.monotonic() + 60
    while end not in seen:
        assert select.select([source], [], [], max(0, limit - time.monotonic()))[0], seen
        try:
            seen += os.read(source, 4096)
        except OSError:
            pytest.fail(f"ended with {seen!r}")
    return seen


# --- room ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", PROTOCOLS[:-1])
@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (20, 5), (1, 1), (500, 300)])
def test_a_picture_has_the_room_of_the_window(protocol, columns, lines):
    window = Abilities(columns, lines, (9, 18), MILLIONS, protocol)
    height, width = room(window, 3)
    cell = (9, 18) if protocol in ("kitty", "iterm", "sixel") else (1, 2)
    assert 1 <= height <= max(1, lines - 3) * cell[1]
    assert 1 <= width <= max(1, columns - 1) * cell[0]
    if (columns, lines) == (80, 24):
        assert (height, width) == (21 * cell[1], 79 * cell[0])
    if protocol == "sixel":
        assert max(height, width) <= 1000  # more is cut off by xterm


# --- half-blocks -----------------------------------------------------------------------------------------------------

CODE = re.compile(r"\x1b\[([\d;]*)m|(.)", re.DOTALL)


def shown(text):
    """The pixels that a terminal shows of half-blocks, and how many codes it took; None is its own ground."""
    rows, codes = [], 0
    for line in text.split("\n"):
        letter = ground = None
        upper, lower = [], []
        for code, character in CODE.findall(line):
            if character:
                parts = {"█": (letter, letter), "▀": (letter, ground), "▄": (ground, letter), " ": (ground, ground)}
                upper.append(parts[character][0])
                lower.append(parts[character][1])
                continue
            codes += 1
            numbers = [int(n) for n in code.split(";")]
            while numbers:
                first = numbers.pop(0)
                if first in (0, 49):
                    letter, ground = (None, None) if first == 0 else (letter, None)
                    continue
                kind = numbers.pop(0)
                colour = tuple(numbers.pop(0) for _ in range(3)) if kind == 2 else numbers.pop(0)
                assert kind in (2, 5)
                letter, ground = (colour, ground) if first == 38 else (letter, colour)
        assert (letter, ground) == (None, None)
        rows += [upper, lower]
    return rows, codes


def blocks(colours, columns=80):
    return Abilities(columns, 24, colours=colours, protocol="blocks")


@given(st.integers(1, 9), st.integers(1, 12), st.integers(1, 5), st.integers(0, 99))
def test_half_blocks_show_each_pixel(rows, columns, variety, seed):
    random = np.random.default_rng(seed)
    palette = random.integers(0, 256, (variety, 3))
    picture = palette[random.integers(0, variety, (rows, columns))].astype(np.uint8)
    pixels, _ = shown(draw(picture, blocks(MILLIONS)))
    expected = [[tuple(p) for p in row] for row in picture.tolist()]
    assert pixels == expected + [[None] * columns] * (rows % 2)
    few, _ = shown(draw(picture, blocks(256)))
    assert few[:rows] == nearest_of_256(picture).tolist()


def test_codes_are_written_only_where_colours_change():
    one = np.full((40, 60, 3), 77, np.uint8)
    assert shown(draw(one, blocks(MILLIONS)))[1] == 2 * 20  # one for each line, and one to end it
    stripes = one.copy()
    stripes[:, ::2] = 200  # each half of a pair is one of two colours: letters and grounds take turns
    assert shown(draw(stripes, blocks(MILLIONS)))[1] == 3 * 20
    noise = RANDOM.integers(0, 256, (40, 60, 3)).astype(np.uint8)
    assert shown(draw(noise, blocks(MILLIONS)))[1] == 60 * 20 + 20


def test_the_256_colours_are_met_and_greys_stay_grey():
    levels = [0, 95, 135, 175, 215, 255]
    cube = np.array([[(r, g, b) for r in levels for g in levels for b in levels]], np.uint8)
    table = np.array([*cube[0], *[(v, v, v) for v in range(8, 248, 10)]])
    assert (table[nearest_of_256(cube) - 16] == cube).all()
    greys = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    near = table[nearest_of_256(greys) - 16]
    assert (near == near[:, :, :1]).all()
    assert np.abs(near.astype(int) - greys).max() <= 9


# --- sixels ----------------------------------------------------------------------------------------------------------


def sixels_shown(text):
    """What a terminal of 1987 shows; -1 where nothing was drawn."""
    head, height_width, body = re.fullmatch(
        r'\x1bP([\d;]*)q"1;1;([\d;]+)(#.*)\x1b\\(?:\x1b\[0m)?', text, re.DOTALL
    ).groups()
    assert head == "0;1;0"
    width, height = map(int, height_width.split(";"))
    pixels = np.full((-(-height // 6) * 6, width, 3), -1)
    registers, colour, x, y = {}, None, 0, 0
    for number, define, repeat, character in re.findall(r"#(\d+)((?:;\d+){4})?|(?:!(\d+))?([?-~$-])", body):
        if define:
            kind, *percents = map(int, define[1:].split(";"))
            assert kind == 2
            assert max(percents) <= 100
            registers[int(number)] = percents
        elif number:
            colour = registers[int(number)]
        elif character == "$":
            x = 0
        elif character == "-":
            x, y = 0, y + 6
        else:
            count = int(repeat or 1)
            bits = ord(character) - 63
            for row in range(6):
                if bits >> row & 1:
                    assert (pixels[y + row, x : x + count] == -1).all(), "drawn twice"
                    pixels[y + row, x : x + count] = colour
            x += count
            assert x <= width
    assert len(registers) <= 256
    assert (pixels[height:] == -1).all()
    return pixels[:height]


SIXEL = Abilities(200, 60, (8, 16), 256, "sixel")


@given(st.integers(1, 20), st.integers(1, 40), st.integers(1, 9), st.integers(0, 99))
def test_sixels_show_each_pixel(rows, columns, variety, seed):
    random = np.random.default_rng(seed)
    palette = random.integers(0, 256, (variety, 3))
    picture = palette[random.integers(0, variety, (rows, columns))].astype(np.uint8)
    pixels = sixels_shown(draw(picture, SIXEL))
    assert np.abs(pixels * 2.55 - picture).max() <= 4.1  # six bits of each channel, then percents


@pytest.mark.parametrize("width", [1, 2, 3, 4, 63, 999, 4095])
def test_sixels_of_any_width(width):
    picture = np.zeros((7, width, 3), np.uint8)
    picture[:, width // 3 : width // 2] = (255, 0, 0)
    picture[3, ::5] = (0, 255, 0)
    pixels = sixels_shown(draw(picture, SIXEL))
    assert np.array_equal(pixels, picture // 255 * 100)


def test_many_colours_become_256_that_are_near():
    across, down = np.meshgrid(np.arange(256), np.arange(120))
    picture = np.stack([across, down * 2, 255 - across], axis=2).astype(np.uint8)
    pixels = sixels_shown(draw(picture, SIXEL))
    away = np.abs(pixels * 2.55 - picture)
    assert away.mean() < 6
    assert away.max() < 40
    greys = np.repeat(RANDOM.integers(0, 256, (60, 90, 1)), 3, axis=2).astype(np.uint8)
    assert np.abs(sixels_shown(draw(greys, SIXEL)) * 2.55 - greys).max() <= 4.1


def test_sixels_of_runs_are_short():
    assert len(draw(np.zeros((600, 900, 3), np.uint8), SIXEL)) < 1000


# --- protocols that take a file --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1, 1), (40, 30), (300, 500)])
def test_kittys_protocol(size):
    picture = RANDOM.integers(0, 256, (*size, 3)).astype(np.uint8)
    text = draw(picture, Abilities(colours=MILLIONS, protocol="kitty"))
    parts = re.findall(r"\x1b_G([^;]*);([A-Za-z0-9+/=]*)\x1b\\", text)
    assert "".join(f"\x1b_G{head};{data}\x1b\\" for head, data in parts) + "\x1b[0m" == text
    heads = [dict(item.split("=") for item in head.split(",")) for head, _ in parts]
    assert heads[0].items() >= {"a": "T", "f": "100"}.items()
    assert [head["m"] for head in heads] == ["1"] * (len(parts) - 1) + ["0"]
    assert {head["q"] for head in heads} == {"2"}  # or the answers would be typed at the prompt
    assert all(len(data) <= 4096 and len(data) % 4 == 0 for _, data in parts)
    assert pictured("".join(data for _, data in parts)).tolist() == picture.tolist()


def test_iterms_protocol():
    picture = RANDOM.integers(0, 256, (33, 50, 3)).astype(np.uint8)
    text = draw(picture, Abilities(cell=(8, 16), colours=MILLIONS, protocol="iterm"))
    head, data = re.fullmatch(r"\x1b\]1337;File=([^:]*):([A-Za-z0-9+/=]*)\x07\x1b\[0m", text).groups()
    fields = dict(item.split("=") for item in head.split(";"))
    size = len(base64.b64decode(data))
    expected = {"inline": "1", "size": str(size), "width": "7", "height": "3", "preserveAspectRatio": "1"}
    assert fields == expected
    assert pictured(data).tolist() == picture.tolist()


def pictured(data):
    with Image.open(io.BytesIO(base64.b64decode(data))) as opened:
        return np.asarray(opened)


# --- text ------------------------------------------------------------------------------------------------------------

TEXT = Abilities(protocol="text")
ASCII = Abilities(protocol="text", unicode=False)


def two_colours(mask):
    return np.where(np.array(mask, bool)[:, :, np.newaxis], (240, 240, 240), (30, 30, 30)).astype(np.uint8)


def test_a_mask_is_half_blocks_in_plain_text():
    picture = two_colours([[1, 0, 1], [1, 1, 0], [0, 1, 0]])
    assert draw(picture, TEXT) == "█▄▀\n ▀"
    assert draw(picture, ASCII) == '#_"\n "'
    assert draw(two_colours([[1, 1], [1, 1]]), TEXT) == "██"
    assert draw(two_colours([[0, 0], [0, 0]]), TEXT) == ""
    assert draw(two_colours([[1, 0]]), TEXT) == "▀"


def test_an_image_is_shades_in_plain_text():
    ramp = np.repeat(np.linspace(0, 255, 10).astype(np.uint8)[np.newaxis, :, np.newaxis], 3, axis=2)
    assert draw(ramp, TEXT) == "  ░░▒▒▓▓██"
    assert draw(ramp, ASCII) == " .:-=+*#%@"


def test_nothing_is_drawn_where_there_is_no_terminal():
    assert draw(two_colours([[1]]), Abilities()) == ""


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_drawings_leave_no_colour_behind_and_take_no_more_lines_than_they_should(protocol):
    window = Abilities(60, 20, (8, 16), MILLIONS, protocol)
    height, width = room(window)
    text = draw(RANDOM.integers(0, 256, (height, width, 3)).astype(np.uint8), window)
    if protocol in ("text", "none"):
        assert "\x1b" not in text
    else:
        assert text.endswith("\x1b[0m")
    if protocol in ("text", "blocks"):
        lines = re.sub(r"\x1b\[[\d;]*m", "", text).split("\n")
        assert len(lines) <= 17
        assert max(map(len, lines)) <= 59
    else:
        assert "\n" not in text


# --- histograms ------------------------------------------------------------------------------------------------------

VALUES = np.repeat(np.arange(8), [64, 16, 4, 0, 1, 4, 16, 64])


def test_a_sparkline():
    assert sparkline(VALUES) == "█▄▂ ▁▂▄█"
    assert sparkline(VALUES / 8, 4) == "█▂▂█"
    assert sparkline(np.array([np.nan])) == ""
    assert len(sparkline(RANDOM.random(1000))) == 16


def test_a_histogram_in_plain_text():
    window = Abilities(20, 24, protocol="text")
    assert draw_histogram(VALUES, window, {"cut": 4, "t": 1, "end": 7, "far": 90}, lines=8) == (
        """\
██ │     │    ██
██ │     │    ██
████     │  ████
██████  ▄▄██████
─┬─────────┬────
 0         5
   ▲ t 1 ▲ cut 4
         end 7 ▲"""
    )


def test_a_part_in_plain_text():
    for unicode, expected in (
        (True, "░░       │    ██\n░░░░     │  ▄▄██\n░░░░░░  ▃▃▆▆████\n"),
        (False, "::       |    ##\n::::     |  ####\n::::::   |######\n"),
    ):
        window = Abilities(20, 24, protocol="text", unicode=unicode)
        text = draw_histogram(VALUES, window, {"cut": 4}, VALUES[VALUES >= 4], names=("im", "high"), lines=7)
        assert text.startswith(expected)
        assert text.split("\n")[-1] == ("░ im  █ high" if unicode else ": im  # high")
        assert unicode or text.isascii()


def test_a_part_in_colours():
    window = Abilities(20, 24, colours=256, protocol="blocks")
    part = VALUES[(VALUES >= 4) & (VALUES < 7)]
    grey, tint = "\x1b[38;5;246m", "\x1b[38;5;202m"
    lines = draw_histogram(VALUES, window, None, part, lines=5).split("\n")
    assert lines[0] == f"{grey}██            ██\x1b[0m"
    assert lines[1] == f"{grey}████▄▄  \x1b[0m{tint}▂▂▄▄██\x1b[0m{grey}██\x1b[0m"
    assert lines[-1] == f"{grey}█\x1b[0m all  {tint}█\x1b[0m in the mask"


@given(st.integers(1, 200), st.integers(1, 60), st.integers(0, 99), st.sampled_from(["kitty", "blocks", "text"]))
def test_a_histogram_fits_its_window(columns, lines, seed, protocol):
    random = np.random.default_rng(seed)
    window = Abilities(columns, lines, colours=0 if protocol == "text" else MILLIONS, protocol=protocol)
    values = random.normal(size=200) * 10.0 ** random.integers(-3, 9)
    values = values.astype(int) if seed % 2 else values
    marks = {f"mark{i}": float(v) for i, v in enumerate(values[:3])}
    text = draw_histogram(values, window, marks, values[:50])
    rows = re.sub(r"\x1b\[[\d;]*m", "", text).split("\n")
    assert max(map(len, rows[:-1])) <= max(8, columns - 1)
    assert len(rows) <= max(lines - 3, 2 + 2 + 3 + 1)


def test_a_histogram_without_numbers():
    assert draw_histogram(np.array([np.nan]), TEXT) == "no finite values"
