"""Arrays of bool may hold other bytes than 0 and 1: a view of bytes does, and what some libraries give back."""

import numpy as np
import pytest

import maskexpr

OTHER = np.array([0, 1, 2, 3, 128, 254, 255], np.uint8)
SHAPES = ((20, 70), (300, 257), (9, 20, 70))
EXPRESSIONS = (
    *("m", "~m", "m & o", "m ^ o", "o | m", "m == o", "m != o", "where(m, 1, 2)", "vote([m, o, m ^ o]) > 0.5"),
    *("area(m)", "any(m)", "all(m)", "fraction(m)", "bbox(m)", "centroid(m)", "mean(where(m, 1, 0))"),
    *("dice(m, o)", "iou(o, m)", "hausdorff(m, o)"),
    *("dilate(m, 1)", 'erode(m, 3, "square")', 'close(m ^ o, 2, "disk")', "boundary(m)", "reconstruct(m & o, m)"),
    *("label(m)", "fill_holes(m)", "keep(m, area > 5)", "distance(m)", "distance(m) > 2", "skeleton(m)", "hull(m)"),
)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_any_byte_but_zero_is_on(expression, shape):
    rng = np.random.default_rng(len(expression))
    program, both = maskexpr.compile(expression), {"m": rng.choice(OTHER, shape), "o": rng.choice(OTHER, shape)}
    found, expected = (
        program(**{given.name: turned(both[given.name]) for given in program.inputs})
        for turned in (lambda raw: raw.view(bool), lambda raw: raw != 0)
    )
    if isinstance(expected, np.ndarray):
        assert found.dtype == expected.dtype
        if found.dtype == bool:
            found, expected = found.view(np.uint8), expected.view(np.uint8)
    np.testing.assert_array_equal(found, expected)
