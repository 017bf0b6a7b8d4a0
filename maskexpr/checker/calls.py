"""Calls: which function is meant, and which argument goes where."""

import builtins
import itertools
from collections.abc import Iterable
from dataclasses import replace

from maskexpr.checker import foreign, predicates, tables
from maskexpr.checker.application import Given, apply
from maskexpr.checker.context import Context, Definition, Value
from maskexpr.checker.place import Place
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import MOST_SHOWN
from maskexpr.diagnostics.foreign_names import WITHOUT_LIKE
from maskexpr.diagnostics.messages import Mistake
from maskexpr.diagnostics.nearest import nearest
from maskexpr.functions.record import Function
from maskexpr.language import nodes
from maskexpr.library import CATALOGUE

_PIXELWISE_TWINS = {"min": "minimum", "max": "maximum"}
_MOST_OFFERED = 5  # names in a message
_WORDS = {"and", "or", "xor", "not", "in"}


def suggestion(context: Context, name: str, *known: Iterable[str]) -> str:
    """The known name most like this one; none after more mistakes than are shown, as looking takes long."""
    return nearest(name, itertools.chain(*known)) if len(context.diagnostics) < MOST_SHOWN else ""


def call(here: Place, node: nodes.Call) -> Value:
    """A call of a `def` in sight, else of a function of the catalogue."""
    if foreign.prefix(here, node):
        return _of_module(here, node)
    if foreign.maybe_prefix(here, node):
        return _maybe_of_module(here, node)
    return _called(here, node)


def _called(here: Place, node: nodes.Call) -> Value:
    name, definitions, catalogue = node.function.text, here.scope.functions, here.context.catalogue
    if predicates.is_called(here.scope, name):
        return predicates.called(here, node)
    definition = definitions.get(name)
    if definition is not None and _may_call(here, node, definition):
        return _call_def(here, node, definition)
    if name in definitions and name not in catalogue:
        return _without_meaning(here, node)
    function = catalogue.get(name)
    if function is None or function.bare:
        _unknown_function(here, node)
        return _without_meaning(here, node)
    given = _Arguments(here, node, function).by_parameter()
    if given is None:
        return here.unknown(function.gives.names)
    value = apply(here, function, given)
    if "properties" in given:
        tables.note_open(here, value, given["properties"])
    return value


def _without_meaning(here: Place, node: nodes.Call) -> Value:
    """Find the mistakes in the arguments although the call itself makes no sense."""
    for argument in node.arguments:
        here.value(argument.value if isinstance(argument, nodes.Keyword) else argument)
    return here.unknown()


def _of_module(here: Place, node: nodes.Call) -> Value:
    """`np.where(...)`, which reads as `where(np, ...)`."""
    if not foreign.is_answered(here, node):
        foreign.report_prefix(here, node, _near(here, node.function.text))
    for argument in node.arguments[1:]:
        here.value(argument.value if isinstance(argument, nodes.Keyword) else argument)
    return here.unknown()


def _maybe_of_module(here: Place, node: nodes.Call) -> Value:
    """`filters.gaussian(im, 2)`: of an image called filters, if that makes sense, or else of a module."""
    if foreign.is_answered(here, node):
        return _of_module(here, node)
    context, name = here.context, here.quote(node.arguments[0].span)
    before, was_input = dict(context.diagnostics), name in context.inputs
    value = _called(here, node) if node.function.text in context.catalogue else here.unknown()
    makes_sense = node.function.text in context.catalogue and len(context.diagnostics) == len(before)
    context.diagnostics.clear()
    if not makes_sense and not was_input:
        context.inputs.pop(name, None)
    foreign.report_prefix(here, node, _near(here, node.function.text))
    found = next(iter(context.diagnostics.values()))
    context.diagnostics.clear()
    context.diagnostics.update(before)
    if makes_sense:
        context.inputs[name] = replace(context.inputs[name], meant=found)
        return value
    context.diagnostics.setdefault((found.code, found.span, id(here.source)), found)
    return _of_module(here, node)


def _unknown_function(here: Place, node: nodes.Call) -> None:
    name, there, context, scope = node.function.text, here.at(node.function), here.context, here.scope
    if name.lower() in _WORDS:
        there.report(messages.OPERATOR_FOREIGN, found=name, meant=name.lower())
    elif name in context.withheld:
        report_withheld(there, name)
    elif name in context.later_functions:
        there.report(messages.FUNCTION_LATER, name=name)
    elif any(name in known for known in (scope.values, context.signature, context.inputs, context.catalogue)):
        there.report(messages.FUNCTION_IS_VALUE, name=name)
    elif foreign.is_answered(here, node) or foreign.report(here, node):
        pass
    else:
        near = _near(here, name)
        there.report(messages.FUNCTION_UNKNOWN if near else messages.FUNCTION_UNKNOWN_FAR, name=name, near=near)


