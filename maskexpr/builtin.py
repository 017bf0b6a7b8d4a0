"""The record of one function, and the decorator that makes it from a Python function.

Everything that must be known of a function is declared where its body is: the annotations say what its arguments may
be, the decorator says what it gives, how far it looks around a pixel and what it costs. The checker, the evaluation,
`explain` and the docs all read that one record.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

import numpy as np

from maskexpr import messages
from maskexpr.kinds import ARRAYS, Kind, number, unknown
from maskexpr.messages import Mistake
from maskexpr.ranges import LABEL_NUMBERS, MOST_BITS, Range, smallest_type

Kinds = Mapping[str, Kind]
Settings = Mapping[str, Any]
Body = TypeVar("Body", bound=Callable[..., Any])


class Refused(Exception):
    """Raised by a rule or a body that cannot go on; whoever knows the place makes it a diagnostic.

    `argument` names the parameter to blame, "" the whole call.
    """

    def __init__(self, mistake: Mistake, argument: str = "", **fields: object) -> None:
        super().__init__(mistake, argument, fields)
        self.mistake, self.argument, self.fields = mistake, argument, fields


# --- what an argument may be -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a constant argument may depend on: the arrays of the same call, and the axes that are worked on. None where
    they are not known yet, or all are."""

    ndim: int | None
    spacing: tuple[Fraction, ...] | None
    axes: tuple[int, ...] | None = None

    @property
    def worked(self) -> tuple[int, ...] | None:
        """The numbers of the axes that are worked on."""
        if self.ndim is None:
            return None
        return tuple(range(self.ndim)) if self.axes is None else self.axes


@dataclass(frozen=True, slots=True)
class Takes:
    """What a parameter accepts.

    `settle` marks an argument that must be known before the run (a reach, axes, a choice): it turns the constant into
    what the body receives. `low` and `high` bound a number; `whole` asks for one without a fraction. `several` marks a
    list of values that depend on pixels: each is an operand of its own, named by `part_name`. `choices` are the texts
    that it can be, as far as they can be listed.
    """

    kinds: frozenset[str]
    noun: str
    settle: "Callable[[Kind, Surroundings], Any] | None" = None
    low: float = -np.inf
    high: float = np.inf
    whole: bool = False
    quantity: "Callable[[Kind, Surroundings], Any] | None" = None  # turns a size into a number of pixels
    several: bool = False
    choices: tuple[str, ...] = ()

    def check_number(self, value: Any) -> None:
        """Refuse a number that is out of bounds; arrays are let through."""
        if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
            return
        if not self.whole and self.low == -np.inf and self.high == np.inf:
            return  # nan included
        if self.whole and value != value // 1:
            raise Refused(messages.ARGUMENT_NOT_WHOLE, value=_plain(value))
        if not self.low <= value <= self.high:
            raise Refused(messages.ARGUMENT_OUT_OF_RANGE, value=_plain(value), wanted=self._bounds(value))

    def _bounds(self, value: float | Fraction) -> str:
        if self.high >= 2**31:
            return f"at least {_plain(self.low)}" if value < self.low else f"at most {_plain(self.high)}"
        return f"from {_plain(self.low)} to {_plain(self.high)}"


def part_name(parameter: str, i: int) -> str:
    """The name of an operand that is one of several of a parameter."""
    return f"{parameter}[{i}]"


def _plain(value: float | Fraction) -> str:
    return str(value) if isinstance(value, int) else f"{float(value):g}"


class FromChecker:
    """Marks a body parameter the user cannot write: the checker or the evaluation fills it in.

    `kind` is the result's kind, `work` a type that holds operands and result, `grid` the shape of the program's images,
    `spacing` the spacing of the call's arrays, `numbers` what a condition on regions takes from around it.
    """


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a function; `default` is `inspect.Parameter.empty` where the caller must give it."""

    name: str
    takes: Takes
    default: Any = inspect.Parameter.empty

    @property
    def required(self) -> bool:
        return self.default is inspect.Parameter.empty

    @property
    def text(self) -> str:
        return self.name if self.required else f"{self.name}={value_text(self.default)}"


def first_sentence(doc: str) -> str:
    """What a docstring says first, without its full stop."""
    paragraph = " ".join(doc.split("\n\n", 1)[0].split())
    return re.split(r"(?<!\.)\. ", paragraph, maxsplit=1)[0].removesuffix(".")  # "1, 2, 3..." goes on


def value_text(value: Any) -> str:
    """A constant as the language writes it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, tuple | list):
        return "[" + ", ".join(value_text(v) for v in value) + "]"
    return str(value)


