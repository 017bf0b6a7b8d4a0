"""The cases of `conformance/`: what programs mean, as data that any implementation could run.

Each file is a list of cases. `inputs` are plain values, or arrays with their `dtype`, `spacing` and `kind`; `files` are
the texts behind `use`. `value` is compared with its type: `dtype` of an array (masks are written as 0 and 1), whole or
floating for a number; `kind` where it matters; exactly, unless a `tolerance` is given. "nan", "inf" and "-inf" stand
for themselves. `outputs` are several values in their order, `error` is the whole text of all mistakes.
"""

import json

import numpy as np

import maskexpr
from helpers.places import TESTS

FOLDER = TESTS / "conformance"
CASES = [(path.stem, case) for path in sorted(FOLDER.glob("*.json")) for case in json.loads(path.read_text("utf-8"))]


def given(value):
    if not isinstance(value, dict):
        return value
    array = np.array(numbers(value["data"]), value["dtype"])
    more = {key: value[key] for key in ("spacing", "kind") if key in value}
    return maskexpr.Image(array, **more) if more else array


def numbers(value):
    """A nested list with "nan" and "inf" as numbers."""
    if isinstance(value, list):
        return [numbers(v) for v in value]
    return float(value) if value in ("nan", "inf", "-inf") else value
