"""The images that a folder or a pattern stands for."""

import functools
import glob
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError, InputError, MaskError
from maskexpr.files import images, tables
from maskexpr.files.access import STANDARD
from maskexpr.files.decoding.naming import shown
from maskexpr.files.images import opening, several
from maskexpr.studies.patterns import File, Folders, last_part

NAMED = 6  # files that a message lists
_OTHERS = (".mask", ".jsonl", ".html", ".tmp")  # what programs and studies are written in, beside tables
_SAMPLES = (".img", ".raw", ".zraw", ".img.gz", ".raw.gz")  # of which a header beside them tells
_HEADERS = (".hdr", ".hdr.gz", ".mhd", ".nhdr")
_DIRECTORY = "DICOMDIR"  # the list of the files on a medium, a DICOM file itself
_OURS = ("maskexpr.lock", "maskexpr-journal.")  # how the names of a study's own files begin


@dataclass(frozen=True, slots=True)
class Image:
    """One of the images that were found.

    Attributes
    ----------
    given
        As it would be written behind `name=`.
    path
        Of the file, or of the folder of a series.
    parent
        Its folder below the one that was named.
    is_series
        Whether it is all files in that folder together.
    """

    given: str
    path: str
    parent: str = ""
    is_series: bool = False

    @property
    def name(self) -> str:
        """The name of the file, or folder, whole."""
        return os.path.basename(os.path.abspath(self.path) if self.is_series else self.path)

    @property
    def stem(self) -> str:
        """The same without the ending of a file."""
        name = self.name
        return name if self.is_series else name[: len(name) - len(images.ending_of(name))]


@dataclass(frozen=True, slots=True)
class Images:
    """What was found, in the order of the paths, and what was passed over: no images. `is_one` says that all files are
    one series, which is one image."""

    found: tuple[Image, ...]
    passed_over: tuple[str, ...] = ()
    is_one: bool = False


def found_by(text: str, folders: Folders) -> Images:
    """The images that a folder or pattern stands for. A folder stands for those in it, not for those below."""
    is_folder, part = os.path.isdir(text), ""
    files = folders.files(text) if is_folder else folders.matching(text)
    if not files and ":" in os.path.basename(text):
        text, _, part = text.rpartition(":")
        files = folders.matching(text)
    if not files:
        mistake = messages.STUDY_NO_FILE if is_folder else messages.PATTERN_NO_FILE
        raise FileError(mistake.anywhere(path=shown(text)))
    last = "*" if is_folder else last_part(text)
    kept, passed_over = _kept(files, last)
    if not kept:
        raise InputError(messages.STUDY_NO_IMAGE.anywhere(path=shown(text), count=len(files)))
    if part:
        return Images(tuple(Image(f"{file.path}:{part}", file.path, file.parent) for file in kept))
    found, without = _as_images(kept, last)
    is_one = len(found) == 1 and several.is_of_series(kept[0].path)
    if is_one and len({file.folder for file in files}) == 1:
        first = kept[0]
        found = [Image(text, first.folder or os.curdir, os.path.dirname(first.parent), is_series=True)]
    return Images(tuple(found), () if is_one else tuple(passed_over + without), is_one)


def _kept(files: Sequence[File], last: str) -> tuple[list[File], list[str]]:
    """The images among some files, and what else is passed over: of a pattern that says how names end, all are kept."""
    stated = images.ending_of(last)
    if stated and not glob.has_magic(stated):
        return list(files), []
    kept, others = [], []
    for file in files:
        judged = _is_image(file.path, images.ending_of(file.path))
        if judged:
            kept.append(file)
        elif judged is not None:
            others.append(file.path)
    return kept, others