def report_withheld(here: Place, name: str) -> None:
    """A function that there is, but that this host does not offer; and what it offers of that kind."""
    catalogue = here.context.catalogue
    group = CATALOGUE[name].group if name in CATALOGUE else ""
    offered = sorted(catalogue.values(), key=lambda function: (function.group != group, function.name))
    names = ", ".join(function.name for function in offered[:_MOST_OFFERED])
    here.report(messages.FUNCTION_WITHHELD if names else messages.FUNCTION_WITHHELD_ALL, name=name, names=names)


def _near(here: Place, name: str) -> str:
    """The function most like this one; none for what Python or NumPy has by that name, which is no slip."""
    context, catalogue = here.context, here.context.catalogue
    known = (here.scope.functions, (n for n, f in catalogue.items() if not f.bare))
    is_meant = name in catalogue or name in WITHOUT_LIKE or hasattr(builtins, name)
    return "" if is_meant else suggestion(context, name, *known)


def _may_call(here: Place, node: nodes.Call, definition: Definition) -> bool:
    """A `def` may call earlier ones only, so that every program ends."""
    inside, name = here.scope.inside, node.function.text
    if inside is None or definition.order < inside.order:
        return True
    if name not in here.context.catalogue:
        mistake = messages.FUNCTION_CALLS_ITSELF if definition is inside else messages.FUNCTION_LATER
        here.at(node.function).report(mistake, name=name)
    return False


# --- defs ------------------------------------------------------------------------------------------------------------


def _call_def(here: Place, node: nodes.Call, definition: Definition) -> Value:
    given = _Arguments(here, node, definition).by_parameter()
    return _filled_in(here, definition, given) if given is not None else here.unknown()


def _filled_in(here: Place, definition: Definition, given: Given) -> Value:
    """The body of a `def` with its parameters given; done once for the same values."""
    key = tuple(id(v.step) for v in given.values())
    if key not in definition.results:
        inner = here.within(definition.inside({n: v.step for n, v in given.items()}))
        here.context.calls.append((definition.node.name.text, str(here)))
        try:
            definition.results[key] = inner.value(definition.node.body).step
        finally:
            here.context.calls.pop()
        # Steps are compared by identity: keep the operands alive, or another could take their place in the key.
        definition.kept.extend(v.step for v in given.values())
    return Value(definition.results[key], here.span)


# --- which argument goes where ---------------------------------------------------------------------------------------


