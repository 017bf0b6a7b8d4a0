"""maskexpr sweep: params tried on images, and which of them are the best."""

import argparse
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from maskexpr.api import Program, Result
from maskexpr.cli import shared, studying
from maskexpr.cli.machine import Document, add_json, document_of, plain
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import InputError
from maskexpr.files import images, outputs, pictures, programs, tables
from maskexpr.files.access import INPUT, STANDARD, Access
from maskexpr.files.decoding.naming import parted, shown, stream_name
from maskexpr.files.images.opening import held, is_handed_over
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.table import Table
from maskexpr.studies.case import Case
from maskexpr.studies.cases import found
from maskexpr.sweeps import grids, running
from maskexpr.sweeps.axes import Axis, read_axis
from maskexpr.sweeps.choosing import Summary
from maskexpr.sweeps.defaults import files_named
from maskexpr.sweeps.python import check_swept, goal_of
from maskexpr.sweeps.reporting import number, report, said_of_best
from maskexpr.sweeps.scoring import scoring_of
from maskexpr.sweeps.sweep import Sweep
from maskexpr.sweeps.trials import Subject, Trial

if TYPE_CHECKING:
    from maskexpr.cli.shared import Commands

_FLAGS = ("--maximize ", "--minimize ")
_HEAD = "# From a sweep of maskexpr: {goal} is {score} with {params}.\n"
_BEGINS = _HEAD.partition(":")[0]

_HELP = """\
values of a param:
  -p low=20..60:4         20, 24, 28 ... 60: both ends, where the step meets them; decimals are exact
  -p low=20..60           every whole number; of others --samples takes some
  -p low=10,20,40         these; -p shape=disk,square; -p low=32 holds one fast
  -p reach=1mm..3mm:0.5mm lengths, as the program writes them

examples, in a clone:
  maskexpr sweep examples/nodule.mask -p reach=5mm..15mm:1mm --maximize 'dice(nodule, truth)'
  maskexpr sweep examples/tissue.mask truth=examples/ankle-tissue.png \\
      -p low=20..60:4 -p high=50..90:4 --maximize 'dice(tissue, truth)' --plot sweep.png
  maskexpr sweep seg.mask im='scans/*.png' truth='truth/{im.stem}.png' -p t=40..80 \\
      --maximize 'dice(m, truth)' --folds 5 --jobs 2 --table all.csv --write best.mask

--json prints one document on standard output and nothing else, whether the sweep succeeds or fails:
  {"maskexpr": VERSION, "sweep": {"goal", "highest": true or false, "runs": N, "images": [NAME, ...], "best": RUN,
   "defaults": RUN, "profiles": {PARAM: [SCORE, ...], ...}, "folds": [FOLD, ...], "held_out": SCORE},
   "files": [FILE, ...], "warnings": [MESSAGE, ...], "errors": [MESSAGE, ...]}
  RUN      {"params": {NAME: TEXT, ...}, "score": SCORE, "median", "worst", "worst_image"}
  FOLD     {"images": [NAME, ...], "params": {NAME: TEXT, ...}, "scores": [SCORE, ...]}
FILE and MESSAGE are those of maskexpr run; a score that is nan or inf is null.
"""


@dataclass(slots=True)
class _Document(Document):
    """What a sweep came to."""

    sweep: dict[str, Any] | None = None

    @property
    def content(self) -> dict[str, Any]:
        return {"sweep": self.sweep, "files": self.files, "warnings": self.warnings, "errors": self.errors}


def add_sweep(commands: "Commands") -> None:
    raw = argparse.RawDescriptionHelpFormatter
    what = "try params on images with a truth: which are the best"
    command = shared.add(commands, "sweep", _sweep, what, epilog=_HELP, formatter_class=raw)
    command.add_argument("file", metavar="FILE.mask", help="a program; - reads standard input")
    shared.add_inputs(command, param="values to try of a param: low=20..60:4, low=20..60, low=10,20,40")
    command.add_argument("--maximize", metavar="EXPR", help="a number that is to be the most: 'dice(tissue, truth)'")
    command.add_argument("--minimize", metavar="EXPR", help="one that is to be the least")
    samples = "try so many values that are spread evenly, not all of them"
    command.add_argument("--samples", metavar="N", type=_whole, help=samples)
    folds = "split the images into so many parts; each is scored with the params that are best without it"
    command.add_argument("--folds", metavar="N", type=_whole, help=folds)
    command.add_argument("--seed", metavar="N", type=_whole, default=0, help="other samples and folds; 0 unless said")
    most = f"allow so many runs, values times images; {grids.MOST:,} unless said"
    command.add_argument("--most-runs", metavar="N", type=_whole, default=grids.MOST, help=most)
    command.add_argument("--jobs", metavar="N", type=studying.count, default=1, help="so many processes work on images")
    command.add_argument("--keep-going", action="store_true", help="go on with the other images where one is broken")
    command.add_argument("--plot", metavar="OUT.png", help="draw the scores: a curve, a map, or a curve of each param")
    command.add_argument("--table", metavar="OUT.csv", help="write all scores; .csv, .tsv, .json or .parquet")
    command.add_argument("--write", metavar="BEST.mask", help="write the program with the best params as its defaults")
    add_json(command, "the best, the defaults, folds, files, warnings, errors", _Document)


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 0 on")
    return int(text)


