"""A call as other software has it, and the expression that does the same here, filled in with what was typed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from maskexpr.diagnostics.source import Span

_WORD = re.compile(r'"[^"]*"|\{[^{}]*\}|\b([A-Za-z_]\w*)\b(?!\s*=[^=])(?:\[(\d)\])?')
_SUM = re.compile(r"\s*[0-9.]+(?:\s*(?:\+|\*|//)\s*[0-9.]+)+\s*")
_PART = re.compile(r"\+|\*|//|[0-9.]+")
_ITEMS = re.compile(r"\s*\[([\w., -]+)\]")  # a list, one number or name an item
_FIELD = re.compile(r"\{([^{}]+)\}")
_MOST = 160  # characters of an expression in a hint

_ALIKE = re.compile(r"\[\s*([0-9]+)\s*(?:,\s*\1\s*)+\]")  # one size for each axis

# Elements as other software makes them: the reach and the shape.
_ELEMENTS = {"disk": ', "disk"', "ball": ', "disk"', "diamond": "", "octahedron": "", "square": "", "cube": ""}
_ELEMENT = re.compile(rf"(?:\w+\.)*({'|'.join(_ELEMENTS)})\(\s*([0-9]+)\s*\)")
# As MATLAB names them; a disk without the 0 is one put together of lines.
_STREL = re.compile(r"""strel\(\s*["'](?:(diamond|square)["']\s*,\s*([0-9]+)|(disk)["']\s*,\s*([0-9]+)\s*,\s*0)\s*\)""")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a function of other software.

    `holds` is what its text must match, `default` what counts where it is left out, "" if it may not be, `example` what
    stands for it where nothing was typed.
    """

    name: str
    default: str
    holds: str
    example: str

    @property
    def is_element(self) -> bool:
        """Whether it is a structuring element, whose size and shape are read."""
        return self.name in ("footprint", "structure") and not self.holds


@dataclass(frozen=True, slots=True)
class Form:
    """One way to call a function of other software, and what is written for it here.

    Attributes
    ----------
    meant
        The expression, with the parameters' names in it; a sum in braces is worked out where its parts are numbers.
    note
        A word on what differs, with expressions in braces; "nearest is {}: ..." where nothing does the same.
    """

    parameters: tuple[Parameter, ...]
    meant: str
    note: str

    @property
    def subject(self) -> str:
        """What the first parameter is called, which says of what kind it is."""
        return self.parameters[0].name if self.parameters else ""

    @property
    def example(self) -> str:
        """The expression by itself."""
        return self._written({})

    def bound(self, positional: Sequence[str], named: Mapping[str, str]) -> dict[str, str] | None:
        """The texts of the parameters; None where the call does not fit."""
        names = [parameter.name for parameter in self.parameters]
        if len(positional) > len(names) or not set(named) <= set(names[len(positional) :]):
            return None
        given = {**dict(zip(names, positional, strict=False)), **named}
        for parameter in self.parameters:
            text = given.get(parameter.name)
            if text is None and not parameter.default:
                return None
            if text is not None and not _holds(parameter, text):
                return None
        return given

    def fits_in(self, given: Mapping[str, str]) -> bool:
        """Whether the expression is short enough to be read in a message."""
        return is_readable(self._written(given))

    def hint(self, given: Mapping[str, str], *, whole: bool = True) -> str:
        """What to write; `whole` unless a part of the call was left out."""
        meant = self._written(given)
        note = _FIELD.sub(lambda field: self._filled(field[0], given), self.note)
        if "{}" in note:
            return note.replace("{}", meant)
        return f"write {meant}" + ("" if whole else ", say") + (f"; {note}" if note else "")

    def _written(self, given: Mapping[str, str]) -> str:
        return self._filled(self.meant, given)

    def _filled(self, template: str, given: Mapping[str, str]) -> str:
        values = {p.name: given.get(p.name, p.example) for p in self.parameters}
        elements = {p.name for p in self.parameters if p.is_element}

        def value(match: re.Match[str]) -> str:
            word = match[0]
            if word[0] == "{":
                return _worked_out(_WORD.sub(value, word[1:-1])) if word != "{}" else word
            name, place = match[1], match[2]
            if name not in values:
                return word
            text = _element(values[name]) if name in elements else values[name]
            if place is not None:
                text = _item(text, int(place))
            return text if _stands_alone(match) else _bracketed(text)

        return _WORD.sub(value, template)


