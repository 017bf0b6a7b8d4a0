"""The inputs: synthetic images from fixed seeds, the repository's radiograph, and what the caller names instead."""

import functools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imageio.v3 as imageio
import numpy as np
import scipy.ndimage

import maskexpr

Array = np.ndarray[Any, Any]

ANKLE = Path(__file__).parents[2] / "examples" / "ankle.png"
RADIOGRAPH_PIXELS = 14_000_000
VOLUME = (197, 233, 189)
VOLUME_THRESHOLD = 30


@dataclass(frozen=True)
class Images:
    """Makes each input when it is first asked for, and keeps it."""

    quick: bool = False
    image: Path | None = None
    volume_file: Path | None = None

    @property
    def side(self) -> int:
        return 192 if self.quick else 4096

    @functools.cached_property
    def noise(self) -> Array:
        """Smooth noise of 0 to 160: long, winding outlines at every level."""
        return smooth_noise((self.side, self.side), 4, 160, seed=1).astype(np.uint8)

    @functools.cached_property
    def grey(self) -> Array:
        """The same at a smaller size, for what is slow."""
        return self.noise[: self.side // 2, : self.side // 2].copy()

    @functools.cached_property
    def mask(self) -> Array:
        return (self.noise > 32) & ~(self.noise > 64)

    @functools.cached_property
    def labels(self) -> Array:
        """Thousands of regions of all sizes, in scan order."""
        return np.asarray(scipy.ndimage.label(self.grey > 80)[0], np.int32)

    @functools.cached_property
    def small(self) -> Array:
        return np.random.default_rng(2).integers(0, 160, (64, 64), dtype=np.uint8)

    @functools.cached_property
    def floats(self) -> dict[str, Array]:
        """Smooth as images are: white noise, where no branch can be foretold, would slow numexpr down."""
        shape = (self.side, self.side)
        return {name: smooth_noise(shape, 4, 1, seed=10 + i).astype(np.float32) for i, name in enumerate("abc")}

    @functools.cached_property
    def deep(self) -> Array:
        """Such an image of 16 bits and a sign, as CTs are."""
        side = self.side // 2
        return (smooth_noise((side, side), 4, 4095, seed=3).round() - 1024).astype(np.int16)

    @functools.cached_property
    def colour(self) -> Array:
        """A stained section of 8 bits, or so it looks: three such images as red, green and blue."""
        side = self.side // 2
        return np.stack([smooth_noise((side, side), 4, 255, seed=30 + i) for i in range(3)], -1).astype(np.uint8)

    @functools.cached_property
    def doubles(self) -> dict[str, Array]:
        """Two of that size, of 0.5 to 20.5."""
        side = self.side // 2
        return {name: smooth_noise((side, side), 4, 20, seed=20 + i) + 0.5 for i, name in enumerate("ab")}

    @functools.cached_property
    def radiograph(self) -> Array:
        im = np.asarray(imageio.imread(self.image or ANKLE))
        if im.ndim != 2:
            raise SystemExit(f"{self.image} is no grey image: its shape is {im.shape}")
        return im if self.quick else enlarged(im, RADIOGRAPH_PIXELS)

    @functools.cached_property
    def thresholded(self) -> dict[str, Any]:
        """The radiograph and its threshold."""
        return {"im": self.radiograph, "t": maskexpr.evaluate("otsu(im)", im=self.radiograph)}

    @functools.cached_property
    def volume(self) -> dict[str, Any]:
        """A volume and its threshold."""
        if self.volume_file:
            v = np.load(self.volume_file)
            if v.ndim != 3:
                raise SystemExit(f"{self.volume_file} is no volume: its shape is {v.shape}")
            return {"v": v, "t": maskexpr.evaluate("otsu(v)", v=maskexpr.Image(v, kind="image"))}
        return {"v": brain_like((24, 28, 22) if self.quick else VOLUME), "t": VOLUME_THRESHOLD}

    @functools.cached_property
    def nuclei(self) -> Array:
        return bright_discs(512, 90, seed=5)


def smooth_noise(shape: tuple[int, ...], sigma: float, highest: float, seed: int) -> Array:
    """Smoothed normal noise, scaled to 0..highest."""
    noise = np.random.default_rng(seed).normal(size=shape)
    noise = scipy.ndimage.gaussian_filter(noise, sigma)
    return (noise - noise.min()) * (highest / np.ptp(noise))


def enlarged(im: Array, pixels: int) -> Array:
    """The image at no fewer pixels than these, interpolated linearly."""
    factor = math.sqrt(pixels / im.size)
    if factor <= 1:
        return im
    return np.asarray(scipy.ndimage.zoom(im, [math.ceil(n * factor) / n for n in im.shape], order=1))


def brain_like(shape: tuple[int, ...]) -> Array:
    """An ellipsoid of mottled tissue on an almost empty ground: about a fifth of it is above the threshold."""
    across = np.ix_(*(np.linspace(-1, 1, n) ** 2 for n in shape))
    inside = sum(across) < 0.55
    noise = smooth_noise(shape, 2, 120, seed=4)
    return np.where(inside, noise, noise / 6).astype(np.uint8)


def bright_discs(side: int, number: int, seed: int) -> Array:
    """Blurred bright discs, some touching, some cut by the border, some with a dark middle, under camera noise."""
    rng = np.random.default_rng(seed)
    y, x = np.ogrid[:side, :side]
    im = np.zeros((side, side))
    for _ in range(number):
        place, radius = rng.uniform(0, side, 2), rng.uniform(9, 20)
        distance = (y - place[0]) ** 2 + (x - place[1]) ** 2
        im[distance < radius**2] = rng.uniform(90, 160)
        if rng.random() < 0.3:
            im[distance < (radius / 2.5) ** 2] = 20
    return (scipy.ndimage.gaussian_filter(im, 1.5) + rng.normal(30, 6, im.shape)).clip(0, 255).astype(np.uint8)
