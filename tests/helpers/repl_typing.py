"""Typing into a session that has no terminal."""

import io

from maskexpr.display.terminal import Abilities
from maskexpr.repl.commands import Talk
from maskexpr.repl.reading import Reader
from maskexpr.repl.screen import Screen
from maskexpr.session import Session


class Typing:
    """A session to type into; what it prints."""

    def __init__(self, abilities=Abilities(), timed=False):  # noqa: B008 - it is frozen
        self.session = Session()
        self.talk = Talk(self.session, Screen(abilities, timed=timed))
        self._out, self._err = io.StringIO(), io.StringIO()
        self.reader = Reader(self.talk, self._out, self._err)

    def __call__(self, text):
        """What is printed for a text that is done."""
        assert self.reader.do(text), self._err.getvalue()
        return self._taken(self._out)

    def mistake(self, text):
        """What is said of a text that cannot be done."""
        before = self.session.lines, self.session.names
        assert not self.reader.do(text)
        assert (self.session.lines, self.session.names) == before
        return self._taken(self._err)

    @property
    def warned(self):
        return self._taken(self._err)

    def _taken(self, stream):
        text = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        return text
