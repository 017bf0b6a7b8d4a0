"""The text of a module: imports, one function with its docstring and checks, and the helpers that it needs."""

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from maskexpr.diagnostics.source import Source
from maskexpr.exporting import rendering  # noqa: F401 - it fills the table of forms
from maskexpr.exporting.comments import comments_of
from maskexpr.exporting.helping import LICENCE, helpers, imports, needed
from maskexpr.exporting.names import Names
from maskexpr.exporting.rendering.elements import SPACING
from maskexpr.exporting.syntax import code, free_names, literal, names_in
from maskexpr.exporting.texts import docstring, statement, visible
from maskexpr.exporting.writer import Writer
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.quantity import Quantity
from maskexpr.language import nodes
from maskexpr.program.steps import Checked, ParamInfo, valid_name

HEAD = "# Exported by maskexpr from"
"""How each text begins; files that begin otherwise are not written over."""

Check = Callable[[Mapping[str, Any], Mapping[str, Any]], Checked]


@dataclass(frozen=True, slots=True)
class Exported:
    """A program to be written down: its text, syntax and inputs, and how to check it with other values of params
    and of inputs that are numbers."""

    source: Source
    module: nodes.Module
    kinds: Mapping[str, Kind]
    params: Mapping[str, Any]  # those that were given
    check: Check
    name: str = "masks"


def write(program: Exported, checked: Checked, fixed: frozenset[str]) -> tuple[str, set[str]]:
    """The text, and the params that are in it as they are now although they are told."""
    used = _written(program, checked, fixed, [*helpers(), *imports()])[1]
    text, _, unwritten = _written(program, checked, fixed, [*needed(used), *imports()])
    return text, unwritten


def _written(
    program: Exported, checked: Checked, fixed: frozenset[str], reserved: Iterable[str]
) -> tuple[str, set[str], set[str]]:
    """The text without names of its own that are reserved, all names in it, and the params that are not told."""
    names = Names(reserved)
    function = Names([*helpers(), *imports()]).new(program.name)
    given = {info.name: names.new(info.name) for info in checked.inputs}
    given |= {name: names.new(name) for name in program.kinds if name not in given}
    where = {valid_name(name): names.new(f"{name}_valid") for name, kind in program.kinds.items() if kind.is_partial}
    told = {info.name: names.new(info.name) for info in checked.params}
    writer = Writer(
        checked, names, {**given, **where, **told}, fixed, _spacing(program.kinds), _grid(program.kinds, given)
    )
    _say_fixed(writer, checked, program, {**given, **told}, fixed)
    _say_lines(writer, program, checked)
    writer.give(checked.outputs)
    body = "\n".join(writer.lines)
    used = names_in(ast.parse(f"def f():\n{body}\n"))
    spacing = tuple(map(float, _spacing(program.kinds) or ())) if SPACING in used else None
    declared = {info.name for info in checked.inputs}
    inputs = [name for name in given if name not in fixed and (name in declared or given[name] in used)]
    arguments = [given[name] for name in inputs] + [variable for variable in where.values() if variable in used]
    lines = _signature(function, arguments, checked, told, program, fixed, spacing)
    valid = {name: variable for name, variable in where.items() if variable in used}
    lines += _docstring(program, checked, given, told, fixed, spacing, valid)
    checks = _checks(program, checked, given, told, fixed)
    own = "\n".join([*lines, *checks, *([""] if checks else []), *writer.lines])
    used = free_names(ast.parse(own)) | ({SPACING} if SPACING in used else set())
    return _module(program, own, used), used, writer.params_in_settings - fixed


def _module(program: Exported, function: str, used: set[str]) -> str:
    chosen = needed(used)
    known = helpers()
    every = used.union(*(known[name].needs for name in chosen)) if chosen else used
    lines = sorted(line for name, line in imports().items() if name in every)
    ours = [line for line in lines if "numpy" not in line and "scipy" not in line]
    theirs = [line for line in lines if line not in ours]
    blocks = ["\n".join(sorted(block, key=_import_order)) for block in (ours, theirs) if block]
    origin = f"{HEAD} {visible(_origin(program))}"
    parts = ["\n\n".join([origin, *blocks])]
    parts.append(function)
    if chosen:
        parts.append(
            "\n\n\n".join([LICENCE + "\n\n\n" + known[chosen[0]].text, *(known[name].text for name in chosen[1:])])
        )
    return "\n\n\n".join(parts) + "\n"


