"""A whole program: what its statements add up to."""

from maskexpr.checker import check
from maskexpr.diagnostics.source import Source
from maskexpr.language.limits import Limits
from maskexpr.language.parser import parse
from maskexpr.library import CATALOGUE
from maskexpr.program.steps import Checked


def checked(text: str, limits: Limits | None = None) -> Checked:
    source, limits = Source(text), limits or Limits()
    return check(parse(source, limits), source, CATALOGUE, limits)


def test_mistakes_come_in_the_order_of_their_places_those_of_the_parser_among_them() -> None:
    found = checked("a = dilat(im)\nb = = 3\noutput c = blurr(im)\n").diagnostics
    lines = [d.source.position(d.span.start)[0] for d in found if d.source and d.span]
    assert lines == [1, 2, 3]


def test_inputs_that_are_declared_come_first() -> None:
    program = checked("a = im + t > 3\ninput late: mask\noutput b = keep(a & late, area > least)")
    assert [(i.name, i.kind, i.in_condition) for i in program.inputs] == [
        ("late", "mask", False),
        ("im", None, False),
        ("t", None, False),
        ("least", None, True),
    ]


def test_the_last_line_is_the_result_without_an_output() -> None:
    assert [name for name, _ in checked("a = im > 3; b = im > 4").outputs] == ["b"]
    assert [name for name, _ in checked("a = im > 3; im > 4").outputs] == ["result"]
    assert [name for name, _ in checked("output a = im > 3; im > 4").outputs] == ["a"]


def test_bindings_follow_the_lines() -> None:
    program = checked("a = im > 3\nassert any(im > 3)\na = ~a\noutput a")
    assert [name for name, _ in program.bindings] == ["a", "", "a"]
    assert program.asserts == (program.bindings[1][1],)
    assert program.outputs == (("a", program.bindings[2][1]),)


def test_a_program_that_grows_too_large_gives_no_steps() -> None:
    program = checked("\n".join(f"a{i} = im > {i}" for i in range(40)), Limits(nodes=20))
    assert [d.code for d in program.diagnostics] == ["program-too-large"]
    assert program.steps == ()


def test_only_coordinates_and_drawn_shapes_need_the_grid() -> None:
    assert checked("x > 3").uses_grid
    assert not checked("im > 3").uses_grid
