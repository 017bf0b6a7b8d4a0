"""Measuring in turn: ours, peer a, peer b, ours, peer a..., so that what the machine does meanwhile meets all alike."""

import functools
import os
import statistics
import timeit
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import peers
from images import Images
from works import Peer, Work

import maskexpr

Array = np.ndarray[Any, Any]

# A sample repeats its call until it takes about this long, so that the clock's grain and its reading do not count.
SHORTEST_SAMPLE = 0.02
TUNING_SAMPLES = 2


@dataclass
class Contender:
    """A call that is timed, the library it needs set to its number of threads, and the seconds it took each round."""

    call: Callable[[], Any]
    library: peers.Library | None = None
    threads: int | None = None
    repeats: int = 1
    seconds: list[float] = field(default_factory=list)

    def sample(self) -> float:
        """Seconds of one call, after one that finds caches and threads as others left them. The garbage collector rests
        meanwhile: timeit sees to it."""
        if self.library:
            self.library.use(self.threads)
        self.call()
        return timeit.Timer(self.call).timeit(self.repeats) / self.repeats

    def warm_up(self, shortest: float) -> None:
        self.sample()
        self.repeats = max(1, round(shortest / max(self.sample(), 1e-9)))

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


@dataclass
class PeerResult:
    """What a peer took. `problem` says why it was not timed, `differs` how its answer is known to be another one."""

    library: str
    wanted: float | None
    differs: str = ""
    problem: str = ""
    threads: int | None = None
    seconds: list[float] = field(default_factory=list)
    ratio: float | None = None


@dataclass
class WorkResult:
    name: str
    expression: str
    seconds: list[float]
    peers: list[PeerResult]


def thread_counts() -> tuple[int, ...]:
    """What a peer is tried with: one thread, two, all cores this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return tuple(sorted({1, min(2, cores), cores}))


def measure(work: Work, images: Images, rounds: int, *, shortest: float = SHORTEST_SAMPLE) -> WorkResult:
    """Compare the peers' answers with ours, then time those that agree, each at its best."""
    inputs = work.inputs(images)
    ours = Contender(functools.partial(maskexpr.compile(work.expression), **inputs))
    answer = ours.call()
    results: list[PeerResult] = []
    entered: list[tuple[PeerResult, Contender]] = []
    for peer in work.peers:
        library = peers.LIBRARIES[peer.library]
        if not library.installed:
            continue
        result = PeerResult(peer.library, peer.wanted)
        results.append(result)
        try:
            calls = [way(**inputs) for way in peer.ways]
            result.problem, result.differs = _compared(peer, calls, answer)
        except Exception as error:  # one peer of another version must not end a run of many minutes
            result.problem = f"FAILED: {type(error).__name__}: {error}"
        if not result.problem:
            entered.append((result, _best(library, calls, shortest)))
    del answer
    ours.warm_up(shortest)
    in_turn([ours, *(contender for _, contender in entered)], rounds)
    for result, contender in entered:
        result.threads, result.seconds = contender.threads, contender.seconds
        result.ratio = contender.median / ours.median
    return WorkResult(work.name, work.expression, ours.seconds, results)


def in_turn(contenders: Sequence[Contender], rounds: int) -> None:
    for _ in range(rounds):
        for contender in contenders:
            contender.seconds.append(contender.sample())


def _compared(peer: Peer, calls: Iterable[Callable[[], Any]], answer: Array) -> tuple[str, str]:
    """How an answer of the peer disagrees with ours, and how it is known to; all of its ways must agree."""
    differs = ""
    for call in calls:
        theirs = peers.as_array(peer.library, call())
        difference = _difference(np.asarray(answer), theirs)
        if difference and not peer.differs:
            return f"DISAGREES: {difference}", ""
        if peer.differs:
            differs = f"{difference or 'nothing differs here'}; {peer.differs}"
    return "", differs


def _difference(ours: Array, theirs: Array) -> str:
    """How two answers differ; a mask may be of any type that is 0 where it is off."""
    if ours.shape != theirs.shape:
        return f"its shape is {theirs.shape}, ours {ours.shape}"
    if ours.dtype == bool:
        theirs = theirs != 0
    number = np.count_nonzero(ours != theirs)
    return f"{number} of {ours.size} pixels ({number / ours.size:.2%})" if number else ""


def _best(library: peers.Library, calls: Sequence[Callable[[], Any]], shortest: float) -> Contender:
    """The quickest of a peer's ways and numbers of threads."""
    counts = thread_counts() if library.set_threads else (None,)
    candidates = [Contender(call, library, threads) for threads in counts for call in calls]
    for candidate in candidates:
        candidate.warm_up(shortest)
    if len(candidates) == 1:
        return candidates[0]
    return min(candidates, key=lambda candidate: min(candidate.sample() for _ in range(TUNING_SAMPLES)))
