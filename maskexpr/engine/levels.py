"""Numbers that are counts of pixels of thresholds: found in a program of which one number varies.

As a number grows, each pixel of `im > number` is switched once, and so is each of what functions make of that mask that
grow with it, such as `open`: on a pixel, the numbers for which it is on are those below, or those above, its level. So
all counts of pixels of such masks, and of what `&`, `|`, `^` and `~` make of one of them and of masks that stay as they
are, follow from how often each level occurs where masks that stay are on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from maskexpr.functions.settling import NAMED_SHAPES
from maskexpr.kinds.kind import SCALARS
from maskexpr.library import CATALOGUE, OPERATORS
from maskexpr.library.operators import SWAPPED
from maskexpr.program.steps import Checked, Step

_AND, _OR, _XOR, _NOT = (OPERATORS[symbol] for symbol in "&|^~")
_LOGIC = (_AND, _OR, _XOR, _NOT)
_ORDERS = tuple(OPERATORS[symbol] for symbol in ("<", "<=", ">", ">="))
_GROWN = tuple(CATALOGUE[name] for name in ("dilate", "erode", "open", "close"))
_COUNTING = tuple(CATALOGUE[name] for name in ("area", "any", "all", "fraction"))

Part = bool | Step  # a mask that does not vary, or one that is on everywhere or nowhere


@dataclass(frozen=True, slots=True, eq=False)
class Threshold:
    """A mask where an image that stays as it is compares with a number that varies."""

    image: Step
    symbol: str
    number: Step


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
    """What a function that keeps the order of masks makes of one: of that which is `on` where another mask is on that
    varies, `level`, and `off` where that is off; `falls` says that it shrinks as that one grows."""

    step: Step
    level: Step
    on: Part
    off: Part
    falls: bool


@dataclass(frozen=True, slots=True, eq=False)
class Count:
    """A number of pixels: of `on` where a level is on, of `off` where it is off."""

    step: Step
    level: Step
    on: Part
    off: Part


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """A program whose outputs are numbers that follow from counts of pixels of levels.

    `levels` stand after those that they are made of. Of the numbers and truths that vary, `told` are those that follow
    from `given`, the number that varies, and `numbers` those that follow from counts; each after its operands. `fixed`
    are the steps to be known before.
    """

    given: Step
    levels: Mapping[Step, Threshold | Grown]
    counts: Mapping[Step, Count]
    told: tuple[Step, ...]
    numbers: tuple[Step, ...]
    fixed: tuple[Step, ...]
    results: tuple[tuple[str, Step], ...]


class _Unsuited(Exception):
    """A program is of another form."""


def levels_of(checked: Checked, name: str) -> Levels | None:
    """What is to be counted in a program in which the number of a name varies; None where counts do not tell its
    outputs."""
    finding = _Finding(name)
    try:
        for step in checked.needed():
            finding.take(step)
        finding.end([*(step for _, step in checked.outputs), *checked.asserts])
    except _Unsuited:
        return None
    return finding.found(checked.outputs) if finding.counts else None


class _Finding:
    """Takes the steps of a program, each after its operands."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._varying: set[Step] = set()
        self._given: list[Step] = []
        self._told: dict[Step, None] = {}  # numbers that are told before anything is counted
        self._level: dict[Step, Step] = {}  # of masks that vary
        self._parts: dict[tuple[Step, bool], Part] = {}
        self.levels: dict[Step, Threshold | Grown] = {}
        self.counts: dict[Step, Count] = {}
        self._numbers: dict[Step, None] = {}
        self._fixed: dict[Step, None] = {}

    def found(self, results: tuple[tuple[str, Step], ...]) -> Levels:
        (given,), told, numbers = self._given, tuple(self._told), tuple(self._numbers)
        return Levels(given, self.levels, self.counts, told, numbers, tuple(self._fixed), results)

    def take(self, step: Step) -> None:
        if step.name == self._name:
            self._varying.add(step)
            self._given.append(step)
        elif not self._varying.isdisjoint(step.operands.values()):
            self._varying.add(step)
            if step.kind.name == "mask":
                self._mask(step)
            elif step.kind.name in SCALARS:
                self._number(step)
            else:
                raise _Unsuited

    def end(self, results: Iterable[Step]) -> None:
        for step in results:
            if step.kind.name not in SCALARS:
                raise _Unsuited
            if step not in self._varying:
                self._fixed[step] = None

    # --- masks ---

    def _mask(self, step: Step) -> None:
        function = step.function
        if function in _ORDERS:
            self.levels[step] = self._threshold(step)
            self._level[step] = step
        elif function in _GROWN:
            self.levels[step] = self._grown(step)
            self._level[step] = step
        elif function in _LOGIC and all(o.kind.name == "mask" for o in step.operands.values()):
            levels = {self._level[o] for o in step.operands.values() if o in self._varying}
            if len(levels) != 1:
                raise _Unsuited
            (self._level[step],) = levels
        else:
            raise _Unsuited

    def _threshold(self, step: Step) -> Threshold:
        assert step.function is not None
        (a, b), symbol = step.operands.values(), step.function.name
        if a in self._varying:
            a, b, symbol = b, a, SWAPPED[symbol]
        if a in self._varying or b not in (*self._told, *self._given) or a.kind.name != "image":
            raise _Unsuited
        self._fixed[a] = None
        return Threshold(a, symbol, b)

    def _grown(self, step: Step) -> Grown:
        settings, mask = step.settings, step.operands["m"]
        is_of_window = settings["shape"] in NAMED_SHAPES and settings.get("border", "empty") == "empty"
        falls = self._falls(mask) if is_of_window and len(step.operands) == 1 else None
        if falls is None:
            raise _Unsuited
        on, off = self._both(mask)
        return Grown(step, self._level[mask], on, off, falls)

    def _falls(self, mask: Step) -> bool | None:
        """Whether a mask shrinks where its level grows; None if it does neither."""
        if mask in self.levels:
            return False
        ways = {self._falls(o) for o in mask.operands.values() if o in self._varying}
        if mask.function is _XOR or len(ways) != 1 or None in ways:
            return None
        (way,) = ways
        return way != (mask.function is _NOT)

    def _both(self, mask: Step) -> tuple[Part, Part]:
        """What a mask is where its level is on, and where it is off."""
        parts = self._part(mask, True), self._part(mask, False)
        self._fixed.update(dict.fromkeys(part for part in parts if isinstance(part, Step)))
        return parts

    def _part(self, mask: Step, on: bool) -> Part:
        if mask not in self._varying:
            return mask
        if mask in self.levels:
            return on
        key = mask, on
        if key not in self._parts:
            self._parts[key] = _settled(mask, [self._part(o, on) for o in mask.operands.values()])
        return self._parts[key]

    # --- numbers ---

    def _number(self, step: Step) -> None:
        mask = step.operands.get("m")
        if mask in self._level and step.function in _COUNTING:
            self.counts[step] = Count(step, self._level[mask], *self._both(mask))
            return
        varying = {o for o in step.operands.values() if o in self._varying}
        if not all(o.kind.name in SCALARS for o in varying):
            raise _Unsuited
        numbers = self._told if varying <= {*self._told, *self._given} else self._numbers
        numbers[step] = None
        self._fixed.update(dict.fromkeys(o for o in step.operands.values() if o not in varying))


def _settled(mask: Step, parts: list[Part]) -> Part:
    """An operation on masks some of which are on everywhere or nowhere."""
    if mask.function is _NOT:
        (part,) = parts
        return _with(mask, parts) if isinstance(part, Step) else not part
    a, b = parts if isinstance(parts[1], bool) else reversed(parts)
    if isinstance(b, Step):
        return _with(mask, parts)
    if mask.function is _XOR:
        return (not a if isinstance(a, bool) else Step(mask.kind, mask.source, mask.span, _NOT, {"a": a})) if b else a
    return a if b == (mask.function is _AND) else b


def _with(mask: Step, parts: list[Part]) -> Step:
    """The same operation on other masks."""
    return replace(mask, operands=dict(zip(mask.operands, parts, strict=True)))  # type: ignore[arg-type]
