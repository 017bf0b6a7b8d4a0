"""What `:view` is asked to show: how, of which name, and by which column of a table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import InputError
from maskexpr.files.decoding.naming import shown
from maskexpr.kinds.table import Table
from maskexpr.session import Outcome, Session

_COLUMN = re.compile(r"""(\w+)\[(["'])(.*)\2\]""")  # t["area"]


@dataclass(frozen=True, slots=True)
class Asked:
    """The words that are to be modes, as they are no names; a value of the session; a table and one of its columns."""

    modes: Sequence[str]
    outcome: Outcome | None
    by: tuple[Table, str] | None


def asked(session: Session, words: Sequence[str]) -> Asked:
    """What the words behind `:view` ask for: contour cells by t["area"], or some of that."""
    rest, by = list(words), None
    if "by" in rest:
        rest, column = rest[: rest.index("by")], " ".join(rest[rest.index("by") + 1 :])
        by = _column(session, column, next((word for word in rest if word in session.names), ""))
    names = [word for word in rest if word in session.names]
    modes = [word for word in rest if word not in names] + names[1:]
    return Asked(modes, session.value(names[0]) if names else None, by)


def _column(session: Session, text: str, name: str) -> tuple[Table, str]:
    match = _COLUMN.fullmatch(text)
    if match is None:
        command = f":view {name} by".replace("  ", " ")
        mistake = messages.VIEW_BY_TEXT if text else messages.VIEW_BY_WHAT
        raise InputError(mistake.anywhere(text=shown(text), command=command))
    table = session.value(match[1])
    if not isinstance(table.value, Table):
        raise InputError(messages.VIEW_BY_NO_TABLE.anywhere(name=match[1], kind=table.kind.word))
    return table.value, match[3]
