"""What users run: programs on photographs and volumes, and on masks and labels that are found in them.

Noise is another matter: of its masks nearly each pixel is at an edge or a region of its own, and what looks at edges
and regions takes many times as long. That is for the clock of a run to stop, not for an estimate to tell of all images.
"""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import maskexpr
from maskexpr.files.programs import load_inputs

EXAMPLES = Path(__file__).parents[2] / "examples"
PROGRAMS = """
im > otsu(im)
im > triangle(im)
im > li(im)
im > yen(im)
im > isodata(im)
im > multiotsu(im)
im > percentile(im, 90)
im < mean(im) - std(im)
im > local_mean(im, 15)
im > sauvola(im, 12, r=128)
gaussian(im, 2) > otsu(im)
gaussian(im, 1.5) > 90
g = gaussian(im, 2); g > otsu(g)
median_filter(im, 2) > otsu(im)
keep_largest(im > otsu(im))
fill_holes(keep_largest(im > otsu(im)))
fill_holes(close(im > otsu(im), 5, "disk"))
remove_small(im > otsu(im), 64)
open(m, 2, "disk")
close(m, 5)
dilate(m, 8, "disk")
erode(m, 3)
dilate(m, 3) & ~erode(m, 3)
dilate(lab, 8, "disk")
dilate(lab, 3)
erode(lab, 2)
label(m)
count(m)
clear_border(m)
remove_large(m, 5000)
keep(m, area > 50)
keep(m, solidity > 0.8 and area > 50)
keep(m, circularity > 0.5)
keep(lab, mean_intensity > 100, of=im)
keep(m, feret_max > 20)
keep(m, mean_intensity > 100, of=im)
measure(m, area, mean_intensity, of=im)
measure(m, area, centroid)
measure(m, area, perimeter, solidity)
measure(lab, area, mean_intensity, of=im)
measure(lab, area, bbox, eccentricity, feret_max)
distance(m)
distance(~m) < 5
skeleton(m)
medial_axis(m)
hull(m)
split(m)
watershed(gaussian(im, 2))
watershed(sobel(im), label(erode(m, 3)))
watershed(-distance(m), label(distance(m) > 4), m)
watershed(im)
watershed(-float32(gaussian(im, 3)), within=m)
grow(erode(m, 2), m, 5)
hysteresis(im, 80, 160)
reconstruct(erode(m, 3), m)
canny(im, 2, 5, 15)
canny(float32(im), 1.5, 4, 12)
sobel(im) > 20
dice(m, k)
iou(m, k)
hausdorff(m, k)
hausdorff(m, k, 95)
surface_dice(m, k, 2)
surface_distance(m, k)
f1(lab, label(k))
panoptic_quality(lab, label(k))
match(lab, label(k))
rolling_ball(im, 10)
im - rolling_ball(im, 25) > 20
tophat(im, 8, "disk") > 20
peaks(im, 5)
peaks(gaussian(im, 2), 3, within=m)
difference_of_gaussians(im, 2, 5) > 3
h_maxima(im, 20)
regional_maxima(gaussian(im, 2))
area_open(im, 60)
area_close(im, 60)
clahe(im)
equalize(im)
normalize(im) > 0.5
perimeter(m)
centroid(m)
fill(im, 0)
entropy(im, 5, "disk") > 4
otsu(int32(im) * 100)
triangle(int64(uint8(im)) * 1000 + int64(x))
li(int32(uint8(im)) * 100)
triangle(int32(im) * 50 + int32(x))
mean(im[m])
max(im[erode(m, 2)])
saturation(rgb) > 0.3 & hue(rgb) > 200
gray(rgb) > otsu(gray(rgb))
lab_a(rgb) > 10
dab(rgb) > 0.1
(haematoxylin(rgb) > 0.1) & ~(dab(rgb) > 0.2)
"""


def _of_example(name: str) -> Any:
    program = maskexpr.compile(f'input im = "{name}"; output area_of = max(im)')
    found = load_inputs(program, {}, {}, [], EXAMPLES).values["im"]
    return np.asarray(getattr(found, "array", found))


def _photograph(name: str) -> Any:
    """One that comes with scikit-image, which is imported only here: tests run without it."""
    return getattr(importlib.import_module("skimage.data"), name)()


def _mirrored(image: Any, side: int) -> Any:
    """A photograph with its mirror images around it."""
    return np.pad(image, [(0, side - n) for n in image.shape[:2]] + [(0, 0)] * (image.ndim - 2), "symmetric")


def _gray(image: Any) -> Any:
    return np.round(image @ [0.299, 0.587, 0.114]).astype(np.uint8)


def world(image: Any, rgb: Any = None) -> dict[str, Any]:
    """An image, its mask by Otsu's threshold, another that it is compared with, and labels."""
    program = maskexpr.compile(
        "output m = im > otsu(im); output k = gaussian(im, 1.5) > otsu(im); output lab = label(m)"
    )
    found = program(im=image)
    given = {"im": image, **{name: found[name] for name in ("m", "k", "lab")}}
    labelled = {"lab": "labels"}
    spaced = {n: maskexpr.Image(np.asarray(a), spacing=0.5, kind=labelled.get(n)) for n, a in given.items()}
    return spaced if rgb is None else {**spaced, "rgb": rgb}


WORLDS: dict[str, Callable[[], dict[str, Any]]] = {
    "coins": lambda: world(_of_example("coins.png")),
    "camera": lambda: world(_photograph("camera")),
    "camera of float32": lambda: world(np.float32(_photograph("camera"))),
    "tissue": lambda: world(_gray(_photograph("immunohistochemistry")), _photograph("immunohistochemistry")),
    "moon of uint16": lambda: world(_photograph("moon").astype(np.uint16) * 16),
    "stars": lambda: world(_gray(_photograph("hubble_deep_field")), _photograph("hubble_deep_field")),
    "retina": lambda: world(_gray(_photograph("retina")), _photograph("retina")),
    "camera of 2048": lambda: world(_mirrored(_photograph("camera"), 2048)),
    "brain": lambda: world(_of_example("brain.nii.gz")),
    "nuclei in a volume": lambda: world(_of_example("crowded.ome.tif")),
}
