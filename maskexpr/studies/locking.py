"""One study at a time in a folder: a file that says who is at work there.

It is made as a file that must not exist yet, which also shares of other machines do for one process only, and says the
machine, the process and when that began. Whoever finds the process gone takes its place, by a second file that is named
after the first: of several that try, one makes it. So the one at work is the one that the last file of such a chain
names, and none of them is ever renamed or written again.
"""

import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError, InputError
from maskexpr.files.decoding.naming import shown
from maskexpr.files.images.replacing import refusals

NAME = "maskexpr.lock"
_PATIENCE = 2.0  # seconds in which a file is written that was made just now
_MOST_BYTES = 10_000


@dataclass(frozen=True, slots=True)
class _Holder:
    """Who made a lock file: a machine, from its last start, with its numbering of processes; a process and when it
    began; and a word of its own."""

    host: str
    boot: str
    space: str
    pid: int
    began: str
    since: str
    word: str

    @staticmethod
    def this() -> "_Holder":
        pid, since = os.getpid(), time.strftime("%Y-%m-%d %H:%M:%S")
        return _Holder(platform.node(), _boot(), _space(), pid, _beginning(pid), since, os.urandom(8).hex())

    @property
    def is_gone(self) -> bool:
        """Whether its process has ended, as far as that can be known from here."""
        if self.host != platform.node():
            return False
        if self.boot != _boot():
            return True  # the machine was started anew
        return self.is_seen and _beginning(self.pid) != self.began

    @property
    def is_seen(self) -> bool:
        """Whether it can be known from here when its process began."""
        return self.host == platform.node() and self.space == _space() and bool(self.began)


_NOBODY = _Holder("", "", "", 0, "", "", "")  # who was ended between making a file and writing to it


class Lock:
    """A lock that this process holds."""

    def __init__(self, folder: Path, path: Path, holder: _Holder, before: list[Path]) -> None:
        self.folder = folder
        self._path, self._holder, self._before = path, holder, before

    def check(self) -> None:
        """That it is held still: a person may have deleted it, and started another study."""
        holder = None
        with suppress(OSError):
            holder = _holder_of(self._path)
        if holder != self._holder:
            fields = {"folder": shown(self.folder), "lock": shown(self._path)}
            raise FileError(messages.LOCK_LOST.anywhere(**fields))

    def release(self) -> None:
        """The first file of the chain goes first: without it there is no chain, and a new one may begin."""
        for path in (*self._before, self._path):
            with suppress(OSError):
                if path != self._path or _holder_of(path) == self._holder:
                    path.unlink()


@contextmanager
def locked(folder: Path) -> Iterator[Lock]:
    """Hold the lock of a folder.

    Raises
    ------
    InputError
        Another process holds it.
    FileError
        No file can be made there.
    """
    lock = _taken(folder)
    try:
        yield lock
    finally:
        lock.release()


def _taken(folder: Path) -> Lock:
    this, path, before = _Holder.this(), folder / NAME, dict[Path, _Holder]()
    while True:
        with refusals(shown(path)):
            if _is_made(path, this):
                lock = Lock(folder, path, this, list(before))
                if all(_still(other, holder) for other, holder in before.items()):
                    return lock
                # Whoever had taken over before is done meanwhile, and removed the chain: this file is no part of any.
                path.unlink()
                path, before = folder / NAME, {}
                continue
            holder = _waited_for(path)
        if holder is None:  # it was released meanwhile: from the start again
            path, before = folder / NAME, {}
        elif holder.is_gone or holder == _NOBODY:
            before[path] = holder
            path = folder / f"{NAME}.{holder.word or hashlib.sha256(path.name.encode()).hexdigest()[:16]}"
        else:
            mistake = messages.FOLDER_IN_USE_SAME if holder.is_seen else messages.FOLDER_IN_USE
            fields = {"pid": holder.pid, "host": holder.host, "since": holder.since}
            raise InputError(mistake.anywhere(folder=shown(folder), lock=shown(path), **fields))


def _still(path: Path, holder: _Holder) -> bool:
    """Whether a file is the one that it was."""
    return os.path.lexists(path) and (_holder_of(path) or _NOBODY) == holder


def _is_made(path: Path, holder: _Holder) -> bool:
    """Make a lock file; False if there is one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    except FileExistsError:
        return False
    try:
        os.write(descriptor, json.dumps(asdict(holder)).encode())
        os.fsync(descriptor)
    except OSError:
        os.unlink(path)
        raise
    finally:
        os.close(descriptor)
    return True


def _waited_for(path: Path) -> _Holder | None:
    """Who made a lock file, once it says so; nobody if it never does; None if it is gone."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if not os.path.lexists(path):
            return None
        holder = _holder_of(path)
        if holder is not None:
            return holder
        time.sleep(0.05)
    return _NOBODY


def _holder_of(path: Path) -> _Holder | None:
    """Who made a lock file; None if it is not there, or does not say so (yet); an OSError if it may not be read."""
    try:
        with open(path, "rb") as stream:
            content: Any = json.loads(stream.read(_MOST_BYTES))
        return _Holder(**{name: type(getattr(_NOBODY, name))(content[name]) for name in _Holder.__slots__})
    except (FileNotFoundError, ValueError, KeyError, TypeError, RecursionError):
        return None


# --- processes -------------------------------------------------------------------------------------------------------


def _beginning(pid: int) -> str:
    """When a process began, in the words of its system; nothing for one that is not there, or is not known of. A number
    alone says little: it is given to other processes later."""
    if sys.platform == "linux":
        try:
            with open(f"/proc/{pid}/stat", "rb") as stream:
                words = stream.read().rpartition(b")")[2].split()  # a name may have blanks and brackets in it
        except OSError:
            return ""
        return "" if words[0] in (b"Z", b"X") else words[19].decode()
    if os.name != "posix":
        return ""
    words = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}  # the same for whoever asks
    command = ["ps", "-o", "lstart=", "-p", str(pid)]
    asked = subprocess.run(command, capture_output=True, text=True, check=False, env=words)
    return asked.stdout.strip()


def _boot() -> str:
    """What tells this start of the machine from others."""
    return _line_of("/proc/sys/kernel/random/boot_id")


def _space() -> str:
    """Which numbering of processes this one sees: containers have their own."""
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


def _line_of(path: str) -> str:
    try:
        with open(path, encoding="ascii") as stream:
            return stream.read().strip()
    except (OSError, ValueError):
        return ""
