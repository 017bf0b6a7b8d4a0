"""Exported programs, run in a process that has nothing of maskexpr."""

import pickle
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from maskexpr.checker.binding import Image

_CHILD = """
import pickle, sys, types, warnings

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("maskexpr", "lark", "skimage"):
            raise ImportError(f"{name} is not to be imported")

sys.meta_path.insert(0, Blocked())
answers = []
for text, given in pickle.load(open(sys.argv[1], "rb")):
    try:
        module = types.ModuleType("exported")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(text, "exported.py", "exec"), module.__dict__)
            first = next(v for v in module.__dict__.values() if isinstance(v, types.FunctionType))
            taken = first.__code__.co_varnames[: first.__code__.co_argcount + first.__code__.co_kwonlyargcount]
            answers.append(("value", first(**{name: value for name, value in given.items() if name in taken})))
    except ValueError as error:
        answers.append(("refused", str(error)))
    except Exception as error:
        import traceback
        answers.append(("failed", traceback.format_exc()[-1500:]))
pickle.dump(answers, open(sys.argv[2], "wb"))
"""


@dataclass
class Answer:
    """What an exported program gave: "value", "refused" by a ValueError, or "failed"."""

    state: str
    value: Any


def run_exported(texts: list[tuple[str, dict[str, Any]]], folder: Path, python: str = sys.executable) -> list[Answer]:
    """What these texts give for these arguments, all of them run in one process of another Python."""
    asked, answered = folder / "asked.pickle", folder / "answered.pickle"
    asked.write_bytes(pickle.dumps(texts))
    command = [python, "-I", "-c", _CHILD, str(asked), str(answered)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return [Answer(*answer) for answer in pickle.loads(answered.read_bytes())]


def plain(value: Any) -> Any:
    """An input as the exported function takes it."""
    return np.asarray(value.array if isinstance(value, Image) else value)
