"""Names of a program as names in Python: none is a word of Python, or hides what the text needs."""

import builtins
import keyword
from collections.abc import Iterable

_MODULES = ("np", "ndimage", "math", "fractions", "Fraction", "scipy", "spacing", "part", "regions")
RESERVED = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *_MODULES})


class Names:
    """The names of one text: each is given once."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {*RESERVED, *taken}

    def new(self, wanted: str) -> str:
        """A name that is free, as like the wanted one as can be."""
        wanted = "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in wanted) or "value"
        if not wanted.strip("_"):
            wanted = "value"
        if wanted[0].isdigit():
            wanted = f"_{wanted}"
        if wanted.startswith("__"):
            wanted = "v" + wanted  # no name that Python reads in a way of its own
        name, number = wanted, 2
        while name in self._taken:
            name = f"{wanted}_" if wanted in RESERVED and f"{wanted}_" not in self._taken else f"{wanted}_{number}"
            number += 1
        self._taken.add(name)
        return name
