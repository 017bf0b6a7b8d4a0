"""Perimeters of many regions at once, against scikit-image, whatever the blocks are."""

import numpy as np
import pytest
import scipy
import skimage

from maskexpr.kernels import spans
from maskexpr.kernels.outlines import perimeters


@pytest.mark.parametrize("block", [1, 64, 2**16])
@pytest.mark.parametrize("shape", [(30, 40), (1, 9), (9, 1), (3, 11, 12)])
def test_perimeters_are_scikit_images(block, shape, rng, monkeypatch):
    monkeypatch.setattr(spans, "BLOCK", block)
    smooth = scipy.ndimage.gaussian_filter(rng.random(shape), 1)
    touching = rng.integers(0, 4, shape).astype(np.int32)
    for labels in (touching, (smooth > np.median(smooth)).astype(np.int32)):
        ours = perimeters(spans.OfLabels(labels), int(labels.max()))
        planes = labels.reshape(-1, *shape[-2:])
        for i, found in enumerate(ours.tolist()):
            theirs = sum(skimage.measure.perimeter(plane == i + 1) for plane in planes)
            assert found == pytest.approx(theirs, rel=1e-12)
