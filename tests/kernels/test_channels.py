"""Colours block by block; what comes of them is tested against their plain meaning with the methods."""

import numpy as np
import pytest

from maskexpr.kernels import channels


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32, np.float64])
def test_blocks_give_what_all_pixels_together_give(dtype, monkeypatch):
    im = np.random.default_rng(1).integers(0, 5, (40, 30, 3)).astype(dtype)
    with np.errstate(all="ignore"):
        for kernel in (channels.value, channels.gray, channels.hue, channels.saturation):
            own = kernel is channels.value or im.dtype.kind == "f"
            whole, cut = np.empty((2, 40, 30), dtype if own else np.float64)
            kernel(im, whole)
            with monkeypatch.context() as patch:
                patch.setattr(channels, "BLOCK", 77)
                kernel(im, cut)
            np.testing.assert_array_equal(cut, whole)


def test_differences_are_exact_in_the_type_they_are_taken_in():
    assert [channels.work_type(np.dtype(t)).name for t in ("u1", "i2", "u4", "i8", "f4")] == [
        *("int16", "int32"),
        *["float64"] * 3,
    ]
