"""A checked program as steps: every operation is a function applied to earlier steps, so nothing here recurses."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.builtin import Builtin, Refused, part_name
from maskexpr.errors import Diagnostic
from maskexpr.kinds import Kind
from maskexpr.ranges import smallest_type, union
from maskexpr.source import Source, Span

_COMPARISONS = frozenset({"<", "<=", ">", ">=", "between", "hysteresis"})


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One value of the program: an input, a constant, or a function applied to earlier steps.

    Attributes
    ----------
    function
        None for an input (`name` is set) and for a constant (`kind.constant` is set).
    operands
        Arguments that are values, by parameter name.
    settings
        Arguments that are known before the run, as the body receives them.
    source, span
        Where the value was written first; for run-time errors and `explain`.
    """

    kind: Kind
    source: Source
    span: Span
    function: Builtin | None = None
    operands: Mapping[str, "Step"] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True, slots=True)
class InputInfo:
    """An input of a program. `default` is a file name as written; `span` is where the input is first named, and
    `in_condition` says whether that is in a condition on regions."""

    name: str
    kind: str | None = None
    default: str | None = None
    doc: str = ""
    source: Source | None = None
    span: Span | None = None
    in_condition: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Quantity:
    """A length (power 1) or a size (2, 3) in millimetres."""

    value: Fraction
    power: int

    def __str__(self) -> str:
        return f"{float(self.value):g}mm" + (str(self.power) if self.power > 1 else "")


@dataclass(frozen=True, slots=True)
class ParamInfo:
    """A parameter of a program: its default, and the interval or the choices it is held to.

    A length or size is a `Quantity` in millimetres; all else are plain Python values.
    """

    name: str
    default: Any
    low: Any = None
    high: Any = None
    choices: tuple[str, ...] | None = None
    doc: str = ""
    source: Source | None = None
    span: Span | None = None

    @property
    def whole(self) -> bool:
        """Whether the parameter is declared with whole numbers alone, and so takes only those."""
        given = [v for v in (self.default, self.low, self.high) if v is not None]
        return all(isinstance(v, int) and not isinstance(v, bool) for v in given)


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checker hands on.

    `steps` stand in an order in which operands come before their use. `bindings` follow the program's lines: the name a
    line gives, "" for an assert or a bare expression, and its step. `values` are those given for params. `uses_grid`
    says that coordinates or drawn shapes take the shape of the images that are given, named in the program or not.
    """

    steps: tuple[Step, ...] = ()
    outputs: tuple[tuple[str, Step], ...] = ()
    asserts: tuple[Step, ...] = ()
    bindings: tuple[tuple[str, Step], ...] = ()
    inputs: tuple[InputInfo, ...] = ()
    params: tuple[ParamInfo, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    assigned: tuple[str, ...] = ()
    uses_grid: bool = False
    diagnostics: tuple[Diagnostic, ...] = ()

    def needed(self) -> list[Step]:
        """The steps that outputs and asserts depend on, in order."""
        wanted = {id(s) for _, s in self.outputs} | {id(s) for s in self.asserts}
        kept = []
        for step in reversed(self.steps):
            if id(step) in wanted:
                kept.append(step)
                wanted.update(id(s) for s in step.operands.values())
        return kept[::-1]

    def numbers(self) -> dict[str, Step]:
        """The numbers that are found in the pixels on the way to outputs and asserts, by what the program calls them: a
        name it assigns, or the text of a threshold."""
        needed = self.needed()
        found = [s for s in needed if s.function is not None and s.kind.name in ("number", "truth", "list")]
        names = {step: name for name, step in self.bindings if name}
        numbers: dict[str, Step] = {}
        for step in found:
            if step in names:
                numbers[names[step]] = step
            elif step.function is not None and step.function.group == "thresholds":
                text = " ".join(step.source.slice(step.span).split())
                alike = sum(name.partition(" #")[0] == text for name in numbers)  # a def called several times
                numbers[f"{text} #{alike + 1}" if alike else text] = step
        return numbers

    def compared(self) -> list[tuple[Step, str, Step]]:
        """Each image with a number that it is compared with, by its name where it has one, else by how it is written;
        not those of conditions on regions."""
        found, steps = [], set(self.steps)
        names = {step: name for name, step in self.bindings if name}
        for step in self.steps:
            operands = list(step.operands.values())
            if step.function is None or step.function.name not in _COMPARISONS or not steps.issuperset(operands):
                continue
            images = [operand for operand in operands if operand.kind.name == "image"]
            numbers = [operand for operand in operands if operand.kind.name == "number"]
            for image, number in itertools.product(images, numbers):
                text = " ".join(number.source.slice(number.span).split())
                found.append((image, names.get(number) or text, number))
        return found


def in_order(result: Step, is_leaf: Callable[[Step], bool] = lambda step: False) -> Iterator[Step]:
    """A step after all it depends on, without recursion; not beyond leaves."""
    seen, stack = set[Step](), [(result, False)]
    while stack:
        step, ready = stack.pop()
        if ready:
            yield step
        elif step not in seen:
            seen.add(step)
            stack.append((step, True))
            if not is_leaf(step):
                stack.extend((operand, False) for operand in step.operands.values())


def run_body(step: Step, values: Mapping[str, Any]) -> Any:
    """Apply a step's function to its operands' values; a number comes back as a plain Python one.

    Raises whatever the body raises; `Refused` is its word for a fault of the pixels.
    """
    function = step.function
    assert function is not None
    for parameter in function.parameters:
        if parameter.name in values:
            try:
                parameter.takes.check_number(values[parameter.name])
            except Refused as refused:
                raise Refused(refused.mistake, parameter.name, **refused.fields) from None
    arguments = {**_gathered(function, values), **step.settings}
    if "kind" in function.filled_in:
        arguments["kind"] = step.kind
    if "work" in function.filled_in:
        arguments["work"] = work_type(step)
    with np.errstate(all="ignore"):
        result = function.body(**arguments)
    if step.kind.name == "truth":
        return bool(result)
    if step.kind.name == "number" and isinstance(result, np.generic):
        return result.item()
    return result


def _gathered(function: Builtin, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Operands by parameter, those of a list together again."""
    several = [p.name for p in function.parameters if p.takes.several]
    several += [name for name in ("numbers",) if name in function.filled_in]
    if not several:
        return values
    gathered = {name: value for name, value in values.items() if "[" not in name}
    for name in several:
        parts = itertools.takewhile(values.__contains__, (part_name(name, i) for i in itertools.count()))
        gathered[name] = [values[part] for part in parts]
    return gathered


def work_type(step: Step) -> np.dtype[Any]:
    """A type that holds every operand and the result; Python integers where no integer type holds them all."""
    values = step.kind.range
    if values is None:
        dtype = step.kind.dtype
        return np.dtype(np.float64) if dtype is None else dtype
    ranges = [o.kind.range for o in step.operands.values() if o.kind.range is not None]
    return smallest_type(union(values, *ranges)) or np.dtype(object)