def _is_image(path: str, ending: str) -> bool | None:
    """Whether a file is an image, by its name, else by how it begins; None for what is written beside images."""
    if images.is_ending(ending):
        return True
    if tables.is_of_tables(ending) or ending in _OTHERS or os.path.basename(path).startswith(_OURS):
        return None
    if ending in _SAMPLES and any(os.path.exists(path[: -len(ending)] + header) for header in _HEADERS):
        return None
    if os.path.basename(path) == _DIRECTORY:
        return False
    try:
        return opening.format_of(path) is not None
    except FileError:
        return True  # which says why it cannot be read when its turn comes


# --- files of one series ---------------------------------------------------------------------------------------------


def _as_images(files: Sequence[File], last: str) -> tuple[list[Image], list[str]]:
    """Files as images, those of one series in one folder as one; and the names of those that hold no image."""
    is_of_series = _by_ending(several.is_of_series)
    members: dict[str, list[File]] = {}
    found, without = [], list[str]()
    for file in files:
        if is_of_series(file.path):
            members.setdefault(file.folder, []).append(file)
        else:
            found.append(_single(file))
    for together in members.values():
        if len(together) == 1:
            found.append(_single(together[0]))
        else:
            named, others = _by_series(together)
            without += others
            found += _of_series(named, len(together), last)
    series = {image.path for image in found if image.is_series}
    beside = [image for image in found if os.path.dirname(image.path) in series]
    kept = sorted((image for image in found if image not in beside), key=lambda image: image.path)
    return kept, without + [image.path for image in beside]


def _by_ending(judge: Callable[[str], bool]) -> Callable[[str], bool]:
    """The same for files whose names end in an ending of a format: asked once for each of them."""
    known = functools.cache(lambda ending: judge(f"x{ending}"))

    def judged(path: str) -> bool:
        ending = images.ending_of(path)
        if images.is_ending(ending):
            return known(ending)
        try:
            return judge(path)
        except FileError:
            return False

    return judged


def _single(file: File) -> Image:
    given = os.path.join(os.curdir, file.path) if file.path == STANDARD else file.path
    return Image(given, file.path, file.parent)


def _by_series(files: Sequence[File]) -> tuple[dict[str, list[File]], list[str]]:
    """Files by the series that they belong to, and those without an image. One that cannot be read is its own, where
    there are several, so that it is told of alone."""
    named: dict[str, list[File]] = {}
    unread, without = [], []
    for file in files:
        try:
            series = several.member_of(file.path)
        except MaskError:
            unread.append(file)
            continue
        if series is None:
            without.append(file.path)
        else:
            named.setdefault(series or file.path, []).append(file)
    if len(named) == 1 and len(files) - len(unread) > 1:
        next(iter(named.values())).extend(unread)
    else:
        named.update({file.path: [file] for file in unread})
    return named, without


def _of_series(named: dict[str, list[File]], count: int, last: str) -> list[Image]:
    """An image for each series in a folder."""
    if not named:
        return []
    first = next(iter(named.values()))[0]
    parts = [(members, _pattern(members, named.values())) for members in named.values()]
    if len(named) == 1 or not all(pattern for _, pattern in parts):
        folder, up = first.folder, os.path.dirname(first.parent)
        given = folder if last == "*" else os.path.join(glob.escape(folder), last)
        return [Image(given or os.curdir, folder or os.curdir, up, is_series=True)]
    return [Image(pattern, members[0].path, members[0].parent) for members, pattern in parts]


def _pattern(members: Sequence[File], groups: Iterable[Sequence[File]]) -> str:
    """A pattern for the names of some files and no others, or the name of a single one; "" if they do not begin
    alike."""
    if len(members) == 1:
        return _single(members[0]).given
    prefix = os.path.commonprefix([file.path for file in members])  # noqa: RUF071 - of names, not of folders
    others = (file.path for group in groups if group is not members for file in group)
    alone = os.path.basename(prefix) and not any(other.startswith(prefix) for other in others)
    return f"{glob.escape(prefix)}*" if alone else ""


def listed(names: Sequence[str]) -> str:
    """The first of some, and how many there are more."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(map(shown, names[:NAMED])) + more
