"""Writes programs of random calls with arguments that their functions take."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from maskexpr.api import Image, Program, compile
from maskexpr.diagnostics.errors import MaskError
from maskexpr.functions.arguments import Parameter
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import ARRAYS, SAMPLES
from maskexpr.library import CATALOGUE
from maskexpr.testing.arguments import HOSTILE, constant
from maskexpr.testing.choosing import Chooser, chance

WANTED = ("mask", "image", "labels", "number", "truth", "list", "table", "colour")
"""The kinds that an expression can be asked for."""

_TRIES = 3
_ARITHMETIC = ("+", "-", "*", "/", "//", "%", "**")
_COMPARISONS = (">", "<", ">=", "<=", "==", "!=")
_LITERALS = ("1", "0", "2", "40", "0.5", "200", "-3", "127.5", "1e3")


@dataclass(frozen=True)
class Example:
    """A program and what it is given.

    >>> example = maskexpr.testing.Example("area(im > 2)", {"im": np.array([[1, 2, 3]])})
    >>> example.run()
    {'result': 1}
    """

    text: str
    given: dict[str, Any] = field(default_factory=dict)
    functions: tuple[Any, ...] = ()

    @property
    def program(self) -> Program:
        return compile(self.text, functions=self.functions or None)

    def run(self) -> dict[str, Any]:
        """The results by output name."""
        return self.program.bind(**self.given).run()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How Hypothesis and IPython show it."""
        printer.text(repr(self))

    def __repr__(self) -> str:
        return "\n".join([self.text, *(f"  {name} = {_shown(value)}" for name, value in self.given.items())])


def _shown(value: Any) -> str:
    array = value.array if isinstance(value, Image) else value
    if not isinstance(array, np.ndarray):
        return repr(value)
    what = f", {value.kind}" if isinstance(value, Image) and value.kind else ""
    layout = "" if array.flags.c_contiguous else f", strides {array.strides}"
    few = f": {array.tolist()}" if array.size <= 64 else ""
    return f"{array.dtype} {array.shape}{what}{layout}{few}"


