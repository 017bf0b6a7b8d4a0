"""The prompt on prompt_toolkit: colours, completion, history and suggestions, several lines, a bar that helps."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application, get_app
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer
from prompt_toolkit.completion import Completion as Offered
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import has_focus, is_searching
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import PygmentsLexer
from prompt_toolkit.styles import Style

from maskexpr.repl.commands import Command, is_command
from maskexpr.repl.completing import Known, completions, signature
from maskexpr.repl.highlighting import MaskLexer, style
from maskexpr.repl.history import kept_file
from maskexpr.repl.reading import Reader, ends, fault, is_open

_PROMPT, _GOES_ON = "> ", "... "
_MENU_LINES = 10  # that the menu of completions takes below the prompt


def start(reader: Reader, typed: str = "") -> None:
    """Converse until the end. `typed` came before the first prompt."""
    prompt = _Prompt(reader, typed)
    reader.converse(prompt.read)


class _Prompt:
    """Reads a text, knowing the session as it is before it is typed: nothing of it is worked out at a key."""

    def __init__(self, reader: Reader, typed: str) -> None:
        self._reader, self._typed = reader, typed
        self._known = Known()
        self._session: PromptSession[str] = PromptSession(
            history=_history(),
            auto_suggest=AutoSuggestFromHistory(),
            lexer=PygmentsLexer(MaskLexer),
            completer=_Completer(lambda: self._known),
            complete_while_typing=False,
            enable_history_search=True,
            search_ignore_case=True,
            multiline=True,
            prompt_continuation=[("class:prompt", _GOES_ON)],
            key_bindings=_bindings(),
            bottom_toolbar=self._bar,
            style=Style.from_dict(style(coloured=not os.environ.get("NO_COLOR"))),
            include_default_pygments_style=False,
            reserve_space_for_menu=_MENU_LINES,
        )
        self._session.app.before_render += self._fit_menu

    def read(self) -> str | None:
        """The next text; None at Ctrl-D."""
        talk = self._reader.talk
        self._known = Known.of(talk.session)
        typed, self._typed = self._typed, ""
        try:
            text = self._session.prompt([("class:prompt", _PROMPT)], default=typed)
        except EOFError:
            return None
        talk.screen.fit()
        return text

    def _fit_menu(self, app: Application[str]) -> None:
        """Leave the menu what a short window has, beside the bar and a line of what is above: else nothing is drawn."""
        self._session.reserve_space_for_menu = max(1, min(_MENU_LINES, app.output.get_size().rows - 2))

    def _bar(self) -> StyleAndTextTuples:
        text = get_app().current_buffer.document.text_before_cursor
        columns = get_app().output.get_size().columns - 1
        try:
            return self._help(text, columns)
        except Exception as error:  # no fault in what helps may stop what is typed; nor is it kept quiet
            return _cut([("", fault(error))], columns)

    def _help(self, text: str, columns: int) -> StyleAndTextTuples:
        """What helps at the cursor: the call it is in, the command, else what there is."""
        call = signature(text, self._known)
        if call is not None:
            parts = [("", call.before), ("class:bottom-toolbar.now", call.argument), ("", call.after)]
            return _cut(parts, columns)
        if is_command(text):
            command = Command.named(text.strip()[1:].partition(" ")[0])
            return _cut([("", f"{command.usage}  {command.help}" if command else "Tab lists the commands")], columns)
        names = [f"{name} {kind.name}" for name, kind in self._known.names.items()]
        functions = [f"{name}()" for name in self._known.functions]
        if not names and not functions:
            return [("", "Tab completes   :help explains   Ctrl-D leaves"[:columns])]
        return _cut([("", "   ".join([*functions, *names][::-1]))], columns)


def _cut(parts: list[tuple[str, str]], columns: int) -> StyleAndTextTuples:
    """Parts of a line as far as they fit; of one that is too long, from where it is at."""
    before = parts[0][1]
    needed = sum(len(text) for _, text in parts[:2])
    if len(parts) > 1 and needed > columns - 3:
        parts = [("", "..." + before[needed - columns + 6 :]), *parts[1:]]
    room = columns
    found: StyleAndTextTuples = []
    for look, text in parts:
        if len(text) > room:
            text = text[: max(0, room - 3)] + "..."[:room]
        found.append((look, text))
        room -= len(text)
    return found


class _Completer(Completer):
    def __init__(self, known: Callable[[], Known]) -> None:
        self._known = known

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Offered]:
        text = document.text_before_cursor
        try:
            offered = completions(text, self._known())
        except Exception as error:  # as for the bar
            yield Offered("", display=fault(error))
            return
        for found in offered:
            # An opening bracket is there already where a name is changed.
            whole = found.text.removesuffix("(") if document.text_after_cursor.startswith("(") else found.text
            listed = found.listed or found.text.strip()
            yield Offered(whole, found.start - len(text), display=listed, display_meta=found.says)


def _bindings() -> KeyBindings:
    bindings = KeyBindings()

    @bindings.add("enter", filter=has_focus(DEFAULT_BUFFER) & ~is_searching)
    def enter(event: KeyPressEvent) -> None:
        """Take what is chosen in the menu; go on in an open bracket; else it is done. Alt-Enter always is."""
        buffer = event.current_buffer
        if buffer.complete_state and buffer.complete_state.current_completion:
            buffer.complete_state = None
        elif is_open(buffer.text) and not ends(buffer.text):
            buffer.newline()
        else:
            buffer.validate_and_handle()

    return bindings


# --- history ---------------------------------------------------------------------------------------------------------


class _KeptHistory(FileHistory):
    """Lines in a file, which may fail without a word: what is typed matters more."""

    def load_history_strings(self) -> Any:
        with suppress(OSError):
            return [*super().load_history_strings()]
        return []

    def store_string(self, string: str) -> None:
        with suppress(OSError, ValueError):
            super().store_string(string)


def _history() -> History:
    path = kept_file("history")
    return InMemoryHistory() if path is None else _KeptHistory(str(path))
