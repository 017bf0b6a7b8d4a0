"""What a function says of itself, which the manual and the help of commands show: also where Python was told to leave
docstrings out (`python -OO`), as long as there is a source to read them from."""

import ast
import functools
import inspect
import linecache
from collections.abc import Callable, Mapping
from typing import Any

LEFT_OUT = "What stands here was left out by python -OO; run Python without it."


def doc_of(function: Callable[..., Any]) -> str:
    """The docstring of a function, its indentation taken away."""
    doc = inspect.getdoc(function)
    if doc is None and doc_of.__doc__ is None:
        doc = _in_source(function)
    return doc or ""


def _in_source(function: Callable[..., Any]) -> str:
    code = function.__code__
    # By way of the module where one is zipped: its loader knows the text.
    lines = linecache.getlines(code.co_filename, function.__globals__)
    return _docs("".join(lines)).get(code.co_firstlineno, "") if lines else LEFT_OUT


@functools.lru_cache(maxsize=4)
def _docs(source: str) -> Mapping[int, str]:
    """The docstrings in a source by the line that a function begins in, its decorators included."""
    functions = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    return {
        min([node.lineno, *(mark.lineno for mark in node.decorator_list)]): ast.get_docstring(node) or ""
        for node in functions
    }
