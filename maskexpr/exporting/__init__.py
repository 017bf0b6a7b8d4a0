"""A program as a function of NumPy and SciPy, to be read and kept."""

from collections.abc import Callable, Mapping
from typing import Any

from maskexpr.diagnostics.source import Source
from maskexpr.exporting.export import export
from maskexpr.exporting.module import Exported
from maskexpr.kinds.kind import Kind
from maskexpr.language import nodes
from maskexpr.program.steps import Checked

__all__ = ["exported"]


def exported(
    source: Source,
    module: nodes.Module,
    kinds: Mapping[str, Kind],
    params: Mapping[str, Any],
    check: Callable[[Mapping[str, Any], Mapping[str, Any]], Checked],
) -> str:
    """The text of a Python module that computes what a program does with inputs of these kinds; `check` checks it with
    values of its params and of inputs that are numbers, and traces where constants come from."""
    name = source.name.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    return export(Exported(source, module, kinds, params, check, "masks" if name == "expression" else name or "masks"))
