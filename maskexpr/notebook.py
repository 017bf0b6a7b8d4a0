"""IPython and Jupyter: `%load_ext maskexpr` adds `%%mask` cells and `%mask` lines, whose text is a program."""

import shlex
import sys
from collections.abc import Iterable
from typing import Any

from maskexpr.api import Image, compile, stages
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, InputError, MaskError
from maskexpr.display import views
from maskexpr.display.views import View
from maskexpr.kinds.kind import RESULTS
from maskexpr.program.steps import Checked, Step


def register(shell: Any) -> None:
    """Add the magics to an IPython shell."""

    def mask(line: str, cell: str | None = None) -> Any:
        """Run a program on the notebook's arrays and numbers: %mask PROGRAM, or the lines of a %%mask cell.

        %%mask [NAME] [-v MODE]

        Names that the program gives no value are taken from the notebook. The names it assigns, and its outputs, get
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
                return _run(shell, text, "line", "", mode)
            return _run(shell, cell, "cell", *_name_and_mode(line))
        except MaskError as error:
            text = str(error)
            vars(error)["_render_traceback_"] = lambda: [text]  # Python's own lines say nothing of the program
            raise

    shell.register_magic_function(mask, "line_cell")


def _leading_mode(line: str) -> tuple[str, str]:
    """The mode that a line may begin with, and its program."""
    words = line.split(maxsplit=2)
    if words[:1] != ["-v"]:
        return "overlay", line
    return (words[1] if len(words) > 1 else ""), "".join(words[2:])


def _name_and_mode(line: str) -> tuple[str, str]:
    """What stands behind %%mask."""
    try:
        words = shlex.split(line)
    except ValueError:
        words = [line]
    name = mode = ""
    while words:
        word = words.pop(0)
        if word == "-v" and words and not mode:
            mode = words.pop(0)
        elif word.isidentifier() and not name:
            name = word
        else:
            raise InputError(messages.CELL_FORM.anywhere(text=word))
    return name, mode or "overlay"


def _run(shell: Any, text: str, called: str, name: str, mode: str) -> Any:
    """Run a program on what the notebook has, put what it names there, and give what is to be shown."""
    views.check_mode(mode)
    program = compile(text, name=called)
    given = {info.name: _input(shell.user_ns[info.name]) for info in program.inputs if info.name in shell.user_ns}
    bound = stages(program, given)
    _show([d for d in bound.checked.diagnostics if d.code != "unused"])  # the next cell may use it
    results, assigned = bound.watched(_assigned, _show)
    named = {n: result.value for n, result in results.items() if n in assigned or n != "result"}
    last = list(results.values())[-1]
    shell.push({**assigned, **named, **({name: last.value} if name else {})})
    if not last.kind.is_array:
        return last.value
    return views.view_of(last.value, last.kind, views.ground_of(last.kind, given, program.inputs), mode)


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
    return Image(value.value, value.kind.spacing, value.kind.name) if value.kind.is_array else value.value
