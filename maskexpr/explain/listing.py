"""A program line by line: kinds, shapes, types, and every default and border rule in force."""

from collections.abc import Iterator, Mapping
from typing import Any

from maskexpr.functions.arguments import Parameter, value_text
from maskexpr.kinds.kind import Kind
from maskexpr.program.steps import Checked, InputInfo, ParamInfo, Step


def sections(checked: Checked, notes: Mapping[str, str]) -> Iterator[str]:
    """The inputs, the params, then line by line what is computed and how; `notes` say where an input comes from."""
    if checked.inputs:
        kinds = {s.name: s.kind for s in checked.steps if s.name}
        lines = [_input(i, kinds.get(i.name), notes.get(i.name)) for i in checked.inputs]
        yield "inputs\n" + "\n".join(lines)
    if checked.params:
        yield "params\n" + "\n".join(_param(p, checked.values.get(p.name, p.default)) for p in checked.params)
    shown = _Shown()
    lines = [line for name, step in _bindings(checked) for line in shown.binding(name, step)]
    if lines:
        yield "steps\n" + "\n".join(lines)
    if checked.outputs:
        known = {step.kind.grid.text for step in checked.steps if step.name and step.kind.grid}
        yield "outputs\n" + "\n".join(_output(name, step.kind, known) for name, step in checked.outputs)


def kind_text(kind: Kind) -> str:
    """A kind with its range and spacing, as far as they are known."""
    if kind.name == "unknown":
        return "depends on the inputs"
    text = str(kind)
    if kind.range is not None and kind.is_array and kind.name != "labels":
        text += f", {kind.range}"
    if kind.name == "number" and kind.is_constant:
        text += f" {value_text(kind.constant)}"
    if kind.spacing:
        text += ", pixels of " + " x ".join(f"{float(s):g}" for s in kind.spacing) + " mm"
    return text


def _bindings(checked: Checked) -> list[tuple[str, Step]]:
    asserts = {id(s) for s in checked.asserts}
    return [("assert" if id(step) in asserts else name, step) for name, step in checked.bindings]


def _input(info: InputInfo, kind: Kind | None, note: str | None) -> str:
    text = f"  {info.name}: {info.kind or 'any kind'}"
    if kind is not None and kind.name != "unknown" and (kind.is_complete or info.kind):
        text = f"  {info.name}: {kind_text(kind)}"
    if kind is not None and kind.is_partial:
        text += ", some pixels without data"
    if note:
        text += f" ({note})"
    elif info.default:
        text += f" (default file {value_text(info.default)})"
    grid = kind.grid.text if kind is not None and kind.grid else ""
    return text + (f"  # {info.doc}" if info.doc else "") + (f"\n      {grid}" if grid else "")


def _output(name: str, kind: Kind, known: set[str]) -> str:
    """With its grid where no input has such a one."""
    grid = kind.grid.text if kind.grid else ""
    return f"  {name}: {kind_text(kind)}" + (f"\n      {grid}" if grid and grid not in known else "")


def _param(info: ParamInfo, value: Any) -> str:
    text = f"  {info.name} = {value_text(value)}"
    if value != info.default:
        text += f" (default {value_text(info.default)})"
    if info.low is not None:
        text += f", in {value_text(info.low)}..{value_text(info.high)}"
    if info.choices is not None:
        text += ", one of " + ", ".join(value_text(c) for c in info.choices)
    return text + (f"  # {info.doc}" if info.doc else "")


class _Shown:
    """Writes each call once, under the line that made it."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def binding(self, name: str, step: Step) -> list[str]:
        title = f"  {name or 'result'}"
        if step.function is None and step.name:
            return [f"{title} = {step.name}"]
        written = " ".join(step.source.slice(step.span).split())
        separator = " " if name == "assert" else " = "
        lines = [f"{title}{separator}{written}"]
        if name != "assert":
            lines.append(f"      {kind_text(step.kind)}")
        return lines + [f"      {call}" for call in self._calls(step)]

    def _calls(self, step: Step) -> list[str]:
        """The calls below a step that no earlier line showed, innermost first, without recursion."""
        found, stack = [], [step]
        while stack:
            current = stack.pop()
            if id(current) in self._seen:
                continue
            self._seen.add(id(current))
            stack.extend(current.operands.values())
            text = call_text(current)
            if text:
                found.append(text)
        return found[::-1]


def call_text(step: Step) -> str:
    """A call with all its settings and its border rule; "" for what has none to show."""
    function = step.function
    if function is None or not function.name.isidentifier() or function.group == "operators":
        return ""
    given = ", ".join(f"{p.name}={_setting(step, p.name)}" for p in function.parameters if _is_option(step, p))
    border = function.border_for(step.kind, step.settings)
    if not given and not border:
        return ""
    return f"{function.name}: {given}" + ("; " if given and border else "") + border


def _is_option(step: Step, parameter: Parameter) -> bool:
    """Whether an argument is a constant that could have been left out, or shapes the operation."""
    name = parameter.name
    if name in step.settings:
        return True
    return not parameter.required and name in step.operands and step.operands[name].kind.is_constant


def _setting(step: Step, name: str) -> str:
    return value_text(step.settings[name] if name in step.settings else step.operands[name].kind.constant)
