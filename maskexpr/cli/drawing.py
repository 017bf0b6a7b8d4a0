"""Pictures that the terminal shows."""

import functools
import sys

from maskexpr.display import results, terminal
from maskexpr.display.views import View


def in_terminal(view: View) -> str:
    """A view as the terminal behind standard output shows it, its summary first."""
    on = (view.on, view.ground) if view.ground is not None else None
    return results.drawn(
        view.value, view.kind, _terminal(), on, view.mode, plane=view.plane, valid=view.valid, by=view.by
    )


@functools.cache
def _terminal() -> terminal.Abilities:
    return terminal.abilities(sys.stdout)
