"""Runs that end when they are not wanted any more, and what is said of that."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import CancelledError, LimitError
from maskexpr.kernels.stopping import Cancel, NotWanted, Wish
from maskexpr.language.limits import Limits
from maskexpr.program.steps import Checked, Step

_Result = TypeVar("_Result")

_MORE = 10  # times as long, to be offered


@dataclass(frozen=True, slots=True)
class Wanted:
    """How long a run is wanted: as long as `Limits` say, and no longer than `seconds` where they are given, nor once
    `cancel` is set."""

    limits: Limits
    seconds: float | None = None
    cancel: Cancel | None = None

    def __post_init__(self) -> None:
        if self.cancel is not None and not callable(getattr(self.cancel, "is_set", None)):
            raise TypeError(f"cancel must have is_set(), as threading.Event has; {type(self.cancel).__name__} has none")
        if self.seconds is not None:
            if isinstance(self.seconds, bool) or not isinstance(self.seconds, int | float):
                raise TypeError(f"seconds must be a number, not {type(self.seconds).__name__}")
            if self.seconds != self.seconds:
                raise ValueError("seconds must be a number, not nan")

    def run(self, work: Callable[[], _Result], checked: Checked) -> _Result:
        """What a run of a program gives; a LimitError or CancelledError where it is stopped before."""
        own = self.seconds is not None and self.seconds < self.limits.seconds
        # Below 0 where it is what is left of a time that is over.
        seconds = max(0, self.seconds) if own and self.seconds is not None else self.limits.seconds
        wish = Wish(seconds, self.cancel)
        try:
            return wish.work(work)
        except NotWanted as stopped:
            if stopped.wish is not wish:
                raise
            at = wish.at if isinstance(wish.at, Step) else checked.steps[-1]
        if wish.why == "cancelled":
            raise CancelledError(messages.CANCELLED.at(at.source, at.span))
        mistake = messages.STOPPED_AT_OWN_LIMIT if own else messages.STOPPED_AT_LIMIT
        raise LimitError(mistake.at(at.source, at.span, seconds=seconds, more=max(1.0, _MORE * seconds)))
