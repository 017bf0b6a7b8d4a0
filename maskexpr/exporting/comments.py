"""The comments of a program, and which statement each stands at."""

import re
from dataclasses import dataclass

from maskexpr.diagnostics.source import Source
from maskexpr.language import nodes

_TEXT_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|#[^\n]*')


@dataclass(frozen=True, slots=True)
class Comments:
    """What stands at the head of a program, above or beside each of its statements, by where these start, and below
    the last one."""

    head: tuple[str, ...]
    at: dict[int, tuple[str, ...]]
    tail: tuple[str, ...] = ()


def comments_of(source: Source, statements: tuple[nodes.Statement, ...], starts: list[int]) -> Comments:
    """The comments above a statement are those since the one before, but for one on the line where that ends."""
    text = source.text
    found = [m for m in _TEXT_OR_COMMENT.finditer(text) if m.group().startswith("#")]
    at: dict[int, list[str]] = {start: [] for start in starts}
    head: list[str] = []
    tail: list[str] = []
    for match in found:
        place = match.start()
        before = [start for start in starts if start < place]
        line_start = text.rfind("\n", 0, place) + 1
        if before and text[line_start:place].strip():
            at[before[-1]].append(match.group()[1:])
            continue
        following = next((start for start in starts if start > place), None)
        (tail if following is None else at[following]).append(match.group()[1:])
    first = starts[0] if starts else len(text)
    block = text[:first]
    gap = re.search(r"\n[ \t]*\n", block)
    if gap:
        opening = block[: gap.start()]
        if opening.strip().startswith("#"):
            head = [line.strip().removeprefix("#") for line in opening.split("\n")]
            at[first] = at[first][len(head) :] if starts else []
    return Comments(
        tuple(line.removeprefix(" ") for line in head),
        {start: tuple(lines) for start, lines in at.items()},
        tuple(tail),
    )
