"""Ranks, means and entropies of some of a window's pixels: as scikit-image's rank filters, and by definition."""

import math

import imageio.v3 as iio
import numpy as np
import pytest
import skimage.filters.rank as theirs
from helpers import places
from helpers.both_ways import compiled, expect_same
from helpers.searches import tried
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from skimage.morphology import diamond, disk

from maskexpr import Image, ProgramError, RunError, compile, evaluate

SEEDS = st.integers(0, 2**32 - 1)
SHAPES = {"square": lambda n: np.ones((2 * n + 1,) * 2, np.uint8), "disk": disk, "diamond": diamond}
# Ours, and theirs of an image, a window and a mask.
PEERS = {
    "median_filter(im, {})": theirs.median,
    "floor(mean_filter(im, {}))": theirs.mean,
    "percentile_filter(im, 20, {})": lambda *given: theirs.percentile(*given, p0=0.2),
    "percentile_filter(im, 100, {})": lambda *given: theirs.percentile(*given, p0=1),
    "rank_filter(im, 0, {})": theirs.minimum,
    "rank_filter(im, -1, {})": theirs.maximum,
}


def same_as_theirs(im, m, n, shape):
    window = SHAPES[shape](n)
    for text, peer in PEERS.items():
        for more, mask in (("", None), (", within=m", m.astype(np.uint8))):
            call = f"""fill({text.format(f'{n}, "{shape}", border="ignore"{more}')}, 0)"""
            given = {"im": im, "m": m} if more else {"im": im}
            np.testing.assert_array_equal(evaluate(call, **given), peer(im, window, None, mask), err_msg=call)
    ours = evaluate(f'fill(entropy(im, {n}, "{shape}", border="ignore", within=m), 0)', im=im, m=m)
    np.testing.assert_allclose(ours, theirs.entropy(im, window, None, m.astype(np.uint8)), atol=1e-12)


def test_they_are_scikit_images_on_real_images(ankle):
    coins = iio.imread(places.EXAMPLES / "coins.png")[:90, :120]
    for im in (coins, ankle[100:180, 60:150]):
        same_as_theirs(im, im > 90, 3, "disk")
        same_as_theirs(im, im < 40, 2, "square")


@tried(40)
@given(SEEDS, st.integers(0, 4), st.sampled_from(list(SHAPES)))
def test_they_are_scikit_images(seed, n, shape):
    rng = np.random.default_rng(seed)
    size = rng.integers(1, 14, 2)
    im = rng.integers(0, rng.choice([2, 9, 256]), size).astype(np.uint8)
    same_as_theirs(im, rng.random(size) < rng.choice([0.1, 0.5, 1.0]), n, shape)


