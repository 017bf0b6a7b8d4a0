"""The journal of a study: what became of each image, put down at once, so that a study that was ended goes on later.

It is a file of JSON lines beside the outputs. Each run begins with a line that says what is done; one for each image
follows. Nothing that was put down is changed: a later line on an image goes before an earlier one, and each says by
itself which program and params it is of. The process that was started writes it alone, a line at a time, each on the
disk before the next image is reported; at its end a line has its checksum, so that what a disk or a person did to it is
seen. A last line that was cut short is that of a run that was killed, and as if it were not there.
"""

import base64
import hashlib
import json
import math
import os
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from maskexpr import __version__
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, FileError, InputError
from maskexpr.files.access import resolved
from maskexpr.files.decoding.naming import shown
from maskexpr.files.images import put
from maskexpr.files.images.replacing import refusals
from maskexpr.inside import declared
from maskexpr.kinds.table import Table
from maskexpr.studies.case import Case
from maskexpr.studies.locking import Lock
from maskexpr.studies.outcome import Outcome
from maskexpr.studies.task import Task

_CHECK = ', "check": "'
_DIGITS = 16  # of a line's SHA-256
_NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}

NAME = "maskexpr-journal.jsonl"

Key = tuple[str, str, tuple[tuple[str, str], ...]]
"""What tells a line on an image from those on all others, in this run and in others: the name of the program, that of
the image, and all files that it is used with."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a journal on an image: what became of it, by which task."""

    key: Key
    task: str
    names: Mapping[str, str]
    outcome: Outcome


class Known:
    """What a journal says, which may be written meanwhile."""

    def __init__(self, path: Path, task: Task, *, tables: bool = False) -> None:
        self.path, self.task, self.warnings = path, identity(task), list[Diagnostic]()
        self._task, self._program = task, program_of(task)
        self._lines = _content(path).split(b"\n")
        read = self._read = _read(self._lines, tables)
        self.entries = read.entries
        """The last line on each image."""
        if read.damaged and not read.known:
            raise InputError(messages.JOURNAL_OF_OTHERS.anywhere(path=shown(path)))
        if read.damaged:
            fields = {"path": shown(path), "lines": len(read.damaged), "first": read.damaged[0]}
            self.warnings.append(messages.JOURNAL_DAMAGED.anywhere(**fields))

    def entry(self, case: Case) -> Entry | None:
        """The last line on an image, if there is one."""
        return self.entries.get(_key(self._program, case.name, case.given))

    def is_same(self, case: Case, entry: Entry) -> bool:
        """Whether an entry is of what would be done now, if no file has changed."""
        return entry.task == self.task and entry.names == names_of(self._task, case)


class Journal(Known):
    """A journal that is open, by whoever holds the lock of its folder."""

    def __init__(self, path: Path, task: Task, lock: Lock, *, tables: bool = True) -> None:
        super().__init__(path, task, tables=tables)
        self._lock = lock
        lines, read = self._lines, self._read
        with refusals(shown(path)):
            if read.damaged or lines[-1] or read.known > 2 * len(read.last) + 20:
                put(path, b"".join(lines[number] + b"\n" for number in sorted(read.last.values())))
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
            self._descriptor = os.open(path, flags, 0o666)
            self._has_links = os.fstat(self._descriptor).st_nlink > 0  # not all file systems count them
        self._write({"maskexpr": __version__, **_described(task), "task": self.task})

    def add(self, case: Case, outcome: Outcome) -> None:
        """Put down what became of an image."""
        self._lock.check()
        line = _line(case, outcome, names_of(self._task, case))
        self._write({"image": case.name, "program": self._program, **line, "task": self.task})

    def _write(self, content: Mapping[str, Any]) -> None:
        line = _sealed(content)
        with refusals(shown(self.path)):
            status = os.fstat(self._descriptor)
            if self._has_links and status.st_nlink == 0:
                raise FileError(messages.JOURNAL_GONE.anywhere(path=shown(self.path)))
            try:
                rest = memoryview(line)
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
                os.fsync(self._descriptor)
            except OSError:
                with suppress(OSError):  # a line cut short would be passed over, too
                    os.ftruncate(self._descriptor, status.st_size)
                raise

    def close(self) -> None:
        with suppress(OSError):
            os.close(self._descriptor)


def program_of(task: Task) -> str:
    """What a journal calls a program."""
    return os.path.basename(task.program.name)


def _key(program: str, name: str, given: Mapping[str, str]) -> Key:
    """However the paths were written: ./a.png is a.png."""
    return program, os.path.normpath(name), tuple((n, os.path.normpath(text)) for n, text in sorted(given.items()))


def results_of(path: Path, task: Task) -> dict[str, str]:
    """The images that a program of that name made its results of, by the paths of these without links; as a journal has
    them that may be written meanwhile."""
    entries, program = _read(_content(path).split(b"\n"), tables=False).entries.values(), program_of(task)
    return {resolved(made): e.outcome.name for e in entries if e.key[0] == program for made in e.outcome.written}


def _content(path: Path) -> bytes:
    with refusals(shown(path)):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return b""


@dataclass(slots=True)
class _Read:
    """What a file says: the last line on each image, and which that is, from 0; how many lines are good, and which are
    not, from 1."""

    entries: dict[Key, Entry] = field(default_factory=dict)
    last: dict[Key, int] = field(default_factory=dict)
    known: int = 0
    damaged: list[int] = field(default_factory=list)


