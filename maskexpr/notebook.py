"""IPython and Jupyter: `%load_ext maskexpr` adds `%%mask` cells and `%mask` lines, whose text is a program."""

import builtins
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np

from maskexpr.api import Image, compile
from maskexpr.checker.binding import parameter
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, InputError, MaskError
from maskexpr.display import views
from maskexpr.display.views import View
from maskexpr.inside import stages
from maskexpr.kinds.kind import RESULTS
from maskexpr.program.steps import Checked, ParamInfo, Step


def register(shell: Any) -> None:
    """Add the magics to an IPython shell."""

    def mask(line: str, cell: str | None = None) -> Any:
        """Run a program on the notebook's arrays and numbers: %mask PROGRAM, or the lines of a %%mask cell.

        %%mask [NAME] [PARAM=VALUE ...] [-v MODE]

        Names that the program gives no value are taken from the notebook, and so are values of its params, which is
        said; PARAM=VALUE goes before. The names it assigns, and its outputs, get
        their values in the notebook, as arrays and numbers; NAME gets the last result. That is shown, a mask or labels
        on the image they came from; MODE is overlay, contour, mask or side. A mistake is shown as its text.

        %mask -v contour im > 32

        %%mask bone -v side
        big = im > 64            # so `big` is an array in the next cell
        keep_largest(big)        # and `bone`, too
        """
        try:
            if cell is None:
                mode, text = _leading_mode(line)
                return _run(shell, text, "line", "", mode, {})
            return _run(shell, cell, "cell", *_options(line))
        except MaskError as raised:
            error = type(raised)([_advised(diagnostic) for diagnostic in raised.diagnostics])
            text = str(error)
            vars(error)["_render_traceback_"] = lambda: [text]  # Python's own lines say nothing of the program
            raise error from None

    shell.register_magic_function(mask, "line_cell")


def _leading_mode(line: str) -> tuple[str, str]:
    """The mode that a line may begin with, and its program."""
    words = line.split(maxsplit=2)
    if words[:1] != ["-v"]:
        return "overlay", line
    return (words[1] if len(words) > 1 else ""), "".join(words[2:])


def _options(line: str) -> tuple[str, str, dict[str, str]]:
    """What stands behind %%mask: the name of the result, the mode, the values of params."""
    try:
        words = shlex.split(line)
    except ValueError:
        words = [line]
    name, mode, values = "", "", dict[str, str]()
    while words:
        word = words.pop(0)
        if word == "-v" and words and not mode:
            mode = words.pop(0)
        elif word.isidentifier() and not name:
            name = word
        elif word.partition("=")[0].isidentifier() and "=" in word:
            param, _, value = word.partition("=")
            if param in values:
                raise InputError(messages.GIVEN_TWICE.anywhere(name=param))
            values[param] = value
        else:
            raise InputError(messages.CELL_FORM.anywhere(text=word))
    return name, mode or "overlay", values


def _run(shell: Any, text: str, called: str, name: str, mode: str, values: dict[str, str]) -> Any:
    """Run a program on what the notebook has, put what it names there, and give what is to be shown."""
    views.check_mode(mode)
    program = compile(text, name=called)
    known = {n: value for n, value in shell.user_ns.items() if not isinstance(value, ModuleType)}
    given = {info.name: _input(known[info.name]) for info in program.inputs if info.name in known}
    given |= _params(program.params, known, values)
    bound = stages(program, given)
    _show([d for d in bound.checked.diagnostics if d.code != "unused"])  # the next cell may use it
    results, assigned = bound.watched(_assigned, _show)
    named = {n: result.value for n, result in results.items() if n in assigned or n != "result"}
    last = list(results.values())[-1]
    _push(shell, {**assigned, **named, **({name: last.value} if name else {})})
    if not last.kind.is_array:
        return last.value
    ground = views.ground_of(last.kind, given, program.inputs)
    return replace(views.view_of(last.value, last.kind, ground, mode), valid=last.valid)


def _params(params: Sequence[ParamInfo], known: Mapping[str, Any], written: Mapping[str, str]) -> dict[str, Any]:
    """The values of a program's params: those written behind %%mask, else what the notebook has by their names."""
    infos = {info.name: info for info in params}
    unknown = next((name for name in written if name not in infos), None)
    if unknown is not None:
        raise InputError(messages.PARAM_UNKNOWN.anywhere(name=unknown, names=", ".join(infos) or "none"))
    found = {name: parameter(infos[name], text) for name, text in written.items()}
    for name, info in infos.items():
        if name not in found and isinstance(known.get(name), bool | int | float | str | np.generic):
            found[name] = known[name]
            print(f"{name} = {known[name]}, from the notebook; the cell has {info.default}", file=sys.stderr)
    return found


def _push(shell: Any, values: Mapping[str, Any]) -> None:
    """Give values to the notebook, but for names that Python or IPython itself has: print would be an array in all
    later cells."""
    ours, hidden = shell.user_ns, shell.user_ns_hidden
    own = [n for n in values if (n in hidden and ours[n] is hidden[n] if n in ours else hasattr(builtins, n))]
    if own:
        print(f"not set in the notebook, as Python has it: {', '.join(own)}", file=sys.stderr)
    shell.push({name: value for name, value in values.items() if name not in own})


def _advised(diagnostic: Diagnostic) -> Diagnostic:
    """What is missing is given by the notebook, not by a command line."""
    if diagnostic.code == messages.SPACING_UNKNOWN.code and diagnostic.hint == messages.SPACING_UNKNOWN.hint:
        return replace(diagnostic, hint=messages.CELL_SPACING)
    if diagnostic.code == messages.INPUT_MISSING.code and diagnostic.hint.startswith("give it"):
        return replace(diagnostic, hint=messages.CELL_INPUT.format(name=diagnostic.message.split()[1]))
    return diagnostic


def _show(found: Iterable[Diagnostic]) -> None:
    for diagnostic in found:
        print(diagnostic.render(), file=sys.stderr)


def _assigned(checked: Checked) -> dict[str, Step]:
    """The last value of each name that a program assigns."""
    return {name: step for name, step in checked.bindings if name and step.kind.name in RESULTS}


def _input(value: Any) -> Any:
    """What a notebook shows may go on being used."""
    if not isinstance(value, View):
        return value
    if not value.kind.is_array:
        return value.value
    return Image(value.value, value.kind.spacing, value.kind.name, valid=value.valid)
