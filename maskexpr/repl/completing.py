"""What may stand at the cursor: names, functions, their arguments, files, commands; and what a call takes there."""

import functools
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from maskexpr.display.pictures import MODES
from maskexpr.functions.arguments import Parameter, value_text
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import DECLARED, Column, Kind
from maskexpr.language.parser.grammar import Token, lex
from maskexpr.library import CATALOGUE, PROPERTIES
from maskexpr.repl.commands import COMMANDS, Command, is_command
from maskexpr.repl.words import words_of
from maskexpr.session import Session

LONGEST = 20_000  # characters: no help is given in longer lines, so that no key waits for it

_DECLARING = {
    "input": "an image that is given from outside",
    "param": "a number, text or truth to tune",
    "def": "a function of one expression",
    "use": "the functions of another file",
    "assert": "what must hold, else an error",
}
_JOINING = ("and", "or", "xor", "in", "not in")
_CONSTANTS = ("true", "false", "none")
_ENDS_VALUE = {"NAME", "NUMBER", "QUANTITY", "TEXT", "TRUE", "FALSE", "NONE", "RPAR", "RSQB"}
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SUFFIXES = {"program": (".mask",), "file": ()}


@dataclass(frozen=True, slots=True)
class Completion:
    """A text that may stand in place of what begins at `start`, how it is listed, and what is said of it."""

    text: str
    start: int
    says: str = ""
    listed: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a session has at one time, looked up once a change and not once a key."""

    names: Mapping[str, Kind] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)  # those defined here, as they are called

    @classmethod
    def of(cls, session: Session) -> "Known":
        """What a session has now."""
        defs = {name: session.definition(name).removeprefix("def ").split(")")[0] + ")" for name in session.functions}
        return cls(session.names, defs)


# --- the place of the cursor -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Bracket:
    """A bracket that is open at the cursor: whose call it is, and which of its arguments the cursor is in."""

    function: str = ""
    commas: int = 0
    keyword: str = ""
    given: list[str] = field(default_factory=list)
    of: str = ""  # the name that square ones stand behind

    @property
    def record(self) -> Function | None:
        return CATALOGUE.get(self.function)

    def parameter(self) -> Parameter | None:
        """The parameter that the cursor writes."""
        record = self.record
        if record is None:
            return None
        if self.keyword:
            return record.parameter(self.keyword)
        return record.parameters[self.commas] if self.commas < len(record.parameters) else None


@dataclass(frozen=True, slots=True)
class _Place:
    """The cursor: the word or text it ends, the statement's tokens before that, and the brackets that are open."""

    word: str
    start: int
    quoted: bool
    before: Sequence[Token]
    brackets: Sequence[_Bracket]


@functools.lru_cache(maxsize=16)
def _place(text: str) -> _Place | None:
    """None within a comment, and in a number."""
    tokens = lex(text)
    word, start, quoted = "", len(text), False
    if tokens and tokens[-1].end_pos == len(text):
        last = tokens[-1]
        if last.type == "UNCLOSED_TEXT":
            word, start, quoted = str(last)[1:], _start(last) + 1, True
            tokens.pop()
        elif _WORD.fullmatch(str(last)):
            word, start = str(last), _start(last)
            tokens.pop()
            if tokens and tokens[-1].type in ("NUMBER", "QUANTITY") and tokens[-1].end_pos == start:
                return None
        elif last.type in ("NUMBER", "QUANTITY"):
            return None
    elif "#" in text[tokens[-1].end_pos if tokens else 0 :].rsplit("\n", 1)[-1]:
        return None
    tokens = list(_statement(tokens))
    return _Place(word, start, quoted, tokens, _open_brackets(tokens))


def _start(token: Token) -> int:
    return token.start_pos or 0


def _statement(tokens: Iterable[Token]) -> Iterator[Token]:
    """The tokens of the last statement."""
    found: list[Token] = []
    depth = 0
    for token in tokens:
        depth += (token.type in ("LPAR", "LSQB")) - (token.type in ("RPAR", "RSQB"))
        if token.type == "NEWLINE" and depth > 0:
            continue
        if token.type in ("NEWLINE", "SEMICOLON"):
            found, depth = [], 0
        else:
            found.append(token)
    return iter(found)


def _open_brackets(tokens: Sequence[Token]) -> list[_Bracket]:
    found: list[_Bracket] = []
    for i, token in enumerate(tokens):
        if token.type in ("LPAR", "LSQB"):
            called = token.type == "LPAR" and i > 0 and tokens[i - 1].type == "NAME"
            is_method = called and i > 1 and tokens[i - 2].type == "DOT"
            taken = token.type == "LSQB" and i > 0 and tokens[i - 1].type == "NAME"
            of = str(tokens[i - 1]) if taken else ""
            found.append(_Bracket(str(tokens[i - 1]) if called else "", commas=int(is_method), of=of))
        elif token.type in ("RPAR", "RSQB"):
            if found:
                found.pop()
        elif found and token.type == "COMMA":
            found[-1].commas += 1
            found[-1].keyword = ""
        elif found and token.type == "ASSIGN" and tokens[i - 1].type == "NAME":
            found[-1].keyword = str(tokens[i - 1])
            found[-1].given.append(str(tokens[i - 1]))
    return found


