"""Where all that a study writes goes: known, and found to be where nothing else is, before anything is run."""

import functools
import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from maskexpr.api import Result
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, FileError, InputError, MaskError
from maskexpr.files import images, outputs, tables
from maskexpr.files.access import INPUT, PROGRAM, STANDARD
from maskexpr.files.decoding.naming import parted, shown
from maskexpr.files.runs import HISTOGRAM_NAMES, OVERLAY_NAMES
from maskexpr.inside import declared
from maskexpr.kinds.kind import SEGMENTATIONS, Kind
from maskexpr.kinds.table import Table
from maskexpr.studies.case import Case
from maskexpr.studies.finding import listed
from maskexpr.studies.headers import Looked, look
from maskexpr.studies.task import Task

_ENDINGS = {True: (".png", ".tif", ".npy", ".nii.gz"), False: (".csv",)}  # that are added, of arrays and of tables
_TRIED = 50  # images, before what is the same for all of them is taken to be so for all
_TOLD_APART_BY = ("stem", "parent", "name")
_CASELESS = ("win32", "darwin")  # where file systems are mostly so


def targets_of(task: Task, cases: Sequence[Case], others: Mapping[str, str] | None = None) -> list[dict[str, str]]:
    """The paths of what will be written for each case, by what they hold: "cells", "overlay of cells". Paths that say
    no ending lack it still: which it is depends on pixels.

    What kinds of results there are is told by the header of the first image that has one; without any no path is known.
    An error that is the same for all images, as of an input that is not given, is raised.
    `others` are files that nothing is to be written over, and what they are, beside the program and all inputs.

    Raises
    ------
    MaskError
        No image can be taken, for one reason.
    InputError
        A template has a name that is not known, two results go to one file, or one to a file that is read.
    """
    first = _first(task, cases)
    if first is None:
        return [{} for _ in cases]
    wanted = _Wanted.of(task, first)
    found = [wanted.paths(case) for case in cases]
    _check(task, cases, found, wanted, others or {})
    _check_endings(task, found, wanted)
    return found


def _first(task: Task, cases: Sequence[Case]) -> Looked | None:
    """The first case that can be looked at."""
    errors: dict[str, MaskError] = {}
    for tried, case in enumerate(cases, 1):
        try:
            return look(task, case)
        except MaskError as error:
            errors[str(error)] = error  # what is wrong with one file names it
        if len(errors) == 1 and tried == min(len(cases), _TRIED) > 1:
            raise next(iter(errors.values()))
    return None


# --- all paths -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is written of each image: results, pictures by what they are called, and how it is said where they go."""

    task: Task
    results: Mapping[str, Result]
    overlays: Mapping[str, Result] = field(default_factory=dict)
    histograms: Mapping[str, Result] = field(default_factory=dict)

    @classmethod
    def of(cls, task: Task, first: Looked) -> "_Wanted":
        checked = first.bound.checked
        kinds = {name: step.kind for name, step in checked.outputs}
        results = {name: _made(kind) for name, kind in kinds.items()}
        overlays, histograms = dict[str, Result](), dict[str, Result]()
        if task.pictures.overlay is not None:
            overlays = {name: _picture() for name, kind in kinds.items() if kind.name in SEGMENTATIONS}
            if not overlays:
                raise InputError(messages.OVERLAY_NO_MASK.anywhere(path=shown(task.pictures.overlay)))
        if task.pictures.hist is not None:
            from maskexpr.files import pictures  # only where they are drawn

            histograms = {next(iter(pictures.counted(checked))): _picture()}
        return cls(task, results if task.writes else {}, overlays, histograms)

    def paths(self, case: Case) -> dict[str, str]:
        """Those of one case."""
        task, filling = self.task, case.names
        found = outputs.unfinished(self.results, task.outputs, filling) if self.results else {}
        wanted = task.pictures
        for what, flag, pictures, option, names in (
            ("overlay", "--overlay", self.overlays, wanted.overlay, OVERLAY_NAMES),
            ("histogram", "--hist", self.histograms, wanted.hist, HISTOGRAM_NAMES),
        ):
            if option is not None:
                made = outputs.unfinished(pictures, [option], filling, names, flag)
                found.update({f"{what} of {name}": path for name, path in made.items()})
        return found

    def endings(self, name: str) -> tuple[str, ...]:
        """What may be added to a path that says no ending."""
        return _ENDINGS[self.is_array(name)]

    def is_array(self, name: str) -> bool:
        """Whether a file holds a result that is one, or a picture."""
        result = self.results.get(name)
        return result is None or outputs.is_array(result)


def _made(kind: Kind) -> Result:
    return Result(kind, Table({}) if kind.name == "table" else None)


def _picture() -> Result:
    return Result(Kind("colour", (1, 1), np.dtype(np.uint8), channels=3), None)


# --- what is in their way --------------------------------------------------------------------------------------------


