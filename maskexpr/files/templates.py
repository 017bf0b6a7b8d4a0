"""Templates of paths: text with names in braces, as in "masks/{im.stem}.png"; `{{` and `}}` stand for braces.

Names are all there is to them: no formats, no parts of values. What is filled in comes from names of files, so that it
leads nowhere else: it has no separators, but for `{im.parent}`, which goes down.
"""

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, InputError
from maskexpr.diagnostics.nearest import nearest
from maskexpr.files.decoding.naming import shown

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[^{}]+|.", re.DOTALL)
_BRACES = {"{{": "{", "}}": "}"}
_PLAIN = re.compile(r"[\w.]*")
_SEPARATORS = "".join(filter(None, (os.sep, os.altsep)))
_SEPARATOR = re.compile(f"[{re.escape(_SEPARATORS)}]")
_STANDARD = "-"


@dataclass(frozen=True, slots=True)
class Template:
    """A text that was parsed: each part is what stands there, and the name in braces behind it, "" at the end."""

    text: str
    parts: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names in it."""
        return tuple(name for _, name in self.parts if name)

    @property
    def plain(self) -> str:
        """What stands in it beside the names."""
        return "".join(text for text, _ in self.parts)

    def filled(self, values: Mapping[str, str]) -> str:
        """The path with values for the names; a folder that is named by an empty value is left out."""
        self.check(values)
        pieces, named = [""], {-1}  # the folders, and the places of those that a name is in
        for text, name in self.parts:
            first, *more = _SEPARATOR.split(text)
            pieces[-1] += first
            pieces += more
            if name:
                pieces[-1] += values[name]
                named.add(len(pieces) - 1)
        kept = [piece for place, piece in enumerate(pieces) if piece or place not in named]
        path = os.sep.join(kept)
        if not path or any(_leads_out(pieces[place]) for place in named - {-1}):
            raise InputError(messages.TEMPLATE_OUTSIDE.anywhere(template=shown(self.text), path=shown(path)))
        return os.path.join(os.curdir, path) if path == _STANDARD else path

    def check(self, known: Collection[str]) -> None:
        """Refuse names that are not known."""
        for name in self.names:
            if name not in known:
                raise InputError(_unknown(self.text, name, known))


def _leads_out(piece: str) -> bool:
    """Whether what was filled in is no plain names of folders."""
    return bool(piece) and any(part in ("", os.curdir, os.pardir) for part in _SEPARATOR.split(piece))


def _unknown(text: str, name: str, known: Collection[str]) -> Diagnostic:
    plain = _PLAIN.match(name)
    asked = plain[0] if plain else ""
    near = asked if asked in known else nearest(asked, known)
    fields = {"template": shown(text), "name": name, "near": near}
    if near:
        return messages.TEMPLATE_UNKNOWN_NEAR.anywhere(**fields)
    return messages.TEMPLATE_UNKNOWN.anywhere(names=", ".join(f"{{{other}}}" for other in known) or "none", **fields)


def parsed(text: str) -> Template:
    """A text as a template."""
    parts, written = [], ""
    for token in _TOKEN.finditer(text):
        if token[1] is not None:
            parts.append((written, token[1]))
            written = ""
            if not token[1]:
                raise InputError(messages.TEMPLATE_BRACE.anywhere(template=shown(text)))
        elif token[0] in ("{", "}"):
            raise InputError(messages.TEMPLATE_BRACE.anywhere(template=shown(text)))
        else:
            written += _BRACES.get(token[0], token[0])
    return Template(text, (*parts, (written, "")))


def has_braces(text: str) -> bool:
    """Whether a text is anything but itself as a template."""
    return "{" in text or "}" in text


def escaped(text: str) -> str:
    """A template that is filled in as this text."""
    return text.replace("{", "{{").replace("}", "}}")


def part(text: str) -> str:
    """A text as a part of a name of a file."""
    return _SEPARATOR.sub("_", text)
