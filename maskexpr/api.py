"""The Python interface: compile a program once, run it on arrays many times."""

import contextlib
import functools
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from maskexpr import explain
from maskexpr.checker import binding, check
from maskexpr.checker.binding import Image
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, ProgramError
from maskexpr.diagnostics.source import Source, Span
from maskexpr.engine.clock import Clock
from maskexpr.engine.run import Engine
from maskexpr.explain import Times
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import Kind
from maskexpr.language.limits import Limits
from maskexpr.language.parser import Parsed, parse
from maskexpr.library import CATALOGUE
from maskexpr.planner.costs import Cost, cost
from maskexpr.planner.plan import Plan, plan
from maskexpr.program.steps import Checked, InputInfo, ParamInfo, Step

__all__ = ["Image", "Program", "compile", "evaluate"]

_Key = TypeVar("_Key")

_KEPT_SIGNATURES = 32
_TIMED_RUNS, _TIMED_SECONDS = 7, 3.0  # as many runs as that, until it takes longer


@dataclass(frozen=True)
class Declared:
    """What a program is made of; enough to make it again, in another process too."""

    source: Source
    limits: Limits
    functions: tuple[Function, ...]
    used: tuple[tuple[str, str], ...]  # the texts behind each `use`
    fast: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """One output of a run."""

    kind: Kind
    value: Any


