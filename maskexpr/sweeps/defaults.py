"""A program with other defaults: the text with the numbers that were found, laid out, and nothing else changed."""

from collections.abc import Mapping

from maskexpr.api import Program, rewritten
from maskexpr.inside import declared
from maskexpr.language import nodes
from maskexpr.language.formatting import format
from maskexpr.language.parser import parse


def with_defaults(program: Program, texts: Mapping[str, str]) -> Program:
    """The program with other defaults for some params, as they are written; comments stay."""
    own = declared(program)
    text = own.source.text
    statements = parse(own.source, own.limits).module.statements
    for node in reversed(statements):
        if isinstance(node, nodes.Param) and node.name.text in texts:
            text = text[: node.value.span.start] + texts[node.name.text] + text[node.value.span.stop :]
    return rewritten(program, format(text, name=own.source.name))


def files_named(program: Program) -> list[str]:
    """The files that a program names itself: libraries, and defaults of inputs."""
    own = declared(program)
    found = []
    for node in parse(own.source, own.limits).module.statements:
        if isinstance(node, nodes.Use):
            found.append(node.path.value)
        elif isinstance(node, nodes.Input) and node.default is not None:
            found.append(node.default.value)
    return found
