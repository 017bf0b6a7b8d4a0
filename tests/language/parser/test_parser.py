"""Text to nodes: exact spans, statements that stand alone, tables that are kept safely, work that is linear."""

import dataclasses
import os
import pathlib
import shutil
import stat
import subprocess
import sys

import pytest

import maskexpr
from maskexpr.diagnostics.source import Source, Span
from maskexpr.language import nodes, parser
from maskexpr.language.limits import Limits
from maskexpr.language.parser import grammar


def parsed(text):
    return parser.parse(Source(text), Limits())


def statements(text):
    found = parsed(text)
    assert [d.render() for d in found.diagnostics] == []
    return found.module.statements


def spans(text):
    """Each node with the text its span covers, outer ones first."""
    found, source = [], Source(text)

    def visit(node):
        if isinstance(node, nodes.Node):
            found.append((type(node).__name__, source.slice(node.span)))
            for part in node.parts:
                visit(part)
        elif isinstance(node, tuple) and not isinstance(node, Span):
            for part in node:
                visit(part)

    for statement in statements(text):
        visit(statement)
    return found


# --- spans -----------------------------------------------------------------------------------------------------------


EXPRESSIONS = {
    "im": [("Name", "im")],
    "  0xff ": [("Number", "0xff")],
    "12px": [("Number", "12px")],
    "1.5mm2": [("Quantity", "1.5mm2")],
    '"a\\"b"': [("Text", '"a\\"b"')],
    "true": [("Truth", "true")],
    "none": [("Nothing", "none")],
    "[ 1 , 2, ]": [("List", "[ 1 , 2, ]"), ("Number", "1"), ("Number", "2")],
    "[]": [("List", "[]")],
    "~ m": [("Unary", "~ m"), ("Operator", "~"), ("Name", "m")],
    "not  m": [("Unary", "not  m"), ("Operator", "not"), ("Name", "m")],
    "a - b + c": [
        ("Chain", "a - b + c"), ("Name", "a"), ("Name", "b"), ("Name", "c"), ("Operator", "-"), ("Operator", "+")
    ],
    "a  not   in b": [("Compare", "a  not   in b"), ("Name", "a"), ("Name", "b"), ("Operator", "not   in")],
    "1 < a <= 2": [
        ("Compare", "1 < a <= 2"), ("Number", "1"), ("Name", "a"), ("Number", "2"), ("Operator", "<"),
        ("Operator", "<="),
    ],
    "a ** -b": [
        ("Power", "a ** -b"), ("Name", "a"), ("Operator", "**"), ("Unary", "-b"), ("Operator", "-"), ("Name", "b")
    ],
    "f ( a, n = 3 , )": [
        ("Call", "f ( a, n = 3 , )"), ("Name", "f"), ("Name", "a"), ("Keyword", "n = 3"), ("Name", "n"), ("Number", "3")
    ],
    "f()": [("Call", "f()"), ("Name", "f")],
    "a . f ( 2 )": [("Call", "a . f ( 2 )"), ("Name", "f"), ("Name", "a"), ("Number", "2")],
    "a[1 : , ::2, b]": [
        ("Index", "a[1 : , ::2, b]"), ("Name", "a"), ("Slice", "1 :"), ("Number", "1"), ("Slice", "::2"),
        ("Number", "2"), ("Name", "b"),
    ],
    "a[:]": [("Index", "a[:]"), ("Name", "a"), ("Slice", ":")],
    "( ( a ) )": [("Name", "( ( a ) )")],
    "-(a + b)[0]": [
        ("Unary", "-(a + b)[0]"), ("Operator", "-"), ("Index", "(a + b)[0]"), ("Chain", "(a + b)"), ("Name", "a"),
        ("Name", "b"), ("Operator", "+"), ("Number", "0"),
    ],
    "(a\n # why\n + b)": [("Chain", "(a\n # why\n + b)"), ("Name", "a"), ("Name", "b"), ("Operator", "+")],
}  # fmt: skip


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_spans_of_expressions(text):
    assert spans(text) == [("Bare", text.strip()), *EXPRESSIONS[text]]


STATEMENTS = {
    'input im: mask = "a.png" "what"': [
        ("Input", 'input im: mask = "a.png" "what"'), ("Name", "im"), ("Name", "mask"), ("Text", '"a.png"'),
        ("Text", '"what"'),
    ],
    "input im": [("Input", "input im"), ("Name", "im")],
    'param n = - 3 in -5 .. 4mm "doc"': [
        ("Param", 'param n = - 3 in -5 .. 4mm "doc"'), ("Name", "n"), ("Number", "- 3"), ("Number", "-5"),
        ("Quantity", "4mm"), ("Text", '"doc"'),
    ],
    "param s = 'a' in 'a', 'b'": [
        ("Param", "param s = 'a' in 'a', 'b'"), ("Name", "s"), ("Text", "'a'"), ("Text", "'a'"), ("Text", "'b'"),
    ],
    "param t = true": [("Param", "param t = true"), ("Name", "t"), ("Truth", "true")],
    "def f(a, b,) = a": [("Def", "def f(a, b,) = a"), ("Name", "f"), ("Name", "a"), ("Name", "b"), ("Name", "a")],
    "def f() = 1": [("Def", "def f() = 1"), ("Name", "f"), ("Number", "1")],
    'use "lib.mask"': [("Use", 'use "lib.mask"'), ("Text", '"lib.mask"')],
    'assert a, "no"': [("Assert", 'assert a, "no"'), ("Name", "a"), ("Text", '"no"')],
    "output a": [("Output", "output a"), ("Name", "a")],
    "output a = b": [("Output", "output a = b"), ("Name", "a"), ("Name", "b")],
    "a = b": [("Assignment", "a = b"), ("Name", "a"), ("Name", "b")],
}  # fmt: skip


