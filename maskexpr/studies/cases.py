"""Which images a study has, found before anything is run: files of patterns and folders, and their partners."""

from collections.abc import Mapping

from maskexpr.files.images import files_of, is_several
from maskexpr.files.programs import stem_of
from maskexpr.studies.case import Case


def are_many(given: Mapping[str, str]) -> bool:
    """Whether what is given for the inputs stands for many images."""
    return any(is_several(path) for path in given.values())


def cases_of(given: Mapping[str, str]) -> list[Case]:
    """The cases that patterns, folders and templates stand for."""
    leading = next(name for name, path in given.items() if is_several(path))
    return [
        Case(index, path, {**given, leading: path}, {f"{leading}.stem": stem_of(path), "stem": stem_of(path)})
        for index, path in enumerate(files_of(given[leading]))
    ]
