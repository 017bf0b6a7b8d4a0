"""The inputs of the catalogue's rows, by their names: an image of each size and type, and what is made of it."""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imageio.v3 as imageio
import numpy as np
from images import ANKLE, brain_like, smooth_noise
from images import VOLUME as SHAPE
from scipy import ndimage

from .rows import FLOATS, LARGE, SMALL, VOLUME, Array

SIDES = {SMALL: 512, FLOATS: 512, LARGE: 2048}
QUICK_SIDES = {SMALL: 40, FLOATS: 40, LARGE: 48}
QUICK_VOLUME = (12, 14, 10)


@dataclass(frozen=True)
class Scene:
    """Each input is made when it is first asked for, and kept: `scene.made("m")`."""

    name: str
    quick: bool = False
    image: Path | None = None
    volume: Path | None = None

    def made(self, name: str) -> Any:
        return getattr(self, f"of_{name}")

    @functools.cached_property
    def of_im(self) -> Array:
        if self.name == VOLUME:
            return self._voxels()
        plane = fitted(
            np.asarray(imageio.imread(self.image or ANKLE)), (QUICK_SIDES if self.quick else SIDES)[self.name]
        )
        if self.name != FLOATS:
            return plane
        # Between the levels of 8 bits, so that nothing that is quick for whole numbers is.
        return (plane + smooth_noise(plane.shape, 1, 1, seed=6)).astype(np.float32)

    def _voxels(self) -> Array:
        if self.volume is None:
            return brain_like(QUICK_VOLUME if self.quick else SHAPE)
        if self.volume.suffix == ".npy":
            return np.asarray(np.load(self.volume))
        import nibabel

        return np.ascontiguousarray(np.asarray(nibabel.load(self.volume).dataobj)).astype(np.uint8)

    of_a = property(lambda self: self.of_im)

    @functools.cached_property
    def of_b(self) -> Array:
        return np.ascontiguousarray(self.of_im[..., ::-1])

    @functools.cached_property
    def of_t(self) -> int:
        """Near the mean, so that a good part is above."""
        return int(self.of_im.mean())

    @functools.cached_property
    def of_m(self) -> Array:
        return np.asarray(self.of_im > self.of_t)

    @functools.cached_property
    def of_k(self) -> Array:
        """A mask much like it."""
        return np.asarray(ndimage.uniform_filter(self.of_im, 5) > self.of_t)

    @functools.cached_property
    def _place(self) -> tuple[int, ...]:
        """Of the pixels that are on the one nearest to the middle."""
        on = np.argwhere(self.of_m)
        far = np.abs(on - np.array(self.of_m.shape) // 2).sum(1)
        return tuple(int(n) for n in on[far.argmin()])

    of_y0 = property(lambda self: self._place[0])
    of_x0 = property(lambda self: self._place[1])

    @functools.cached_property
    def of_n(self) -> Array:
        """A mask that is off everywhere, so that one must look to the end."""
        return np.zeros(self.of_im.shape, bool)

    of_p = property(lambda self: self.of_m)
    of_q = property(lambda self: self.of_k)

    @functools.cached_property
    def of_r(self) -> Array:
        return np.asarray(self.of_im > self.of_t + 8)

    @functools.cached_property
    def of_seed(self) -> Array:
        return np.asarray(ndimage.binary_erosion(self.of_m, iterations=1 if self.quick else 4))

    @functools.cached_property
    def of_markers(self) -> Array:
        """The regions well inside the mask and well outside it, numbered."""
        outside = ndimage.binary_erosion(~self.of_m, iterations=1 if self.quick else 4)
        return np.asarray(ndimage.label(self.of_seed | outside)[0], np.int32)

    @functools.cached_property
    def of_rgb(self) -> Array:
        im = self.of_im
        return np.stack([im, im[:, ::-1], im[::-1]], -1)


def fitted(im: Array, side: int) -> Array:
    """The middle of a plane of 8 bits, and its mirror images around it where it is smaller."""
    im = im if im.ndim == 2 else im[..., :3].mean(-1).astype(np.uint8)
    middle = tuple(slice(max(0, (n - side) // 2), max(0, (n - side) // 2) + side) for n in im.shape)
    im = im[middle]
    return np.pad(im, [(0, side - n) for n in im.shape], "symmetric")
