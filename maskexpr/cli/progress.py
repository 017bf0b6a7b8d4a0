"""How a study goes, on standard error: a bar with rate and time left in a terminal, a few plain lines elsewhere. What
fails is told at once, and what is suspicious when it first comes up. With --show the results are drawn, too, on
standard output, in the order of the images."""

import math
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.files.decoding.naming import shown
from maskexpr.studies.outcome import Outcome

if TYPE_CHECKING:
    from rich.progress import Progress

    from maskexpr.studies.watching import Ended

_SHARE, _SECONDS = 0.1, 30.0  # plain lines: one after so much of all, or so long
_WINDOW = 200  # images that the rate is taken from
_REFRESHES = 4  # a second
_AHEAD = 4  # images that one worker may be ahead of another while it is watched
_UNUSED = "unused"  # is the program's, not an image's
_WIDE = 76  # columns: in fewer there is no room for more than numbers


@contextmanager
def watching(stream: TextIO | None = None, drawing: TextIO | None = None, jobs: int = 1) -> Iterator["Watching"]:
    """What tells on `stream` how a study goes at which so many work, and draws on `drawing`, if that is asked for;
    whatever ends the study, the terminal is left as it was."""
    stream = sys.stderr if stream is None else stream
    watcher = _bar(stream) or Lines(stream)
    watcher.drawing = None if drawing is None else Drawings(drawing, jobs)
    try:
        yield watcher
    finally:
        watcher.close()


def _bar(stream: TextIO) -> "Watching | None":
    """A bar, if it can be drawn there."""
    if not stream.isatty():
        return None
    try:
        from rich.console import Console
    except ImportError:
        return None
    console = Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True)
    return Bar(stream, console) if console.is_terminal and not console.is_dumb_terminal else None


# --- what is known of it ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Pace:
    """How fast it goes: by when the last images were done, so that the rate follows what slows it down."""

    total: int = 0
    before: int = 0
    done: int = 0
    failed: int = 0
    moments: deque[float] = field(default_factory=lambda: deque(maxlen=_WINDOW))

    def begin(self, total: int, before: int) -> None:
        self.total, self.before = total, before
        self.moments.append(time.monotonic())

    def count(self, outcome: Outcome) -> None:
        self.done += 1
        self.failed += outcome.is_failed
        self.moments.append(time.monotonic())

    @property
    def rate(self) -> float:
        """Images a second."""
        first, last = self.moments[0], self.moments[-1]
        return (len(self.moments) - 1) / (last - first) if last > first else 0.0

    @property
    def text(self) -> str:
        """ "2 failed, 12.3 images/s, 1:05 left"."""
        left = self.total - self.before - self.done
        parts = [f"{self.failed:,} failed"] if self.failed else []
        if self.rate:
            parts.append(_rate_text(self.rate))
            parts += [f"{_clock(left / self.rate)} left"] if left else []
        return ", ".join(parts)


def _rate_text(rate: float) -> str:
    """The larger of images a second and seconds an image."""
    return f"{rate:.3g} images/s" if rate >= 1 else f"{1 / rate:.3g} s an image"


def _clock(seconds: float) -> str:
    """ "0:07", "12:00", "1:02:03"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


# --- told ------------------------------------------------------------------------------------------------------------


class Watching:
    """What bars and lines have in common: a watcher of a study."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.pace = Pace()
        self.drawing: Drawings | None = None
        self._warned: dict[tuple[str, str], int] = {}

    def begins(self, total: int, done_already: int) -> None:
        self.pace.begin(total, done_already)
        if self.drawing is not None:
            self.drawing.begin(done_already)

    def done(self, outcome: Outcome) -> None:
        self.pace.count(outcome)
        for warning in outcome.warnings:
            self._warn(outcome, warning)
        for error in outcome.errors:
            self.tell(outcome, error)
        if self.drawing is not None:
            self.draw(self.drawing.in_order(outcome))

    def ends(self, ended: "Ended") -> None:
        if self.drawing is not None:
            self.draw(self.drawing.rest())
        self.close()
        repeated = sum(count - 1 for (code, _), count in self._warned.items() if code != _UNUSED)
        if repeated:
            print(f"warnings like these were given {repeated:,} more times", file=self.stream)

    def _warn(self, outcome: Outcome, warning: Diagnostic) -> None:
        """Each kind once: it is often the same for all images."""
        kind = (warning.code, warning.place)
        self._warned[kind] = self._warned.get(kind, 0) + 1
        if self._warned[kind] == 1:
            self.tell(outcome, warning)

    def tell(self, outcome: Outcome, diagnostic: Diagnostic) -> None:
        print(f"{shown(outcome.name)}: {diagnostic.render()}", file=self.stream, flush=True)

    def draw(self, texts: str) -> None:
        if texts and self.drawing is not None:
            print(texts, file=self.drawing.stream, flush=True)

    def close(self) -> None:
        """Leave the terminal as it was; may be called again."""


