"""Calls as other software has them: named for what they are, and answered with the same call in this language."""

import re
from collections.abc import Iterator

from maskexpr.checker.place import Place, Spanned
from maskexpr.diagnostics import fslmaths, messages
from maskexpr.diagnostics.errors import MOST_SHOWN
from maskexpr.diagnostics.foreign_names import MAYBE_MODULES, MODULES, foreign_functions
from maskexpr.diagnostics.foreign_names.properties import FOREIGN_PROPERTIES, FOREIGN_VALUES, USUAL, worded
from maskexpr.diagnostics.mending import Form, is_alone, is_element, is_readable, is_simple
from maskexpr.diagnostics.nearest import known_as
from maskexpr.diagnostics.source import Span
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import LOGICAL, NUMERIC, Kind
from maskexpr.language import nodes
from maskexpr.library import PROPERTIES

_MASK_NAMES = re.compile(r"m|mask|masks|bw|binary|seg|\w*_mask")
_READERS = ("imread", "ReadImage", "load", "loadmat", "fromfile", "dcmread")
_SUBJECTS = ("m", "im", "labels")
_RENAMED = {"axis": "axes"}  # arguments that NumPy calls otherwise
_COMPARED = re.compile(r"\s*(<=|>=|<|>)\s*([0-9.]+)\b")


def prefix(here: Place, node: nodes.Call) -> str:
    """The module that stands before a function, as in `np.where(...)`, which reads as `where(np, ...)`; "" if none."""
    first = next(iter(node.arguments), None)
    if not isinstance(first, nodes.Name) or first.span.start > node.function.span.start:
        return ""
    name = first.text
    if name in here.scope.values or name in here.context.signature:
        return ""
    return name if "." in name or name in MODULES else ""


def maybe_prefix(here: Place, node: nodes.Call) -> bool:
    """Whether a part of scikit-image stands before a function, or an image by that name."""
    first = next(iter(node.arguments), None)
    is_method = isinstance(first, nodes.Name) and first.span.start < node.function.span.start
    if not isinstance(first, nodes.Name) or not is_method or first.text not in MAYBE_MODULES:
        return False
    known = (here.scope.values, here.context.signature, here.context.declared)
    return not any(first.text in names for names in known)


def report_prefix(here: Place, node: nodes.Call, near: str) -> None:
    """A module is not needed; the call without it, or a function like it."""
    module, name = here.quote(node.arguments[0].span), node.function.text
    way = _mended(here, node, module)
    if name in _READERS:
        _report_reading(here, node)
    elif way:
        here.at(node).report(messages.MODULE_PREFIX, module=module, way=way, instead=_certain(way))
    else:
        mistake = messages.MODULE_FUNCTION if near else messages.MODULE_FUNCTION_FAR
        here.at(node).report(mistake, module=module, name=name, near=near)


def report_value(here: Place, name: str) -> None:
    """A value of a module, `np.pi`."""
    if is_answered(here, here):
        return
    head, last = name.split(".", 1)[0], name.rsplit(".", 1)[-1]
    if head in here.scope.values or head in here.context.signature:
        here.report(messages.NO_ATTRIBUTES, name=name.split(".", 2)[1])
    else:
        meant = FOREIGN_VALUES.get(last, "")
        here.report(messages.MODULE_VALUE if meant else messages.MODULE_VALUE_FAR, name=name, meant=meant)


def report(here: Place, node: nodes.Call) -> bool:
    """Report a call of other software; whether it is one."""
    name = node.function.text
    if name in _COUNTS and _of_table(here, node):
        here.at(node).report(messages.TABLE_COUNTED, name=name, text=here.quote(node.arguments[0].span))
    elif name in _READERS:
        _report_reading(here, node)
    elif known_as(name, foreign_functions()):
        way = _mended(here, node, "")
        here.at(node).report(messages.FUNCTION_FOREIGN, name=name, way=way, instead=_certain(way))
    elif name in fslmaths.OWN:
        _report_steps(here, node)
    elif name in PROPERTIES or known_as(name, FOREIGN_PROPERTIES):
        _report_property(here, node)
    else:
        return False
    return True


