"""maskexpr warm: compile the kernels that stand in for NumPy's, so that they are there when they are worth it."""

import argparse
from typing import TYPE_CHECKING

from maskexpr.cli import shared
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError, InputError
from maskexpr.kernels import keeping

if TYPE_CHECKING:
    from maskexpr.cli.shared import Commands


def add_warm(commands: "Commands") -> None:
    shared.add(commands, "warm", _warm, "compile what makes long runs faster, once")


def _warm(options: argparse.Namespace) -> int:
    """Compile all kernels with Numba (pip install 'maskexpr[fast]') and keep them in a folder of yours alone, for this
    version of maskexpr, Python, NumPy and Numba. From then on steps that gain by it run by them, with the same results
    to the last bit; until then, and where MASKEXPR_COMPILED is 0, all runs by NumPy. It takes some minutes; what is
    there already is not compiled again."""
    try:
        from maskexpr.kernels.compiled import building
    except Exception as error:  # whatever a library raises that does not suit what else is there
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise InputError(messages.KERNELS_NEED_NUMBA.anywhere(reason=reason)) from None
    folder = keeping.folder()
    if folder is None or not keeping.made(folder):
        raise FileError(messages.KERNELS_NO_FOLDER.anywhere(path=folder or "a folder of yours"))
    new = kept = 0
    for built in building.build():
        if built.new:
            print(f"{built.module}: {messages.counted(built.new, 'kernel')} compiled", flush=True)
        new, kept = new + built.new, kept + built.forms - built.new
    print(f"{messages.counted(new, 'kernel')} compiled, {kept:,} there already: {folder}")
    return shared.OK
