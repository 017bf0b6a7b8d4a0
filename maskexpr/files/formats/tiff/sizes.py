"""The size of a pixel, in millimetres, from what TIFF files say of it."""

import math
from fractions import Fraction

from maskexpr.files.decoding.tags import Page
from maskexpr.kinds.grid import rounded

_INCH, _CENTIMETRE = 2, 3
_MILLIMETRES = {
    **{"pm": 1e-9, "nm": 1e-6, "um": 1e-3, "µm": 1e-3, "μm": 1e-3, "\\u00b5m": 1e-3, "mm": 1.0, "cm": 10.0},
    **{"micron": 1e-3, "microns": 1e-3, "micrometer": 1e-3, "nanometer": 1e-6, "millimeter": 1.0, "in": 25.4},
    **{"inch": 25.4, "å": 1e-7, "m": 1000.0, "km": 1e6, "dm": 100.0, "ft": 304.8},
}
_MOST_DPI = 9600


def millimetres(value: float, unit: str) -> Fraction | None:
    """A size in some unit, to six digits; None where the unit is no length, or the size none."""
    scale = _MILLIMETRES.get(unit.strip().lower())
    if scale is None or not math.isfinite(value) or not 1e-30 < value * scale < 1e30:
        return None
    return rounded(value * scale)


def of_tags(page: Page) -> tuple[dict[str, Fraction], str]:
    """The sizes along x and y that a page's resolution states, and a note of them.

    Whole dots per inch up to 9,600 are what cameras, scanners and programs write for printers (72, 96, 300), and one
    per centimetre is what is written where nothing is known: no sizes.
    """
    if page.resolution is None or page.unit not in (_INCH, _CENTIMETRE):
        return {}, ""
    if page.unit == _CENTIMETRE and page.resolution == (1, 1):
        return {}, ""
    sizes = {}
    for axis, number in zip("xy", page.resolution, strict=True):
        per_inch = number if page.unit == _INCH else number * 2.54
        is_stated = page.unit == _CENTIMETRE and number == round(number)
        if not is_stated and per_inch <= _MOST_DPI and abs(per_inch - round(per_inch)) < 0.02:
            return {}, f"{round(per_inch)} dots per inch are for printers: no size of pixels is taken from them"
        size = millimetres(1 / number, "in" if page.unit == _INCH else "cm") if number > 0 else None
        if size is None:
            return {}, ""
        sizes[axis] = size
    return sizes, "size of pixels from the resolution " + ("per inch" if page.unit == _INCH else "per centimetre")