_COUNTS = frozenset({"len", "nrow", "rows", "size", "shape"})


def _of_table(here: Place, node: nodes.Call) -> bool:
    """Whether a call is of a table."""
    first = node.arguments[0] if node.arguments else None
    return first is not None and not isinstance(first, nodes.Keyword) and _kind(here, first).name == "table"


# --- the same call in this language ----------------------------------------------------------------------------------


def is_answered(here: Place, part: Spanned) -> bool:
    """Whether what is said of a call around it answers this, too."""
    return (id(here.source), part.span) in here.context.answered


def _answer(here: Place, part: Spanned) -> None:
    here.context.answered.add((id(here.source), part.span))


def _mended(here: Place, node: nodes.Call, module: str) -> str:
    """The way out for a call: "write ...", maybe with a word on it; the calls in it are answered with it."""
    key, ways = (id(here.source), node.span), here.context.ways
    if key not in ways:
        ways[key] = _way(here, node, module)
    return ways[key]


def _way(here: Place, node: nodes.Call, module: str) -> str:
    name, peer = node.function.text, _peer(module)
    table = foreign_functions()
    forms = table.get(f"{peer}.{name}") or table.get(known_as(name, table), ())
    arguments = node.arguments[1:] if module else node.arguments
    if name in here.context.catalogue and f"{peer}.{name}" not in table:
        way = _as_ours(here, here.context.catalogue[name], arguments)
    elif forms and len(here.context.diagnostics) < MOST_SHOWN:
        way = _by_form(here, node, forms, arguments)
    else:
        return f"write {forms[0].example}, say" if forms else ""
    for part in nodes.inside(arguments):
        if _is_foreign(here, part):
            _answer(here, part)
    return way


def _as_ours(here: Place, function: Function, arguments: tuple[nodes.Expression | nodes.Keyword, ...]) -> str:
    """A call of what is here by the same name, with as much of what was typed as this takes."""
    plain = [_argument(here, a) for a in arguments if not isinstance(a, nodes.Keyword)]
    named = [(_RENAMED.get(a.name.text, a.name.text), a.value) for a in arguments if isinstance(a, nodes.Keyword)]
    named = [(name, value) for name, value in named if here.quote(value.span) != "None"]
    order, taken = function.in_order(len(plain)), [name for name, _ in named if function.parameter(name)]
    if any(p.required and p.name not in {*order[: len(plain)], *taken} for p in function.parameters):
        return f"write {function.signature}"
    texts = plain[: len(order)] + [f"{n}={_argument(here, value)}" for n, value in named if n in taken]
    text = f"{function.name}({', '.join(texts)})"
    if not is_readable(text):
        return f"write {function.name}(...)"
    return f"write {text}" + ("" if len(texts) == len(plain) + len(named) else ", say")


def _peer(module: str) -> str:
    head, last = module.split(".", 1)[0], module.rsplit(".", 1)[-1]
    if last == "rank":
        return last
    if head in ("scipy", "skimage") and not {"ndimage", "signal"} & set(module.split(".")):
        return "skimage" if head == "skimage" else "ndi"
    return MODULES.get(head) or MAYBE_MODULES.get(head, "")


def _by_form(
    here: Place, node: nodes.Call, forms: tuple[Form, ...], arguments: tuple[nodes.Expression | nodes.Keyword, ...]
) -> str:
    positional = [_argument(here, a) for a in arguments if not isinstance(a, nodes.Keyword)]
    named = {a.name.text: _argument(here, a.value) for a in arguments if isinstance(a, nodes.Keyword)}
    fitting = [form for form in forms if _is_of(here, form, arguments)] or list(forms)
    for form in fitting:
        given = form.bound(positional, named)
        if given is not None and form.fits_in(given):
            return _fitted(here, node, form.hint(given))
    for form in fitting:  # with what it takes of the arguments
        names = [parameter.name for parameter in form.parameters]
        given = form.bound(positional[: len(names)], {n: text for n, text in named.items() if n in names})
        if given is not None and form.fits_in(given):
            return _fitted(here, node, form.hint(given, whole=False))
    form = fitting[0]
    first = {form.subject: positional[0]} if positional and form.subject in _SUBJECTS else {}
    return _fitted(here, node, form.hint(first if form.fits_in(first) else {}, whole=False))


