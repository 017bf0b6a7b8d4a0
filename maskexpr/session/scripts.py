"""A session's lines as a program of their own: what led to some names, without the detours."""

import functools
import itertools
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maskexpr.diagnostics.source import Source, Span
from maskexpr.functions.arguments import value_text
from maskexpr.kinds.quantity import Quantity
from maskexpr.language import nodes
from maskexpr.language.formatting import format
from maskexpr.language.limits import Limits
from maskexpr.language.parser import parse


def names_in(node: nodes.Node) -> Iterator[tuple[nodes.Name, bool]]:
    """The names a piece of syntax uses, and whether each is called as a function."""
    stack: list[object] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, nodes.Name):
            yield current, False
        elif isinstance(current, nodes.Keyword):
            stack.append(current.value)
        elif isinstance(current, nodes.Call):
            yield current.function, True
            stack.extend(current.arguments)
        elif isinstance(current, tuple) and not isinstance(current, Span):
            stack.extend(current)
        elif isinstance(current, nodes.Node) and not isinstance(current, nodes.Operator):
            stack.extend(current.parts[1:])


@dataclass(frozen=True, slots=True)
class Line:
    """One statement: its text, and what was read in it."""

    text: str
    node: nodes.Statement

    @property
    def defines(self) -> str:
        """The name whose value it computes; "" where it gives none."""
        return self.node.name.text if isinstance(self.node, nodes.Assignment) else ""

    @property
    def declares(self) -> str:
        """What it says once for the whole program: an input, a param, a `def`; "" for others."""
        node = self.node
        return node.name.text if isinstance(node, nodes.Input | nodes.Param | nodes.Def) else ""

    @property
    def body(self) -> nodes.Expression | None:
        """The expression that it computes."""
        match self.node:
            case nodes.Assignment() | nodes.Bare():
                return self.node.value
            case nodes.Assert():
                return self.node.condition
            case _:
                return None


@functools.lru_cache(maxsize=4096)
def _statements(text: str) -> tuple[Line, ...]:
    parsed = parse(Source(text, ""), Limits())
    return tuple(_line(text, node) for node in parsed.module.statements)


def _line(text: str, node: nodes.Statement) -> Line:
    """A statement by itself. An output is an assignment here, or a look at a name: what a session keeps may change."""
    start = node.name.span.start if isinstance(node, nodes.Output) else node.span.start
    alone = text[start : node.span.stop]
    return Line(alone, parse(Source(alone, ""), Limits()).module.statements[0])


def statements(lines: Iterable[str]) -> list[Line]:
    """The statements of some texts, one after another; each with spans in its own text."""
    return [line for text in lines for line in _statements(text)]


def inlined(lines: Iterable[Line], used: Mapping[str, str]) -> list[Line]:
    """The lines with what the files of `use` define in its place, the texts of those files given by their paths."""
    found: dict[str, Line] = {}
    lines = list(lines)
    taken = {name for line in lines for name in (line.defines, line.declares)}
    for i, line in enumerate(lines):
        if isinstance(line.node, nodes.Use):
            inner = inlined(statements([used[line.node.path.value]]), used)
            kept = [other for other in inner if isinstance(other.node, nodes.Def | nodes.Param)]
            found.update((other.text, other) for other in _apart(kept, taken))
        else:
            found[line.text if line.declares else f"{i} {line.text}"] = line  # what is declared is so once
    return [*found.values()]


def _apart(lines: list[Line], taken: set[str]) -> list[Line]:
    """The lines of another file; its params, which nothing outside it sees, get names of their own."""
    for line in lines:
        old = line.declares
        if isinstance(line.node, nodes.Param) and old in taken:
            new = next(name for i in itertools.count(2) if (name := f"{old}_{i}") not in taken)
            taken.add(new)
            lines = [_renamed(other, old, new) for other in lines]
    return lines


def _renamed(line: Line, old: str, new: str) -> Line:
    """A param or def with another name for a param."""
    spans = []
    if isinstance(line.node, nodes.Param) and line.declares == old:
        spans = [line.node.name.span]
    elif isinstance(line.node, nodes.Def) and all(p.text != old for p in line.node.parameters):
        spans = [name.span for name, called in names_in(line.node.body) if name.text == old and not called]
    text = line.text
    for span in sorted(spans, reverse=True):
        text = text[: span.start] + new + text[span.stop :]
    return _statements(text)[0]