def _read(lines: Sequence[bytes], tables: bool) -> _Read:
    """What lines say, of which the last was cut short, if there is anything in it."""
    read = _Read()
    for number, line in enumerate(lines[:-1]):
        try:
            content = _checked(line)
            if "image" in content:
                entry = _entry(content, tables)
                read.entries[entry.key], read.last[entry.key] = entry, number
            read.known += 1
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, zlib.error):
            read.damaged.append(number + 1)
    return read


# --- what is done ----------------------------------------------------------------------------------------------------


def identity(task: Task) -> str:
    """A SHA-256 of all that results depend on but the files: program and used texts, params, the sizes of pixels, what
    stands for no data, the pictures asked for and where all goes, and this version."""
    made = declared(task.program)
    content = {
        "maskexpr": __version__,
        "program": made.source.text,
        "used": made.used,
        "fast": made.means.fast,
        "params": {info.name: _plain(task.params.get(info.name, info.default)) for info in task.program.params},
        "spacings": task.spacings,
        "nodata": task.nodata,
        "outputs": task.outputs if task.writes else None,
        "pictures": asdict(task.pictures),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def names_of(task: Task, case: Case) -> dict[str, str]:
    """What the paths of results have of the names of a case: they follow from the pattern that it was found by, too."""
    templates = [*task.outputs, *(option for option in (task.pictures.overlay, task.pictures.hist) if option)]
    used = {name: text for name, text in case.names.items() if any(f"{{{name}}}" in option for option in templates)}
    return {"stem": case.names.get("stem", ""), **used}


def _described(task: Task) -> dict[str, Any]:
    """The same for a person."""
    content: dict[str, Any] = {"program": task.program.name}
    content["params"] = {name: _plain(value) for name, value in task.params.items()}
    content |= {"spacing": task.spacings, "nodata": task.nodata, "output": task.outputs}
    return content


# --- lines -----------------------------------------------------------------------------------------------------------


def _sealed(content: Mapping[str, Any]) -> bytes:
    text = json.dumps(content, ensure_ascii=True, allow_nan=False)
    check = hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
    return f'{text[:-1]}{_CHECK}{check}"}}\n'.encode()


def _checked(line: bytes) -> dict[str, Any]:
    """What a line says; a ValueError if it is not as it was written."""
    text, mark, check = line.decode("ascii").rpartition(_CHECK)
    text += "}"
    if not mark or check != hashlib.sha256(text.encode()).hexdigest()[:_DIGITS] + '"}':
        raise ValueError("not as it was written")
    content: dict[str, Any] = json.loads(text)
    return content


def _line(case: Case, outcome: Outcome, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "outcome": "failed" if outcome.is_failed else "done",
        "given": dict(case.given),
        "names": dict(names),
        "inputs": dict(outcome.inputs),
        "files": dict(outcome.files),
        "written": dict(outcome.written),
        "numbers": {name: _plain(value) for name, value in outcome.numbers.items()},
        "tables": {name: _packed(table) for name, table in outcome.tables.items()},
        "warnings": [messages.as_texts(diagnostic) for diagnostic in outcome.warnings],
        "errors": [messages.as_texts(diagnostic) for diagnostic in outcome.errors],
        "seconds": round(outcome.seconds, 4),
    }


def _entry(content: Mapping[str, Any], tables: bool) -> Entry:
    outcome = Outcome(
        -1,
        content["image"],
        {name: _number(value) for name, value in content["numbers"].items()},
        {name: _unpacked(value) for name, value in content["tables"].items()} if tables else {},
        content["files"],
        content["inputs"],
        content["written"],
        tuple(messages.from_texts(said) for said in content["warnings"]),
        tuple(messages.from_texts(said) for said in content["errors"]),
        content["seconds"],
    )
    key = _key(content["program"], content["image"], content["given"])
    return Entry(key, content["task"], content["names"], outcome)


def _plain(value: Any) -> Any:
    """A number as JSON has it, or its text where JSON has none: no number is a text."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, bool | int | float | str) else str(value)


def _number(value: Any) -> Any:
    return _NOT_FINITE[value] if isinstance(value, str) else value


def _packed(table: Table) -> dict[str, Any]:
    """The columns of a table, each bit of them, in about as many bytes as they take in a file: tables have a row for
    each region, and are kept for the table of all images."""
    columns = {name: [values.dtype.str, _text_of(values)] for name, values in table.items()}
    return {"rows": table.rows, "units": dict(table.units), "columns": columns}


def _text_of(values: np.ndarray[Any, Any]) -> str:
    return base64.b64encode(zlib.compress(np.ascontiguousarray(values).tobytes(), 6)).decode()


def _unpacked(content: Mapping[str, Any]) -> Table:
    rows = content["rows"]
    columns = {name: _column(rows, *packed) for name, packed in content["columns"].items()}
    return Table(columns, content["units"])


def _column(rows: int, dtype: str, text: str) -> np.ndarray[Any, Any]:
    kind = np.dtype(dtype)
    if kind.kind not in "biuf":
        raise ValueError("no numbers")
    data = zlib.decompressobj().decompress(base64.b64decode(text, validate=True), rows * kind.itemsize or 1)
    return np.frombuffer(data, kind, rows)