# --- the signature ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signature:
    """The call that the cursor is in: what comes before the argument it writes, that argument, and what follows."""

    before: str
    argument: str
    after: str


def signature(text: str, known: Known) -> Signature | None:
    """The innermost call that is open at the end of a text."""
    if len(text) > LONGEST or is_command(text):
        return None
    place = _place(text)
    bracket = next((b for b in reversed(place.brackets if place else ()) if b.function), None)
    if bracket is None:
        return None
    if bracket.function in known.functions:
        return Signature(known.functions[bracket.function], "", "")
    record, current = bracket.record, bracket.parameter()
    if record is None:
        return None
    texts = [p.text for p in record.parameters]
    at = record.parameters.index(current) if current else len(texts)
    before = f"{record.name}(" + "".join(f"{t}, " for t in texts[:at])
    after = "".join(f", {t}" for t in texts[at + 1 :]) + f") -> {record.gives.text}"
    if current is None:
        return Signature(before.removesuffix(", "), "", after)
    return Signature(before, texts[at], after)


# --- completions -----------------------------------------------------------------------------------------------------


def completions(text: str, known: Known) -> list[Completion]:
    """What may stand at the end of a text, best first."""
    if len(text) > LONGEST:
        return []
    if is_command(text):
        return list(_in_command(text, known))
    place = _place(text)
    if place is None:
        return []
    if place.quoted:
        return list(_in_text(place, known))
    found = {c.text: c for c in reversed(list(_words(place, known))) if c.text.startswith(place.word)}
    return [*reversed(found.values())]


def _words(place: _Place, known: Known) -> Iterator[Completion]:
    first, previous = (place.before[0], place.before[-1]) if place.before else (None, None)
    at = place.start
    if previous is not None and previous.type == "DOT":
        yield from _functions(at, known)
    elif previous is not None and previous.type == "COLON" and first == "input":
        yield from (Completion(kind, at) for kind in DECLARED)
    elif first in ("input", "param", "def") and len(place.before) == 1:
        return  # a new name
    elif previous is not None and previous.type in _ENDS_VALUE:
        yield from (Completion(f"{word} ", at) for word in _JOINING)
    else:
        yield from _values(place, previous, known)


def _values(place: _Place, previous: Token | None, known: Known) -> Iterator[Completion]:
    """What an expression, or an argument, can begin with."""
    at, inner = place.start, place.brackets[-1] if place.brackets else _Bracket()
    starts = previous is not None and previous.type in ("LPAR", "COMMA")
    if any(_names_properties(b, b is inner) for b in place.brackets):
        yield from (Completion(p.name, at, p.summary) for p in PROPERTIES.values())
    yield from (Completion(c.name, at, str(c.kind.dtype)) for b in place.brackets for c in _columns(b, known))
    choices = _choices(inner, at)
    yield from choices
    if choices and not starts:
        return  # it can be nothing else
    if starts:
        yield from _keywords(inner, at, required=False)
    yield from (Completion(name, at, str(kind)) for name, kind in known.names.items())
    if starts:
        yield from _keywords(inner, at, required=True)
    yield from _functions(at, known)
    if previous is None:
        yield from (Completion(f"{word} ", at, says) for word, says in _DECLARING.items())
    yield from (Completion(word, at) for word in (*_CONSTANTS, "not "))


def _names_properties(bracket: _Bracket, is_inner: bool) -> bool:
    """Whether the cursor is where a call takes properties: the condition of `keep`, all behind the regions."""
    if bracket.function == "keep":
        return bracket.commas == 1 or not is_inner
    return bracket.function == "measure" and bracket.commas > 0


def _columns(bracket: _Bracket, known: Known) -> tuple[Column, ...]:
    """The columns of the table that a bracket takes something of."""
    kind = known.names.get(bracket.of)
    return kind.columns if kind is not None else ()


def _functions(at: int, known: Known) -> Iterator[Completion]:
    yield from (Completion(f"{name}(", at, "defined here", call) for name, call in known.functions.items())
    for record in CATALOGUE.values():
        yield Completion(record.name + ("" if record.bare else "("), at, record.summary, record.call)