class Program:
    """A compiled program: immutable, safe to share between threads, picklable.

    Call it with its inputs and params by name. One output gives its value, several an ordered mapping.

    >>> program = maskexpr.compile("param low = 2 in 0..9; area(im > low)")
    >>> program(im=np.array([[1, 2, 3, 4]]))
    2
    >>> program(im=np.array([[1, 2, 3, 4]]), low=3)
    1
    """

    def __init__(self, declared: Declared, parsed: Parsed, checked: Checked) -> None:
        self._declared = declared
        self._parsed = parsed
        self._open = checked  # checked against any inputs it could have
        # Without a lock, which a fork may leave taken for ever: each is read and written by single operations.
        self._closed: dict[Any, Checked] = {}
        self._engines: dict[int, Engine] = {}  # by the identity of what was checked
        self._ready: dict[Any, Engine] = {}  # by what `_quick_key` sees of the inputs

    @property
    def source(self) -> str:
        """The program text."""
        return self._declared.source.text

    @property
    def name(self) -> str:
        """What messages call the program text."""
        return self._declared.source.name

    @property
    def used(self) -> Mapping[str, str]:
        """The texts that its `use` lines brought in, by the path that was written."""
        return dict(self._declared.used)

    @property
    def fast(self) -> bool:
        """Whether OpenCV may compute what differs in the last bits."""
        return self._declared.fast

    @property
    def inputs(self) -> tuple[InputInfo, ...]:
        """The inputs: declared ones first, then free names in the order of their first use."""
        return self._open.inputs

    @property
    def params(self) -> tuple[ParamInfo, ...]:
        """The params, with their defaults and intervals or choices."""
        return self._open.params

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the outputs, in order; "result" where the program ends with a bare expression."""
        return tuple(name for name, _ in self._open.outputs)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What is suspicious but no error, as far as it is known without inputs; `checked` may know more."""
        return self._open.diagnostics

    def __call__(self, /, **given: Any) -> Any:
        """Run the program.

        Parameters
        ----------
        **given
            Arrays, numbers or `maskexpr.Image` for the inputs; values for the params.

        Returns
        -------
        ndarray, number, bool or list, or a dict of them by output name
            Masks are bool arrays, labels int32, images the smallest type that holds their values. New arrays: never the
            given ones, nor views of them. Inputs in Fortran order may give results in it, as in NumPy.

        Raises
        ------
        InputError
            An input is missing, unknown, or cannot be what the program needs.
        ProgramError
            The program does not fit these inputs; no pixel was touched.
        RunError
            An assert failed, or a step has no answer for these pixels.
        """
        engine = self._ready.get(_quick_key(given))
        if engine is not None:
            values = engine.run(given)
        else:
            values = {name: result.value for name, result in self.results(**given).items()}
        return next(iter(values.values())) if len(values) == 1 else values

    def results(self, /, **given: Any) -> dict[str, "Result"]:
        """Run the program as a call does, and give each output with its kind: what is needed to write or show it."""
        if not self._open.outputs:
            raise ProgramError(messages.NO_RESULT.at(self._declared.source, Span(0, 1)))
        arrays, signature, params = self._bind(given, run=True)
        checked = self._check(signature, params)
        engine = self._engine(checked)
        values = engine.run(arrays)
        if engine.owns_results and _is_quick(given, arrays, signature):
            _keep(self._ready, _quick_key(given), engine)
        own = _OwnArrays(arrays.values())
        return {name: Result(step.kind, own.take(values[name])) for name, step in checked.outputs}

    def traced(self, /, **given: Any) -> tuple[dict[str, "Result"], dict[str, Any]]:
        """Run the program as `results` does, and also give the numbers that it found in the pixels on the way, such as
        thresholds, by what the program calls them."""
        return self.watched(Checked.numbers, **given)

    def watched(
        self, steps: Callable[[Checked], Mapping[_Key, Step]], /, **given: Any
    ) -> tuple[dict[str, "Result"], dict[_Key, Any]]:
        """Run the program as `results` does, and also give the values of some of its steps."""
        if not self._open.outputs:
            raise ProgramError(messages.NO_RESULT.at(self._declared.source, Span(0, 1)))
        checked, arrays = self.bound(**given)
        also = {f"also {i}": (key, step) for i, (key, step) in enumerate(steps(checked).items())}  # no name is like it
        outputs = (*checked.outputs, *((name, step) for name, (_, step) in also.items()))
        wider = replace(checked, outputs=outputs)
        values = Engine(wider, plan(wider, fast=self._declared.fast)).run(arrays)
        own = _OwnArrays(arrays.values())
        results = {name: Result(step.kind, own.take(values[name])) for name, step in checked.outputs}
        return results, {key: own.take(values[name]) for name, (key, _) in also.items()}

    def kind(self, /, **given: Any) -> Any:
        """The kinds of the results for inputs given as arrays or as (shape, dtype); nothing is run.

        Values of 64-bit integers, which arrays are measured for, are taken to fit 32 bits in a (shape, dtype).

        >>> str(maskexpr.compile("dilate(im > 32, 2)").kind(im=((880, 380), "uint8")))
        'mask 880x380'
        """
        kinds = {name: step.kind for name, step in self.checked(**given).outputs}
        return next(iter(kinds.values())) if len(kinds) == 1 else kinds

    def cost(self, /, **given: Any) -> Cost:
        """Estimated operations and peak bytes of a run, for inputs as for `kind`."""
        _, signature, _ = self._bind(given, run=False)
        return cost(self.planned(**given), signature.values())

    def explain(self, /, **given: Any) -> str:
        """The program line by line with kinds, shapes and the defaults in force, and the plan by which it runs; inputs
        as for `kind`, or none, which leaves out the plan."""
        if self.inputs and not given:
            return explain.describe(self._open)
        return explain.describe(self.checked(**given), plan=self.planned(**given))

    def profile(self, /, **given: Any) -> str:
        """What `explain` says, with the time that each step takes; runs the program some times on real arrays."""
        return explain.describe(self.checked(**given), plan=self.planned(**given), times=self.timed(**given))

    def planned(self, /, **given: Any) -> Plan:
        """How a run would go, for inputs as for `kind`; nothing is run."""
        return self._engine(self.checked(**given)).plan

    def timed(self, /, **given: Any) -> Times:
        """Run the program some times on real arrays; what the best run took, step by step of `planned`."""
        arrays, signature, params = self._bind(given, run=True)
        checked = self._check(signature, params)
        clock, engine = Clock(), self._engine(checked)
        clocked = Engine(checked, engine.plan, clock)
        in_order = {n: np.ascontiguousarray(v) if isinstance(v, np.ndarray) else v for n, v in arrays.items()}
        best: Times | None = None
        engine.run(arrays)  # the first one makes buffers, and imports what is imported late
        clocked.run(in_order)
        began = time.perf_counter()
        for runs in range(1, _TIMED_RUNS + 1):
            start = time.perf_counter()
            engine.run(arrays)
            end = time.perf_counter()
            clock.seconds = {}
            clocked.run(in_order)
            if best is None or end - start < best.whole:
                best = Times(clock.seconds, end - start, runs)
            if end - began > _TIMED_SECONDS:
                break
        assert best is not None
        return replace(best, runs=runs)

    def checked(self, /, **given: Any) -> Checked:
        """The program as steps for inputs given as for `kind`, with the warnings these inputs cause."""
        _, signature, params = self._bind(given, run=False)
        return self._check(signature, params)

    def bound(self, /, **given: Any) -> tuple[Checked, dict[str, Any]]:
        """The program as steps for inputs to run on, and the arrays its steps take."""
        arrays, signature, params = self._bind(given, run=True)
        return self._check(signature, params), arrays

    def _bind(self, given: Mapping[str, Any], *, run: bool) -> tuple[dict[str, Any], dict[str, Kind], dict[str, Any]]:
        return binding.bind(self._open, self._declared.source, self._catalogue, given, run=run)

    @functools.cached_property
    def _catalogue(self) -> Mapping[str, Function]:
        return {**CATALOGUE, **{f.name: f for f in self._declared.functions}}

    def _check(self, signature: dict[str, Kind], params: dict[str, Any]) -> Checked:
        """The program checked against these kinds; kept, so that a second run does not check again."""
        # As texts, since 0.0 and -0.0, 1 and 1.0 are equal and nan is not.
        key = (repr(sorted(signature.items())), repr(sorted(params.items())))
        known = self._closed.get(key)
        if known is not None:
            return known
        declared = self._declared
        checked = check(
            self._parsed,
            declared.source,
            self._catalogue,
            declared.limits,
            signature,
            params,
            dict(declared.used).__getitem__,
        )
        _raise_errors(checked)
        _keep(self._closed, key, checked)
        return checked

    def _engine(self, checked: Checked) -> Engine:
        """The engine of a checked program, its plan made once."""
        engine = self._engines.get(id(checked))
        if engine is None:
            engine = Engine(checked, plan(checked, fast=self._declared.fast))
            _keep(self._engines, id(checked), engine)  # it keeps `checked`, so that no other gets its identity
        return engine

    def __repr__(self) -> str:
        return f"maskexpr.compile({self.source!r})"

    def __reduce__(self) -> Any:
        return (_compile, (self._declared,))