def _sweep(options: argparse.Namespace) -> int:
    """Try values of params on one image or many, each value with each of the others, and say which score best, beside
    what the program says today. The score is an expression over all names of the program, and over further images such
    as a truth. Of several images the mean counts. Of equally good values the nearest to the defaults are taken; a score
    that is nan or infinite is never the best. Work that does not depend on what is swept is done once."""
    access = shared.access(options)
    program = programs.load_program(options.file, access, fast=options.fast, limits=shared.limits(options))
    folder = Path() if options.file == STANDARD else Path(options.file).parent
    given, texts = shared.as_written(program, options)
    goal, flag = goal_of(program, options.maximize, options.minimize, _FLAGS)
    axes = _axes(program, texts, sampled=options.samples is not None)
    scoring = scoring_of(program, goal, flag)
    cases = found(given)
    running.check_folds(options.folds, len(cases.cases))
    most = options.most_runs
    grid = grids.grid_of(axes, len(cases.cases), samples=options.samples, seed=options.seed, most=most)
    _note(program, cases.cases, folder, access)
    _check_targets(options, program, access)
    shared.warn([*program.warnings, *cases.notes], options)
    stated = (tuple(options.spacing), tuple(options.nodata), tuple(options.allow_read))
    trial = Trial(scoring, tuple(grid.params), folder, *stated, _piped(cases.cases, access))
    higher = options.maximize is not None
    plan = running.Plan(program, trial, grid, higher, options.folds, options.seed, options.jobs, options.keep_going)
    if document_of(options) is None:
        _say_size(grid, len(cases.cases))
    swept = running.run(plan, [Subject(case) for case in cases.cases], _Counter(len(cases.cases), options))
    return _tell(swept, options)


def _axes(program: Program, texts: dict[str, str], *, sampled: bool) -> list[Axis]:
    infos = {info.name: info for info in program.params}
    axes = [read_axis(infos[name], text, sampled=sampled) for name, text in texts.items()]
    check_swept(axes, program.params)
    return axes


def _say_size(grid: grids.Grid, count: int) -> None:
    """How much is to be done, before it is."""
    on = f", on each of {count} images" if count > 1 else ""
    print(f"{grid.says}{on}", file=sys.stderr)


class _Counter:
    """Tells a person how many images are done."""

    def __init__(self, images: int, options: argparse.Namespace) -> None:
        self._images, self._began = images, time.monotonic()
        self._is_shown = images > 1 and sys.stderr.isatty() and document_of(options) is None

    def __call__(self, done: int) -> None:
        if self._is_shown:
            left = (time.monotonic() - self._began) / done * (self._images - done)
            said = f"{done} of {self._images} images" + (f", about {left:.0f} s left" if done < self._images else "")
            end = "\r" if done < self._images else "\n"
            print(f"{said:<50}", end=end, file=sys.stderr, flush=True)


def _piped(cases: Sequence[Case], access: Access) -> dict[str, bytes]:
    """What standard input and other pipes hold that images come from: they are looked at several times."""
    found: dict[str, bytes] = {}
    for case in cases:
        for name, text in case.given.items():
            if text not in found and (text == STANDARD or is_handed_over(text)):
                with access.standard(INPUT, name) if text == STANDARD else access.handed_over(Path(text)) as stream:
                    found[text] = held(stream, stream_name(stream)).getvalue()
    return found


# --- where it goes ---------------------------------------------------------------------------------------------------


def _note(program: Program, cases: Sequence[Case], folder: Path, access: Access) -> None:
    """Remember what will be read, so that nothing is written over it."""
    for case in cases:
        for text in case.given.values():
            if text != STANDARD and os.path.exists(parted(text)[0]):
                for file in images.files_of(parted(text)[0]):
                    access.note(file)
        for info in program.inputs:
            if info.default is not None and info.name not in case.given:
                access.note(folder / parted(info.default, folder)[0])


def _check_targets(options: argparse.Namespace, program: Program, access: Access) -> None:
    """Refuse, before anything runs, what could not be written after it."""
    paths = {flag: getattr(options, flag) for flag in ("plot", "table", "write") if getattr(options, flag) is not None}
    for flag, path in paths.items():
        if not path:
            raise InputError(messages.OUTPUT_NAMELESS.anywhere(flag=f"--{flag}"))
    document = document_of(options)
    if document is not None:
        document.refuse_beside(paths.values())
    if options.write is not None:
        _check_program_target(options, program, access)
    outputs.check_targets({f"--{flag}": path for flag, path in paths.items()}, access)
    for path in paths.values():
        outputs.check_folder_of(path)
    if options.table is not None and options.table != STANDARD:
        tables.encode(Table({}), images.ending_of(options.table), name=shown(options.table))
    if options.plot is not None and options.plot != STANDARD:
        raster = images.Raster(np.zeros((1, 1, 3), np.uint8), "colour", None)
        images.encode(raster, images.ending_of(options.plot), name=shown(options.plot))