@pytest.mark.parametrize("text", STATEMENTS)
def test_spans_of_statements(text):
    assert spans(f"\n  {text}  # comment\n") == STATEMENTS[text]


def test_every_node_type_has_its_spans_tested():
    tested = {name for found in (*EXPRESSIONS.values(), *STATEMENTS.values()) for name, _ in found}
    every = {n for n, t in vars(nodes).items() if isinstance(t, type) and issubclass(t, nodes.Node)}
    assert every - tested == {"Node", "Broken", "Bare"}


def test_spans_count_characters_not_bytes():
    text = '"日本😀" != a'
    assert spans(text)[-2:] == [("Name", "a"), ("Operator", "!=")]


def test_what_brackets_hold_is_what_is_meant():
    plain, bracketed = (statements(text)[0].value for text in ("a + b", "(a + b)"))
    assert isinstance(plain, nodes.Chain)
    assert [n.text for n in plain.operands] == [n.text for n in bracketed.operands]


def test_chains_are_flat():
    assert len(statements("a & b & c & d")[0].value.operands) == 4
    assert len(statements("a & (b & c) & d")[0].value.operands) == 3


def test_nodes_cannot_be_changed():
    node = statements("a + b")[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        node.value = None


# --- statements ------------------------------------------------------------------------------------------------------


def shown(text):
    """The statements as written; those that cannot be read with a !."""
    found, source = parsed(text), Source(text)
    return [("!" if isinstance(s, nodes.Broken) else "") + source.slice(s.span) for s in found.module.statements]


SPLIT = {
    "": [],
    "\n\n;;\n# only a comment": [],
    "a; b;; c\nd": ["a", "b", "c", "d"],
    "a = 1\r\nb = 2\rc": ["a = 1", "b = 2", "c"],
    "f(a,\n  b)\nc": ["f(a,\n  b)", "c"],
    "f(a,\n  n=b)\nc": ["f(a,\n  n=b)", "c"],
    "a[\n1\n]\n;b": ["a[\n1\n]", "b"],
    # An unclosed bracket ends where the next statement begins.
    "a = f(b\nc = 3": ["!a = f(b", "c = 3"],
    "a = f(b\noutput c = 3": ["!a = f(b", "output c = 3"],
    "a = f(b\n + 1\n c = 3\n d": ["!a = f(b\n + 1", "c = 3", "d"],
    "f((a)\nparam n = 3\ng(n)": ["!f((a)", "param n = 3", "g(n)"],
    # A keyword argument on a line of its own begins none.
    "a = f(b,\n  n = 3)\nd = (": ["a = f(b,\n  n = 3)", "!d = ("],
    # A word that begins statements ends a bracket even if it is closed later.
    "a = f(b\ndef g(m) = m)": ["!a = f(b", "!def g(m) = m)"],
    # Semicolons cannot stand in brackets.
    "a = (b; c\nd": ["!a = (b; c", "d"],
    "a)\nb": ["!a)", "b"],
    "a = $\nb = ]\nc": ["!a = $", "!b = ]", "c"],
    "a \\\n + b\nc": ["!a \\\n + b", "c"],
    'f("a)\nb': ['!f("a)', "b"],
}


@pytest.mark.parametrize("text", SPLIT)
def test_statements_are_split(text):
    assert shown(text) == SPLIT[text]


def test_one_mistake_a_statement():
    text = "a = 1 +\nb = $ $ $\nc = )\nd = 1 2 3\ne = 4"
    assert [d.span.start for d in parsed(text).diagnostics] == [6, 12, 22, 28]
    assert shown(text)[-1] == "e = 4"


BROKEN = {
    "a = $": ("", "a"),
    "a := 3": ("", "a"),
    "f(m) = 3": ("", "f"),
    "def f(m): 3": ("def", "f"),
    "param n = a": ("param", "n"),
    "output a b": ("output", "a"),
    "input im = 3": ("input", "im"),
    "input = 3": ("input", None),
    "3 $": ("", None),
}


@pytest.mark.parametrize("text", BROKEN)
def test_what_a_broken_statement_would_have_introduced(text):
    (broken,) = parsed(text).module.statements
    name = None if broken.name is None else broken.name.text
    assert (broken.keyword, name) == BROKEN[text]


def test_words_may_begin_names():
    (bare,) = statements("inner + notes + trueness + android + definition + outputs")
    assert [o.text for o in bare.value.operands] == ["inner", "notes", "trueness", "android", "definition", "outputs"]


def test_a_range_needs_no_blanks():
    (param,) = statements("param n = 3 in 0..255")
    assert [b.value for b in param.interval] == [0, 255]


def test_a_whole_number_stays_whole():
    values = [s.value.value for s in statements("3; 3.0; 3e0; 0b11; 3px; 3.0px")]
    assert [(type(v).__name__, v) for v in values] == [
        ("int", 3), ("float", 3.0), ("float", 3.0), ("int", 3), ("int", 3), ("float", 3.0)
    ]  # fmt: skip


# --- the grammar and its tables --------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("packed", [False, True])
def test_the_package_is_whole_by_itself(tmp_path, packed):
    """Copied alone into other software, and in a zip file that Python imports from."""
    package, place = pathlib.Path(maskexpr.__file__).parent, tmp_path / "elsewhere"
    shutil.copytree(package, place / "maskexpr", ignore=shutil.ignore_patterns("__pycache__"))
    if packed:
        shutil.make_archive(str(tmp_path / "packed"), "zip", place)
        place = tmp_path / "packed.zip"
    program = (
        "import maskexpr.cli; print(maskexpr.__file__);"
        "print(maskexpr.evaluate('1 + 2')); maskexpr.cli.main(['functions', 'close'])"
    )
    environment = {**os.environ, "PYTHONPATH": str(place), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    run = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    found, value, *manual = run.stdout.splitlines()
    assert pathlib.Path(found).is_relative_to(place)
    assert value == "3"
    assert manual[0].startswith("close(")


@pytest.fixture
def fresh_tables(monkeypatch, tmp_path):
    """A cache folder of our own, and no tables in memory, before and after."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    grammar.tables.cache_clear()
    yield tmp_path / "cache" / "maskexpr"
    grammar.tables.cache_clear()


def test_the_tables_are_kept_in_a_folder_of_the_users_own(fresh_tables):
    assert shown("a + b") == ["a + b"]
    assert len(list(fresh_tables.iterdir())) == 1
    if os.name == "posix":
        assert stat.S_IMODE(fresh_tables.stat().st_mode) == 0o700
    grammar.tables.cache_clear()
    assert spans("a + b") == [("Bare", "a + b"), ("Chain", "a + b"), ("Name", "a"), ("Name", "b"), ("Operator", "+")]


@pytest.mark.slow
def test_damaged_tables_are_built_again(fresh_tables):
    shown("a")
    (kept,) = fresh_tables.iterdir()
    for damage in (b"", b"nonsense", kept.read_bytes()[:100], kept.read_bytes()[:-100]):
        kept.write_bytes(damage)
        grammar.tables.cache_clear()
        assert shown("a + b") == ["a + b"]


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_a_folder_that_others_can_write_is_not_used(fresh_tables, mode):
    fresh_tables.mkdir(parents=True)
    fresh_tables.chmod(mode)
    assert shown("a + b") == ["a + b"]
    assert list(fresh_tables.iterdir()) == []


def test_a_folder_of_someone_else_is_not_used(fresh_tables, monkeypatch):
    if not hasattr(os, "getuid"):
        pytest.skip("there are no user numbers")
    monkeypatch.setattr(os, "getuid", lambda: -1)
    assert shown("a + b") == ["a + b"]
    assert list(fresh_tables.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_not_used(fresh_tables, monkeypatch):
    fresh_tables.mkdir(parents=True)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert shown("a + b") == ["a + b"]
    assert list(fresh_tables.iterdir()) == []


def test_no_folder_at_all(fresh_tables):
    fresh_tables.parent.write_text("a file where the folder should be")
    assert shown("a + b") == ["a + b"]


# --- linear work -----------------------------------------------------------------------------------------------------


LONG = {
    "a chain": "a" + " + a" * 250,
    "statements": "a = 3\n" * 150,
    "nested brackets": "(" * 250 + "a" + ")" * 250,
    "open brackets": "(" * 400,
    "open brackets and lines": "a = (b\n" * 150,
    "open brackets and semicolons": "(" + "a; " * 200,
    "closing brackets": ")" * 400,
    "equals signs": "a " + "= " * 250,
    "commas": "a" + ", a" * 250,
    "mistakes": "a $\n" * 150,
    "texts": "f(" + '"a", ' * 200 + ")",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LONG)
def test_each_token_is_looked_at_a_few_times(name, monkeypatch):
    """Twice the text takes no more than about twice the steps, as Python counts calls."""
    text = LONG[name]
    once, twice = (_calls(lambda t=t: parsed(t)) for t in (text, text + "\n" + text))
    assert twice < 2.3 * once


def _calls(work):
    """Python and C calls, and lines run: what grows with the work but not with the machine."""
    count = 0

    def note(frame, event, argument):
        nonlocal count
        count += 1
        return note

    work()
    sys.settrace(note)
    try:
        work()
    finally:
        sys.settrace(None)
    return count


def test_brackets_over_many_lines_take_no_longer_than_others() -> None:
    """Each line break once looked at every open bracket: this would take an hour."""
    n = 6_000
    assert maskexpr.evaluate("(" * n + "\n" * n + "1" + ")" * n) == 1
