"""Pictures that the terminal shows."""

import functools
import sys

from maskexpr.display import results, terminal
from maskexpr.display.views import View


def in_terminal(view: View) -> str:
    """A view as the terminal behind standard output shows it, its summary first."""
    return results.drawn(
        view.value, view.kind, _terminal(), view.below, view.mode, plane=view.plane, valid=view.valid, by=view.by
    )


@functools.cache
def _terminal() -> terminal.Abilities:
    return terminal.abilities(sys.stdout)
