"""Random expressions that make sense, each with the value that `plain` finds for it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import scipy.ndimage
from hypothesis import strategies as st

from helpers import plain
from helpers.plain import Value

SHAPE_NAMES = ("diamond", "square", "disk")
PATTERNS = {1: ["111", "011", "101", "1"], 2: ["010/111/010", "110/010/001", "11/10", "101/000"], 3: ["11/01//10/11"]}

# How tightly an expression's outermost operator binds, as in the design and in Python.
OR, XOR, AND, NOT, COMPARISON, SUM, TERM, FACTOR, POWER, POSTFIX = range(1, 11)


@dataclass(frozen=True, eq=False)
class Term:
    """An expression and its value."""

    text: str
    level: int
    value: Value
    constant: bool = False  # known before the run
    loose: bool = False  # an integer whose span is not laid down: not to be mixed into images, whose type follows it
    labels: bool = False  # numbered regions: no grey image, and kept as labels by a choice
    rough: bool = False  # right but for the last digits: not to be compared, nor rounded

    @property
    def is_tunable(self) -> bool:
        """Whether it is made of params or a given number, which may be another or missing while it is checked."""
        return self.constant and re.search(r"\b[pqd]\b", self.text) is not None

    def at(self, level: int) -> str:
        """The text as an operand that must bind this tightly."""
        return self.text if self.level >= level else f"({self.text})"


def has_zeros_of_both_signs(*values: Value) -> bool:
    """Which of them is the smaller, or in the middle, is not laid down."""
    data = [np.ravel(v.data).astype(float) for v in values]
    signs = np.concatenate([np.signbit(d[d == 0]) for d in data])
    return bool(signs.any() and not signs.all())


class Maker:
    """Makes expressions of a kind from what is in sight; each method gives one of at most some depth."""

    def __init__(self, draw: Callable[..., Any], shape: tuple[int, ...], terms: list[Term], *, grid: bool) -> None:
        self.draw = draw
        self.shape = shape
        self.terms = terms  # what has a name
        self.grid = grid  # whether x, y, z are in sight and mean the coordinates

    # What to choose.

    def one_of(self, *choices: Any) -> Any:
        return choices[self.draw(st.integers(0, len(choices) - 1))]

    def chance(self, percent: int) -> bool:
        return bool(self.draw(st.integers(1, 100)) <= percent)

    def named(self, fits: Callable[[Term], bool]) -> Term | None:
        found = [t for t in self.terms if fits(t)]
        return self.one_of(*found) if found else None

    def call(self, name: str, *arguments: str, method: bool = True) -> str:
        """`f(a, b)`, or the same as `a.f(b)`."""
        if method and self.chance(10):
            first, *rest = arguments
            simple = first.replace("_", "").isalnum() and not first[0].isdigit()
            return f"{first if simple else f'({first})'}.{name}({', '.join(rest)})"
        return f"{name}({', '.join(arguments)})"

    # Constants.

    def whole_literal(self) -> Term:
        v = self.one_of(0, 1, 2, 3, 5, 7, 8, 100, 127, 128, 200, 255, 256, 300, 1000, 40000, 2**31, 2**53 + 1)
        text = self.one_of(str(v), str(v), hex(v)) if v > 1 else str(v)
        return Term(text, POSTFIX, plain.whole(v, (v, v)), constant=True)

    def float_literal(self) -> Term:
        text = self.one_of("0.5", "2.5", "0.1", "1e3", "3.0", "127.5", "255.5", "1e-3", "1e30", "0.0")
        return Term(text, POSTFIX, plain.floating(float(text)), constant=True)

    def small(self, most: int) -> tuple[str, int]:
        """A reach, count or connectivity: written out, or a named constant."""
        found = self.named(
            lambda t: t.constant and t.value.is_whole and not t.value.is_array and 0 < t.value.data <= most
        )
        if found and self.chance(50):
            return found.text, found.value.data
        v = self.draw(st.integers(1, most))
        return self.one_of((str(v), v), (f"{v}px", v), (f"(1 + {v - 1})", v), (f"{v}.0", v))

    def connectivity(self) -> tuple[str, int]:
        c = self.draw(st.integers(1, len(self.shape)))
        named = {(2, 1): "4", (2, 2): "8", (3, 1): "6", (3, 2): "18", (3, 3): "26"}.get((len(self.shape), c))
        return (self.one_of(str(c), named or str(c)), c)

    def element(self, *, patterns: bool) -> tuple[str, plain.Masks, int]:
        """Arguments n, shape and axes; the element they mean, and how often it is applied."""
        ndim = len(self.shape)
        axes, written = tuple(range(ndim)), ""
        if self.chance(25):
            axes = tuple(sorted(self.draw(st.sets(st.integers(0, ndim - 1), min_size=1))))
            written = f", axes={self._axes_text(axes)}"
        if patterns and len(axes) in PATTERNS and self.chance(20):
            text = self.one_of(*PATTERNS[len(axes)])
            n, times = self.small(3)
            planes = [[[int(c) for c in row] for row in plane.split("/")] for plane in text.split("//")]
            pattern = np.array(planes, bool)
            pattern = pattern.reshape(pattern.shape[3 - len(axes) :])
            element = np.expand_dims(pattern, [a for a in range(ndim) if a not in axes])
            return f'{n}, shape="{text}"{written}', element, times
        shape = self.one_of(*SHAPE_NAMES)
        n, reach = self.small(3)
        if self.chance(15):
            n, reach = self.one_of(("1.5", 1.5), ("2.3", 2.3), ("0.9", 0.9), ("0", 0))
        return f'{n}, "{shape}"{written}', plain.footprint(shape, reach, axes, ndim), 1

    # Masks and truths.

    def mask(self, depth: int) -> Term:
        found = self.named(lambda t: t.value.is_logical and t.value.is_array)
        if depth <= 0 and found:
            return found
        makers = [self._comparison, self._comparison, self._test]
        if depth > 0:
            makers += [self._logical, self._logical, self._negation, self._morphology, self._morphology]
            makers += [self._region, self._where_mask, self._equality, self._drawn]
        return self.one_of(*makers)(depth - 1)

    def truth(self, depth: int) -> Term:
        found = self.named(lambda t: t.value.is_logical and not t.value.is_array)
        if found and self.chance(40):
            return found
        if depth <= 0 or self.chance(20):
            v = self.chance(50)
            return Term("true" if v else "false", POSTFIX, plain.logical(v), constant=True)
        if self.chance(30):
            m, name = self.mask(depth - 1), self.one_of("any", "all")
            return Term(self.call(name, m.text), POSTFIX, plain.logical(getattr(m.value.data, name)()))
        if self.chance(15):
            samples = self._samples(depth - 1)
            return samples.truth(1) if samples else self.truth(0)
        return self._compared(self.number(depth - 1), self.number(depth - 1))

    def _compared(self, a: Term, b: Term) -> Term:
        symbol = self.one_of("<", "<=", ">", ">=", *plain.COMPARISONS)
        value = plain.compare(symbol, a.value, b.value)
        text = f"{a.at(SUM)} {symbol} {b.at(SUM)}"
        if self.chance(20) and symbol in ("<", "<="):
            c = self._value_in(b) if b.value.is_array else self.number(0)
            second = self.one_of("<", "<=")
            text += f" {second} {c.at(SUM)}"
            value = plain.combine("&", value, plain.compare(second, b.value, c.value))
        return Term(text, COMPARISON, value, a.constant and b.constant and text.count("<") < 2)

    def _comparison(self, depth: int) -> Term:
        a = self.image(depth)
        b = self._value_in(a) if self.chance(60) else self.numeric(depth)
        return self._compared(a, b) if self.chance(70) else self._compared(b, a)

    def _value_in(self, im: Term) -> Term:
        """One of an image's values, written out: what parts its pixels into two."""
        v = im.value.data.flat[self.draw(st.integers(0, im.value.data.size - 1))]
        if im.value.is_whole:
            return Term(str(v), POSTFIX if v >= 0 else FACTOR, plain.whole(v, (v, v)), constant=True)
        v = float(v)
        if not 1e-20 < abs(v) < 1e20:
            return self.float_literal()
        return Term(repr(v), POSTFIX if v >= 0 else FACTOR, plain.floating(v), constant=True)

    def _test(self, depth: int) -> Term:
        im = self.image(depth)
        kind = self.one_of("in", "not in", "isin", "between", "isnan", "isfinite", "bit")
        if kind in ("in", "not in", "isin"):
            numbers = [self.one_of(self.whole_literal, self.float_literal)() for _ in range(self.one_of(0, 1, 2, 4))]
            if im.value.is_whole and self.chance(50):
                v = im.value.data.flat[0]
                numbers.append(Term(str(v), FACTOR, plain.whole(v, (v, v))))
            listed = "[" + ", ".join(n.text for n in numbers) + "]"
            value = plain.is_in(im.value, [n.value for n in numbers])
            if kind == "isin":
                return Term(self.call("isin", im.text, listed), POSTFIX, value)
            value = plain.negation(value) if kind == "not in" else value
            return Term(f"{im.at(SUM)} {kind} {listed}", COMPARISON, value)
        if kind == "between":
            low, high = self.numeric(depth), self.number(depth)
            above, below = plain.compare(">=", im.value, low.value), plain.compare("<=", im.value, high.value)
            value = plain.combine("&", above, below)
            return Term(self.call("between", im.text, low.text, high.text), POSTFIX, value)
        if kind == "bit" and im.value.is_whole and im.value.dtype is not None:
            n = self.draw(st.integers(0, im.value.dtype.itemsize * 8 - 1))
            found = np.frompyfunc(lambda v: bool(v >> n & 1), 1, 1)(im.value.data)
            return Term(self.call("bit", im.text, str(n)), POSTFIX, plain.logical(np.asarray(found).astype(bool)))
        test = np.isnan if kind == "isnan" else np.isfinite
        value = plain.logical(np.full(self.shape, kind == "isfinite") if im.value.is_whole else test(im.value.data))
        name = "isnan" if kind == "isnan" else "isfinite"
        if kind == "bit":
            value = plain.logical(np.isfinite(im.value.data) if not im.value.is_whole else np.ones(self.shape, bool))
        return Term(self.call(name, im.text), POSTFIX, value)

    def _logical(self, depth: int) -> Term:
        level, symbol, word = self.one_of((OR, "|", "or"), (XOR, "^", "xor"), (AND, "&", "and"))
        a = self.mask(depth)
        b = self.mask(depth) if self.chance(85) else self.truth(depth)
        if self.chance(20):
            a, b = b, a
        text = f"{a.at(level)} {self.one_of(symbol, word)} {b.at(level + 1)}"
        return Term(text, level, plain.combine(symbol, a.value, b.value))

    def _negation(self, depth: int) -> Term:
        m = self.mask(depth)
        if self.chance(50):
            return Term(f"~{m.at(FACTOR)}", FACTOR, plain.negation(m.value))
        return Term(f"not {m.at(NOT)}", NOT, plain.negation(m.value))

    def _equality(self, depth: int) -> Term:
        a, b, symbol = self.mask(depth), self.one_of(self.mask, self.truth)(depth), self.one_of("==", "!=")
        return Term(f"{a.at(SUM)} {symbol} {b.at(SUM)}", COMPARISON, plain.compare(symbol, a.value, b.value))

    def _where_mask(self, depth: int) -> Term:
        condition, a, b = self.mask(depth), self.mask(depth), self.one_of(self.mask, self.truth)(depth)
        value = plain.where(condition.value, a.value, b.value)
        return Term(self.call("where", condition.text, a.text, b.text), POSTFIX, value)

    def _morphology(self, depth: int) -> Term:
        m, name = self.mask(depth), self.one_of("dilate", "erode", "open", "close", "boundary")
        arguments, element, times = self.element(patterns=True)
        value = plain.logical(plain.morphology(name, m.value.data, element, times))
        return Term(self.call(name, m.text, arguments), POSTFIX, value)

    def _region(self, depth: int) -> Term:
        name = self.one_of("fill_holes", "keep_largest", "remove_small", "clear_border", "hysteresis", "label", "paint")
        written, c = self.connectivity()
        m = self.mask(depth)
        if name == "hysteresis":
            im, low, high = self.image(depth), self._settled_number(0), self._settled_number(0)
            if not low.value.data <= high.value.data:
                low, high = high, low
            if low.value.data <= high.value.data:  # and no nan
                weak, strong = (plain.compare(">", im.value, v.value).data for v in (low, high))
                arguments = [im.text, low.text, high.text, f"connectivity={written}"]
                return Term(self.call(name, *arguments), POSTFIX, plain.logical(plain.hysteresis(weak, strong, c)))
        if name == "label":
            symbol, k = self.one_of("==", ">", "!="), self.one_of(0, 1, 2)
            value = plain.compare(symbol, plain.labels(m.value.data, c), plain.whole(k, (k, k)))
            return Term(f"{self.call('label', m.text, written)} {symbol} {k}", COMPARISON, value)
        if name == "paint":
            size = self.one_of(0, 1, 3)
            labels, table = self.call("label", m.text, written), f"measure({m.text}, area, connectivity={written})"
            painted = self.call("paint", labels, f"{table}[area > {size}]", '"area"')
            text = f"{painted} > 0"
            return Term(text, COMPARISON, plain.logical(plain.remove_small(m.value.data, size + 1, c)))
        if name == "keep_largest":
            text, k = self.small(3)
            value = plain.keep_largest(m.value.data, k, c)
            return Term(self.call(name, m.text, text, written), POSTFIX, plain.logical(value))
        if name == "remove_small":
            size = self._settled_number(depth)
            if size.value.data >= 0:
                value = plain.remove_small(m.value.data, size.value.data, c)
                return Term(self.call(name, m.text, size.text, written), POSTFIX, plain.logical(value))
        function = plain.clear_border if name == "clear_border" else plain.fill_holes
        name = "clear_border" if name == "clear_border" else "fill_holes"
        arguments = f"connectivity={written}" if name == "fill_holes" else written
        return Term(self.call(name, m.text, arguments), POSTFIX, plain.logical(function(m.value.data, c)))

    def _drawn(self, depth: int) -> Term:
        if not self.grid or len(self.shape) < 2:
            return self.mask(depth)
        rows, columns = np.indices(self.shape)[-2:].astype(object)
        a, b, c, d = (self.number(0) for _ in range(4))
        if self.chance(50):
            parts = [(">=", rows, a), (">=", columns, b), ("<", rows, c), ("<", columns, d)]
            found = np.ones(self.shape, bool)
            for symbol, places, number in parts:
                found &= plain.compare(symbol, plain.whole(places, (0, 2**16)), number.value).data
            text = self.call("rectangle", a.text, b.text, c.text, d.text, method=False)
            return Term(text, POSTFIX, plain.logical(found))
        r, radius = self.small(9)
        if not np.isfinite(float(a.value.data)) or not np.isfinite(float(b.value.data)):
            found = np.zeros(self.shape, bool)
        else:
            y, x = (Fraction(str(t.value.data)) for t in (a, b))
            found = (rows - y) ** 2 + (columns - x) ** 2 <= radius**2
        text = self.call("circle", a.text, b.text, r, method=False)
        return Term(text, POSTFIX, plain.logical(np.asarray(found).astype(bool)))

    # Numbers and images.

    def numeric(self, depth: int) -> Term:
        return self.image(depth) if self.chance(50) else self.number(depth)

    def image(self, depth: int) -> Term:
        found = self.named(lambda t: t.value.is_array and not t.value.is_logical)
        if depth <= 0:
            if found and self.chance(85):
                return found
            return self._coordinate() or found or self._from_mask(0)
        makers = [self._arithmetic] * 4 + [self._unary, self._function, self._function, self._bitwise, self._where]
        makers += [self._from_mask, self._grey, self._labels, self._image_leaf]
        return self.one_of(*makers)(depth - 1)

    def _image_leaf(self, depth: int) -> Term:
        return self.image(0)

    def _coordinate(self) -> Term | None:
        if not self.grid:
            return None
        axis = self.draw(st.integers(max(0, len(self.shape) - 3), len(self.shape) - 1))
        name = "xyz"[len(self.shape) - 1 - axis]
        return Term(name, POSTFIX, plain.whole(np.indices(self.shape)[axis], (0, self.shape[axis] - 1)))

    def _from_mask(self, depth: int) -> Term:
        m = self.mask(depth) if depth > 0 else self.named(lambda t: t.value.is_logical) or self.truth(0)
        if not m.value.is_array:  # then it chooses a whole value
            m = self._as_mask(m)
        a, b = self._tight_number(0), self._tight_number(0)
        text = self.call("where", m.text, a.text, b.text)
        return Term(text, POSTFIX, plain.where(m.value, a.value, b.value))

    def _as_mask(self, truth: Term) -> Term:
        leaf = self.named(lambda t: t.value.is_array)
        assert leaf is not None  # every program has an image
        if leaf.value.is_logical:
            return Term(f"{truth.at(AND)} & {leaf.text}", AND, plain.combine("&", truth.value, leaf.value))
        compared = plain.compare(">=", leaf.value, leaf.value)
        return Term(f"{leaf.text} >= {leaf.text}", COMPARISON, compared)

    def _labels(self, depth: int) -> Term:
        written, c = self.connectivity()
        m = self.mask(depth)
        return Term(self.call("label", m.text, written), POSTFIX, plain.labels(m.value.data, c), labels=True)

    def _grey(self, depth: int) -> Term:
        im = self.image(depth)
        arguments, element, _ = self.element(patterns=False)
        if im.labels or has_zeros_of_both_signs(im.value):
            return im
        if self.chance(30) and (im.value.is_whole or not np.isnan(im.value.data).any()):
            text = self.call("median_filter", im.text, arguments)
            return Term(text, POSTFIX, plain.median_filter(im.value, element))
        name = self.one_of("dilate", "erode", "open", "close")
        return Term(self.call(name, im.text, arguments), POSTFIX, plain.grey_morphology(name, im.value, element))

    def number(self, depth: int) -> Term:
        found = self.named(lambda t: not t.value.is_array and not t.value.is_logical)
        if depth <= 0:
            return found if found and self.chance(50) else self.one_of(self.whole_literal, self.float_literal)()
        makers = [self._statistic, self._statistic, self._arithmetic_of_numbers, self._unary_of_number]
        makers += [self._of_samples, self._function_of_numbers, lambda _: self.number(0)]
        return self.one_of(*makers)(depth - 1)

    def _of_samples(self, depth: int) -> Term:
        samples = self._samples(min(depth, 1))
        return samples.number(2) if samples else self._statistic(depth)

    def _samples(self, depth: int) -> "SampleMaker | None":
        """Makes expressions of samples that one mask takes; None where it takes none."""
        m = self.mask(depth)
        if not m.value.data.any():
            return None
        taken = [self._taken(t, m) if t.value.is_array else t for t in self.terms]
        return SampleMaker(self.draw, (int(m.value.data.sum()),), taken, grid=False)

    def _taken(self, term: Term, m: Term) -> Term:
        return Term(f"{term.at(POSTFIX)}[{m.text}]", POSTFIX, replace(term.value, data=term.value.data[m.value.data]))

    def _tight_number(self, depth: int) -> Term:
        number = self.number(depth)
        return self.whole_literal() if number.loose else number

    def _settled_number(self, depth: int) -> Term:
        number = self.number(depth)
        return self.whole_literal() if number.is_tunable else number

    def _statistic(self, depth: int) -> Term:
        name = self.one_of("area", "count", "min", "max", "mean", "median", "sum", "fraction", "at", "rows")
        if name in ("area", "count", "fraction", "rows"):
            m = self._maybe_cropped(self.mask(depth))
            if m.value.is_array:
                return self._measure(name, m)
        return self._of_image(name, self.image(depth), depth)

    def _measure(self, name: str, m: Term) -> Term:
        data = m.value.data
        if name == "fraction":
            return Term(self.call("fraction", m.text), POSTFIX, plain.floating(int(data.sum()) / data.size))
        if name == "rows":
            size = self.one_of(0, 1, 3)
            found = len(plain.regions(plain.remove_small(data, size + 1, 1), 1))
            return Term(f"count(measure({m.text}, area)[area > {size}])", POSTFIX, plain.whole(found, (0, data.size)))
        found = int(data.sum()) if name == "area" else len(plain.regions(data, 1))
        return Term(self.call(name, m.text), POSTFIX, plain.whole(found, (0, data.size)))

    def _of_image(self, name: str, im: Term, depth: int) -> Term:
        if name == "at":
            return self._pixel(im)
        if has_zeros_of_both_signs(im.value):
            return self.number(0)
        if not im.value.is_whole and name in ("mean", "sum", "median"):  # floats in which order?
            name = "max"
        if name not in ("min", "max", "mean", "median", "sum"):
            name = "min"
        if self.chance(40):
            m = self.mask(depth)
            if m.value.data.any():
                samples = replace(im.value, data=im.value.data[m.value.data])
                text = self.call(name, f"{im.at(POSTFIX)}[{m.text}]")
                return Term(text, POSTFIX, plain.statistic(name, samples), loose=name == "sum")
        im = self._maybe_cropped(im)
        if not im.value.is_array:
            return im
        return Term(self.call(name, im.text), POSTFIX, plain.statistic(name, im.value), loose=name == "sum")

    def _pixel(self, im: Term) -> Term:
        place = tuple(self.draw(st.integers(-n, n - 1)) for n in self.shape)
        text = f"{im.at(POSTFIX)}[{', '.join(map(str, place))}]"
        value = im.value.data[place]
        return Term(text, POSTFIX, plain.whole(value, im.value.span) if im.value.span else plain.floating(value))

    def _maybe_cropped(self, term: Term) -> Term:
        return self.one_of(self.cropped, self.projected)(term) if self.chance(30) else term

    def projected(self, term: Term) -> Term:
        """A statistic along some of the axes."""
        ndim = len(self.shape)
        if ndim < 2 or has_zeros_of_both_signs(term.value):
            return term
        axes = tuple(sorted(self.draw(st.sets(st.integers(0, ndim - 1), min_size=1, max_size=ndim - 1))))
        if term.value.is_logical:
            name = self.one_of("any", "all")
        else:
            name = (
                self.one_of("min", "max", "mean", "median", "sum") if term.value.is_whole else self.one_of("min", "max")
            )
        try:
            value = plain.projection(name, term.value, axes)
        except plain.TooWide:
            return term
        text = self.call(name, term.text, f"axes={self._axes_text(axes)}")
        return Term(text, POSTFIX, value, loose=term.loose, labels=term.labels and name in ("min", "max"))

    def _axes_text(self, axes: tuple[int, ...]) -> str:
        ndim = len(self.shape)
        names = "".join("xyz"[ndim - 1 - a] for a in axes if ndim - 1 - a < 3)
        return f'"{names}"' if len(names) == len(axes) and self.chance(50) else str(list(axes))

    def cropped(self, term: Term) -> Term:
        """Some slices and places, one for each axis at most."""
        index: list[slice | int] = []
        texts = []
        for size in self.shape[: self.draw(st.integers(1, len(self.shape)))]:
            if self.chance(30):
                place = self.draw(st.integers(-size, size - 1))
                index.append(place)
                texts.append(str(place))
                continue
            bounds = [self.one_of(None, self.draw(st.integers(-size - 1, size + 1))) for _ in range(2)]
            step = self.one_of(None, None, 1, 2, -1, -2)
            part = slice(*bounds, step)
            if not range(*part.indices(size)):
                part, bounds, step = slice(None), [None, None], None
            index.append(part)
            texts.append(":".join("" if b is None else str(b) for b in [*bounds, *([] if step is None else [step])]))
        data, value = term.value.data[tuple(index)], term.value
        text = f"{term.at(POSTFIX)}[{', '.join(texts)}]"
        if isinstance(data, np.ndarray):
            return Term(text, POSTFIX, replace(value, data=data))
        if value.is_logical:
            return Term(text, POSTFIX, plain.logical(bool(data)))
        return Term(text, POSTFIX, plain.whole(data, value.span) if value.span else plain.floating(data))

    # Arithmetic.

    def _arithmetic(self, depth: int) -> Term:
        a = self.image(depth)
        b = self.image(depth) if self.chance(50) else self._tight_number(depth)
        return self._calculated(a, b) if self.chance(70) else self._calculated(b, a)

    def _arithmetic_of_numbers(self, depth: int) -> Term:
        return self._calculated(self.number(depth), self.number(depth))

    def _calculated(self, a: Term, b: Term) -> Term:
        symbol = self.one_of("+", "-", "*", "+", "-", "*", "/", "//", "%", "**")
        image = a if a.value.is_array else b
        is_exponent = a.value.is_whole and b.value.span is not None and b.value.span[0] >= 0 and b.value.span[1] <= 3
        if symbol == "**" and b.value.is_array and not is_exponent:
            symbol = "-"
        if symbol == "**" and not is_exponent:
            k = self.one_of(0, 1, 2, 3) if a.value.is_whole else self.one_of(1, 2)
            b = Term(str(k), POSTFIX, plain.whole(k, (k, k)), constant=True)
        if symbol in ("/", "//", "%"):
            b = self._without_zero(b)
        loose = a.loose or b.loose
        spans = [s for s in (a.value.span, b.value.span) if s is not None]
        bits = [max(abs(v).bit_length() for v in span) for span in spans]
        if (symbol == "*" and sum(bits) > 120) or (symbol == "**" and bits[0] * 3 > 120):
            symbol = "+"  # whole numbers end at 128 bits
        level = {"+": SUM, "-": SUM, "**": POWER}.get(symbol, TERM)
        try:
            value = plain.arithmetic(symbol, a.value, b.value)
        except plain.TooWide:
            return image
        if symbol == "**":
            # Floating powers may differ by instruction set; those of integers are exact.
            text = f"{a.at(POSTFIX)} ** {b.at(FACTOR)}"
            return Term(text, level, value, a.constant and b.constant, loose) if value.is_whole else image
        text = f"{a.at(level)} {symbol} {b.at(level + 1)}"
        return Term(text, level, value, a.constant and b.constant, loose)

    def _without_zero(self, b: Term) -> Term:
        """An integer divisor that is zero somewhere is an error, and so is any constant one."""
        if not b.value.is_whole and (b.value.is_array or not b.constant):
            return b
        if not np.any(b.value.data == 0) and not b.is_tunable:
            return b
        if b.value.is_array:
            one, zero = plain.whole(1, (1, 1)), plain.whole(0, (0, 0))
            value = plain.where(plain.compare("==", b.value, zero), one, b.value)
            return Term(f"where({b.at(SUM)} == 0, 1, {b.text})", POSTFIX, value)
        return Term("3", POSTFIX, plain.whole(3, (3, 3)), constant=True)

    def _unary(self, depth: int) -> Term:
        return self._negative(self.image(depth))

    def _unary_of_number(self, depth: int) -> Term:
        return self._negative(self.number(depth))

    def _negative(self, a: Term) -> Term:
        if self.chance(15):
            return Term(f"+{a.at(POWER)}", FACTOR, a.value, a.constant, a.loose, a.labels)
        try:
            return Term(f"-{a.at(FACTOR)}", FACTOR, plain.negative(a.value), a.constant, a.loose)
        except plain.TooWide:
            return a

    def _function(self, depth: int) -> Term:
        return self._applied(self.image(depth), lambda: self.one_of(self.image, self._tight_number)(depth))

    def _function_of_numbers(self, depth: int) -> Term:
        return self._applied(self.number(depth), lambda: self.number(depth))

    def _applied(self, a: Term, other: Callable[[], Term]) -> Term:
        one = {
            "abs": plain.absolute,
            "sign": plain.sign,
            "floor": lambda v: plain.rounded(v, np.floor),
            "ceil": lambda v: plain.rounded(v, np.ceil),
            "round": lambda v: plain.rounded(v, np.rint),
            "sqrt": lambda v: plain.calculate([v], None, None, np.sqrt),
        }
        two = {"minimum": plain.least, "maximum": plain.largest}
        name = self.one_of(*one, *two, "clip", "bits")
        try:
            if name in one:
                return Term(self.call(name, a.text), POSTFIX, one[name](a.value), a.constant, a.loose)
            if name == "bits":
                return self._bits(a)
            b = other()
            if has_zeros_of_both_signs(a.value, b.value):
                return a
            if name in two:
                constant, loose = a.constant and b.constant, a.loose or b.loose
                return Term(self.call(name, a.text, b.text), POSTFIX, two[name](a.value, b.value), constant, loose)
            c = other()
            if has_zeros_of_both_signs(a.value, b.value, c.value):
                return a
            text = self.call("clip", a.text, b.text, c.text)
            constant, loose = a.constant and b.constant and c.constant, a.loose or b.loose or c.loose
            return Term(text, POSTFIX, plain.clip(a.value, b.value, c.value), constant, loose)
        except plain.TooWide:
            return a

    def _bits(self, a: Term) -> Term:
        if not a.value.is_array or not a.value.is_whole or a.value.dtype is None:
            return a
        last = a.value.dtype.itemsize * 8 - 1
        low = self.draw(st.integers(0, last))
        high = self.draw(st.integers(low, last))
        return Term(self.call("bits", a.text, str(low), str(high)), POSTFIX, plain.bits(a.value, low, high))

    def _bitwise(self, depth: int) -> Term:
        a = self.image(depth)
        b = self.image(depth) if self.chance(60) else self.whole_literal()
        if not a.value.is_whole or not b.value.is_whole:
            return a
        level, symbol = self.one_of((OR, "|"), (XOR, "^"), (AND, "&"))
        try:
            value = plain.bitwise(symbol, a.value, b.value)
        except plain.TooWide:
            return a
        return Term(f"{a.at(level)} {symbol} {b.at(level + 1)}", level, value)

    def _where(self, depth: int) -> Term:
        condition = self.mask(depth) if self.chance(80) else self.truth(depth)
        a, b = self.image(depth), self.one_of(self.image, self._tight_number)(depth)
        if self.chance(40):
            a, b = b, a
        try:
            value = plain.where(condition.value, a.value, b.value)
        except plain.TooWide:
            return a if a.value.is_array else b
        # Labels stay labels beside numbers that can be labels, with the type of labels.
        labels = (a.labels or b.labels) and all(t.labels or not t.value.is_array for t in (a, b))
        labels = labels and value.span is not None and value.span[0] >= 0 and value.span[1] < 2**31
        value = replace(value, dtype=np.dtype(np.int32)) if labels else value
        return Term(self.call("where", condition.text, a.text, b.text), POSTFIX, value, labels=labels)

    # What is right but for its last digits.

    def rough(self, depth: int) -> Term:
        name = self.one_of("gaussian", "exp", "sin", "hypot", "std", "mean", "**")
        im = self.image(depth)
        if name in ("std", "mean"):
            return Term(self.call(name, im.text), POSTFIX, plain.statistic(name, im.value), rough=True)
        if name == "gaussian":
            if not im.value.is_whole and not np.isfinite(im.value.data).all():
                return im
            data = im.value.data.astype(np.float64 if im.value.is_whole else im.value.dtype)
            work = data.astype(np.float32) if data.dtype == np.float16 else data
            smooth = scipy.ndimage.gaussian_filter(work, 1.5).astype(data.dtype)
            return Term(self.call(name, im.text, "1.5"), POSTFIX, plain.floating(smooth), rough=True)
        if name == "hypot":
            other = self._tight_number(0)
            value = plain.calculate([im.value, other.value], None, None, np.hypot)
            return Term(self.call(name, im.text, other.text), POSTFIX, value, rough=True)
        if name == "**":
            value = plain.calculate([im.value, plain.floating(0.5)], None, None, np.power)
            return Term(f"{im.at(POSTFIX)} ** 0.5", POWER, value, rough=True)
        value = plain.calculate([im.value], None, None, getattr(np, name))
        return Term(self.call(name, im.text), POSTFIX, value, rough=True)

    def lively(self, make: Callable[[int], Term], depth: int) -> Term:
        """Better one whose pixels differ: much that is random is off everywhere, and shows little."""
        term = make(depth)
        for _ in range(3):
            if term.value.is_array and len(np.unique(term.value.data.astype(str))) > 1:
                break
            term = make(depth)
        return term

    def anything(self, depth: int) -> Term:
        maker = self.one_of(self.mask, self.mask, self.image, self.image, self.number, self.truth, self.rough, None)
        if maker is not None:
            return maker(depth)
        return self.one_of(self.cropped, self.projected)(self.one_of(self.mask, self.image)(depth))


