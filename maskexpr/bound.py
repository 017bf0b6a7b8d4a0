"""A program bound to its inputs, and to the same inputs with other values of its params."""

import functools
import itertools
import math
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from maskexpr.checker import binding
from maskexpr.diagnostics.errors import Diagnostic, InputError, LimitError, MaskWarning, RunError
from maskexpr.engine import calling
from maskexpr.engine.clock import Times
from maskexpr.engine.family import Family, Member
from maskexpr.engine.prepared import Prepared, Stages
from maskexpr.kernels.stopping import Cancel
from maskexpr.kinds.kind import Kind
from maskexpr.planner.costs import Cost
from maskexpr.planner.plan import Plan
from maskexpr.program.steps import Checked

_PACKAGE = __name__.partition(".")[0] + "."

_MOST_COMBOS = 2**14  # that are looked at together

Params = Mapping[str, Any]
Stopped = Callable[[RunError | LimitError], None]
Prepare = Callable[[Mapping[str, Kind], Mapping[str, Any]], Prepared]


class Bound:
    """A program bound to its inputs by `Program.bind`: immutable, and safe to share between threads.

    It holds the arrays that were given, not copies of them: they are to stay as they are. It cannot be pickled, but its
    program can. What was bound to shapes and types answers all but `run` and `profile`.
    """

    __slots__ = ("__weakref__", "_at_once", "_family", "_found", "_prepare", "_stages")

    def __init__(self, stages: Stages, prepare: Prepare, family: Family | None = None) -> None:
        params = _all_params(stages.checked, stages.params)
        if family is None:
            pixels = max((math.prod(kind.shape or ()) for kind in stages.kinds.values()), default=0)
            family = Family(functools.partial(prepare, stages.kinds), params, pixels)
        self._family = family
        self._stages = replace(stages, sharing=Member(family, stages.prepared, params, stages.declared.means))
        self._prepare = prepare
        self._found: tuple[Diagnostic, ...] = ()  # of the last run
        self._at_once: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None  # known after the first

    @property
    def kinds(self) -> dict[str, Kind]:
        """The kinds of the results, by output name."""
        return {name: step.kind for name, step in self._stages.checked.outputs}

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What is suspicious but no error, with these inputs; after a run also what that found."""
        return self._stages.checked.diagnostics + self._found

    @property
    def plan(self) -> Plan:
        """How a run goes; `explain` says it in words."""
        return self._stages.plan

    def run(self, *, out: Any = None, cancel: Cancel | None = None, seconds: float | None = None) -> dict[str, Any]:
        """The results by output name, however many; each time new arrays, but for those in `out`.

        Parameters
        ----------
        out : ndarray, or mapping of them by output name, optional
            Arrays that results are written into, and that are given back in their place: of the shape and type that
            `kinds` tells, with the axes in the order t, z, y, x; writable, anyhow strided, and sharing memory neither
            with an input nor with each other. What is made strip by strip is written there as it is made, with no
            other array for it; a step on whole arrays makes its result first. A run that fails or is stopped leaves
            them half written.
        cancel : object with `is_set`, optional
            Stops the run once it is set: an event of `threading` or `multiprocessing`, or any that says True then.
        seconds : float, optional
            Stops the run after so long; `Limits.seconds` does anyway.

        A run that is stopped ends within 0.3 s, whatever thread it is in. Only a call of another library cannot be
        stopped, the longest of which `explain` names: it goes on for nobody and keeps its memory until it ends; once
        four do, the next run that is stopped waits for its own. Functions of a host are waited for, too.

        Raises
        ------
        InputError
            An input was bound as a shape and a type, or has changed so that the program does not fit it any more; or
            what is given as `out` cannot hold the result.
        ProgramError
            The program gives nothing.
        RunError
            An assert failed, or a step has no answer for these pixels.
        LimitError
            The run would be over a bound of the program's `Limits`, and no pixel was touched; or it took longer than
            `seconds` or `Limits.seconds`, and was stopped.
        CancelledError
            `cancel` was set.

        >>> m = np.empty((1, 4), bool)
        >>> maskexpr.compile("im > 2").bind(im=np.array([[1, 2, 3, 4]])).run(out=m)["result"] is m
        True
        >>> maskexpr.compile("area(im > 2)").bind(im=np.array([[1, 2, 3, 4]])).run(seconds=0)
        Traceback (most recent call last):
            ...
        maskexpr.diagnostics.errors.LimitError: expression:1:1: error: the run was stopped in this step after 0 s, ...
            area(im > 2)
            ^^^^^^^^^^^^
          allow more: run(seconds=1), or give it fewer pixels
        """
        self._stages.check_unchanged()
        is_plain = out is None and cancel is None and seconds is None and not self._family.varied
        if is_plain and self._at_once is not None:
            self._found = ()
            return self._at_once(self._stages.arrays)
        found: list[Diagnostic] = []
        values = self._stages.run(found.extend, out=out, cancel=cancel, seconds=seconds)
        self._found = tuple(found)
        if found:
            warn(found)
        if is_plain and not self._stages.is_masked and self._stages.giver is None:
            self._at_once = calling.brief(self._stages, is_only=False)
        return values

    def with_params(self, /, **params: Any) -> "Bound":
        """The same program and inputs with other values of some params; the others stay as they are.

        A run computes only what depends on params that changed: the values that others need of the rest are kept, by
        this one, those that it came from and those that come of it together, and go with the last of them. They take up
        to 1 GiB, or as much as two images of 64-bit numbers if that is more; the oldest are forgotten.

        Raises
        ------
        InputError
            A param is unknown, or its value is not what it takes.
        ProgramError
            The program does not fit its inputs with these values.

        >>> program = maskexpr.compile("param t = 2; smooth = gaussian(im, 1); area(smooth > t)")
        >>> bound = program.bind(im=np.array([[1, 2, 3, 4]]))
        >>> [bound.with_params(t=t).run()["result"] for t in (1, 2, 3)]  # smooth is computed once
        [4, 2, 1]
        """
        stages = self._stages
        given = {**stages.params, **binding.params(stages.checked, stages.kinds, params)}
        prepared = self._prepare(stages.kinds, given)
        self._family.note(_all_params(stages.checked, given))
        return Bound(replace(stages, prepared=prepared, params=given), self._prepare, self._family)

    def cost(self) -> Cost:
        """Estimated operations of a run, the sum that `explain` shows; the most bytes that it holds at once, with the
        inputs and what is kept: an upper bound, for the number of threads in force, beside what it took to bind and
        plan it; and its seconds, those of the longest call in it that nothing can stop included.

        The times are those of typical images on a machine of 2026, most of them within a factor of 3. A run that would
        be over a bound of `Limits` is answered too."""
        return self._stages.cost()

    def explain(self) -> str:
        """The program line by line with kinds, shapes and the defaults in force, and the plan by which it runs."""
        return explained(self._stages.checked, self.plan)

    def profile(self) -> str:
        """What `explain` says, with the time that each step takes; runs the program some times."""
        return explained(self._stages.checked, self.plan, self._stages.times())

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={kind}" for name, kind in self._stages.kinds.items())
        return f"maskexpr.compile({self._stages.declared.source.text!r}).bind({given})"

    def __reduce__(self) -> Any:
        raise TypeError("a Bound holds its arrays and is not pickled: pickle the program, and bind it again")


def explained(checked: Checked, plan: Plan | None = None, times: Times | None = None) -> str:
    from maskexpr.explain import describe  # most programs are run and not explained

    return describe(checked, plan=plan, times=times)


def _all_params(checked: Checked, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of all params."""
    return {info.name: given.get(info.name, info.default) for info in checked.params}


