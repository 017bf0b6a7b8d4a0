"""Values that are chosen by their order: zeros of either sign are equal, so which of them NumPy takes hangs on its
version and the machine, and what comes out must have no sign."""

import numpy as np
import pytest
from helpers.both_ways import expect_same

VALUES = ["min(im)", "max(im)", "median(im)", "percentile(im, 30)", "li(im)", "otsu(im)", "yen(im)", "isodata(im)"]
ALONG = [f'{name}(im, axes="x")' for name in ("min", "max", "median")]
SAMPLES = ["min(im[im >= 0])", "max(im[im <= 0])", "median(im[im <= 0])"]
IMAGES = ["normalize(im)", "normalize(im, min(im), 3)", "equalize(im)", "median_filter(im)", "rank_filter(im, 0)"]
IMAGES += ["dilate(im)", "erode(im, 2)", 'close(im, 1, "disk")', "reconstruct(erode(im), im)"]
HISTOGRAMS = ["histogram(im, 5)", "triangle(im)", "multiotsu(im, 2)"]


def bits(outputs):
    if isinstance(outputs, str):  # an error
        return outputs
    return [value.tobytes() if isinstance(value, np.ndarray) else repr(value) for value in outputs.values()]


@pytest.mark.parametrize("text", [*VALUES, *ALONG, *SAMPLES, *IMAGES, *HISTOGRAMS, "value(colour)"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_signs_of_zeros_do_not_matter(text, dtype, rng):
    for low, high in [(0, 3), (-2, 1), (-1, 2), (0, 1)]:
        plain = rng.integers(low, high, (6, 9, 3)).astype(dtype)
        signed = np.where((plain == 0) & (rng.random(plain.shape) < 0.7), plain.dtype.type(-0.0), plain)
        one, other = (
            expect_same(text, {"colour": im} if "colour" in text else {"im": np.ascontiguousarray(im[..., 0])}, 2)
            for im in (plain, signed)
        )
        assert np.signbit(signed[signed == 0]).any()
        assert bits(one) == bits(other)