def _keep(kept: dict[Any, Any], key: Any, value: Any) -> None:
    """Keep a value, and let the oldest go where there are many."""
    kept[key] = value
    if len(kept) > _KEPT_SIGNATURES:
        with contextlib.suppress(RuntimeError, StopIteration):  # another thread is at it
            kept.pop(next(iter(kept)), None)


def _quick_key(given: Mapping[str, Any]) -> Any:
    """What tells runs of one engine apart where the inputs are ordinary arrays, and params whole numbers or texts; None
    for anything else."""
    key: list[Any] = []
    for name, value in given.items():
        if type(value) is np.ndarray and value.ndim:
            key.append((name, value.shape, value.dtype))
        elif type(value) in (int, bool, str):
            key.append((name, type(value), value))
        else:
            return None
    return tuple(key)


def _is_quick(given: Mapping[str, Any], arrays: Mapping[str, Any], kinds: Mapping[str, Kind]) -> bool:
    """Whether inputs with the same key need no more than a look at it: their values are not looked at, and they are
    taken as they are."""
    if _quick_key(given) is None:
        return False
    return all(
        arrays[name] is given[name]
        and kind.name != "labels"
        and not (kind.range and kind.dtype and kind.dtype.itemsize == 8)
        for name, kind in kinds.items()
        if kind.is_array
    )


