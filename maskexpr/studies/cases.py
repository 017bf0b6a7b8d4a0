"""Which images a study has, found before anything is run: files of patterns and folders, and their partners."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, FileError, InputError
from maskexpr.files import templates
from maskexpr.files.access import STANDARD
from maskexpr.files.decoding.naming import parted, shown
from maskexpr.files.programs import names_of, plain_value
from maskexpr.files.templates import Template
from maskexpr.studies import partners, patterns
from maskexpr.studies.case import Case
from maskexpr.studies.finding import Image, Images, found_by, listed
from maskexpr.studies.partners import Named
from maskexpr.studies.patterns import Folders

_PARTS = ("stem", "name", "parent")  # of an input, that templates may have


@dataclass(frozen=True, slots=True)
class Found:
    """The cases that the given files stand for, and what is to be said of how they were found.

    `are_many` tells a study from one image, or one series, that is read as one without any pattern.
    """

    cases: tuple[Case, ...]
    are_many: bool
    notes: tuple[Diagnostic, ...] = ()


def cases_of(given: Mapping[str, str]) -> list[Case]:
    """The cases that patterns, folders and templates stand for."""
    return list(found(given).cases)


def found(given: Mapping[str, str]) -> Found:
    """What is given for the inputs, case by case.

    A file that is called as is written is that file. Else `{...}` makes a template, `*`, `?` or `[...]` a pattern, and
    a folder stands for its images. The first of them that stands for many leads: its images are the cases, in the order
    of their paths as texts, which is the same on every machine. Others are matched with it. What is one file, one DICOM
    series or a number is the same for each case.
    """
    sorting = _Sorting()
    for name, text in given.items():
        sorting.add(name, text)
    leading = next((name for name, images in sorting.many.items() if not images.is_one), None)
    if leading is None:
        return _one(given, sorting)
    sorting.refuse_missing()
    sorting.tell_of_templates(given)
    return _many(given, sorting, leading)


@dataclass(slots=True)
class _Sorting:
    """What is given for the inputs: the same for all, several images, or to be filled in."""

    same: dict[str, str] = field(default_factory=dict)
    many: dict[str, Images] = field(default_factory=dict)
    filled: dict[str, Template] = field(default_factory=dict)
    said: list[Diagnostic] = field(default_factory=list)
    folders: Folders = field(default_factory=Folders)

    def add(self, name: str, text: str) -> None:
        text, template = _read(text)
        if template is not None:
            self.filled[name] = template
        elif os.path.isdir(text) or patterns.is_pattern(text):
            self.many[name] = found_by(text, self.folders)
            if self.many[name].is_one:
                self.same[name] = self.many[name].found[0].given
        else:
            self.same[name] = text

    def refuse_missing(self) -> None:
        """Refuse what is the same for all images and is not there, or can be read only once."""
        found = []
        for name, text in self.same.items():
            if text == STANDARD:
                raise InputError(messages.STUDY_STANDARD.anywhere(name=name))
            if name not in self.many and plain_value(text) is None and not os.path.lexists(parted(text)[0]):
                found.append(messages.FILE_MISSING.anywhere(path=shown(text)))
        if found:
            raise FileError(found)

    def tell_of_templates(self, given: Mapping[str, str]) -> None:
        """Say which text is taken for the very file that is called so, and could be a template of the inputs."""
        for name, text in self.same.items():
            if name not in self.many and templates.has_braces(text) and os.path.lexists(parted(text)[0]):
                known = {f"{other}.{part}" for other in given for part in _PARTS}
                with suppress(InputError):
                    if known & set(templates.parsed(text).names):
                        self.said.append(messages.STUDY_NOT_FILLED.anywhere(name=name, path=shown(text)))

    @property
    def names(self) -> dict[str, str]:
        """What templates may call what is the same for all."""
        found: dict[str, str] = {}
        for name, text in self.same.items():
            if name in self.many:
                found.update(_names(name, self.many[name].found[0]))
            elif _is_file(text):
                found.update(names_of(name, text))
        return found

    @property
    def notes(self) -> tuple[Diagnostic, ...]:
        passed_over = (
            messages.STUDY_PASSED_OVER.anywhere(
                name=name, count=len(images.passed_over), files=listed(images.passed_over)
            )
            for name, images in self.many.items()
            if images.passed_over
        )
        return (*passed_over, *self.said)


def _read(text: str) -> tuple[str, Template | None]:
    """What is given for an input as a text without braces, or as a template."""
    if not templates.has_braces(text) or os.path.lexists(parted(text)[0]) or _is_in_a_folder_so_called(text):
        return text, None
    template = templates.parsed(text)
    return (text, template) if template.names else (template.plain, None)


def _is_in_a_folder_so_called(text: str) -> bool:
    """Whether all braces are in the names of folders that are there."""
    folder, name = os.path.split(text)
    return (
        bool(folder) and not templates.has_braces(name) and (os.path.isdir(folder) or _is_in_a_folder_so_called(folder))
    )


def _one(given: Mapping[str, str], sorting: _Sorting) -> Found:
    """A single case; what it is called is said by its first file."""
    names = sorting.names
    values = dict(sorting.same)
    first = next((text for text in values.values() if _is_file(text)), "")
    _fill(sorting, [values], [names], [first])
    leading = next((name for name in given if f"{name}.stem" in names), "")
    names = {"stem": names.get(f"{leading}.stem", ""), **names}
    return Found((Case(0, first, _in_order(given, values), names),), False, sorting.notes)


def _many(given: Mapping[str, str], sorting: _Sorting, leading: str) -> Found:
    side = Named(leading, sorting.many[leading].found)
    images = {leading: side.found}
    for name, others in sorting.many.items():
        if name != leading and not others.is_one:
            images[name] = partners.matched(side, Named(name, others.found))
    common = sorting.names
    values, names = list[dict[str, str]](), list[dict[str, str]]()
    for index, image in enumerate(side.found):
        own = {name: of[index] for name, of in images.items()}
        values.append({**sorting.same, **{name: other.given for name, other in own.items()}})
        named = {"stem": image.stem, **common}
        for name, other in own.items():
            named.update(_names(name, other))
        names.append(named)
    paths = [image.path for image in side.found]
    _fill(sorting, values, names, paths)
    cases = (
        Case(index, path, _in_order(given, own), named)
        for index, (path, own, named) in enumerate(zip(paths, values, names, strict=True))
    )
    return Found(tuple(cases), True, sorting.notes)


def _fill(
    sorting: _Sorting, values: Sequence[dict[str, str]], names: Sequence[dict[str, str]], paths: Sequence[str]
) -> None:
    """Fill in the templates, one that is named in another before it; their names are then known, too."""
    for name, template in _by_use(sorting.filled):
        found = partners.filled(name, template, paths, names, sorting.folders)
        for own, named, path in zip(values, names, found, strict=True):
            own[name] = path
            named.update(names_of(name, path))


def _by_use(filled: Mapping[str, Template]) -> Iterator[tuple[str, Template]]:
    left = dict(filled)
    while left:
        ready = [name for name, t in left.items() if not {n.partition(".")[0] for n in t.names} & left.keys()]
        name = ready[0] if ready else next(iter(left))
        yield name, left.pop(name)


def _is_file(text: str) -> bool:
    return text != STANDARD and (os.path.exists(parted(text)[0]) or plain_value(text) is None)


def _names(name: str, image: Image) -> dict[str, str]:
    return {f"{name}.stem": image.stem, f"{name}.name": image.name, f"{name}.parent": image.parent}


def _in_order(given: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    return {name: values[name] for name in given}
