"""What is taken of a table: a column by its name, or the rows for which a condition on its columns holds."""

import re
from collections.abc import Sequence
from dataclasses import replace

from maskexpr.checker.context import Scope, Selection, TableInSight, Value
from maskexpr.checker.place import Place
from maskexpr.checker.shapes import agree
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.nearest import nearest
from maskexpr.diagnostics.source import Span
from maskexpr.functions.arguments import Refused
from maskexpr.kinds.kind import QUANTITIES, SAMPLED, SAMPLES, Column, Kind, unknown
from maskexpr.kinds.table import LABEL
from maskexpr.language import nodes
from maskexpr.library import OPERATORS, PROPERTIES
from maskexpr.library.regions.measuring import column_of
from maskexpr.program.steps import Step

OPEN = replace(unknown(SAMPLES | QUANTITIES), is_of_rows=True)
"""A column of which nothing is known: it is compared with what any column may be."""


def within(here: Place, value: Value) -> Place:
    """Where subscripts of a value stand that may turn out to be a table: among its columns."""
    if value.kind.name != "unknown" or not value.kind.may_be({"table"}):
        return here
    return here.within(_scope(here, value))


def _scope(here: Place, table: Value) -> Scope:
    return replace(here.scope, columns=TableInSight(table.step, here.bracketed(table)), regions=None)


def subscript(here: Place, table: Value, node: nodes.Index) -> Value:
    """`t["area"]` or `t[area > 50]`."""
    part = node.subscripts[0]
    if len(node.subscripts) > 1 or isinstance(part, nodes.Slice):
        here.report(messages.TABLE_SUBSCRIPTS, text=here.quote(node.value), column=_example(table.kind))
        return here.unknown()
    scope = _scope(here, table)
    sight = scope.columns
    assert sight is not None
    value = here.within(scope).value(part)
    kind = value.kind
    if kind.name == "text" and kind.is_constant:
        return column(here.at(part), table.step, kind.constant, here.span, sight.text)
    if kind.name == "unknown":
        return (
            here.unknown(frozenset({"table"}) | SAMPLES) if kind.may_be({"text"}) else _rows(here, table, value, sight)
        )
    if kind.name != "mask samples":
        _refuse(here.at(part), table, part, value, sight.text)
        return here.unknown()
    return _rows(here, table, value, sight)


def _rows(here: Place, table: Value, chosen: Value, sight: TableInSight) -> Value:
    known = table.kind
    if not known.is_complete or not chosen.kind.is_complete:
        found = here.alone(Kind("table"))
        here.context.steps.open_columns[found.step] = here.context.steps.open_columns.get(table.step, ())
        return found
    own = column(here.at(table), table.step, LABEL, table.span, sight.text)
    if not agree(here.at(chosen), {"a": own, "b": chosen}):
        return here.alone(Kind("table"))
    return here.apply(OPERATORS["rows"], {"table": table, "chosen": chosen}, known)


def _refuse(here: Place, table: Value, node: nodes.Expression, value: Value, text: str) -> None:
    """Say why this says nothing of the rows of a table; a property in it that has another meaning, as a value of that
    name, was meant as a column."""
    for name in nodes.inside((node,)):
        if isinstance(name, nodes.Name) and name.text in PROPERTIES and name.text not in _known(here, table):
            _report_missing(here.at(name), name.text, _known(here, table))
            return
    kind, part = value.kind, here.quote()
    fields = {"text": text, "part": part, "kind": kind.word, "column": _example(table.kind)}
    if kind.surely(SAMPLES):
        here.report(messages.TABLE_NO_CONDITION, **fields)
    else:
        here.report(messages.TABLE_SUBSCRIPT, **fields)


def _report_missing(here: Place, name: str, known: Sequence[str]) -> None:
    """Say of a property that is no column that its parts are, or how the table would have it."""
    parts = _parts_in_a_plane(name, known)
    if parts:
        here.report(messages.COLUMN_OF_PART, name=name, names=", ".join(parts))
    elif not any(one.startswith(f"{name}_") for one in known):
        others = ", ".join(one for one in known if one in PROPERTIES and one != LABEL) or "area"
        here.report(messages.COLUMN_UNMEASURED, name=name, others=others)


def _known(here: Place, table: Value) -> Sequence[str]:
    """The names of its columns, or those that it may have while it is not known yet."""
    return [one.name for one in table.kind.columns] or here.context.steps.open_columns.get(table.step, ())


def _example(table: Kind) -> str:
    """A column to show how it is done with."""
    return table.columns[1].name if len(table.columns) > 1 else "area"


