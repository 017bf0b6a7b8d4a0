"""What belongs to each image: files that a template comes to, or that are called alike."""

import glob
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, InputError
from maskexpr.files.decoding.naming import parted
from maskexpr.files.images import several
from maskexpr.files.templates import Template
from maskexpr.studies.finding import Image, listed
from maskexpr.studies.patterns import Folders

_Key = Callable[[Image], str]


@dataclass(frozen=True, slots=True)
class Named:
    """The images of one input."""

    name: str
    found: Sequence[Image]


def matched(leading: Named, other: Named) -> list[Image]:
    """The partner of each leading image among others: the one that is called alike, without its ending; where names
    occur in several folders, that lies in such a folder, too."""
    key = next((key for key in (_stem, _place) if all(not _twice(side, key) for side in (leading, other))), None)
    if key is None:
        raise InputError([_ambiguous(side, leading) for side in (leading, other) if _twice(side, _place)])
    partners = {key(image): image for image in other.found}
    wanted = {key(image) for image in leading.found}
    lone = [image.path for image in leading.found if key(image) not in partners]
    left = [image.path for image in other.found if key(image) not in wanted]
    mistakes = []
    for side, without, partner in ((leading, lone, other), (other, left, leading)):
        if without:
            fields = {"name": partner.name, "count": len(without), "all": len(side.found), "files": listed(without)}
            example = f"{partner.name}='.../{{{side.name}.stem}}.png'"
            mistakes.append(messages.STUDY_NOT_MATCHED.anywhere(example=example, other=side.name, **fields))
    if mistakes:
        raise InputError(mistakes)
    return [partners[key(image)] for image in leading.found]


def _stem(image: Image) -> str:
    return image.stem


def _place(image: Image) -> str:
    return os.path.join(image.parent, image.stem)


def _twice(side: Named, key: _Key) -> dict[str, list[Image]]:
    """The images that are called as others of them are."""
    found: dict[str, list[Image]] = {}
    for image in side.found:
        found.setdefault(key(image), []).append(image)
    return {name: alike for name, alike in found.items() if len(alike) > 1}


def _ambiguous(side: Named, leading: Named) -> Diagnostic:
    alike = [image.path for group in _twice(side, _place).values() for image in group]
    example = f"'.../{{{leading.name}.parent}}/{{{leading.name}.stem}}.png'"
    return messages.STUDY_STEM_TWICE.anywhere(name=side.name, files=listed(alike), example=example)


# --- by a template ---------------------------------------------------------------------------------------------------


def filled(
    name: str, template: Template, images: Sequence[str], values: Sequence[Mapping[str, str]], folders: Folders
) -> list[str]:
    """The path that a template comes to for each image; where patterns are in it, of the one file that matches."""
    found, missing, ambiguous = [], list[str](), list[str]()
    is_pattern = glob.has_magic(template.plain)
    for image, own in zip(images, values, strict=True):
        path = template.filled(own)
        paths = [path]
        if is_pattern and not _is_there(path):
            paths = _matching(path, template.filled(_escaped(own)), folders)
        elif not _is_there(path):
            paths = []
        found.append(paths[0] if paths else path)
        if not paths:
            missing.append(f"{image} (no {path})")
        elif len(paths) > 1:
            ambiguous.append(f"{image} ({', '.join(paths[:2])})")
    mistakes = [
        mistake.anywhere(name=name, count=len(files), all=len(images), files=listed(files))
        for mistake, files in ((messages.STUDY_NO_PARTNER, missing), (messages.STUDY_SEVERAL_PARTNERS, ambiguous))
        if files
    ]
    if mistakes:
        raise InputError(mistakes)
    return found


def _matching(path: str, pattern: str, folders: Folders) -> list[str]:
    """The files that match; those of a series are one."""
    paths = [file.path for file in folders.matching(pattern)]
    return [pattern] if len(paths) > 1 and all(map(several.is_of_series, paths)) else paths


def _escaped(values: Mapping[str, str]) -> dict[str, str]:
    return {name: glob.escape(value) for name, value in values.items()}


def _is_there(path: str) -> bool:
    return os.path.lexists(parted(path)[0])
