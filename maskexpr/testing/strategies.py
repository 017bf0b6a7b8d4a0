"""Hypothesis strategies for programs, texts and arrays."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from maskexpr.api import Image
from maskexpr.functions.record import Function
from maskexpr.library import CATALOGUE
from maskexpr.testing.pixels import DTYPES, FILLS, LAYOUTS, SHAPES, fits, image_of, laid_out, masked, random_array
from maskexpr.testing.pixels import without_some as with_holes
from maskexpr.testing.writing import Example, Writer

try:
    from hypothesis import strategies as st
    from hypothesis.strategies import SearchStrategy
except ImportError:
    raise ImportError("strategies are made with Hypothesis, which is not installed: pip install hypothesis") from None

_Option = TypeVar("_Option")
_Draw = Callable[[SearchStrategy[Any]], Any]
_FEW = 40  # pixels, up to which each may be drawn on its own, so that it shrinks
_SEEDED = 2  # arrays filled from a seed for each whose pixels are drawn

Array = np.ndarray[Any, Any]


class _Drawn:
    """Choices that Hypothesis makes."""

    def __init__(self, draw: _Draw) -> None:
        self._draw = draw

    def one_of(self, options: Sequence[_Option]) -> _Option:
        return options[self.number(0, len(options) - 1)]

    def number(self, low: int, high: int) -> int:
        return int(self._draw(st.integers(low, high)))

    def part(self, make: Callable[[], _Option]) -> _Option:
        made: _Option = self._draw(st.builds(make))
        return made


# --- arrays ----------------------------------------------------------------------------------------------------------


def arrays(
    *,
    dtypes: Sequence[str] = DTYPES,
    shapes: Sequence[tuple[int, ...]] = SHAPES,
    layouts: Sequence[str] = LAYOUTS,
    is_masked: bool = False,
) -> SearchStrategy[Array]:
    """Arrays of odd shapes (one pixel, one line, widths about 64, up to four axes), types (both byte orders), values
    (the least and largest of a type, nan, infinities, what floats cannot tell apart, all alike) and layouts (Fortran,
    negative strides, parts of others, read-only); masked ones if asked for.

    Shrinks to one pixel of 0. Shapes may have no pixels where `shapes` says so. A program may take one that ends in an
    axis of 3 or 4 for a colour image, where it does not declare another kind: `input im: image`.

    >>> from hypothesis import given
    >>> from maskexpr import testing
    >>> @given(testing.arrays(dtypes=["uint8", ">i2"]))
    ... def nothing_exceeds_its_maximum(array):
    ...     assert not maskexpr.evaluate("input im: image\\nim > max(im)", im=array).any()
    >>> nothing_exceeds_its_maximum()
    """

    @st.composite
    def made(draw: _Draw) -> Array:
        chooser = _Drawn(draw)
        few = [shape for shape in shapes if math.prod(shape) <= _FEW]
        # Said before the shape, so that a seeded array keeps its seed, and mostly what is wrong with it, as it shrinks.
        is_seeded = not few or chooser.number(0, _SEEDED) > 0
        shape, dtype = chooser.one_of(tuple(shapes if is_seeded else few)), chooser.one_of(tuple(dtypes))
        if is_seeded:
            rng = np.random.default_rng(chooser.number(0, 2**32 - 1))
            array = random_array(rng, shape, dtype, chooser.one_of(FILLS))
        else:
            values = [draw(_pixels(np.dtype(dtype))) for _ in range(math.prod(shape))]
            array = np.array(values, dtype).reshape(shape)
        array = laid_out(array, chooser.one_of(tuple(layouts)))
        return masked(chooser, array) if is_masked else array

    return made()


def _pixels(dtype: np.dtype[Any]) -> SearchStrategy[Any]:
    if dtype.kind == "b":
        return st.booleans()
    if dtype.kind == "f":
        return st.floats(width={2: 16, 4: 32}.get(dtype.itemsize, 64))  # type: ignore[arg-type]  # a literal each
    info = np.iinfo(dtype)
    return st.integers(int(info.min), int(info.max))


def images(
    kind: str = "image",
    *,
    dtypes: Sequence[str] = (),
    shapes: Sequence[tuple[int, ...]] = SHAPES,
    without_some: bool = False,
) -> SearchStrategy[Image]:
    """Images of a kind (image, mask, labels or colour) that say so themselves, with arrays as `arrays` makes them, of
    those types that the kind can have; with pixels without data if asked for.

    >>> from hypothesis import given
    >>> from maskexpr import testing
    >>> @given(testing.images("mask"))
    ... def an_opening_is_smaller(m):
    ...     assert maskexpr.evaluate("area(open(m)) <= area(m)", m=m)
    >>> an_opening_is_smaller()
    """

    @st.composite
    def made(draw: _Draw) -> Image:
        chooser = _Drawn(draw)
        image = image_of(chooser, kind, chooser.one_of(tuple(shapes)), tuple(dtypes))
        return with_holes(chooser, image) if without_some else image

    return made()


# --- programs --------------------------------------------------------------------------------------------------------

_USUAL = {"im": "image", "m": "mask", "lab": "labels"}


def programs(
    inputs: Mapping[str, Any] | None = None,
    *,
    functions: Iterable[Any] | None = None,
    shapes: Sequence[tuple[int, ...]] = SHAPES,
    dtypes: Sequence[str] = (),
    lines: int = 2,
    depth: int = 2,
) -> SearchStrategy[Example]:
    """Programs that make sense, with inputs that fit: random calls of functions with legal arguments.

    A run of one gives results, or a `RunError` where a step has no answer for the pixels. Shrinks to one short line.

    Parameters
    ----------
    inputs : mapping, optional
        By name the kind of an input, a strategy for it (`images(...)`), or the array itself; all of one shape.
    functions : iterable, optional
        Names of the catalogue, and functions declared with `maskexpr.function`; all of the catalogue else.
    shapes, dtypes
        Of inputs that are given as a kind.
    lines, depth : int
        How many assignments there are at most, and how deep calls are within calls.

    >>> from hypothesis import given
    >>> from maskexpr import testing
    >>> @given(testing.programs({"m": "mask"}, functions=["dilate", "erode", "label"]))
    ... def no_result_is_a_view(example):
    ...     for value in example.run().values():
    ...         assert not np.shares_memory(value, example.given["m"].array)
    >>> no_result_is_a_view()
    """
    records, own = _records(functions)

    @st.composite
    def made(draw: _Draw) -> Example:
        chooser = _Drawn(draw)
        shape = chooser.one_of(tuple(shapes))
        given = {name: _input(draw, chooser, what, shape, tuple(dtypes)) for name, what in (inputs or _USUAL).items()}
        return Writer(chooser, given, records, own).example(lines, depth)

    return made()


def _input(draw: _Draw, chooser: _Drawn, what: Any, shape: tuple[int, ...], dtypes: tuple[str, ...]) -> Any:
    if isinstance(what, SearchStrategy):
        return draw(what)
    if isinstance(what, str):
        return image_of(chooser, what, shape, tuple(name for name in dtypes if fits(what, name)))
    return what


def _records(functions: Iterable[Any] | None) -> tuple[list[Function] | None, tuple[Function, ...]]:
    """Those to call, and those of them that are not in the catalogue."""
    if functions is None:
        return None, ()
    records = []
    for function in functions:
        found = CATALOGUE.get(function) if isinstance(function, str) else getattr(function, "record", function)
        if not isinstance(found, Function):
            raise TypeError(f"{function!r} is no function of the catalogue, nor declared with maskexpr.function")
        records.append(found)
    return records, tuple(record for record in records if CATALOGUE.get(record.name) is not record)


# --- texts -----------------------------------------------------------------------------------------------------------

TOKENS = (
    *("im", "m", "n", "a", "b", "c", "x", "y", "z"),
    *("0", "1", "2", "3", "64", "0.5", "1e3", "0xff", "0b11", "1e99", "9" * 45),
    *("2px", "1.5mm", "250um", "20mm2", "5mm3"),
    *("true", "false", "none", '"disk"', '"010/111/010"', '"yx"', '"', "'a'", '"\\n"', '"\\q"'),
    *("+", "-", "*", "/", "//", "%", "**", "&", "|", "^", "~", "and", "or", "xor", "not", "in"),
    *("<", "<=", ">", ">=", "==", "!=", "=", "(", ")", "[", "]", ",", ":", ";", ".", ".."),
    *("!", "&&", "||", "?", "{", "}", "@", "$", "\\", "->"),
    *("input", "param", "def", "use", "assert", "output", "if", "for", "lambda", "import", "is"),
    *("\n", "\r\n", "\t", " ", "# comment\n", "é", "λ", "\xd7", "\u202e", "\x00", "\ud800", "😀", "\ufeff", "\u2028"),
)


def texts(sense: SearchStrategy[str] | None = None) -> SearchStrategy[str]:
    """Texts of which most are no programs: words and signs in any order, any characters, and programs (those of
    `sense`, if given) in which some characters were lost, doubled, swapped or put in.

    Each gives a program, or a `ProgramError`.

    >>> from hypothesis import given
    >>> from maskexpr import testing
    >>> @given(testing.texts())
    ... def the_host_survives(text):
    ...     try:
    ...         maskexpr.compile(text)
    ...     except maskexpr.ProgramError as error:
    ...         assert error.diagnostics
    >>> the_host_survives()
    """
    return st.one_of(tokens(), st.text(max_size=60), slipped(programs().map(_text) if sense is None else sense))


def _text(example: Example) -> str:
    return example.text


def tokens() -> SearchStrategy[str]:
    """Words and signs of the language, names of functions among them, in any order."""
    words = st.lists(st.sampled_from((*TOKENS, *CATALOGUE)), max_size=30)
    return st.builds(lambda between, parts: between.join(parts), st.sampled_from(("", " ")), words)


@st.composite
def slipped(draw: _Draw, sense: SearchStrategy[str]) -> str:
    """Texts that made sense before a slip or three."""
    text: str = draw(sense)
    for _ in range(draw(st.integers(1, 3))):
        i = draw(st.integers(0, max(len(text) - 1, 0)))
        slip = draw(st.integers(0, 3))
        if slip == 0:
            text = text[:i] + text[i + draw(st.integers(1, 3)) :]
        elif slip == 1:
            text = text[:i] + draw(st.sampled_from(TOKENS)) + text[i:]
        elif slip == 2:
            text = text[:i] + text[i + 1 : i + 2] + text[i : i + 1] + text[i + 2 :]
        else:
            j = draw(st.integers(i, min(len(text), i + 12)))
            text = text[:j] + text[i:]
    return text
