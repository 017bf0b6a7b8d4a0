"""What goes wrong, as data: a diagnostic knows its place and draws itself; a MaskError carries diagnostics."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from maskexpr.diagnostics.printing import printable
from maskexpr.diagnostics.source import Source, Span

Severity = Literal["error", "warning"]

# A caret under column 5,000 helps nobody: longer lines are shown as a window around the place.
_WINDOW = 100
MOST_SHOWN = 50
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # controls, halves of characters, breaks of lines


class Change(NamedTuple):
    """A text to be put in the place of another."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One error or warning: a stable code, the cause, a way out, and the place it was found.

    Attributes
    ----------
    code
        What went wrong, for programs: `maskexpr.error_codes()` lists them, and none changes its meaning.
    message, hint
        The cause, and one way out; for persons, on one line each, with control characters visible.
    span, source
        Where it is: characters start to stop of a text. None where it is not in a program.
    severity
        "error" or "warning".
    change
        What the hint says to write, and in the place of what, where that is certain; else None.
    """

    code: str
    message: str
    hint: str = ""
    span: Span | None = None
    source: Source | None = None
    severity: Severity = "error"
    change: Change | None = None

    @property
    def place(self) -> str:
        """`name:line:column`, or an empty text where the mistake is not in a program."""
        if self.source is None or self.span is None:
            return ""
        line, column = self.source.position(self.span.start)
        return f"{printable(self.source.name)}:{line}:{column}"

    @property
    def line(self) -> int | None:
        """The line that it is in, from 1; None where it is not in a program."""
        return None if self.source is None or self.span is None else self.source.position(self.span.start)[0]

    @property
    def column(self) -> int | None:
        """The character in its line that it begins with, from 1; None where it is not in a program."""
        return None if self.source is None or self.span is None else self.source.position(self.span.start)[1]

    @property
    def fix(self) -> str | None:
        """The whole text with what the hint says in place of the mistake, which is then gone; None where that is not
        certain.
        """
        if self.change is None or self.source is None:
            return None
        span, text = self.change.span, self.source.text
        return text[: span.start] + self.change.text + text[span.stop :]

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON has it: the same keys for each, None where it is not in a program.

        `span` is [start, stop], in characters of the text, which `source` names.
        """
        return {
            "severity": self.severity,
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "span": None if self.span is None else [self.span.start, self.span.stop],
            "line": self.line,
            "column": self.column,
            "source": None if self.source is None else printable(self.source.name),
            "fix": self.fix,
        }

    @property
    def quoted(self) -> str:
        """What is written at its place; an empty text where it has none."""
        return "" if self.source is None or self.span is None else self.source.quote(self.span)

    def render(self) -> str:
        """The whole text a person reads: place and cause, the source line, a caret under the span, the way out."""
        if self.source is None or self.span is None:
            return f"{self.severity}: {self.message}" + (f"; {self.hint}" if self.hint else "")
        text = f"{self.place}: {self.severity}: {self.message}\n{_excerpt(self.source, self.span)}"
        return text + (f"\n  {self.hint}" if self.hint else "")


def _excerpt(source: Source, span: Span) -> str:
    number, column = source.position(span.start)
    line = source.line(number)
    start = min(column - 1, len(line))
    stop = max(start + 1, min(start + span.stop - span.start, len(line)))
    left = 0 if len(line) <= _WINDOW else max(0, start - _WINDOW // 2)
    right = min(len(line), left + _WINDOW)
    shown = ("… " if left else "") + _printable(line[left:right]) + (" …" if right < len(line) else "")
    before = ("… " if left else "") + _printable(line[left:start])
    marked = _printable(line[start : min(stop, right)])
    return f"    {shown}\n    {' ' * _width(before)}{'^' * max(1, _width(marked))}"


def _printable(text: str) -> str:
    """Tabs as one blank and control characters as a dot, so that the caret stands where the eye expects it."""
    return "".join(" " if c == "\t" else "·" if unicodedata.category(c) in _UNSEEN else c for c in text)


def _width(text: str) -> int:
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class MaskError(Exception):
    """Base of every error maskexpr raises; carries all the diagnostics found at once.

    `code`, `message`, `hint` and `span` are those of the first diagnostic; `diagnostics` holds them all.
    """

    def __init__(self, diagnostics: Diagnostic | Iterable[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = (
            (diagnostics,) if isinstance(diagnostics, Diagnostic) else tuple(diagnostics)
        )
        super().__init__(self.diagnostics)

    @property
    def code(self) -> str:
        return self.diagnostics[0].code

    @property
    def message(self) -> str:
        return self.diagnostics[0].message

    @property
    def hint(self) -> str:
        return self.diagnostics[0].hint

    @property
    def span(self) -> Span | None:
        return self.diagnostics[0].span

    def to_dict(self) -> dict[str, Any]:
        """The error as JSON has it: what it is, and the diagnostics that it shows; `more` counts those beyond."""
        shown = [diagnostic.to_dict() for diagnostic in self.diagnostics[:MOST_SHOWN]]
        return {"error": type(self).__name__, "diagnostics": shown, "more": len(self.diagnostics) - len(shown)}

    def __str__(self) -> str:
        shown = [d.render() for d in self.diagnostics[:MOST_SHOWN]]
        more = len(self.diagnostics) - MOST_SHOWN
        if more > 0:
            shown.append(f"... and {more} more")
        return "\n".join(shown)


class ProgramError(MaskError):
    """The program is wrong: its syntax, names, kinds, shapes or arguments. No pixel was touched."""


class InputError(MaskError):
    """What the program was given is wrong: an input is missing, unknown, or of a type that cannot be an image."""


class RunError(MaskError):
    """The pixels made a step impossible: an assert failed, a threshold or mean had nothing to work on."""


class LimitError(MaskError):
    """A program, or a run of one, is over a bound of `Limits`; which, its code says (`limit-seconds`)."""


class CancelledError(MaskError):
    """Whoever asked for a run does not want it any more: what was given as `cancel` is set."""


class WorkerError(MaskError):
    """A process that ran a program ended before it was done; the next call gets another one."""


class FileError(MaskError):
    """A file could not be found, read, decoded or written."""


class MaskWarning(UserWarning):
    """What is suspicious in a program that is called, or in what it finds, as `warnings` gives it out.

    `diagnostic` holds it, with its place.
    """

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic

    @property
    def code(self) -> str:
        return self.diagnostic.code

    @property
    def message(self) -> str:
        return self.diagnostic.message

    @property
    def hint(self) -> str:
        return self.diagnostic.hint

    @property
    def span(self) -> Span | None:
        return self.diagnostic.span

    def __str__(self) -> str:
        return self.diagnostic.render()
