"""Checks a host's function against its own declarations."""

import functools
import itertools
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from maskexpr.api import compile
from maskexpr.diagnostics.errors import MaskError, MaskWarning
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import ARRAYS
from maskexpr.library import CATALOGUE
from maskexpr.testing.choosing import Dice
from maskexpr.testing.pixels import DTYPES, FILLS, KINDS, fits, image_of
from maskexpr.testing.promises import PROMISES, Broken, BrokenPromises
from maskexpr.testing.trials import Trial, smaller, trial_of
from maskexpr.testing.writing import Example, Writer

# Small ones first, so that what a report shows is small.
_SHAPES = (
    *((1, 1), (4, 5), (1, 7), (7, 1), (3,), (2, 4, 5), (9, 11), (1, 1, 1), (3, 3, 3), (33, 65), (1, 65), (2, 3, 2, 3)),
    *((8, 13), (5, 6, 7), (64,), (60, 75)),
)
_TRIES = 8  # of calls of which one is legal
_SHRINKS = 60

# By parameter names that images of their kinds have: the first of a kind first.
_INPUTS = {
    **dict.fromkeys(("im", "other"), "image"),
    **dict.fromkeys(("m", "k"), "mask"),
    **dict.fromkeys(("lab", "lab2"), "labels"),
    "rgb": "colour",
}


def check_function(
    function: Any,
    *,
    examples: Iterable[str | Example] = (),
    given: Mapping[str, Any] | None = None,
    count: int = 32,
    seed: int = 0,
    but: Iterable[str] = (),
) -> None:
    """Run a function that was declared with `maskexpr.function` against its own declarations.

    It is called with legal arguments on odd arrays (of one pixel, one line, up to four axes, all types, with nan and
    infinities), and each call is held to: a result of the kind, type, shape and range declared (`gives`); the same
    bits again (`the same again`); no array written to (`reads only`); a result where it is declared `total`; pixels
    beyond the `halo` that do not matter, nor other slices with some `axes`; what the plain body gives in `strips` of
    any height by one to three threads, and for all `layouts` in memory; `transposes`, `keeps_empty`, `extensive` and
    `without_data` as declared; no more `memory` than declared, as `tracemalloc` has it; a `cost` that is a number.
    Called with illegal arguments it gives our errors alone, by `refusal` (`errors`).

    Parameters
    ----------
    function
        The function as it was declared, or its record.
    examples : iterable of str or Example
        Calls to try beside those that are made up: a text such as "mine(im, 3)", with inputs called im and other for
        images, m and k for masks, lab and lab2 for labels, rgb for a colour image, or a program with its inputs. Needed
        where legal arguments cannot be guessed.
    given : mapping, optional
        Inputs for the texts by name, in place of those made up.
    count, seed : int
        How many calls are made up, and another seed for others.
    but : iterable of str
        Promises not to look at.

    Raises
    ------
    BrokenPromises
        An AssertionError that reports each broken promise, with the smallest call that was found to break it.
    ValueError
        No legal call was found.

    >>> from maskexpr import testing
    >>> from maskexpr.functions import MASK, Mask, function
    >>> @function(gives=MASK, halo=1, cost=2, memory=3)
    ... def beside(m: Mask):
    ...     '''What has a pixel that is on to the left or the right.'''
    ...     wide = np.pad(m, [(0, 0)] * (m.ndim - 1) + [(1, 1)])
    ...     return wide[..., :-2] | wide[..., 2:]
    >>> testing.check_function(beside)
    >>> @function(gives=MASK, halo=0, cost=2, memory=3)
    ... def careless(m: Mask):
    ...     '''The same, which says that it looks at no other pixels.'''
    ...     return beside(m)
    >>> try:
    ...     testing.check_function(careless)
    ... except testing.BrokenPromises as error:
    ...     print(*[broken.promise for broken in error.broken])
    halo
    """
    record: Function = getattr(function, "record", function)
    checker = _Checker(record, frozenset(but), given or {})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MaskWarning)
        for i, example in enumerate(itertools.chain(checker.stated(examples), checker.made_up(count, seed))):
            checker.look(example, seed + i)
        if not checker.tried and not checker.broken:
            raise ValueError(f"no legal call of {record.name} was found: give examples=['{record.name}(...)']")
        if "errors" not in checker.skipped:
            checker.look_at_errors(count, seed)
    if checker.broken:
        raise BrokenPromises(record.name, tuple(checker.broken.values()))


