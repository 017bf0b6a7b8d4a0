"""Rows of shapes and of what grows and shrinks: masks and grey images."""

from typing import Any

import numpy as np
from scipy import ndimage

from .rows import BYTE_PLANES, BYTES, PLANES, VOLUME, Array, Lazy, row, signed

cv2: Any = Lazy("cv2")
morphology: Any = Lazy("skimage.morphology")
draw: Any = Lazy("skimage.draw")
filters: Any = Lazy("skimage.filters")

WRAPS = "it wraps"
BORDER = "its border is another"
CORNERS = "it rounds its corners and draws its edges"


def disk(n: int, axes: int = 2) -> Array:
    return sum(of**2 for of in np.ogrid[(slice(-n, n + 1),) * axes]) <= n * n


def square(n: int, axes: int = 2) -> Array:
    return np.ones((2 * n + 1,) * axes, bool)


def diamond(n: int, axes: int = 2) -> Array:
    return sum(abs(of) for of in np.ogrid[(slice(-n, n + 1),) * axes]) <= n


def cv(element: Array) -> Array:
    return element.astype(np.uint8)


DISKS = {(n, axes): disk(n, axes) for n in (3, 5, 10, 25) for axes in (2, 3) if axes == 2 or n < 10}
SQUARES = {(n, axes): square(n, axes) for n in (1, 5) for axes in (2, 3)}
DIAMONDS = {(n, axes): diamond(n, axes) for n in (1, 2) for axes in (2, 3)}
CV_DISKS = {n: cv(disk(n)) for n in (3, 5, 10, 25)}
CV_SQUARES = {n: cv(square(n)) for n in (1, 5, 10)}
CV_DIAMONDS = {n: cv(diamond(n)) for n in (1, 2)}
LONE, AROUND = np.pad([[1]], 1).astype(bool), ~np.pad([[1]], 1).astype(bool)
LINE_END = np.array([[-1, -1, 0], [-1, 1, 0], [-1, -1, 0]])


def within_reach(m: Array, n: int) -> Array:
    return np.asarray(ndimage.distance_transform_edt(~m) <= n)


def closed(m: Array, n: int) -> Array:
    """With room around, as what is beyond the border counts as off when it shrinks, and it may grow out there."""
    found = ndimage.binary_closing(np.pad(m, n), SQUARES[1, m.ndim], iterations=n)
    return np.asarray(found[(slice(n, -n),) * m.ndim])


def closed_as_grey(m: Array, n: int) -> Array:
    """Axis by axis."""
    found = ndimage.grey_closing(np.pad(m, n).view(np.uint8), 2 * n + 1)
    return np.asarray(found[(slice(n, -n),) * m.ndim])


def cv_closed(m: Array, n: int) -> Array:
    padded = cv2.copyMakeBorder(m.view(np.uint8), n, n, n, n, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.morphologyEx(padded, cv2.MORPH_CLOSE, CV_SQUARES[n])[n:-n, n:-n])


def cv_eroded(m: Array, kernel: Array) -> Any:
    """What is beyond the border is off."""
    return cv2.erode(m.view(np.uint8), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0)


def cv_opened(m: Array, kernel: Array) -> Any:
    return cv2.dilate(cv_eroded(m, kernel), kernel)


def cv_tophat(m: Array, kernel: Array) -> Array:
    return np.asarray(cv2.subtract(m.view(np.uint8), cv_opened(m, kernel)))


def above_32(im: Array) -> float:
    """The least value above 32."""
    return 33 if im.dtype.kind != "f" else float(np.nextafter(np.float32(32), np.float32(33)))


def grid(im: Array) -> Any:
    return np.ogrid[tuple(slice(n) for n in im.shape)]


def rectangle(im: Array) -> Array:
    out = np.zeros(im.shape, bool)
    out[100:400, 120:380] = True
    return out


def circle(im: Array) -> Array:
    y, x = grid(im)
    return np.asarray((y - 240) ** 2 + (x - 250) ** 2 <= 150**2)


def ellipse(im: Array) -> Array:
    y, x = grid(im)
    return np.asarray(((y - 240) / 150) ** 2 + ((x - 250) / 200) ** 2 <= 1)


def ball(im: Array) -> Array:
    z, y, x = grid(im)
    return np.asarray((z - 90) ** 2 + (y - 110) ** 2 + (x - 95) ** 2 <= 60**2)


def polygon(im: Array) -> Array:
    return np.asarray(draw.polygon2mask(im.shape, list(zip(YS, XS, strict=True))))


def cv_shape(im: Array, drawn: Any) -> Array:
    out = np.zeros(im.shape, np.uint8)
    drawn(out)
    return out


