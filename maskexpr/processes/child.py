"""A Python process that works for this one, as this one sees it: it is started, overheard, and ended."""

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Any, NamedTuple

# What it runs: modules are found where this process finds them, and not in the current folder besides. It starts as a
# command does: NumPy first, and no garbage looked for while modules load.
_START = (
    "import gc, pickle, sys; gc.disable(); sys.path[:] = pickle.load(sys.stdin.buffer); import numpy; "
    "from {module} import main; main()"
)
_LIBRARIES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_FROM_OUTSIDE = ("SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT")  # signals that no library sends itself
_PATIENCE = 2.0  # seconds for it to leave
_HEARD, _SAID = 4000, 200  # of what it printed: bytes that are kept, characters that are shown


class Reason(NamedTuple):
    """Why a process ended."""

    text: str
    is_from_outside: bool  # somebody killed it, or the system for want of memory


class Child:
    """A process that runs the `main` of one of our modules. It needs nothing of the main module of this one, which may
    be a script without a guard, or no file at all.

    Parameters
    ----------
    module
        Whose `main` it runs. What is written to `to` comes to the standard input there.
    folder, environment
        Where it works, and the variables that it has; the number of threads is put to them.
    threads
        Of its own, and of the libraries that it uses.
    answers
        Whether its standard output is read here, as `answers`.
    handed
        Descriptors of this process, on Windows handles, that it has under the same numbers.

    Raises
    ------
    OSError
        It cannot be started.
    """

    def __init__(
        self,
        module: str,
        *,
        folder: str,
        environment: Mapping[str, str],
        threads: int,
        answers: bool = True,
        handed: Sequence[int] = (),
    ) -> None:
        self._heard = b""
        share = str(threads)
        limits = {"MASKEXPR_THREADS": share, **{name: os.environ.get(name, share) for name in _LIBRARIES}}
        with _no_interrupts():
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-W", "ignore", "-c", _START.format(module=module)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if answers else subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                cwd=folder,
                env={**environment, **limits},
                **_handing(handed),
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # Windows: away from Ctrl-C
            )
        self._overhearing = threading.Thread(target=self._overhear, daemon=True)
        self._overhearing.start()
        with suppress(OSError):  # it is gone already, which is heard
            self.to.write(pickle.dumps([os.path.abspath(path) for path in sys.path]))

    @property
    def to(self) -> IO[bytes]:
        """Its standard input."""
        assert self.process.stdin is not None
        return self.process.stdin

    @property
    def answers(self) -> IO[bytes]:
        """Its standard output."""
        assert self.process.stdout is not None
        return self.process.stdout

    def dismiss(self) -> None:
        """Let it know that nothing more comes."""
        with suppress(OSError):
            self.to.close()

    def wait(self) -> None:
        """Give it time to leave."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_PATIENCE)

    def kill(self) -> None:
        """See that it is gone."""
        self.process.kill()
        self.process.wait()

    def reason(self) -> Reason:
        """Why it ended, once it did."""
        self.dismiss()
        self.wait()
        self.kill()
        self._overhearing.join(_PATIENCE)
        status, words = self.process.returncode, self.last_words
        name = _signal_of(status)
        if name in _FROM_OUTSIDE:
            return Reason(name, True)
        return Reason((name or f"exit status {status}") + (f", {words}" if words else ""), False)

    @property
    def last_words(self) -> str:
        """The last line that it printed where errors go."""
        lines = self._heard.decode("utf-8", "replace").split("\n")
        return next((line.strip()[:_SAID] for line in reversed(lines) if line.strip()), "")

    def _overhear(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as stream, suppress(OSError):
            while data := os.read(stream.fileno(), _HEARD):
                self._heard = (self._heard + data)[-_HEARD:]


def _handing(handed: Sequence[int]) -> dict[str, Any]:
    """What hands descriptors over, and no others."""
    if sys.platform != "win32":
        return {"pass_fds": tuple(handed)}
    for handle in handed:
        os.set_handle_inheritable(handle, True)
    return {"startupinfo": subprocess.STARTUPINFO(lpAttributeList={"handle_list": list(handed)})} if handed else {}


def _signal_of(status: int) -> str:
    with suppress(ValueError):
        return signal.Signals(-status).name if status < 0 else ""
    return f"signal {-status}"


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """What is started in here does not hear Ctrl-C: the one that started it does, and ends it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
