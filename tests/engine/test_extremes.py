"""Extreme but legal arguments: each ends soon and in little memory, in a value or in an error of ours.

Each runs in a child of its own with bounds that the system holds: seconds of its processor, and memory beside what the
library takes. `tests/bench/extremes.py` looks for more.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest
import scipy.ndimage
from helpers.each import each

import maskexpr

if sys.platform != "linux":
    pytest.skip("bounds of memory are Linux's", allow_module_level=True)

SECONDS, MEGABYTES = 20, 600  # here it takes a second or two, elsewhere some times as long

CHILD = """
import json, os, resource, sys
import numpy as np
import scipy.ndimage, scipy.spatial
import maskexpr

def arrays_of(sizes, dtype):
    shape, rng = tuple(map(int, sizes.split("x"))), np.random.default_rng(0)
    im = rng.integers(0, 250, shape).astype(dtype)
    snake = np.zeros(shape, np.uint8)
    if len(shape) == 2:
        for i in range(0, min(shape) - 1, 4):
            j = np.arange(min(shape) - i - 1)
            snake[i + j, j] = snake[i + j + 1, j] = 200
    head = np.where(np.arange(shape[0]).reshape(-1, *[1] * (len(shape) - 1)) == 0, snake, 0).astype(np.uint8)
    return {"im": im, "m": im > 200, "snake": snake, "head": head}

def became(text, sizes, dtype, limit):
    arrays = arrays_of(sizes, dtype)
    held = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + int(sys.argv[2]) * 2**20,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]),) * 2)
    try:
        program = maskexpr.compile(text, limits=maskexpr.Limits(seconds=limit))
        program(**{i.name: arrays[i.name] for i in program.inputs})
    except maskexpr.MaskError as error:
        return error.code
    return "value"

for warm in ("gaussian(im, 1) > 3", "label(m)", "distance(m)"):
    maskexpr.evaluate(warm, **{n: v for n, v in arrays_of("3x3", "uint8").items() if f"({n}" in warm})
for line in sys.stdin:
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.write(write, became(*json.loads(line)).encode())
        os._exit(0)
    os.close(write)
    said = os.read(read, 99).decode()
    os.close(read)
    print(said or f"ended by {os.waitpid(child, 0)[1]}", flush=True)
