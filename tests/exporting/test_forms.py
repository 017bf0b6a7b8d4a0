"""The table of forms, and the helpers that they are written with."""

import ast
import builtins
import contextlib

import pytest
from helpers.each import each
from helpers.every_result import programs
from helpers.exported import others
from helpers.fixed_images import worlds

import maskexpr
from maskexpr.exporting import rendering  # noqa: F401 - it fills the table
from maskexpr.exporting.forms import FORMS
from maskexpr.exporting.helping import helpers, imports, needed
from maskexpr.library import CATALOGUE, OPERATORS


def test_each_function_and_operator_has_a_form() -> None:
    assert {*CATALOGUE, *OPERATORS} - {*FORMS, "assert"} == set()


@each("name", sorted(helpers()))
def test_helpers_need_nothing_that_is_not_there(name: str) -> None:
    """Every name in a helper is its own, a builtin, another helper, or imported."""
    tree = ast.parse(helpers()[name].text)
    own = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    own |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    own |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    own |= {a.asname or a.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for a in n.names}
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    assert used - own - {*dir(builtins), *helpers(), *imports()} == set()
    assert ast.get_docstring(tree.body[0])  # type: ignore[arg-type]  # a function


@pytest.mark.slow
def test_each_helper_is_used_by_a_program_that_is_compared() -> None:
    made = worlds()
    asked = others()
    for text in programs():
        program = maskexpr.compile(text)
        for world in ("radiograph", "tomogram", "coins"):
            asked.append((program, {info.name: made[world][info.name] for info in program.inputs}))
    used: set[str] = set()
    for program, inputs in asked:
        if used >= set(helpers()):
            break
        with contextlib.suppress(maskexpr.MaskError):
            whole = program.to_python(**inputs)
            used |= {node.name for node in ast.parse(whole).body if isinstance(node, ast.FunctionDef)}
    assert set(helpers()) - used == set()


def test_helpers_come_with_what_they_need() -> None:
    assert needed(["clear_border"]) == ["touches_border", "clear_border"]
    assert needed(["im"]) == []