def _check(
    task: Task, cases: Sequence[Case], found: Sequence[Mapping[str, str]], wanted: _Wanted, others: Mapping[str, str]
) -> None:
    files, options = _Files(), [*task.outputs, *task.pictures.options]
    read = {files.key(path): what for path, what in _read(task, cases, others)}
    taken: dict[str, _Target] = {}
    twice, over = list[tuple[_Target, _Target]](), list[str]()
    for target in (_Target(index, name, path) for index, paths in enumerate(found) for name, path in paths.items()):
        if target.path == STANDARD:
            if len(cases) > 1:
                raise InputError(messages.STUDY_STANDARD_OUTPUT.anywhere(count=len(cases)))
            continue
        is_finished = outputs.lacks_no_ending(target.path, options)
        paths = [target.path + ending for ending in ([""] if is_finished else wanted.endings(target.name))]
        keys = [files.key(path) for path in paths]
        what = next((read[key] for key in keys if key in read), None) or files.known(paths, read)
        over += [f"{target.path} ({what})"] if what else []
        twice += [(taken[key], target) for key in keys if key in taken][:1]
        taken.update(dict.fromkeys(keys, target))
    mistakes = [_twice(cases, *twice[0], len(twice), wanted)] if twice else []
    if over:
        mistakes.append(messages.STUDY_OVER_INPUT.anywhere(count=len(over), files=listed(over)))
    if mistakes:
        raise InputError(mistakes)


def _check_endings(task: Task, found: Iterable[Mapping[str, str]], wanted: _Wanted) -> None:
    """Refuse files whose ending is of no format that is written: that would be said of each image in turn."""
    options, known = [*task.outputs, *task.pictures.options], set[tuple[str, bool]]()
    for name, path in (target for paths in found for target in paths.items()):
        ending, is_table = images.ending_of(path), not wanted.is_array(name)
        if path == STANDARD or (ending, is_table) in known or not outputs.lacks_no_ending(path, options):
            continue
        known.add((ending, is_table))
        if not is_table:
            images.check_ending(ending, name=shown(path))
        elif not tables.is_of_tables(ending):
            raise FileError(messages.FILE_NO_TABLE.anywhere(path=shown(path), endings=tables.ENDINGS))


@dataclass(frozen=True, slots=True)
class _Target:
    """The path of what is written of one case."""

    index: int
    name: str
    path: str


def _twice(cases: Sequence[Case], first: _Target, second: _Target, count: int, wanted: _Wanted) -> Diagnostic:
    """What to say of two results that go to one file, and of all that do."""
    if first.index == second.index:
        return messages.OUTPUT_TWICE.anywhere(path=shown(second.path), first=first.name, second=second.name)
    one, other = cases[first.index], cases[second.index]
    if not wanted.is_array(second.name) and second.path in wanted.task.outputs:
        fields = {"path": shown(second.path), "first": shown(one.name), "second": shown(other.name)}
        return messages.STUDY_TABLE_TWICE.anywhere(**fields)
    keys = [f"{name}.{part}" for part in _TOLD_APART_BY for name in one.given]
    apart = next((key for key in keys if one.names.get(key) != other.names.get(key)), "stem")
    fields = {"path": shown(second.path), "first": shown(one.name), "second": shown(other.name)}
    mistake = messages.STUDY_TARGETS_TWICE if count > 1 else messages.STUDY_TARGET_TWICE
    return mistake.anywhere(apart=apart, more=count - 1, **fields)


def _read(task: Task, cases: Iterable[Case], others: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The files that are read, or are others' places, and what they are."""
    yield from others.items()
    program = declared(task.program)
    for path in (program.source.name, *(os.path.join(task.folder, used) for used, _ in program.used)):
        if os.path.isfile(path):
            yield path, PROGRAM
    for info in task.program.inputs:
        if info.default is not None:
            yield os.path.join(task.folder, parted(info.default, task.folder)[0]), INPUT
    for text in dict.fromkeys(text for case in cases for text in case.given.values()):
        yield parted(text)[0], INPUT


class _Files:
    """Paths as the files they lead to: links followed, and written alike where a file system takes them as one."""

    def __init__(self) -> None:
        self._folders: dict[str, tuple[str, bool]] = {}
        self._identities: dict[tuple[int, int], str] | None = None

    def key(self, path: str) -> str:
        folder, name = os.path.split(path)
        if folder not in self._folders:
            real = os.path.realpath(folder)
            self._folders[folder] = (real, is_caseless(real))
        real, caseless = self._folders[folder]
        whole = os.path.join(real, name)
        if os.path.islink(whole):
            whole = os.path.realpath(whole)
        return unicodedata.normalize("NFC", whole).casefold() if caseless else whole

    def known(self, paths: Iterable[str], read: Mapping[str, str]) -> str | None:
        """What a file is that is there, by another of its names."""
        for path in paths:
            identity = _identity(path)
            if identity is None:
                continue
            if self._identities is None:
                found = ((_identity(other), what) for other, what in read.items())
                self._identities = {known: what for known, what in found if known is not None}
            if identity in self._identities:
                return self._identities[identity]
        return None


def _identity(path: str) -> tuple[int, int] | None:
    try:
        known = os.stat(path)
    except (OSError, ValueError):
        return None
    return known.st_dev, known.st_ino


@functools.lru_cache(maxsize=256)
def is_caseless(folder: str) -> bool:
    """Whether names in a folder are the same in large and small letters: its own name, or that of the first folder
    above it that is there and has letters, is tried."""
    while folder != os.path.dirname(folder):
        above, name = os.path.split(folder)
        if name.swapcase() != name and os.path.exists(folder):
            other = os.path.join(above, name.swapcase())
            return os.path.exists(other) and os.path.samefile(folder, other)
        folder = above
    return sys.platform in _CASELESS
