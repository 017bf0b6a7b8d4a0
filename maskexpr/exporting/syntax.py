"""Pieces of Python as syntax trees: put together as such, nothing of a program's text can become code by accident."""

import ast
import functools
import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.kinds.quantity import Quantity

Code = ast.expr


@functools.lru_cache(maxsize=1024)
def _parsed(template: str) -> ast.expr:
    return ast.parse(template, mode="eval").body


class _Filled(ast.NodeTransformer):
    """Puts expressions in the places of names."""

    def __init__(self, parts: Mapping[str, Code]) -> None:
        self.parts = parts

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self.parts.get(node.id, ast.Name(node.id, node.ctx))

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """A copy with its names filled: templates are kept."""
        fields = {}
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                fields[name] = [self.visit(v) if isinstance(v, ast.AST) else v for v in value]
            else:
                fields[name] = self.visit(value) if isinstance(value, ast.AST) else value
        return type(node)(**fields)


def code(template: str, /, **parts: Any) -> Code:
    """An expression as Python writes it, with its names that are given replaced: by code, or by a plain value."""
    filled = {name: part if isinstance(part, ast.expr) else literal(part) for name, part in parts.items()}
    found: Code = _Filled(filled).visit(_parsed(template))
    return found


def name(text: str) -> Code:
    return ast.Name(text, ast.Load())


def literal(value: Any) -> Code:
    """A plain value as it is written in Python."""
    if isinstance(value, Quantity):
        value = value.value
    if isinstance(value, Fraction):
        value = float(value) if value.denominator > 1 else int(value)
    if isinstance(value, np.dtype):
        return dtype(value)
    if isinstance(value, tuple):
        return ast.Tuple([_as_code(item) for item in value], ast.Load())
    if isinstance(value, list):
        return ast.List([_as_code(item) for item in value], ast.Load())
    if isinstance(value, slice):
        return ast.Slice(*(None if end is None else literal(end) for end in (value.start, value.stop, value.step)))
    if isinstance(value, float) and not math.isfinite(value):
        return code("np.nan") if value != value else code("np.inf") if value > 0 else code("-np.inf")
    if isinstance(value, int | float) and not isinstance(value, bool) and (value < 0 or repr(value) == "-0.0"):
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    if value is None or isinstance(value, bool | int | float | str):
        return ast.Constant(value)
    raise TypeError(f"{value!r} has no form in Python")


def _as_code(item: Any) -> Code:
    return item if isinstance(item, ast.expr) else literal(item)


def dtype(of: Any) -> Code:
    """A type of arrays as a person writes it."""
    of = np.dtype(of)
    return code("bool") if of.kind == "b" else code("object") if of.kind == "O" else code(f"np.{of.name}")


def is_constant(node: Code, value: Any) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is type(value) and node.value == value


def names_in(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def free_names(node: ast.AST) -> set[str]:
    """The names in a piece of Python that are not its own: neither assigned in it nor arguments."""
    own = {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}
    own |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    return names_in(node) - own
