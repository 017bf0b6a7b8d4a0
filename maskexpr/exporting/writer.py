"""From the steps of a checked program to the statements of a Python function."""

import ast
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import ProgramError
from maskexpr.exporting.forms import FORMS, Call, NoForm
from maskexpr.exporting.names import Names
from maskexpr.exporting.syntax import Code, code, literal, name
from maskexpr.exporting.texts import comment, statement
from maskexpr.kinds.kind import QUANTITIES
from maskexpr.library.operators import PLANNED
from maskexpr.program.steps import Checked, Step, in_order
from maskexpr.program.tracing import QUANTITY, is_traced, traces_of

_DEEPEST = 8  # of an expression that is still easy to read


class Writer:
    """Writes values as code: those that have a name, or are used more than once, as variables."""

    def __init__(
        self,
        checked: Checked,
        names: Names,
        known: Mapping[str, str],
        fixed: frozenset[str],
        spacing: tuple[Fraction, ...] | None = None,
        grid: Code | None = None,
    ) -> None:
        self.names = names
        self.known = known  # what inputs and params are called in Python
        self.fixed = fixed  # params that are not told: types, or more, depend on them
        self.grid = grid  # the shape of the images
        self.spacing = spacing  # of the images, an argument
        self.lines: list[str] = []
        self.params_in_settings: set[str] = set()  # what fixed params were needed for
        self._variables: dict[Step, str] = {}
        self._named: dict[tuple[str, Step], str] = {}  # by the program, with what it calls them
        self._local: dict[Step, Code] = {}  # where a condition on regions is written
        self._depths: dict[Step, int] = {}
        wanted = checked.needed()
        uses = Counter(operand for step in wanted for operand in _used_by(step))
        self._shared = {step for step, count in uses.items() if count > 1}
        self._labels = {step: label for label, step in reversed(checked.bindings) if label}
        self._wanted = set(wanted)

    # --- values ---

    def value(self, step: Step) -> Code:
        """A value where it is used: a variable, or code in its place."""
        if step in self._local:
            return self._local[step]
        if step in self._variables:
            return name(self._variables[step])
        if step.function is None:
            return self._given(step)
        return self._applied(step)

    def _within(self, step: Step, known: Mapping[Step, Code]) -> Code:
        """A value that is made of some that are known as code: of regions, say."""
        before, self._local = self._local, {**self._local, **known}
        found = self.value(step)
        self._local = before
        return found

    def _given(self, step: Step) -> Code:
        if step.name in self.known:
            return name(self.known[step.name])
        if step.operands and step.kind.name == "list":
            return ast.List([self.value(operand) for operand in step.operands.values()], ast.Load())
        for operand in step.operands.values():
            self.params_in_settings |= self._params_of(operand)  # in pixels, without a spacing that is known
        return literal(_listed(step.kind.constant))

    def _applied(self, step: Step) -> Code:
        function = step.function
        assert function is not None
        if step.kind.is_constant and not self._params_of(step):
            return literal(_listed(step.kind.constant))
        write = FORMS.get(function.name) if not function.is_of_host else None
        if write is None:
            raise self._without_form(step, "")
        traces = {
            key: origin
            for key, origin in traces_of(step).items()
            if self._params_of(origin) or origin.kind.name in QUANTITIES
        }
        operands = {key: self._operand(key, operand) for key, operand in step.operands.items()}
        call = Call(
            step,
            operands,
            {key: self.value(origin) for key, origin in traces.items()},
            self.spacing,
            self.grid,
            self._within,
        )
        try:
            found = write(call)
        except NoForm as without:
            raise self._without_form(step, without.part) from None
        for key, origin in traces.items():
            if key not in call.used:
                self.params_in_settings |= self._params_of(origin)
        return found

    def _operand(self, key: str, step: Step) -> Code:
        """An operand; a number of pixels that a length or size stands for follows the size of pixels."""
        origin = step.operands.get(QUANTITY)
        if step.function is not None or origin is None or self.spacing is None:
            return self.value(step)
        steps = decimals(self.spacing)
        if steps is None:
            return self.value(step)
        if origin.kind.power == 1:
            axis = -1 - "xyz".index(key[0]) if key[0] in "xyz" else 0
            return code("length_in_pixels(q, spacing[axis])", q=self.value(origin), axis=axis)
        ratio, axes = origin.kind.constant / step.kind.constant if step.kind.constant else 0, origin.kind.power
        which = "spacing" if ratio in (0, math.prod(self.spacing)) else f"spacing[-{axes}:]"
        return code(f"size_in_pixels(q, {which})", q=self.value(origin))

    def _params_of(self, step: Step) -> set[str]:
        """The params that a constant depends on and that are told."""
        if not is_traced(step):
            return set()
        params = {part.name for part in in_order(step) if part.name in self.known and part.kind.is_constant}
        return params - self.fixed

    def _without_form(self, step: Step, part: str) -> ProgramError:
        function = step.function
        assert function is not None
        mistake = messages.EXPORT_OF_HOST if function.is_of_host else messages.EXPORT_NO_FORM
        words, called = f" {part}" if part else "", function.name
        if called in PLANNED:  # what stands for a function where some pixels are without data
            called, words = called.partition(" ")[0], " of images with pixels without data"
        return ProgramError(mistake.at(step.source, step.span, function=called, part=words))

    # --- statements ---

    def define(self, step: Step) -> None:
        """Give variables to all that a value needs and that is used more than once, or too deep in it."""
        for part in in_order(step, lambda s: s in self._variables):
            if (
                part in self._variables
                or part.function is None
                or (part.kind.is_constant and not self._params_of(part))
            ):
                self._depths[part] = 0
                continue
            depth = 1 + max((self._depths.get(o, 0) for o in part.operands.values()), default=0)
            self._depths[part] = depth
            if part is not step and (part in self._shared or depth > _DEEPEST):
                self.assign(self.names.new(self._labels.get(part) or _wanted_name(part)), part)

    def assign(self, variable: str, step: Step) -> None:
        self._say(ast.Assign([ast.Name(variable, ast.Store())], self.value(step), lineno=0))
        self._variables[step] = variable
        self._depths[step] = 0

    def bind(self, label: str, step: Step) -> None:
        """A name that the program gives to a value."""
        if step.function is None and not step.name and not _is_worth_a_name(step):
            return
        if self._labels.get(step) == label and step in self._variables:
            self._named[label, step] = self._variables[step]
            return  # named already, as something above needs it
        self.define(step)
        self.assign(self.names.new(label), step)
        self._named[label, step] = self._variables[step]

    def check(self, step: Step) -> None:
        """An assert of the program."""
        condition = step.operands["condition"]
        self.define(condition)
        if step.function is not None and condition.function is not None and condition in self._shared:
            self.assign(self.names.new("holds"), condition)
        said = step.settings["message"] or f"assert failed: {step.settings['text']}"
        test = code("not value", value=self.value(condition))
        error = ast.Raise(ast.Call(ast.Name("ValueError", ast.Load()), [literal(said)], []))
        self._say(ast.If(test, [error], []))

    def give(self, outputs: Iterable[tuple[str, Step]]) -> None:
        found = list(outputs)
        for _, step in found:
            self.define(step)
        if len(found) == 1:
            self._say(ast.Return(self.value(found[0][1])))
            return
        keys: list[Code | None] = [literal(label) for label, _ in found]
        self._say(ast.Return(ast.Dict(keys, [self._output(label, step) for label, step in found])))

    def _output(self, label: str, step: Step) -> Code:
        """A value by the name that it has as this output, where it has several."""
        own = self._named.get((label, step))
        return self.value(step) if own is None else name(own)

    def say_comments(self, comments: Iterable[str]) -> None:
        lines = [comment(line) for line in comments]
        if lines:
            if self.lines and self.lines[-1]:
                self.lines.append("")
            self.lines.extend(f"    {line}" for line in lines)

    def _say(self, node: ast.stmt) -> None:
        self.lines.extend(statement(node))


def _used_by(step: Step) -> Iterable[Step]:
    """What a step is made of, conditions on regions with what they take from around them."""
    yield from step.operands.values()
    yield from traces_of(step).values()


def _listed(constant: Any) -> Any:
    return list(constant) if isinstance(constant, tuple) else constant


def _is_worth_a_name(step: Step) -> bool:
    return step.kind.name in ("number", "truth", "list")


def _wanted_name(step: Step) -> str:
    """What a value is called that has no name: after what makes it."""
    function = step.function
    assert function is not None
    operators = {"+": "total", "-": "difference", "*": "product", "/": "ratio", "samples": "values", "crop": "part"}
    if function.name.isidentifier():
        return operators.get(
            function.name,
            f"{function.name}_of_it"
            if function.name in ("min", "max", "sum", "any", "all", "abs", "round")
            else function.name,
        )
    return operators.get(function.name, "mask" if step.kind.name == "mask" else "value")


def decimals(spacing: tuple[Fraction, ...]) -> tuple[float, ...] | None:
    """Lengths of a pixel as they are written; none where they are no decimal numbers."""
    found = tuple(float(step) for step in spacing)
    return found if all(Fraction(str(short)) == step for short, step in zip(found, spacing, strict=True)) else None
