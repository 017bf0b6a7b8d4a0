"""What a result was made from: a record that is written into the files of results and can be read back."""

import hashlib
import json
import math
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from maskexpr import __version__
from maskexpr.diagnostics.printing import printable
from maskexpr.engine.prepared import Stages
from maskexpr.files.decoding.bounds import RECORD_DEPTH, RECORD_VALUES
from maskexpr.files.images import MOST_TEXT
from maskexpr.files.programs import Loaded
from maskexpr.functions.arguments import value_text
from maskexpr.kinds.kind import Kind

# Every record begins with this, by which it is told from other texts in a file.
KEY = "maskexpr"

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*+"')
_BRACKET = re.compile(r"[\[\]{}]")


def record(bound: Stages, loaded: Loaded, numbers: Mapping[str, Any], output: str) -> str:
    """The record of one output as JSON in ASCII; the same for the same program, inputs and version.

    It holds the program text and those it uses, the params, the numbers that were found in the pixels on the way
    (thresholds first of all), and for each input the name of its file without its folder, the SHA-256 of its bytes, its
    kind, its spacing and its grid in words.
    """
    declared, checked = bound.declared, bound.checked
    source, used = declared.source, dict(declared.used)
    written = checked.domain.written if checked.domain else checked
    kinds = {step.name: step.kind for step in written.needed() if step.name}
    content: dict[str, Any] = {KEY: __version__, "output": output}
    content["name"] = os.path.basename(source.name)
    content["program"] = source.text
    if used:
        content["used"] = used
    if declared.means.fast:
        content["fast"] = True
    values = {info.name: checked.values.get(info.name, info.default) for info in checked.params}
    content["params"] = {name: _plain(value) for name, value in values.items()}
    content["inputs"] = {name: _input(name, kind, loaded) for name, kind in kinds.items()}
    for name, kind in bound.kinds.items():  # where none is said, this program knows of none
        if kind.is_partial and kind.nodata is not None and name in kinds:
            content["inputs"][name]["nodata"] = _plain(kind.nodata)
    content["numbers"] = {name: _plain(value) for name, value in numbers.items()}
    text = json.dumps(content, ensure_ascii=True)
    if len(text) > MOST_TEXT // 2:  # a very long program is known by its hash, and its numbers are not listed
        content["program"] = _hash(source.text)
        content["used"] = {path: _hash(text) for path, text in used.items()}
        content["numbers"] = {}
        text = json.dumps(content, ensure_ascii=True)
    return text


def _hash(text: str) -> str:
    return f"sha256 {hashlib.sha256(text.encode()).hexdigest()}"


def _input(name: str, kind: Kind, loaded: Loaded) -> dict[str, Any]:
    entry: dict[str, Any] = {"kind": str(kind)}
    if kind.spacing:
        entry["spacing"] = " x ".join(f"{float(step):g}" for step in kind.spacing) + " mm"
    if kind.grid and kind.grid.text:
        entry["grid"] = kind.grid.text
    digest = loaded.digest(name)
    if digest is None:
        return {**entry, "value": _plain(loaded.values[name])}
    return {"file": loaded.file_name(name), "sha256": digest, **entry}


def _plain(value: Any) -> Any:
    """As JSON has it; texts for what it lacks."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, bool | int | float | str) else str(value)


# --- read back -------------------------------------------------------------------------------------------------------


def described(text: str) -> str | None:
    """A record for a person; None if the text is none. It may come from anyone: nothing in it is trusted."""
    if not _is_shallow(text):
        return None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or KEY not in content:
        return None
    return "\n".join(_lines(content))


def _is_shallow(text: str) -> bool:
    """Whether a text nests no deeper and holds no more values than ours, seen before it is taken apart."""
    bare = _TEXT.sub("", text)
    if sum(map(bare.count, "[]{},")) > RECORD_VALUES:
        return False
    depth = deepest = 0
    for bracket in _BRACKET.findall(bare):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest <= RECORD_DEPTH


def _lines(content: dict[str, Any]) -> Iterator[str]:
    fast = ", with --fast" if content.get("fast") is True else ""
    output, name, version = (_text(content.get(key)) for key in ("output", "name", KEY))
    yield f"{output} of {name}, made by maskexpr {version}{fast}"
    if inputs := _mapping(content, "inputs"):
        yield "inputs"
    for name, entry in inputs.items():
        yield from (f"  {_text(line)}" for line in _input_lines(name, entry))
    yield from _section("params", {n: _value(v) for n, v in _mapping(content, "params").items()}, " = ")
    yield from _section("numbers", {n: _value(v) for n, v in _mapping(content, "numbers").items()}, " = ")
    programs = {"program": content.get("program"), **{f"used {p}": t for p, t in _mapping(content, "used").items()}}
    for title, text in programs.items():
        yield _text(title)
        yield from (f"  {_text(line)}".rstrip() for line in str(text).rstrip().split("\n"))


def _section(title: str, entries: Mapping[str, str], separator: str) -> Iterator[str]:
    if entries:
        yield title
    for name, text in entries.items():
        yield f"  {_text(name)}{separator}{_text(text)}"


def _mapping(content: dict[str, Any], key: str) -> dict[str, Any]:
    found = content.get(key)
    return found if isinstance(found, dict) else {}


def _input_lines(name: str, entry: Any) -> Iterator[str]:
    if not isinstance(entry, dict):
        entry = {}
    words = [str(entry[key]) for key in ("file", "kind") if key in entry]
    words += [_value(entry["value"])] if "value" in entry else []
    words += [f"pixels of {entry['spacing']}"] if "spacing" in entry else []
    words += [f"no data is {_value(entry['nodata'])}"] if "nodata" in entry else []
    yield f"{name}: {', '.join(words)}"
    if "grid" in entry:
        yield f"  {entry['grid']}"
    if "sha256" in entry:
        yield f"  sha256 {entry['sha256']}"


def _value(value: Any) -> str:
    """As the language writes it; lengths and texts as they are."""
    return value if isinstance(value, str) else value_text(value)


def _text(value: Any) -> str:
    return printable(str(value))