def cv_polygon(im: Array) -> Array:
    return cv_shape(im, lambda out: cv2.fillPoly(out, [np.array([*zip(XS, YS, strict=True)], np.int32)], 1))


def lowered(im: Array, h: int) -> Array:
    return im.astype(signed(im)) - np.array(h, signed(im))


YS, XS = (20, 100, 400, 300, 250), (200, 390, 250, 30, 180)
ON_GRID = "input im: image; "

SHAPES = (
    row("rectangle", f"{ON_GRID}rectangle(100, 120, 400, 380)", on=BYTE_PLANES, np=rectangle),
    row(
        "circle",
        f"{ON_GRID}circle(240, 250, 150)",
        on=BYTE_PLANES,
        np=circle,
        cv2=lambda im: cv_shape(im, lambda out: cv2.circle(out, (250, 240), 150, 1, -1)),
        differs={"cv2": BORDER},
    ),
    row(
        "ellipse",
        f"{ON_GRID}ellipse(240, 250, 150, 200)",
        on=BYTE_PLANES,
        np=ellipse,
        cv2=lambda im: cv_shape(im, lambda out: cv2.ellipse(out, (250, 240), (200, 150), 0, 0, 360, 1, -1)),
        differs={"cv2": BORDER},
    ),
    row(
        "polygon",
        f"{ON_GRID}polygon({list(YS)}, {list(XS)})",
        on=BYTE_PLANES,
        skimage=polygon,
        cv2=cv_polygon,
        differs={"cv2": CORNERS, "skimage": "it leaves out some pixels on edges"},
    ),
    row("sphere", f"{ON_GRID}sphere(90, 110, 95, 60)", on=(VOLUME,), np=ball),
    row(
        "x < 100",
        f"{ON_GRID}x < 100",
        on=BYTE_PLANES,
        np=lambda im: np.ascontiguousarray(np.broadcast_to(np.arange(im.shape[-1]) < 100, im.shape)),
    ),
    row(
        "x + y image",
        f"{ON_GRID}x + y",
        on=BYTE_PLANES,
        np=lambda im: np.add(*(of.astype(np.int16) for of in grid(im))),
    ),
)

MASKS = (
    row(
        "headline",
        "dilate((im > 32) & ~(im > 64), 2)",
        scipy=lambda im: ndimage.binary_dilation((im > 32) & ~(im > 64), iterations=2),
        cv2=(
            lambda im: cv2.dilate(cv2.inRange(im, above_32(im), 64), CV_DIAMONDS[2]),
            lambda im: cv2.dilate(cv2.inRange(im, above_32(im), 64), CV_DIAMONDS[1], iterations=2),
        ),
    ),
    row(
        "dilate(m)",
        "dilate(m)",
        on=BYTES,
        scipy=lambda m: ndimage.binary_dilation(m),
        skimage=lambda m: morphology.dilation(m),
        cv2=lambda m: cv2.dilate(m.view(np.uint8), CV_DIAMONDS[1]),
    ),
    row(
        "erode(m)",
        "erode(m)",
        on=BYTES,
        scipy=lambda m: ndimage.binary_erosion(m),
        cv2=lambda m: cv_eroded(m, CV_DIAMONDS[1]),
    ),
    row(
        "boundary(m)",
        "boundary(m)",
        on=BYTES,
        scipy=lambda m: m & ~ndimage.binary_erosion(m),
        cv2=lambda m: cv2.subtract(m.view(np.uint8), cv_eroded(m, CV_DIAMONDS[1])),
    ),
    row(
        "dilate(m, 5, disk)",
        'dilate(m, 5, "disk")',
        on=BYTE_PLANES,
        scipy=(lambda m: ndimage.binary_dilation(m, DISKS[5, m.ndim]), lambda m: within_reach(m, 5)),
        skimage=lambda m: morphology.dilation(m, DISKS[5, m.ndim]),
        cv2=lambda m: cv2.dilate(m.view(np.uint8), CV_DISKS[5]),
    ),
    row(
        "dilate(m, 25, disk)",
        'dilate(m, 25, "disk")',
        on=(BYTE_PLANES[1],),
        scipy=lambda m: within_reach(m, 25),
        cv2=lambda m: cv2.dilate(m.view(np.uint8), CV_DISKS[25]),
    ),
    row(
        "open(m, 3, disk)",
        'open(m, 3, "disk")',
        on=BYTE_PLANES,
        scipy=lambda m: ndimage.binary_opening(m, DISKS[3, m.ndim]),
        cv2=lambda m: cv_opened(m, CV_DISKS[3]),
    ),
    row(
        "close(m, 10, square)",
        'close(m, 10, "square")',
        on=BYTES,
        scipy=(lambda m: closed(m, 10), lambda m: closed_as_grey(m, 10)),
        cv2=lambda m: cv_closed(m, 10),
    ),
    row(
        "tophat(m)",
        "tophat(m)",
        on=BYTE_PLANES,
        scipy=lambda m: m & ~ndimage.binary_opening(m),
        cv2=lambda m: cv_tophat(m, CV_DIAMONDS[1]),
    ),
    row(
        "hit_or_miss",
        'hit_or_miss(m, "000/010/000")',
        on=BYTE_PLANES,
        scipy=lambda m: ndimage.binary_hit_or_miss(m, LONE, AROUND),
        cv2=lambda m: cv2.morphologyEx(
            m.view(np.uint8),
            cv2.MORPH_HITMISS,
            LONE.astype(np.int32) - AROUND.astype(np.int32),
            borderType=cv2.BORDER_CONSTANT,
            borderValue=0,
        ),
        differs={"cv2": BORDER},
    ),
    row(
        "grow(seed, m, 10)",
        "grow(seed, m, 10)",
        on=BYTES,
        scipy=lambda seed, m: ndimage.binary_dilation(seed & m, iterations=10, mask=m),
    ),
    row("hull(m)", "hull(m)", on=BYTE_PLANES, skimage=lambda m: morphology.convex_hull_image(m)),
    row(
        "skeleton(m)",
        "skeleton(m)",
        on=BYTE_PLANES,
        skimage=lambda m: morphology.skeletonize(m),
        differs={"skimage": "it may lose what is two pixels wide"},
    ),
)

