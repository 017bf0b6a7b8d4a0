"""What functions say of themselves is there however Python was started."""

import subprocess
import sys

import pytest

from maskexpr.functions import docstrings

ALL = """
import argparse
from maskexpr.cli import dispatch
from maskexpr.explain import manual
from maskexpr.library import CATALOGUE, OPERATORS, PROPERTIES, SUBJECTS
from maskexpr.repl import commands
for name in (*CATALOGUE, *OPERATORS, *PROPERTIES, *SUBJECTS):
    print(manual.page(name, 80))
for command in commands.COMMANDS.values():
    print(command.name, command.help, command.more)
for name in dispatch._COMMANDS:
    (asked,) = [a for a in dispatch._parser(name)._actions if a.choices]
    print(name, asked.choices[name].description)
"""


@pytest.mark.slow
def test_the_manual_is_the_same_where_python_leaves_docstrings_out() -> None:
    plain, without = (
        subprocess.run([sys.executable, *how, "-c", ALL], capture_output=True, text=True, check=True).stdout
        for how in ((), ("-OO",))
    )
    assert "Fill what the element does not fit into" in plain
    assert without == plain


def test_without_a_source_it_is_said_that_something_is_left_out() -> None:
    names: dict[str, object] = {}
    exec(compile("def bare(): pass", "<no file>", "exec"), names)
    assert docstrings._in_source(names["bare"]) == docstrings.LEFT_OUT
    assert docstrings.doc_of(names["bare"]) == ""  # here it would be known
