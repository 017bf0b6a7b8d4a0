"""One side of the contest in a process of its own: ours without extras, ours with them, or the peers.

So what one side imports, and the threads it keeps, do not meet another; and ours without extras runs where OpenCV and
Numba are there. The process is told what to do by pickled lines, and answers by such: `python -m catalogue.worker`.
"""

import functools
import gc
import os
import pickle
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

PLAIN, FAST, PEERS = "ours", "ours [fast]", "peers"
EXTRAS = ("cv2", "numba")  # what `[fast]` brings
LONG = 0.1  # seconds of a call that needs no other before it
BENCH = Path(__file__).parents[1]


@dataclass(frozen=True)
class Setting:
    role: str
    threads: int
    quick: bool = False
    image: Path | None = None
    volume: Path | None = None
    libraries: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What a way gave, or how it failed."""

    who: str
    way: int
    value: Any = None
    problem: str = ""


@dataclass
class Side:
    """Prepares the ways of a row, and takes the time of each."""

    setting: Setting
    calls: dict[tuple[str, int], Callable[[], Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Late: what these import must find what is blocked blocked.
        from . import ROWS
        from .scenes import Scene

        self._rows = {row.name: row for row in ROWS}
        self._scene = functools.lru_cache(maxsize=1)(
            lambda name: Scene(name, self.setting.quick, self.setting.image, self.setting.volume)
        )

    def prepare(self, row: str, scene: str) -> list[Answer]:
        """Make the calls of a row, and call each once."""
        self.calls = {}
        make = self._peers if self.setting.role == PEERS else self._ours
        return make(self._rows[row], self._scene(scene))

    def _ours(self, row: Any, scene: Any) -> list[Answer]:
        import maskexpr

        program = maskexpr.compile(row.expression)
        inputs = {of.name: scene.made(of.name) for of in program.inputs}
        call = self.calls[self.setting.role, 0] = functools.partial(program, **inputs)
        return [Answer(self.setting.role, 0, call())]

    def _peers(self, row: Any, scene: Any) -> list[Answer]:
        from peers import LIBRARIES, as_array

        from .rows import VOLUME

        answers = []
        for name, ways in row.ways.items():
            library = LIBRARIES[name]
            if not library.installed or name not in self.setting.libraries:
                continue
            own = library.own
            if name == "OpenCV" and scene.name == VOLUME:
                if not row.flat:
                    continue
                own = _as_plane
            library.use(self.setting.threads)
            for number, way in enumerate(ways):
                try:
                    names = way.__code__.co_varnames[: way.__code__.co_argcount]
                    inputs = [own(scene.made(of)) for of in names]
                    call = functools.partial(way, *inputs)
                    found = call()
                except Exception as error:  # a peer of another version must not end a run of many minutes
                    answers.append(Answer(name, number, problem=f"FAILED: {type(error).__name__}: {error}"[:200]))
                    continue
                if found is not None:  # the library has it for images of this type
                    self.calls[name, number] = call
                    answers.append(Answer(name, number, _shaped(as_array(name, found), scene)))
        return answers

    def sample(self, who: str, way: int, repeats: int, warm: bool) -> tuple[float, float]:
        """Seconds of CPU and of the clock that a call takes, after one that finds caches as others left them."""
        call = self.calls[who, way]
        if warm:
            call()
        collects = gc.isenabled()
        gc.disable()
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(repeats):
            call()
        found = time.process_time() - cpu, time.perf_counter() - wall
        if collects:
            gc.enable()
        return found[0] / repeats, found[1] / repeats

    def close(self) -> None:
        """As a side in another process has it."""


def _as_plane(value: Any) -> Any:
    """A volume without a copy."""
    return value.reshape(len(value), -1) if isinstance(value, np.ndarray) else value


def _shaped(answer: Any, scene: Any) -> Any:
    """Of a volume that was taken as a plane."""
    im = scene.made("im")
    return answer.reshape(im.shape) if answer.ndim == 2 and answer.size == im.size else answer


def environment(threads: int) -> dict[str, str]:
    """That of another process: so many threads for all that asks it, and this checkout."""
    names = ("MASKEXPR_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_MAX_THREADS")
    paths = (str(BENCH), str(BENCH.parents[1]), os.environ.get("PYTHONPATH", ""))
    return {**os.environ, **dict.fromkeys(names, str(threads)), "PYTHONPATH": os.pathsep.join(paths)}


class Remote:
    """A side in another process."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._process = subprocess.Popen(
            [sys.executable, "-m", "catalogue.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(setting.threads),
            start_new_session=True,  # Ctrl-C ends the run, not a side in the middle of an answer
        )
        self._ask(setting)

    def _ask(self, what: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        pickle.dump(what, self._process.stdin)
        self._process.stdin.flush()
        found = pickle.load(self._process.stdout)
        if isinstance(found, BaseException):
            raise found
        return found

    def prepare(self, row: str, scene: str) -> list[Answer]:
        found: list[Answer] = self._ask(("prepare", (row, scene)))
        return found

    def sample(self, who: str, way: int, repeats: int, warm: bool) -> tuple[float, float]:
        found: tuple[float, float] = self._ask(("sample", (who, way, repeats, warm)))
        return found

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()  # so that it is not kept by an answer that nobody waits for
        self._process.wait()


def main() -> None:
    given = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints goes to the errors
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    setting: Setting = pickle.load(given)
    if setting.role == PLAIN:
        sys.modules.update(dict.fromkeys(EXTRAS))  # as if they were not installed
    side = Side(setting)
    _reply(answers, None)
    while True:
        try:
            name, arguments = pickle.load(given)
        except EOFError:
            return
        try:
            found = getattr(side, name)(*arguments)
        except Exception as error:
            found = RuntimeError(f"{setting.role}: {name} {arguments}: {type(error).__name__}: {error}")
        _reply(answers, found)


def _reply(to: Any, what: Any) -> None:
    pickle.dump(what, to, protocol=5)
    to.flush()


if __name__ == "__main__":
    # By its own name, so that what is pickled here is known by it elsewhere.
    from catalogue import worker

    worker.main()