class _Checker:
    """Looks at calls of one function, and notes the first and smallest that breaks each promise."""

    def __init__(self, record: Function, skipped: frozenset[str], given: Mapping[str, Any]) -> None:
        unknown = skipped - {*PROMISES, "errors"}
        if unknown:
            raise ValueError(f"no promise is called {', '.join(sorted(unknown))}: {', '.join((*PROMISES, 'errors'))}")
        self.skipped = skipped
        self.broken: dict[str, Broken] = {}
        self.tried = 0
        self._record = record
        self._own = () if CATALOGUE.get(record.name) is record else (record,)
        self._given = given

    # --- calls ---

    def stated(self, examples: Iterable[str | Example]) -> Iterator[Example]:
        """Those that the author states, each on some arrays."""
        for example in examples:
            if isinstance(example, Example):
                yield Example(example.text, example.given, (*example.functions, *self._own))
                continue
            names = [info.name for info in compile(example, functions=self._own or None).inputs]
            for number, shape in enumerate(_SHAPES):
                dice = Dice(f"{example} {number}")
                made = {name: image_of(dice, _INPUTS[name], shape) for name in names if name in _INPUTS}
                yield Example(example, {**made, **{n: v for n, v in self._given.items() if n in names}}, self._own)

    def made_up(self, count: int, seed: int, hostile: int = 0) -> Iterator[Example]:
        """Calls that the declarations ask for."""
        for number in range(count):
            dice = Dice(f"{seed} {number} {hostile}")
            shape = _SHAPES[number % len(_SHAPES)]
            for _ in range(_TRIES):
                fill = (FILLS[number % len(FILLS)],)
                given = {n: image_of(dice, kind, shape, _types(kind, number), fill) for n, kind in self._inputs()}
                writer = Writer(dice, given, [self._record], self._own, hostile)
                text = writer.call(self._record, 0, optional=60)
                if hostile or self._is_legal(writer, text):
                    yield writer.of(text)
                    break

    def _inputs(self) -> Iterator[tuple[str, str]]:
        """Those that its parameters can be given."""
        taken = frozenset[str]().union(*(p.takes.kinds for p in self._record.parameters))
        kinds = {"mask"} if taken & {"masks", "none"} else set[str]()
        for name, kind in _INPUTS.items():
            if kind in taken | kinds or (kind == "mask" and not taken & ARRAYS):
                yield name, kind

    def _is_legal(self, writer: Writer, text: str) -> bool:
        try:
            return bool(writer.kind_of(text))
        except Exception:  # what it raises is reported where the call is looked at
            return True

    # --- what is seen of them ---

    def look(self, example: Example, seed: int) -> None:
        """Note each promise that a call breaks and none did before."""
        faults = self._faults(example, seed, [name for name in PROMISES if name not in self.broken])
        for name, fault in faults.items():
            self.broken[name] = self._smallest(name, fault, example, seed)

    def look_at_errors(self, count: int, seed: int) -> None:
        """Calls with illegal arguments give our errors."""
        for i, example in enumerate(self.made_up(count, seed, hostile=60)):
            if "errors" in self.broken:
                return
            fault = self._faults(example, seed + i, []).get("errors")
            if fault:
                self.broken["errors"] = self._smallest("errors", fault, example, seed + i)

    def _smallest(self, name: str, fault: str, example: Example, seed: int) -> Broken:
        """The same fault by a call on as little of its images as can be found."""
        left = _SHRINKS
        candidates = smaller(example)
        while left and (candidate := next(candidates, None)) is not None:
            left -= 1
            found = self._faults(candidate, seed, [name]).get(name)
            if found:
                fault, example, candidates = found, candidate, smaller(candidate)
        return Broken(name, fault, example)

    def _faults(self, example: Example, seed: int, names: Iterable[str]) -> dict[str, str]:
        try:
            trial = trial_of(self._record, example, seed)
        except MaskError:
            return {}
        except Exception as error:
            name, fault = _of_exception(error)
            return {} if name in self.skipped or name in self.broken else {name: fault}
        self.tried += 1
        if trial is None:
            return {}
        looked_at = [
            name for name in names if name in PROMISES and name not in self.skipped
        ]  # errors were raised above
        return {name: fault for name in looked_at if (fault := _checked(name, trial))}


def _checked(name: str, trial: Trial) -> str:
    try:
        return PROMISES[name](trial)
    except MaskError:
        return ""
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _of_exception(error: Exception) -> tuple[str, str]:
    """The promise that an exception breaks, and how."""
    text = f"{type(error).__name__}: {error}"
    if "is declared to give" in str(error):
        return "gives", str(error)
    if "read-only" in str(error):
        return "reads only", f"it writes to what it is given: {text}"
    return "errors", f"it raises {text}: to refuse what a user can mend, write raise refusal(cause, way)"


@functools.cache
def _types(kind: str, number: int) -> tuple[str, ...]:
    """A type of a kind, another for each number."""
    fitting = [name for name in DTYPES if fits(kind, name)]
    return (fitting[number * 5 % len(fitting)],) if kind in KINDS else ()
