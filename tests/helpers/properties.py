"""Properties of regions as conditions and columns name them."""

from maskexpr.kinds.kind import Kind
from maskexpr.library import PROPERTIES


def condition_on(name: str, compared: str) -> str:
    """A condition that compares a property, or a part of it; one of truth values is a condition itself."""
    known = PROPERTIES[name]
    if known.gives(Kind("mask"), None).name == "mask":
        return name
    return f"{called(name)}{'[0]' if known.parts else ''} {compared}"


def called(name: str) -> str:
    """A property with some number where it is called with one."""
    return f"{name}(30)" if PROPERTIES[name].argument else name
