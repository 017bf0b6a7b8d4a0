"""The helpers: plain functions of NumPy and SciPy that stand in a text where nothing shorter says the same."""

import ast
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from maskexpr.exporting.syntax import free_names

LICENCE = "# Helpers from maskexpr, Copyright (c) 2026 The maskexpr developers, under the MIT licence (SPDX: MIT)."
_MODULES = (
    *("elements", "morphology", "regions", "labels", "numbers", "statistics", "thresholds", "filters", "colour"),
    *("shapes", "distances", "surfaces", "thinning", "flooding", "tables"),
)


@dataclass(frozen=True, slots=True)
class Helper:
    """One helper: its text, and the names that it needs."""

    text: str
    needs: frozenset[str]


def _modules() -> list[tuple[str, ast.Module]]:
    folder = resources.files("maskexpr.exporting.helpers")
    texts = [(folder / f"{module}.py").read_text("utf-8") for module in _MODULES]
    return [(text, ast.parse(text)) for text in texts]


@functools.cache
def helpers() -> dict[str, Helper]:
    """All helpers by name, in the order of their files."""
    found: dict[str, Helper] = {}
    for text, tree in _modules():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                source = ast.get_source_segment(text, node)
                assert source is not None
                found[node.name] = Helper(source, frozenset(free_names(node)))
    return found


@functools.cache
def imports() -> dict[str, str]:
    """The lines that import what helpers need from outside, by the name they give it."""
    found = {"np": "import numpy as np", "ndimage": "from scipy import ndimage"}
    for _, tree in _modules():
        for node in tree.body:
            if isinstance(node, ast.Import):
                found |= {(a.asname or a.name): f"import {a.name}" for a in node.names if a.asname is None}
            elif isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("maskexpr"):
                found |= {a.name: f"from {node.module} import {a.name}" for a in node.names}
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
