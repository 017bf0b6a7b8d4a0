"""What pages call the images of a study, and how they say what was said of them."""

import os
from collections.abc import Sequence

from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.diagnostics.printing import printable


def short_names(names: Sequence[str]) -> list[str]:
    """Paths without the folder that all lie in, on one line each."""
    folders = {os.path.dirname(name) for name in names}
    try:
        common = os.path.commonpath(folders) if folders else ""
    except ValueError:  # some on another drive, or from the root
        common = ""
    shown = (os.path.relpath(name, common) if common and name else name for name in names)
    return [printable(name) for name in shown]


def said(diagnostic: Diagnostic) -> list[str]:
    """A mistake with its place, and the way out. The lines of the program are left out: of an image that was done in
    a run before, they are not known any more, and pages are to be the same."""
    place = f"{diagnostic.place}: " if diagnostic.place else ""
    return [place + diagnostic.message, *filter(None, [diagnostic.hint])]
