"""Contact sheets of a study: the overlays of all its images on pages, failures as marked tiles among them."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress

from maskexpr import __version__
from maskexpr.api import Program
from maskexpr.diagnostics.errors import MaskError
from maskexpr.diagnostics.messages import counted
from maskexpr.display import pictures
from maskexpr.display.pictures import Tile
from maskexpr.files import images, outputs
from maskexpr.studies.case import Case
from maskexpr.studies.outcome import Outcome
from maskexpr.studies.reports import thumbnails
from maskexpr.studies.reports.naming import said, short_names
from maskexpr.studies.reports.numbers import numbers_of, text_of
from maskexpr.studies.reports.thumbnails import Preview

Done = Sequence[tuple[Case, Outcome]]

_LONGEST = 2**16  # letters of a program that a sheet carries
_SHEET = "contact sheet"  # what its files say they are, as those of results name an output


def contact_sheet(path: str, program: Program, done: Done, folder: str, left: int = 0) -> list[str]:
    """Write the pages: `path` if it is one, else "qc-1.png", "qc-2.png"... of "qc.png".

    Parameters
    ----------
    path
        An image file.
    done
        All cases in order, with what became of them.
    folder
        Where `thumbnails` has put their pictures.
    left
        How many images were not come to.

    Returns
    -------
    The paths that were written.
    """
    tiles = [*_tiles(done, folder)]
    most = pictures.tiles_on()
    targets = paths_of(path, len(tiles))
    pages = [tiles[index * most : (index + 1) * most] for index in range(len(targets))]
    failed = sum(outcome.is_failed for _, outcome in done)
    counts = counted(len(done) + left, "image") + (f", {failed:,} failed" if failed else "")
    counts += f", {left:,} not begun" if left else ""
    name, text = os.path.basename(program.name), program.source
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n..."
    record = {"maskexpr": __version__, "output": _SHEET, "name": name, "program": text}
    for index, (page, target) in enumerate(zip(pages, targets, strict=True)):
        place = f", page {index + 1} of {len(pages)}" if len(pages) > 1 else ""
        own = json.dumps({**record, "page": index + 1} if len(pages) > 1 else record)
        raster = pictures.contact_sheet(page, f"{name}: {counts}{place}")
        outputs.write_raster(target, images.Raster(raster, "colour"), own)
    _remove_others(path, targets)
    return targets


def _remove_others(path: str, targets: Sequence[str]) -> None:
    """Remove pages of a sheet that was larger or smaller before: they would be looked through as if they were of this
    one."""
    number = 1 if path in targets else len(targets) + 1
    with suppress(OSError):
        if path not in targets and _page_of(path) == 0:
            os.remove(path)
        while _page_of(other := _numbered(path, number)) == number:
            os.remove(other)
            number += 1


def paths_of(path: str, count: int) -> list[str]:
    """The files of the pages of so many tiles."""
    pages = max(1, -(-count // pictures.tiles_on()))
    return [path] if pages == 1 else [_numbered(path, number) for number in range(1, pages + 1)]


def _numbered(path: str, number: int) -> str:
    ending = images.ending_of(path)
    return f"{path[: len(path) - len(ending)]}-{number}{ending}"


def is_sheet(path: str) -> bool:
    """Whether a file is a contact sheet."""
    return _page_of(path) is not None


def _page_of(path: str) -> int | None:
    """Which page of a contact sheet a file is, 0 if it is all of it; None of other files."""
    try:
        text = images.read_text(path)
        content = json.loads(text) if text else None
    except (MaskError, ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or content.get("output") != _SHEET:
        return None
    page = content.get("page", 0)
    return page if isinstance(page, int) else 0


def _tiles(done: Done, folder: str) -> Iterator[Tile]:
    """A tile an overlay; the pictures of one image after another are read, so that only small ones are held."""
    for (case, outcome), name in zip(done, short_names([case.name for case, _ in done]), strict=True):
        kept = thumbnails.kept(folder, case)
        found = kept.previews or (Preview("", "", b"", b""),)
        if outcome.is_failed:
            reason = f"{outcome.errors[0].code}: {said(outcome.errors[0])[0]}"
            yield Tile(name, picture=found[0].tile, failure=reason)
            continue
        number = next((f"{key} = {text_of(value)}" for key, value in numbers_of(outcome, kept).items()), "")
        for preview in found:
            of = f"{preview.name}: " if len(found) > 1 else ""
            yield Tile(name, of + ", ".join(filter(None, [number, preview.note])), preview.tile)
