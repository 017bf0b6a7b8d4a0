"""What our own rooms ask of a program, beside what its hosts do."""

from collections.abc import Iterable, Mapping
from typing import Any

from maskexpr.api import Program
from maskexpr.bound import warn
from maskexpr.checker import binding
from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.engine.prepared import Giver, Stages
from maskexpr.kinds.kind import Kind
from maskexpr.program.declared import Declared


def declared(program: Program) -> Declared:
    """What a program is made of."""
    return program._declared


def numbers_of(program: Program) -> list[str]:
    """The names of what is one number or truth whatever the inputs are: outputs, then what the program assigns."""
    named = [*program._open.outputs, *program._open.bindings]
    return list(dict.fromkeys(name for name, step in named if name and step.kind.name in ("number", "truth")))


def tables_of(program: Program) -> list[str]:
    """The names of outputs that are tables."""
    return [name for name, step in program._open.outputs if step.kind.name == "table"]


def stages(program: Program, given: Mapping[str, Any]) -> Stages:
    """What `Program.bind` makes, with all that it goes through."""
    return program._bound(given, run=False)


def give_out(found: Iterable[Diagnostic]) -> None:
    """Give warnings out where the caller of our rooms stands."""
    warn(found)


def taken_by(
    program: Program, given: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Kind], dict[str, Any], bool]:
    """What a program takes of what is given: arrays and numbers, their kinds, params, and whether any is masked."""
    arrays, kinds, params = binding.bind(program._open, program._declared.source, program._catalogue, given, run=True)
    return arrays, kinds, params, any(map(binding.is_masked, given.values()))


def giver_of(given: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Giver | None:
    """What gives results back as what was given."""
    return binding.giver(given, kinds)


def stages_of(
    program: Program, kinds: Mapping[str, Kind], arrays: Mapping[str, Any], params: Mapping[str, Any], is_masked: bool
) -> Stages:
    """A program bound to what was taken elsewhere."""
    return Stages(program._declared, program._prepared(kinds, params), kinds, arrays, is_masked, None, params)
