"""A row's contest: answers are compared, then each side is timed in turn."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from .rows import BASIC, Row
from .worker import FAST, LONG, PEERS, PLAIN, Answer

SHORTEST_SAMPLE = 0.02
MOST_SECONDS = 20  # of all rounds of a row
FEWEST_ROUNDS = 3
HOPELESS = 2  # times the quickest peer's time: such a way is not timed again


class Side(Protocol):
    def prepare(self, row: str, scene: str) -> list[Answer]: ...

    def sample(self, who: str, way: int, repeats: int, warm: bool) -> tuple[float, float]: ...

    def close(self) -> None: ...


@dataclass
class Entry:
    """A way and its times. `equal`: the same answer but for rounding; `difference` says how far it is another."""

    who: str
    way: int = 0
    equal: bool = True
    difference: str = ""
    why: str = ""
    problem: str = ""
    repeats: int = 1
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def seconds(self, by: str) -> float:
        return statistics.median(self.cpu if by == "cpu" else self.wall)


@dataclass
class RowResult:
    name: str
    scene: str
    expression: str
    entries: list[Entry]

    def of(self, who: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.who == who and entry.wall), None)

    def best(self, libraries: Sequence[str], by: str, *, equal: bool = False) -> Entry | None:
        """The quickest of some libraries, of those with our answer only if it must be `equal`."""
        theirs = [one for one in self.entries if one.who in libraries and one.wall and (one.equal or not equal)]
        return min(theirs, key=lambda one: one.seconds(by), default=None)

    @property
    def problems(self) -> list[str]:
        return [f"{one.who}: {one.problem}" for one in self.entries if one.problem]


def measure(row: Row, scene: str, sides: Mapping[str, Side], rounds: int, *, shortest: float) -> RowResult:
    """Ours without extras gives the answer; with them it must be the same to the bit."""
    prepared = [(name, answer) for name, side in sides.items() for answer in side.prepare(row.name, scene)]
    ours = next(answer for _, answer in prepared if answer.who in (PLAIN, FAST))
    entries = [_entry(row, ours, answer) for _, answer in prepared]
    timed = [one for one in entries if not one.problem]

    def sample(one: Entry, repeats: int) -> float:
        side = sides[one.who if one.who in (PLAIN, FAST) else PEERS]
        cpu, wall = side.sample(one.who, one.way, repeats, repeats > 1)
        one.cpu.append(cpu)
        one.wall.append(wall)
        return wall

    for one in timed:
        once = sample(one, 1)
        one.repeats = max(1, round(shortest / max(once, 1e-9))) if once < LONG else 1
    timed = _worthwhile(timed)
    rounds = min(rounds, max(FEWEST_ROUNDS, int(MOST_SECONDS / sum(one.wall[0] for one in timed))))
    for one in timed:
        one.cpu.clear()
        one.wall.clear()
    for _ in range(rounds):
        for one in timed:
            sample(one, one.repeats)
    return RowResult(row.name, scene, row.expression, entries)


def _worthwhile(timed: list[Entry]) -> list[Entry]:
    """Ours, and the ways that may be the quickest of those that are looked at together."""
    theirs = [one for one in timed if one.who not in (PLAIN, FAST)]
    basic = [one for one in theirs if one.who in BASIC]
    worth = [one for one in timed if one not in theirs]
    for group in (theirs, basic):
        for some in (group, [one for one in group if one.equal]):
            most = HOPELESS * min((one.wall[0] for one in some), default=0)
            worth += [one for one in some if one.wall[0] <= most and one not in worth]
    return worth


def _entry(row: Row, ours: Answer, answer: Answer) -> Entry:
    entry = Entry(answer.who, answer.way, problem=answer.problem)
    if answer.problem or answer is ours:
        return entry
    if answer.who == FAST:
        if not identical(ours.value, answer.value):
            entry.problem = "DISAGREES with ours without extras"
        return entry
    entry.equal, entry.difference = compared(ours.value, answer.value)
    if not entry.equal:
        entry.why = row.differs.get(answer.who, "")
        if not entry.why:
            entry.problem = f"DISAGREES: {entry.difference}"
    return entry


def as_array(answer: Any) -> Any:
    """An answer as one array: lists of lists one behind another."""
    if isinstance(answer, list) and any(isinstance(part, list) for part in answer):
        return np.concatenate([np.asarray(part, float) for part in answer])
    return np.asarray(answer)


def identical(a: Any, b: Any) -> bool:
    one, other = as_array(a), as_array(b)
    return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()


def compared(ours: Any, theirs: Any) -> tuple[bool, str]:
    """Whether two answers are the same but for rounding, and how they differ; a mask may be of any type."""
    a, b = as_array(ours), np.asarray(theirs)
    if a.shape != b.shape:
        return False, f"its shape is {b.shape}, ours {a.shape}"
    if a.dtype == bool:
        b = b != 0
    if a.dtype.kind not in "fc" and b.dtype.kind not in "fc":
        unlike = int(np.count_nonzero(a != b))
        return not unlike, f"{unlike / a.size:.2g} of all" if unlike else ""
    return _of_floats(a, b)


def _of_floats(a: Any, b: Any) -> tuple[bool, str]:
    single = np.float32 in (a.dtype, b.dtype)
    x, y = a.astype(np.float64), b.astype(np.float64)
    finite = np.isfinite(x)
    if not np.array_equal(finite, np.isfinite(y)) or not np.array_equal(x[~finite], y[~finite], equal_nan=True):
        return False, "other values that are not finite"
    if not finite.any():
        return True, ""
    apart = np.abs(x[finite] - y[finite])
    most, scale = float(apart.max()), float(np.abs(x[finite]).max()) or 1.0
    bound = (1e-5 if single else 1e-9) * scale
    if most <= bound:
        return True, f"rounding, up to {most:.0e}" if most else ""
    return False, f"{np.count_nonzero(apart > bound) / a.size:.2g} of all, by up to {most:.2g}"
