"""What is tried of each param: the values that a range, a list or a number stands for."""

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from maskexpr.checker.binding import parameter, parameter_value
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import InputError
from maskexpr.functions.arguments import value_text
from maskexpr.kinds.quantity import Quantity
from maskexpr.program.steps import ParamInfo
from maskexpr.sweeps import exact
from maskexpr.sweeps.exact import Unit

MOST = 10_000  # values of one param
_BETWEEN = ".."
_FINE = 1000  # steps at least that a stretch without one is sampled in


@dataclass(frozen=True, slots=True)
class Setting:
    """One value of a param, and how a program writes it."""

    value: Any
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    """What is tried of one param.

    Attributes
    ----------
    settings
        Its values in order; of a stretch that is only sampled, every one that may be.
    step
        Of a range: how far they lie apart, and in what.
    """

    info: ParamInfo
    settings: tuple[Setting, ...]
    step: tuple[Fraction, Unit] | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        return self.info.name

    @property
    def is_swept(self) -> bool:
        return len(self.settings) > 1

    @property
    def is_ordered(self) -> bool:
        """Whether its values lie on a line: there is a least and a largest."""
        return not isinstance(self.settings[0].value, str | bool)

    def place(self, value: Any) -> float | None:
        """Where a value lies among those tried, counted in them; None outside."""
        values = [setting.value for setting in self.settings]
        if value in values:
            return float(values.index(value))
        if not self.is_ordered or values != sorted(values) or not values[0] < value < values[-1]:
            return None
        after = next(i for i, other in enumerate(values) if other > value)
        low, high, own = (_number(v) for v in (values[after - 1], values[after], value))
        return float(after - 1 + (own - low) / (high - low))

    def distances(self, value: Any) -> list[Fraction]:
        """How far each value that is tried lies from another, in the whole width of what is tried."""
        if not self.is_ordered or not self.is_swept:
            return [Fraction(setting.value != value) for setting in self.settings]
        values, at = [_number(setting.value) for setting in self.settings], _number(value)
        width = max(values) - min(values)
        return [abs(other - at) / width for other in values]


def _number(value: Any) -> Fraction:
    return exact.of(value)[0]


def read_axis(info: ParamInfo, text: str, *, sampled: bool) -> Axis:
    """What is written for a param: `20..60:4`, `20..60`, `10,20,40`, `disk,square` or one value."""
    if isinstance(info.default, str) and text in (info.choices or ()):
        return Axis(info, (_setting(info, text),))
    found: list[Axis] = []
    for part in text.split(","):
        is_range = _BETWEEN in part and not isinstance(info.default, str)
        found.append(_range(info, part, sampled=sampled) if is_range else Axis(info, (_setting(info, part),)))
    settings = [*itertools.chain.from_iterable(axis.settings for axis in found)]
    _refuse_twice(info, settings)
    if len(found) == 1:
        return found[0]
    return Axis(info, tuple(settings))


def axis_of(info: ParamInfo, values: Any, *, sampled: bool) -> Axis:
    """What a caller gives for a param: values, one value, or what would be written on a command line."""
    if isinstance(values, str):
        return read_axis(info, values, sampled=sampled)
    if isinstance(values, Quantity) or not isinstance(values, Iterable):
        values = [values]
    found = [parameter_value(info, value) for value in itertools.islice(values, MOST + 1)]
    if not found:
        raise InputError(messages.SWEEP_NO_VALUES.anywhere(name=info.name, example=example_of(info)))
    if len(found) > MOST:
        raise InputError(messages.SWEEP_LONG.anywhere(name=info.name, text="...", count=len(found)))
    settings = [Setting(value, text_of(info, value)) for value in found]
    _refuse_twice(info, settings)
    return Axis(info, tuple(settings))


def text_of(info: ParamInfo, value: Any) -> str:
    """How a program writes a value of a param."""
    if isinstance(value, str | bool):
        return value_text(value)
    number, unit = exact.of(value)
    return unit.written(number, whole=info.whole)


def example_of(info: ParamInfo) -> str:
    """What could be written for a param: -p low=20..60:4."""
    if isinstance(info.default, bool):
        return f"-p {info.name}=true,false"
    if isinstance(info.default, str):
        return f"-p {info.name}={','.join(info.choices or (info.default,))}"
    low, unit = exact.of(info.default if info.low is None else info.low)
    high = exact.of(info.default)[0] + 1 if info.low is None else exact.of(info.high)[0]
    step = _round_step((high - low) / 10, whole=info.whole) if high > low else Fraction(1)
    return f"-p {info.name}={_range_text(low, high, step, unit, info.whole)}"


