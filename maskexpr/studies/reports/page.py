"""A report of a study: one page that holds all it shows, to be opened in a browser, sent on, or printed.

It says the same for the same inputs and results, so it names no time. What comes from files, their names and what is
said of them, is text there whatever it looks like: the template escapes it, and the page forbids all scripts but its
own.
"""

import base64
import hashlib
import importlib.util
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from maskexpr import __version__
from maskexpr.api import Program
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, FileError
from maskexpr.diagnostics.messages import counted
from maskexpr.diagnostics.printing import printable
from maskexpr.files import images
from maskexpr.files.decoding.naming import shown
from maskexpr.inside import declared
from maskexpr.studies.case import Case
from maskexpr.studies.outcome import Outcome
from maskexpr.studies.reports import outliers, thumbnails
from maskexpr.studies.reports.naming import said, short_names
from maskexpr.studies.reports.numbers import numbers_of, text_of
from maskexpr.studies.reports.outliers import Spread
from maskexpr.studies.reports.thumbnails import Preview

if TYPE_CHECKING:
    from jinja2 import Environment

Done = Sequence[tuple[Case, Outcome]]

# Bytes of pictures: a page is to open quickly. Those of some 1,500 images, and of a few hundred in large.
_TILES_IN_ALL, _LARGE_IN_ALL = 24_000_000, 8_000_000


def check_report(path: str) -> None:
    """Refuse a report that cannot be made, before anything is run."""
    if importlib.util.find_spec("jinja2") is None:
        raise FileError(messages.REPORT_NEEDS_JINJA.anywhere(path=shown(path)))


def report(path: str, program: Program, how: Mapping[str, str], done: Done, folder: str, left: int = 0) -> None:
    """Write the page.

    Parameters
    ----------
    path
        An HTML file.
    how
        How it was made, as it is to be said: what for each input and param was given.
    done
        All cases in order, with what became of them.
    folder
        Where `thumbnails` has put their pictures.
    left
        How many images were not come to.
    """
    check_report(path)
    images.put(path, html(program, how, done, folder, left).encode("utf-8", "backslashreplace"))


def html(program: Program, how: Mapping[str, str], done: Done, folder: str, left: int = 0) -> str:
    """The text of the page; see `report`."""
    from markupsafe import Markup

    environment = _environment()
    style, script = (_asset(environment, name) for name in ("page.css", "page.js"))
    title = f"{os.path.basename(printable(program.name))}: {counted(len(done) + left, 'image')}"
    made = environment.get_template("page.html.jinja").render(
        title=title,
        style=Markup(style),
        style_hash=_hash(style),
        script=Markup(script),
        script_hash=_hash(script),
        how=[("maskexpr", __version__), *how.items()],
        program_name=os.path.basename(printable(program.name)),
        program=program.source,
        used=declared(program).used,
        limit=outliers.LIMIT,
        least=outliers.LEAST,
        **_content(done, folder, left),
    )
    return f"{made}\n"


def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader(__package__, "")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined)