def windows_of(im, m, window, border):
    """Of each pixel the values that count, put together by hand."""
    around = [(n // 2, n - 1 - n // 2) for n in window.shape]
    mode = {"reflect": "symmetric", "nearest": "edge", "mirror": "reflect", "wrap": "wrap"}.get(border, "constant")
    values = np.pad(im, around, mode)
    there = np.pad(m, around, mode, **({"constant_values": border == "constant"} if mode == "constant" else {}))
    views = [np.lib.stride_tricks.sliding_window_view(a, window.shape)[..., window] for a in (values, there)]
    return [np.sort(v[t]) for v, t in zip(*(v.reshape(im.size, -1) for v in views), strict=True)]


@pytest.mark.parametrize("border", ["reflect", "nearest", "mirror", "wrap", "constant", "ignore"])
@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint32", "int64", "uint64", "float16", "float32", "float64"])
@tried(12)
@given(SEEDS)
def test_they_are_what_they_are_by_definition(border, dtype, seed):
    """Values and where they have data, at every border, in any number of axes."""
    rng = np.random.default_rng(seed)
    shape = [(13,), (7, 9), (4, 5, 6)][seed % 3]
    im = (
        (rng.normal(size=shape) * 9).astype(dtype)
        if "float" in dtype
        else rng.integers(np.iinfo(dtype).min, np.iinfo(dtype).max, shape, dtype, endpoint=True)
    )
    m, patterned = rng.random(shape) < rng.choice([0.1, 0.6]), bool(seed & 8) and len(shape) == 2
    element, window = ('1, "110/001/100"', np.array([[1, 1, 0], [0, 0, 1], [1, 0, 0]], bool)) if patterned else (
        "1", np.ones((3,) * len(shape), bool))  # fmt: skip
    values = windows_of(im, m, window, border)
    given = {"im": Image(im, kind="image"), "m": m}
    arguments = f'{element}, border="{border}", within=m'
    for text, least, measure in (
        (f"median_filter(im, {arguments})", 1, lambda v: v[len(v) // 2]),
        (f"rank_filter(im, 2, {arguments})", 3, lambda v: v[2]),
        (f"rank_filter(im, -2, {arguments})", 2, lambda v: v[-2]),
        (f"percentile_filter(im, 30, {arguments})", 1, lambda v: v[len(v) * 30 // 100]),
        (f"mean_filter(im, {arguments})", 1, None),
    ):
        program = compiled(f"a = {text}; output b = fill(a, 0); output v = valid(a)")
        found = program(**given)
        enough = np.array([len(v) >= least for v in values]).reshape(shape)
        np.testing.assert_array_equal(found["v"], enough, err_msg=text)
        got, there = found["b"].ravel()[enough.ravel()], [v for v in values if len(v) >= least]
        if measure is not None:
            assert found["b"].dtype == im.dtype
            np.testing.assert_array_equal(got, np.array([measure(v) for v in there], dtype), err_msg=text)
        elif im.dtype.kind == "f":
            wanted = [math.fsum(v) / len(v) for v in there]
            np.testing.assert_allclose(got, wanted, rtol=np.finfo(dtype).eps * 9, atol=np.finfo(dtype).eps * 9)
        else:
            np.testing.assert_array_equal(got, [sum(v.tolist()) / len(v) for v in there], err_msg=text)


CALLS = ["median_filter(im, {})", "rank_filter(im, 1, {})", "mean_filter(im, {})", "percentile_filter(im, 60, {})"]


@pytest.mark.parametrize("call", [*CALLS, "entropy(im, {})"])
@tried(20)
@given(SEEDS)
def test_a_mask_that_is_on_everywhere_changes_nothing(call, seed):
    rng = np.random.default_rng(seed)
    im = rng.integers(0, 20, rng.integers(1, 12, 2)).astype(np.uint8)
    for border in ("reflect", "nearest", "mirror", "wrap", "constant", "ignore"):
        ours = evaluate(call.format(f'2, "disk", border="{border}", within=im < 99'), im=im)
        np.testing.assert_array_equal(ours, evaluate(call.format(f'2, "disk", border="{border}"'), im=im))


@pytest.mark.parametrize("call", [*CALLS, "entropy(im, {})"])
@tried(20)
@given(SEEDS)
def test_what_does_not_count_is_not_looked_at(call, seed):
    rng = np.random.default_rng(seed)
    first, second = rng.integers(0, 256, (2, 9, 11)).astype(np.uint8)
    m, text = rng.random(first.shape) < 0.5, f"fill({call.format('2, within=m')}, 0)"
    ours = evaluate(text, im=first, m=m)
    np.testing.assert_array_equal(ours, evaluate(text, im=np.where(m, first, second), m=m))
    if "entropy" not in call:
        floats = evaluate(text, im=np.where(m, first, np.nan).astype(np.float32), m=m)
        np.testing.assert_array_equal(ours.astype(np.float32), floats)


@tried(30)
@given(SEEDS, st.floats(0, 100))
def test_percentiles_in_windows_are_scipys(seed, percent):
    rng = np.random.default_rng(seed)
    im = rng.integers(0, 99, rng.integers(1, 15, 2)).astype(np.int16)
    percent = round(percent, 2) if seed % 2 else round(percent)
    ours = evaluate(f"percentile_filter(im, {percent}, 1)", im=im)
    if percent * 9 % 100 > 1e-9:  # else SciPy's product may lie a bit below a whole number
        np.testing.assert_array_equal(ours, ndimage.percentile_filter(im, percent, 3))
    cross = evaluate('percentile_filter(im, 75, 1, "010/111/010")', im=im)
    np.testing.assert_array_equal(cross, ndimage.percentile_filter(im, 75, footprint=[[0, 1, 0], [1, 1, 1], [0, 1, 0]]))


def test_percentages_are_exact():
    """Where binary fractions lie a bit below, as those of scikit-image do."""
    im = np.arange(100, dtype=np.uint8)
    window = '50, axes="x", border="ignore"'
    assert evaluate(f"percentile_filter(im, 29, {window})", im=im)[50] == 29
    assert evaluate(f"percentile_filter(im, 0, {window})", im=im)[50] == 0
    assert evaluate(f"percentile_filter(im, 100, {window})", im=im)[50] == 99


def test_the_entropy_of_a_picture_is_that_of_each_channel(ankle):
    rgb, m = np.stack([ankle[i : i + 20, :30] for i in (0, 20, 40)], -1), ankle[:20, :30] > 3
    ours = evaluate("entropy(rgb, 1, within=m)", rgb=rgb, m=m)
    np.testing.assert_array_equal(ours[..., 1], evaluate("entropy(im, 1, within=m)", im=rgb[..., 1].copy(), m=m))
    assert evaluate("max(entropy(im, 9))", im=np.arange(361, dtype=np.uint8).reshape(19, 19)) <= 8


# --- pixels without data ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", [*CALLS, "entropy(im, {})"])
@tried(20)
@given(SEEDS)
def test_pixels_without_data_do_not_count(call, seed):
    rng = np.random.default_rng(seed)
    im, m, there = rng.integers(0, 50, (8, 9)).astype(np.uint8), rng.random((8, 9)) < 0.5, rng.random((8, 9)) < 0.7
    text = "a = {}; output b = fill(a, 0); output v = valid(a)"
    holed = {"im": Image(im, valid=there), "m": m}
    found = compile(text.format(call.format("1, within=m")))(**holed)
    wanted = compile(text.format(call.format("1, within=m")))(im=im, m=m & there)
    np.testing.assert_array_equal(found["v"], wanted["v"] & there)
    np.testing.assert_array_equal(np.ma.getdata(found["b"])[found["v"]], wanted["b"][found["v"]])


@pytest.mark.parametrize("call", [*CALLS, "entropy(im, {})"])
def test_with_ends_at_the_border_a_frame_of_holes_is_the_outside(call, rng):
    im, inside = rng.integers(0, 50, (9, 11)).astype(np.uint8), (slice(2, 7), slice(3, 10))
    valid = np.zeros(im.shape, bool)
    valid[inside] = True
    text = call.format('2, border="ignore"')
    framed = evaluate(f"where(valid({text}), {text}, 99)", im=Image(im, valid=valid))
    np.testing.assert_array_equal(np.ma.getdata(framed)[inside], evaluate(text, im=im[inside]))
    assert (np.ma.getdata(framed)[~valid] == 99).all()


def test_masks_are_off_where_nothing_counts():
    im, m = np.uint8([[7, 7, 7, 7, 7]]), np.array([[True, False, False, False, False]])
    assert evaluate("median_filter(im, within=m) < 9", im=im, m=m).tolist() == [[True, True, False, False, False]]
    assert evaluate("~(median_filter(im, within=m) < 9)", im=im, m=m).tolist() == [[False] * 5]
    assert np.isnan(evaluate("mean_filter(im, within=m)", im=im, m=m)).tolist() == [[False, False, True, True, True]]
    every = np.arange(256, dtype=np.uint8)[np.newaxis]
    with pytest.raises(RunError, match="no number of uint8 stands for that"):
        evaluate("median_filter(im, 0, within=im != 7)", im=every)
    assert evaluate("count(valid(median_filter(im, 1, '101/000/101', border='ignore')))", im=im) == 0


# --- the engine, and what is refused ---------------------------------------------------------------------------------

PROGRAMS = [
    *(call.format(f"2{shape}, within=m{border}") for call in CALLS for shape in ("", ', "disk"')
      for border in ("", ', border="ignore"', ', border="wrap"', ', border="constant"')),
    "entropy(uint8(im), 1, within=m)", 'entropy(uint8(im), 2, "disk", border="ignore")', "entropy(int16(im), [1, 2])",
    "median_filter(im, within=mean_filter(im, 2, within=m) > 20) > 9", 'rank_filter(im, -3, 1, "101/010", within=m)',
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("text", PROGRAMS)
def test_the_engine_gives_the_bits_of_the_plain_bodies_in_strips_too(text, dtype, rng):
    im, m = rng.integers(0, 50, (23, 14)).astype(dtype), rng.random((23, 14)) < 0.4
    given = {"im": im, "m": m} if "=m" in text else {"im": im}
    expect_same(text, given, 1, 4, None)
    expect_same(f"fill({text}, 7)" if ">" not in text else text, given, 1, None)
    expect_same(text, {**given, "im": Image(im, valid=rng.random(im.shape) < 0.8)}, 3, None)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            'median_filter(im, 2, "010/111/010", within=im > 3)',
            "a pattern is applied once, and n is 2",
        ),
        ('entropy(im, 0, "11")', "a pattern is applied once, and n is 0"),
        ("entropy(im / 2)", "entropy counts values of 8 or 16 bits, and im / 2 is float64"),
        ("entropy(im * 1000)", "im \\* 1000 is uint32"),
        ("percentile_filter(im, 101)", "percent is 101"),
        ("percentile_filter(im, -1)", "percent is -1"),
        ("percentile_filter(im, max(im))", "known before the run"),
        ("median_filter(im, within=im)", "takes a mask as within"),
        ('median_filter(im, border="ignored")', "border cannot be 'ignored'"),
        ("rank_filter(im, 9, within=im > 3)", "no rank 9 in a window of 9 pixels"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ProgramError, match=message):
        evaluate(call, im=np.ones((3, 3), np.uint8))


def test_what_lacks_data_lacks_it_when_it_is_run_again(ankle):
    program, im, m = compile("mean_filter(im, within=m)"), ankle[:9, :9], np.eye(9, dtype=bool)
    first, second = program(im=im, m=m), program(im=im, m=m)
    assert np.isnan(first).any()
    np.testing.assert_array_equal(first, second)
