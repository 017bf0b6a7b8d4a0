"""Texts that know where they may be broken, and how they are fitted into a width.

The method is Wadler's ("A prettier printer", 2003) as later formatters have it: a group stands on one line if it fits,
else each of its own breaks is a line break. Nothing recurses, since brackets may be thousands deep.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

_STEP = 4  # blanks that a level is indented by


@dataclass(frozen=True, slots=True)
class Text:
    """What stands on one line."""

    text: str


@dataclass(frozen=True, slots=True)
class Break:
    """A line break if its group is broken, else what stands there in one line."""

    flat: str = ""


@dataclass(frozen=True, slots=True)
class LineEnd:
    """A line break, whatever fits."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A comment that goes behind its line: what stands around it cannot be on one."""

    comment: str


@dataclass(frozen=True, slots=True)
class IfBroken:
    """What is there only if its group is broken."""

    text: str


@dataclass(frozen=True, slots=True)
class Filled:
    """Short texts with commas between them, as many on a line as fit if their group is broken."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Several:
    """One after another: in a group of their own, or deeper indented, or just that."""

    parts: tuple["Document", ...]
    is_group: bool = False
    is_indented: bool = False
    is_forced: bool = field(init=False)  # there is something in it that never fits on one line

    def __post_init__(self) -> None:
        forced = any(isinstance(p, LineEnd | Behind) or (isinstance(p, Several) and p.is_forced) for p in self.parts)
        object.__setattr__(self, "is_forced", forced)


Document = Text | Break | LineEnd | Behind | IfBroken | Filled | Several


def together(*parts: Document) -> Several:
    return Several(parts)


def group(*parts: Document) -> Several:
    return Several(parts, is_group=True)


def indented(*parts: Document) -> Several:
    return Several(parts, is_indented=True)


def fitted(document: Document, width: int) -> str:
    """A document in lines no longer than a width, where it can be broken so."""
    return _Printer(width, [(0, True, document)]).printed()


_Waiting = tuple[int, bool, Document]  # indented by, in a group that is broken


@dataclass(slots=True)
class _Printer:
    width: int
    waiting: list[_Waiting]
    done: list[str] = field(default_factory=list)
    column: int = 0
    comment: str = ""

    def printed(self) -> str:
        while self.waiting:
            self._print(*self.waiting.pop())
        return "".join(self.done) + self.comment

    def _print(self, indent: int, broken: bool, document: Document) -> None:
        match document:
            case Several():
                if document.is_group:
                    broken = document.is_forced or not self._fits(document)
                inside = indent + _STEP if document.is_indented else indent
                self.waiting.extend((inside, broken, part) for part in reversed(document.parts))
            case LineEnd():
                self._end_line(indent)
            case Break(flat):
                if broken:
                    self._end_line(indent)
                else:
                    self._write(flat)
            case Behind(comment):
                self.comment = f"  {comment}"
            case Filled(texts) if broken:
                self._fill(indent, texts)
            case _:
                self._write(_flat(document, broken))

    def _write(self, text: str) -> None:
        self.done.append(text)
        self.column += len(text)

    def _end_line(self, indent: int) -> None:
        self.done.append(f"{self.comment}\n{' ' * indent}")
        self.column, self.comment = indent, ""

    def _fill(self, indent: int, texts: Sequence[str]) -> None:
        for i, text in enumerate(texts):
            if i and self.column + len(", ,") + len(text) > self.width:
                self._write(",")
                self._end_line(indent)
            elif i:
                self._write(", ")
            self._write(text)

    def _fits(self, document: Document) -> bool:
        """Whether a group fits on the line, with what stands behind it up to where that can be broken."""
        left, behind, broken = self.width - self.column, len(self.waiting), False
        stack: list[tuple[bool, Document]] = [(False, document)]
        while left >= 0:
            if not stack:
                if not behind:
                    return True
                behind -= 1
                _, broken, document = self.waiting[behind]
                stack.append((broken, document))
            broken, document = stack.pop()
            if isinstance(document, Several):
                stack.extend((broken, part) for part in reversed(document.parts))
            elif isinstance(document, LineEnd) or (broken and isinstance(document, Break | Filled)):
                return True
            elif not isinstance(document, Behind):
                left -= len(_flat(document, broken))
        return False


def _flat(document: Document, broken: bool) -> str:
    match document:
        case Text(text):
            return text
        case Break(flat):
            return flat
        case IfBroken(text):
            return text if broken else ""
        case Filled(texts):
            return ", ".join(texts)
        case _:
            return ""
