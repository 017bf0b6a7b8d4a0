"""The results as text: a table of each scene and contest, and what they come to."""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .contest import Entry, RowResult
from .rows import BASIC, LIBRARIES
from .worker import FAST, PLAIN

EVERY = tuple(LIBRARIES.values())


@dataclass(frozen=True)
class Contest:
    """Ours of one kind against some libraries, and the ratio that every row should have."""

    title: str
    who: str
    libraries: tuple[str, ...]
    wanted: float
    wanted_mean: float
    equal: bool


CONTESTS = (
    Contest("ours without extras against NumPy, SciPy and scikit-image", PLAIN, BASIC, 0.95, 2.0, False),
    Contest("ours [fast] against the best of all peers with equal results", FAST, EVERY, 0.9, 1.2, True),
)
# In place of the second where no extra is installed.
WITHOUT = Contest("ours without extras against the best of all peers with equal results", PLAIN, EVERY, 0.9, 1.2, True)


def contests(results: Iterable[RowResult]) -> tuple[Contest, Contest]:
    return CONTESTS if any(one.of(FAST) for one in results) else (CONTESTS[0], WITHOUT)


@dataclass(frozen=True)
class Line:
    """A row's result in a contest."""

    result: RowResult
    ours: Entry
    peer: Entry
    ratio: float


def lines(results: Iterable[RowResult], contest: Contest, by: str) -> list[Line]:
    """The worst first; rows in which no such peer has a way are left out."""
    found = []
    for result in results:
        ours, peer = result.of(contest.who), result.best(contest.libraries, by, equal=contest.equal)
        if ours and peer:
            found.append(Line(result, ours, peer, peer.seconds(by) / ours.seconds(by)))
    return sorted(found, key=lambda line: line.ratio)


def mean(ratios: Sequence[float]) -> float:
    return math.exp(statistics.fmean(map(math.log, ratios)))


def table(results: Sequence[RowResult], scene: str, contest: Contest, by: str) -> str:
    found = lines([one for one in results if one.scene == scene], contest, by)
    if not found:
        return ""
    head = f"{scene}: {contest.title}, by {'CPU' if by == 'cpu' else 'the clock'}"
    names = f"{'ratio':>7}  {'work':<30} {'peer':<13} {'ours ms':>9} {'peer ms':>9}"
    texts = [f"\n{head}\n{'-' * len(head)}\n{names}   (CPU of both)   difference"]
    texts += [_line(line, contest, by) for line in found]
    return "\n".join([*texts, *summary(found, contest)])


def _line(line: Line, contest: Contest, by: str) -> str:
    ours, peer = line.ours, line.peer
    told = "; ".join(text for text in (peer.difference, "" if peer.equal else peer.why) if text)
    mark = " " if line.ratio >= contest.wanted else "<"
    return (
        f"{line.ratio:>7.3g}{mark} {line.result.name:<30} {peer.who:<13} {_ms(ours.seconds('wall')):>9} "
        f"{_ms(peer.seconds('wall')):>9}   ({_ms(ours.seconds('cpu'))}, {_ms(peer.seconds('cpu'))})   {told}".rstrip()
    )


def summary(found: Sequence[Line], contest: Contest) -> list[str]:
    """The shares and geometric means, of all rows and of those with equal results."""
    texts = []
    for kind, some in (("rows", found), ("with equal results", [line for line in found if line.peer.equal])):
        if some:
            reached = sum(line.ratio >= contest.wanted for line in some)
            texts.append(
                f"{len(some)} {kind}: {reached} at {contest.wanted:g} or above ({reached / len(some):.0%}), geometric "
                f"mean {mean([line.ratio for line in some]):.2f} (wanted: all, {contest.wanted_mean:g})"
            )
    return texts[:1] if contest.equal else texts


def summaries(results: Sequence[RowResult], by: str) -> list[dict[str, Any]]:
    """The same as data: of each scene and contest."""
    found = []
    for scene in dict.fromkeys(one.scene for one in results):
        for contest in contests(results):
            some = lines([one for one in results if one.scene == scene], contest, by)
            if some:
                ratios = {line.result.name: line.ratio for line in some}
                reached = sum(ratio >= contest.wanted for ratio in ratios.values())
                told = {"scene": scene, "contest": contest.title, "rows": len(some), "wanted": contest.wanted}
                found.append({**told, "reached": reached, "mean": mean([*ratios.values()]), "ratios": ratios})
    return found


def _ms(seconds: float) -> str:
    value = 1000 * seconds
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"