class SampleMaker(Maker):
    """Makes expressions of samples, all by one mask: what is done to each by itself, and statistics."""

    def mask(self, depth: int) -> Term:
        found = self.named(lambda t: t.value.is_logical and t.value.is_array)
        if depth <= 0 and found:
            return found
        makers = [self._comparison, self._comparison, self._test]
        if depth > 0:
            makers += [self._logical, self._negation, self._where_mask, self._equality]
        return self.one_of(*makers)(depth - 1)

    def image(self, depth: int) -> Term:
        if depth <= 0:
            return self._image_leaf(0)
        makers = [self._arithmetic] * 3 + [self._unary, self._function, self._function, self._bitwise, self._where]
        return self.one_of(*makers, self._from_mask, self._image_leaf)(depth - 1)

    def _image_leaf(self, depth: int) -> Term:
        found = self.named(lambda t: t.value.is_array and not t.value.is_logical)
        return found or self._from_mask(0)

    def _statistic(self, depth: int) -> Term:
        name = self.one_of("area", "min", "max", "mean", "median", "sum", "fraction")
        if name in ("area", "fraction"):
            return self._measure(name, self._some(self.mask(depth), depth))
        return self._of_image(name, self.image(depth), depth)

    def _maybe_cropped(self, term: Term) -> Term:
        return self._some(term, 0)

    def _some(self, term: Term, depth: int) -> Term:
        """At times samples of the samples."""
        m = self.mask(depth)
        return self._taken(term, m) if self.chance(30) and m.value.data.any() else term

    def _samples(self, depth: int) -> "SampleMaker | None":
        return None
