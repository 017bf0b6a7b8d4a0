"""Single numbers of lists: `centroid(m)[0]`."""

import numpy as np
import pytest

from maskexpr import ProgramError, evaluate


def test_items_of_measures(rng):
    mask = rng.random((9, 13)) < 0.3
    rows, columns = np.nonzero(mask)
    assert evaluate("centroid(m)[0]", m=mask) == pytest.approx(rows.mean())
    assert evaluate("centroid(m)[-1]", m=mask) == pytest.approx(columns.mean())
    assert [evaluate(f"bbox(m)[{i}]", m=mask) for i in range(4)] == [
        rows.min(),
        columns.min(),
        rows.max() + 1,
        columns.max() + 1,
    ]


def test_items_are_numbers_like_others(rng):
    mask = np.zeros((20, 30), bool)
    mask[3:9, 5:20] = True
    result = evaluate("c = centroid(m); circle(c[0], c[1], 6) & (y < bbox(m)[2])", m=mask)
    y, x = np.indices(mask.shape)
    np.testing.assert_array_equal(result, ((y - 5.5) ** 2 + (x - 12) ** 2 <= 36) & (y < 9))


def test_items_of_written_lists():
    assert evaluate("[3, 4.5][1] + sum(im)", im=np.array([[1, 2]])) == 7.5
    assert evaluate('a = ["disk", "square"]; area(dilate(m, 1, a[1]))', m=np.pad([[True]], 2)) == 9


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("centroid(m)[2]", "2 is outside a list of 2"),
        ("[1, 2][-3]", "-3 is outside a list of 2"),
        ("bbox(m)[0:2]", "one item"),
        ("bbox(m)[0, 1]", "one item"),
        ("bbox(m)[0.5]", "subscript"),
        ("bbox(m)[area(m)]", "known before the run"),
        ("histogram(where(m, 1, 0))[0]", "items of this list cannot be taken"),
    ],
)
def test_what_cannot_be_taken(text, cause):
    with pytest.raises(ProgramError, match=cause):
        evaluate(text, m=np.ones((3, 3), bool))
