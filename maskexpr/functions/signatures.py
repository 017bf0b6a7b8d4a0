"""The parameters of a Python function as the language has them, from its annotations."""

import inspect
from collections.abc import Callable, Collection, Iterable
from typing import Annotated, Any, get_args, get_origin

from maskexpr.functions.arguments import FromChecker, Parameter, Takes, value_text

FILLED_IN = ("kind", "work", "grid", "spacing")
"""What parameters of a host's function may be called that the user does not write: `kind: ResultKind`."""
_WAY = "annotate it with a type of maskexpr.functions: m: Mask, im: Image, n: Reach = 1, share: Number = 0.5"


def parameters_of(body: Callable[..., Any], name: str) -> tuple[tuple[Parameter, ...], frozenset[str]]:
    """The parameters that a user writes, and the names of those that are filled in; a TypeError for others."""
    parameters, filled_in = [], set()
    for p in _signature(body, name).parameters.values():
        takes, from_checker = _annotation(p.annotation)
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            raise TypeError(f"{name}: parameter {p} may be any number; write each by its name")
        if from_checker:
            filled_in.add(p.name)
        elif takes is None:
            raise TypeError(f"{name}: parameter {p.name} does not say what it takes; {_WAY}")
        else:
            parameters.append(Parameter(p.name, takes, p.default, p.kind is p.KEYWORD_ONLY))
    return tuple(parameters), frozenset(filled_in)


def _signature(body: Callable[..., Any], name: str) -> inspect.Signature:
    """The signature, its annotations too where `from __future__ import annotations` left them as texts."""
    try:
        return inspect.signature(body, eval_str=True)
    except NameError as error:
        raise TypeError(f"{name}: an annotation cannot be found, {error}; import it at the top of the module") from None


def _annotation(annotation: Any) -> tuple[Takes | None, bool]:
    if get_origin(annotation) is not Annotated:
        return None, False
    marks = get_args(annotation)[1:]
    takes = next((m for m in marks if isinstance(m, Takes)), None)
    return takes, any(m is FromChecker for m in marks)


def refuse_odd_parameters(name: str, parameters: Iterable[Parameter], filled_in: Collection[str]) -> None:
    """A TypeError for parameters of a host's that could never be given what they ask for."""
    for filled in filled_in:
        if filled not in FILLED_IN:
            raise TypeError(f"{name}: nothing fills in {filled}; it is called {', '.join(FILLED_IN[:-1])} or spacing")
    for parameter in parameters:
        if parameter.default is not inspect.Parameter.empty and not _fits(parameter):
            value = value_text(parameter.default)
            raise TypeError(f"{name}: {parameter.name} takes {parameter.takes.noun}, and is {value} by default")
        if parameter.takes.settle is not None and parameter.takes.noun.startswith("axes") and parameter.name != "axes":
            raise TypeError(f"{name}: the axes that are worked on are called axes, not {parameter.name}")


def _fits(parameter: Parameter) -> bool:
    """Whether a default is of a kind that the parameter takes, and among its choices and bounds."""
    default, takes = parameter.default, parameter.takes
    known: dict[type, str] = {type(None): "none", bool: "truth", str: "text", int: "number", float: "number"}
    kind = "list" if isinstance(default, tuple | list) else known.get(type(default), "")
    if kind not in takes.kinds:
        return False
    if isinstance(default, str) and takes.choices and takes.noun == "a text" and default not in takes.choices:
        return False
    is_number = isinstance(default, int | float) and not isinstance(default, bool)
    return not (is_number and takes.is_bounded) or (
        takes.low <= default <= takes.high and (not takes.whole or default == default // 1)
    )
