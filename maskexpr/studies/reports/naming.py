"""What pages call the images of a study: as short as tells them apart."""

import os
from collections.abc import Sequence

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
