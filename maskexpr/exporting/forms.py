"""The table of forms: how each function of the language is written in NumPy and SciPy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from maskexpr.exporting.syntax import Code, code
from maskexpr.kinds.kind import Kind
from maskexpr.program.steps import Step
from maskexpr.program.tracing import traces_of


class NoForm(Exception):
    """What is asked of a function has no form yet: which part of it, "" for all."""

    def __init__(self, part: str = "") -> None:
        super().__init__(part)
        self.part = part


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A step to be written: its operands as code, and what is known of it."""

    step: Step
    operands: Mapping[str, Code]  # those that are given, by parameter
    told: Mapping[str, Code]  # settings that depend on params
    spacing: tuple[Fraction, ...] | None = None  # the lengths of a pixel that the text has as an argument
    grid: Code | None = None  # the shape of the images, without channels
    within: Callable[[Step, Mapping[Step, Code]], Code] | None = None  # a value where some steps are known as code
    used: set[str] = field(default_factory=set)  # of these, those that are in the code

    @property
    def kind(self) -> Kind:
        return self.step.kind

    def kind_of(self, name: str) -> Kind:
        return self.step.operands[name].kind

    @property
    def name(self) -> str:
        """Of the function."""
        assert self.step.function is not None
        return self.step.function.name

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of an array that comes out."""
        assert self.kind.dtype is not None
        return self.kind.dtype

    def dtype_of(self, name: str) -> np.dtype[Any]:
        """The type of an operand that is an array."""
        found = self.kind_of(name).dtype
        assert found is not None
        return found

    def is_given(self, name: str) -> bool:
        return name in self.operands

    def setting(self, name: str) -> Any:
        return self.step.settings.get(name)

    def holds_pixels(self, name: str) -> bool:
        return self.kind_of(name).holds_pixels

    @property
    def ndim(self) -> int:
        """Of the first operand that has axes."""
        return next(len(step.kind.shape) for step in self.step.operands.values() if step.kind.shape is not None)

    def number(self, name: str) -> Code:
        """A number that is an operand or a setting."""
        if name in self.operands:
            return self.operands[name]
        return self.use(name) or code("value", value=self.setting(name))

    def use(self, name: str) -> Code | None:
        """A setting as it depends on params, which goes into the code; None where it depends on none."""
        if name in self.told:
            self.used.add(name)
        return self.told.get(name)

    def unuse(self, name: str) -> None:
        """Take that back: the setting is written as it is."""
        self.used.discard(name)

    def traced_kind(self, name: str) -> Kind:
        """What is known of a setting that depends on params."""
        return traces_of(self.step)[name].kind

    def several(self, name: str) -> list[Code]:
        """The operands of a parameter that takes a list of them."""
        return [value for key, value in self.operands.items() if key.startswith(f"{name}[")]

    def write(self, template: str, **parts: Any) -> Code:
        """Code with the operands in the places of the parameters' names."""
        operands = {name: value for name, value in self.operands.items() if name.isidentifier()}
        return code(template, **{**operands, **parts})


Form = Callable[[Call], Code]
FORMS: dict[str, Form] = {}


def form(*names: str) -> Callable[[Form], Form]:
    """Declare how functions of these names are written."""

    def register(of: Form) -> Form:
        for name in names:
            assert name not in FORMS, name
            FORMS[name] = of
        return of

    return register


def template(name: str, text: str) -> None:
    """Declare how a function is written, whatever it is given."""
    form(name)(lambda call: call.write(text))


def cast(value: Code, found: Any, wanted: Any) -> Code:
    """An array of one type in another."""
    return value if np.dtype(found) == np.dtype(wanted) else code("value.astype(t)", value=value, t=np.dtype(wanted))
