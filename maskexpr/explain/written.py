"""A step as the language would write it, from what it does: what a rewrite or a def made is nowhere in the text."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from maskexpr.functions.arguments import value_text
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import Kind
from maskexpr.program.steps import Step

LONGEST = 42
_MORE = "…"
_LEFT = {"|": 1, "^": 2, "&": 3, "+": 6, "-": 6, "*": 7, "/": 7, "//": 7, "%": 7}  # how tight they bind
_COMPARISONS = {"<": 5, "<=": 5, ">": 5, ">=": 5, "==": 5, "!=": 5}
_BINARY = {**_LEFT, **_COMPARISONS, "**": 9}
_UNARY = {"~": "~", "negate": "-"}
_UNARY_LEVEL = 8
_WORDS = {"&": "and", "|": "or", "^": "xor"}
_CLOSED = 10  # needs no brackets anywhere


class Writer:
    """Writes steps; operands that have a name are named, long ones left out."""

    def __init__(self, names: Mapping[Step, str]) -> None:
        self._names = names
        self._texts: dict[Step, str] = {}

    def row(self, step: Step) -> str:
        """A step with its name."""
        name = self._names.get(step, "")
        return _cut(f"{name} = {self.expression(step)}" if name else self.expression(step))

    def expression(self, step: Step) -> str:
        """What a step does to its operands, each written out or named."""
        stack = [step]  # not by recursion: a program may be a chain of any length
        while stack:
            current = stack[-1]
            missing = [o for o in current.operands.values() if o not in self._texts and o not in self._names]
            if missing and current not in self._texts:
                stack.extend(missing)
                continue
            stack.pop()
            if current not in self._texts:
                self._texts[current] = self._written(current)
        return self._texts[step]

    def _written(self, step: Step) -> str:
        if step.function is None:
            return step.name or _constant_text(step.kind)
        texts = {name: self._names.get(o) or self._texts[o] for name, o in step.operands.items()}
        levels = {name: _CLOSED if o in self._names else _level(o) for name, o in step.operands.items()}
        write = _form_of(step, step.function)
        while len(written := write(texts, levels)) > LONGEST:
            longest = max(texts, key=lambda name: len(texts[name]), default="")
            if not longest or texts[longest] == _MORE:
                break
            operand = step.operands[longest]
            brief = _MORE if operand in self._names else _brief(operand)
            if len(brief) >= len(texts[longest]):
                brief = _MORE
            if brief == _MORE:
                levels[longest] = _CLOSED
            texts[longest] = brief
        return _cut(written)


def _brief(step: Step) -> str:
    """A step without its operands."""
    if step.function is None:
        return _MORE
    operands = step.operands
    return _form_of(step, step.function)(dict.fromkeys(operands, _MORE), dict.fromkeys(operands, _CLOSED))


_Form = Callable[[Mapping[str, str], Mapping[str, int]], str]


def _form_of(step: Step, function: Function) -> _Form:
    """How a step is written, given the texts of its operands and how tight these bind."""
    name, level = function.name, _level(step)
    if name in _OF_TWO:
        return lambda texts, levels: f"{_OF_TWO[name]}({texts['a']}, {texts['b']})"
    if name in _OF_PAIRS:
        symbol = step.settings["symbol"]
        return lambda texts, levels: f"{_OF_PAIRS[name]}({texts['a']} {symbol} {texts['b']})"
    if function.group != "operators":
        return lambda texts, levels: _call(step, function, texts)
    if name in _UNARY:
        sign = "not " if step.kind.name == "truth" else _UNARY[name]
        return lambda texts, levels: sign + _within(texts["a"], levels["a"], level)
    if name in _BINARY:
        symbol = _WORDS.get(name, name) if step.kind.name == "truth" else name

        def binary(texts: Mapping[str, str], levels: Mapping[str, int]) -> str:
            a, b = levels["a"], levels["b"]
            if name in ("&", "|", "^"):  # comparisons within stand out in brackets
                a, b = (0 if side < _UNARY_LEVEL and side != level else side for side in (a, b))
            left = _within(texts["a"], a, level if name in _LEFT else level + 1)
            return f"{left} {symbol} {_within(texts['b'], b, level + 1)}"

        return binary
    if name in _SUBSCRIPTED:
        return _subscripted(step, *_SUBSCRIPTED[name])
    if name == "assert":
        return lambda texts, levels: f"assert {texts['condition']}"
    return lambda texts, levels: _call(step, function, texts)


_OF_PAIRS = {"area of pixels": "area", "any of pixels": "any", "share of pixels": "fraction"}
_OF_TWO = {"dice of pixels": "dice", "iou of pixels": "iou"}
_SUBSCRIPTED = {  # what stands before the brackets, and what is in them: an operand or a setting
    "crop": ("value", "subscripts"),
    "item": ("value", "index"),
    "column": ("table", "column"),
    "rows": ("table", "chosen"),
    "samples": ("value", "mask"),
    "samples in place": ("value", "mask"),
    "samples in any order": ("value", "mask"),
}


def _subscripted(step: Step, value: str, part: str) -> _Form:
    def form(texts: Mapping[str, str], levels: Mapping[str, int]) -> str:
        inside = texts[part] if part in texts else _subscripts(step.settings[part])
        return f"{_within(texts[value], levels[value], _CLOSED)}[{inside}]"

    return form


def _subscripts(setting: Any) -> str:
    parts = setting if isinstance(setting, tuple) else (setting,)
    return ", ".join(value_text(part) if isinstance(part, str) else _subscript(part) for part in parts)


def _level(step: Step) -> int:
    """How tight the outermost operator of a step binds."""
    if step.function is None or step.function.group != "operators":
        return _CLOSED
    name = step.function.name
    return _UNARY_LEVEL if name in _UNARY else _BINARY.get(name, _CLOSED)


def _within(text: str, level: int, wanted: int) -> str:
    return text if level >= wanted else f"({text})"


def _call(step: Step, function: Function, texts: Mapping[str, str]) -> str:
    """A call with all arguments that are not what they are by default."""
    if function.bare:
        return function.name
    arguments = []
    for p in function.parameters:
        if p.takes.several:
            parts = [t for name, t in texts.items() if name.partition("[")[0] == p.name]
            listed = f"[{', '.join(parts)}]"
            if p.required:
                arguments.append(listed)
            elif parts:
                arguments.append(f"{p.name}={parts[0] if len(parts) == 1 else listed}")
            continue
        if p.name in texts:
            operand = step.operands[p.name]
            usual = operand.kind.is_constant and _constant_text(operand.kind) == value_text(p.default)
            text = texts[p.name]
        elif p.name in step.settings:
            text = _setting_text(step.settings[p.name])
            usual = text == value_text(p.default)
        else:
            continue
        if p.required:
            arguments.append(text)
        elif not usual:
            arguments.append(f"{p.name}={text}")
    return f"{function.name}({', '.join(arguments)})"


def _constant_text(kind: Kind) -> str:
    value = kind.constant
    if kind.name in ("length", "size"):
        return f"{float(value):g}mm" + (str(kind.power) if kind.power > 1 else "")
    return _setting_text(value)


def _setting_text(value: Any) -> str:
    if isinstance(value, Fraction):
        return f"{float(value):g}"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, tuple | list):
        texts = [_setting_text(v) for v in value]
        same = len(texts) > 1 and len(set(texts)) == 1 and isinstance(value[0], float)
        return texts[0] if same else f"[{', '.join(texts)}]"
    return " ".join(value_text(value).split())


def _subscript(part: Any) -> str:
    if not isinstance(part, slice):
        return "..." if part is Ellipsis else str(part)
    ends = ["" if end is None else str(end) for end in (part.start, part.stop)]
    return ":".join([*ends, *([] if part.step is None else [str(part.step)])])


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + _MORE
