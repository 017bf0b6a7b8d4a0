"""The helpers: plain functions of NumPy and SciPy that stand in a text where nothing shorter says the same."""

import ast
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from maskexpr.exporting.syntax import names_in

LICENCE = "# Helpers from maskexpr, Copyright (c) 2026 The maskexpr developers, under the MIT licence (SPDX: MIT)."
_MODULES = (
    *("elements", "morphology", "regions", "labels", "numbers", "statistics", "thresholds", "filters", "colour"),
    *("shapes", "distances", "flooding", "tables"),
)


@dataclass(frozen=True, slots=True)
class Helper:
    """One helper: its text, and the names that it needs."""

    text: str
    needs: frozenset[str]


@functools.cache
def helpers() -> dict[str, Helper]:
    """All helpers by name, in the order of their files."""
    found: dict[str, Helper] = {}
    folder = resources.files("maskexpr.exporting.helpers")
    for module in _MODULES:
        file = folder / f"{module}.py"
        if not file.is_file():
            continue
        text = file.read_text("utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                source = ast.get_source_segment(text, node)
                assert source is not None
                found[node.name] = Helper(source, frozenset(names_in(node)))
    return found


def needed(names: Iterable[str]) -> list[str]:
    """Those of the helpers that are needed for names in a text, each after those that it needs itself."""
    known: dict[str, Helper] = helpers()
    found: dict[str, None] = {}

    def take(name: str) -> None:
        if name in known and name not in found:
            found[name] = None
            for other in known:  # in the order of the files
                if other in known[name].needs:
                    take(other)

    for name in known:
        if name in names:
            take(name)
    return [name for name in known if name in found]
