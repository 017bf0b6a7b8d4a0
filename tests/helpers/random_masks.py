"""Random programs of masks, full of what rewrites look for, with divisions and asserts that some pixels stop."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

from maskexpr.testing.pixels import random_array

SYMBOLS = ["<", "<=", ">", ">=", "==", "!="]
SHAPES = [(7,), (5, 6), (1, 9), (3, 4, 5)]
INTEGERS = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"]
FLOATS = ["float32", "float64", "float16"]
FILLS = ["any", "few", "edges", "near"]
EDGES = [0, 1, 2, 3, 5, 127, 255, 2**31]
ODD_NUMBERS = ["2.5", "0.0", "1e30", "-0.5", "127.5", "exp(1000)"]
IMAGES = ["a"] * 8 + ["b"] * 3 + ["f", "dilate(b)", "where(m, b, 3)", "a // 3"]
QUOTIENTS = [[], [], ["a // b", "a % b"]]  # of pixels that may be zero
MORPHOLOGY = ["dilate", "erode", "dilate", "erode", "open", "close", "boundary"]
REACHES = ["0", "1", "2", "1.5", "3"]
FORMS = ["diamond", "square", "square", "disk"]
AXES = ["", "", ', axes="x"']


@st.composite
def mask_programs(draw: Callable[..., Any]) -> tuple[str, dict[str, Any]]:
    """A program, and arrays for it."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape, dtype = draw(st.sampled_from(SHAPES)), draw(st.sampled_from(INTEGERS))
    given = {"m": random_array(rng, shape, "bool", "any"), "k": random_array(rng, shape, "bool", "few")}
    given["a"] = random_array(rng, shape, dtype, draw(st.sampled_from(FILLS)))
    given["b"] = random_array(rng, shape, "int8", draw(st.sampled_from(FILLS)))
    given["f"] = random_array(rng, shape, draw(st.sampled_from(FLOATS)), draw(st.sampled_from(FILLS)))
    maker = _Maker(draw, given["a"])
    maker.names = ["m", "k", "full()", "empty()"]
    lines = [f"v = {maker.mask()}"]
    maker.names += ["v", "v"]
    lines += [f"v{i} = {maker.mask()}" for i in range(draw(st.integers(0, 1)))]
    lines += [f"output r{i} = {maker.mask()}" for i in range(draw(st.integers(1, 2)))]
    if len(lines) > 2 and lines[1].startswith("v0"):
        lines.append("output r9 = v0 & v")
    if draw(st.integers(0, 4)) == 0:
        lines.append(f"assert any({maker.mask()})")
    text = "\n".join([f"input {name}: {'mask' if name in 'mk' else 'image'}" for name in given] + lines)
    return text, given


class _Maker:
    """Makes masks of at most some depth."""

    def __init__(self, draw: Callable[..., Any], a: Any) -> None:
        self._draw = draw
        info = np.iinfo(a.dtype)
        self._edges = [int(info.min), int(info.max), *EDGES, *(int(v) for v in a.flat[:3])]
        self._images = IMAGES + self._one_of(QUOTIENTS)
        self.names: list[str] = []

    def _one_of(self, choices: list[Any]) -> Any:
        return choices[self._draw(st.integers(0, len(choices) - 1))]

    def _whole(self) -> str:
        return str(self._one_of(self._edges) + self._draw(st.integers(-2, 2)))

    def _number(self) -> str:
        return self._whole() if self._draw(st.integers(0, 3)) else self._one_of(ODD_NUMBERS)

    def _image(self) -> str:
        return self._one_of(self._images)

    def mask(self, depth: int = 4) -> str:
        """One that holds others as often as not."""
        if depth == 0 or self._draw(st.integers(0, 7)) < 3:
            return self._leaf()
        return self._one_of([self._joined] * 3 + [self._negated] * 2 + [self._worked, self._twice, self._where])(depth)

    def _leaf(self) -> str:
        i, symbol = self._image, SYMBOLS
        match self._draw(st.integers(0, 6)):
            case 0:
                return f"({i()} {self._one_of(symbol)} {self._number()})"
            case 1:
                return f"({self._number()} {self._one_of(symbol)} {i()})"
            case 2:
                return f"between({i()}, {self._number()}, {self._number()})"
            case 3:
                return f"({i()} {self._one_of(symbol)} {i()})"
            case 4:
                numbers = [self._whole() for _ in range(self._draw(st.integers(1, 3)))]
                return f"({i()} in [{', '.join(numbers)}])"
            case 5:
                return self._one_of(self.names)
        im = i()
        tests = [f"({im} {self._one_of(symbol)} {self._number()})" for _ in range(2)]
        return f"({tests[0]} {self._one_of([*'&&|'])} {tests[1]})"

    def _joined(self, depth: int) -> str:
        return f"({self.mask(depth - 1)} {self._one_of([*'&&&&||^'])} {self.mask(depth - 1)})"

    def _negated(self, depth: int) -> str:
        return f"~{self.mask(depth - 1)}"

    def _worked(self, depth: int) -> str:
        name, n, form, axes = (self._one_of(choices) for choices in (MORPHOLOGY, REACHES, FORMS, AXES))
        return f'{name}({self.mask(depth - 1)}, {n}, "{form}"{axes})'

    def _twice(self, depth: int) -> str:
        name, form = self._one_of(["dilate", "erode"]), self._one_of(FORMS)
        inner = f'{name}({self.mask(depth - 1)}, {self._one_of(REACHES)}, "{form}")'
        return f'{name}({inner}, {self._one_of(REACHES)}, "{form}")'

    def _where(self, depth: int) -> str:
        condition = self.mask(depth - 1) if self._draw(st.booleans()) else "true"
        return f"where({condition}, {self.mask(depth - 1)}, {self.mask(depth - 1)})"
