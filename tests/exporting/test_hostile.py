"""A stranger's names, texts and comments never become code of an exported text."""

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.exported import asked, unlike
from hypothesis import given
from hypothesis import strategies as st

import maskexpr
from maskexpr.exporting.names import RESERVED, Names
from maskexpr.exporting.texts import comment, docstring, visible

IM = ((5, 6), "uint8")
CODE = "__import__('os').system('touch pwned')"
IMPORTED = {"bisect", "decimal", "fractions", "functools", "heapq", "itertools", "math", "operator", "numpy", "scipy"}

PROGRAMS = {
    "a docstring that ends": f"""# \"\"\"
# {CODE}
# \"\"\" + {CODE} + \"\"\"

im > 3""",
    "a comment of several lines": f"# one\t{CODE}{CODE}\u00a0{CODE}\nim > 3",
    "a backslash at the end": f"# \\\n\n# {CODE} \\\nm = im > 3 # \\\noutput m",
    "docs": f"""input im "\\"\\"\\"\\n{CODE}\\""
param low = 3 in 0..9 "\\n    {CODE}"
im > low""",
    "a message": f'assert any(im >= 0), "\\"); {CODE} #"\nim > 3',
    "a param that is a text": f'param t = "\\"{CODE}" in "\\"{CODE}", "b"\nwhere(t == "b", im, 0)',
    "words of Python": """lambda = im > 3
class = im > 4
import = lambda & class
output def_ = import
output None_ = class""",
    "names that the text needs": """np = im > 3
ndimage = im > 4
int = np & ndimage
output ValueError = dilate(int)
output f = area(np)""",
    "names of helpers": """keep_largest = keep_largest(im > 3)
close = close(keep_largest)
output remove_small = remove_small(close, 2)""",
    "names with two underscores": """__class__ = im > 3
__import__ = im > 4
__builtins__ = __class__ & __import__
output __name__ = __builtins__""",
    "names of outputs": "output eval = im > 3\noutput exec = im > 4",
    "arguments": "input self\ninput lambda\ninput print\nself + lambda + print",
    "names that are arguments": """spacing = 3mm
output part = dilate(im > 3, spacing)
output regions = keep(im > 3, area > 1)""",
}


def is_harmless(text: str) -> None:
    """Nothing but imports of known modules and functions, in which nothing dangerous is called."""
    tree = ast.parse(text)
    for node in tree.body:
        assert isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef), ast.unparse(node)
    for part in ast.walk(tree):
        if isinstance(part, ast.Import | ast.ImportFrom):
            names = [part.module or ""] if isinstance(part, ast.ImportFrom) else [alias.name for alias in part.names]
            assert {name.partition(".")[0] for name in names} <= IMPORTED
        if isinstance(part, ast.Attribute):
            assert not part.attr.startswith("_")
            assert part.attr not in ("system", "popen", "open", "load", "save", "fromfile", "tofile")
        if isinstance(part, ast.Name):
            assert part.id not in ("eval", "exec", "open", "compile", "__import__", "globals", "getattr", "os", "sys")


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_of_strangers(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    program = maskexpr.compile(PROGRAMS[name], name=f"a/b\n{CODE}\n.mask")
    image = np.arange(30, dtype=np.uint8).reshape(5, 6) % 7
    spaced = maskexpr.Image(image, spacing=1)
    found = asked(program, {info.name: spaced for info in program.inputs})
    is_harmless(found.text)
    renamed = {f"{word}_": image for word in ("lambda", "print")}
    assert unlike([type(found)(found.program, found.text, {**found.given, **renamed}, found.wanted)], tmp_path) == []
    assert not Path("pwned").exists()


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_comment_and_doc(text: str, other: str) -> None:
    assert "\n" not in comment(text)
    lines = "\n".join(["def f():", *docstring([text, other]), f"    {comment(text)}", "    return 1"])
    tree = ast.parse(lines)
    function: Any = tree.body[0]
    assert len(tree.body) == 1
    assert len(function.body) == 2
    kept = ast.get_docstring(tree.body[0], clean=False)  # type: ignore[arg-type]  # a function
    assert kept is not None
    for part in f"{text}\n{other}".split("\n"):
        assert visible(part).strip() in kept


@given(st.text(max_size=20))
def test_any_name(text: str) -> None:
    names = Names(["keep"])
    first, second = names.new(text), names.new(text)
    assert first != second
    for name in (first, second):
        assert name.isidentifier()
        assert name.isascii()
        assert not name.startswith("__")
        assert name not in RESERVED | {"keep"}