def _check_program_target(options: argparse.Namespace, program: Program, access: Access) -> None:
    path = options.write
    if path == STANDARD:
        return
    folder = os.path.dirname(options.file) if options.file != STANDARD else ""
    example = os.path.join(folder, f"{Path(options.file).stem if options.file != STANDARD else 'best'}-best.mask")
    if access.refusal(path) is not None and os.path.realpath(path) == os.path.realpath(options.file):
        raise InputError(messages.SWEEP_OVER_PROGRAM.anywhere(path=shown(path), example=shown(example)))
    names = files_named(program)
    if names and os.path.realpath(os.path.dirname(path)) != os.path.realpath(folder):
        fields = {"name": shown(names[0]), "example": shown(os.path.join(folder, os.path.basename(path)))}
        raise InputError(messages.SWEEP_ELSEWHERE.anywhere(**fields))
    programs.check_script(path, _BEGINS)


# --- told ------------------------------------------------------------------------------------------------------------


def _tell(swept: Sweep, options: argparse.Namespace) -> int:
    """Write what is to be written, and say what is best; where nothing is, the table still tells why."""
    written = _made_room(options)
    stream = sys.stderr if STANDARD in written else sys.stdout
    document = document_of(options)
    if options.table is not None:
        table = swept.table if len(swept.images) == 1 else swept.by_image
        outputs.write(Result(Kind("table"), table), options.table)
    shared.warn([*swept.warnings, *swept.left_out], options)
    if document is None:
        print(_text(swept, stream), file=stream)
    elif isinstance(document, _Document):
        document.sweep = _content(swept)
    swept.best  # noqa: B018 - refuses where there is none, below what is said of all
    if options.plot is not None:
        outputs.write(pictures.made(swept.plot()), options.plot)
    if options.write is not None:
        _write_program(swept, options)
    for path, holds in ((options.plot, "plot"), (options.table, "table"), (options.write, "program")):
        if document is not None and path is not None:
            document.add_file(path, holds)
        elif path is not None and path != STANDARD:
            print(shown(path), file=stream)
    if document is not None:
        document.print()
    return shared.FAILED if swept.left_out else shared.OK


def _made_room(options: argparse.Namespace) -> list[str]:
    """The files that are to be written, the folders of which are made."""
    written = [path for path in (options.plot, options.table, options.write) if path is not None]
    for path in written:
        outputs.make_folder_of(path)
    return written


def _text(swept: Sweep, stream: TextIO) -> str:
    """The report, below what a terminal can draw of the scores."""
    if not stream.isatty() or swept.is_in_vain:
        return report(swept)
    from maskexpr.display import terminal
    from maskexpr.display.terminal.landscapes import draw_landscape
    from maskexpr.sweeps.pictures import is_profiled, landscapes

    able = terminal.abilities(stream)
    drawn = [draw_landscape(one, able) for one in landscapes(swept)]
    said = ["the best score of each value, with any values of the others"] if is_profiled(swept) else []
    return "\n\n".join([*said, *drawn, report(swept)])


def _write_program(swept: Sweep, options: argparse.Namespace) -> None:
    text = swept.program.source
    if text.startswith(_BEGINS):  # of the sweep before
        text = text.partition("\n")[2]
    head = _HEAD.format(goal=swept.goal, score=number(swept.score), params=said_of_best(swept))
    if options.write == STANDARD:
        sys.stdout.write(head + text)
    else:
        programs.write_script(text, options.write, head)


def _content(swept: Sweep) -> dict[str, Any]:
    """A sweep as data."""
    content: dict[str, Any] = {
        "goal": swept.goal,
        "highest": swept.higher,
        "runs": len(swept.scores),
        "images": list(swept.images),
        "best": None,
        "defaults": _entry(swept, swept.default_texts, swept.default_summary),
        "profiles": {name: plain(scores.tolist()) for name, scores in swept.profiles.items()},
        "folds": None,
        "held_out": None,
    }
    if not swept.is_in_vain:
        content["best"] = _entry(swept, swept.grid.texts(swept.index), swept.summary)
    if swept.folds is not None:
        content["folds"] = [
            {
                "images": [swept.images[i] for i in fold.images],
                "params": None if fold.index is None else swept.grid.texts(fold.index),
                "scores": plain(list(fold.scores)),
            }
            for fold in swept.folds
        ]
        content["held_out"] = plain(swept.held_out)
    return content


def _entry(swept: Sweep, texts: Mapping[str, str], found: Summary) -> dict[str, Any]:
    entry = {"params": dict(texts), "score": plain(found.mean)}
    if len(swept.images) > 1:
        worst = swept.images[found.at]
        entry.update(median=plain(found.median), worst=plain(found.worst), worst_image=worst)
    return entry