class Writer:
    """Writes what makes sense for some inputs, by looking at each call whether it does: `hostile` is how many arguments
    in a hundred are others than what a function takes, which are then left as they are."""

    def __init__(
        self,
        chooser: Chooser,
        given: Mapping[str, Any],
        functions: Iterable[Function] | None = None,
        own: Sequence[Function] = (),
        hostile: int = 0,
    ) -> None:
        self._chooser = chooser
        self._given = dict(given)
        self._own = tuple(own)
        self._hostile = hostile
        chosen = CATALOGUE.values() if functions is None else functions
        self._functions = [f for f in chosen if f.parameters or f.bare]
        self._called = {f.name for f in self._functions}
        self._names: dict[str, str] = {}
        self._lines: list[str] = []
        self.ndim = 2
        for name in given:
            kind = self.kind_of(name)
            if kind in ARRAYS:
                self._names[name] = kind
        shapes = [np.shape(value)[: -1 if self._names.get(name) == "colour" else None] for name, value in given.items()]
        self.ndim = max((len(shape) for shape in shapes), default=2) or 2

    def example(self, lines: int = 2, depth: int = 2) -> Example:
        """A program of some assignments and outputs."""
        for i in range(lines):
            self._chooser.part(lambda i=i: chance(self._chooser, 40) and self._assign(f"v{i}", depth))  # type: ignore[misc]
        for i in range(2):
            self._chooser.part(lambda i=i: (i == 0 or chance(self._chooser, 40)) and self._output(f"r{i}", depth))  # type: ignore[misc]
        return self.finished()

    def _assign(self, name: str, depth: int) -> bool:
        kind = self._chooser.one_of(("mask", "image", "labels", "number"))
        self._lines.append(f"{name} = {self.expression(kind, depth)}")
        self._names[name] = self.kind_of(name) or kind
        return True

    def _output(self, name: str, depth: int) -> bool:
        kind = self._chooser.one_of(self._wanted())
        self._lines.append(f"output {name} = {self.expression(kind, depth)}")
        return True

    def _wanted(self) -> list[str]:
        """The kinds that outputs can be of: those of inputs, and those that the functions give."""
        given = frozenset(self._names.values()).union(*(f.gives.names for f in self._functions))
        return [kind for kind in WANTED[:-2] if kind in given] or ["number"]

    def finished(self) -> Example:
        """The program as far as it is written, with the inputs that it reads."""
        text = "\n".join(self._lines)
        try:
            named = {info.name for info in compile(text, functions=self._own or None).inputs}
        except MaskError:
            named = set(self._given)
        # Shapes and coordinates have the size of whatever is given.
        given = {name: v for name, v in self._given.items() if name in named} or dict([*self._given.items()][:1])
        declared = [f"input {name}" for name in given if name not in named]
        return Example("\n".join([*declared, text]), given, self._own)

    def of(self, text: str) -> Example:
        """A program of one expression."""
        self._lines = [f"output result = {text}"]
        return self.finished()

    def call(self, function: Function, depth: int = 1, optional: int = 25) -> str:
        """A call of a function, with so many in a hundred of the arguments that can be left out."""
        if function.bare:
            return function.name
        words: list[str] = []
        for parameter in function.parameters:
            if parameter.name in function.places[:1] and self.ndim < 3:
                continue
            if not parameter.required and not chance(self._chooser, optional):
                continue
            text = self._argument(parameter, depth)
            if text is None:
                continue
            by_name = parameter.named or not parameter.required or bool(function.places and words)
            is_variadic = parameter.takes.kinds == {"properties"}
            words.append(f"{parameter.name}={text}" if by_name and not is_variadic else text)
        return f"{function.name}({', '.join(words)})"

    def expression(self, kind: str, depth: int) -> str:
        """One of a kind; a simple one where none of some that are tried makes sense."""
        return self._chooser.part(lambda: self._expression(kind, depth))

    def _expression(self, kind: str, depth: int) -> str:
        if depth > 0 and self._chooser.number(0, 4):
            for _ in range(_TRIES):
                text = self._compound(kind, depth - 1)
                if text is not None and (self.kind_of(text) == kind or chance(self._chooser, self._hostile)):
                    return text
        return self._leaf(kind)

    def _compound(self, kind: str, depth: int) -> str | None:
        fitting = [f for f in self._functions if kind in f.gives.names]
        if fitting and not (kind in ("mask", "image", "number") and chance(self._chooser, 25)):
            return self.call(self._chooser.one_of(fitting), depth)
        return self._of_operators(kind, depth)

    def _of_operators(self, kind: str, depth: int) -> str | None:
        one_of = self._chooser.one_of

        def part(wanted: str) -> str:
            text = self.expression(wanted, depth)
            return text if text.isidentifier() else f"({text})"

        forms: dict[str, tuple[Callable[[], str], ...]] = {
            "mask": (
                lambda: f"{part('image')} {one_of(_COMPARISONS)} {one_of(_LITERALS)}",
                lambda: f"{part('image')} {one_of(_COMPARISONS)} {part('image')}",
                lambda: f"{part('mask')} {one_of(('&', '|', '^', '==', '!='))} {part('mask')}",
                lambda: f"~{part('mask')}",
                lambda: f"{part('labels')} in [1, 3]",
                lambda: f"{one_of(_LITERALS)} < {part('image')} <= {part('number')}",
            ),
            "image": (
                lambda: f"{part('image')} {one_of(_ARITHMETIC)} {one_of(_LITERALS)}",
                lambda: f"{part('image')} {one_of(_ARITHMETIC[:3])} {part('image')}",
                lambda: f"{part('image')} {one_of(_ARITHMETIC[:4])} {part('number')}",
                lambda: f"-{part('image')}",
            ),
            "number": (
                lambda: f"{part('number')} {one_of(_ARITHMETIC[:4])} {part('number')}",
                lambda: f"{one_of(('mean', 'max', 'median', 'sum'))}({part('image')}[{part('mask')}])",
            ),
        }
        return one_of(forms[kind])() if kind in forms else None

    def _argument(self, parameter: Parameter, depth: int) -> str | None:
        if chance(self._chooser, self._hostile):
            return self._chooser.one_of(HOSTILE)
        takes = parameter.takes
        if takes.settle is not None or takes.choices or takes.kinds <= {"text", "list", "properties", "predicate"}:
            return constant(parameter, self._chooser, self.ndim)
        values = [kind for kind in WANTED if kind in takes.kinds]
        if "masks" in takes.kinds:
            return "[" + ", ".join(self.expression("mask", depth) for _ in range(self._chooser.number(1, 3))) + "]"
        if not values:
            return constant(parameter, self._chooser, self.ndim)
        kind = self._chooser.one_of(values)
        if kind == "number" and not chance(self._chooser, 20):
            return constant(parameter, self._chooser, self.ndim)
        return self.expression(kind, depth)

    def _leaf(self, kind: str) -> str:
        """The simplest of a kind."""
        named = [name for name, its in self._names.items() if its == kind]
        if named:
            return self._chooser.one_of(named)
        images = [name for name, its in self._names.items() if its == "image"]
        masks = [name for name, its in self._names.items() if its == "mask"]
        labels = [name for name, its in self._names.items() if its == "labels"]
        mask = masks[0] if masks else f"({(images or labels)[0]} > 2)" if images or labels else "full()"
        image = images[0] if images else f"where({mask}, 1, 0)"
        made = {
            "mask": mask,
            "image": image,
            "labels": f"label({mask})",
            "truth": f"any({mask})",
            "list": f"centroid({mask})" if chance(self._chooser, 30) else f"bbox({mask})",
            "table": f"measure({mask}, area, label)",
            "colour": image,
        }.get(kind, self._chooser.one_of(_LITERALS))
        name, bracket, _ = made.partition("(")
        return made if not bracket or not name or name in self._called else next(iter(self._names), made)

    def kind_of(self, text: str) -> str:
        """The kind of an expression after the lines so far; "" if it makes no sense."""
        whole = "\n".join([*self._lines, f"output wanted = {text}"])
        try:
            program = compile(whole, functions=self._own or None)
            named = {info.name for info in program.inputs}
            given = {name: value for name, value in self._given.items() if name in named}
            if not given and self._given:  # what has the size of an image
                name = next(iter(self._given))
                program, given = (
                    compile(f"input {name}\n{whole}", functions=self._own or None),
                    {name: self._given[name]},
                )
            names = program.bind(**given).kinds["wanted"].name
        except MaskError:
            return ""
        return "" if names in SAMPLES else names