def _asset(environment: "Environment", name: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _hash(text: str) -> str:
    """What a page says of the only script and style that it has."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


# --- what it shows ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    exact: str
    is_odd: bool


@dataclass(frozen=True, slots=True)
class _Picture:
    tile: str
    large: str
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class _Shown:
    case: Case
    outcome: Outcome
    name: str


@dataclass(slots=True)
class _Row:
    """An image that is done. What is odd comes first, so its `rank` is high."""

    order: int
    name: str
    case: Case
    cells: list[_Cell]
    outliers: list[str]
    rank: float
    warnings: list[str]
    pictures: list[_Picture] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What it is found by."""
        found = ["outlier"] * bool(self.outliers) + ["warning"] * bool(self.warnings)
        return "\n".join([self.name, *self.outliers, *self.warnings, *found])


@dataclass(slots=True)
class _Failure:
    name: str
    case: Case
    code: str
    reason: str
    pictures: list[_Picture] = field(default_factory=list)

    @property
    def text(self) -> str:
        return f"{self.name}\n{self.code}\n{self.reason}\nfailed"


@dataclass(frozen=True, slots=True)
class _Total:
    count: int
    words: str
    kind: str = ""


def _content(done: Done, folder: str, left: int) -> dict[str, Any]:
    names = short_names([case.name for case, _ in done])
    shown = [_Shown(case, outcome, name) for (case, outcome), name in zip(done, names, strict=True)]
    good = [each for each in shown if not each.outcome.is_failed]
    failures = [_failure(each) for each in shown if each.outcome.is_failed]
    numbers = [numbers_of(each.outcome, thumbnails.kept(folder, each.case)) for each in good]
    spreads = outliers.spreads(numbers)
    columns = list(dict.fromkeys(name for row in numbers for name in row))
    common = _said_of_all([each.outcome for each in good])
    rows = [_row(each, row, columns, spreads, common) for each, row in zip(good, numbers, strict=True)]
    rows.sort(key=lambda row: (-row.rank, row.order))
    left_out = _illustrate([*failures, *rows], folder)
    odd, warned = sum(bool(row.outliers) for row in rows), sum(bool(row.warnings) for row in rows)
    return {
        "failures": failures,
        "without_pictures": left_out,
        "said_of_all": common,
        "columns": columns,
        "rows": rows,
        "spreads": _spread_rows(columns, spreads) if len(rows) > 1 else [],
        "too_few": bool(columns) and len(rows) < outliers.LEAST,
        "odd": odd + warned,
        "totals": [
            _Total(len(done) + left, "image" if len(done) + left == 1 else "images"),
            _Total(len(good), "done"),
            *([_Total(len(failures), "failed", "bad")] if failures else []),
            *([_Total(left, "not begun", "bad")] if left else []),
            *([_Total(odd, "outlier" if odd == 1 else "outliers", "odd")] if odd else []),
            *([_Total(warned, "with warnings")] if warned else []),
        ],
    }


def _failure(image: _Shown) -> _Failure:
    codes = dict.fromkeys(error.code for error in image.outcome.errors)
    texts = ("\n  ".join(said(error)) for error in image.outcome.errors)
    return _Failure(image.name, image.case, ", ".join(codes), "\n".join(texts))


def _row(
    image: _Shown,
    numbers: Mapping[str, float],
    columns: Iterable[str],
    spreads: Mapping[str, Spread],
    common: Iterable[str],
) -> _Row:
    found = outliers.outliers(numbers, spreads)
    odd = {outlier.name for outlier in found}
    cells = [_cell(numbers.get(column), column in odd) for column in columns]
    warnings = [text for text in _said(image.outcome.warnings) if text not in common]
    score = min(found[0].score, 1e9) if found else 0.0  # an infinite one is the highest of those that a page sorts by
    rank = score or (0.5 if warnings else 0.0)
    reasons = [outlier.reason for outlier in found]
    return _Row(image.case.index, image.name, image.case, cells, reasons, rank, warnings)


def _cell(value: float | None, is_odd: bool) -> _Cell:
    return _Cell("", "", False) if value is None else _Cell(text_of(value), repr(value), is_odd)


def _said(warnings: Iterable[Diagnostic]) -> list[str]:
    """Each warning once, as one line."""
    return list(dict.fromkeys("; ".join(said(warning)) for warning in warnings))


def _said_of_all(done: Sequence[Outcome]) -> list[str]:
    """What is said of every image, of the program that is, is said once."""
    if len(done) < 2:
        return []
    said = [_said(outcome.warnings) for outcome in done]
    return [text for text in said[0] if all(text in others for others in said[1:])]


def _illustrate(rows: Iterable["_Row | _Failure"], folder: str) -> int:
    """Give the rows their pictures, as far as a page may be large: those that come first, and of these the first ones
    large ones, too. How many rows got none for that reason."""
    room, room_of_large, left_out = _TILES_IN_ALL, _LARGE_IN_ALL, 0
    for row in rows:
        if room < 0:
            left_out += 1
            continue
        previews = thumbnails.kept(folder, row.case).previews
        for preview in previews:
            room -= len(preview.tile)
            room_of_large -= len(preview.large)
            row.pictures.append(_picture(row.name, preview, is_one=len(previews) == 1, is_large=room_of_large >= 0))
    return left_out


def _picture(name: str, preview: Preview, *, is_one: bool, is_large: bool) -> _Picture:
    alt = f"{name}: {preview.name}" + (f", {preview.note}" if preview.note else "")
    caption = ", ".join(filter(None, ["" if is_one else preview.name, preview.note]))
    return _Picture(_data(preview.tile), _data(preview.large) if is_large else "", alt, caption)


def _data(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"


def _spread_rows(columns: Iterable[str], spreads: Mapping[str, Spread]) -> Iterator[tuple[str, list[str]]]:
    """How the numbers of all images lie, below the table."""
    for label, value in (("smallest", "least"), ("median", "median"), ("largest", "largest")):
        yield label, [_of_spread(spreads.get(name), value) for name in columns]


def _of_spread(spread: Spread | None, value: str) -> str:
    number = math.nan if spread is None else getattr(spread, value)
    return "" if isinstance(number, float) and math.isnan(number) else text_of(number)
