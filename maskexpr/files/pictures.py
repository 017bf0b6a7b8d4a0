"""Pictures of results, made for files: masks on their images, and how often values occur."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from maskexpr.api import Result, evaluate
from maskexpr.checker.binding import Image
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import InputError
from maskexpr.display import pictures
from maskexpr.display.views import View
from maskexpr.files import outputs
from maskexpr.files.decoding.naming import shown
from maskexpr.kinds.kind import INTENSITIES, SEGMENTATIONS, Kind
from maskexpr.language.formatting import on_one_line
from maskexpr.program.steps import Checked, Step

_TITLES = {"overlay": "overlay", "hist": "histogram"}
_PLOT = (400, 800)  # the height and width of a histogram in a file


@dataclass(frozen=True, slots=True)
class PictureFiles:
    """Pictures to be written and their paths, by what their records call them."""

    made: dict[str, Result] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)

    def add(
        self, what: str, pictures: Mapping[str, Result], option: str, filling: Mapping[str, str], names: str
    ) -> None:
        """Pictures that the option --`what` asks for; see `files.outputs.targets`."""
        for name, path in outputs.targets(pictures, [option], filling, names, f"--{what}").items():
            title = f"{_TITLES[what]} of {name}"
            self.made[title], self.paths[title] = pictures[name], path


def overlays(views: Mapping[str, View], path: str, mode: str | None) -> dict[str, Result]:
    """Masks and labels on their images, outlined or as `mode` says, in the size of the images."""
    views = {name: view for name, view in views.items() if view.kind.name in SEGMENTATIONS}
    if not views:
        raise InputError(messages.OVERLAY_NO_MASK.anywhere(path=shown(path)))
    for name, view in views.items():
        if view.on is None:
            raise InputError(messages.OVERLAY_NO_IMAGE.anywhere(name=name, shape=view.kind))
    return {name: _made(replace(view, mode=mode or "contour").raster()) for name, view in views.items()}


def histogram(
    name: str, image: Any, kind: Kind, marks: Mapping[str, float], parts: Iterable[tuple[str, Any, Kind]]
) -> Result:
    """How often values occur in an image, and within the first of some masks or labels that has its shape."""
    if kind.name == "colour":
        image, name = evaluate("gray(im)", im=Image(image, kind="colour")), f"gray({name})"
    part, names = None, (name, "")
    for title, value, of in parts:
        if of.name in SEGMENTATIONS and of.shape == kind.shape:
            part, names = image[value if of.name == "mask" else value > 0], (name, f"within {title}")
            break
    return _made(pictures.histogram(image, marks, part, _PLOT, names=names))


def _made(rgb: np.ndarray[Any, Any]) -> Result:
    return Result(Kind("colour", rgb.shape[:2], rgb.dtype, channels=3), rgb)


def counted(checked: Checked) -> dict[str, Step]:
    """The image whose values tell most of a program, under its name, and then the numbers it is compared with.

    It is an input that is compared with numbers, else another image that is, else the first input.
    """
    inputs = [s for s in checked.steps if s.name and s.function is None and s.kind.name in INTENSITIES]
    compared = checked.compared()
    among = [image for image, _, _ in compared]
    image = next((step for step in [*(s for s in among if s in inputs), *among, *inputs]), None)
    if image is None:
        raise InputError(messages.HISTOGRAM_NO_IMAGE.anywhere())
    named = {step: name for name, step in checked.bindings if name}
    name = image.name or named.get(image) or on_one_line(image.source, image.span)
    return {name: image, **{text: number for other, text, number in compared if other is image}}
