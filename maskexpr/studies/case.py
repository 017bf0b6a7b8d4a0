"""One image of a study, with its partners."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Case:
    """What a program is run on once.

    Attributes
    ----------
    index
        Its place among all, from 0: tables are in this order, whoever is done first.
    name
        What tables and messages call it: the path of its first image as it was found.
    given
        The file or number for each input, as it would be written behind `name=`.
    names
        What templates of outputs may name: "im.stem", "im.name", "im.parent" of each input that is a file, "stem".
    """

    index: int
    name: str
    given: Mapping[str, str]
    names: Mapping[str, str] = field(default_factory=dict)