def form(parameters: str, meant: str, note: str = "") -> Form:
    """A form from a line of the table: `m, low:100, mode~thick='thick'`; a list in it has `;` for its commas."""
    parts = (part.strip() for part in parameters.split(","))
    return Form(tuple(_parameter(part) for part in parts if part), meant, note)


def _parameter(text: str) -> Parameter:
    name, _, default = text.replace(";", ",").partition("=")
    name, _, example = name.partition(":")
    name, _, holds = name.partition("~")
    return Parameter(name, default, holds, default or example or name)


def _holds(parameter: Parameter, text: str) -> bool:
    if parameter.is_element:
        return _element(text) != ""
    return re.search(parameter.holds, text) is not None


def is_element(text: str) -> bool:
    """Whether a text is a structuring element as other software makes them: `disk(2)`."""
    return (_ELEMENT.fullmatch(text) or _STREL.fullmatch(text)) is not None


def _element(text: str) -> str:
    """A reach, and the shape where it is not the default; "" for what cannot be told."""
    if text.isdecimal():
        return text
    found = _ELEMENT.fullmatch(text) or _STREL.fullmatch(text)
    if not found:
        return ""
    shape, number = filter(None, found.groups())
    size = int(number)
    if shape in ("square", "cube"):
        return f'{size // 2}, "square"' if size % 2 else ""
    return f"{size}{_ELEMENTS[shape]}"


def _item(text: str, place: int) -> str:
    """One of a list."""
    found = _ITEMS.fullmatch(text)
    items = found[1].split(",") if found else []
    return items[place].strip() if place < len(items) else f"{text}[{place}]"


def _worked_out(text: str) -> str:
    """The value of a sum, from left to right; of a list and a number, that of each item."""
    text = _ALIKE.sub(r"\1", text)
    found = _ITEMS.match(text)
    if found:
        items = [_worked_out(item + text[found.end() :]) for item in found[1].split(",")]
        return f"[{', '.join(item.strip() for item in items)}]" if all(map(_is_number, items)) else text
    if not _SUM.fullmatch(text):
        return text
    first, *rest = _PART.findall(text)
    value = Fraction(first)
    for sign, part in zip(rest[::2], map(Fraction, rest[1::2]), strict=True):
        value = value + part if sign == "+" else value * part if sign == "*" else Fraction(value // part)
    return str(value) if value.denominator == 1 else repr(float(value))


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9.]+", text) is not None


def _stands_alone(match: re.Match[str]) -> bool:
    """Whether a word of a template is a whole argument, which no operator can tear apart."""
    before, behind = match.string[: match.start()].rstrip(), match.string[match.end() :].lstrip()
    return before[-1:] in ("", "(", ",", "[", "=") and behind[:1] in ("", ")", ",", "]", ";")


def _bracketed(text: str) -> str:
    return text if is_simple(text) else f"({text})"


def placed(expression: str, text: str, span: Span) -> str:
    """An expression as it is put into the place of another: in brackets where operators beside that would tear it
    apart."""
    return expression if is_simple(expression) or is_alone(text, span) else f"({expression})"


def is_alone(text: str, span: Span) -> bool:
    """Whether there is no operator beside an expression."""
    before = text[max(0, span.start - 100) : span.start].rstrip(" \t")
    behind = text[span.stop : span.stop + 100].lstrip(" \t")
    given = before[-1:] == "=" and before[-2:-1] not in "=!<>"
    return (before[-1:] in ("", "(", ",", "[", "\n", ";") or given) and behind[:1] in (
        "",
        ")",
        ",",
        "]",
        "\n",
        ";",
        "#",
    )


def is_readable(text: str) -> bool:
    """Whether an expression is short enough to be read in a message."""
    return len(text) <= _MOST


def is_simple(text: str) -> bool:
    """Whether a text is one name, number, call or bracket, which no operator beside it can tear apart."""
    if re.fullmatch(r"[\w.]+", text):
        return True
    if not re.match(r"[\w.]*[(\[]", text) or text[-1] not in ")]":
        return False
    depth = 0
    for i, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if depth == 0 and character in ")]" and i < len(text) - 1:
            return text[i + 1] == "[" and is_simple("a" + text[i + 1 :])
    return depth == 0
