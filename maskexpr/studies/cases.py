"""Which images a study has, found before anything is run: files of patterns and folders, and their partners."""

from collections.abc import Mapping

from maskexpr.files.images.opening import format_of
from maskexpr.files.images.several import files_of, is_several
from maskexpr.files.programs import stem_of
from maskexpr.studies.case import Case


def are_many(given: Mapping[str, str]) -> bool:
    """Whether what is given for the inputs stands for many images."""
    return any(map(_is_many, given.values()))


def _is_many(path: str) -> bool:
    """A folder or pattern, but for one of the slices of one volume."""
    return is_several(path) and not any(getattr(format_of(file), "series", None) for file in files_of(path))


def cases_of(given: Mapping[str, str]) -> list[Case]:
    """The cases that patterns, folders and templates stand for."""
    leading = next((name for name, path in given.items() if _is_many(path)), None)
    if leading is None:
        return [Case(0, next(iter(given.values()), ""), given)]
    return [
        Case(index, path, {**given, leading: path}, {f"{leading}.stem": stem_of(path), "stem": stem_of(path)})
        for index, path in enumerate(files_of(given[leading]))
    ]
