"""The prompt on prompt_toolkit, without a terminal: what its bar and its menu say, and what is done without it."""

import sys
import types

import pytest
from helpers.repl_typing import Typing

from maskexpr.library import CATALOGUE
from maskexpr.repl import conversation, plain

pytest.importorskip("prompt_toolkit")
pytest.importorskip("pygments")

from prompt_toolkit.application import create_app_session
from prompt_toolkit.application.current import set_app
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from maskexpr.repl import prompt
from maskexpr.repl.reading import Reader


@pytest.fixture
def reads(typing: Typing):
    """The prompt of a session."""
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        made = prompt._Prompt(Reader(typing.talk, sys.stdout, sys.stderr), "")
        with set_app(made._session.app):
            yield made


def shown(parts) -> str:
    return "".join(part[1] for part in parts)


def test_the_bar_shows_the_call_that_the_cursor_is_in(reads) -> None:
    reads._session.default_buffer.reset(Document("dilate(im > 3, "))
    assert "shape=" in shown(reads._bar())


@pytest.mark.parametrize("columns", [1, 20, 80])
def test_no_bar_is_empty(reads, columns: int) -> None:
    for text in ("", ":", ":set low", "im > ", *(f"{name}(" for name in CATALOGUE)):
        parts = reads._help(text, columns)
        assert type(parts) is list
        assert 0 < len(shown(parts)) <= columns, text


def test_a_fault_in_what_helps_is_shown_and_stops_nothing(reads, monkeypatch, capsys) -> None:
    def fail(*given):
        raise ZeroDivisionError("of ours")

    for module in (prompt, plain):
        monkeypatch.setattr(module, "completions", fail)
    monkeypatch.setattr(prompt, "signature", fail)
    assert "a fault of maskexpr" in shown(reads._bar())
    completer = reads._session.completer
    (found,) = completer.get_completions(Document("im"), CompleteEvent())
    assert found.text == ""
    assert "ZeroDivisionError: of ours" in found.display_text
    readline = types.SimpleNamespace(
        get_begidx=lambda: 0,
        get_endidx=lambda: 2,
        get_line_buffer=lambda: "im",
        set_completer=lambda complete: complete("im", 0),
        set_completer_delims=lambda text: None,
        parse_and_bind=lambda text: None,
    )
    plain._complete(readline, dict)
    assert "ZeroDivisionError: of ours" in capsys.readouterr().err


class Without:
    """Finds no package of a name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(self, fullname, path=None, target=None) -> None:
        if fullname.partition(".")[0] == self._name:
            raise ModuleNotFoundError(f"No module named {self._name!r}", name=self._name)


@pytest.mark.parametrize("name", ["prompt_toolkit", "pygments"])
def test_packages_that_are_not_there_or_cannot_be_used_are_done_without(monkeypatch, capsys, name: str) -> None:
    assert conversation._with_prompt_toolkit() is prompt.start
    for module in [m for m in sys.modules if m.partition(".")[0] in ("prompt_toolkit", "pygments")]:
        monkeypatch.delitem(sys.modules, module)
    for module in ("maskexpr.repl.prompt", "maskexpr.repl.highlighting"):
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.delattr("maskexpr.repl.prompt")
    monkeypatch.setattr(sys, "meta_path", [Without(name), *sys.meta_path])
    assert conversation._with_prompt_toolkit() is None
    assert capsys.readouterr().err == ""
    monkeypatch.setitem(sys.modules, name, types.ModuleType(name))  # as an empty folder is
    assert conversation._with_prompt_toolkit() is None
    assert "is there but cannot be used" in capsys.readouterr().err
