"""The codes of errors: none goes or is renamed, each is documented, and its example has it.

`python tests/diagnostics/test_codes.py` writes the kept list anew, for codes that are new: one that is gone fails.
"""

import re
import sys
from pathlib import Path

import pytest
from helpers.each import each

import maskexpr
from maskexpr.cli.codes import found
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.examples import EXAMPLES

KEPT = Path(__file__).parent / "codes.txt"
# What programs and inputs can do wrong; the other files of messages/ are of files, commands, studies...
OF_PROGRAMS = ("syntax", "statements", "operators", "calls", "tables", "inputs", "runs")
WITHOUT_EXAMPLE = {
    "cancelled": "takes a run that somebody stops",
    "host-function": "takes a function of a host",
    "host-refuses": "takes a function of a host",
    "input-grid": "takes an image that says where it lies",
    "input-too-large": "takes an array that no memory holds",
    "lazy-input": "takes an array of another library",
    "out-of-memory": "takes a step that no memory holds",
    "out-read-only": "takes an array to write into",
    "out-shape": "takes an array to write into",
    "out-shared": "takes an array to write into",
    "out-type": "takes an array to write into",
    "out-unknown": "takes an array to write into",
    "param-input": "takes a program that is bound to its inputs",
    "reach-too-large": "takes an image that no memory holds with a border",
}


def codes_of(file):
    module = sys.modules[f"{messages.__name__}.{file}"]
    return {value.code for value in vars(module).values() if isinstance(value, messages.Mistake)}


def test_codes_stay():
    kept, now = KEPT.read_text("utf-8").split(), list(maskexpr.error_codes())
    assert [code for code in kept if code not in now] == [], "hosts know these: a code is never removed or renamed"
    assert [code for code in now if code not in kept] == [], "new ones are added by running this file"
    assert kept == sorted(kept)


@pytest.mark.parametrize("code", ["kind", "argument-range", "no-if"])
def test_codes_are_words(code):
    assert code in maskexpr.error_codes()
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in maskexpr.error_codes())


def test_each_code_of_programs_has_an_example():
    wanted = set[str]().union(*map(codes_of, OF_PROGRAMS))
    assert wanted - EXAMPLES.keys() - WITHOUT_EXAMPLE.keys() == set()
    assert EXAMPLES.keys() & WITHOUT_EXAMPLE.keys() == set()
    assert (EXAMPLES.keys() | WITHOUT_EXAMPLE.keys()) - maskexpr.error_codes().keys() == set()


@each("code", sorted(EXAMPLES))
def test_an_example_has_its_mistake(code):
    """And no other first, so that what it shows is what it is for."""
    diagnostics = found(EXAMPLES[code])
    assert diagnostics
    assert diagnostics[0].code == code
    assert len(EXAMPLES[code].program) < 120


def test_wordings_are_all_there():
    for code in maskexpr.error_codes().values():
        assert code.wordings
        assert set(code.severities) <= {"error", "warning"}
        texts = [text for wording in code.wordings for text in wording]
        assert not any("`" in text or re.search(r"\{\w+[:!]", text) for text in texts)
    with pytest.raises(TypeError):
        maskexpr.error_codes()["kind"] = None


if __name__ == "__main__":
    known = {*KEPT.read_text("utf-8").split(), *maskexpr.error_codes()}
    KEPT.write_text("".join(f"{code}\n" for code in sorted(known)), "utf-8")
