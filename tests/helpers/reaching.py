"""Programs that together run every function in every way it can run, and arrays for them."""

from typing import Any

import numpy as np

from helpers.both_ways import LAYOUTS, grey
from maskexpr.testing.pixels import laid_out, random_array

SHAPES: list[tuple[int, ...]] = [
    *[(1,), (7,), (63,), (64,), (65,), (200,)],
    *[(1, 1), (1, 9), (9, 1), (1, 130), (70, 1), (5, 63), (4, 64), (3, 65), (6, 127), (5, 128), (7, 129), (12, 200)],
    *[(40, 70), (3, 4, 5), (2, 5, 64), (4, 1, 65), (70, 2, 3), (2, 3, 2, 3), (2, 2, 3, 65)],
]

ANYWHERE = [
    "output a = keep(m, area > count(k)); output b = keep(k, mean_intensity > 99 & area > 1, of=im)",
    "dilate(im > 3) & ~erode(m) | boundary(k)",
    "open(m, 2) ^ close(k, 2) == (m != k)",
    "keep_largest(dilate(im > 3)) & (im < 200)",
    "t = im > otsu(im); output a = t; output b = keep_largest(dilate(t, 2)); output c = dilate(b & t) & m",
    "output a = area(m) * fraction(k); output b = any(m & k) and all(m | k); output c = count(m) + count(~m)",
    "output a = label(m); output b = fill_holes(m); output c = clear_border(k); output d = remove_small(m, 3)",
    "output a = keep_largest(m, count(k) + 1); output b = remove_small(k, area(m) / 9)",
    "output a = hysteresis(im, 3, 200); output b = hysteresis(im, mean(im), max(im)); output c = otsu(im, within=m)",
    'output a = dilate(im, 2); output b = open(im); output c = erode(im, 1, "square"); output d = close(im, 2, "disk")',
    "output a = median_filter(im); output b = gaussian(im, 1) > 9; output c = dilate(sobel(im) > 50)",
    "output a = scharr(im); output b = prewitt(im); output c = dilate(laplace(im) > 3)",
    "output a = mean_filter(im); output b = im > local_mean(im, 2); output c = im > niblack(im, 1)"
    "; output d = im > sauvola(im, 1)",
    "output a = where(m, im, 0); output b = where(m, k, dilate(k)); output c = where(dilate(m), erode(k), open(m))",
    "output a = ~dilate(m); output b = dilate(m) == k; output c = ~m ^ k; output d = dilate(k) & true",
    "output a = x; output b = dilate(x > 3) & m; output c = median_filter(x + im); output d = gaussian(x, 1)",
    "output a = m; output b = im; output c = m",
    "a = dilate(m); output p = a; output q = a; output r = dilate(a); output s = area(a)",
    "output p = m | k; output q = keep_largest(p) & dilate(p); output r = count(p) > 0",
    "output a = -im + 3; output b = abs(im - 99) / 2; output c = minimum(im, 9) * maximum(im, 3)",
    "output a = exp(im / 9) + log(im) > log2(im - 3.5); output b = log10(im + 0.5) * sqrt(im) ** 2.2 + im ** 3"
    "; output c = sin(im) * cos(im / 7) + tan(im); output d = hypot(im, im - 9) > arctan2(im, 3 + mean(log(im[m])))",
    "output a = between(im, 3, 99) ^ between(im, 3, mean(im)); output b = im == 3 | im >= median(im)",
    "output a = empty(); output b = full(); output c = dilate(empty()) | open(full())",
    "output a = where(any(m), im, 3); output b = where(m, any(k), all(k)); output c = where(all(m), dilate(k), m)",
    "output a = distance(m) > 2; output b = dilate(distance(m) > 2) & dilate(m, 70); output c = erode(k, 70)",
    "dilate(keep_largest(dilate(keep_largest(dilate(m)))))",
    "assert any(dilate(m)) or true; area(dilate(m) & (im > mean(im)))",
    'assert area(m) < 5, "many"; dilate(m)',
    "im // (im - 3) + otsu(im, within=m & k)",
    "otsu(im, within=~~(m & k & m))",
    # numbers that depend on pixels, and may be out of bounds
    "keep_largest(m, area(k) - 5)",
    "keep_largest(m, area(k) / 2)",
    "remove_small(m, area(k) - 9)",
    # images that a later stage needs whole
    "a = gaussian(im, 1); output b = a > otsu(a); output c = max(dilate(im)) - erode(im)",
    # what a body gives back is its operand, whose memory is used again
    "output a = round(im + 1) + (im * 2); output b = floor(im * 3) - (im + 7) * (im - 1)",
    "output a = percentile(im[m], 50) + mean(im[dilate(k)]); output b = histogram(im, 4)",
    # samples, computed with and selected from
    "v = im[m]; output a = sum((v - 3)[v >= 0] * v[v >= 0]) + area(v > 9 & ~(v > 99)); output b = any(dilate(m)[k])"
    "; output c = sum(where(v > 100, v, im[m] // 2)[k[m]])",
    # projections
    'output a = max(im, axes="x"); output b = min(im + 1, axes=[0]); output c = sum(im, axes="x") > 9'
    '; output d = mean(im * 0.1, axes=[0]); output e = std(im, axes="x"); output f = mean(im, axes="x")',
    'output a = std(im / 3, axes=[0]); output b = median(im, axes="x"); output c = percentile(im / 7, 30, axes=[0])'
    '; output d = any(dilate(m), axes="x"); output e = all(m | k, axes=[0]); output f = fraction(k, axes="x")',
    # regions by size, of slices, and of labels
    "output a = remove_large(m, 3); output b = fill_holes(k, 2); output c = remove_large(k, area(m) / 9)",
    "output a = fill_holes(m, area(k) - 9)",
    'output a = label(m, axes="x"); output b = count(k, axes="x"); output c = keep_largest(m, 2, axes="x")',
    "l = label(m); output a = keep_largest(l, 2); output b = clear_border(l); output c = remove_small(l, 2)",
    "output a = rolling_ball(im, 3); output b = rolling_ball(im / 3, 2.5, height=9)",
    "output a = watershed(im, label(m), k); output b = peaks(im, 2); output c = split(m)",
    "output a = reconstruct(k, m); output b = grow(m, k, none)",
    "t = measure(m, area, centroid, mean_intensity, of=im); output a = t; output b = t[area > median(area)]"
    '; output c = t["area"]; output d = count(t) + sum(t["area"]); output e = paint(label(m), t, "mean_intensity")',
    'output a = measure(label(k), area, max_intensity, of=im)["max_intensity"] > 9'
    '; output b = measure(m, bbox, axes="x")',
    'output a = signed_distance(m); output b = distance(m, axes="x"); output c = watershed(im, m, axes="x")',
]
PLANES = [
    "output a = y; output b = dilate(y > 1) & m; output c = median_filter(y) + x; output d = sobel(y)",
    "output a = circle(3, 4, 2) | m; output b = dilate(rectangle(1, 2, 4, 30)) & k",
    "output a = m[::3, ::2] | k[::3, ::2]; output b = im[0]; output c = dilate(m[::-1]) & k; output d = area(m[0])",
    'output a = dilate(m, 3, axes="x"); output b = erode(m, 3, axes="y"); output c = gaussian(im, 2, axes="y") > 3',
    'output a = fill_holes(m, axes="yx"); output b = clear_border(m, 8, axes="yx"); output c = count(m, axes="y")',
    'output a = keep_largest(k, 2, axes="yx"); output b = remove_small(k, 3, 8, "yx"); output c = label(m, 8, "yx")',
]
PAIRS = [
    *[f"a {symbol} b" for symbol in ("<", "<=", ">", ">=", "==", "!=")],
    *["a > 2", "2 >= a", "a == 0.5", "a != 70000", "a < 1e30", "a <= max(b)", "mean(b) > a", "a == exp(1000) * 0"],
    *["between(a, 1, 3)", "between(a, min(a), 3)", "between(a, 3, max(a))", "between(a, -1, b)", "between(a, 0.5, 9)"],
    *["where(m, a, b)", "where(m, a, 0)", "where(m, 0, a)", "where(m, 300, a)", "where(m, a, -0.0)", "where(m, 1, 0)"],
    *["where(m, a, 1e30)", "where(m, a, max(b))", "where(any(m), a, b)", "where(a > 1, a, where(m, b, 3))"],
    *["a + b", "a - b", "a * b", "a / b", "-a", "abs(a)", "minimum(a, b)", "maximum(a, b)", "a + 1", "2 - a", "a / 3"],
    *["minimum(a, max(b))", "a + mean(b)", "a * 0.1", "clip(a, 1, b)", "sign(a)", "round(a)", "a in [1, 3, 2.5]"],
    *["hysteresis(a, 1, 3)", "hysteresis(a, b, 3)", "hysteresis(a, min(b), max(b))"],
]


def three(rng: np.random.Generator, shape: tuple[int, ...], fill: str) -> dict[str, Any]:
    """A grey image and two masks."""
    layout = str(rng.choice(LAYOUTS))
    return {
        "im": grey(laid_out(random_array(rng, shape, "uint8", fill), layout)),
        "m": laid_out(random_array(rng, shape, "bool", fill), layout),
        "k": random_array(rng, shape, "bool", "any"),
    }


def with_inputs(text: str) -> str:
    return "\n".join(["input im", "input m", "input k", text])