def _import_order(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line


def _origin(program: Exported) -> str:
    """What the program is called, without the folder that its file lies in."""
    name = program.source.name.replace("\\", "/").rpartition("/")[2]
    return "an expression" if name == "expression" else name


def _say_fixed(
    writer: Writer, checked: Checked, program: Exported, told: Mapping[str, str], fixed: frozenset[str]
) -> None:
    values = {info.name: program.params.get(info.name, info.default) for info in checked.params}
    values |= {name: kind.constant for name, kind in program.kinds.items() if kind.is_constant}
    for name, value in values.items():
        if name in fixed:
            target = ast.Name(told[name], ast.Store())
            found = statement(ast.Assign([target], literal(value), lineno=0))
            found[-1] += "  # fixed here: with another value other lines follow"
            writer.lines.extend(found)


def _say_lines(writer: Writer, program: Exported, checked: Checked) -> None:
    """The lines of the program with their comments, those that its results need; what stands at a def or a param, which
    are no lines here, goes to the next one."""
    needed_steps = set(checked.needed())
    starts = [s.span.start for s in program.module.statements]
    comments = comments_of(program.source, program.module.statements, starts)
    bindings = list(checked.bindings)
    waiting: tuple[str, ...] = ()
    for node in program.module.statements:
        said = waiting + comments.at.get(node.span.start, ())
        is_line = isinstance(node, nodes.Assignment | nodes.Bare | nodes.Assert | nodes.Output)
        if not is_line or (isinstance(node, nodes.Output) and node.value is None):
            waiting = said
            continue
        if not bindings:
            break
        waiting = ()
        label, step = bindings.pop(0)
        if label:
            if step in needed_steps:
                writer.say_comments(said)
                writer.bind(label, step)
        elif step.function is not None and step.function.name == "assert":
            writer.say_comments(said)
            writer.check(step)
        elif step in needed_steps:
            writer.say_comments(said)
    writer.say_comments(waiting + comments.tail)


def _spacing(kinds: Mapping[str, Kind]) -> tuple[Fraction, ...] | None:
    return next((kind.spacing for kind in kinds.values() if kind.spacing), None)


def _grid(kinds: Mapping[str, Kind], given: Mapping[str, str]) -> ast.expr | None:
    """The shape of the images, as far as they have one."""
    for name, kind in kinds.items():
        if kind.is_array:
            return code("x.shape[:-1]" if kind.channels else "x.shape", x=_name(given[name]))
    return None


def _signature(
    function: str,
    inputs: list[str],
    checked: Checked,
    told: Mapping[str, str],
    program: Exported,
    fixed: frozenset[str],
    spacing: tuple[float, ...] | None,
) -> list[str]:
    named = [
        (told[info.name], program.params.get(info.name, info.default))
        for info in checked.params
        if info.name not in fixed
    ]
    if spacing is not None:
        named.append((SPACING, spacing))
    arguments = ast.arguments(
        [],
        [ast.arg(name) for name in inputs],
        None,
        [ast.arg(name) for name, _ in named],
        [literal(value) for _, value in named],
        None,
        [],
    )
    node = ast.FunctionDef(function, arguments, [ast.Pass()], [], lineno=0)
    text = statement(node, "")
    return text[: text.index("    pass")]


def _docstring(
    program: Exported,
    checked: Checked,
    given: Mapping[str, str],
    told: Mapping[str, str],
    fixed: frozenset[str],
    spacing: tuple[float, ...] | None,
    valid: Mapping[str, str],
) -> list[str]:
    starts = [s.span.start for s in program.module.statements]
    head = comments_of(program.source, program.module.statements, starts).head
    text = program.source.text.strip()
    is_short = "\n" not in text and len(text) < 80 and not head
    first = text if is_short else "\n".join(head).strip() or f"What {_origin(program)} computes."
    parts = [first]
    rows = []
    for info in checked.inputs:
        if info.name not in fixed:
            said = _said(program.kinds.get(info.name))
            rows.append(f"{given[info.name]} : {said}" + (f"\n    {visible(info.doc)}" if info.doc else ""))
    rows += [f"{variable} : array of bool\n    where {name[6:-1]} has data" for name, variable in valid.items()]
    rows += [
        f"{told[param.name]} : {_param_said(param)}" + (f"\n    {visible(param.doc)}" if param.doc else "")
        for param in checked.params
        if param.name not in fixed
    ]
    if spacing is not None:
        rows.append(f"{SPACING} : lengths of a pixel along each axis, in mm")
    if rows:
        parts.append("Parameters\n----------\n" + "\n".join(rows))
    outputs = [(name, step.kind) for name, step in checked.outputs]
    if len(outputs) == 1:
        parts.append(f"Returns\n-------\n{_said(outputs[0][1])}")
    else:
        parts.append(
            "Returns\n-------\ndict\n" + "\n".join(f"    {visible(name)} : {_said(kind)}" for name, kind in outputs)
        )
    parts.append("Masks, labels and whole numbers are those of the program, floating values equal up to rounding.")
    return docstring(parts)


def _said(kind: Kind | None) -> str:
    if kind is None:
        return "value"
    if not kind.is_array:
        return {"number": "int" if kind.range is not None else "float", "truth": "bool", "list": "list"}.get(
            kind.name, kind.name
        )
    axes = f"{len(kind.shape or ())}-D" if kind.shape is not None else ""
    what = {"mask": "mask", "labels": "labels", "colour": "colour image, channels last", "image": "image"}[kind.name]
    return f"{axes} array of {kind.dtype} ({what})"


def _param_said(info: ParamInfo) -> str:
    value = info.default
    what = {bool: "bool", str: "str"}.get(type(value), "int" if info.whole else "float")
    if isinstance(value, Quantity):
        what = "float, in mm" + (str(value.power) if value.power > 1 else "")
    if info.choices:
        return f"{what}, one of " + ", ".join(visible(choice) for choice in info.choices)
    if info.low is not None:
        return f"{what} from {_plain(info.low)} to {_plain(info.high)}"
    return what


def _plain(value: Any) -> str:
    return f"{float(value.value):g}" if isinstance(value, Quantity) else str(value)


def _checks(
    program: Exported, checked: Checked, given: Mapping[str, str], told: Mapping[str, str], fixed: frozenset[str]
) -> list[str]:
    """What is asked of arguments before the first line, as their types and intervals decided how it is written."""
    lines: list[str] = []
    for info in checked.inputs:
        kind = program.kinds.get(info.name)
        if kind is not None and kind.is_constant and info.name not in fixed:
            lines += _as_plain(given[info.name], kind)
        if kind is not None and kind.is_array:
            if kind.name == "labels" or info.kind == "mask":
                target = ast.Name(given[info.name], ast.Store())
                value = code(
                    "f(x)", f=_name("as_labels" if kind.name == "labels" else "as_mask"), x=_name(given[info.name])
                )
                lines += statement(ast.Assign([target], value, lineno=0))
            ndim = len(kind.shape or ()) + bool(kind.channels)
            test = code("x.dtype != t or x.ndim != n", x=_name(given[info.name]), t=kind.dtype, n=ndim)
            lines += _refusal(test, f"{given[info.name]} has to be {_article(kind, ndim)}")
            if kind.range is not None and kind.dtype is not None and kind.dtype.itemsize == 8:
                low, high = literal(kind.range.low), literal(kind.range.high)
                test = code("x.min() < low or x.max() > high", x=_name(given[info.name]), low=low, high=high)
                lines += _refusal(test, f"{given[info.name]} has values that its exported types do not hold")
    arrays = [(given[name], kind) for name, kind in program.kinds.items() if kind.is_array]
    for variable, kind in arrays[1:]:
        first, of_first = arrays[0]
        if kind.shape == of_first.shape:
            count = len(kind.shape or ())
            text = "x.shape[:n] != y.shape[:n]" if kind.channels or of_first.channels else "x.shape != y.shape"
            test = code(text, x=_name(variable), y=_name(first), n=count)
            lines += _refusal(test, f"{variable} has to have the shape of {first}")
    for param in checked.params:
        if param.name in fixed or param.low is None:
            continue
        low, high = literal(param.low), literal(param.high)
        test = code("not low <= x <= high", x=_name(told[param.name]), low=low, high=high)
        lines += _refusal(test, f"{told[param.name]} has to be from {_plain(param.low)} to {_plain(param.high)}")
    return lines


def _as_plain(variable: str, kind: Kind) -> list[str]:
    """A number of Python, which does not widen arrays as those of NumPy do."""
    what = "bool" if kind.name == "truth" else "int" if kind.range is not None else "float"
    return statement(
        ast.Assign([ast.Name(variable, ast.Store())], code("f(x)", f=_name(what), x=_name(variable)), lineno=0)
    )


def _article(kind: Kind, ndim: int) -> str:
    return f"an array of {kind.dtype} with {ndim} axes" if ndim != 1 else f"an array of {kind.dtype} with 1 axis"


def _name(text: str) -> ast.expr:
    return ast.Name(text, ast.Load())


def _refusal(test: ast.expr, said: str) -> list[str]:
    error = ast.Raise(ast.Call(ast.Name("ValueError", ast.Load()), [literal(said)], []))
    return statement(ast.If(test, [error], []))
