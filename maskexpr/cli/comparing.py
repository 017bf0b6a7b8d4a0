"""maskexpr compare: masks and label images against a truth."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from maskexpr.api import compile
from maskexpr.cli import shared, studying
from maskexpr.cli.machine import add_json, document_of
from maskexpr.comparisons import pairs
from maskexpr.comparisons.asked import UNITS, Asked, tolerance_text
from maskexpr.comparisons.comparing import Compared, compared
from maskexpr.comparisons.measures import KINDS, MEASURES, METHOD, USUAL, named
from maskexpr.comparisons.tables import summary_table, table_of
from maskexpr.comparisons.texts import text_of
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError, InputError
from maskexpr.files import images, outputs, tables
from maskexpr.files.access import STANDARD, Access
from maskexpr.files.decoding.naming import shown
from maskexpr.kinds.tabulated import Room
from maskexpr.studies.case import Case
from maskexpr.studies.task import Task

if TYPE_CHECKING:
    from maskexpr.cli.shared import Commands

_CLASS = "class"
_LINES = 24  # of a table of pairs in a file or a pipe
_BELOW = 3  # lines of a terminal that are kept for what stands around a table
_GIVEN = "the two, the truth second, by any names: files, or patterns, folders and templates of many"


def add_compare(commands: "Commands") -> None:
    command = shared.add(
        commands,
        "compare",
        _compare,
        "compare masks or labels with a truth",
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("given", metavar="name=FILE", nargs="*", help=_GIVEN)
    command.add_argument("--measures", metavar="NAMES", help="what to measure, with commas between; else the usual")
    kinds = "what the files hold; else masks have one value beside 0, and labels more"
    command.add_argument("--kind", choices=KINDS, help=kinds)
    by = "a row for each number in label images: the same number is the same class, an organ say, in all of them"
    command.add_argument("--by", choices=[_CLASS], help=by)
    command.add_argument("--unit", choices=UNITS, default="px", help="what distances come in: px unless it is given")
    method = f"whose way distances are taken, monai, medpy or surface-distance say: {METHOD} unless it is given"
    command.add_argument("--method", metavar="NAME", default=METHOD, help=method)
    tolerance = "how far surfaces may be apart for surface_dice: pixels, 2, or a length, 1mm"
    command.add_argument("--tolerance", metavar="SIZE", help=tolerance)
    iou = "the overlap from which on objects match: 0.5 unless it is given"
    command.add_argument("--iou", metavar="SHARE", type=float, help=iou)
    shared.add_spacing(command)
    shared.add_nodata(command)
    shared.add_limits(command)
    command.add_argument("--table", metavar="OUT.csv", help=f"write all pairs to a table: {tables.ENDINGS}, or -")
    command.add_argument("--all", action="store_true", help="print all pairs, however many there are")
    command.add_argument("--jobs", metavar="N", type=studying.count, default=1, help="how many processes compare")
    add_json(command)


def _epilog() -> str:
    """The measures, as they are asked for."""
    width = max(map(len, MEASURES))
    lines = [f"  {name:{width}}  {measure.words}" for name, measure in MEASURES.items()]
    usual = [f"  usual of {'masks' if kind == 'mask' else kind}: {', '.join(names)}" for kind, names in USUAL.items()]
    return "\n".join(
        [
            "measures:",
            *lines,
            *usual,
            "  of labels what is not said of them is of all that is not 0; objects of masks are their regions",
            "",
            "examples:",
            "  maskexpr compare pred=tissue.png truth=hand.png",
            "  maskexpr compare a='pred/*.png' b='truth/{a.stem}.png' --table scores.csv --jobs 2",
            "  maskexpr compare a='pred/*.nii.gz' b='truth/{a.stem}.nii.gz' --measures dice,hd95 --unit mm --by class",
        ]
    )


def _compare(options: argparse.Namespace) -> int:
    """Compare masks or label images with a truth: a table of the pairs, and mean, deviation, median and worst of each
    measure. A pair that cannot be compared is a row that says why, and the exit code is 1."""
    given = shared.named_once(options.given, messages.GIVEN_FORM)
    if len(given) != 2:
        raise InputError(messages.COMPARE_TWO.anywhere(count=len(given)))
    (own, path), (other, truth) = given.items()
    asked = replace(_asked(options, (own, other)), limits=shared.limits(options))
    for texts, flag in ((options.spacing, "--spacing"), (options.nodata, "--nodata")):
        shared.check_spacings(texts, asked.names, flag)
    them = pairs.pairs_of(asked.names, path, truth)
    shared.warn(them.notes, options)
    cases = them.cases
    _check_target(options.table, cases, asked)
    task = Task(compile("0"), spacings=tuple(options.spacing), nodata=tuple(options.nodata))
    found = compared(asked, pairs.on_files(task, cases, options.jobs))
    _tell(found, pairs.names_of(cases, asked.names), options)
    return shared.FAILED if found.failed else shared.OK


def _asked(options: argparse.Namespace, names: tuple[str, str]) -> Asked:
    measures = named(options.measures.split(",")) if options.measures is not None else ()
    tolerance = None if options.tolerance is None else tolerance_text(options.tolerance)
    return Asked(
        names, measures, options.kind, options.by == _CLASS, options.unit, options.method, tolerance, options.iou
    )


def _check_target(path: str | None, cases: Sequence[Case], asked: Asked) -> None:
    """Refuse a file that is none for a table, or is one of those that are compared, before these are read."""
    if path is None or path == STANDARD:
        return
    if not tables.is_of_tables(images.ending_of(path)):
        raise FileError(messages.FILE_NO_TABLE.anywhere(path=shown(path), endings=tables.ENDINGS))
    if os.path.isdir(path):
        raise FileError(messages.FILE_TARGET_IS_FOLDER.anywhere(path=shown(path)))
    access = Access()
    for case in cases:
        for name in asked.names:
            access.note(case.given[name])
    outputs.check_targets({"the table": path}, access)
    outputs.check_folder_of(path)


def _tell(found: Compared, names: Sequence[tuple[str, str]], options: argparse.Namespace) -> None:
    """Print, and write where that is asked for, what was found."""
    table, document = table_of(found, names), document_of(options)
    if options.table is not None:
        outputs.make_folder_of(options.table)
    if document is not None:
        document.refuse_beside([options.table])
        document.add_table("pairs", table)
        document.add_table("summary", summary_table(found, names))
        document.say([*found.warnings, *(error for row in found.failed for error in row.errors)])
        if options.table is not None:
            tables.write(options.table, table)
            document.add_file(options.table, "pairs")
        document.print()
        return
    shared.warn([*dict.fromkeys(found.warnings)], options)
    stream = sys.stderr if options.table == STANDARD else sys.stdout
    print(text_of(found, table, names, _room(options.all)), file=stream)
    if options.table == STANDARD:
        sys.stdout.buffer.write(tables.encode(table, tables.PLAINEST))
        sys.stdout.buffer.flush()
    elif options.table is not None:
        tables.write(options.table, table)
        print(shown(options.table))


def _room(shows_all: bool) -> Room:
    """How much of the table of pairs is printed."""
    from maskexpr.display import results, terminal

    abilities = terminal.abilities(sys.stdout, ask=None)
    room = results.room_of(abilities, _BELOW) if abilities.is_terminal else Room(lines=_LINES)
    return Room(room.columns, None if shows_all else room.lines, room.head, room.quiet)