class _Arguments:
    """The arguments of one call while they are sorted by parameter, each with the span of the whole argument."""

    def __init__(self, here: Place, node: nodes.Call, function: Function | Definition) -> None:
        self.here, self.node, self.function = here, node, function
        self.names = [p.name for p in function.parameters]
        self.in_order = function.in_order(sum(not isinstance(argument, nodes.Keyword) for argument in node.arguments))
        self.takes_condition = {p.name for p in function.parameters if "predicate" in p.takes.kinds}
        self.given: dict[str, Value] = {}
        self.takes_properties = next((p.name for p in function.parameters if "properties" in p.takes.kinds), "")
        self.takes_images = {p.name for p in function.parameters if "images" in p.takes.kinds}
        self.properties: list[nodes.Expression] = []
        self.conditions: dict[str, nodes.Expression] = {}  # on regions, which are to be known first
        self.fits, self.named = True, False

    def by_parameter(self) -> Given | None:
        """Those of each parameter; None if they do not fit."""
        for i, argument in enumerate(self.node.arguments):
            if isinstance(argument, nodes.Keyword):
                self._take_named(argument)
            else:
                self._take_next(i, argument)
        filled = {*self.given, *self.conditions, self.takes_properties}
        missing = next((p for p in self.function.parameters if p.required and p.name not in filled), None)
        if self.fits and missing:
            self._refuse(self.node, messages.ARGUMENT_MISSING, name=missing.name)
        if not self.fits:
            return None
        if isinstance(self.function, Function):
            self._leave_out_defaults(self.function)
            for name, condition in self.conditions.items():
                self.given[name] = predicates.condition(self.here.at(condition), condition, self.function, self.given)
            if name := self.takes_properties:
                self.given[name] = tables.properties(self.here, self.properties, self.function, self.given)
        return {name: self.given[name] for name in self.names if name in self.given}

    def _leave_out_defaults(self, function: Function) -> None:
        """A `none` that is written where it is the default says what is said without it."""
        for parameter in function.parameters:
            written = self.given.get(parameter.name)
            if parameter.default is None and written is not None and written.kind.name == "none":
                del self.given[parameter.name]

    def _take_named(self, argument: nodes.Keyword) -> None:
        self.named = True
        name = self.function.aliases.get(argument.name.text, argument.name.text)
        is_taken = name in self.given or name in self.conditions
        if name in self.takes_condition and not is_taken:
            self.conditions[name] = argument.value
            return
        if name in self.takes_images and isinstance(argument.value, nodes.List):
            value = tables.images(self.here.at(argument.value), argument.value)
        else:
            value = self.here.value(argument.value)
        if name not in self.names and self._is_part(value):
            self._refuse(argument.name, messages.ARGUMENT_UNKNOWN_MASK, name=name, text=self._part(argument.value))
        elif name not in self.names:
            near = suggestion(self.here.context, name, self.names, self.function.aliases)
            far = messages.ARGUMENT_UNKNOWN_FAR if self.given else messages.ARGUMENT_COMPARED
            self._refuse(argument.name, messages.ARGUMENT_UNKNOWN if near else far, name=name, near=near)
        elif is_taken:
            self._refuse(argument, messages.ARGUMENT_TWICE, name=name)
        else:
            self.given[name] = value

    def _take_next(self, i: int, argument: nodes.Expression) -> None:
        name = self.in_order[i] if i < len(self.in_order) else ""
        if name in self.takes_condition and not self.named:
            self.conditions[name] = argument
            return
        if self.takes_properties and i and not self.named:
            self.properties.append(argument)
            return
        value = self.here.value(argument)
        if self.named:
            self._refuse(argument, messages.ARGUMENT_ORDER)
        elif name:
            self.given[name] = value
        elif self.fits:
            self._too_many(argument)

    def _too_many(self, argument: nodes.Expression) -> None:
        twin, count = _PIXELWISE_TWINS.get(self.node.function.text), len(self.node.arguments)
        named = next((name for name in self.names if name not in self.in_order), "")
        if named and isinstance(argument, nodes.Text) and count == len(self.in_order) + 1:
            text = self.here.quote(argument)
            self._refuse(argument, messages.ARGUMENT_NOT_NAMED, name=named, text=text)
        elif twin and count == 2:
            text = ", ".join(self.here.quote(a.span) for a in self.node.arguments)
            self._refuse(argument, messages.ARGUMENT_TOO_MANY_TWO, other=twin, text=text)
        elif self.function.parameters and self.function.parameters[0].takes.kinds == {"masks"}:
            text = ", ".join(self.here.quote(a.span) for a in self.node.arguments)
            self._refuse(self.node, messages.ARGUMENT_TOO_MANY_LIST, text=text)
        elif self._is_part(self.here.value(argument)):
            fields = {"most": len(self.in_order), "count": count, "text": self._part(argument)}
            self._refuse(argument, messages.ARGUMENT_TOO_MANY_MASK, **fields)
        else:
            self._refuse(argument, messages.ARGUMENT_TOO_MANY, most=len(self.in_order), count=count)

    def _is_part(self, value: Value) -> bool:
        """Whether this may be a mask that a statistic is to keep to: it takes the samples in it."""
        function = self.function
        if not isinstance(function, Function) or not self.given or "samples" not in function.parameters[0].takes.kinds:
            return False
        return value.kind.may_be({"mask"})

    def _part(self, mask: nodes.Expression) -> str:
        """The call of the samples in a mask."""
        others = [a for a in self.node.arguments[1:] if mask not in (a, getattr(a, "value", None))]
        samples = f"{self.here.bracketed(next(iter(self.given.values())))}[{self.here.quote(mask.span)}]"
        texts = [samples, *(self.here.quote(a.span) for a in others)]
        return f"{self.node.function.text}({', '.join(texts)})"

    def _refuse(self, part: nodes.Node, mistake: Mistake, **fields: object) -> None:
        self.fits = False
        fields |= {"function": self.node.function.text, "signature": self.function.signature, "whole": self.node.span}
        self.here.at(part).report(mistake, **fields)
