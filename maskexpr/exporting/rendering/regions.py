"""Connected regions and labels."""

import ast

from maskexpr.exporting.forms import Call, NoForm, form
from maskexpr.exporting.rendering.elements import called, connectivity, worked_of
from maskexpr.exporting.syntax import Code, code


def _is_labels(call: Call) -> bool:
    return call.kind_of("m").name == "labels"


def _all_axes(call: Call) -> bool:
    return len(worked_of(call)) == call.ndim


def per_slice(call: Call, of_part: Code, parameter: str = "m") -> Code:
    """What is done to each slice by itself: `of_part` is it of one that is called `part`."""
    arguments = ast.arguments([], [ast.arg("part")], None, [], [], None, [])
    return code(
        "slicewise(f, m, axes)", f=ast.Lambda(arguments, of_part), m=call.operands[parameter], axes=worked_of(call)
    )


@form("label")
def _label(call: Call) -> Code:
    if call.kind_of("m").name == "mask":
        return code("found[0]", found=called("ndimage.label", call.operands["m"], connectivity(call)))
    return called("label_zones", call.operands["m"], connectivity(call))


@form("count")
def _count(call: Call) -> Code:
    kind = call.kind_of("m")
    if kind.name == "table":
        return call.write('len(m["label"])')
    if kind.name == "labels":
        if not _all_axes(call):
            raise NoForm("of labels, slice by slice")
        return call.write("np.unique(m[m > 0]).size")
    return code("found[1]", found=called("ndimage.label", call.operands["m"], connectivity(call)))


def _chosen(call: Call, function: str, *arguments: Code | None) -> Code:
    """Some of the regions of a mask, or of labels."""
    m, name = call.operands["m"], f"{function}_labels" if _is_labels(call) else function
    if _all_axes(call):
        structure = None if _is_labels(call) else connectivity(call)
        return called(name, m, *arguments, structure=structure)
    if "connectivity" in call.told:
        raise NoForm("with a connectivity that is a param")
    joined, n = call.setting("connectivity"), len(worked_of(call))
    structure = (
        None if _is_labels(call) or joined == 1 else code("ndimage.generate_binary_structure(n, k)", n=n, k=joined)
    )
    return per_slice(call, called(name, code("part"), *arguments, structure=structure))


@form("keep_largest")
def _keep_largest(call: Call) -> Code:
    k = call.number("k")
    return _chosen(
        call,
        "keep_largest",
        None
        if isinstance(k, ast.Constant) and k.value == 1
        else code("int(k)", k=k)
        if call.kind_of("k").range is None
        else k,
    )


@form("remove_small", "remove_large")
def _by_size(call: Call) -> Code:
    return _chosen(call, call.name, call.operands["size"])


@form("fill_holes")
def _fill_holes(call: Call) -> Code:
    most = call.operands.get("max_size")
    if _is_labels(call):
        if not _all_axes(call):
            raise NoForm("of labels, slice by slice")
        return called("fill_holes_labels", call.operands["m"], size=most, structure=connectivity(call))
    if most is not None:
        return _chosen(call, "fill_small_holes", most)
    if _all_axes(call):
        return called("ndimage.binary_fill_holes", call.operands["m"], connectivity(call))
    joined, n = call.setting("connectivity"), len(worked_of(call))
    structure = None if joined == 1 else code("ndimage.generate_binary_structure(n, k)", n=n, k=joined)
    return per_slice(call, called("ndimage.binary_fill_holes", code("part"), structure))


@form("clear_border")
def _clear_border(call: Call) -> Code:
    margin = call.setting("margin")
    if margin.spacing is not None:
        raise NoForm("with a margin that is a length")
    told = call.use("margin")
    found = told if told is not None else code("n", n=int(margin.radius)) if margin.radius >= 1 else None
    if not call.is_given("within"):
        return _chosen(call, "clear_border", found)
    if not _all_axes(call):
        raise NoForm("slice by slice with `within`")
    name = "clear_outside_labels" if _is_labels(call) else "clear_outside"
    structure = None if _is_labels(call) else connectivity(call)
    return called(name, call.operands["m"], call.operands["within"], found, structure=structure)


@form("at")
def _at(call: Call) -> Code:
    if not _all_axes(call):
        raise NoForm("slice by slice")
    point = ast.Tuple([call.operands[name] for name in "zyx" if call.is_given(name)], ast.Load())
    return called(
        "at_labels" if _is_labels(call) else "at",
        call.operands["m"],
        point,
        structure=None if _is_labels(call) else connectivity(call),
    )