# --- names of columns ------------------------------------------------------------------------------------------------


def column(here: Place, table: Step, name: str, span: Span, text: str) -> Value:
    """The column of that name; `here` is where the name stands, `span` what stands for the column."""
    if not table.kind.is_complete:
        if table in here.context.steps.open_columns:
            _look_among_open(here, table, name)
        return _open(here.at(span), table, text)
    try:
        found = column_of(table.kind, name)
    except Refused as refused:
        _unknown(here, table.kind, name, refused)
        return _open(here.at(span), table, text)
    context, there = here.context, here.at(span)
    value = there.apply(OPERATORS["column"], {"table": Value(table, span)}, _kind(found, table.kind), {"column": name})
    context.steps.selections.setdefault(value.step, Selection(table, text))
    return value


def _kind(column: Column, table: Kind) -> Kind:
    return replace(column.kind, name=SAMPLED[column.kind.name], most=table.most, is_of_rows=True)


def _unknown(here: Place, table: Kind, name: str, refused: Refused) -> None:
    """Say what a table has instead, or how it would have what it was not measured for."""
    parts = [one.name for one in table.columns if one.name.startswith(f"{name}_")]
    others = ", ".join(one.name for one in table.columns[1:])
    if name in PROPERTIES and parts:
        here.report(messages.COLUMN_OF_PART, name=name, names=", ".join(parts))
    elif name in PROPERTIES:
        here.report(messages.COLUMN_UNMEASURED, name=name, others=others)
    else:
        here.report(refused.mistake, **refused.fields, instead=_as_written(here, refused.fields.get("near")))


def _as_written(here: Place, name: object) -> str:
    """The name of another column, in quotes where this one is."""
    mark = here.source.slice(here.span)[:1]
    return "" if not name else f"{mark}{name}{mark}" if mark in ('"', "'") else str(name)


def named(here: Place, name: str) -> Value | None:
    """What a name means between the brackets of a table: its column of that name; None where that is no column."""
    sight = here.scope.columns
    if sight is None:
        return None
    if not sight.table.kind.is_complete:
        return _of_open(here, sight, name)
    if any(one.name == name for one in sight.table.kind.columns):
        return column(here, sight.table, name, here.span, sight.text)
    if _is_other(here, name):
        return None
    try:
        column_of(sight.table.kind, name)
    except Refused as refused:
        if name in PROPERTIES or refused.mistake is messages.COLUMN_UNKNOWN_NEAR:
            _unknown(here, sight.table.kind, name, refused)
            return _open(here, sight.table, sight.text)
    return None


def _is_other(here: Place, name: str) -> bool:
    """Whether a name that is no column has another meaning already."""
    return any(name in known for known in (here.scope.values, here.context.signature, here.context.constants))


# --- tables that are not known yet -----------------------------------------------------------------------------------


def _open(here: Place, table: Step, text: str) -> Value:
    """A column of which nothing is known."""
    value = here.alone(OPEN)
    here.context.steps.selections[value.step] = Selection(table, text)
    return value


def _of_open(here: Place, sight: TableInSight, name: str) -> Value | None:
    """A name among columns that are not known yet: one that may be a column is one."""
    possible = here.context.steps.open_columns.get(sight.table)
    if not possible:  # a parameter of a `def`, which may be anything, or what a mistake was made in
        return None if _is_other(here, name) else _open(here, sight.table, sight.text)
    if name not in possible and (_is_other(here, name) or not (name in PROPERTIES or nearest(name, possible))):
        return None
    _look_among_open(here, sight.table, name)
    return _open(here, sight.table, sight.text)


def _look_among_open(here: Place, table: Step, name: str) -> None:
    """Report a column that a table cannot have, whatever its regions are."""
    possible = here.context.steps.open_columns[table]
    if not possible or name in possible:
        return
    near = nearest(name, possible)
    if name in PROPERTIES:
        _report_missing(here, name, possible)
    elif near:
        here.report(messages.COLUMN_UNKNOWN_NEAR, column=name, near=near, instead=_as_written(here, near))


def _parts_in_a_plane(name: str, possible: Sequence[str]) -> list[str]:
    """The columns of the parts of a property along y and x, which planes and volumes have; in a unit, if any."""
    found = [one for one in possible if one.startswith((f"{name}_y", f"{name}_x"))]
    in_unit = [one for one in found if re.search("_(mm|um|cm)$", one)]
    plain = [one for one in found if not re.search("_(mm|um|cm)[23]?$", one)]
    behind = len(name) + 1  # stands the axis
    return sorted(in_unit or plain, key=lambda one: (one[behind + 1 :], one[behind] == "x"))
