"""Contact sheets of a study: the overlays of all its images on pages, failures as marked tiles among them."""

import os
from collections.abc import Iterator, Sequence

from maskexpr.api import Program
from maskexpr.display import pictures
from maskexpr.display.pictures import Tile
from maskexpr.files import images, outputs
from maskexpr.studies.case import Case
from maskexpr.studies.outcome import Outcome
from maskexpr.studies.reports import thumbnails
from maskexpr.studies.reports.naming import short_names
from maskexpr.studies.reports.numbers import counted, numbers_of, text_of
from maskexpr.studies.reports.thumbnails import Preview

Done = Sequence[tuple[Case, Outcome]]


def contact_sheet(path: str, program: Program, done: Done, folder: str) -> list[str]:
    """Write the pages: `path` if it is one, else "qc-1.png", "qc-2.png"... of "qc.png".

    Parameters
    ----------
    path
        An image file.
    done
        All cases in order, with what became of them.
    folder
        Where `thumbnails` has put their pictures.

    Returns
    -------
    The paths that were written.
    """
    tiles = [*_tiles(done, folder)]
    most = pictures.tiles_on()
    pages = [tiles[start : start + most] for start in range(0, len(tiles), most)] or [[]]
    failed = sum(outcome.is_failed for _, outcome in done)
    counts = counted(len(done), "image") + (f", {failed:,} failed" if failed else "")
    written = []
    for index, page in enumerate(pages):
        place = f", page {index + 1} of {len(pages)}" if len(pages) > 1 else ""
        raster = pictures.contact_sheet(page, f"{os.path.basename(program.name)}: {counts}{place}")
        target = path if len(pages) == 1 else _numbered(path, index + 1)
        outputs.write_raster(target, images.Raster(raster, "colour"))
        written.append(target)
    return written


def _numbered(path: str, number: int) -> str:
    ending = images.ending_of(path)
    return f"{path[: len(path) - len(ending)]}-{number}{ending}"


def _tiles(done: Done, folder: str) -> Iterator[Tile]:
    """A tile an overlay; the pictures of one image after another are read, so that only small ones are held."""
    for (case, outcome), name in zip(done, short_names([case.name for case, _ in done]), strict=True):
        if outcome.is_failed:
            first = outcome.errors[0]
            yield Tile(name, failure=f"{first.code}: {first.message}")
            continue
        found = thumbnails.kept(folder, case) or [Preview("", "", b"", b"")]
        number = next((f"{key} = {text_of(value)}" for key, value in numbers_of(outcome).items()), "")
        for preview in found:
            of = f"{preview.name}: " if len(found) > 1 else ""
            yield Tile(name, of + ", ".join(filter(None, [number, preview.note])), preview.tile)
