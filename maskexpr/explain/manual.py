"""The catalogue for a person: all functions on one screen, one subject a line each, or one function whole."""

import re
import textwrap
from collections.abc import Iterable

from maskexpr.diagnostics.foreign_names import foreign_functions
from maskexpr.diagnostics.foreign_names.properties import FOREIGN_PROPERTIES
from maskexpr.diagnostics.nearest import known_as, nearest
from maskexpr.functions.record import Function
from maskexpr.library import CATALOGUE, OPERATORS, PROPERTIES, SUBJECTS

_PROPERTIES = "properties"
_OF_REGIONS = "of regions, in measure(m, area) and keep(m, area >= 50)"
_WIDTH, _CALL = 13, 36  # columns of subjects, of calls
_MORE = """\
maskexpr functions NAME shows one in full, with an example, maskexpr functions SUBJECT a subject."""


def overview(width: int, more: str = _MORE) -> str:
    """The names of all functions, by subject, and how to see more of them."""
    lines = []
    for subject in SUBJECTS:
        names = [record.name for record in _records(subject)]
        lines.append(_wrapped(subject, names, width))
    lines += [_wrapped(_PROPERTIES, PROPERTIES, width), " " * _WIDTH + _OF_REGIONS]
    return "\n".join([*lines, "", *textwrap.wrap(more, width)])


def _wrapped(title: str, names: Iterable[str], width: int) -> str:
    return textwrap.fill(", ".join(names), width, initial_indent=f"{title:<{_WIDTH}}", subsequent_indent=" " * _WIDTH)


def _records(subject: str) -> list[Function]:
    return [record for record in CATALOGUE.values() if record.group == subject]


def page(name: str, width: int) -> str | None:
    """What is known by that name: a subject, a function, a property of regions, an operator; None if nothing is."""
    if name in SUBJECTS:
        return "\n".join(_line(record.call, record.summary, width) for record in _records(name))
    if name == _PROPERTIES:
        return "\n".join(_line(known.name, known.summary, width) for known in PROPERTIES.values())
    found = []
    record = CATALOGUE.get(name) or OPERATORS.get(name)
    if record:
        found.append(_entry(record))
    if name in PROPERTIES:
        known = PROPERTIES[name]
        found.append(
            f"{name}, a property of regions in measure(m, ...) and keep(m, ...)\n\n{textwrap.indent(known.doc, '    ')}"
        )
    return "\n\n".join(found) or None


def suggestion(name: str) -> str:
    """The function or operator that does what other software calls so, or the name most like this one."""
    table = foreign_functions()
    meant = "".join(form.example for form in table.get(known_as(name, table), ())[:1])
    parts: list[str] = [*re.findall(r"\w+", meant), *re.findall(r"[^\w\s]+", meant)]
    for part in parts:
        if part in CATALOGUE or part in OPERATORS:
            return part
    if known_as(name, FOREIGN_PROPERTIES):
        return FOREIGN_PROPERTIES[known_as(name, FOREIGN_PROPERTIES)][0].partition("[")[0]
    return nearest(name, [*CATALOGUE, *SUBJECTS, _PROPERTIES, *PROPERTIES])


def _line(call: str, summary: str, width: int) -> str:
    """How it is called, and the first sentence of what it says."""
    text = f"{call:<{_CALL - 1}} {summary.split(';')[0]}"
    return textwrap.fill(text, width, subsequent_indent=" " * _CALL, drop_whitespace=True)


def _entry(record: Function) -> str:
    """One function: its signature, its docstring, its other argument names."""
    parts = [f"{record.title}\n", textwrap.indent(record.doc, "    ")]
    if record.aliases:
        listed = ", ".join(f"{alias}= for {name}=" for alias, name in record.aliases.items())
        parts.append(f"\n    Also accepted: {listed}.")
    return "\n".join(parts)
