"""What a mistake is worded with: a code, the cause and one way out, with fields that are filled in."""

import math
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maskexpr.diagnostics.errors import Diagnostic, Severity
from maskexpr.diagnostics.printing import printable
from maskexpr.diagnostics.source import Source, Span

_KINDS = {
    "truth": "true or false",
    "colour": "a colour image",
    "labels": "labels",
    "samples": "samples",
    "mask samples": "samples of a mask",
    "none": "none",
    "masks": "a list of masks",
}


class _Wording(string.Formatter):
    """Fields as in `str.format`, and two more: a count, `{ndim:axis|axes}`, and a kind with its article, `{kind:a}`.

    A field may hold anything, names of files and what was typed: it is shown as what can be printed."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "a":
            text = printable(str(value))
            return _KINDS.get(text) or f"{'an' if text[:1].lower() in tuple('aeiou') else 'a'} {text}"
        if "|" in format_spec:
            one, many = format_spec.split("|")
            return printable(f"{value} {one if value == 1 else many}")
        return printable(str(super().format_field(value, format_spec)))

    def filled(self, template: str, fields: Mapping[str, object]) -> str:
        none: Sequence[Any] = ()
        return self.vformat(template, none, fields)


_WORDING = _Wording()


def asked_for(error: MemoryError) -> str:
    """How much was wanted where memory ran out, if that is known: what NumPy's error says of an array."""
    shape, dtype = getattr(error, "shape", None), getattr(error, "dtype", None)
    if shape is None or dtype is None:
        return ""
    return f", which asks for {bytes_text(math.prod(shape) * dtype.itemsize)}"


def count_text(count: float) -> str:
    """A large number as a person reads it: 1.28 million."""
    if count >= 1e15:
        return f"{count:.3g}"
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if count >= size:
            return f"{count / size:.3g} {word}"
    return f"{math.ceil(count):,}"


def counted(count: int, noun: str) -> str:
    """So many of something: "1 image", "1,204 images"."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def time_text(seconds: float) -> str:
    """A time as a person says it: 0.2 s, 45 s, 12 min, 3 h, 20 days."""
    for size, unit in ((86_400.0, "days"), (3_600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.{0 if seconds < 1e4 * size else 2}{'f' if seconds < 1e4 * size else 'g'}} {unit}"
    return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"


def bytes_text(count: float) -> str:
    """A number of bytes as a person reads it: 1.28 MB."""
    size, unit = float(count), "bytes"
    for larger in ("kB", "MB", "GB", "TB", "PB", "EB"):
        if size >= 1000:
            size, unit = size / 1000, larger
    return f"{size:.3g} {unit}"


@dataclass(frozen=True, slots=True)
class Mistake:
    """The wording of one mistake."""

    code: str
    cause: str
    hint: str = ""
    severity: Severity = "error"

    def at(self, source: Source | None, span: Span | None, /, **fields: object) -> Diagnostic:
        """The diagnostic for this mistake at a place."""
        cause, hint = _WORDING.filled(self.cause, fields), _WORDING.filled(self.hint, fields)
        return Diagnostic(self.code, cause, hint, span, source, self.severity)

    def anywhere(self, **fields: object) -> Diagnostic:
        """The diagnostic for a mistake outside a program text: a file, an argument, the command line."""
        return self.at(None, None, **fields)


def as_texts(diagnostic: Diagnostic) -> dict[str, str]:
    """A diagnostic to be kept without the text of the program; its place stands before the cause."""
    place = f"{diagnostic.place}: " if diagnostic.place else ""
    said = {"code": diagnostic.code, "message": place + diagnostic.message, "hint": diagnostic.hint}
    return {**said, "severity": diagnostic.severity}


def from_texts(texts: Mapping[str, str]) -> Diagnostic:
    """What was kept; a KeyError or ValueError if it is not whole."""
    severity: Severity = "warning" if texts["severity"] == "warning" else "error"
    return Diagnostic(texts["code"], texts["message"], texts["hint"], severity=severity)


def as_data(diagnostic: Diagnostic, own: Source) -> dict[str, Any]:
    """A diagnostic as JSON has it, for another process that has the text of the program itself."""
    source = diagnostic.source
    known = source is None or source == own
    return {
        "texts": [diagnostic.code, diagnostic.message, diagnostic.hint],
        "instead": diagnostic.instead,
        "severity": diagnostic.severity,
        "span": None if diagnostic.span is None else list(diagnostic.span),
        "source": (None if source is None else 0) if known or source is None else [source.name, source.text],
    }


def from_data(data: Any, own: Source) -> Diagnostic:
    """The diagnostic that another process made data of; it is not trusted to have done so as is done here.

    Raises
    ------
    ValueError, KeyError, TypeError
        It is none.
    """
    code, message, hint = (printable(_str(text)) for text in data["texts"])
    severity: Severity = "warning" if data["severity"] == "warning" else "error"
    source, span, instead = data["source"], data["span"], data["instead"]
    if source is not None:
        source = own if source == 0 else Source(_str(source[1]), _str(source[0]))
    if span is not None:
        ends = sorted(min(max(0, int(end)), 0 if source is None else len(source.text)) for end in span)
        span = Span(*ends)
    return Diagnostic(code, message, hint, span, source, severity, None if instead is None else _str(instead))


def _str(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