class Lines(Watching):
    """A line now and then."""

    _told = 0.0  # when
    _counted = 0  # of how many

    def begins(self, total: int, done_already: int) -> None:
        super().begins(total, done_already)
        self._told, self._counted = time.monotonic(), done_already
        before = f", {done_already:,} of them done before" if done_already else ""
        print(f"{total:,} image{'' if total == 1 else 's'}{before}", file=self.stream, flush=True)

    def done(self, outcome: Outcome) -> None:
        super().done(outcome)
        now, count = time.monotonic(), self.pace.before + self.pace.done
        if count - self._counted >= _SHARE * self.pace.total or now - self._told >= _SECONDS:
            self._told, self._counted = now, count
            text = f"{count:,} of {self.pace.total:,}"
            print(", ".join(filter(None, [text, self.pace.text])), file=self.stream, flush=True)


class Bar(Watching):
    """A bar at the foot of the terminal, gone when the study ends; what is told stays above it."""

    def __init__(self, stream: TextIO, console: Any) -> None:
        super().__init__(stream)
        self._console = console
        self._progress: Progress | None = None
        self._task: Any = None

    def begins(self, total: int, done_already: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        super().begins(total, done_already)
        # Standard output is left alone: what is drawn there are codes that a terminal knows, not text.
        is_wide = self._console.width >= _WIDE
        self._progress = Progress(
            *([BarColumn(bar_width=24)] if is_wide else []),
            MofNCompleteColumn(),
            *([TimeElapsedColumn()] if is_wide else []),
            TextColumn("{task.fields[pace]}", markup=False),
            console=self._console,
            transient=True,
            refresh_per_second=_REFRESHES,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._progress.add_task("", total=total, completed=done_already, pace="")
        self._progress.start()

    def done(self, outcome: Outcome) -> None:
        super().done(outcome)
        if self._progress is not None:
            self._progress.update(self._task, advance=1, pace=self.pace.text)

    def tell(self, outcome: Outcome, diagnostic: Diagnostic) -> None:
        from rich.text import Text

        style = "red" if diagnostic.severity == "error" else "yellow"
        self._console.print(Text.assemble((shown(outcome.name), "bold"), ": ", (diagnostic.render(), style)))

    def draw(self, texts: str) -> None:
        if not texts:
            return
        if self._progress is not None:
            self._progress.stop()
        super().draw(texts)
        if self._progress is not None:
            self._progress.start()

    def close(self) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None


# --- drawn -----------------------------------------------------------------------------------------------------------


class Drawings:
    """Results as the terminal shows them, each as soon as those of all images before it are drawn.

    Some of these may have been done in a run before, and never come: then no more wait than `jobs` workers may be
    ahead of each other.
    """

    def __init__(self, stream: TextIO, jobs: int = 1) -> None:
        self.stream = stream
        self.patience = math.inf
        self._jobs = jobs
        self._waiting: dict[int, str] = {}
        self._next = 0

    def begin(self, done_already: int) -> None:
        if done_already:
            self.patience = _AHEAD * self._jobs if self._jobs > 1 else 0

    def in_order(self, outcome: Outcome) -> str:
        """What can be drawn now that one more is there."""
        self._waiting[outcome.index] = "" if outcome.is_failed else f"{shown(outcome.name)}\n{outcome.drawn}"
        texts = []
        while self._waiting and (min(self._waiting) <= self._next or len(self._waiting) > self.patience):
            first = min(self._waiting)
            texts.append(self._waiting.pop(first))
            self._next = max(self._next, first + 1)
        return "\n".join(filter(None, texts))

    def rest(self) -> str:
        """What waits for images that do not come any more."""
        texts = [self._waiting[index] for index in sorted(self._waiting)]
        self._waiting.clear()
        return "\n".join(filter(None, texts))