def needed(lines: Sequence[Line], names: Iterable[str]) -> list[Line]:
    """The lines that lead to the last values of some names, asserts among them."""
    live, called, kept = set(names), set[str](), set[int]()
    numbered = list(enumerate(lines))
    for i, line in reversed(numbered):  # a line counts for what comes after it
        if line.body is not None and (line.defines in live or isinstance(line.node, nodes.Assert)):
            kept.add(i)
            live.discard(line.defines)
            _use(line.body, live, called)
    for i, line in reversed(numbered):  # a def sees earlier ones only
        if isinstance(line.node, nodes.Def) and line.declares in called:
            kept.add(i)
            inside: set[str] = set()
            _use(line.node.body, inside, called)
            live |= inside - {parameter.text for parameter in line.node.parameters}
    for i, line in numbered:
        is_declared = isinstance(line.node, nodes.Input | nodes.Param) and line.declares in live
        if is_declared or (isinstance(line.node, nodes.Use) and called):
            kept.add(i)
    return [lines[i] for i in sorted(kept)]


def _use(body: nodes.Node, live: set[str], called: set[str]) -> None:
    for name, is_call in names_in(body):
        (called if is_call else live).add(name.text)


def is_number(line: Line) -> bool:
    """Whether a line gives a name a number, a length or a size as it stands."""
    return isinstance(line.node, nodes.Assignment) and _is_literal(line.node.value)


def _is_literal(node: nodes.Expression) -> bool:
    if isinstance(node, nodes.Unary):
        return node.operator.symbol == "-" and isinstance(node.operand, nodes.Number | nodes.Quantity)
    return isinstance(node, nodes.Number | nodes.Quantity)


def value_of(line: Line) -> str:
    """What stands right of the = in an assignment."""
    assert isinstance(line.node, nodes.Assignment)
    return line.text[slice(*line.node.value.span)]


def with_params(lines: Sequence[Line], outputs: Iterable[str]) -> list[Line]:
    """The lines with the numbers that were tuned as params, which a run may be given other values for."""
    given = Counter(line.defines or line.declares for line in lines)
    kept = {line.declares for line in lines} | set(outputs)
    return [
        _statements(f"param {line.text}")[0]
        if is_number(line) and given[line.defines] == 1 and line.defines not in kept
        else line
        for line in lines
    ]


def script(lines: Sequence[Line], outputs: Iterable[str], params: Mapping[str, Any], paths: Mapping[str, str]) -> str:
    """A program that gives some names their last values: params with the values in force, inputs with their files."""
    names, texts = list(outputs), []
    for line in needed(lines, names):
        node, text = line.node, in_force(line, params)
        if isinstance(node, nodes.Input) and node.default is not None and line.declares in paths:
            text = _replaced(text, node.default, value_text(paths[line.declares]))
        texts.append(text)
    return format("\n".join([*texts, *(f"output {name}" for name in names)]))


def in_force(line: Line, params: Mapping[str, Any]) -> str:
    """The text of a line, of a param with the value it has."""
    if isinstance(line.node, nodes.Param) and line.declares in params:
        return _replaced(line.text, line.node.value, _literal(params[line.declares]))
    return line.text


def _replaced(text: str, node: nodes.Node, new: str) -> str:
    return text[: node.span.start] + new + text[node.span.stop :]


def _literal(value: Any) -> str:
    return str(value) if isinstance(value, Quantity) else value_text(value)


def flags(flag: str, texts: Mapping[str, str | None]) -> list[str]:
    """What is stated of inputs as it is written on a command line: once where it is the same of all."""
    if len(set(texts.values())) == 1:
        return [f"{flag}={text}" for text in set(texts.values()) if text]
    return [f"{flag}={name}={text}" for name, text in texts.items() if text]


def relative(path: Path, folder: Path) -> str:
    """A path as a file in a folder names it, with slashes on every system."""
    return os.path.relpath(path, folder).replace(os.sep, "/")
