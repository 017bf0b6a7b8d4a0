"""maskexpr run --contact-sheet and --report: pages to look through what became of many images."""

import argparse
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, InputError
from maskexpr.files import outputs
from maskexpr.files.access import resolved
from maskexpr.files.decoding.naming import shown
from maskexpr.functions.arguments import value_text
from maskexpr.studies.study import folder_of
from maskexpr.studies.task import Task

if TYPE_CHECKING:
    from maskexpr.studies.study import Study
    from maskexpr.studies.watching import Ended

_PREVIEWS = ".maskexpr-previews"  # a folder, hidden; --resume takes pictures from there
_PAGES = (".html", ".htm")


def are_asked_for(options: argparse.Namespace) -> bool:
    return bool(options.contact_sheet or options.report)


def check(options: argparse.Namespace) -> None:
    """Refuse pages that cannot be made, before anything is run."""
    found: list[Diagnostic] = []
    for flag, path in (("--contact-sheet", options.contact_sheet), ("--report", options.report)):
        if path == "":
            raise InputError(messages.OUTPUT_NAMELESS.anywhere(flag=flag))
    if options.contact_sheet is not None and not options.contact_sheet.lower().endswith(".png"):
        found.append(messages.SHEET_ENDING.anywhere(path=shown(options.contact_sheet)))
    if options.report is not None and not options.report.lower().endswith(_PAGES):
        found.append(messages.REPORT_ENDING.anywhere(path=shown(options.report)))
    if found:
        raise InputError(found)
    for path in filter(None, (options.contact_sheet, options.report)):
        outputs.check_folder_of(path)
    if options.report is not None:
        from maskexpr.studies.reports.page import check_report

        check_report(options.report)


def check_places(asked: "Study") -> None:
    """Refuse pages that would be written over what is read."""
    read = {resolved(path) for case in asked.cases for path in case.given.values()}
    read.add(resolved(asked.task.program.name))
    over = messages.OUTPUT_OVER_INPUT
    found = [over.anywhere(path=shown(p), what="an input or the program") for p in asked.pages if resolved(p) in read]
    if found:
        raise InputError(found)


def _paths(options: argparse.Namespace, most: int) -> list[str]:
    """All files that pages may go to, of so many pictures at most."""
    found: list[str] = [options.report] if options.report is not None else []
    if options.contact_sheet is not None:
        from maskexpr.studies.reports import sheet

        found += {*sheet.paths_of(options.contact_sheet, most), options.contact_sheet}
    return sorted(found)


def with_previews(asked: "Study", options: argparse.Namespace) -> "Study":
    """The study with what pages need: small pictures of each image, beside the journal."""
    if not are_asked_for(options):
        return asked
    folder = os.path.join(folder_of(asked), _PREVIEWS)
    paths = _paths(options, len(asked.cases) * len(asked.task.program.outputs))
    return replace(asked, task=replace(asked.task, previews=folder), pages=tuple(paths))


def write(ended: "Ended", task: Task, given: Mapping[str, str], options: argparse.Namespace) -> list[str]:
    """Write the pages that are asked for; a line on each."""
    lines = []
    for path in filter(None, (options.contact_sheet, options.report)):
        outputs.make_folder_of(path)
    if options.contact_sheet is not None:
        from maskexpr.studies.reports.sheet import contact_sheet

        paths = contact_sheet(options.contact_sheet, task.program, ended.records, task.previews, ended.left)
        lines += [f"contact sheet: {shown(path)}" for path in paths]
    if options.report is not None:
        from maskexpr.studies.reports.page import report

        report(options.report, task.program, _how(task, given), ended.records, task.previews, ended.left)
        lines.append(f"report: {shown(options.report)}")
    return lines


def _how(task: Task, given: Mapping[str, str]) -> dict[str, str]:
    """What was given, as a person would write it. How many worked at it, or in how many runs, makes no difference."""
    found = {name: shown(text) for name, text in given.items()}
    found.update({info.name: value_text(task.params.get(info.name, info.default)) for info in task.program.params})
    for name, texts in (("spacing", task.spacings), ("no data", task.nodata), ("output", task.outputs)):
        if texts:
            found[name] = ", ".join(map(shown, texts))
    return found
