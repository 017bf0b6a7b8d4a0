"""Small pictures of each image, made where its results are, and kept in a folder until pages are made of them; with
them, how many rows its tables have, which are not kept themselves.

They are files, so that an image that was done before is in a contact sheet again without being read again: all of one
case in one file, whose name follows from the case alone.
"""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from maskexpr.api import Program, Result
from maskexpr.checker import binding
from maskexpr.diagnostics.errors import FileError
from maskexpr.display import pictures, results, views
from maskexpr.display.views import View
from maskexpr.files import images, outputs
from maskexpr.files.images.opening import open_file
from maskexpr.files.programs import Loaded
from maskexpr.files.runs import FileRun
from maskexpr.kinds.kind import INTENSITIES, SEGMENTATIONS
from maskexpr.studies.case import Case

TILE = (256, 256)  # of a contact sheet, and of a row of a report
_LARGE = (512, 512)  # what a row is enlarged to
_MOST = 6  # of one image
_QUALITY, _FINE = 72, 80  # of JPEG, of the large and the small ones


@dataclass(frozen=True, slots=True)
class Preview:
    """A result on its image, as two small JPEG files, and a few words on it."""

    name: str
    note: str
    tile: bytes
    large: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """What pages show of a case: its pictures, and the number of rows of its tables."""

    previews: tuple[Preview, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)


def path_of(folder: str, case: Case) -> str:
    """The file that the pictures of a case are in."""
    given = json.dumps([case.name, sorted(case.given.items())])
    return os.path.join(folder, hashlib.sha256(given.encode("utf-8", "surrogatepass")).hexdigest()[:32] + ".json")


def keep(folder: str, case: Case, run: FileRun, mode: str | None) -> str:
    """Make the pictures of a case and put them in the folder, which is made; the path of their file."""
    rows = {name: result.value.rows for name, result in run.results.items() if outputs.is_table(result)}
    return _put(folder, case, Kept(tuple(made(run, mode)), rows))


def keep_failed(folder: str, case: Case, program: Program, loaded: Loaded | None) -> None:
    """Those of a case that failed: what it was given, as far as that could be read."""
    image = _given(program, loaded.values) if loaded is not None else None
    found = [] if image is None else [_preview(image[0], views.view_of(image[1].value, image[1].kind, None))]
    _put(folder, case, Kept(tuple(found)))


def _put(folder: str, case: Case, kept: Kept) -> str:
    entries = [{"name": p.name, "note": p.note, "tile": _text(p.tile), "large": _text(p.large)} for p in kept.previews]
    outputs.make_folder(os.path.join(folder, ""))
    path = path_of(folder, case)
    images.put(path, json.dumps({"rows": kept.rows, "pictures": entries}).encode())
    return path


def kept(folder: str, case: Case) -> Kept:
    """What there is of a case; nothing where there is no such file, or it is not whole."""
    try:
        with open_file(path_of(folder, case)) as stream:
            content = json.load(stream)
        previews = (Preview(e["name"], e["note"], _bytes(e["tile"]), _bytes(e["large"])) for e in content["pictures"])
        return Kept(tuple(previews), {name: int(rows) for name, rows in content["rows"].items()})
    except (FileError, OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Kept()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


# --- made ------------------------------------------------------------------------------------------------------------


def made(run: FileRun, mode: str | None) -> list[Preview]:
    """Each mask and labels on its image, outlined or as `mode` says; where there is none, the images that come out, and
    else the first that went in."""
    shown: Mapping[str, Result]
    shown = {name: result for name, result in run.results.items() if result.kind.name in SEGMENTATIONS}
    shown = shown or {name: result for name, result in run.results.items() if result.kind.is_array}
    shown = shown or dict(filter(None, [_given(run.program, run.loaded.values)]))
    return [_preview(name, run.view(result, mode or "contour")) for name, result in list(shown.items())[:_MOST]]


def _given(program: Program, values: Mapping[str, Any]) -> tuple[str, Result] | None:
    """The first image of what a program is given, and its name."""
    kinds = {info.name: info.kind for info in program.inputs}
    for name, value in values.items():
        if not isinstance(value, bool | int | float | str):
            array, kind = binding.taken(value, name, kinds.get(name))
            if kind.name in INTENSITIES:
                return name, Result(kind, array)
    return None


def _preview(name: str, view: View) -> Preview:
    index = pictures.most_outlined(view.value, view.kind.name)
    view = replace(view, plane=index)
    notes = [_share(view), f"slice {', '.join(map(str, index))}" if index else ""]
    tile, large = (pictures.jpeg(view.raster(room), quality) for room, quality in ((TILE, _FINE), (_LARGE, _QUALITY)))
    return Preview(name, ", ".join(filter(None, notes)), tile, large)


def _share(view: View) -> str:
    """How much of a mask is on, of what has data."""
    if view.kind.name != "mask":
        return ""
    size = view.value.size if view.valid is None else np.count_nonzero(view.valid)
    return f"{results.share_text(int(np.count_nonzero(view.value)), int(size))} on"