# --- what a function gives -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gives:
    """The kind of a result: `names` lists what it can be, `rule` computes it once the arguments are complete."""

    names: frozenset[str]
    rule: Callable[[Kinds], Kind]

    def __call__(self, kinds: Kinds) -> Kind:
        if all(k.is_complete for k in kinds.values()):
            return self.rule(kinds)
        arrays = [k for k in kinds.values() if k.surely(ARRAYS)]
        names = self.names & ARRAYS if arrays and self.names & ARRAYS and "number" in self.names else self.names
        partial = unknown(names)
        return replace(partial, shape=arrays[0].shape, origin=arrays[0].origin) if arrays else partial

    @property
    def text(self) -> str:
        return " or ".join(sorted(self.names))


def grid_of(kinds: Kinds) -> Kind | None:
    """The first array among the arguments: its shape is the shape of all of them, its spacing theirs."""
    arrays = [k for k in kinds.values() if k.is_array]
    if not arrays:
        return None
    spaced = next((k for k in arrays if k.spacing), arrays[0])
    return replace(arrays[0], spacing=spaced.spacing)


def like_grid(name: str, kinds: Kinds, dtype: Any = None, values: Range | None = None) -> Kind:
    grid = grid_of(kinds)
    assert grid is not None
    return Kind(name, grid.shape, None if dtype is None else np.dtype(dtype), values, 0, grid.spacing, grid.origin)


def numeric_result(kinds: Kinds, range_of: Callable[..., Range | None] | None) -> Kind:
    """The result of arithmetic that never wraps: the smallest integer type for the range `range_of` gives, or, where
    it gives none or an operand is floating, the floating type of the images (float64 if all are integers)."""
    operands = [k for k in kinds.values() if k.is_array or k.name == "number"]
    ranges = [k.range for k in operands]
    arrays = [k for k in operands if k.is_array]
    values = None
    if range_of is not None and all(r is not None for r in ranges):
        values = range_of(*ranges)
        if values is not None and (smallest_type(values) is None if arrays else _is_endless(values)):
            raise Refused(messages.RESULT_TOO_WIDE, range=values)
    if not arrays:
        return number(values)
    dtype = smallest_type(values) if values is not None else float_type(arrays)
    return like_grid("image", kinds, dtype, values)


def _is_endless(values: Range) -> bool:
    """Numbers are exact integers of any size, but not so large that computing them could take long."""
    return max(abs(values.low), abs(values.high)).bit_length() > MOST_BITS


def float_type(arrays: list[Kind]) -> np.dtype[Any]:
    """Floating images keep their type; integers alone give float64."""
    types = [k.dtype for k in arrays if k.dtype is not None]
    if all(t.kind != "f" for t in types):
        return np.dtype(np.float64)
    return np.result_type(*types)


def _number_or_image(range_of: Callable[..., Range | None] | None) -> Gives:
    return Gives(frozenset({"number", "image"}), lambda kinds: numeric_result(kinds, range_of))


def pixelwise(range_of: Callable[..., Range | None]) -> Gives:
    """An image if an argument is one, else a number; integers stay integers within `range_of` their ranges."""
    return _number_or_image(range_of)


MASK = Gives(frozenset({"mask"}), lambda kinds: like_grid("mask", kinds, np.bool_))
LABELS = Gives(frozenset({"labels"}), lambda kinds: like_grid("labels", kinds, np.int32, LABEL_NUMBERS))
FLOATS = _number_or_image(None)
FLOAT_IMAGE = Gives(frozenset({"image"}), lambda kinds: numeric_result(kinds, None))
NUMBER = Gives(frozenset({"number"}), lambda kinds: number())
TRUTH = Gives(frozenset({"truth"}), lambda kinds: Kind("truth"))


def _same(kinds: Kinds) -> Kind:
    grid = grid_of(kinds)
    assert grid is not None
    return grid


def _pixel_count(kinds: Kinds) -> Range:
    first = next(iter(kinds.values()))
    return Range(0, 2**63 - 1 if first.shape is None else int(np.prod(first.shape)))


SAME = Gives(frozenset({"mask", "image"}), _same)
SAME_REGIONS = Gives(frozenset({"mask", "labels"}), _same)
SAME_IMAGE = Gives(frozenset({"image"}), lambda kinds: replace(_same(kinds), name="image"))
COUNT = Gives(frozenset({"number"}), lambda kinds: number(_pixel_count(kinds)))

# --- the record ------------------------------------------------------------------------------------------------------

WHOLE: Literal["whole"] = "whole"  # a halo: the result at one pixel may depend on any other
Halo = int | Literal["whole"] | Callable[[Settings, int], tuple[int, ...]]
Estimate = float | Callable[[Settings, int], float]


