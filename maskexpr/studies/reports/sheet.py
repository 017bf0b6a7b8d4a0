"""Contact sheets of a study: the overlays of all its images on pages, failures as marked tiles among them."""

import json
import os
from collections.abc import Iterator, Sequence

from maskexpr import __version__
from maskexpr.api import Program
from maskexpr.diagnostics.errors import MaskError
from maskexpr.display import pictures
from maskexpr.display.pictures import Tile
from maskexpr.files import images, outputs
from maskexpr.studies.case import Case
from maskexpr.studies.outcome import Outcome
from maskexpr.studies.reports import thumbnails
from maskexpr.studies.reports.naming import said, short_names
from maskexpr.studies.reports.numbers import counted, numbers_of, text_of
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
    record = json.dumps({"maskexpr": __version__, "output": _SHEET, "name": name, "program": text})
    for index, (page, target) in enumerate(zip(pages, targets, strict=True)):
        place = f", page {index + 1} of {len(pages)}" if len(pages) > 1 else ""
        raster = pictures.contact_sheet(page, f"{name}: {counts}{place}")
        outputs.write_raster(target, images.Raster(raster, "colour"), record)
    return targets


def paths_of(path: str, count: int) -> list[str]:
    """The files of the pages of so many tiles."""
    pages = max(1, -(-count // pictures.tiles_on()))
    ending = images.ending_of(path)
    return [path] if pages == 1 else [f"{path[: len(path) - len(ending)]}-{n}{ending}" for n in range(1, pages + 1)]


def is_sheet(path: str) -> bool:
    """Whether a file is a contact sheet."""
    try:
        text = images.read_text(path)
        content = json.loads(text) if text else None
    except (MaskError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and content.get("output") == _SHEET


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
