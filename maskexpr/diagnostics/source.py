"""Program texts and places in them."""

import bisect
import re
from array import array
from dataclasses import dataclass, field
from typing import NamedTuple

_LONGEST_QUOTE = 200  # in a message
_LINE_BREAK = re.compile("\n")


class Span(NamedTuple):
    """Half-open range of character offsets in a source text."""

    start: int
    stop: int

    def to(self, other: "Span") -> "Span":
        """The span from the start of this one to the end of `other`."""
        return Span(self.start, other.stop)


@dataclass(frozen=True, slots=True)
class Source:
    """A program text and the name to show for it in messages."""

    text: str
    name: str = "expression"
    _starts: "array[int]" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", array("q", [0]))
        self._starts.extend(match.end() for match in _LINE_BREAK.finditer(self.text))

    def __reduce__(self) -> "tuple[type[Source], tuple[str, str]]":
        """Pickled as the texts that it is, and nothing that follows from them."""
        return Source, (self.text, self.name)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1."""
        line = bisect.bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line counted from 1, without its line break."""
        start = self._starts[number - 1]
        stop = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:stop].rstrip("\r\n")

    def quote(self, span: Span) -> str:
        """The text a span covers, for a message: on one line, its middle left out where it is long."""
        if span.stop - span.start <= _LONGEST_QUOTE:
            return " ".join(self.slice(span).split())
        half = _LONGEST_QUOTE // 2
        ends = self.text[span.start : span.start + half], self.text[span.stop - half : span.stop]
        return " ... ".join(" ".join(end.split()) for end in ends)

    def slice(self, span: Span) -> str:
        """The text a span covers."""
        return self.text[span.start : span.stop]
