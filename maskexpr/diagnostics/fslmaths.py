"""Steps of fslmaths, and the expression that does the same."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from maskexpr.diagnostics.mending import is_readable, is_simple

# How many words follow each step.
STEPS = {
    **dict.fromkeys(("thr", "uthr", "mas", "s", "add", "sub", "mul", "div"), 1),
    **dict.fromkeys(("bin", "binv", "dilM", "dilD", "dilF", "ero", "eroF", "fillh", "fillh26"), 0),
}
# Those that are named like nothing else, so that calls of them can only be meant as such.
OWN = frozenset(STEPS) - {"s", "add", "sub", "mul", "div"}
_ARITHMETIC = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
_WORDS = {"in", "and", "or", "not", "xor", "true", "false", "none"}
_WORDS |= {"input", "param", "def", "use", "assert", "output"}


@dataclass
class _Built:
    """The expression so far: an image, kept between bounds by -thr and -uthr, or a mask."""

    text: str
    is_mask: bool = False
    low: str = ""
    high: str = ""

    def image(self) -> str:
        """The image, 0 outside its bounds."""
        if not (self.low or self.high):
            return self.text
        tests = [f"{self._operand()} >= {self.low}"] * bool(self.low) + [f"{self._operand()} <= {self.high}"] * bool(
            self.high
        )
        within = f"between({self.text}, {self.low}, {self.high})" if len(tests) == 2 else tests[0]
        return f"where({within}, {self.text}, 0)"

    def mask(self) -> str:
        """Where the image is above 0."""
        if self.is_mask:
            return self.text
        positive = bool(self.low) and float(self.low) > 0
        if positive and self.high:
            return f"between({self.text}, {self.low}, {self.high})"
        above = f"{self._operand()} >= {self.low}" if positive else f"{self._operand()} > 0"
        return f"({above}) & ({self._operand()} <= {self.high})" if self.high else above

    def _operand(self) -> str:
        return self.text if is_simple(self.text) else f"({self.text})"


def expression(image: str, steps: Iterable[tuple[str, str]]) -> str:
    """What some steps do to an image, in the language; "" for steps that have no such form."""
    built: _Built | None = _Built(image)
    for name, value in steps:
        built = _step(built, name, value) if built else None
    return "" if built is None else built.text if built.is_mask else built.image()


def _step(built: _Built, name: str, value: str) -> _Built | None:
    is_number = _NUMBER.fullmatch(value) is not None
    if name in ("thr", "uthr") and not built.is_mask and is_number:
        low, high = (value, built.high) if name == "thr" else (built.low, value)
        return _Built(built.text, low=low, high=high)
    mask = _Built(built.mask(), is_mask=True)
    operand = mask._operand()
    if name == "bin":
        return mask
    if name == "binv":
        return _Built(f"~{operand}", is_mask=True)
    if name == "s" and not built.is_mask and is_number and value[0] != "-":
        return _Built(f"gaussian({built.image()}, {value}mm)")
    if name in _ARITHMETIC and not built.is_mask:
        return _Built(f"{_Built(built.image())._operand()} {_ARITHMETIC[name]} {value}")
    if name == "mas":
        where = f"{value} > 0"
        return (
            _Built(f"{operand} & ({where})", is_mask=True)
            if built.is_mask
            else _Built(f"where({where}, {built.image()}, 0)")
        )
    return _of_mask(built, name)


def _of_mask(built: _Built, name: str) -> _Built | None:
    """Steps that have a simple meaning once the image is a mask."""
    whole = {
        **dict.fromkeys(("dilM", "dilD", "dilF"), 'dilate({}, 1, "square")'),
        **dict.fromkeys(("ero", "eroF"), 'erode({}, 1, "square", border="ignore")'),
        "fillh": "fill_holes({})",
        "fillh26": "fill_holes({}, connectivity=3)",
    }.get(name, "")
    if not whole or not built.is_mask:
        return None
    return _Built(whole.format(built.text), is_mask=True)


def command_line(words: Sequence[str]) -> str:
    """The expression for the words of a command line behind its name: an image, steps, and where the result goes."""
    if not words:
        return ""
    steps, rest = [], list(words[1:])
    while rest and rest[0].startswith("-"):
        name = rest.pop(0)[1:]
        if name not in STEPS or len(rest) < STEPS[name]:
            return ""
        steps.append((name, _value(rest.pop(0)) if STEPS[name] else ""))
    meant = expression(_named(words[0]), steps) if steps else ""
    return meant if is_readable(meant) else ""


def _value(word: str) -> str:
    return word if _NUMBER.fullmatch(word) else _named(word)


def _named(path: str) -> str:
    """A file, as an input by its name."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", re.split(r"[/\\]", path)[-1].split(".")[0])
    return name if name.isidentifier() and name not in _WORDS else "im"
