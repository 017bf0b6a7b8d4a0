"""Pixels without data: every function of the catalogue on images with holes, by rules that hold for all of them.

What is stored in a hole reaches nothing. A frame of holes is the outside of the image: what lies within is as if there
were no more. The engine and the plain bodies give the same bits, in strips too. What each function makes of holes is
held against evaluations by hand in checker/test_outside.py and checker/test_measuring.py.
"""

import re
import warnings
from typing import Any

import numpy as np
import pytest
from helpers.both_ways import expect_same
from helpers.every_result import programs

import maskexpr
from maskexpr import Image, MaskError
from maskexpr.inside import stages
from maskexpr.library import CATALOGUE

Array = np.ndarray[Any, Any]

# What a hole stores, where a pixel lies in the whole image, and what is reflected at its border, are other questions.
STORED = re.compile(r"\bstored\(")
OF_PLACES = re.compile(
    r"\b([xyz]|rectangle|circle|ellipse|sphere|polygon|line(?!=)|(weighted_)?centroid|bbox|at|full|empty|clahe)\b|\w\[[^\]]*[:\d]"
)
WINDOWS = [n for n, f in CATALOGUE.items() if callable(f.halo) and "reflect" in f.border]  # in words, or by its name
FILTERS = re.compile(rf"\b({'|'.join([*WINDOWS, 'canny'])})\(")
SHAPE = (9, 11)


def world(seed: int, dtype: str, shape: tuple[int, ...] = SHAPE) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    smooth = rng.integers(0, 60, shape) + 60 * (rng.random(shape) > 0.5)
    return {
        "im": smooth.astype(dtype),
        "other": rng.integers(1, 100, shape).astype(dtype),
        "m": rng.random(shape) > 0.4,
        "k": rng.random(shape) > 0.5,
        "lab": rng.integers(0, 4, shape).astype(np.int32),
        "rgb": rng.integers(0, 256, (*shape, 3)).astype(np.uint8),
        "rgba": rng.integers(0, 256, (*shape, 4)).astype(np.uint8),
    }


KINDS = {"im": "image", "other": "image", "m": "mask", "k": "mask", "lab": "labels", "rgb": "colour", "rgba": "colour"}


def holed(values: dict[str, Array], valid: dict[str, Array], rubbish: int | None = None) -> dict[str, Image]:
    """Images with holes, with other numbers in them if asked for."""
    found = {}
    for name, array in values.items():
        if rubbish is not None:
            spread = valid[name][..., np.newaxis] if KINDS[name] == "colour" else valid[name]
            other = np.random.default_rng(rubbish).integers(0, 250, array.shape).astype(array.dtype)
            array = np.where(spread, array, other)
        out = ~valid[name][..., np.newaxis] if KINDS[name] == "colour" else ~valid[name]
        array = np.ma.array(array, mask=np.broadcast_to(out, array.shape))  # which needs no number for none
        found[name] = Image(array, kind=KINDS[name], spacing=1)
    return found


def run(text: str, given: dict[str, Any]) -> Any:
    """The results with the masks of their data, and what is said; or the text of what stops it."""
    try:
        program = maskexpr.compile(text)
        bound = stages(program, {info.name: given[info.name] for info in program.inputs})
        said: list[Any] = []
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            results = bound.results(said.extend)
    except MaskError as error:
        return str(error)
    return {name: (r.value, r.valid) for name, r in results.items()}, [str(d) for d in said]


def same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    if isinstance(a, maskexpr.Table):  # where grey values may be missing, whole ones are floating
        return list(a) == list(b) and all(np.array_equal(a[n], b[n], equal_nan=a[n].dtype.kind == "f") for n in a)
    return repr(a) == repr(b)


def agree(found: Any, wanted: Any, *, inside: tuple[slice, ...] = (), lost: bool = False) -> bool:
    """Whether two outcomes are one where both have data; where `lost`, the first may lack more."""
    if isinstance(found, str) or isinstance(wanted, str):
        return found == wanted
    for name, (value, valid) in found[0].items():
        other, there = wanted[0][name]
        if not isinstance(value, np.ndarray):
            if not same(value, other):
                return False
            continue
        if inside and value.ndim > 1:  # and no column of a table
            value, valid = value[inside], None if valid is None else valid[inside]
        whole = np.ones(other.shape, bool)
        here, there = (
            whole if v is None else v.reshape(v.shape + (1,) * (other.ndim - v.ndim)) & whole for v in (valid, there)
        )
        if not (here <= there).all() if lost else not np.array_equal(here, there):
            return False
        if not same(value[here], other[here]):
            return False
    return True


TEXTS = [text for text in programs() if not STORED.search(text)]


def masks(seed: int, shape: tuple[int, ...] = SHAPE, share: float = 0.85) -> dict[str, Array]:
    """Where each image has data."""
    rng = np.random.default_rng(seed)
    return {name: rng.random(shape) < share for name in KINDS}


@pytest.mark.slow
@pytest.mark.parametrize(("dtype", "shape"), [("uint8", SHAPE), ("float64", (5, 6, 7))])
def test_what_a_hole_stores_reaches_nothing(dtype: str, shape: tuple[int, ...]) -> None:
    values, valid = world(1, dtype, shape), masks(2, shape)
    wrong = []
    for text in TEXTS:
        first, second = (run(text, holed(values, valid, rubbish)) for rubbish in (3, 4))
        if not agree(first, second):
            wrong.append(text)
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["int16", "float32"])
def test_a_frame_of_holes_is_the_outside(dtype: str) -> None:
    """Within it all is as in the image without it, but for filters: these lose what they would reflect."""
    values, inside = world(5, dtype), (slice(2, 7), slice(3, 10))
    valid = np.zeros(SHAPE, bool)
    valid[inside] = True
    framed = holed(values, dict.fromkeys(KINDS, valid), 6)
    whole = {n: Image(a[inside], kind=KINDS[n], spacing=1) for n, a in values.items()}
    wrong = []
    for text in TEXTS:
        if OF_PLACES.search(text):
            continue
        found, wanted = run(text, framed), run(text, whole)
        if FILTERS.search(text):
            continue  # a filter: what it loses is looked at by hand elsewhere
        if not agree(found, wanted, inside=inside):
            wrong.append((text, found, wanted))
    assert [text for text, _, _ in wrong] == []


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_the_engine_gives_the_bits_of_the_plain_bodies_in_strips_too(dtype: str) -> None:
    given = holed(world(7, dtype), masks(8))
    for text in TEXTS:
        program = maskexpr.compile(text)
        try:
            expect_same(text, {info.name: given[info.name] for info in program.inputs}, 1, 4, None)
        except MaskError:
            continue
