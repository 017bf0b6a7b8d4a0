"""A text with all that its host gave: checked against kinds, compared with others, asked what its inputs may be."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from maskexpr.checker import binding, check
from maskexpr.checker.meaning import digest
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import InputError, ProgramError
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import GIVEN, Kind
from maskexpr.language.parser import Parsed
from maskexpr.library import CATALOGUE
from maskexpr.planner.rewrites.expand_derived import refuse_malformed
from maskexpr.program import identity
from maskexpr.program.declared import Declared
from maskexpr.program.steps import Checked, InputInfo

_MOST_SUPPOSED = 5_000  # words and visits, times inputs: what each may be is not looked for beyond
_WORD = 4  # characters, about


def checked(
    parsed: Parsed,
    own: Declared,
    catalogue: Mapping[str, Function],
    resolver: Callable[[str], str] | None,
    kinds: Mapping[str, Kind] | None = None,
    params: Mapping[str, Any] | None = None,
    *,
    supposed: bool = False,
    traced: bool = False,
) -> Checked:
    host: dict[str, Any] = {"constants": own.constants, "withheld": own.withheld}
    return check(
        parsed, own.source, catalogue, own.limits, kinds, params, resolver, supposed=supposed, traced=traced, **host
    )


def catalogue_of(declared: Declared) -> Mapping[str, Function]:
    """The functions a program may call."""
    if not (declared.functions or declared.withheld):
        return CATALOGUE
    known = {**CATALOGUE, **{function.name: function for function in declared.functions}}
    return {name: function for name, function in known.items() if name not in declared.withheld}


def refuse_others(name: object, resolver: object) -> None:
    """A TypeError for what a host gives in place of a name or a resolver."""
    if not isinstance(name, str):
        raise TypeError(f"name must be a str, not {type(name).__name__}")
    if resolver is not None and not callable(resolver):
        raise TypeError(f"resolver must be a function of a file's name, not {type(resolver).__name__}")


def records(functions: Iterable[Callable[..., Any] | Function]) -> Iterable[Function]:
    if not isinstance(functions, Iterable):
        raise TypeError(f"functions must be a list of them, not one: functions=[{functions!r}]")
    for function in functions:
        record = function if isinstance(function, Function) else getattr(function, "record", None)
        if record is None:
            raise TypeError(f"{function!r} is not declared with maskexpr.function")
        refuse_malformed(record)
        yield record


def raise_errors(checked: Checked) -> None:
    errors = [d for d in checked.diagnostics if d.severity == "error"]
    if errors:
        raise ProgramError(errors)


def meaning(parsed: Parsed, own: Declared, catalogue: Mapping[str, Function], found: Checked) -> tuple[Any, ...]:
    """What programs are compared by."""
    try:
        said = digest(parsed.module, found.inputs, found.params, catalogue, own)
    except RecursionError:  # the caller left less stack than was there when this was compiled
        said = own.source.text.encode("utf-8", "surrogatepass")
    constants = frozenset((name, identity.of_value(value)) for name, value in own.constants.items())
    functions = frozenset(function for function in own.functions if function.name in catalogue)
    return said, own.limits, functions, constants, own.means


def with_what_they_take(
    own: Declared, found: Checked, check_with: Callable[[Mapping[str, Kind]], Checked]
) -> tuple[InputInfo, ...]:
    """The inputs, each that is declared to be nothing with what it may be: what the program makes sense with, whatever
    the others are. Of long programs that is left open."""
    infos = found.inputs
    left_open = [info for info in infos if info.kind is None]
    words = (len(own.source.text) + sum(len(text) for _, text in own.used)) / _WORD
    if len(left_open) * (words + found.visits) > _MOST_SUPPOSED:
        return infos

    def makes_sense(name: str, kind: str) -> bool:
        supposed = check_with({name: Kind("unknown", options=frozenset({kind}))})
        return all(d.severity != "error" for d in supposed.diagnostics)

    taken = {info.name: frozenset(k for k in GIVEN if makes_sense(info.name, k)) for info in left_open}
    return tuple(replace(i, supposed=taken[i.name]) if taken.get(i.name) else i for i in infos)


def written_down(
    parsed: Parsed, own: Declared, catalogue: Mapping[str, Function], found: Checked, given: Mapping[str, Any]
) -> str:
    """A program as the text of a Python module, for what it is given."""
    from maskexpr.exporting import exported  # only here: runs go without it

    missing = next((info for info in found.inputs if info.name not in given), None)
    if missing is not None:
        raise InputError(messages.EXPORT_NEEDS_INPUTS.anywhere(name=missing.name))
    used = dict(own.used).__getitem__
    _, kinds, params = binding.bind(found, own.source, catalogue, given, run=False)

    def traced(values: Mapping[str, Any], numbers: Mapping[str, Any]) -> Checked:
        others = {name: binding.taken(value, name)[1] for name, value in numbers.items()}
        again = checked(parsed, own, catalogue, used, {**kinds, **others}, values, traced=True)
        raise_errors(again)
        return again

    return exported(own.source, parsed.module, kinds, params, traced)


class Remembering:
    """A resolver that keeps the texts it gave, so that a program never asks again."""

    def __init__(self, resolver: Callable[[str], str]) -> None:
        self._resolver = resolver
        self.texts: dict[str, str] = {}

    def __call__(self, path: str) -> str:
        if path not in self.texts:
            self.texts[path] = self._resolver(path)
        return self.texts[path]
