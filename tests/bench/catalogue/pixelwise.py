"""Rows of functions that work on each pixel by itself."""

import functools
from typing import Any

import numpy as np

from .rows import BYTES, FLOATS, Lazy, Row, real, row, signed, wide

cv2: Any = Lazy("cv2")
numexpr: Any = Lazy("numexpr")

each = functools.partial(row, flat=True)


SOME = [3, 17, 40, 41, 99]
SOME_OF_BYTES = np.isin(np.arange(256), SOME)


def of_floats(name: str) -> Row:
    """A row of an elementary function, by NumPy's function of the same name."""
    function = getattr(np, {"round": "rint"}.get(name, name))
    peers: dict[str, Any] = {"np": lambda im: function(real(im))}
    if name not in ("round", "log2"):
        peers["numexpr"] = lambda im: numexpr.evaluate(f"{name}(f)", {"f": real(im)})
    return each(name, f"{name}(im)", **peers)


def numexpr_of(text: str) -> Any:
    return lambda im: numexpr.evaluate(text, {"im": im})


def absolute_difference(a: Any, b: Any) -> Any:
    return abs(a - b) if a.dtype.kind == "f" else np.where(a > b, a - b, b - a)


def cv_type(im: Any, of_bytes: str) -> int:
    return int(getattr(cv2, of_bytes)) if im.dtype == np.uint8 else -1


ROWS = (
    each(
        "im > t",
        "im > t",
        np=lambda im, t: im > t,
        cv2=lambda im, t: cv2.threshold(im, t, 255, cv2.THRESH_BINARY)[1],
    ),
    each(
        "between",
        "between(im, 32, 64)",
        np=lambda im: (im >= 32) & (im <= 64),
        cv2=lambda im: cv2.inRange(im, 32, 64),
        numexpr=numexpr_of("(im >= 32) & (im <= 64)"),
    ),
    each(
        "clip",
        "clip(im, 20, 90)",
        np=lambda im: np.clip(im, 20, 90),
        cv2=lambda im: cv2.min(cv2.max(im, 20), 90),
    ),
    each(
        "where",
        "where(im > 64, im, 0)",
        np=lambda im: np.where(im > 64, im, 0),
        cv2=lambda im: cv2.threshold(im, 64, 0, cv2.THRESH_TOZERO)[1],
    ),
    each("im ** 2", "im ** 2", np=lambda im: np.multiply(im, im, dtype=wide(im))),
    each("im // 3", "im // 3", on=BYTES, np=lambda im: im // 3),
    each("im % 7", "im % 7", on=BYTES, np=lambda im: im % 7),
    each(
        "a + b",
        "a + b",
        np=lambda a, b: np.add(a, b, dtype=wide(a)),
        cv2=lambda a, b: cv2.add(a, b, dtype=cv_type(a, "CV_16U")),
    ),
    each(
        "a - b",
        "a - b",
        np=lambda a, b: np.subtract(a, b, dtype=signed(a)),
        cv2=lambda a, b: cv2.subtract(a, b, dtype=cv_type(a, "CV_16S")),
    ),
    each(
        "a * b",
        "a * b",
        np=lambda a, b: np.multiply(a, b, dtype=wide(a)),
        cv2=lambda a, b: cv2.multiply(a, b, dtype=cv_type(a, "CV_16U")),
    ),
    each("a / b", "a / b", np=lambda a, b: np.divide(a, b)),
    each("abs diff", "abs(a - b)", np=absolute_difference, cv2=lambda a, b: cv2.absdiff(a, b)),
    each("sign", "sign(a - b)", np=lambda a, b: np.sign(np.subtract(a, b, dtype=signed(a)))),
    each("minimum", "minimum(a, b)", np=lambda a, b: np.minimum(a, b), cv2=lambda a, b: cv2.min(a, b)),
    each("maximum", "maximum(a, b)", np=lambda a, b: np.maximum(a, b), cv2=lambda a, b: cv2.max(a, b)),
    each("bit", "bit(im, 3)", on=BYTES, np=lambda im: (im & 8) != 0),
    each("bits", "bits(im, 2, 4)", on=BYTES, np=lambda im: (im >> 2) & 7),
    each("isin", f"isin(im, {SOME})", on=BYTES, np=(lambda im: np.isin(im, SOME), lambda im: SOME_OF_BYTES[im])),
    each("isnan", "isnan(im)", on=(FLOATS,), np=lambda im: np.isnan(im)),
    each("isfinite", "isfinite(im)", on=(FLOATS,), np=lambda im: np.isfinite(im)),
    *map(of_floats, ("sqrt", "exp", "log", "log2", "log10", "sin", "cos", "tan", "floor", "ceil", "round")),
    each("arctan2", "arctan2(a, b)", np=lambda a, b: np.arctan2(real(a), real(b))),
    each("hypot", "hypot(a, b)", np=lambda a, b: np.hypot(real(a), real(b))),
    each(
        "vote",
        "vote([p, q, r]) > 0.5",
        on=BYTES,
        np=(
            lambda p, q, r: np.mean([p, q, r], axis=0) > 0.5,
            lambda p, q, r: p.astype(np.uint8) + q + r > 1,
            lambda p, q, r: (p & q) | (p & r) | (q & r),
        ),
    ),
    each(
        "vote plain",
        "vote([p, q, r])",
        on=BYTES,
        np=(lambda p, q, r: np.mean([p, q, r], axis=0), lambda p, q, r: (p.astype(np.uint8) + q + r) / 3),
    ),
)
