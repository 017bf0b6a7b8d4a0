"""Compiles, explains and runs thousands of programs, and prints what Python says that the process did meanwhile beyond
computing: files, connections, processes, imports, texts made code, variables of the environment that were looked at.

    python -m helpers.no_way_out [COUNT]
"""

import os
import random
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

import maskexpr
from helpers import conformance
from maskexpr.library import CATALOGUE

ATTACKS = (
    "__import__('os').system('id')",
    "im.__class__",
    "im.__class__.__bases__[0].__subclasses__()",
    "im.tofile('stolen')",
    "im.dump('stolen')",
    "np.load('stolen')",
    "open('/etc/passwd')",
    "open(im, '/etc/passwd')",
    "read('/etc/passwd')",
    "eval('1')",
    "exec('1')",
    "getattr(im, 'tofile')",
    "globals()",
    "lambda: im",
    "[a for a in im]",
    "im if im else im",
    "import os",
    "from os import system",
    "use \"/etc/passwd\"\nim > 3",
    "use \"../../secret.mask\"\nim > 3",
    "use \"http://127.0.0.1:9/a.mask\"\nim > 3",
    'input im = "/etc/passwd"\nim > 3',
    'input im = "http://127.0.0.1:9/a.png"\nim > 3',
    'input other = "/etc/passwd"\nother > 3',
    'param p = "/etc/passwd"\nassert area(im > 300) > 0, "{p} %s $p"\nim',
    'assert area(im > 300) > 0, "{0.__class__.__init__.__globals__}"\nim',
    'assert area(im > 300) > 0, "%(p)s %n $HOME ${HOME} `id`"\nim',
    'area(im > 3, "{0.__class__}")',
    'dilate(im > 3, 1, shape="{0.__class__}")',
    'dilate(im > 3, 1, shape="/etc/passwd")',
    'channel(im, "__class__")',
    'measure(im > 3, __class__)',
    'keep(im > 3, __class__ > 2)',
    'measure(im > 3, area)["__class__"]',
    '$HOME', '${HOME}', '%HOME%', '~/secret', '`id`', '@file', '!id', ':load x', '%load x',
)  # fmt: skip
WORDS = [
    *CATALOGUE,
    *["im", "m", "x", "y", "0", "1", "2.5", "2mm", "true", "none", '"disk"', '"/etc/passwd"', "'x'", "__class__"],
    *["+", "-", "*", "/", "&", "|", "^", "~", "<", ">", "==", "=", "(", ")", "[", "]", ",", ":", ";", ".", "**", "in"],
    *["input", "param", "def", "use", "assert", "output", "import", "lambda", "\n", " ", "#", "\\", "{", "}", "%"],
]
# Threads that help are started, frames are looked at for where to warn, and arrays made.
HARMLESS = {
    *("_thread.start_new_thread", "_thread.start_joinable_thread", "sys._getframe", "sys._current_frames"),
    *("builtins.id", "array.__new__"),
}
# What programs run with, and what starts them here.
KNOWN = {"maskexpr", "numpy", "scipy", "lark", "helpers", "cython_runtime", "_cyutility"}
_DEEP = np.arange(20, dtype=np.uint8).reshape(4, 5)


def texts(count: int) -> list[tuple[str, dict[str, Any]]]:
    """Programs with what they are given: those of the conformance cases, attacks, and words in any order."""
    chance = random.Random(11)
    cases = [(c["expression"], {n: conformance.given(v) for n, v in c.get("inputs", {}).items()}) for _, c in CASES]
    likely = [
        f"{chance.choice(list(CATALOGUE))}({chance.choice(['im', 'im > 3', 'label(im > 3)'])}, {chance.choice(WORDS)})"
        for _ in range(count)
    ]
    mixed = ["".join(chance.choices(WORDS, k=chance.randrange(1, 20))) for _ in range(count)]
    spaced = [" ".join(chance.choices(WORDS, k=chance.randrange(1, 12))) for _ in range(count)]
    return [*cases, *((text, {}) for text in (*ATTACKS, *likely, *mixed, *spaced))]


CASES = conformance.CASES


def attempt(text: str, given: dict[str, Any]) -> str:
    """What became of a text."""
    try:
        program = maskexpr.compile(text)
        program.explain()
        given = given or {info.name: _DEEP for info in program.inputs}
        program.explain(**given)
        program(**given)
    except maskexpr.MaskError as error:
        str(error)
        return "error"
    return "value"


class Watched(dict):  # type: ignore[type-arg]
    """An environment that tells what is looked up in it."""

    def __init__(self, values: Any, tell: Callable[[str], None]) -> None:
        super().__init__(values)
        self._tell = tell

    def __getitem__(self, key: Any) -> Any:
        self._tell(f"environment {key!r}")
        return super().__getitem__(key)

    def get(self, key: Any, default: Any = None) -> Any:
        self._tell(f"environment {key!r}")
        return super().get(key, default)

    def __contains__(self, key: Any) -> bool:
        self._tell(f"environment {key!r}")
        return super().__contains__(key)


def main(count: int) -> None:
    warnings.simplefilter("ignore")
    before = set(sys.modules)
    programs = texts(count)
    for text, given in programs:  # what is imported when it is needed first is, and tables are read
        attempt(text, given)
    for root in sorted({name.partition(".")[0] for name in set(sys.modules) - before}):
        if root.lstrip("_") not in KNOWN and root not in sys.stdlib_module_names and root[:1] != "_":
            print(f"imports {root}")
    done: Counter[str] = Counter()
    is_watching = False

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if is_watching and event not in HARMLESS:
            done[f"{event} {arguments!r}"[:300]] += 1

    sys.addaudithook(hook)
    watched = Watched(os.environ, lambda said: done.update([said]))
    os.environ = watched  # type: ignore[assignment]  # noqa: B003 - those of this process stay
    maskexpr.compile("im > 3")
    done.clear()
    is_watching = True
    ends = Counter(attempt(text, given) for text, given in programs)
    is_watching = False
    for said, times in done.items():
        print(f"{times} times {said}")
    print(f"{ends['value']} values, {ends['error']} errors")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1000)
