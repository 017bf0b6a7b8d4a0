"""Random programs that make sense: arrays, params, defs, assignments, and the values of the outputs."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from helpers import plain
from helpers.random_expressions import POSTFIX, Maker, Term
from maskexpr.testing.pixels import DTYPES, SHAPES, Array, laid_out, random_array


@dataclass(repr=False)
class Program:
    """What one example is: statements, arrays, values for params, and what each output must be."""

    inputs: dict[str, Array] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)  # for params, and a number
    lines: list[str] = field(default_factory=list)
    outputs: dict[str, Term] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def __repr__(self) -> str:
        arrays = [f"{name}: {a.dtype} {a.shape} {a.tolist()}" for name, a in self.inputs.items()]
        return "\n".join([self.text, f"params {self.given}", *arrays])


# --- programs --------------------------------------------------------------------------------------------------------


@st.composite
def programs(draw: Callable[..., Any]) -> Program:
    """Inputs of one shape, params, defs, assignments and outputs."""
    program, shape = Program(), draw(st.sampled_from(SHAPES))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    terms = []
    for name in "abc"[: draw(st.integers(1, 3))]:
        dtype = draw(st.sampled_from(DTYPES))
        array = random_array(rng, shape, dtype, draw(st.sampled_from(["any", "few", "edges", "near", "lone"])))
        layouts = ["C", "C", "Fortran", "reversed", "every second", "read-only"]
        program.inputs[name] = laid_out(array, draw(st.sampled_from(layouts)))
        terms.append(Term(name, POSTFIX, plain.of_input(array)))
        looks_coloured = len(shape) == 3 and shape[-1] in (3, 4) and dtype != "bool"
        if looks_coloured or draw(st.integers(0, 4)) == 0:
            program.lines.append(f"input {name}: {'mask' if dtype == 'bool' else 'image'}")
    params = [_param(draw, program, name) for name in ["p", "q"][: draw(st.integers(0, 2))]]
    maker = Maker(draw, shape, terms + params + _scalar(draw, program), grid=True)
    for i in range(draw(st.integers(0, 2))):
        _define(draw, program, maker, params, f"f{i}")
    for i in range(draw(st.integers(0, 3))):
        name = maker.one_of(f"v{i}", "v0", "x", "a")
        # One that is no array leaves the program without, were it to hide the last input.
        term = maker.lively(maker.one_of(maker.mask, maker.image), 2)
        program.lines.append(f"{name} = {term.text}")
        maker.terms = [t for t in maker.terms if t.text != name] + [replace(term, text=name, level=POSTFIX)]
        maker.grid = maker.grid and name != "x"
    for i in range(draw(st.integers(1, 2))):
        term = maker.lively(maker.anything, 3)
        program.lines.append(f"output r{i} = {term.text}")
        program.outputs[f"r{i}"] = term
    if len(program.outputs) == 1 and draw(st.booleans()):  # a bare expression is a result too
        program.lines[-1] = program.outputs["r0"].text
    _declare(draw, program)
    return program


def _declare(draw: Callable[..., Any], program: Program) -> None:
    """Names that are surely read are free at times; others are declared, as what no line names cannot be given."""
    for name in program.inputs:
        is_read = re.search(rf"\b{name}\b", program.text)
        is_hidden = re.search(rf"^{name} =|def", program.text, re.MULTILINE)
        if f"input {name}:" not in program.text and (not is_read or is_hidden or draw(st.booleans())):
            program.lines.insert(0, f"input {name}")


def _param(draw: Callable[..., Any], program: Program, name: str) -> Term:
    low, high = draw(st.integers(1, 3)), draw(st.integers(3, 300))
    default, used = draw(st.integers(low, 3)), draw(st.integers(low, high))
    kind = draw(st.sampled_from(["interval", "plain", "float"]))
    if kind == "float":
        program.lines.append(f"param {name} = {default}.5")
        program.given[name] = used + 0.25
        return Term(name, POSTFIX, plain.floating(used + 0.25), constant=True)
    program.lines.append(f"param {name} = {default}" + (f" in {low}..{high}" if kind == "interval" else ""))
    if draw(st.booleans()):
        program.given[name] = used
    else:
        used = default
    return Term(name, POSTFIX, plain.whole(used, (low, high) if kind == "interval" else (used, used)), constant=True)


def _scalar(draw: Callable[..., Any], program: Program) -> list[Term]:
    """At times a plain number or truth is given for a name."""
    v = draw(st.sampled_from([None, None, None, 1, 2, 40, 300, 0.5, 200.25, True, False]))
    if v is None:
        return []
    program.lines.append("input d" if isinstance(v, bool) or draw(st.booleans()) else "input d: number")
    program.given["d"] = v if draw(st.booleans()) else np.asarray(v)
    value = plain.logical(v) if isinstance(v, bool) else plain.floating(v)
    return [Term("d", POSTFIX, plain.whole(v, (v, v)) if type(v) is int else value, constant=True)]


def _define(draw: Callable[..., Any], program: Program, maker: Maker, params: list[Term], name: str) -> None:
    """A def, and an assignment of what it gives. Its parameters may hide inputs; inputs themselves are not in sight."""
    arguments = [maker.lively(maker.one_of(maker.mask, maker.image), 1)]
    if draw(st.booleans()):
        arguments.append(maker.one_of(maker.mask, maker.image, maker._settled_number)(1))
    own = ["a", "m"] if draw(st.booleans()) else ["b", "a"]
    inside = [replace(term, text=text, level=POSTFIX) for text, term in zip(own, arguments, strict=False)]
    body_maker = Maker(draw, maker.shape, inside + params, grid=maker.grid)
    body = body_maker.lively(body_maker.one_of(body_maker.mask, body_maker.image), 2)
    program.lines.append(f"def {name}({', '.join(t.text for t in inside)}) = {body.text}")
    called = ", ".join(t.text for t in arguments)
    program.lines.append(f"{name}_ = {name}({called})")
    maker.terms.append(replace(body, text=f"{name}_", level=POSTFIX, constant=False))
