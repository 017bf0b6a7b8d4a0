"""Every example in a docstring and in the README runs."""

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers.each import each

import maskexpr
from maskexpr import api, functions, testing
from maskexpr.checker import binding
from maskexpr.functions.record import Function
from maskexpr.library import CATALOGUE, PROPERTIES
from maskexpr.library.regions import components as regions
from maskexpr.library.regions.records import Property

pytestmark = pytest.mark.filterwarnings("error::maskexpr.MaskWarning")

README = Path(__file__).parent.parent / "README.md"
_FLAGS = doctest.NORMALIZE_WHITESPACE


def run(text: str, name: str) -> int:
    """Run the examples of a text; how many there were."""
    names = {"evaluate": maskexpr.evaluate, "maskexpr": maskexpr, "np": np}
    test = doctest.DocTestParser().get_doctest(text, names, name, name, 0)
    report: list[str] = []
    result = doctest.DocTestRunner(optionflags=_FLAGS).run(test, out=report.append)
    assert not result.failed, "".join(report)
    return result.attempted


@each("record", CATALOGUE.values())
def test_every_function_has_an_example_that_runs(record: Function) -> None:
    assert run(record.doc, record.name) >= 1


@each("known", PROPERTIES.values())
def test_every_property_of_regions_has_an_example_that_runs(known: Property) -> None:
    assert run(known.doc, known.name) >= 1


@pytest.mark.parametrize(
    "thing",
    [
        maskexpr,
        api.Program,
        api.compile,
        api.evaluate,
        api.Program.bind,
        api.Program.kind,
        binding.Image,
        maskexpr.view,
        maskexpr.read,
        maskexpr.write,
        maskexpr.Table,
        maskexpr.Table.to_rows,
        functions,
        testing,
        testing.Example,
        testing.arrays,
        testing.check_function,
        testing.images,
        testing.programs,
        testing.texts,
    ],
)
def test_public_names_have_an_example_that_runs(thing: object) -> None:
    assert run(thing.__doc__ or "", getattr(thing, "__name__", "")) >= 1


def readme_blocks(beginning: str, page: Path = README) -> list[str]:
    blocks = re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    return [block for block in blocks if block.startswith(beginning)]


def test_the_readme_is_true() -> None:
    assert [run(block, "README") for block in readme_blocks(">>> ")] == [16]


def test_the_readme_program_compiles() -> None:
    (program,) = readme_blocks("input ")
    assert maskexpr.compile(program).outputs == ("tissue", "skin", "bones_only")


def test_the_function_that_contributors_are_shown_works() -> None:
    (block,) = readme_blocks("@function", README.with_name("CONTRIBUTING.md"))
    names = {**vars(functions), **vars(regions), "__name__": "of a host"}
    exec(block, names)
    program = maskexpr.compile("area(keep_border(m))", functions=[names["keep_border"]])
    assert program(m=np.eye(3, dtype=bool)) == 2
    assert "keep_border" not in CATALOGUE


def test_the_functions_the_readme_names_are_there() -> None:
    """Not the other way round: a new function touches one file. `maskexpr functions` has them all."""
    text = README.read_text("utf-8")
    listed = re.findall(r"^- \*(\w+)\*: (.*(?:\n  .*)*)", text, re.MULTILINE)
    for group, names in listed:
        wanted = {n for n, record in CATALOGUE.items() if record.group == group}
        assert set(re.findall(r"\w+", names)) <= wanted, group
    assert {group for group, _ in listed} == {record.group for record in CATALOGUE.values()}


def test_the_readme_says_what_the_tool_prints(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The console blocks with output: run each command, compare."""
    from maskexpr.cli import main

    monkeypatch.chdir(README.parent)
    text = README.read_text("utf-8")
    blocks = re.findall(r"```console\n\$ maskexpr ((?:eval|explain) (?:'[^']*'|[^'\n])*)\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 4
    for command, shown in blocks:
        main(shlex.split(command))
        printed = capsys.readouterr()
        assert shown == printed.out + printed.err


def test_the_session_in_the_readme_runs(tmp_path: Path) -> None:
    (block,) = readme_blocks("> low")
    lines = "".join(line.removeprefix("> ") + "\n" for line in block.splitlines())
    command = [sys.executable, "-m", "maskexpr", "repl", f"im={README.parent / 'examples' / 'ankle.png'}"]
    done = subprocess.run(command, input=lines, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name for path in tmp_path.iterdir()} == {"tissue.png", "tissue.mask"}
