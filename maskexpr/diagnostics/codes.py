"""All codes that errors and warnings have: where each comes from, how it is worded, and an example of it."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Severity
from maskexpr.diagnostics.examples import EXAMPLES, Example
from maskexpr.diagnostics.messages import Mistake


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One code: `maskexpr errors CODE` shows all of it.

    Attributes
    ----------
    code
        What `Diagnostic.code` is. It stays: what is found anew gets a new one.
    severities
        Whether it is an error, a warning, or now the one and now the other.
    wordings
        Causes and ways out, with the fields that are filled in between braces.
    example
        A short program that has this mistake; None where it takes files, commands or a lack of memory.
    """

    code: str
    severities: tuple[Severity, ...]
    wordings: tuple[tuple[str, str], ...]
    example: Example | None


@functools.cache
def error_codes() -> Mapping[str, ErrorCode]:
    """The codes of all errors and warnings, in the order of the alphabet.

    >>> maskexpr.error_codes()["precedence"].example.program
    '~im > 64'
    >>> [(code.severities, code.wordings) for code in maskexpr.error_codes().values() if code.code == "input-scheme"]
    [(('error',), (('{path} is not a file: inputs are never fetched', 'download it and name the file'),))]
    """
    by_code: dict[str, list[Mistake]] = {}
    for value in vars(messages).values():
        if isinstance(value, Mistake):
            by_code.setdefault(value.code, []).append(value)
    return MappingProxyType({code: _of(code, by_code[code]) for code in sorted(by_code)})


def _of(code: str, mistakes: list[Mistake]) -> ErrorCode:
    severities = tuple(dict.fromkeys(mistake.severity for mistake in mistakes))
    wordings = tuple(dict.fromkeys((_shown(mistake.cause), _shown(mistake.hint)) for mistake in mistakes))
    return ErrorCode(code, severities, wordings, EXAMPLES.get(code))


def _shown(wording: str) -> str:
    """A wording with the names of its fields, but not how they are filled in."""
    plural = re.sub(r"\{(\w+):\w+\|(\w+)\}", r"{\1} \2", wording.replace("`", ""))
    return re.sub(r"(?<!\{)\{(\w+)[:!][^{}]*\}", r"{\1}", plural).replace("{{", "{").replace("}}", "}")