"""
PLANE, LINE, SMALL, MANY_AXES = "1024x1024", "1x4096", "64x64", "x".join("4" * 8)


@pytest.fixture(scope="module")
def ran() -> Iterator[Callable[..., str]]:
    """What became of a program in a child of its own: "value", the code of our error, or what the system said."""
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(SECONDS), str(MEGABYTES)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "MASKEXPR_THREADS": "1"},
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        asked, said = parent.stdin, parent.stdout

        def run(text: str, shape: str, dtype: str = "uint8", limit: float = 3600) -> str:
            print(json.dumps([text, shape, dtype, limit]), file=asked, flush=True)
            return said.readline().strip()

        yield run
        asked.close()


VALUES: Sequence[tuple[str, str, str]] = [
    ("gaussian(im, 10000)", PLANE, "uint8"),
    ("gaussian(im, 100000)", LINE, "uint8"),
    ('gaussian(im, 100000, order=1, border="wrap")', LINE, "float32"),
    ("gaussian_laplace(im, 100000)", SMALL, "uint8"),
    ("canny(im, 100000, 1, 2)", LINE, "uint8"),
    ('dilate(m, 100000, shape="11/10")', PLANE, "uint8"),
    ('erode(m, 10**9, shape="11/10")', PLANE, "uint8"),
    ('dilate(m, 10**6, shape="101/000/010")', PLANE, "uint8"),
    ('dilate(m, 10**9, shape="11/11")', PLANE, "uint8"),
    ('dilate(im, 10**6, shape="11/10")', SMALL, "uint8"),
    *((f'{name}(m, 10**9, "{shape}")', PLANE, "uint8") for name in ("dilate", "open") for shape in ("disk", "square")),
    ('dilate(im, 10**9, "disk")', SMALL, "uint8"),
    ("reconstruct(head, snake)", PLANE, "uint8"),
    ('mean_filter(im, 50, "disk")', "8x8x8", "float32"),
    ('median_filter(im, 50, "disk")', "5x5x5", "uint8"),
    ("grow(m, im < 240, 10**9)", PLANE, "uint8"),
    ("split(m, 10**9, 10**9)", SMALL, "uint8"),
    ("area_open(m, 1e30)", PLANE, "uint8"),
    ("circle(1e9, 2, 1e9) & m", PLANE, "uint8"),
    ("line(0, 0, 1e9, 1e9, 1e9) & m", PLANE, "uint8"),
    ("label(m, connectivity=8)", MANY_AXES, "uint8"),
    ("count(im > 100, connectivity=8)", MANY_AXES, "uint8"),
    ("regional_maxima(im, connectivity=8)", MANY_AXES, "uint8"),
    ("reconstruct(im // 2, im, connectivity=8)", MANY_AXES, "uint8"),
    ("watershed(im, connectivity=8)", MANY_AXES, "uint8"),
    ("grow(m, im < 240, 3, connectivity=8)", MANY_AXES, "uint8"),
    ("grow(m, im < 240, none, connectivity=8)", MANY_AXES, "uint8"),
    ("reconstruct(m, im < 240, connectivity=8)", MANY_AXES, "uint8"),
    ("dilate(im, 3)", MANY_AXES, "uint8"),
    ('dilate(m, 2, "square")', MANY_AXES, "uint8"),
    ("skeleton(m, axes=[0, 1])", MANY_AXES, "uint8"),
    (f"polygon({[i % 97 for i in range(4000)]}, {[i % 89 for i in range(4000)]}) & m", PLANE, "uint8"),
]
REFUSED: Sequence[tuple[str, str, str]] = [
    ("gaussian(im, 10**9)", SMALL, "window-too-large"),
    ("mean_filter(im, 10**6)", SMALL, "window-too-large"),
    ("peaks(im, 10**9)", SMALL, "window-too-large"),
    ("area_open(m, 1e300)", SMALL, "number-too-long"),
    ('median_filter(im, 600, "square")', SMALL, "window-too-large"),
    ('close(m, 10**9, shape="11/10")', SMALL, "limit-memory"),
    ('rank_filter(im, 3, 500, border="ignore")', PLANE, "limit-seconds"),
    ("watershed(im, connectivity=8, line=true)", MANY_AXES, "limit-seconds or out-of-memory"),
]


@pytest.mark.slow
@each("case", VALUES)
def test_what_gives_a_value(ran: Callable[..., str], case: tuple[str, str, str]) -> None:
    assert ran(*case) == "value"


@pytest.mark.slow
@each("case", REFUSED)
def test_what_is_refused(ran: Callable[..., str], case: tuple[str, str, str]) -> None:
    text, shape, code = case
    assert ran(text, shape, limit=60) in code.split(" or ")


def test_reaches_beyond_the_image_are_estimated_as_those_to_its_end() -> None:
    def seconds(text: str) -> float:
        return maskexpr.compile(text).cost(m=((512, 512), "bool"), im=((512, 512), "uint8")).seconds

    for call in ('dilate(m, {}, "disk")', 'dilate(im, {}, "square") > 3', 'erode(m, {}, shape="11/10")'):
        program = f"({call}) & m & (im > 3)"
        assert seconds(program.format(10**9)) == seconds(program.format(10**8)) < 3600


def test_stamps_that_change_nothing_are_not_made() -> None:
    m = np.zeros((40, 50), bool)
    m[20, 30] = True
    for shape in ("11/10", "101/000/010", "110/011"):
        few, many = (maskexpr.evaluate(f'dilate(m, {n}, shape="{shape}")', m=m) for n in (1000, 10**6))
        np.testing.assert_array_equal(few, many)


@pytest.mark.parametrize("connectivity", [1, 3, 5])
@pytest.mark.parametrize("steps", ["0", "1", "2", "none"])
def test_growth_along_many_axes_is_scipys(steps: str, connectivity: int) -> None:
    rng = np.random.default_rng(4)
    seed, within = rng.random((2, 3, 4, 5, 2, 3)) < [[[[[[0.02]]]]], [[[[[0.4]]]]]]
    joined = scipy.ndimage.generate_binary_structure(5, connectivity)
    times = 0 if steps == "none" else int(steps)
    expected = seed & within
    if steps != "0":
        expected = scipy.ndimage.binary_dilation(expected, joined, iterations=times, mask=within)
    text = f"grow(a, b, {steps}, connectivity={connectivity})"
    np.testing.assert_array_equal(maskexpr.evaluate(text, a=seed, b=within), expected)