# --- sweeps ----------------------------------------------------------------------------------------------------------


def swept(
    bound: Bound, combos: Iterable[Mapping[str, Any]], *, stopped: Stopped | None = None
) -> Iterator[dict[str, Any]]:
    """The results by output name for each of some combinations of params, in their order. Nothing is warned of.

    What does not depend on a param that varies is computed once; of several it is best that the last varies fastest.
    Where the results are numbers that follow from counts of pixels of one threshold, all its values are found in one
    pass over the image.

    Raises what `Bound.with_params` and `Bound.run` raise when it comes to the combination that they would raise it for;
    where `stopped` is told of a RunError or LimitError instead, the results of that one are empty, and the next ones
    follow.
    """
    from maskexpr.engine.sweeping import Sweep  # most programs are run and not swept

    stages = bound._stages
    stages.check_has_pixels()
    stages.check_unchanged()
    combos, own = iter(combos), _all_params(stages.checked, stages.params)
    while some := list(itertools.islice(combos, _MOST_COMBOS)):
        given, refused = _given(stages, own, some)
        prepare = functools.partial(bound._prepare, stages.kinds)
        for run in Sweep(stages, prepare, bound._family, given).results() if given else ():
            try:
                yield run()
            except (RunError, LimitError) as error:
                if stopped is None:
                    raise
                stopped(error)
                yield {}
        if refused is not None:
            raise refused


def _given(stages: Stages, own: Params, combos: Iterable[Params]) -> tuple[list[dict[str, Any]], InputError | None]:
    """All params of each combination, up to the first that no param takes, and what is wrong with that."""
    given: list[dict[str, Any]] = []
    for combo in combos:
        try:
            given.append({**own, **binding.params(stages.checked, stages.kinds, combo)})
        except InputError as error:
            return given, error
    return given, None


# --- what is said of programs and runs -------------------------------------------------------------------------------


def warn(found: Iterable[Diagnostic]) -> None:
    """Give warnings out where our caller stands."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    for diagnostic in found:
        warnings.warn(MaskWarning(diagnostic), stacklevel=level)