class _OwnArrays:
    """Gives results away: as lists where they are lists, as copies where they share memory with an input or another."""

    def __init__(self, given: Iterable[Any]) -> None:
        self._taken = [a for a in given if isinstance(a, np.ndarray)]

    def take(self, value: Any) -> Any:
        if not isinstance(value, np.ndarray):
            return list(value) if isinstance(value, tuple) else value
        if any(np.may_share_memory(value, other) for other in self._taken):
            value = value.copy()
        self._taken.append(value)
        return value


def compile(
    source: str,
    /,
    *,
    limits: Limits | None = None,
    functions: Iterable[Callable[..., Any] | Function] | None = None,
    resolver: Callable[[str], str] | None = None,
    name: str = "expression",
    fast: bool = False,
) -> Program:
    """Compile a program text.

    Parameters
    ----------
    source : str
        An expression, or a whole program.
    limits : Limits, optional
        Bounds on the program; safe defaults.
    functions : iterable, optional
        More functions, declared with `maskexpr.function`; they go before those of the catalogue.
    resolver : callable, optional
        Gives the text of the file named in a `use`. Without one, `use` is an error: no file is ever opened here.
    name : str
        What messages call the text.
    fast : bool
        Whether OpenCV may compute filters and distances where it is installed: several times as fast, but the last bits
        of floating results may be others. Results are the same everywhere without it.

    Returns
    -------
    Program

    Raises
    ------
    ProgramError
        All mistakes of the program that do not depend on its inputs.

    >>> maskexpr.compile("dilate((im > 32) & ~(im > 64), 2)").outputs
    ('result',)
    """
    if not isinstance(source, str):
        raise TypeError(f"source must be a str, not {type(source).__name__}")
    text = source.removeprefix("\ufeff").replace("\r\n", "\n")
    remembering = _Remembering(resolver) if resolver else None
    declared = Declared(Source(text, name), limits or Limits(), tuple(_records(functions or ())), (), fast)
    return _compile(declared, remembering)


class _Remembering:
    """A resolver that keeps the texts it gave, so that a program never asks again."""

    def __init__(self, resolver: Callable[[str], str]) -> None:
        self._resolver = resolver
        self.texts: dict[str, str] = {}

    def __call__(self, path: str) -> str:
        if path not in self.texts:
            self.texts[path] = self._resolver(path)
        return self.texts[path]


def _compile(declared: Declared, resolver: _Remembering | None = None) -> Program:
    source, limits = declared.source, declared.limits
    parsed = parse(source, limits)
    catalogue = {**CATALOGUE, **{f.name: f for f in declared.functions}}
    known = dict(declared.used)
    resolve = resolver or (known.__getitem__ if known else None)
    checked = check(parsed, source, catalogue, limits, resolver=resolve)
    _raise_errors(checked)
    if resolver:
        declared = replace(declared, used=tuple(resolver.texts.items()))
    return Program(declared, parsed, checked)


def _records(functions: Iterable[Callable[..., Any] | Function]) -> Iterable[Function]:
    for function in functions:
        record = function if isinstance(function, Function) else getattr(function, "record", None)
        if record is None:
            raise TypeError(f"{function!r} is not declared with maskexpr.function")
        yield record


def _raise_errors(checked: Checked) -> None:
    errors = [d for d in checked.diagnostics if d.severity == "error"]
    if errors:
        raise ProgramError(errors)


@functools.lru_cache(maxsize=128)
def _compiled(source: str) -> Program:
    return compile(source)


def evaluate(source: str, /, **given: Any) -> Any:
    """Compile and run a program; the compiled program is kept for the next call with the same text.

    Parameters and errors as for `compile` and `Program`.

    >>> evaluate("(im > 2) & ~(im > 4)", im=np.array([[1, 2, 3, 4, 5]]))
    array([[False, False,  True,  True, False]])
    """
    if not isinstance(source, str):
        raise TypeError(f"source must be a str, not {type(source).__name__}")
    return _compiled(source)(**given)
