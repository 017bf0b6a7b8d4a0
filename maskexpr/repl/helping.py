"""What :help says: how to go about it with what is loaded, and a page for each thing that has a name."""

import textwrap
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from maskexpr.api import evaluate
from maskexpr.checker.binding import Image
from maskexpr.diagnostics.errors import MaskError
from maskexpr.diagnostics.nearest import nearest
from maskexpr.explain import manual
from maskexpr.session import Session

Paint = Callable[[str, str], str]

# Of each statement its form, what it says, an example.
_STATEMENTS = {
    "input": (
        'input NAME: KIND = "FILE"',
        "An image from outside, with its kind and its file; either may be missing. In a session :load does it.",
        'input im = "ankle.png"',
    ),
    "param": (
        "param NAME = VALUE in LOW..HIGH",
        "A number, text or truth to tune with :set, held to an interval or to choices; maskexpr run sets it with -p.",
        "param low = 32 in 0..255",
    ),
    "def": (
        "def NAME(PARAMETER, ...) = EXPRESSION",
        "A function of one expression.",
        "def rim(m, n) = dilate(m, n) & ~erode(m, n)",
    ),
    "use": ('use "FILE.mask"', "The functions that another file defines.", 'use "lib.mask"'),
    "assert": (
        'assert CONDITION, "TEXT"',
        "What must hold; else the lines that come to it fail with the text.",
        'assert area(bone) > 0, "no bone found"',
    ),
    "output": ("output NAME", "What a program gives; a session shows each line's value anyway.", "output bone"),
}
_MORE = ":help NAME shows one with all it says and an example, :help SUBJECT a subject line by line."


def tour(session: Session, width: int, paint: Paint) -> str:
    """How to go from an image to masks that are kept, in lines that can be typed as they are."""
    name, number, other = _example(session)
    load = [] if name in session.names else [("Load an image", [f":load {name} FILE"])]
    steps = [
        *load,
        ("See where its values lie", [f":hist {name}"]),
        ("Type an expression and see it", [f"{name} > {number}"]),
        ("Name what you will use again", [f"low = {number}", f"body = {name} > low"]),
        ("Change a number, see what follows", [f":set low {other}"]),
        ("Go back", [":undo"]),
        ("Combine masks with & | ~", [f"middle = body & ~({name} > {other})"]),
        ("Let functions do the rest", ["keep_largest(fill_holes(body))", ":help functions"]),
        ("See the thresholds among the values", [f":hist {name} body"]),
        ("Keep the mask, and the way to it", [":save body body.png", ":script body.mask"]),
    ]
    column = max(len(title) for title, _ in steps) + 2
    lines: list[str] = []
    for title, typed in steps:
        if column + max(len(text) for text in typed) <= width:
            lines.extend(f"{t:<{column}}{paint(text, 'title')}" for t, text in zip([title, ""], typed, strict=False))
        else:
            lines.extend([title, *(f"    {paint(text, 'title')}" for text in typed)])
    return "\n".join(lines) + "\n"


def _example(session: Session) -> tuple[str, str, str]:
    """An image of the session, a number that parts its values, and a larger one."""
    for name, kind in session.names.items():
        if kind.name == "image":
            with suppress(MaskError):
                parted = evaluate("otsu(im)", im=Image(session.value(name).value, kind="image"))
                larger = parted + abs(parted) / 4
                return name, f"{parted:.4g}", f"{round(larger) if parted > 8 else larger:.4g}"
            return name, "0.5", "0.6"
        if kind.name == "colour":
            return f"gray({name})", "128", "160"
    return "im", "64", "80"


def listed(rows: Sequence[tuple[str, str]], width: int) -> str:
    """Two columns, the second folded to the width."""
    column = min(max(len(row[0]) for row in rows) + 2, max(12, width // 2))
    lines = []
    for what, says in rows:
        if len(what) + 2 > column:
            lines.append(what)
            what = ""
        start = f"{what:<{column}}"
        lines.append(textwrap.fill(says, max(width, column + 12), initial_indent=start, subsequent_indent=" " * column))
    return "\n".join(lines)


def in_short(usages: Iterable[str], width: int) -> str:
    """The commands alone, one after another."""
    unbroken = "\xa0"
    text = textwrap.fill("   ".join(u.replace(" ", unbroken) for u in usages), width, break_long_words=False)
    return text.replace(unbroken, " ")


def entry(form: str, says: str, example: str, width: int) -> str:
    """What is said of a command or a statement."""
    said = textwrap.fill(says, width, initial_indent="    ", subsequent_indent="    ")
    return f"{form}\n\n{said}\n\n    {example}"


def page(name: str, width: int) -> str:
    """What is known of a topic beyond the session: statements, functions, subjects, operators; "" if nothing is."""
    if name == "functions":
        return manual.overview(width, _MORE)
    if name in _STATEMENTS:
        return entry(*_STATEMENTS[name], width)
    return manual.page(name, width) or ""


def suggestion(name: str, others: Iterable[str]) -> str:
    """The topic most like a name."""
    return nearest(name, [*others, *_STATEMENTS, "functions"]) or manual.suggestion(name)
