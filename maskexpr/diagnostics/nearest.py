"""What a person probably meant by a name that is not known."""

import itertools
from collections.abc import Collection, Iterable

_MOST_COMPARED = 300
_LONGEST = 60  # of a name that is compared letter by letter
_CUT = 4  # letters of a name that may be the beginning of another
_MUCH = 0.4  # of the other


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that this one is a slip of the fingers away from, "" if there is none.

    A slip is a letter too many, too few, wrong, or swapped with its neighbour; how many there may be grows with the
    length. The first letter is seldom wrong, nor is the last. A single letter is like no other name.
    """
    written = letters(name)
    best, near = (_LONGEST, True, 0), ""
    for other in itertools.islice(known, _MOST_COMPARED):
        if other.lower() == name.lower():
            return other
        meant = letters(other)
        most = _most_slips(written, meant)
        if most == 0 or abs(len(written) - len(meant)) > most:
            found = len(written) >= max(_CUT, _MUCH * len(meant)) and meant.startswith(written)
            rank = (most + 1, True, len(meant))
        else:
            slips = _slips(written, meant)
            found = slips <= most
            rank = (slips, written[-1] != meant[-1], abs(len(written) - len(meant)))
        if found and rank < best:
            best, near = rank, other
    return near


def known_as(name: str, known: Collection[str]) -> str:
    """The known name that is this one, else that has its letters, large or small and with or without _; "" if none
    is."""
    by_letters = {letters(other): other for other in known if "." not in other}
    return name if name in known else by_letters.get(letters(name), "")


def letters(name: str) -> str:
    """A name without the marks that are often left out."""
    return name.lower().replace("_", "")


def _most_slips(a: str, b: str) -> int:
    """How many slips there may be between two names."""
    longer = max(len(a), len(b))
    if min(len(a), len(b)) < 2 or longer > _LONGEST:
        return 0
    if longer == 3:
        return int(a[:2] == b[:2] or sorted(a) == sorted(b))
    most = 0 if longer < 4 else 1 if longer < 6 else 2 if longer < 9 else 3
    return most if a[0] == b[0] else min(most, 1) if longer >= 6 or a[:2] == b[1::-1] else 0


def _slips(a: str, b: str) -> int:
    """The letters to be added, left out, changed or swapped with their neighbours to make b of a.

    Source: Damerau, A technique for computer detection and correction of spelling errors, 1964.
    """
    before: list[int] = []
    row: list[int] = [*range(len(b) + 1)]
    for i, letter in enumerate(a, 1):
        before, above, row = row, before, [i]
        for j, other in enumerate(b, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                least = min(least, above[j - 2] + 1)
            row.append(least)
    return row[-1]
