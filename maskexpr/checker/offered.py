"""What a host offers the programs it compiles: which functions of the catalogue, and constants of its own."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from maskexpr.checker.params import is_endless
from maskexpr.diagnostics.nearest import nearest
from maskexpr.diagnostics.source import Source
from maskexpr.functions.record import Function
from maskexpr.language import nodes
from maskexpr.language.limits import Limits
from maskexpr.language.parser import parse
from maskexpr.library import CATALOGUE

GROUPS = frozenset(function.group for function in CATALOGUE.values())
"""What functions are sorted by: filters, morphology..."""


def withheld(
    allow: Iterable[str] | None, deny: Iterable[str] | None, functions: Iterable[Function] = ()
) -> frozenset[str]:
    """The names of the functions that programs may not call: those of the catalogue that are not among the allowed
    ones, and the denied ones. A host's own functions are allowed by being given.

    ValueError for a name that no function or group has, so that no slip opens or closes more than is meant.
    """
    own = {function.name for function in functions}
    denied = frozenset[str]() if deny is None else _named(deny, "deny", own)
    return denied if allow is None else denied.union(CATALOGUE.keys() - _named(allow, "allow", own) - own)


def _named(names: Iterable[str], word: str, own: set[str]) -> frozenset[str]:
    """The functions of some names and groups."""
    if isinstance(names, str | bytes) or not isinstance(names, Iterable):
        raise TypeError(f'{word} must be names of functions or groups, such as {word}={{"morphology", "area"}}')
    found = set[str]()
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"{word} must hold names of functions or groups, not {type(name).__name__}")
        if name in GROUPS:
            found.update(function.name for function in CATALOGUE.values() if function.group == name)
        elif name in CATALOGUE or name in own:
            found.add(name)
        else:
            near = nearest(name, [*CATALOGUE, *GROUPS, *own])
            way = f"did you mean {near!r}?" if near else "maskexpr functions lists them"
            raise ValueError(f"{word} names {name!r}, which is no function and no group of functions; {way}")
    return frozenset(found)


def constants(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """A host's constants as plain Python values; TypeError or ValueError for what cannot be one."""
    if not isinstance(given, Mapping | None):
        raise TypeError(f"constants must be a mapping of names to values, not {type(given).__name__}")
    return {_name(name): _value(name, value) for name, value in (given or {}).items()}


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise TypeError(f"a constant's name must be a str, not {type(name).__name__}")
    parsed = parse(Source(f"{name} = 1"), Limits())
    first = next(iter(parsed.module.statements), None)
    if parsed.diagnostics or not isinstance(first, nodes.Assignment) or first.name.text != name:
        raise ValueError(f"{name!r} cannot be the name of a constant: it is no name, or a word of the language")
    return name


def _value(name: str, value: Any) -> bool | int | float | str:
    if isinstance(value, np.generic):
        value = value.item()
    if not isinstance(value, bool | int | float | str):
        raise TypeError(f"the constant {name} must be a number, true or false, or a text, not {type(value).__name__}")
    if is_endless(value) or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError(f"the constant {name} must be a finite number of at most 128 bits")
    return value
