"""What a program is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from maskexpr.diagnostics.source import Source
from maskexpr.functions.record import Function
from maskexpr.language.limits import Limits


@dataclass(frozen=True, slots=True)
class Means:
    """What may compute beside NumPy and SciPy: OpenCV what differs in the last bits then, and compiled kernels."""

    fast: bool = False
    compiled: bool = True


USUAL = Means()


@dataclass(frozen=True)
class Declared:
    """Text, bounds and functions of a program: enough to compile it again, in another process too.

    Attributes
    ----------
    functions
        Those of the host's own, which go before those of the catalogue.
    used
        The texts that its `use` lines brought in, by the path that was written.
    constants
        Numbers, truths and texts of the host's that the program may name.
    withheld
        Names of the functions of the catalogue that it may not call.
    means
        What may compute it.
    """

    source: Source
    limits: Limits
    functions: tuple[Function, ...]
    used: tuple[tuple[str, str], ...]
    means: Means = USUAL
    constants: Mapping[str, Any] = field(default_factory=dict)
    withheld: frozenset[str] = frozenset()
