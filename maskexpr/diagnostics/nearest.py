"""What a person probably meant by a name that is not known."""

import itertools
from collections.abc import Iterable

_MOST_COMPARED = 300


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like this one, "" if none is; a single letter is like no other name."""
    import difflib  # only mistakes need it, and a start should not pay for it

    best, near = 0.6, ""
    matcher = difflib.SequenceMatcher(b=name, autojunk=False)
    for other in itertools.islice(known, _MOST_COMPARED):
        if other.lower() == name.lower():
            return other
        matcher.set_seq1(other)
        if min(len(name), len(other)) > 1 and matcher.quick_ratio() > best and matcher.ratio() > best:
            best, near = matcher.ratio(), other
    return near