def _choices(bracket: _Bracket, at: int) -> list[Completion]:
    """The texts that the argument at the cursor can be."""
    parameter = bracket.parameter()
    choices = parameter.takes.choices if parameter else ()
    return [Completion(f'"{choice}"', at, parameter.name if parameter else "") for choice in choices]


def _keywords(bracket: _Bracket, at: int, *, required: bool) -> Iterator[Completion]:
    """The names of the arguments that are not given yet, those that must be or the others."""
    record = bracket.record
    for position, p in enumerate(record.parameters if record else ()):
        if position >= bracket.commas and p.name not in bracket.given and p.required == required:
            default = "" if p.required else f"; {value_text(p.default)} if left out"
            yield Completion(f"{p.name}=", at, f"{p.takes.noun}{default}")


def _in_text(place: _Place, known: Known) -> Iterator[Completion]:
    """Within quotes: a file of `use` or `input`, or one of the texts that an argument can be."""
    first = str(place.before[0]) if place.before else ""
    if first == "use" and len(place.before) == 1:
        yield from _files(place.word, place.start, "program")
    elif first == "input" and place.before[-1].type == "ASSIGN":
        yield from _files(place.word, place.start, "file")
    elif place.brackets and place.brackets[-1].of:
        names = (column.name for column in _columns(place.brackets[-1], known))
        yield from (Completion(name, place.start) for name in names if name.startswith(place.word))
    elif place.brackets:
        parameter = place.brackets[-1].parameter()
        choices = parameter.takes.choices if parameter else ()
        yield from (Completion(c, place.start) for c in choices if c.startswith(place.word))


# --- commands --------------------------------------------------------------------------------------------------------


def _in_command(text: str, known: Known) -> Iterator[Completion]:
    at = len(text) - len(text.lstrip())
    parts = words_of(text)
    if len(parts) == 1 and not text[-1].isspace():
        yield from (
            Completion(f":{c.name}" + (" " if c.takes else ""), at, c.help)
            for c in COMMANDS.values()
            if f":{c.name}".startswith(text.strip())
        )
        return
    command = Command.named(parts[0].text[1:])
    if command is None:
        return
    if text[-1].isspace() and not parts[-1].open:
        word, start, quoted, position = "", len(text), False, len(parts) - 1
    else:
        word, start, position = parts[-1].text, parts[-1].start, len(parts) - 2
        quoted = text[start] in "\"'"
    taken = command.takes[min(position, len(command.takes) - 1)] if command.takes else ""
    if taken == "shown" and position and parts[position].text == "by":
        taken = "column"
    if taken in ("file", "program"):
        yield from _command_files(word, start, taken, quoted)
    elif taken == "value":
        value_at = parts[2].start if len(parts) > 2 else len(text)
        inner = completions(text[value_at:], known)
        yield from (Completion(c.text, c.start + value_at, c.says) for c in inner)
    else:
        yield from (Completion(w, start, says) for w, says in _command_words(taken, known) if w.startswith(word))


def _command_words(taken: str, known: Known) -> Iterator[tuple[str, str]]:
    if taken in ("name", "topic"):
        yield from ((name, str(kind)) for name, kind in known.names.items())
    if taken == "topic":
        yield from ((name, call) for name, call in known.functions.items())
        yield from ((f":{c.name}", c.help) for c in COMMANDS.values())
        yield from ((record.name, record.summary) for record in CATALOGUE.values())
    elif taken == "shown":
        yield from ((mode, "") for mode in MODES)
        yield from ((name, str(kind)) for name, kind in known.names.items() if kind.is_array)
        yield ("by", "the colours of a column of a table")
    elif taken == "column":
        kinds = known.names.items()
        yield from ((f'{name}["{column.name}"]', str(column.kind)) for name, kind in kinds for column in kind.columns)
    elif "|" in taken:
        yield from ((word, "") for word in taken.split("|"))


def _command_files(word: str, start: int, taken: str, quoted: bool) -> Iterator[Completion]:
    """Files, in quotes where their names have blanks."""
    for found in _files(word, start, taken):
        if quoted or " " in found.text:
            closing = "" if found.text.endswith("/") else '"'
            yield Completion(f'"{found.text}{closing}', start, found.says)
        else:
            yield found


def _files(word: str, start: int, taken: str) -> Iterator[Completion]:
    """Files and folders that begin so, as far as they can be read; folders end with a slash."""
    folder, name = os.path.split(word)
    wanted = _SUFFIXES[taken]
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:
            found = sorted((e.name, e.is_dir()) for e in entries if e.name.startswith(name))
    except OSError:
        return
    for entry, is_folder in found:
        hidden = entry.startswith(".") and not name.startswith(".")
        if hidden or not (is_folder or entry.endswith(wanted or entry)):
            continue
        yield Completion(os.path.join(folder, entry) + ("/" if is_folder else ""), start)
