"""One layout for each program, however it was typed."""

from maskexpr.diagnostics.errors import ProgramError
from maskexpr.diagnostics.source import Source, Span
from maskexpr.language.formatting.lines import lines_of
from maskexpr.language.formatting.statements import laid_out, one_line
from maskexpr.language.limits import Limits
from maskexpr.language.nodes import is_alike
from maskexpr.language.parser import Parsed, parse

__all__ = ["format", "on_one_line"]


def format(source: str, /, *, name: str = "expression") -> str:
    """The text of a program in the one layout that `maskexpr fmt` gives it; it means the same as before.

    A statement stands on a line of its own, with one blank around what joins two values and none inside brackets. What
    does not fit in 100 columns goes on inside brackets, which are put around it where there are none, and what does is
    on one line. Comments stay where they are, numbers and brackets as they were written, texts are in `"` where that
    takes no more backslashes, and of blank lines no two follow each other.

    Parameters
    ----------
    source : str
        The program. It need not compile: inputs and files are not looked at.
    name : str
        What to call it in messages.

    Returns
    -------
    str
        The same program. Formatting it again changes nothing.

    Raises
    ------
    ProgramError
        The text cannot be read; the error says where.

    >>> import maskexpr
    >>> print(maskexpr.format("bone=im>64; output clean = open( bone,3,'disk' )  # no specks"), end="")
    bone = im > 64
    output clean = open(bone, 3, "disk")  # no specks
    """
    before = _parsed(source, name)
    text = laid_out(lines_of(source))
    # Line breaks, commas and brackets that were put in count as others do, and may be too many.
    after = _parsed(text, name)
    assert is_alike(before.module.statements, after.module.statements), "the layout is not the same program"
    return text


def on_one_line(source: Source, span: Span) -> str:
    """An expression of a program as it is shown in a line of something else: without line breaks and comments."""
    return one_line(lines_of(source.slice(span)))


def _parsed(text: str, name: str) -> Parsed:
    parsed = parse(Source(text, name), Limits())
    if parsed.diagnostics:
        raise ProgramError(parsed.diagnostics)
    return parsed