@dataclass(frozen=True, slots=True, eq=False)
class Builtin:
    """One function of the language.

    Attributes
    ----------
    halo
        How far the result looks around a pixel: 0, a reach per axis from the settings and the number of axes, or WHOLE.
    cost, memory
        Estimated elementary operations per pixel, and bytes of scratch per pixel beside the result.
    border
        The rule in force outside the image, in words, or such words by the kind of the result; "" where none applies.
    bare
        Written without brackets, as a name.
    """

    name: str
    group: str
    parameters: tuple[Parameter, ...]
    gives: Gives
    body: Callable[..., Any]
    halo: Halo
    cost: Estimate
    memory: Estimate
    border: str | Mapping[str, str]
    aliases: Mapping[str, str]
    check: Callable[[Settings, Surroundings], None] | None
    filled_in: frozenset[str]
    bare: bool

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.body) or ""

    @property
    def summary(self) -> str:
        return first_sentence(self.doc)

    @property
    def signature(self) -> str:
        return self._called(", ".join(p.text for p in self.parameters))

    def border_for(self, kind: Kind) -> str:
        """The border rule in force for a result of this kind."""
        return self.border if isinstance(self.border, str) else self.border.get(kind.name, "")

    @property
    def call(self) -> str:
        """How it is called with what it needs."""
        needed = [p.name for p in self.parameters if p.required]
        return self._called(", ".join(needed) + (", ..." if len(needed) < len(self.parameters) else ""))

    def _called(self, arguments: str) -> str:
        return self.name if self.bare else f"{self.name}({arguments})"

    @property
    def title(self) -> str:
        """The signature with what it gives."""
        return f"{self.signature} -> {self.gives.text}"

    def parameter(self, name: str) -> Parameter | None:
        name = self.aliases.get(name, name)
        return next((p for p in self.parameters if p.name == name), None)

    def __reduce__(self) -> Any:
        return (_find, (self.body.__module__, self.name))


CATALOGUE: dict[str, Builtin] = {}
_RECORDS: dict[tuple[str, str], Builtin] = {}


def _find(module: str, name: str) -> Builtin:
    __import__(module)
    return _RECORDS[module, name]


def builtin(
    *,
    gives: Gives,
    halo: Halo,
    cost: Estimate,
    memory: Estimate,
    border: str | Mapping[str, str] = "",
    name: str = "",
    aliases: Mapping[str, str] | None = None,
    check: Callable[[Settings, Surroundings], None] | None = None,
    bare: bool = False,
    catalogue: dict[str, Builtin] | None = CATALOGUE,
) -> Callable[[Body], Body]:
    """Declare a function of the language; the Python function stays what it is, so that bodies can call it.

    The keyword arguments are those of `Builtin`. Each parameter is annotated with a type of `maskexpr.arguments`, or,
    where the user does not write it, with `FromChecker`. `name` overrides the function's own name. A host's own
    functions take `catalogue=None` and are handed to `maskexpr.compile(..., functions=[...])`.
    """

    def register(body: Body) -> Body:
        own_name = name or body.__name__.rstrip("_")
        parameters, filled_in = _parameters(body, own_name)
        if bare and parameters:
            raise TypeError(f"{own_name}: a bare function takes no parameters")
        group = _subject(body.__module__)
        record = Builtin(
            own_name, group, parameters, gives, body, halo, cost, memory, border, aliases or {}, check, filled_in, bare
        )
        _RECORDS[body.__module__, own_name] = record
        if catalogue is not None:
            catalogue[own_name] = record
        body.builtin = record  # type: ignore[attr-defined]  # lets hosts hand the function itself to compile()
        return body

    return register


def _subject(module: str) -> str:
    """The file or folder of `library` that a function is declared in; of a host's function the module."""
    names = module.split(".")
    return names[names.index("library") + 1] if "library" in names[:-1] else names[-1]


def _parameters(body: Callable[..., Any], name: str) -> tuple[tuple[Parameter, ...], frozenset[str]]:
    parameters, filled_in = [], set()
    for p in inspect.signature(body).parameters.values():
        takes, from_checker = _annotation(p.annotation)
        if from_checker:
            filled_in.add(p.name)
        elif takes is None:
            raise TypeError(f"{name}: parameter {p.name} needs an annotation of maskexpr.arguments")
        else:
            parameters.append(Parameter(p.name, takes, p.default))
    return tuple(parameters), frozenset(filled_in)


def _annotation(annotation: Any) -> tuple[Takes | None, bool]:
    if get_origin(annotation) is not Annotated:
        return None, False
    marks = get_args(annotation)[1:]
    takes = next((m for m in marks if isinstance(m, Takes)), None)
    return takes, any(m is FromChecker for m in marks)