GREY = (
    row(
        "dilate(im, 1, diamond)",
        "dilate(im, 1)",
        scipy=lambda im: ndimage.grey_dilation(im, footprint=DIAMONDS[1, im.ndim]),
        skimage=lambda im: morphology.dilation(im, DIAMONDS[1, im.ndim]),
        cv2=lambda im: cv2.dilate(im, CV_DIAMONDS[1]),
    ),
    row(
        "dilate(im, 1, square)",
        'dilate(im, 1, "square")',
        scipy=lambda im: ndimage.grey_dilation(im, 3),
        skimage=lambda im: morphology.dilation(im, SQUARES[1, im.ndim]),
        cv2=lambda im: cv2.dilate(im, CV_SQUARES[1]),
    ),
    row(
        "dilate(im, 5, square)",
        'dilate(im, 5, "square")',
        scipy=lambda im: ndimage.grey_dilation(im, 11),
        cv2=lambda im: cv2.dilate(im, CV_SQUARES[5]),
    ),
    row(
        "dilate(im, 5, disk)",
        'dilate(im, 5, "disk")',
        on=PLANES,
        scipy=lambda im: ndimage.grey_dilation(im, footprint=DISKS[5, im.ndim]),
        skimage=lambda im: morphology.dilation(im, DISKS[5, im.ndim]),
        cv2=lambda im: cv2.dilate(im, CV_DISKS[5]),
    ),
    row(
        "dilate(im, 10, disk)",
        'dilate(im, 10, "disk")',
        on=BYTE_PLANES,
        scipy=lambda im: ndimage.grey_dilation(im, footprint=DISKS[10, im.ndim]),
        cv2=lambda im: cv2.dilate(im, CV_DISKS[10]),
    ),
    row(
        "open(im, 3, disk)",
        'open(im, 3, "disk")',
        on=PLANES,
        scipy=lambda im: ndimage.grey_opening(im, footprint=DISKS[3, im.ndim]),
        skimage=lambda im: morphology.opening(im, DISKS[3, im.ndim]),
        cv2=lambda im: cv2.morphologyEx(im, cv2.MORPH_OPEN, CV_DISKS[3]),
    ),
    row(
        "tophat(im, 5, square)",
        'tophat(im, 5, "square")',
        on=PLANES,
        scipy=lambda im: ndimage.white_tophat(im, 11),
        cv2=lambda im: cv2.morphologyEx(im, cv2.MORPH_TOPHAT, CV_SQUARES[5]),
    ),
    row(
        "blackhat(im, 5, disk)",
        'blackhat(im, 5, "disk")',
        on=PLANES,
        scipy=lambda im: ndimage.black_tophat(im, footprint=DISKS[5, im.ndim]),
        skimage=lambda im: morphology.black_tophat(im, DISKS[5, im.ndim]),
        cv2=lambda im: cv2.morphologyEx(im, cv2.MORPH_BLACKHAT, CV_DISKS[5]),
    ),
    row(
        "reconstruct(im - h, im)",
        "reconstruct(im - 20, im)",
        on=PLANES,
        skimage=lambda im: morphology.reconstruction(
            lowered(im, 20), im.astype(signed(im)), footprint=DIAMONDS[1, im.ndim]
        ),
    ),
)

ROWS = (*SHAPES, *MASKS, *GREY)