def _argument(here: Place, node: nodes.Expression) -> str:
    written = here.quote(node.span)
    return written if is_element(written) else _text(here, node.span, (node,))


def _fitted(here: Place, node: nodes.Call, way: str) -> str:
    """In brackets where the call stands beside an operator that would tear apart what is written for it."""
    text = _expression(way)
    if not way.startswith("write ") or is_simple(text) or is_alone(here.source.text, node.span):
        return way
    return way.replace(text, f"({text})", 1)


def _is_of(here: Place, form: Form, arguments: tuple[nodes.Expression | nodes.Keyword, ...]) -> bool:
    """Whether the first argument is of the kind that the form is for: as far as it is known, else by its name."""
    first = next(iter(arguments), None)
    if first is None or isinstance(first, nodes.Keyword) or form.subject not in _SUBJECTS:
        return True
    if isinstance(first, nodes.Name) and first.text not in here.scope.values and first.text not in here.context.inputs:
        return (form.subject == "m") == bool(_MASK_NAMES.fullmatch(first.text))
    kind = _kind(here, first)
    if kind.surely(LOGICAL):
        return form.subject == "m"
    return form.subject != "m" if kind.surely(NUMERIC) or kind.surely(frozenset({"labels"})) else True


def _kind(here: Place, node: nodes.Expression) -> Kind:
    """The kind of an argument, whose mistakes are said when it is its turn."""
    context, found = here.context, set(here.context.diagnostics)
    kind = here.value(node).kind
    for key in set(context.diagnostics) - found:
        del context.diagnostics[key]
    return kind


def _text(here: Place, span: Span, parts: tuple[nodes.Node, ...]) -> str:
    """What is written, with the calls of other software in it as they are written here."""
    source, text, done = here.source, "", span.start
    for call in _calls(parts):
        if call.span.start < done or not _is_foreign(here, call):
            continue
        way = _mended(here, call, _module(here, call))
        if way.startswith("write "):
            text += source.text[done : call.span.start] + _expression(way)
            done = call.span.stop
    return " ".join((text + source.text[done : span.stop]).split())


def _expression(way: str) -> str:
    """What a way out says to write."""
    return way.removeprefix("write ").partition("; ")[0].removesuffix(", say")


def _certain(way: str) -> str:
    """What to write in the place of a call, if it does just what that does."""
    text = _expression(way)
    return text if way == f"write {text}" and "..." not in text else ""


def _calls(parts: tuple[nodes.Node, ...]) -> Iterator[nodes.Call]:
    """The calls in some pieces of syntax, outer ones first, in their order."""
    return (node for node in nodes.inside(parts) if isinstance(node, nodes.Call))


def _module(here: Place, call: nodes.Call) -> str:
    """The module that stands before a function in a call of other software."""
    return prefix(here, call) or (here.quote(call.arguments[0].span) if maybe_prefix(here, call) else "")


def _is_foreign(here: Place, node: nodes.Node) -> bool:
    """Whether this is a call of other software, or a value of a module."""
    if isinstance(node, nodes.Name):
        return "." in node.text
    if not isinstance(node, nodes.Call) or node.function.text in here.scope.functions:
        return False
    name = node.function.text
    is_foreign = name not in here.context.catalogue and known_as(name, foreign_functions()) != ""
    is_foreign = is_foreign or is_element(here.quote(node.span))
    return is_foreign or bool(_module(here, node))


