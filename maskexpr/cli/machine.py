"""What a run gives as one JSON document, for other programs."""

import argparse
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import maskexpr
from maskexpr.api import Result
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, InputError
from maskexpr.files.access import STANDARD
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.table import Table

if TYPE_CHECKING:
    import numpy as np

HELP = """\
--json prints one document on standard output and nothing else, whether the run succeeds or fails:
  {"maskexpr": VERSION, "results": {NAME: RESULT, ...}, "numbers": {TEXT: NUMBER, ...}, "files": [FILE, ...],
   "warnings": [MESSAGE, ...], "errors": [MESSAGE, ...]}
  RESULT   {"kind": "number" or "truth" or "list", "value": ...}
           {"kind": "table", "rows": N, "columns": {NAME: [...], ...}, "units": {NAME: "mm2", ...}}
           {"kind": "mask", "shape", "dtype", "spacing", "without_data", "on", "of", "regions", "largest"}
           {"kind": "labels", "shape", "dtype", "spacing", "without_data", "labels"}
           {"kind": "image" or "colour", "shape", "channels", "dtype", "spacing", "without_data", "min", "max",
            "not_finite"}
  numbers  thresholds and other numbers that were found on the way, by how the program writes them
  FILE     {"path", "holds": the name of a result, or "overlay of NAME"}
  MESSAGE  {"severity", "code", "message", "hint", "span": [start, stop], "line", "column", "source", "fix"}, the last
            ones null where it is in no program; "fix" is the whole text mended, where that is certain; and of a place
            in a program also {"file", "end_line", "end_column"}
Of many images it is
  {"maskexpr": VERSION, "images": [IMAGE, ...], "left": how many were not begun, "tables": [PATH, ...],
   "journal": PATH, "warnings": [MESSAGE, ...], "errors": [MESSAGE, ...]}
  IMAGE    {"image": PATH, "numbers": {NAME: NUMBER, ...}, "tables": {NAME: TABLE, ...}, "files": [FILE, ...],
            "warnings": [MESSAGE, ...], "errors": [MESSAGE, ...]}
  TABLE    {"rows", "columns", "units"} as above
Whole numbers are exact, of any size; others have as many digits as it takes to read them back; nan and inf are null.
"""


@dataclass(slots=True)
class Document:
    """What is to be printed of a run, as far as it came."""

    results: dict[str, Any] = field(default_factory=dict)
    numbers: dict[str, Any] = field(default_factory=dict)
    files: list[dict[str, str]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    def refuse_beside(self, paths: Iterable[str]) -> None:
        """Standard output has room for one."""
        if STANDARD in paths:
            raise InputError(messages.JSON_ON_STANDARD_OUTPUT.anywhere())

    def add(self, name: str, result: Result) -> None:
        self.results[name] = _result(result.value, result.kind, result.valid)

    def add_table(self, name: str, value: Table) -> None:
        self.results[name] = {"kind": "table", **table(value)}

    def add_numbers(self, numbers: Mapping[str, Any]) -> None:
        self.numbers.update({name: plain(value) for name, value in numbers.items()})

    def add_file(self, path: str, holds: str) -> None:
        self.files.append({"path": path, "holds": holds})

    def say(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Add warnings and errors."""
        for diagnostic in diagnostics:
            (self.errors if diagnostic.severity == "error" else self.warnings).append(message(diagnostic))

    @property
    def content(self) -> dict[str, Any]:
        """What it says, below the version."""
        return asdict(self)

    def print(self) -> None:
        import json  # only here: every other start goes without it

        json.dump({"maskexpr": maskexpr.__version__, **self.content}, sys.stdout, allow_nan=False)
        sys.stdout.write("\n")


class AsDocument(argparse.Action):
    """An option that asks for a document."""

    def __init__(self, const: "type[Document]", **more: Any) -> None:
        super().__init__(nargs=0, default=None, const=const, **more)

    def __call__(self, parser: Any, namespace: Any, values: Any, option: str | None = None) -> None:
        setattr(namespace, self.dest, self.const())


def add_json(
    command: argparse.ArgumentParser,
    words: str = "numbers, tables, what masks and images hold, files, warnings, errors",
    of: type[Document] = Document,
) -> None:
    words = f"print one JSON document: {words}"
    command.add_argument("--json", dest="document", action=AsDocument, const=of, help=words)


def document_of(options: argparse.Namespace) -> Document | None:
    """The document that is asked for, if one is."""
    found: Document | None = getattr(options, "document", None)
    return found


def message(diagnostic: Diagnostic) -> dict[str, Any]:
    """A mistake as data, with its place where it is in a program; lines and columns count from 1."""
    entry = diagnostic.to_dict()
    if diagnostic.source is not None and diagnostic.span is not None:
        line, column = diagnostic.source.position(diagnostic.span.stop)
        entry |= {"file": diagnostic.source.name, "end_line": line, "end_column": column}
    return entry


def table(value: Table) -> dict[str, Any]:
    """A table as data."""
    from maskexpr.files.tables.documents import as_data

    return {"rows": value.rows, "columns": as_data(value), "units": value.units}


def _result(value: Any, kind: Kind, valid: "np.ndarray[Any, Any] | None") -> dict[str, Any]:
    if isinstance(value, Table):
        return {"kind": "table", **table(value)}
    if kind.is_of_rows:
        return {"kind": "list", "value": plain(value.tolist())}
    if not kind.holds_pixels:
        return {"kind": kind.name, "value": plain(value)}
    from maskexpr.display.facts import facts_of

    entry: dict[str, Any] = {"kind": kind.name, "shape": list(kind.shape or value.shape)}
    if kind.channels:
        entry["channels"] = kind.channels
    entry["dtype"] = str(value.dtype)
    entry["spacing"] = [float(step) for step in kind.spacing] if kind.spacing else None
    entry["without_data"] = 0 if valid is None else valid.size - int(valid.sum())
    return {**entry, **{name: plain(found) for name, found in facts_of(value, kind, valid).items()}}


def plain(value: Any) -> Any:
    """A number or list of some as JSON has it."""
    from maskexpr.files.tables.documents import plain_number

    return [plain(item) for item in value] if isinstance(value, list | tuple) else plain_number(value)