def wider(axis: Axis, at: Any) -> str:
    """A range as wide as what was tried, with a value at its edge in the middle, as far as the param goes."""
    info, (step, unit) = axis.info, axis.step or (None, exact.of(at)[1])
    values = sorted(_number(setting.value) / unit.per for setting in axis.settings)
    half, middle = (values[-1] - values[0]) / 2, _number(at) / unit.per
    if step is None:
        step = _round_step(half / 5, whole=info.whole)
    half = max(step, half - half % step)
    low, high = middle - half, middle + half
    if info.low is not None:
        least, largest = _number(info.low) / unit.per, _number(info.high) / unit.per
        low = middle - (middle - least) // step * step if low < least else low
        high = middle + (largest - middle) // step * step if high > largest else high
    return f"-p {info.name}={_range_text(low, high, step, unit, info.whole)}"


def _range_text(low: Fraction, high: Fraction, step: Fraction, unit: Unit, whole: bool) -> str:
    low_text, high_text, step_text = (exact.decimal_text(n) + unit.text for n in (low, high, step))
    return f"{low_text}..{high_text}" + ("" if whole and step == 1 else f":{step_text}")


def _setting(info: ParamInfo, text: str) -> Setting:
    value = parameter(info, text)
    if isinstance(value, str | bool):
        return Setting(value, value_text(value))
    try:
        number, unit = exact.read(text)
    except ValueError:
        return Setting(value, text_of(info, value))
    return Setting(value, unit.written(number, whole=info.whole))


def _range(info: ParamInfo, text: str, *, sampled: bool) -> Axis:
    ends, colon, step_text = text.partition(":")
    first, _, last = ends.partition(_BETWEEN)
    if isinstance(info.default, str | bool):
        example = example_of(info).partition("=")[2]
        raise InputError(messages.SWEEP_RANGE_NO_NUMBERS.anywhere(name=info.name, text=text, example=example))
    parameter(info, first), parameter(info, last)  # which say what is wrong with them
    (low, unit), (high, other) = _plain(info, first), _plain(info, last)
    high = high * other.per / unit.per
    fields = {"name": info.name, "text": ends}
    if low > high:
        raise InputError(messages.SWEEP_RANGE_ENDS.anywhere(**fields, swapped=f"{last}..{first}{colon}{step_text}"))
    offered = _round_step((high - low) / 10, whole=info.whole) if high > low else Fraction(1)
    if colon:
        step = _step(info, step_text, ends, unit, _range_text(low, high, offered, unit, False))
    elif info.whole:
        step = Fraction(1)
    elif sampled:
        step = _round_step((high - low) / _FINE, whole=False) if high > low else Fraction(1)
    else:
        raise InputError(messages.SWEEP_NO_STEP.anywhere(**fields, step=exact.decimal_text(offered) + unit.text))
    count = (high - low) // step + 1
    if count > MOST:
        raise InputError(messages.SWEEP_LONG.anywhere(name=info.name, text=text, count=count))
    numbers = (low + i * step for i in range(count))
    return Axis(info, tuple(_settings(info, numbers, unit)), (step, unit))


def _settings(info: ParamInfo, numbers: Iterable[Fraction], unit: Unit) -> Iterator[Setting]:
    """Values of a param, each checked against its declaration."""
    for number in numbers:
        value = parameter_value(info, unit.value(number, whole=info.whole))
        yield Setting(value, unit.written(number, whole=info.whole))


def _plain(info: ParamInfo, text: str) -> tuple[Fraction, Unit]:
    try:
        return exact.read(text)
    except ValueError:  # as the declaration takes it, so that this is a number all the same
        return exact.of(parameter(info, text))


def _step(info: ParamInfo, text: str, ends: str, unit: Unit, example: str) -> Fraction:
    """The step of a range, in its unit."""
    try:
        step, other = exact.read(text)
    except ValueError:
        raise InputError(messages.SWEEP_STEP.anywhere(name=info.name, step=text or "''", example=example)) from None
    if other.power != unit.power:
        raise InputError(messages.SWEEP_UNITS.anywhere(name=info.name, step=text, text=ends, example=example))
    if step <= 0:
        raise InputError(messages.SWEEP_STEP.anywhere(name=info.name, step=text, example=example))
    if info.whole and step.denominator != 1:
        raise InputError(messages.SWEEP_STEP_WHOLE.anywhere(name=info.name, step=text, example=ends))
    return step * other.per / unit.per


def _round_step(about: Fraction, *, whole: bool) -> Fraction:
    """1, 2 or 5 times a power of ten, not above a number where that can be."""
    power = Fraction(10) ** math.floor(len(str(about.numerator)) - len(str(about.denominator)))
    while power > about:
        power /= 10
    step = max(n * power for n in (1, 2, 5) if n * power <= about)
    return Fraction(max(1, math.floor(step))) if whole else step


def _refuse_twice(info: ParamInfo, settings: Iterable[Setting]) -> None:
    seen: set[Any] = set()
    for setting in settings:
        if setting.value in seen:
            raise InputError(messages.SWEEP_TWICE.anywhere(name=info.name, value=setting.text))
        seen.add(setting.value)
