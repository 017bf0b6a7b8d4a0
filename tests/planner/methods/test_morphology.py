"""Morphology by packed words and along lines, of masks and images of any shape, reach, element and layout."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from helpers.both_ways import FILLS, LAYOUTS, ROWS, THREADS, expect_same, helpers
from helpers.each import each
from helpers.one_step import expect_body, method
from helpers.random_expressions import PATTERNS
from helpers.reaching import SHAPES
from helpers.searches import tried
from hypothesis import given
from hypothesis import strategies as st

from maskexpr import Image
from maskexpr.testing.pixels import DTYPES, laid_out, random_array

OPERATIONS = ["dilate", "erode", "open", "close"]


@each("name", OPERATIONS)
def test_packed_masks_give_what_bodies_give(mask: Any, name: str) -> None:
    elements = ["1", '2, "square"', '2.5, "disk"', "0", "1000000"] if mask.ndim < 4 else ["1", "0"]
    for element in elements[: None if name in ("dilate", "erode") else -1]:
        expect_body(f"{name}(m, {element})", "packed", m=mask)
    if mask.ndim == 2:
        expect_body(f'{name}(m, 3, "110/010/001")', "packed", m=mask)
    made = method(f"{name}(m)", m=mask)
    assert (made.quiet, made.brief, made.whole) == (True, True, False)
    assert made.word == "64 pixels at once"


@each("name", OPERATIONS[:4])
def test_grey_images_give_what_bodies_give(im: Any, name: str) -> None:
    for element in ("1", '2, "square"', '1, "disk"', "0", "1000000"):
        expect_body(f"input im: image; {name}(im, {element})", "plain", im=Image(im, kind="image"))


@pytest.mark.parametrize(
    "text",
    [
        'dilate(v, 90, "disk")',  # a ball of more rows than pay
        'dilate(w, 1001, "110/010/000")',  # more stamps than pay
        'dilate(im, 3, "010/101/010")',
        'close(m, 2147483648, "disk")',  # more room than there is, which the body says
    ],
)
def test_what_is_left_to_the_body(text: str) -> None:
    inputs = {"m": np.eye(9, dtype=bool), "v": np.ones((100, 100, 3), bool), "im": np.eye(9, dtype=np.uint8)}
    inputs["w"] = np.eye(300, dtype=bool)
    assert method(text, **{name: inputs[name] for name in inputs if f"({name}," in text}).word == "plain body"


REACHES = ["0", "1", "2", "3", "0.5", "1.5", "2.5", "5", "10", "31", "33", "63", "64", "65", "100", "129", "200"]
REACHES += ["500", "1000000"]
# With room around the image, which is not to take too long.
ROOMY_REACHES = {1: REACHES[:-2], 2: REACHES[:13], 3: REACHES[:8], 4: REACHES[:7]}
TIMES = ["0", "1", "2", "3", "4", "70", "1000000"]
LENGTHS = ["0.4mm", "1mm", "1.5mm", "4mm", "40mm"]


@st.composite
def arrays_of(draw: Callable[..., Any], shape: tuple[int, ...], dtype: str) -> Any:
    """An array of a shape and type, with any pixels, laid out in any way."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return laid_out(random_array(rng, shape, dtype, draw(st.sampled_from(FILLS))), draw(st.sampled_from(LAYOUTS)))


@st.composite
def element_arguments(draw: Callable[..., Any], ndim: int, *, spaced: bool, roomy: bool) -> str:
    """`n, shape, axes` of a morphology."""
    axes, written = list(range(ndim)), ""
    if draw(st.integers(0, 2)) == 0:
        axes = sorted(draw(st.sets(st.integers(0, ndim - 1), min_size=1)))
        written = f", axes={axes}"
    if len(axes) in PATTERNS and draw(st.integers(0, 3)) == 0:
        n = draw(st.sampled_from(TIMES[:5] if roomy else TIMES))
        return f'{n}, "{draw(st.sampled_from(PATTERNS[len(axes)]))}"{written}'
    lengths = LENGTHS[:3] if roomy and ndim > 2 else LENGTHS
    n = draw(st.sampled_from((ROOMY_REACHES[ndim] if roomy else REACHES) + (3 * lengths if spaced else [])))
    return f'{n}, "{draw(st.sampled_from(["diamond", "square", "disk"]))}"{written}'


@st.composite
def morphologies(draw: Callable[..., Any], dtype: str, functions: list[str]) -> tuple[str, dict[str, Any]]:
    """A chain of morphology of one image, with what lies between as results too."""
    shape = draw(st.sampled_from(SHAPES))
    spacing = draw(st.sampled_from([None, None, 0.5, [0.7, 1.0, 0.3, 0.4][: len(shape)]]))
    array = draw(arrays_of(shape, dtype))
    lines, last = [], "m"
    for i in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(functions))
        roomy = name in ("open", "close")
        arguments = draw(element_arguments(len(shape), spaced=spacing is not None, roomy=roomy))
        lines.append(f"v{i} = {name}({last}, {arguments})")
        last = draw(st.sampled_from([f"v{i}", f"v{i}", f"~v{i}" if dtype == "bool" else f"v{i}", "m"]))
        if draw(st.booleans()):
            lines.append(f"output r{i} = v{i}")
    lines.append(f"output r = {last}")
    return "\n".join(lines), {"m": Image(array, spacing=spacing, kind="mask" if dtype == "bool" else "image")}


@pytest.mark.slow
@given(morphologies("bool", ["dilate", "erode", "open", "close", "boundary"]), ROWS, THREADS)
@tried(200)
def test_morphology_of_masks(example: tuple[str, dict[str, Any]], rows: int | None, threads: int) -> None:
    text, values = example
    with helpers(threads):
        expect_same(text, values, rows)


@pytest.mark.slow
@given(
    st.sampled_from(DTYPES[1:]).flatmap(lambda dtype: morphologies(dtype, ["dilate", "erode", "open", "close"])),
    ROWS,
    THREADS,
)
@tried(130)
def test_morphology_of_images(example: tuple[str, dict[str, Any]], rows: int | None, threads: int) -> None:
    text, values = example
    with helpers(threads):
        expect_same(text, values, rows)
