"""What the system holds a worker to, where it can: bytes of memory, seconds of its processors, files."""

import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError

from maskexpr.files.memory import available
from maskexpr.kernels.threads import share, threads

_KEPT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME")  # without which Python may not start
_OF_LIBRARIES = ("MASKEXPR_", "NPY_", "OPENBLAS_", "OMP_", "MKL_")  # from which bits or threads follow
_OF_OURS = {
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
    # glibc gives no memory back between two runs on images of some size: pages are warm then.
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(2**25),
    "MALLOC_TRIM_THRESHOLD_": str(2**28),
}
_OF_MACHINE = 0.8  # of its free memory, that all workers may take together
_MOST = 2**46  # bytes
_BESIDE = 2**26  # bytes for modules that are loaded late
_SEGMENTS = 2**34  # addresses of shared memory, which is counted where it is made
_FILES = 512
_BEFORE = 60.0  # seconds for what is late

if sys.platform != "win32":
    import resource


def environment() -> Mapping[str, str]:
    """The variables that a worker has, which are few."""
    kept = {n: v for n, v in os.environ.items() if n.upper() in _KEPT or n.startswith(_OF_LIBRARIES)}
    return {**kept, **_OF_OURS}


def folder() -> str:
    """Where a worker works: nothing of anyone's lies there."""
    return tempfile.gettempdir() if os.name == "nt" else "/"


def share_of_memory(most: float, workers: int) -> int:
    """The bytes that each of some workers may take."""
    free = available()
    return int(min(most, _MOST if free is None else free * _OF_MACHINE / workers))


def start_threads() -> None:
    """Start all threads that share work: they need addresses, and there may be none later."""
    together = Barrier(threads())

    def wait(items: object) -> None:
        with suppress(BrokenBarrierError):
            together.wait(5)

    share(wait, range(threads()))


def hold(memory: int) -> None:
    """Hold this process to so many bytes beside those that it has, to files that it only reads, and to few of them."""
    with suppress(OSError):  # the first that the system ends when there is no memory left
        Path("/proc/self/oom_score_adj").write_text("1000")
    if sys.platform == "win32":
        return
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_FSIZE, 0)
    _set(resource.RLIMIT_NOFILE, _FILES)
    taken = _taken()
    if taken:
        addresses, data = taken
        _set(resource.RLIMIT_DATA, data + memory + _BESIDE)
        _set(resource.RLIMIT_AS, addresses + memory + _BESIDE + _SEGMENTS)


def hold_to_seconds(seconds: float) -> None:
    """Let the system end this process when all its threads have worked so long without end, should nobody else."""
    if sys.platform == "win32":
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = used.ru_utime + used.ru_stime + min(seconds, 1e8) * threads() + _BEFORE
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (int(most), resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _taken() -> tuple[int, int] | None:
    """Bytes of addresses and of data that this process has; None where the system does not say."""
    with suppress(OSError, ValueError, LookupError):
        words = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        addresses, data = (int(words[name].split()[0]) * 1024 for name in ("VmSize", "VmData"))
        return addresses, data
    return None


def _set(which: int, most: int) -> None:
    """Lower a bound, for good."""
    with suppress(OSError, ValueError):  # not every system has each of them
        allowed = resource.getrlimit(which)[1]
        most = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(which, (most, most))
