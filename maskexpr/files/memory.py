"""How much memory this process and those it starts may still take."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_INFO, _OF_PROCESS, _GROUPS = Path("/proc/meminfo"), Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")
# Of a control group: its bound, what is taken of it, and what of that could be given back.
_FILES = {
    2: ("memory.max", "memory.current", "inactive_file"),
    1: ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
}


def available() -> int | None:
    """Bytes of memory that are free, or could be made so, in the machine and in each group of processes that this one
    is in, as containers and schedulers make them; None where the system does not say."""
    found = [*_of_machine(), *_of_groups()]
    return min(found) if found else None


def _of_machine() -> Iterator[int]:
    with suppress(OSError, LookupError):
        yield _entries(_INFO)["MemAvailable:"] * 1024
        return
    with suppress(OSError, ValueError, AttributeError):  # macOS: all that there is
        yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _of_groups() -> Iterator[int]:
    with suppress(OSError, ValueError):
        for line in _OF_PROCESS.read_text().splitlines():
            _, names, path = line.split(":", 2)
            if names in ("", "memory"):
                root = _GROUPS / names
                folders = [root / path.lstrip("/"), *(root / path.lstrip("/")).parents]
                for folder in folders[: folders.index(root) + 1]:
                    yield from _of_group(folder, 1 if names else 2)


def _of_group(folder: Path, version: int) -> Iterator[int]:
    most, taken, spare = _FILES[version]
    with suppress(OSError, ValueError):  # no such file, or "max"
        bound, used = int((folder / most).read_text()), int((folder / taken).read_text())
        yield max(0, bound - used + _entries(folder / "memory.stat").get(spare, 0))


def _entries(path: Path) -> dict[str, int]:
    """Names and numbers of a file that has one of each in a line."""
    return {words[0]: int(words[1]) for line in path.read_text().splitlines() if len(words := line.split()) > 1}
