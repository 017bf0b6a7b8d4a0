"""Random programs of masks, full of what rewrites look for, with divisions and asserts that some pixels stop."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

from helpers.random_programs import random_array

SYMBOLS = ["<", "<=", ">", ">=", "==", "!="]


@st.composite
def mask_programs(draw: Callable[..., Any]) -> tuple[str, dict[str, Any]]:
    """A program, and arrays for it."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(st.sampled_from([(7,), (5, 6), (1, 9), (3, 4, 5)]))
    dtypes = draw(st.sampled_from(["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"]))
    given = {"m": random_array(rng, shape, "bool", "any"), "k": random_array(rng, shape, "bool", "few")}
    values = st.sampled_from(["any", "few", "edges", "near"])
    given["a"] = random_array(rng, shape, dtypes, draw(values))
    given["b"] = random_array(rng, shape, "int8", draw(values))
    given["f"] = random_array(rng, shape, draw(st.sampled_from(["float32", "float64", "float16"])), draw(values))
    info = np.iinfo(dtypes)
    edges = [info.min, info.max, 0, 1, 2, 3, 5, 127, 255, 2**31, *(int(v) for v in given["a"].flat[:3])]
    whole = st.builds(lambda v, d: str(v + d), st.sampled_from(edges), st.integers(-2, 2))
    number = st.one_of(whole, whole, whole, st.sampled_from(["2.5", "0.0", "1e30", "-0.5", "127.5", "exp(1000)"]))
    safe = ["f", "dilate(b)", "where(m, b, 3)", "a // 3"]
    image = st.sampled_from(["a"] * 8 + ["b"] * 3 + safe + draw(st.sampled_from([[], [], ["a // b", "a % b"]])))
    leaf = st.one_of(
        st.builds(lambda i, s, n: f"({i} {s} {n})", image, st.sampled_from(SYMBOLS), number),
        st.builds(lambda i, s, n: f"({n} {s} {i})", image, st.sampled_from(SYMBOLS), number),
        st.builds(lambda i, n, o: f"between({i}, {n}, {o})", image, number, number),
        st.builds(lambda i, s, j: f"({i} {s} {j})", image, st.sampled_from(SYMBOLS), image),
        st.builds(lambda i, n: f"({i} in [{', '.join(n)}])", image, st.lists(whole, min_size=1, max_size=3)),
        st.sampled_from(["m", "k", "full()", "empty()", "v", "v"]),
        st.builds(
            lambda i, s, n, c, t, o: f"(({i} {s} {n}) {c} ({i} {t} {o}))",
            *(image, st.sampled_from(SYMBOLS), number, st.sampled_from("&&|"), st.sampled_from(SYMBOLS), number),
        ),
    )
    reach = st.sampled_from(["0", "1", "2", "1.5", "3"])
    form = st.sampled_from(["diamond", "square", "square", "disk"])
    axes = st.sampled_from(["", "", ', axes="x"'])

    def larger(mask: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        binary = st.builds(lambda p, s, q: f"({p} {s} {q})", mask, st.sampled_from("&&&&||^"), mask)
        worked = st.builds(
            lambda f, p, n, s, x: f'{f}({p}, {n}, "{s}"{x})',
            st.sampled_from(["dilate", "erode", "dilate", "erode", "open", "close", "boundary"]),
            *(mask, reach, form, axes),
        )
        twice = st.builds(
            lambda f, p, n, o, s: f'{f}({f}({p}, {n}, "{s}"), {o}, "{s}")',
            *(st.sampled_from(["dilate", "erode"]), mask, reach, reach, form),
        )
        where = st.builds(lambda c, p, q: f"where({c}, {p}, {q})", st.one_of(mask, st.just("true")), mask, mask)
        negated = mask.map("~{}".format)
        return st.one_of(binary, binary, binary, negated, negated, worked, twice, where)

    masks = st.recursive(leaf, larger, max_leaves=12)
    lines = [f"v = {draw(masks.filter(lambda text: 'v' not in text))}"]
    lines += [f"v{i} = {draw(masks)}" for i in range(draw(st.integers(0, 1)))]
    lines += [f"output r{i} = {draw(masks)}" for i in range(draw(st.integers(1, 2)))]
    if len(lines) > 2 and lines[1].startswith("v0"):
        lines.append("output r9 = v0 & v")
    if draw(st.integers(0, 4)) == 0:
        lines.append(f"assert any({draw(masks)})")
    text = "\n".join([f"input {name}: {'mask' if name in 'mk' else 'image'}" for name in given] + lines)
    return text, given
