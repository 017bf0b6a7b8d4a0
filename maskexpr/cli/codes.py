"""maskexpr errors: the codes of errors and warnings, with what each is about and a program that has it."""

import argparse
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

import maskexpr
from maskexpr.cli import shared
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.codes import ErrorCode, error_codes
from maskexpr.diagnostics.errors import Diagnostic, InputError, MaskError
from maskexpr.diagnostics.examples import Example
from maskexpr.diagnostics.nearest import nearest
from maskexpr.diagnostics.printing import printable

if TYPE_CHECKING:
    from maskexpr.cli.shared import Commands


def add_errors(commands: "Commands") -> None:
    command = shared.add(commands, "errors", _errors, "the codes of errors and warnings")
    command.add_argument("code", metavar="CODE", nargs="?", help="one of them, with its wordings and an example")
    command.add_argument("--json", action="store_true", help="print one JSON list, for programs that handle them")


def _errors(options: argparse.Namespace) -> int:
    """List the codes of all errors and warnings with what they say, or show one of them: all its wordings, where names
    in braces are filled in, and a short program that has it. Codes stay what they are from one version to the next."""
    codes = error_codes()
    if options.code is not None and options.code not in codes:
        near = nearest(options.code, codes)
        mistake = messages.CODE_UNKNOWN if near else messages.CODE_UNKNOWN_FAR
        raise InputError(mistake.anywhere(code=options.code, near=near))
    asked = [codes[options.code]] if options.code is not None else list(codes.values())
    if options.json:
        import json  # only here: every other start goes without it

        print(json.dumps([asdict(code) for code in asked], indent=2))
    elif options.code is not None:
        print(_page(asked[0]))
    else:
        print(_list(asked))
    return shared.OK


def _list(codes: list[ErrorCode]) -> str:
    """A line for each: its code, and what is said first of it."""
    indent = max(len(code.code) for code in codes) + 2
    width = max(40, shutil.get_terminal_size((120, 24)).columns - 1)
    return "\n".join(_cut(f"{code.code:{indent}}{code.wordings[0][0]}", width) for code in codes)


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 4] + " ..."


def _page(code: ErrorCode) -> str:
    parts = [f"{code.code}: {' or '.join(code.severities)}"]
    if code.example is not None:
        parts.append(_indented(code.example.program))
        if code.example.given:
            parts.append("  with " + ", ".join(f"{name}: {what}" for name, what in code.example.given.items()))
        if code.example.limits:
            limits = ", ".join(f"{name}={most}" for name, most in code.example.limits.items())
            parts.append(f"  within Limits({limits})")
        parts.append("\n".join(d.render() for d in found(code.example) if d.code == code.code))
    parts.append("It says")
    parts.append("\n".join(f"  {cause}" + (f"; {hint}" if hint else "") for cause, hint in code.wordings))
    return "\n\n".join(parts)


def _indented(program: str) -> str:
    return "\n".join(f"    {printable(line)}" for line in program.split("\n"))


# --- examples, run ---------------------------------------------------------------------------------------------------


def found(example: Example) -> tuple[Diagnostic, ...]:
    """The mistakes of an example: its errors, else its warnings."""
    import warnings  # only here: every other command shows its own

    try:
        program = maskexpr.compile(
            example.program,
            limits=maskexpr.Limits(**example.limits),  # type: ignore[arg-type]
            deny=example.deny,
            resolver=None if example.files is None else example.files.__getitem__,
        )
        if program.inputs and not example.given:
            return program.warnings
        bound = program.bind(**_arrays(example.given))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", maskexpr.MaskWarning)  # `bound.warnings` has them
            bound.run()
    except MaskError as error:
        return error.diagnostics
    return bound.warnings


def _arrays(given: Mapping[str, str]) -> dict[str, Any]:
    return {name: _array(words.split()) for name, words in given.items()}


def _array(words: list[str]) -> Any:
    """What some words say; see `Example`."""
    if len(words) == 1:
        return float(words[0]) if "." in words[0] else int(words[0])
    fill = words.pop(0) if words[0].isalpha() else ""
    shape, dtype = tuple(int(n) for n in words[0].split("x")), words[1]
    array = np.arange(np.prod(shape)).reshape(shape)
    if fill:
        array = (
            np.where(array == 0, np.nan, array) if fill == "holed" else np.full(shape, float(fill == "nan") * np.nan)
        )
    array = array % 2 == 1 if dtype == "bool" else array.astype(dtype)
    more = dict(zip(words[2::2], words[3::2], strict=True))
    if "nodata" in more:
        return maskexpr.Image(array, nodata=float(more["nodata"]) if more["nodata"].isdecimal() else more["nodata"])
    return maskexpr.Image(array, spacing=float(more["spacing"])) if more else array