# --- steps of fslmaths, properties -----------------------------------------------------------------------------------


def _report_steps(here: Place, node: nodes.Call) -> None:
    """A chain such as `im.thr(32).uthr(64).bin()`, as one."""
    steps, at = list[tuple[str, str]](), node
    while True:
        name, rest = at.function.text, at.arguments[1:]
        if not at.arguments or name not in fslmaths.STEPS or len(rest) != fslmaths.STEPS[name]:
            steps.clear()
            break
        steps.insert(0, (name, here.quote(rest[0].span) if rest else ""))
        _answer(here, at)
        first = at.arguments[0]
        if not isinstance(first, nodes.Call) or first.function.text not in fslmaths.STEPS:
            break
        at = first
    image = here.quote(at.arguments[0].span) if at.arguments else "im"
    meant = fslmaths.expression(image, steps) if steps else ""
    meant = meant if is_readable(meant) else ""
    mistake = messages.STEPS_OF_FSLMATHS if meant else messages.STEPS_OF_FSLMATHS_FAR
    here.at(node).report(mistake, name=node.function.text, meant=meant)


def _report_reading(here: Place, node: nodes.Call) -> None:
    """A file is named in a line of its own."""
    path = next((here.quote(a.span) for a in node.arguments if isinstance(a, nodes.Text)), '"im.png"')
    here.at(node).report(messages.FUNCTION_READS, name=node.function.text, path=path)


def _report_property(here: Place, node: nodes.Call) -> None:
    """`solidity(m) > 0.8`, as a condition on regions."""
    name = node.function.text
    meant, note = (name, "") if name in PROPERTIES else FOREIGN_PROPERTIES[known_as(name, FOREIGN_PROPERTIES)]
    behind = _COMPARED.match(here.source.text, node.span.stop)
    compared = f"{behind[1]} {behind[2]}" if behind else USUAL.get(meant, "> 100")
    known = PROPERTIES.get(meant.partition("[")[0])
    if known is not None and known.parts and "[" not in meant:
        meant += "[0]"
    mask, image, number = _measured_on(here, node, known.needs if known is not None else "")
    column = "" if known is None or known.parts else f'["{meant}"]'
    if known is not None and known.argument:
        column = f'["{meant}_{number}"]'
        meant += f"({number})"
    of = f", {known.needs}={image}" if known is not None and known.needs else ""
    way = f"keep({mask}, {meant} {compared}".rstrip() + f"{of})"
    if known is not None and not behind:
        way = f"measure({mask}, {meant.removesuffix('[0]')}{of}){column}"
    stop = behind.end() if behind else node.span.stop
    there = here.at(Span(node.span.start, stop))
    mistake = messages.PROPERTY_CALLED if name in PROPERTIES else messages.PROPERTY_CALLED_FOREIGN
    there.report(mistake, name=name, way=worded(way, note))


def _measured_on(here: Place, node: nodes.Call, needs: str) -> tuple[str, str, str]:
    """What a property is called with: the regions, what it is measured on beside them, and a number. Arguments are told
    apart by their kinds, as far as they are known, else by their names and their order."""
    found = {"im": "", "m": "", "90": ""}
    for given in node.arguments:
        if isinstance(given, nodes.Keyword):
            continue
        kind, text = _kind(here, given), here.quote(given.span)
        if isinstance(given, nodes.Number):
            name = "90"
        elif needs in ("", "of") and (kind.surely(_IMAGES) or (kind.name == "unknown" and text in _IMAGE_NAMES)):
            name = "im"
        else:
            name = "m" if not found["m"] else "im"
        found[name] = found[name] or text
    other = {"to": "other", "parent": "cells"}.get(needs, "im")
    regions = f"{found['im']} > 0" if found["im"] and is_readable(found["im"]) else "m"
    return found["m"] or regions, found["im"] or other, found["90"] or "90"


_IMAGES, _IMAGE_NAMES = frozenset({"image"}), frozenset({"im", "img", "image"})
